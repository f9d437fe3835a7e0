#include <limits>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/key_page.h"
#include "server/rpc/rpc_status.h"
#include "store/base/check.h"
#include "store/base/glob.h"
#include "store/base/key.h"
#include "store/keyspace.h"
#include "store/transaction.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

namespace pb = fastkv::v1;

constexpr int kKeys = 60;
constexpr uint64_t kSalt = 1;

std::string KeyName(int i) {
  return std::string(1 + i % 3, 'k') + std::to_string(i);
}

// Strings and sorted sets; never changed.
store::Keyspace& Keys() {
  static store::Keyspace keyspace({.shards = 4});
  static const bool filled = [] {
    for (int i = 0; i < kKeys; ++i) {
      const std::string name = KeyName(i);
      const store::Key key(name);
      store::Transaction txn(keyspace, /*now=*/0, key);
      if (i % 4 == 0) {
        txn.PutMember(key, "member", i);
      } else {
        txn.PutString(key, "value", store::kNoDeadline);
      }
    }
    return true;
  }();
  (void)filled;
  return keyspace;
}

std::set<std::string> Expected(const pb::ListKeysRequest& request) {
  std::set<std::string> keys;
  for (int i = 0; i < kKeys; ++i) {
    const std::string key = KeyName(i);
    const pb::ValueType type =
        i % 4 == 0 ? pb::VALUE_TYPE_SORTED_SET : pb::VALUE_TYPE_STRING;
    if (request.type() != pb::VALUE_TYPE_UNSPECIFIED && request.type() != type)
      continue;
    if (request.has_prefix() && !absl::StartsWith(key, request.prefix()))
      continue;
    if (request.has_glob() && !store::GlobMatches(request.glob(), key))
      continue;
    keys.insert(key);
  }
  return keys;
}

void Walk(pb::ListKeysRequest request) {
  const bool from_start = request.page_token().empty();
  std::set<std::string> keys;
  for (int calls = 0;; ++calls) {
    FASTKV_CHECK(calls <= 4 * kKeys, "the walk does not end");
    pb::ListKeysResponse response;
    const server::RpcStatus status =
        server::ReadKeyPage(Keys(), /*now=*/0, kSalt, request, &response);
    if (!status.ok()) {
      FASTKV_CHECK(calls == 0, "its own token was refused");
      return;
    }
    for (const pb::KeyInfo& key : response.keys()) {
      FASTKV_CHECK(keys.insert(key.key()).second, "a key came twice");
    }
    if (response.next_page_token().empty()) break;
    request.set_page_token(response.next_page_token());
  }
  if (from_start) {
    FASTKV_CHECK(keys == Expected(request), "other keys than asked for");
  }
}

}  // namespace
}  // namespace kv::fuzz

// The input is a ListKeysRequest.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fastkv::v1::ListKeysRequest request;
  if (size > std::numeric_limits<int>::max()) return 0;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  kv::fuzz::Walk(request);
  return 0;
}
