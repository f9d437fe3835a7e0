#ifndef FASTKV_STORE_DURABLE_RECORD_APPLIER_H_
#define FASTKV_STORE_DURABLE_RECORD_APPLIER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/key.h"
#include "store/durable/replayer.h"
#include "store/effect/effect.h"
#include "store/keyspace.h"

namespace kv::store {

// RecordApplier: applies records as they stand in a log or a snapshot, a few at
// a time: what their keys need is fetched for all of them together, since a
// keyspace that is being loaded is one cache miss after the other.
//
// Borrows    the keyspace. REQUIRES: as Replayer.
// Threads    compatible.
class RecordApplier {
 public:
  // Null: nothing is applied, only looked at whether these are records.
  explicit RecordApplier(Keyspace* keyspace, Replayer::Share share = {0, 1})
      : keyspace_(keyspace) {
    if (keyspace_ != nullptr) replayer_.emplace(*keyspace_, share);
  }

  // Takes up to `count` records from the front of `bytes` and applies them.
  // Returns how many; fewer if there is no record where `bytes` then stand.
  uint32_t Apply(absl::string_view* bytes, uint32_t count);

  // REQUIRES: there is a keyspace.
  const Replayer& replayer() const { return *replayer_; }

 private:
  // Records whose cache misses overlap.
  static constexpr size_t kWindow = 32;

  struct Record {
    uint64_t sequence = 0;
    std::vector<Effect> effects;
  };

  // The first ones of the window.
  void ApplyFirst(size_t count);

  Keyspace* const keyspace_;
  absl::optional<Replayer> replayer_;
  std::array<Record, kWindow> window_;  // kept for its capacity
  std::vector<Key> keys_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_RECORD_APPLIER_H_
