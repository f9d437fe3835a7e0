#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_REGISTRY_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_REGISTRY_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "store/base/mutex.h"

namespace kv::gateway {

class ClientSession;

// ClientRegistry: the sessions of all event loops, so that one client can be
// shown to another, named, or ended.
//
// Borrows    the sessions, which add and remove themselves.
// Threads    safe. A session stays while it is visited; of it, only what any
//            thread may use is to be used. A visitor must not add or remove.
// Cost       one lock, rarely shared, at accept and at close; none between.
class ClientRegistry {
 public:
  using Visitor = absl::FunctionRef<void(const ClientSession&)>;

  void Add(ClientSession* session);
  void Remove(ClientSession* session);

  // Visits every session, in no order.
  void ForEach(Visitor visit) const;
  // Visits the session of that connection; false: there is none.
  bool Visit(uint64_t id, Visitor visit) const;

 private:
  static constexpr size_t kParts = 16;

  struct alignas(64) Part {
    mutable store::Mutex mutex;
    absl::flat_hash_map<uint64_t, ClientSession*> sessions
        ABSL_GUARDED_BY(mutex);
  };

  // Numbers are given in order, so neighbours go to different parts.
  Part& PartOf(uint64_t id) { return parts_[id % kParts]; }
  const Part& PartOf(uint64_t id) const { return parts_[id % kParts]; }

  std::array<Part, kParts> parts_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_REGISTRY_H_
