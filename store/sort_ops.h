#ifndef FASTKV_STORE_SORT_OPS_H_
#define FASTKV_STORE_SORT_OPS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/op_status.h"
#include "store/transaction.h"

// SORT, as Redis has it, of the members of sorted sets.
namespace kv::store::sorting {

// A pattern names the string whose key it is with its first '*' replaced by the
// member. "#" is the member itself. One that asks for a field of a hash
// ("*->field") finds nothing, as it does in Redis where there is no hash.
struct SortOptions {
  // What members are sorted by instead of themselves. A pattern without '*'
  // leaves them as they are in the set, from the last one if `descending`.
  absl::optional<absl::string_view> by;
  // What is returned for each member; the member itself if empty.
  absl::Span<const absl::string_view> get;
  // Compare bytes instead of numbers.
  bool alphabetic = false;
  bool descending = false;
  int64_t offset = 0;  // less than 0: 0
  int64_t limit = -1;  // of members; less than 0: none
};

// The values to return, in order, as many for each member as there are patterns
// to get (or one); nullopt where there is no such string. They are valid until
// the transaction ends or changes an entry. A pattern that names no string
// counts as 0 or, alphabetically, as less than every string; equals are in the
// order of the members. An absent key has no members.
// kWrongType: the key holds no sorted set. kNotFloat: something to sort by is
// not a number.
// REQUIRES: all shards are locked if there are patterns, else the key's.
OpResult<std::vector<absl::optional<StringValue>>> Sort(
    const Transaction& txn, const Key& key, const SortOptions& options);

}  // namespace kv::store::sorting

#endif  // FASTKV_STORE_SORT_OPS_H_
