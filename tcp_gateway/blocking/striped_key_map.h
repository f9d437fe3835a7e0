#ifndef FASTKV_TCP_GATEWAY_BLOCKING_STRIPED_KEY_MAP_H_
#define FASTKV_TCP_GATEWAY_BLOCKING_STRIPED_KEY_MAP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "store/base/mutex.h"

namespace kv::gateway {

// A key as clients name it: not by the shard or place that holds it.
struct KeyId {
  uint8_t db;
  absl::string_view name;
};

// StripedKeyMap: values by key, in stripes with a mutex each, so that threads
// that deal with different keys seldom meet.
//
// Threads    each stripe's map is guarded by its mutex.
template <typename Value>
class StripedKeyMap {
  struct OwnedId {
    explicit OwnedId(const KeyId& id) : db(id.db), name(id.name) {}
    operator KeyId() const { return {db, name}; }
    uint8_t db;
    std::string name;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const KeyId& id) const {
      return absl::HashOf(id.db, id.name);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const KeyId& a, const KeyId& b) const {
      return a.db == b.db && a.name == b.name;
    }
  };

 public:
  struct alignas(64) Stripe {
    store::Mutex mutex;
    absl::flat_hash_map<OwnedId, Value, Hash, Equal> values
        ABSL_GUARDED_BY(mutex);

    // The value at the key, which is made if absent.
    Value& At(const KeyId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
      return values.try_emplace(OwnedId(id)).first->second;
    }
  };

  // Calls `use` with the key's value, under its stripe's lock. False if it has
  // none.
  template <typename Use>
  bool With(const KeyId& id, Use use) {
    Stripe& stripe = StripeOf(id);
    store::MutexLock lock(stripe.mutex);
    const auto found = stripe.values.find(id);
    if (found == stripe.values.end()) return false;
    use(found->second);
    return true;
  }

  Stripe& StripeOf(const KeyId& id) {
    return stripes_[Hash()(id) >> 32 & (kStripes - 1)];
  }

  Stripe* begin() { return stripes_.begin(); }
  Stripe* end() { return stripes_.end(); }

 private:
  static constexpr size_t kStripes = 64;

  std::array<Stripe, kStripes> stripes_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_BLOCKING_STRIPED_KEY_MAP_H_
