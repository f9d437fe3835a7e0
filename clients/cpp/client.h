#ifndef FASTKV_CLIENTS_CPP_CLIENT_H_
#define FASTKV_CLIENTS_CPP_CLIENT_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "clients/cpp/entry_stream.h"
#include "clients/cpp/methods.h"
#include "clients/cpp/pipeline.h"
#include "clients/cpp/requests.h"
#include "clients/cpp/transaction.h"
#include "fastkv/v1/key_value.pb.h"
#include "grpcpp/security/credentials.h"

namespace fastkv {

struct ClientOptions {
  // Where the server listens: host:port, or any name that gRPC understands.
  std::string target = "127.0.0.1:50051";
  // Null: no encryption.
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  // How long Connect waits for the server.
  absl::Duration connect_timeout = absl::Seconds(5);
  // How long a unary call may take, with its retries. Streams have no bound;
  // keepalive pings end those whose server is gone.
  absl::Duration timeout = absl::Seconds(10);
  // Whether calls that failed for a reason that may pass are sent again, after
  // the policy that ships with the API. Those that are not idempotent then
  // carry a request_id, and so are applied once.
  bool retry = true;
  // The longest message taken from the server.
  int max_message_bytes = 64 << 20;
  // Whether to open a connection for this client alone. False: clients of one
  // process with the same options share one.
  bool own_connection = false;
};

struct CallOptions {
  // Absent: as ClientOptions has it.
  absl::optional<absl::Duration> timeout;
};

// Client: a connection to a FastKV server.
//
//   auto client = fastkv::Client::Connect({.target = "127.0.0.1:50051"});
//   if (!client.ok()) return client.status();
//   auto set = (*client)->Call(fastkv::Set("greeting", "hello"));
//   auto got = (*client)->Call(fastkv::Get("greeting"));
//   if (got.ok() && got->has_value()) std::cout << got->value();
//
// Answers are the API's own messages; proto/fastkv/v1 is their reference. A
// miss or a condition that does not hold is an answer. Errors are statuses;
// ReasonOf(status) says why, where FastKV itself refused.
//
// Threads    safe; a call blocks its thread only.
// Lifetime   streams and pipelines may outlive the client.
class Client {
 public:
  // Fails with UNAVAILABLE if the server does not answer in time. A connection
  // that is lost later comes back by itself.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(
      const ClientOptions& options = {});
  ~Client();

  // Any unary call: requests.h makes their requests.
  template <typename Request>
  absl::StatusOr<ResponseOf<Request>> Call(Request request,
                                           const CallOptions& options = {});
  // The unary call that the operation names.
  absl::StatusOr<v1::OperationResult> CallOperation(
      v1::Operation operation, const CallOptions& options = {});
  // Runs a transaction.
  absl::StatusOr<v1::ExecuteResponse> Execute(const Transaction& transaction,
                                              const CallOptions& options = {}) {
    return Call(transaction.request(), options);
  }

  // Many operations a message: the fast path.
  std::unique_ptr<Pipeline> OpenPipeline(const PipelineOptions& options = {});
  // Reads all entries, or those that the request filters.
  std::unique_ptr<EntryStream> StreamEntries(
      const v1::StreamEntriesRequest& request = {});

  // Reads a string of any length, and hands its pieces to `sink` in order. A
  // sink that returns false ends it with CANCELLED. Absent: no such key.
  absl::StatusOr<absl::optional<v1::ValueHeader>> ReadValue(
      const v1::ReadValueRequest& request,
      absl::FunctionRef<bool(absl::string_view)> sink);
  // Makes a key hold a string of any length: `source` gives the next bytes,
  // valid until it is called again, until header.length() are there. If it
  // gives none before, nothing is set: ABORTED. Not sent again on failure.
  absl::StatusOr<v1::WriteValueResponse> WriteValue(
      v1::WriteValueHeader header,
      absl::FunctionRef<absl::string_view()> source);

 private:
  struct Stubs;

  Client(const ClientOptions& options, std::unique_ptr<Stubs> stubs);

  const absl::Duration timeout_;
  const bool retry_;
  const std::unique_ptr<Stubs> stubs_;
};

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_CLIENT_H_
