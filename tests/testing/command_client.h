#ifndef FASTKV_TESTS_TESTING_COMMAND_CLIENT_H_
#define FASTKV_TESTS_TESTING_COMMAND_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/engine.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/server_context.h"

namespace kv::testing {

// CommandServer: a command layer without sockets, and a clock to be set.
struct CommandServer {
  CommandServer()
      : engine({.keyspace = {.shards = 8}}),
        context{.engine = engine, .started_ms = 0, .process_info = {}},
        executor(context) {}

  store::Engine engine;
  gateway::ServerContext context;
  gateway::CommandExecutor executor;
  uint64_t last_connection = 0;
  // The time at which requests are admitted. In the far future, so that the
  // engine's own sweep, which reads the wall clock, removes nothing.
  int64_t now_ms = int64_t{1} << 42;
};

// CommandClient: one connection's session. Run() executes a request and returns
// the reply as text, one notation for all protocols:
//
//   +OK   :1   "hello"   nil   nil*   1.5 as (1.5)   -ERR message
//   [a, b]   {k: v, ...}   #t   txt:"..." (verbatim)   >[push]
class CommandClient {
 public:
  explicit CommandClient(CommandServer& server);

  std::string Run(const std::vector<std::string>& args);
  // The same for words that hold no blanks: Run("SET key value").
  std::string Run(absl::string_view words);

  // Executes requests as one batch, as a pipeline that was read at once, and
  // returns the replies separated by blanks.
  std::string RunBatch(const std::vector<std::string>& requests);

  gateway::Session& session() { return *session_; }

  // Runs the tasks that others have posted to this connection, and returns
  // what they wrote.
  std::string TakePosted();
  // As if the deadline of a pause were over; returns what is written then.
  std::string EndPause();

 private:
  // Keeps what is posted.
  class Mailbox : public gateway::ConnectionRef::Mailbox {
   public:
    void Post(uint64_t connection, gateway::ConnectionRef::Task task,
              size_t bytes) override;
    std::vector<gateway::ConnectionRef::Task> tasks;
  };

  CommandServer& server_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  std::unique_ptr<gateway::Session> session_;
};

}  // namespace kv::testing

#endif  // FASTKV_TESTS_TESTING_COMMAND_CLIENT_H_
