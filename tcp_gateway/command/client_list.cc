#include "tcp_gateway/command/client_list.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tcp_gateway/command/authentication.h"

namespace kv::gateway {
namespace {

std::string FlagsOf(const ClientSession& client) {
  std::string flags;
  const uint8_t marks = client.marks();
  if ((marks & kMonitors) != 0) flags += 'O';
  if (TypeOf(client) == ClientType::kPubSub) flags += 'P';
  if (client.queued() >= 0) flags += 'x';
  if ((marks & kBlocked) != 0) flags += 'b';
  if ((marks & kNoEvict) != 0) flags += 'e';
  if ((marks & kNoTouch) != 0) flags += 'T';
  return flags.empty() ? "N" : flags;
}

}  // namespace

absl::optional<ClientType> ParseClientType(absl::string_view name) {
  if (absl::EqualsIgnoreCase(name, "normal")) return ClientType::kNormal;
  if (absl::EqualsIgnoreCase(name, "master")) return ClientType::kMaster;
  if (absl::EqualsIgnoreCase(name, "replica") ||
      absl::EqualsIgnoreCase(name, "slave")) {
    return ClientType::kReplica;
  }
  if (absl::EqualsIgnoreCase(name, "pubsub")) return ClientType::kPubSub;
  return absl::nullopt;
}

ClientType TypeOf(const ClientSession& client) {
  for (int kind = 0; kind < kTopicKinds; ++kind) {
    if (client.topics(static_cast<TopicKind>(kind)) > 0) {
      return ClientType::kPubSub;
    }
  }
  return ClientType::kNormal;
}

std::string DescribeClient(const ClientSession& client, store::TimeMs now) {
  const ClientNames names = client.names();
  const Command* command = client.last_command();
  const int resp = client.protocol() == Protocol::kResp3 ? 3 : 2;
  return absl::StrCat(
      "id=", client.id(), " addr=", client.peer(), " laddr=", client.local(),
      " name=", names.client, " age=", (now - client.created_ms()) / 1000,
      " idle=", (now - client.active_ms()) / 1000, " flags=", FlagsOf(client),
      " db=", client.db(), " sub=", client.topics(TopicKind::kChannel),
      " psub=", client.topics(TopicKind::kPattern),
      " ssub=", client.topics(TopicKind::kShardChannel),
      " multi=", client.queued(), " watch=", client.watching(),
      " cmd=", command == nullptr ? absl::string_view("NULL") : command->name,
      " user=", kDefaultUser, " redir=-1 resp=", resp,
      " lib-name=", names.lib_name, " lib-ver=", names.lib_version);
}

std::string DescribeClients(
    const ClientRegistry& clients, store::TimeMs now,
    absl::FunctionRef<bool(const ClientSession&)> wanted) {
  std::vector<std::pair<uint64_t, std::string>> lines;
  clients.ForEach([&](const ClientSession& client) {
    if (wanted(client)) {
      lines.emplace_back(client.id(), DescribeClient(client, now));
    }
  });
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& [id, line] : lines) absl::StrAppend(&text, line, "\n");
  return text;
}

}  // namespace kv::gateway
