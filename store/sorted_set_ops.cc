#include "store/sorted_set_ops.h"

#include <cmath>

namespace kv::store::sorted_sets {
namespace {

bool Valid(const AddOptions& options) {
  if (options.only_new) {
    return !options.only_existing && !options.greater && !options.less;
  }
  return !(options.greater && options.less);
}

// Whether the options let a member that has `old` (nullopt: is absent) get
// `score`.
bool Allowed(const AddOptions& options, absl::optional<double> old,
             double score) {
  if (!old.has_value()) return !options.only_existing;
  if (options.only_new) return false;
  return !(options.greater && score <= *old) &&
         !(options.less && score >= *old);
}

// Minus zero becomes zero, as in the small sets of Redis.
double WithoutMinusZero(double score) { return score + 0.0; }

bool Unconditional(const AddOptions& options) {
  return !options.only_new && !options.only_existing && !options.greater &&
         !options.less;
}

}  // namespace

OpResult<const SortedSet*> Find(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return static_cast<const SortedSet*>(nullptr);
  if (entry->type() != ValueType::kSortedSet) return OpStatus::kWrongType;
  return &entry->sorted_set();
}

void Prefetch(Keyspace& keyspace, const Key& key,
              absl::Span<const absl::string_view> members, bool with_places) {
  Shard& shard = keyspace.shard(keyspace.ShardIndexOf(key));
  if (!shard.mutex.TryLock()) return;
  const uint8_t place = keyspace.database_map().PlaceOf(key.db);
  if (place < shard.databases()) {
    const EntryTable::Position slot = shard.database(place).table.Find(key);
    if (slot && slot.entry()->type() == ValueType::kSortedSet) {
      slot.entry()->sorted_set().Prefetch(members, with_places);
    }
  }
  shard.mutex.Unlock();
}

OpResult<AddOutcome> Add(Transaction& txn, const Key& key,
                         absl::Span<const ScoredMember> members,
                         const AddOptions& options) {
  if (!Valid(options)) return OpStatus::kBadOptions;
  for (const ScoredMember& member : members) {
    if (std::isnan(member.score)) return OpStatus::kNotANumber;
  }
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  AddOutcome outcome;
  for (const ScoredMember& member : members) {
    if (!Unconditional(options)) {
      // Looked up anew for each: the first one added makes the set.
      const SortedSet* current = *Find(txn, key);
      const absl::optional<double> old =
          current == nullptr ? absl::nullopt : current->Score(member.member);
      if (!Allowed(options, old, member.score)) continue;
    }
    switch (txn.PutMember(key, member.member, WithoutMinusZero(member.score))) {
      case Upserted::kAdded:
        ++outcome.added;
        break;
      case Upserted::kUpdated:
        ++outcome.updated;
        break;
      case Upserted::kUnchanged:
        break;
    }
  }
  const Entry* entry = txn.Find(key);
  outcome.version = entry == nullptr ? 0 : entry->version();
  return outcome;
}

OpResult<absl::optional<double>> Increment(Transaction& txn, const Key& key,
                                           absl::string_view member,
                                           double delta,
                                           const AddOptions& options) {
  if (!Valid(options)) return OpStatus::kBadOptions;
  if (std::isnan(delta)) return OpStatus::kNotANumber;
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  const absl::optional<double> old =
      *set == nullptr ? absl::nullopt : (*set)->Score(member);
  if (old.has_value() && options.only_new) return absl::optional<double>();
  const double score = WithoutMinusZero(old.value_or(0) + delta);
  if (std::isnan(score)) return OpStatus::kNotANumber;
  if (!Allowed(options, old, score)) return absl::optional<double>();
  const NamedEvent named(txn, Event::kZincr);
  txn.PutMember(key, member, score);
  return absl::optional<double>(score);
}

OpResult<size_t> Remove(Transaction& txn, const Key& key,
                        absl::Span<const absl::string_view> members) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  size_t removed = 0;
  for (const absl::string_view member : members) {
    removed += txn.EraseMember(key, member);
  }
  return removed;
}

OpResult<absl::optional<double>> Score(const Transaction& txn, const Key& key,
                                       absl::string_view member) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  if (*set == nullptr) return absl::optional<double>();
  return (*set)->Score(member);
}

OpResult<size_t> Scores(const Transaction& txn, const Key& key,
                        absl::Span<const absl::string_view> members,
                        absl::FunctionRef<void(absl::optional<double>)> visit) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  size_t found = 0;
  for (const absl::string_view member : members) {
    const absl::optional<double> score =
        *set == nullptr ? absl::nullopt : (*set)->Score(member);
    found += score.has_value();
    visit(score);
  }
  return found;
}

OpResult<size_t> Cardinality(const Transaction& txn, const Key& key) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  return *set == nullptr ? 0 : (*set)->size();
}

OpResult<absl::optional<RankOutcome>> Rank(const Transaction& txn,
                                           const Key& key,
                                           absl::string_view member,
                                           bool reverse) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  if (*set == nullptr) return absl::optional<RankOutcome>();
  const auto standing = (*set)->Find(member);
  if (!standing.has_value()) return absl::optional<RankOutcome>();
  const auto [rank, score] = *standing;
  return absl::optional<RankOutcome>(
      RankOutcome{reverse ? (*set)->size() - 1 - rank : rank, score});
}

OpResult<uint64_t> Scan(const Transaction& txn, const Key& key, uint64_t cursor,
                        size_t count, SortedSet::MemberFunction visit) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  return *set == nullptr ? 0 : (*set)->Scan(cursor, count, visit);
}

}  // namespace kv::store::sorted_sets
