#ifndef FASTKV_TESTS_TESTING_KEYSPACE_FIXTURE_H_
#define FASTKV_TESTS_TESTING_KEYSPACE_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/effect/effect.h"
#include "store/key_ops.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"
#include "tests/testing/recording_sink.h"

namespace kv::test {

// KeyspaceFixture: a small keyspace, a sink that records its effects, and a
// time that stands still until the test moves it.
class KeyspaceFixture : public ::testing::Test {
 protected:
  // Calls op(transaction) in a transaction of its own. The result must not
  // borrow from it.
  template <typename Op>
  auto Run(const store::Key& key, Op&& op) {
    store::Transaction txn(keyspace_, now_, key);
    return std::forward<Op>(op)(txn);
  }

  void Set(absl::string_view key, absl::string_view value,
           store::TimeMs deadline = store::kNoDeadline) {
    const store::Key k(key);
    Run(k, [&](store::Transaction& txn) { txn.PutString(k, value, deadline); });
  }

  void AddMember(absl::string_view key, absl::string_view member,
                 double score) {
    const store::Key k(key);
    Run(k, [&](store::Transaction& txn) { txn.PutMember(k, member, score); });
  }

  // The string at `key`; nullopt if there is none.
  absl::optional<std::string> Get(absl::string_view key) {
    const store::Key k(key);
    return Run(k, [&](store::Transaction& txn) -> absl::optional<std::string> {
      const auto result = store::strings::Get(txn, k);
      if (!result.ok() || !result->has_value()) return absl::nullopt;
      return std::string((*result)->value.bytes);
    });
  }

  absl::optional<store::keys::Metadata> Describe(absl::string_view key) {
    const store::Key k(key);
    return Run(k, [&](store::Transaction& txn) {
      return store::keys::Describe(txn, k);
    });
  }
  // 0 if there is no such key.
  uint64_t VersionOf(absl::string_view key) {
    const auto metadata = Describe(key);
    return metadata.has_value() ? metadata->version : 0;
  }
  // kNoDeadline also if there is no such key.
  store::TimeMs DeadlineOf(absl::string_view key) {
    const auto metadata = Describe(key);
    return metadata.has_value() ? metadata->deadline : store::kNoDeadline;
  }

  // The kinds of the effects since the last call.
  std::vector<store::Effect::Kind> TakeKinds() {
    std::vector<store::Effect::Kind> kinds;
    for (const RecordedEffect& effect : sink_.Take()) {
      kinds.push_back(effect.kind);
    }
    return kinds;
  }

  RecordingSink sink_;
  store::Keyspace keyspace_{{.shards = 4, .sink = &sink_}};
  store::TimeMs now_ = 1000;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_TESTING_KEYSPACE_FIXTURE_H_
