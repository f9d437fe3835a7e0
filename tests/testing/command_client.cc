#include "tests/testing/command_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/testing/reply_text.h"

namespace kv::testing {

CommandClient::CommandClient(CommandServer& server) : server_(server) {
  const uint64_t id = ++server.last_connection;
  session_ = server.executor.NewSession(
      {.ref = gateway::ConnectionRef(mailbox_, id),
       .peer = absl::StrCat("127.0.0.1:", 50000 + id),
       .local = "127.0.0.1:1234"});
  session_->set_protocol(gateway::Protocol::kResp2);
}

void CommandClient::Mailbox::Post(uint64_t, gateway::ConnectionRef::Task task,
                                  size_t /*bytes*/) {
  tasks.push_back(std::move(task));
}

std::string CommandClient::TakePosted() {
  ReplyText written;
  for (gateway::ConnectionRef::Task& task :
       std::exchange(mailbox_->tasks, {})) {
    task(*session_, written);
  }
  return written.Take();
}

std::string CommandClient::EndPause() {
  ReplyText written;
  server_.executor.PauseExpired(*session_, written);
  return written.Take();
}

std::string CommandClient::Run(const std::vector<std::string>& args) {
  const std::vector<absl::string_view> views(args.begin(), args.end());
  gateway::Request request;
  request.args = views;
  ReplyText reply;
  server_.executor.ExecuteAlone(*session_, {&request, 1}, server_.now_ms,
                                reply);
  return reply.Take();
}

std::string CommandClient::RunBatch(const std::vector<std::string>& requests) {
  std::vector<std::vector<absl::string_view>> args;
  for (const std::string& words : requests) {
    args.push_back(absl::StrSplit(words, ' ', absl::SkipEmpty()));
  }
  std::vector<gateway::Request> batch(requests.size());
  for (size_t i = 0; i < batch.size(); ++i) batch[i].args = args[i];
  ReplyText reply;
  server_.executor.ExecuteAlone(*session_, batch, server_.now_ms, reply);
  return reply.Take();
}

std::string CommandClient::Run(absl::string_view words) {
  return Run(
      std::vector<std::string>(absl::StrSplit(words, ' ', absl::SkipEmpty())));
}

}  // namespace kv::testing
