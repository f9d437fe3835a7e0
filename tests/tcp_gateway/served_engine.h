#ifndef FASTKV_TESTS_TCP_GATEWAY_SERVED_ENGINE_H_
#define FASTKV_TESTS_TCP_GATEWAY_SERVED_ENGINE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/engine.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/server_context.h"
#include "tcp_gateway/gateway.h"
#include "tests/tcp_gateway/client_socket.h"

namespace kv::gateway {

// The commands behind a real port, for tests of what goes on between several
// connections, on two event loops.
class ServedEngine : public ::testing::Test {
 protected:
  void Start(GatewayOptions options = {}) {
    options.port = 0;
    options.workers = 2;
    auto gateway = Gateway::Start(options, &executor_);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  int port() const { return gateway_->port(); }

  store::Engine engine_{{.keyspace = {.shards = 8}}};
  ServerContext context_{
      .engine = engine_, .started_ms = 0, .process_info = {}};
  CommandExecutor executor_{context_};
  std::unique_ptr<Gateway> gateway_;
};

// The words of a line as a request in RESP.
inline std::string Request(absl::string_view words) {
  const std::vector<absl::string_view> args =
      absl::StrSplit(words, ' ', absl::SkipEmpty());
  std::string request = absl::StrCat("*", args.size(), "\r\n");
  for (const absl::string_view arg : args) {
    absl::StrAppend(&request, "$", arg.size(), "\r\n", arg, "\r\n");
  }
  return request;
}

// RespClient: a client that speaks RESP and shows what it receives on one line:
//
//   [a b 1]   >[message c m]   nil   nil*   -ERR text   1
class RespClient {
 public:
  explicit RespClient(int port) : socket_(port) {}

  void Send(absl::string_view words) { socket_.Send(Request(words)); }
  // The next reply or message.
  std::string Read() {
    const std::string line = socket_.ReadLine();
    if (line.size() < 3) return "<end>";
    const std::string rest = line.substr(1, line.size() - 3);
    switch (line[0]) {
      case '$': {
        if (rest == "-1") return "nil";
        const size_t size = std::stoul(rest);
        return socket_.Read(size + 2).substr(0, size);
      }
      case '*':
        return rest == "-1" ? "nil*" : ReadList("[", std::stoul(rest));
      case '>':
        return ReadList(">[", std::stoul(rest));
      case '%':
        return ReadList("{", 2 * std::stoul(rest));
      case '_':
        return "nil";
      case '-':
        return absl::StrCat("-", rest);
      default:
        return rest;
    }
  }
  std::string Run(absl::string_view words) {
    Send(words);
    return Read();
  }
  ClientSocket& socket() { return socket_; }

 private:
  std::string ReadList(std::string text, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      absl::StrAppend(&text, i > 0 ? " " : "", Read());
    }
    return text + "]";
  }

  ClientSocket socket_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TESTS_TCP_GATEWAY_SERVED_ENGINE_H_
