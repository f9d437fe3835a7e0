#ifndef FASTKV_CLIENTS_CLI_SESSION_H_
#define FASTKV_CLIENTS_CLI_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/cli/result_text.h"
#include "clients/cpp/client.h"
#include "fastkv/v1/operation.pb.h"

namespace kv::cli {

struct SessionOptions {
  fastkv::ClientOptions client;
  // Answers and errors as JSON, one line each.
  bool json = false;
  // The answer to `get` exactly, without a newline behind it.
  bool raw = false;
  // What is typed has escapes, as Quoted writes them.
  bool escapes = false;
};

// Session: what commands share: the connection and the way answers are printed.
//
// Threads    compatible.
class Session {
 public:
  explicit Session(SessionOptions options);

  const SessionOptions& options() const { return options_; }
  BytesStyle bytes_style() const { return bytes_style_; }

  // The connection, made when it is first needed, so that `help` needs none.
  absl::StatusOr<fastkv::Client*> client();

  // Writes to the standard output.
  void Print(absl::string_view text);
  void PrintAnswer(const fastkv::v1::Operation& operation,
                   const fastkv::v1::OperationResult& result);
  // Writes to the standard error, after what has been printed.
  void PrintError(const absl::Status& error);
  // Pushes out what has been printed. An error: the reader is gone, say.
  absl::Status Flush();

 private:
  const SessionOptions options_;
  const BytesStyle bytes_style_;
  std::unique_ptr<fastkv::Client> client_;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_SESSION_H_
