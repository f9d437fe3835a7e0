#ifndef FASTKV_STORE_DURABLE_REPLAYER_H_
#define FASTKV_STORE_DURABLE_REPLAYER_H_

#include <cstdint>

#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/key.h"
#include "store/database_map.h"
#include "store/effect/effect.h"
#include "store/keyspace.h"

namespace kv::store {

// Replayer: makes a keyspace what effects say it was, entries' versions
// included. Total: whatever a key holds, an effect can be applied to it.
//
// Entries go where the effects' places say; meanwhile numbers of databases are
// places. Who has applied all maps the databases as map() says.
//
// Several may work at the same time, each for its share of the shards: given
// the same effects, each applies those that are about its own.
//
// Borrows    the keyspace. REQUIRES: nobody else uses it. A sink that it may
//            have is told nothing.
// Threads    compatible.
class Replayer {
 public:
  struct Share {
    uint32_t index = 0;
    uint32_t of = 1;
  };

  explicit Replayer(Keyspace& keyspace, Share share = {0, 1})
      : keyspace_(keyspace), share_(share) {}

  // Whether a key is in this share.
  bool IsMine(const Key& key) const {
    return OwnsShard(keyspace_.ShardIndexOf(key));
  }

  // All effects of one transaction.
  void Apply(uint64_t sequence, absl::Span<const Effect> effects);

  // Of all effects, whoever's share.
  uint64_t last_sequence() const { return last_sequence_; }
  // Nullopt: no effect told of one.
  const absl::optional<DatabaseMap>& map() const { return map_; }

 private:
  bool OwnsShard(uint32_t shard) const {
    return shard % share_.of == share_.index;
  }
  // Applies the effects at the front that are about one key, if it is in this
  // share; returns how many there are.
  size_t ApplyToKey(uint64_t sequence, absl::Span<const Effect> effects);
  void Clear(uint64_t sequence, uint8_t place);

  Keyspace& keyspace_;
  const Share share_;
  absl::optional<DatabaseMap> map_;
  uint64_t last_sequence_ = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_REPLAYER_H_
