#ifndef FASTKV_TESTS_SERVER_RPC_SORTED_SET_CALLS_H_
#define FASTKV_TESTS_SERVER_RPC_SORTED_SET_CALLS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/sorted_set_service.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"
#include "tests/server/rpc/message_text.h"

namespace kv::test {

// SortedSetCalls: a keyspace, and calls of SortedSetService with requests and
// responses in protobuf's text form. The key "string" holds a string.
class SortedSetCalls : public testing::Test {
 protected:
  using Service = server::SortedSetService;
  using Scored = std::vector<std::pair<std::string, double>>;

  static constexpr store::TimeMs kNow = 1'700'000'000'000;
  static constexpr size_t kResponseBytes = 10'000;

  SortedSetCalls()
      : keyspace_(store::KeyspaceOptions{.shards = 8}),
        service_(keyspace_, server::RpcLimits{kResponseBytes}) {
    const store::Key key("string");
    store::Transaction txn(keyspace_, kNow, key);
    EXPECT_TRUE(store::strings::Set(txn, key, "v", {}).ok());
  }

  // Makes a set; members that it has already stay.
  void Add(const std::string& key, const Scored& members) {
    fastkv::v1::SortedSetServiceAddRequest request;
    request.set_key(key);
    for (const auto& [member, score] : members) {
      auto* added = request.add_members();
      added->set_member(member);
      added->set_score(score);
    }
    fastkv::v1::SortedSetServiceAddResponse response;
    const auto status = service_.Add(kNow, request, &response);
    EXPECT_TRUE(status.ok()) << status.message();
  }

  // The response as text, or the reason why there is none.
  template <typename Request, typename Response>
  std::string Call(server::RpcStatus (Service::*handler)(store::TimeMs,
                                                         const Request&,
                                                         Response*),
                   const std::string& request) {
    Response response;
    const server::RpcStatus status =
        (service_.*handler)(kNow, Parse<Request>(request), &response);
    return status.ok() ? response.ShortDebugString()
                       : std::string(server::ReasonName(status.reason()));
  }

  // The whole set, as "a=1 b=2".
  std::string Contents(const std::string& key) {
    fastkv::v1::SortedSetServiceRangeRequest request;
    request.set_key(key);
    request.set_with_scores(true);
    fastkv::v1::SortedSetServiceRangeResponse response;
    const auto status = service_.Range(kNow, request, &response);
    EXPECT_TRUE(status.ok()) << status.message();
    std::string text;
    for (const auto& member : response.members()) {
      if (!text.empty()) text += ' ';
      text += member.member() + '=' + absl::StrCat(member.score());
    }
    return text;
  }

  store::Keyspace keyspace_;
  Service service_;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_SERVER_RPC_SORTED_SET_CALLS_H_
