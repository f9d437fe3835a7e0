#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_LIST_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/time.h"
#include "tcp_gateway/command/client_registry.h"
#include "tcp_gateway/command/client_session.h"

namespace kv::gateway {

// Redis' kinds of clients. There are no replicas here, so nobody is one.
enum class ClientType : uint8_t { kNormal, kMaster, kReplica, kPubSub };

absl::optional<ClientType> ParseClientType(absl::string_view name);
ClientType TypeOf(const ClientSession& client);

// The line of CLIENT LIST about a client, without a line ending: those of
// Redis' fields that are known here.
std::string DescribeClient(const ClientSession& client, store::TimeMs now);

// The lines about the clients for which `wanted` is true, the oldest first.
std::string DescribeClients(
    const ClientRegistry& clients, store::TimeMs now,
    absl::FunctionRef<bool(const ClientSession&)> wanted);

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_LIST_H_
