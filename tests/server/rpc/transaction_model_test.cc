#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/transaction.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/transaction_service.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/transaction.h"
#include "tests/server/rpc/execute_model.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"
#include "tests/testing/recording_sink.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using test::ExecuteModel;
using test::Random;

// Few names, so that operations meet; long ones, so that values leave their
// inline forms.
std::string RandomKey(Random& random) {
  return absl::StrCat("key", random.Below(8));
}
std::string RandomMember(Random& random) {
  return absl::StrCat("m", random.Below(12));
}
std::string RandomValue(Random& random) {
  if (random.OneIn(2)) return absl::StrCat(random.Between(-50, 50));
  return std::string(random.OneIn(8) ? 20'000 : random.Below(80), 'v');
}

pb::Operation RandomOperation(Random& random) {
  pb::Operation operation;
  const std::string key = RandomKey(random);
  switch (random.Below(16)) {
    case 0:
      operation.mutable_get()->set_key(key);
      break;
    case 1:
    case 2: {
      auto* set = operation.mutable_set();
      set->set_key(key);
      set->set_value(RandomValue(random));
      if (random.OneIn(4)) set->set_ttl_ms(random.Between(1, 20));
      if (random.OneIn(4)) set->set_keep_expiry(true);
      if (random.OneIn(4)) set->set_must_exist(true);
      if (random.OneIn(4)) set->set_must_not_exist(true);
      set->set_return_previous(random.OneIn(4));
      break;
    }
    case 3:
      operation.mutable_delete_()->set_key(key);
      if (random.OneIn(3)) operation.mutable_delete_()->set_version_equals(1);
      break;
    case 4:
      operation.mutable_expire()->set_key(key);
      operation.mutable_expire()->set_ttl_ms(random.Between(0, 20));
      break;
    case 5:
      operation.mutable_persist()->set_key(key);
      break;
    case 6:
      operation.mutable_increment()->set_key(key);
      operation.mutable_increment()->set_delta(random.Between(-9, 9));
      break;
    case 7:
      operation.mutable_append()->set_key(key);
      operation.mutable_append()->set_suffix(random.OneIn(2) ? "1" : "");
      break;
    case 8:
      for (int i = 0; i < 3; ++i) {
        auto* entry = operation.mutable_batch_set()->add_entries();
        entry->set_key(RandomKey(random));
        entry->set_value(RandomValue(random));
        if (random.OneIn(6)) entry->set_ttl_ms(random.Between(0, 20));
      }
      break;
    case 9:
      operation.mutable_batch_delete()->add_keys(key);
      operation.mutable_batch_delete()->add_keys(RandomKey(random));
      break;
    case 10: {
      auto* add = operation.mutable_sorted_set_add();
      add->set_key(key);
      // Sometimes so many that the set gets an index.
      const int members = random.OneIn(8) ? 300 : 4;
      for (int i = 0; i < members; ++i) {
        auto* member = add->add_members();
        member->set_member(members > 4 ? absl::StrCat("many", i)
                                       : RandomMember(random));
        member->set_score(static_cast<double>(random.Between(-5, 5)));
      }
      break;
    }
    case 11:
      operation.mutable_sorted_set_increment()->set_key(key);
      operation.mutable_sorted_set_increment()->set_member(
          RandomMember(random));
      operation.mutable_sorted_set_increment()->set_delta(
          static_cast<double>(random.Between(-3, 3)));
      break;
    case 12:
      operation.mutable_sorted_set_remove()->set_key(key);
      for (int i = 0; i < 3; ++i) {
        operation.mutable_sorted_set_remove()->add_members(
            RandomMember(random));
      }
      break;
    case 13: {
      auto* range = operation.mutable_sorted_set_range();
      range->set_key(key);
      range->mutable_by_rank()->set_start(random.Between(-5, 5));
      range->set_reverse(random.OneIn(2));
      range->set_with_scores(random.OneIn(2));
      break;
    }
    case 14: {
      auto* pop = operation.mutable_sorted_set_pop();
      pop->add_keys(key);
      pop->add_keys(RandomKey(random));
      pop->set_highest(random.OneIn(2));
      pop->set_count(random.Between(1, 4));
      break;
    }
    default:
      if (random.OneIn(2)) {
        auto* remove = operation.mutable_sorted_set_remove_range();
        remove->set_key(key);
        remove->mutable_by_rank()->set_start(random.Between(-4, 4));
        remove->mutable_by_rank()->set_stop(random.Between(-4, 4));
        break;
      }
      auto* combine = operation.mutable_sorted_set_combine();
      combine->set_operation(pb::COMBINE_OPERATION_UNION);
      combine->add_inputs()->set_key(key);
      combine->add_inputs()->set_key(RandomKey(random));
      combine->set_destination(RandomKey(random));
  }
  return operation;
}

pb::Compare RandomCompare(Random& random, uint64_t version) {
  pb::Compare compare;
  compare.set_key(RandomKey(random));
  // Kinds of relation that every target knows, or all.
  const bool orders = random.OneIn(2);
  compare.set_relation(
      static_cast<pb::CompareRelation>(random.Below(orders ? 5 : 3)));
  switch (random.Below(orders ? 3 : 4)) {
    case 0:
      compare.set_version(version - std::min(version, random.Below(6)));
      break;
    case 1:
      compare.set_value(RandomValue(random));
      break;
    case 2:
      compare.mutable_score()->set_member(RandomMember(random));
      compare.mutable_score()->set_score(
          static_cast<double>(random.Between(-5, 5)));
      break;
    default:
      compare.set_exists(random.OneIn(2));
  }
  return compare;
}

class TransactionModelTest : public testing::Test {
 protected:
  TransactionModelTest()
      : keyspace_(store::KeyspaceOptions{.shards = 4, .sink = &sink_}),
        service_(keyspace_, RpcLimits()) {}

  // Contents, versions, and what the sink was told are as in the model.
  void ExpectAsInModel() {
    const auto entries = model_.entries();
    test::Contents wanted;
    for (const auto& [name, entry] : entries) {
      test::PlainEntry& plain = wanted[{0, name}];
      plain.value = entry.value;
      if (entry.expire_time_ms != 0) plain.deadline = entry.expire_time_ms;
      const store::Key key(name);
      const store::Transaction txn(keyspace_, now_, key);
      const store::Entry* found = txn.Find(key);
      ASSERT_NE(found, nullptr) << name;
      EXPECT_EQ(found->version(), entry.version) << name;
    }
    EXPECT_EQ(test::ContentsOf(keyspace_, now_), wanted);
    for (const test::RecordedEffect& effect : sink_.Take()) {
      replica_.Apply(effect.Borrow());
    }
    EXPECT_EQ(test::VisibleAt(replica_.contents(), now_), wanted);
  }

  store::TimeMs now_ = 1'700'000'000'000;
  test::RecordingSink sink_;
  test::Replica replica_;
  store::Keyspace keyspace_;
  TransactionService service_;
  ExecuteModel model_;
};

TEST_F(TransactionModelTest, RandomTransactionsDoWhatTheModelDoes) {
  const uint64_t seed = test::SeedOr(20'261'122);
  SCOPED_TRACE(absl::StrCat("FASTKV_TEST_SEED=", seed));
  Random random(seed);
  int succeeded = 0, failed = 0, otherwise = 0;
  for (int step = 0; step < 4'000 && !HasFailure(); ++step) {
    SCOPED_TRACE(step);
    if (random.OneIn(3)) now_ += random.Between(0, 6);
    model_.set_now(now_);
    pb::ExecuteRequest request;
    for (size_t i = random.Below(3); i > 0; --i) {
      *request.add_compares() = RandomCompare(random, keyspace_.sequence());
    }
    for (size_t i = random.Below(7); i > 0; --i) {
      *request.add_then_operations() = RandomOperation(random);
    }
    for (size_t i = random.Below(5); i > 0; --i) {
      *request.add_else_operations() = RandomOperation(random);
    }
    pb::ExecuteResponse response, wanted;
    const RpcStatus status = service_.Execute(now_, request, &response);
    const pb::ErrorReason reason =
        model_.Execute(request, keyspace_.sequence(), &wanted);
    ASSERT_EQ(status.reason(), reason) << request.DebugString();
    if (status.ok()) {
      // An entry whose time was over may be all that the transaction removed.
      if (wanted.version() == 0) response.clear_version();
      ASSERT_EQ(response.DebugString(), wanted.DebugString())
          << request.DebugString();
      ++(response.succeeded() ? succeeded : otherwise);
    } else {
      ++failed;
    }
    ExpectAsInModel();
  }
  // The test is worth something only if all of it happens.
  EXPECT_GT(succeeded, 400);
  EXPECT_GT(otherwise, 400);
  EXPECT_GT(failed, 400);
}

}  // namespace
}  // namespace kv::server
