#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "store/base/check.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/command_executor.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/request.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/reply_checker.h"
#include "tests/testing/command_client.h"

namespace kv::fuzz {
namespace {

using gateway::Command;
using gateway::Protocol;
using gateway::Session;

constexpr size_t kMaxRequests = 64;
// Longer ones teach nothing about commands.
constexpr size_t kMaxWords = 64;

// Commands whose purpose is to hold back replies, to stand still, or to change
// what other connections and so later inputs get.
bool IsLeftOut(absl::string_view name) {
  static constexpr absl::string_view kNames[] = {"client", "config", "debug",
                                                 "monitor", "shutdown"};
  return std::any_of(
      std::begin(kNames), std::end(kNames),
      [&](absl::string_view n) { return absl::EqualsIgnoreCase(n, name); });
}

// One process' worth of state; the keyspace is emptied for each input.
testing::CommandServer& Server() {
  static testing::CommandServer server;
  return server;
}

class Client {
 public:
  explicit Client(Protocol protocol) : protocol_(protocol) { Connect(); }

  // Runs a request and checks that it got its reply.
  void Run(const std::vector<absl::string_view>& words) {
    gateway::Request request;
    request.args = words;
    ReplyChecker reply;
    const size_t done = Server().executor.ExecuteAlone(*session_, {&request, 1},
                                                       Server().now_ms, reply);
    FASTKV_CHECK(done == 1, "a request was not executed");
    const size_t replies = reply.Take();
    const Command* command = gateway::FindCommand(words[0]);
    if (session_->state() == Session::State::kPaused) {
      FASTKV_CHECK(replies == 0, "a request that waits was answered");
      return Connect();
    }
    // Subscriptions have a reply for each channel, also when EXEC runs them.
    const bool subscribes =
        command != nullptr && (command->flags & gateway::kPubSub) != 0;
    const bool is_exec = command != nullptr && command->name == "exec";
    if (!subscribes && !(is_exec && may_have_queued_subscription_)) {
      FASTKV_CHECK(replies == 1, "not one reply to one request");
    }
    may_have_queued_subscription_ =
        subscribes || (may_have_queued_subscription_ && !is_exec);
    if (session_->state() != Session::State::kServing) Connect();
  }

 private:
  void Connect() {
    session_ = Server().executor.NewSession({});
    session_->set_protocol(protocol_);
  }

  const Protocol protocol_;
  std::unique_ptr<Session> session_;
  bool may_have_queued_subscription_ = false;
};

// The words of a line, separated by single blanks. '@' and a byte at its
// beginning stand for a row of the command table.
std::vector<absl::string_view> Words(absl::string_view line) {
  std::vector<absl::string_view> words;
  if (line.size() >= 2 && line[0] == '@') {
    const auto rows = gateway::AllCommands();
    words.push_back(rows[static_cast<uint8_t>(line[1]) % rows.size()]->name);
    line.remove_prefix(2);
    if (line.empty()) return words;
  }
  for (const absl::string_view word : absl::StrSplit(line, ' ')) {
    if (words.size() == kMaxWords) break;
    words.push_back(word);
  }
  return words;
}

}  // namespace
}  // namespace kv::fuzz

// Each line is a request of a client of RESP; behind a '%' of a client of the
// legacy framing. After a '~' time goes on.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kv::fuzz::Client;
  Client client(kv::gateway::Protocol::kResp2);
  Client legacy(kv::gateway::Protocol::kLegacy);
  client.Run({"FLUSHALL"});
  kv::fuzz::FuzzInput input(data, size);
  for (size_t i = 0; i < kv::fuzz::kMaxRequests && !input.empty(); ++i) {
    absl::string_view line = input.Until('\n');
    if (!line.empty() && line[0] == '~') {
      kv::fuzz::Server().now_ms += 1000 * static_cast<int64_t>(line.size());
      continue;
    }
    const bool is_legacy = !line.empty() && line[0] == '%';
    if (is_legacy) line.remove_prefix(1);
    const std::vector<absl::string_view> words = kv::fuzz::Words(line);
    if (kv::fuzz::IsLeftOut(words[0])) continue;
    (is_legacy ? legacy : client).Run(words);
  }
  return 0;
}
