#ifndef FASTKV_STORE_SORTED_SET_COMBINE_H_
#define FASTKV_STORE_SORTED_SET_COMBINE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/sorted_set_ops.h"
#include "store/transaction.h"

// Operations that make one sorted set of several. Each runs inside a
// transaction that holds all the keys' shards. A key of another type is
// OpStatus::kWrongType, an absent key is an empty set; a key may stand twice.
//
// Results stand in the order of (score, member) and borrow their members from
// the sets: valid until the transaction changes one of them or ends.
namespace kv::store::sorted_sets {

using Members = std::vector<ScoredMember>;

enum class Aggregate : uint8_t { kSum, kMin, kMax };

// What becomes of the scores of a member that is in several sets. A product or
// sum that is not a number (0 * inf, inf - inf) counts as 0, as in Redis.
struct CombineOptions {
  // One for each key, with which its scores are multiplied; empty: 1 for all.
  absl::Span<const double> weights;
  Aggregate aggregate = Aggregate::kSum;
};

// Members that are in any of the sets. O(n + m log m): n members in all sets,
// m in the result.
OpResult<Members> Union(const Transaction& txn, absl::Span<const Key> keys,
                        const CombineOptions& options = {});

// Members that are in all sets. O(s k + m log m): s members in the smallest
// set, k keys, m members in the result.
OpResult<Members> Intersect(const Transaction& txn, absl::Span<const Key> keys,
                            const CombineOptions& options = {});

// How many members are in all sets; counting ends at `limit`, 0 for none.
OpResult<size_t> CountIntersection(const Transaction& txn,
                                   absl::Span<const Key> keys, size_t limit);

// Members of the first set that are in none of the others, with their scores.
// O(s k) or O(n), whichever is less: s members in the first set, k keys, n
// members in all sets.
OpResult<Members> Subtract(const Transaction& txn, absl::Span<const Key> keys);

enum class Combination : uint8_t { kUnion, kIntersection, kDifference };

// One of the three above; a difference has no use for options.
OpResult<Members> Combine(const Transaction& txn, Combination combination,
                          absl::Span<const Key> keys,
                          const CombineOptions& options = {});

// Makes `destination` the sorted set of the members, without deadline and
// whatever it held before; removes it if there are none. They may borrow from
// the destination. REQUIRES: `members` is the result of the combination.
void Store(Transaction& txn, const Key& destination, Combination combination,
           absl::Span<const ScoredMember> members);

}  // namespace kv::store::sorted_sets

#endif  // FASTKV_STORE_SORTED_SET_COMBINE_H_
