#include "tests/testing/command_client.h"

#include "absl/strings/str_split.h"
#include "tests/testing/reply_text.h"

namespace kv::testing {

CommandClient::CommandClient(CommandServer& server)
    : server_(server), session_(server.executor.NewSession({})) {}

std::string CommandClient::Run(const std::vector<std::string>& args) {
  const std::vector<absl::string_view> views(args.begin(), args.end());
  gateway::Request request;
  request.args = views;
  ReplyText reply;
  server_.executor.Execute(*session_, {&request, 1}, server_.now_ms, reply);
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
  server_.executor.Execute(*session_, batch, server_.now_ms, reply);
  return reply.Take();
}

std::string CommandClient::Run(absl::string_view words) {
  return Run(
      std::vector<std::string>(absl::StrSplit(words, ' ', absl::SkipEmpty())));
}

}  // namespace kv::testing
