#ifndef FASTKV_TCP_GATEWAY_COMMAND_MONITORS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_MONITORS_H_

#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/base/mutex.h"
#include "store/base/time.h"
#include "tcp_gateway/command/attention.h"
#include "tcp_gateway/command_service.h"

namespace kv::gateway {

// Monitors: the clients that watch every command, as MONITOR lets them.
//
// A monitor that does not keep up is dropped as a slow subscriber is.
//
// Threads    safe. Costs nothing while there is none: Attention says so.
class Monitors {
 public:
  explicit Monitors(Attention& attention) : attention_(attention) {}

  // A monitor, until destroyed.
  class Membership {
   public:
    Membership(Monitors& monitors, const ConnectionRef& connection)
        : monitors_(monitors), id_(connection.id()) {
      monitors_.Add(connection);
    }
    ~Membership() { monitors_.Remove(id_); }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

   private:
    Monitors& monitors_;
    const uint64_t id_;
  };

  // Shows a command to all, with the database and the client's address.
  void Feed(int db, absl::string_view peer,
            absl::Span<const absl::string_view> args, store::TimeMs now);

 private:
  void Add(const ConnectionRef& connection);
  void Remove(uint64_t connection);

  Attention& attention_;
  store::Mutex mutex_;
  std::vector<ConnectionRef> monitors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_MONITORS_H_
