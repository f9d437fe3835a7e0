#ifndef FASTKV_STORE_KEYSPACE_STATS_H_
#define FASTKV_STORE_KEYSPACE_STATS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "store/base/limits.h"
#include "store/base/time.h"
#include "store/keyspace.h"
#include "store/transaction.h"

namespace kv::store {

struct DatabaseStats {
  size_t keys = 0;
  size_t expires = 0;          // of these, keys with a deadline
  int64_t average_ttl_ms = 0;  // of these, estimated from a few in each shard
};

// Counts the keys of every database, locking one shard at a time; `within` as
// for keys::Size. Keys that the sweep is about to remove count.
std::array<DatabaseStats, kDatabases> DescribeDatabases(
    Keyspace& keyspace, TimeMs now, const Transaction* within);

}  // namespace kv::store

#endif  // FASTKV_STORE_KEYSPACE_STATS_H_
