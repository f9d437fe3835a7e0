#ifndef FASTKV_CLIENTS_CPP_ENTRY_STREAM_H_
#define FASTKV_CLIENTS_CPP_ENTRY_STREAM_H_

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "fastkv/v1/key_value.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/impl/codegen/proto_utils.h"  // messages as gRPC takes them
#include "grpcpp/support/sync_stream.h"

namespace fastkv {

// EntryStream: the entries of a server, as they come.
//
//   auto stream = client->StreamEntries();
//   v1::EntryPiece entry;
//   while (stream->Next(&entry)) Use(entry);
//   absl::Status status = stream->status();   // why it ended
//
// Threads    compatible.
class EntryStream {
 public:
  EntryStream(
      std::unique_ptr<grpc::ClientContext> context,
      std::unique_ptr<grpc::ClientReader<v1::StreamEntriesResponse>> stream)
      : context_(std::move(context)), stream_(std::move(stream)) {}
  // Cancels what has not been read.
  ~EntryStream();

  // The next entry, whole: pieces are put together. False: no more, see
  // status().
  bool Next(v1::EntryPiece* entry);
  // The next piece as the server sent it, for entries that shall not be held
  // in memory. False: no more, see status().
  bool NextPiece(v1::EntryPiece* piece);

  // OK once everything has been read.
  const absl::Status& status() const { return status_; }

 private:
  void Finish();

  // The stream uses it.
  const std::unique_ptr<grpc::ClientContext> context_;
  const std::unique_ptr<grpc::ClientReader<v1::StreamEntriesResponse>> stream_;
  v1::StreamEntriesResponse message_;
  int next_ = 0;
  bool finished_ = false;
  absl::Status status_ = absl::UnknownError("the stream has not ended");
};

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_ENTRY_STREAM_H_
