#ifndef FASTKV_SERVER_RPC_OPERATION_KEYS_H_
#define FASTKV_SERVER_RPC_OPERATION_KEYS_H_

#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "store/base/key.h"
#include "store/keyspace.h"

// The keys that requests name. Whoever runs a request gathers them first: to
// lock their shards, and so that each key is hashed once.
namespace kv::server {

// Keys of requests, whose bytes they borrow. Those of a usual batch need no
// allocation.
using OperationKeys = absl::InlinedVector<store::Key, 64>;

// Fetches what the keys lead to, if they are so many that it is worth it.
// REQUIRES: the caller holds no shard.
inline void PrefetchMany(store::Keyspace& keyspace,
                         absl::Span<const store::Key> keys) {
  // A few misses are cheaper than the passes that would hide them.
  constexpr size_t kWorthwhile = 4;
  if (keys.size() >= kWorthwhile) keyspace.Prefetch(keys);
}

// Most requests name one key, in the field `key`.
template <typename Request>
concept NamesOneKey = requires(const Request& request) {
  request.key();
};

template <NamesOneKey Request>
void AppendKeys(const Request& request, OperationKeys* keys) {
  keys->emplace_back(request.key());
}

// The others; Run, for each of them, expects its keys in this order.
template <typename Names>
void AppendNames(const Names& names, OperationKeys* keys) {
  keys->reserve(keys->size() + names.size());
  for (const auto& name : names) keys->emplace_back(name);
}
inline void AppendKeys(const fastkv::v1::BatchGetRequest& request,
                       OperationKeys* keys) {
  AppendNames(request.keys(), keys);
}
inline void AppendKeys(const fastkv::v1::BatchDeleteRequest& request,
                       OperationKeys* keys) {
  AppendNames(request.keys(), keys);
}
inline void AppendKeys(const fastkv::v1::SortedSetServicePopRequest& request,
                       OperationKeys* keys) {
  AppendNames(request.keys(), keys);
}
inline void AppendKeys(const fastkv::v1::BatchSetRequest& request,
                       OperationKeys* keys) {
  keys->reserve(keys->size() + request.entries_size());
  for (const auto& entry : request.entries()) keys->emplace_back(entry.key());
}
inline void AppendKeys(
    const fastkv::v1::SortedSetServiceStoreRangeRequest& request,
    OperationKeys* keys) {
  keys->emplace_back(request.destination());
  keys->emplace_back(request.source());
}
// The destination, if there is one, stands behind the inputs.
inline void AppendKeys(
    const fastkv::v1::SortedSetServiceCombineRequest& request,
    OperationKeys* keys) {
  for (const auto& input : request.inputs()) keys->emplace_back(input.key());
  if (request.has_destination()) keys->emplace_back(request.destination());
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_OPERATION_KEYS_H_
