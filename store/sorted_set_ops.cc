#include "store/sorted_set_ops.h"

#include <algorithm>
#include <cmath>

namespace kv::store::sorted_sets {
namespace {

// The set at `key`: null if there is none, kWrongType if it is something else.
OpResult<const SortedSet*> Find(const Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return static_cast<const SortedSet*>(nullptr);
  if (entry->type() != ValueType::kSortedSet) return OpStatus::kWrongType;
  return &entry->sorted_set();
}

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

bool Unconditional(const AddOptions& options) {
  return !options.only_new && !options.only_existing && !options.greater &&
         !options.less;
}

}  // namespace

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
    switch (txn.PutMember(key, member.member, member.score)) {
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
  const double score = old.value_or(0) + delta;
  if (std::isnan(score)) return OpStatus::kNotANumber;
  if (!Allowed(options, old, score)) return absl::optional<double>();
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
  const absl::optional<double> score = (*set)->Score(member);
  if (!score.has_value()) return absl::optional<RankOutcome>();
  const size_t rank = (*set)->RankOfPair(*score, member);
  return absl::optional<RankOutcome>(
      RankOutcome{reverse ? (*set)->size() - 1 - rank : rank, *score});
}

namespace {

struct RankInterval {
  size_t first = 0;
  size_t count = 0;
};

RankInterval Interval(const SortedSet* set, const ScoreRange& range) {
  if (set == nullptr) return {};
  const size_t first = set->RankOfScore(range.min, range.exclude_min);
  const size_t end = set->RankOfScore(range.max, !range.exclude_max);
  return {first, end > first ? end - first : 0};
}

}  // namespace

OpResult<size_t> Count(const Transaction& txn, const Key& key,
                       const ScoreRange& range) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  return Interval(*set, range).count;
}

OpResult<MemberRange> RangeByRank(const Transaction& txn, const Key& key,
                                  int64_t start, int64_t stop, bool reverse) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  if (*set == nullptr) return MemberRange();
  const int64_t size = static_cast<int64_t>((*set)->size());
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  stop = stop < 0 ? stop + size : std::min(stop, size - 1);
  if (start > stop) return MemberRange();
  return MemberRange(*set, reverse ? size - 1 - start : start, stop - start + 1,
                     reverse);
}

OpResult<MemberRange> RangeByScore(const Transaction& txn, const Key& key,
                                   const ScoreRange& range, bool reverse,
                                   size_t offset, size_t limit) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  const RankInterval interval = Interval(*set, range);
  if (offset >= interval.count) return MemberRange();
  const size_t count = std::min(limit, interval.count - offset);
  const size_t first = reverse ? interval.first + interval.count - 1 - offset
                               : interval.first + offset;
  return MemberRange(*set, first, count, reverse);
}

OpResult<MemberRange> RangeFromPair(const Transaction& txn, const Key& key,
                                    double score, absl::string_view member,
                                    int64_t offset, size_t limit) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  if (*set == nullptr) return MemberRange();
  const int64_t size = static_cast<int64_t>((*set)->size());
  const int64_t found = static_cast<int64_t>((*set)->RankOfPair(score, member));
  if (found == size) return MemberRange();
  // Compared with what is left on either side, since the sum may overflow.
  if (offset < -found || offset >= size - found) return MemberRange();
  const size_t first = found + offset;
  return MemberRange(*set, first, std::min<size_t>(limit, size - first),
                     /*reverse=*/false);
}

}  // namespace kv::store::sorted_sets
