#include "store/sorted_set_range.h"

#include <algorithm>

#include "store/sorted_set_ops.h"

namespace kv::store::sorted_sets {
namespace {

struct RankInterval {
  size_t first = 0;
  size_t count = 0;
};

RankInterval Between(size_t first, size_t end) {
  return {first, end > first ? end - first : 0};
}

RankInterval Interval(const SortedSet& set, const ScoreRange& range) {
  return Between(set.RankOfScore(range.min, range.exclude_min),
                 set.RankOfScore(range.max, !range.exclude_max));
}

// How many members stand before a bound; those equal to it count if
// `after_equals`.
size_t RankOf(const SortedSet& set, const LexBound& bound, bool after_equals) {
  switch (bound.kind) {
    case LexBound::Kind::kLowest:
      return 0;
    case LexBound::Kind::kMember:
      return set.RankOfMember(bound.member, after_equals);
    case LexBound::Kind::kHighest:
      return set.size();
  }
  return 0;
}

RankInterval Interval(const SortedSet& set, const LexRange& range) {
  return Between(RankOf(set, range.min, range.min.exclude),
                 RankOf(set, range.max, !range.max.exclude));
}

template <typename Range>
OpResult<size_t> CountIn(const Transaction& txn, const Key& key,
                         const Range& range) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  return *set == nullptr ? 0 : Interval(**set, range).count;
}

template <typename Range>
OpResult<MemberRange> MembersIn(const Transaction& txn, const Key& key,
                                const Range& range, bool reverse, size_t offset,
                                size_t limit) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  if (*set == nullptr) return MemberRange();
  const RankInterval interval = Interval(**set, range);
  if (offset >= interval.count) return MemberRange();
  const size_t count = std::min(limit, interval.count - offset);
  const size_t first = reverse ? interval.first + interval.count - 1 - offset
                               : interval.first + offset;
  return MemberRange(*set, first, count, reverse);
}

Event RemovalBy(RangeQuery::By by) {
  switch (by) {
    case RangeQuery::By::kRank:
      return Event::kZremrangebyrank;
    case RangeQuery::By::kScore:
      return Event::kZremrangebyscore;
    case RangeQuery::By::kLex:
      return Event::kZremrangebylex;
  }
  return Event::kDefault;
}

}  // namespace

OpResult<size_t> Count(const Transaction& txn, const Key& key,
                       const ScoreRange& range) {
  return CountIn(txn, key, range);
}

OpResult<size_t> CountByLex(const Transaction& txn, const Key& key,
                            const LexRange& range) {
  return CountIn(txn, key, range);
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
  return MembersIn(txn, key, range, reverse, offset, limit);
}

OpResult<MemberRange> RangeByLex(const Transaction& txn, const Key& key,
                                 const LexRange& range, bool reverse,
                                 size_t offset, size_t limit) {
  return MembersIn(txn, key, range, reverse, offset, limit);
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

OpResult<MemberRange> Select(const Transaction& txn, const Key& key,
                             const RangeQuery& query) {
  switch (query.by) {
    case RangeQuery::By::kRank:
      break;
    case RangeQuery::By::kScore:
      return RangeByScore(txn, key, query.scores, query.reverse, query.offset,
                          query.limit);
    case RangeQuery::By::kLex:
      return RangeByLex(txn, key, query.lex, query.reverse, query.offset,
                        query.limit);
  }
  return RangeByRank(txn, key, query.start, query.stop, query.reverse);
}

OpResult<size_t> RemoveSelected(Transaction& txn, const Key& key,
                                const RangeQuery& query) {
  const OpResult<MemberRange> range = Select(txn, key, query);
  if (!range.ok()) return range.status();
  const NamedEvent named(txn, RemovalBy(query.by));
  return RemoveRange(txn, key, *range);
}

size_t RemoveRange(Transaction& txn, const Key& key, const MemberRange& range) {
  if (range.size() == 0) return 0;
  return txn.EraseRanks(key, range.lowest_rank(), range.size());
}

size_t StoreRange(Transaction& txn, const Key& destination,
                  const MemberRange& range) {
  SortedSet set;
  range.Ascending().Visit([&set](absl::string_view member, double score) {
    set.Append(member, score);
  });
  const NamedEvent named(txn, Event::kZrangestore);
  txn.PutSortedSet(destination, std::move(set));
  return range.size();
}

OpResult<PopSelection> SelectPop(const Transaction& txn,
                                 absl::Span<const Key> keys, End end,
                                 size_t count) {
  for (const Key& key : keys) {
    const OpResult<const SortedSet*> set = Find(txn, key);
    if (!set.ok()) return set.status();
    if (*set == nullptr) continue;
    const bool reverse = end == End::kHighest;
    return PopSelection{key,
                        MemberRange(*set, reverse ? (*set)->size() - 1 : 0,
                                    std::min(count, (*set)->size()), reverse)};
  }
  return PopSelection();
}

void RemovePopped(Transaction& txn, End end, const PopSelection& popped) {
  const NamedEvent named(
      txn, end == End::kHighest ? Event::kZpopmax : Event::kZpopmin);
  RemoveRange(txn, popped.key, popped.members);
}

OpResult<size_t> Pop(Transaction& txn, absl::Span<const Key> keys, End end,
                     size_t count, TakePopped take) {
  const OpResult<PopSelection> popped = SelectPop(txn, keys, end, count);
  if (!popped.ok()) return popped.status();
  const size_t size = popped->members.size();
  if (size == 0) return 0;
  take(popped->key, popped->members);
  RemovePopped(txn, end, *popped);
  return size;
}

}  // namespace kv::store::sorted_sets
