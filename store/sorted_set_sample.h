#ifndef FASTKV_STORE_SORTED_SET_SAMPLE_H_
#define FASTKV_STORE_SORTED_SET_SAMPLE_H_

#include <cstddef>
#include <vector>

#include "absl/random/bit_gen_ref.h"
#include "absl/types/optional.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/sorted_set_ops.h"
#include "store/transaction.h"

// Members of a sorted set drawn at random, each with the same chance. As in
// sorted_set_ops.h, a key of another type is OpStatus::kWrongType and an absent
// key is an empty set. Members are borrowed from the set: valid until the
// transaction changes it or ends.
namespace kv::store::sorted_sets {

// One member, or nullopt of an empty set. O(log n).
OpResult<absl::optional<ScoredMember>> RandomMember(const Transaction& txn,
                                                    const Key& key,
                                                    absl::BitGenRef random);

// `count` distinct members, or all if there are not so many. O(count log n) or
// O(n), whichever is less.
OpResult<std::vector<ScoredMember>> RandomMembers(const Transaction& txn,
                                                  const Key& key, size_t count,
                                                  absl::BitGenRef random);

// What RandomDraws may be asked for, in number and in bytes of all members: a
// small set would otherwise be asked for any amount of memory.
inline constexpr size_t kMaxDraws = size_t{1} << 20;

// `count` members, each drawn from all. kTooLarge: beyond kMaxDraws draws or
// kMaxValueBytes bytes. O(count log n).
OpResult<std::vector<ScoredMember>> RandomDraws(const Transaction& txn,
                                                const Key& key, size_t count,
                                                absl::BitGenRef random);

}  // namespace kv::store::sorted_sets

#endif  // FASTKV_STORE_SORTED_SET_SAMPLE_H_
