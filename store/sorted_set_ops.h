#ifndef FASTKV_STORE_SORTED_SET_OPS_H_
#define FASTKV_STORE_SORTED_SET_OPS_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/keyspace.h"
#include "store/sorted_set.h"
#include "store/transaction.h"

// Operations on sorted sets. Each runs inside a transaction that holds the
// key's shard, and borrows the bytes it is given until that ends. A key of
// another type is OpStatus::kWrongType; an absent key is an empty set. Ranks
// count from 0.
namespace kv::store::sorted_sets {

// The set at `key`, null if there is none; valid until the transaction changes
// it or ends. For operations; callers from outside use those.
OpResult<const SortedSet*> Find(const Transaction& txn, const Key& key);

// As SortedSet::Prefetch, of the set at `key`. Locks the key's shard, or does
// nothing if another thread has. REQUIRES: the caller holds no shard.
void Prefetch(Keyspace& keyspace, const Key& key,
              absl::Span<const absl::string_view> members, bool with_places);

struct ScoredMember {
  absl::string_view member;
  double score = 0;
};

// Which members a write may touch. only_new excludes the other three; greater
// and less exclude each other (OpStatus::kBadOptions).
struct AddOptions {
  bool only_new = false;       // NX: never change a member that exists
  bool only_existing = false;  // XX: never add a member
  bool greater = false;        // GT: change a score only to a greater one
  bool less = false;           // LT: change a score only to a lesser one
};

struct AddOutcome {
  size_t added = 0;
  size_t updated = 0;    // members that existed and got another score
  uint64_t version = 0;  // the entry's, after the call; 0: none
};

// Adds members or changes their scores; a member that stands twice gets its
// last score. kNotANumber: a score is NaN; nothing is changed.
OpResult<AddOutcome> Add(Transaction& txn, const Key& key,
                         absl::Span<const ScoredMember> members,
                         const AddOptions& options = {});

// Adds `delta` to the member's score (absent: 0). Nullopt: the options forbade
// it. kNotANumber: the sum would be NaN (inf - inf) or delta is; nothing is
// changed.
OpResult<absl::optional<double>> Increment(Transaction& txn, const Key& key,
                                           absl::string_view member,
                                           double delta,
                                           const AddOptions& options = {});

// Removes members and returns how many there were.
OpResult<size_t> Remove(Transaction& txn, const Key& key,
                        absl::Span<const absl::string_view> members);

// The member's score, or nullopt.
OpResult<absl::optional<double>> Score(const Transaction& txn, const Key& key,
                                       absl::string_view member);

// Calls visit with each member's score, or nullopt, in the order of `members`.
// Returns how many there are. kWrongType: visit was not called.
OpResult<size_t> Scores(const Transaction& txn, const Key& key,
                        absl::Span<const absl::string_view> members,
                        absl::FunctionRef<void(absl::optional<double>)> visit);

// The number of members.
OpResult<size_t> Cardinality(const Transaction& txn, const Key& key);

struct RankOutcome {
  size_t rank = 0;
  double score = 0;
};

// The member's place by ascending (descending if `reverse`) score.
OpResult<absl::optional<RankOutcome>> Rank(const Transaction& txn,
                                           const Key& key,
                                           absl::string_view member,
                                           bool reverse);

// Visits members in an order of their own, from `cursor` (0: the start) until
// at least `count` were visited, and returns the cursor of the next call, 0 at
// the end. SortedSet::Scan says what is promised; small sets come whole.
OpResult<uint64_t> Scan(const Transaction& txn, const Key& key, uint64_t cursor,
                        size_t count, SortedSet::MemberFunction visit);

}  // namespace kv::store::sorted_sets

#endif  // FASTKV_STORE_SORTED_SET_OPS_H_
