// Random typed operations against two naive models. One does what the
// operations promise, with a map and a clock; the other only replays the
// effects, each of them twice. The keyspace must equal both at every step: so
// no operation differs from its promise, and nothing changes without an effect
// that is absolute, idempotent and total.

#include <cmath>
#include <cstdint>
#include <forward_list>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/base/number.h"
#include "store/base/op_status.h"
#include "store/base/time.h"
#include "store/effect/effect.h"
#include "store/key_ops.h"
#include "store/keyspace.h"
#include "store/sorted_set_ops.h"
#include "store/string_ops.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"
#include "tests/testing/recording_sink.h"

namespace kv::store {
namespace {

using test::Contents;
using test::Members;
using test::PlainEntry;

constexpr int kUsedDatabases[] = {0, 1, 15};
constexpr const char* kNames[] = {"", "a", "b", "c", "d", "a longer name"};
constexpr size_t kSizes[] = {0, 1, 8, 40, 255, 256, 4096, 4097, 9000};

// A key of the model, and as the store takes it.
struct Place {
  Place(int db, const char* name) : model(db, name), key(model.second, db) {}
  Place(const Place&) = delete;
  const std::pair<int, std::string> model;
  const Key key;
};

class KeyspaceModelTest : public testing::TestWithParam<int> {
 protected:
  // The entry that is visible now, or null.
  PlainEntry* Live(const Place& place) {
    const auto found = contents_.find(place.model);
    if (found == contents_.end()) return nullptr;
    if (found->second.deadline <= now_) {
      contents_.erase(found);
      return nullptr;
    }
    return &found->second;
  }

  void Put(const Place& place, std::string value, TimeMs deadline) {
    contents_.erase(place.model);
    if (deadline <= now_) return;
    contents_[place.model] = {std::move(value), deadline};
  }

  TimeMs AnyDeadline() {
    return random_.OneIn(3) ? kNoDeadline : now_ + random_.Between(-2, 30);
  }
  // Bytes that live as long as the transaction, which borrows them.
  const std::string& AnyValue() {
    return lent_.emplace_front(random_.OneIn(3)
                                   ? std::to_string(random_.Between(-100, 100))
                                   : random_.Bytes(random_.OneOf(kSizes)));
  }
  const std::string& AnyMember() {
    return lent_.emplace_front(1, 'a' + random_.Below(5));
  }

  // A condition, with whether it holds of `entry`.
  std::pair<Condition, bool> AnyCondition(Transaction& txn, const Place& place,
                                          const PlainEntry* entry) {
    const Entry* actual = txn.Find(place.key);
    const uint64_t version = actual == nullptr ? 0 : actual->version();
    switch (random_.Below(5)) {
      case 0:
        return {{Condition::Kind::kAbsent}, entry == nullptr};
      case 1:
        return {{Condition::Kind::kPresent}, entry != nullptr};
      case 2: {
        const bool same = random_.OneIn(2);
        return {{Condition::Kind::kVersionEquals, version + !same}, same};
      }
      case 3: {
        const std::string& value =
            entry != nullptr && entry->is_string() && random_.OneIn(2)
                ? entry->string()
                : AnyValue();
        return {
            {Condition::Kind::kValueEquals, 0, value},
            entry != nullptr && entry->is_string() && entry->string() == value};
      }
      default:
        return {{}, true};
    }
  }

  void Set(Transaction& txn, const Place& place) {
    PlainEntry* entry = Live(place);
    const std::string& value = AnyValue();
    absl::optional<std::string> previous;
    const auto [condition, holds] = AnyCondition(txn, place, entry);
    strings::SetOptions options = {.deadline = AnyDeadline(),
                                   .keep_deadline = random_.OneIn(3),
                                   .condition = condition};
    if (random_.OneIn(2)) options.previous = &previous;
    const auto result = strings::Set(txn, place.key, value, options);
    if (options.previous != nullptr && entry != nullptr &&
        !entry->is_string()) {
      ASSERT_EQ(result.status(), OpStatus::kWrongType);
      return;
    }
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(result->applied, holds);
    if (options.previous != nullptr) {
      ASSERT_EQ(previous.has_value(), entry != nullptr);
      ASSERT_EQ(previous.value_or(""), entry == nullptr ? "" : entry->string());
    }
    if (!holds) return;
    Put(place, value,
        options.keep_deadline && entry != nullptr ? entry->deadline
                                                  : options.deadline);
  }

  void Increment(Transaction& txn, const Place& place) {
    PlainEntry* entry = Live(place);
    const int64_t delta = random_.Between(-1000, 1000);
    const auto result = strings::Increment(txn, place.key, delta);
    int64_t value = 0;
    if (entry != nullptr && !entry->is_string()) {
      ASSERT_EQ(result.status(), OpStatus::kWrongType);
    } else if (entry != nullptr && !ParseInt64(entry->string(), &value)) {
      ASSERT_EQ(result.status(), OpStatus::kNotInteger);
    } else {
      ASSERT_TRUE(result.ok());
      ASSERT_EQ(result->value, value + delta);
      Put(place, std::to_string(value + delta),
          entry == nullptr ? kNoDeadline : entry->deadline);
    }
  }

  void Append(Transaction& txn, const Place& place) {
    PlainEntry* entry = Live(place);
    const std::string& suffix = AnyValue();
    const auto result = strings::Append(txn, place.key, suffix);
    if (entry != nullptr && !entry->is_string()) {
      ASSERT_EQ(result.status(), OpStatus::kWrongType);
      return;
    }
    ASSERT_TRUE(result.ok());
    if (entry == nullptr) {
      Put(place, suffix, kNoDeadline);
    } else {
      entry->string() += suffix;
    }
    ASSERT_EQ(result->length, contents_[place.model].string().size());
  }

  void Erase(Transaction& txn, const Place& place) {
    const PlainEntry* entry = Live(place);
    const auto [condition, holds] = AnyCondition(txn, place, entry);
    const auto outcome = keys::Erase(txn, place.key, condition);
    ASSERT_EQ(outcome.existed, entry != nullptr);
    ASSERT_EQ(outcome.erased, entry != nullptr && holds);
    if (outcome.erased) contents_.erase(place.model);
  }

  void Expire(Transaction& txn, const Place& place) {
    PlainEntry* entry = Live(place);
    const keys::ExpireOptions options = {.only_absent = random_.OneIn(5),
                                         .only_existing = random_.OneIn(5),
                                         .greater = random_.OneIn(5),
                                         .less = random_.OneIn(5)};
    const TimeMs deadline = AnyDeadline();
    const auto result = keys::Expire(txn, place.key, deadline, options);
    if ((options.greater && options.less) ||
        (options.only_absent &&
         (options.only_existing || options.greater || options.less))) {
      ASSERT_EQ(result.status(), OpStatus::kBadOptions);
      return;
    }
    bool applied = entry != nullptr;
    if (applied) {
      const TimeMs current = entry->deadline;
      if (options.only_absent) applied &= current == kNoDeadline;
      if (options.only_existing) applied &= current != kNoDeadline;
      if (options.greater) applied &= deadline > current;
      if (options.less) applied &= deadline < current;
    }
    ASSERT_EQ(*result, applied);
    if (!applied) return;
    entry->deadline = deadline;
    Live(place);
  }

  void Persist(Transaction& txn, const Place& place) {
    PlainEntry* entry = Live(place);
    const bool applied = entry != nullptr && entry->deadline != kNoDeadline;
    ASSERT_EQ(keys::Persist(txn, place.key), applied);
    if (applied) entry->deadline = kNoDeadline;
  }

  sorted_sets::AddOptions AnyAddOptions() {
    return {.only_new = random_.OneIn(6),
            .only_existing = random_.OneIn(6),
            .greater = random_.OneIn(6),
            .less = random_.OneIn(6)};
  }
  static bool Valid(const sorted_sets::AddOptions& o) {
    return !(o.only_new && (o.only_existing || o.greater || o.less)) &&
           !(o.greater && o.less);
  }
  double AnyScore() {
    if (random_.OneIn(20)) return std::numeric_limits<double>::infinity();
    if (random_.OneIn(20)) return -std::numeric_limits<double>::infinity();
    if (random_.OneIn(40)) return std::numeric_limits<double>::quiet_NaN();
    return random_.Between(-3, 3);
  }
  // Puts a member as the options allow; how many were added and updated.
  std::pair<int, int> PutMember(const Place& place, const std::string& member,
                                double score,
                                const sorted_sets::AddOptions& options) {
    PlainEntry* entry = Live(place);
    const bool exists = entry != nullptr && entry->members().count(member) != 0;
    if (exists ? options.only_new : options.only_existing) return {0, 0};
    if (!exists) {
      if (entry == nullptr) contents_[place.model] = {Members(), kNoDeadline};
      contents_[place.model].members()[member] = score;
      return {1, 0};
    }
    double& old = entry->members()[member];
    if ((options.greater && score <= old) || (options.less && score >= old) ||
        score == old) {
      return {0, 0};
    }
    old = score;
    return {0, 1};
  }

  void AddMembers(Transaction& txn, const Place& place) {
    const PlainEntry* entry = Live(place);
    const auto options = AnyAddOptions();
    std::vector<sorted_sets::ScoredMember> members(random_.Below(4));
    bool nan = false;
    for (sorted_sets::ScoredMember& member : members) {
      member = {AnyMember(), AnyScore()};
      nan |= std::isnan(member.score);
    }
    const auto result = sorted_sets::Add(txn, place.key, members, options);
    if (!Valid(options)) {
      ASSERT_EQ(result.status(), OpStatus::kBadOptions);
    } else if (nan) {
      ASSERT_EQ(result.status(), OpStatus::kNotANumber);
    } else if (entry != nullptr && entry->is_string()) {
      ASSERT_EQ(result.status(), OpStatus::kWrongType);
    } else {
      ASSERT_TRUE(result.ok());
      size_t added = 0, updated = 0;
      for (const auto& [member, score] : members) {
        const auto counts =
            PutMember(place, std::string(member), score, options);
        added += counts.first;
        updated += counts.second;
      }
      ASSERT_EQ(result->added, added);
      ASSERT_EQ(result->updated, updated);
    }
  }

  void IncrementMember(Transaction& txn, const Place& place) {
    const PlainEntry* entry = Live(place);
    const auto options = AnyAddOptions();
    const std::string& member = AnyMember();
    const double delta = AnyScore();
    const auto result =
        sorted_sets::Increment(txn, place.key, member, delta, options);
    if (!Valid(options)) {
      ASSERT_EQ(result.status(), OpStatus::kBadOptions);
      return;
    }
    if (std::isnan(delta)) {
      ASSERT_EQ(result.status(), OpStatus::kNotANumber);
      return;
    }
    if (entry != nullptr && entry->is_string()) {
      ASSERT_EQ(result.status(), OpStatus::kWrongType);
      return;
    }
    absl::optional<double> old;
    if (entry != nullptr && entry->members().count(member) != 0) {
      old = entry->members().at(member);
    }
    const double sum = old.value_or(0) + delta;
    if (std::isnan(sum) && !options.only_new) {
      ASSERT_EQ(result.status(), OpStatus::kNotANumber);
      return;
    }
    ASSERT_TRUE(result.ok());
    const bool allowed = old.has_value()
                             ? !options.only_new &&
                                   !(options.greater && sum <= *old) &&
                                   !(options.less && sum >= *old)
                             : !options.only_existing;
    ASSERT_EQ(result->has_value(), allowed);
    if (!allowed) return;
    ASSERT_EQ(**result, sum);
    PutMember(place, member, sum, {});
  }

  void RemoveMembers(Transaction& txn, const Place& place) {
    PlainEntry* entry = Live(place);
    const std::string& first = AnyMember();
    const std::string& second = AnyMember();
    const absl::string_view members[] = {first, second};
    const auto result = sorted_sets::Remove(txn, place.key, members);
    if (entry != nullptr && entry->is_string()) {
      ASSERT_EQ(result.status(), OpStatus::kWrongType);
      return;
    }
    size_t removed = 0;
    if (entry != nullptr) {
      removed = entry->members().erase(first) + entry->members().erase(second);
      if (entry->members().empty()) contents_.erase(place.model);
    }
    ASSERT_TRUE(result.ok());
    ASSERT_EQ(*result, removed);
  }

  void MoveOrCopy(Transaction& txn, const Place& from, const Place& to) {
    using keys::TransferOutcome;
    const bool copy = random_.OneIn(2), replace = random_.OneIn(2);
    const PlainEntry* source = Live(from);
    TransferOutcome expected = TransferOutcome::kDone;
    if (source == nullptr) {
      expected = TransferOutcome::kNoSuchKey;
    } else if (!replace && Live(to) != nullptr) {
      expected = TransferOutcome::kDestinationExists;
    }
    ASSERT_EQ(copy ? keys::Copy(txn, from.key, to.key, replace)
                   : keys::Move(txn, from.key, to.key, replace),
              expected);
    if (expected != TransferOutcome::kDone || from.model == to.model) return;
    const PlainEntry value = *source;
    contents_[to.model] = value;
    if (!copy) contents_.erase(from.model);
  }

  void AnyOperation(Transaction& txn, const Place& place) {
    switch (random_.Below(10)) {
      case 0:
      case 1:
        return Set(txn, place);
      case 2:
        return Increment(txn, place);
      case 3:
        return Append(txn, place);
      case 4:
        return Erase(txn, place);
      case 5:
        return Expire(txn, place);
      case 6:
        return Persist(txn, place);
      case 7:
        return AddMembers(txn, place);
      case 8:
        return IncrementMember(txn, place);
      default:
        return RemoveMembers(txn, place);
    }
  }

  // One transaction: a sweep, a clear, a swap, or operations on a few keys.
  void Step() {
    lent_.clear();
    now_ += random_.OneIn(4) ? random_.Between(0, 6) : 0;
    if (random_.OneIn(10)) {
      Transaction(keyspace_, now_, Transaction::AllShards())
          .EraseExpired(random_.Below(3));
      return;
    }
    if (random_.OneIn(200)) {
      const int db = random_.OneOf(kUsedDatabases);
      Transaction(keyspace_, now_, Transaction::AllShards()).Clear(db);
      std::erase_if(contents_,
                    [db](const auto& item) { return item.first.first == db; });
      return;
    }
    if (random_.OneIn(40)) {
      const int a = random_.OneOf(kUsedDatabases);
      const int b = random_.OneOf(kUsedDatabases);
      Transaction(keyspace_, now_, Transaction::AllShards())
          .SwapDatabases(a, b);
      Contents swapped;
      for (auto& [place, entry] : contents_) {
        const int db =
            place.first == a ? b : (place.first == b ? a : place.first);
        swapped[{db, place.second}] = std::move(entry);
      }
      contents_ = std::move(swapped);
      return;
    }
    const Place first(random_.OneOf(kUsedDatabases), random_.OneOf(kNames));
    const Place second(random_.OneOf(kUsedDatabases), random_.OneOf(kNames));
    const Key keys[] = {first.key, second.key};
    Transaction txn(keyspace_, now_, keys);
    const size_t operations = 1 + random_.Below(3);
    for (size_t i = 0; i < operations; ++i) {
      if (random_.OneIn(6)) {
        MoveOrCopy(txn, first, second);
      } else {
        AnyOperation(txn, random_.OneIn(2) ? first : second);
      }
      if (HasFatalFailure()) return;
    }
  }

  void ReplayEffects() {
    for (const test::RecordedEffect& effect : sink_.Take()) {
      ASSERT_GE(effect.sequence, last_sequence_);
      last_sequence_ = effect.sequence;
      replica_.Apply(effect.Borrow());
      const test::Replica once = replica_;
      replica_.Apply(effect.Borrow());
      ASSERT_TRUE(once == replica_) << "an effect is not idempotent";
      history_.push_back(effect);
    }
  }

  const uint64_t seed_ = test::SeedOr(GetParam());
  test::Random random_{seed_};
  test::RecordingSink sink_;
  Keyspace keyspace_{{.shards = 4, .sink = &sink_}};
  TimeMs now_ = 1000;
  Contents contents_;      // by the promises of the operations
  test::Replica replica_;  // by the effects
  std::vector<test::RecordedEffect> history_;
  uint64_t last_sequence_ = 0;
  std::forward_list<std::string> lent_;
};

TEST_P(KeyspaceModelTest, EqualsBothModelsAtEveryStep) {
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed_);
  test::Replica snapshot;
  size_t snapshot_at = 0;
  for (int step = 0; step < 1500; ++step) {
    SCOPED_TRACE(step);
    Step();
    if (HasFatalFailure()) return;
    ReplayEffects();
    if (HasFatalFailure()) return;
    const Contents actual = test::ContentsOf(keyspace_, now_);
    ASSERT_EQ(actual, test::VisibleAt(contents_, now_));
    ASSERT_EQ(actual, test::VisibleAt(replica_.contents(), now_));
    if (step == 700) {
      snapshot = replica_;
      snapshot_at = history_.size();
    }
  }
  // A snapshot taken while writes went on holds later changes already: the
  // effects since it began, replayed on top, must lead to the same end.
  for (size_t i = snapshot_at / 2; i < history_.size(); ++i) {
    snapshot.Apply(history_[i].Borrow());
  }
  EXPECT_TRUE(snapshot == replica_);
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyspaceModelTest, testing::Range(1, 9));

}  // namespace
}  // namespace kv::store
