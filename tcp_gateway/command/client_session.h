#ifndef FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_
#define FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_

#include <cstdint>

#include "tcp_gateway/command_service.h"

namespace kv::gateway {

// ClientSession: what commands keep for one connection. Small: there may be
// very many that rest.
//
// Threads    used on the connection's event loop only.
class ClientSession final : public Session {
 public:
  explicit ClientSession(ConnectionRef connection)
      : connection_(std::move(connection)) {}

  const ConnectionRef& connection() const { return connection_; }

  // The database that commands without another word mean.
  uint8_t db() const { return db_; }
  void set_db(uint8_t db) { db_ = db; }

 private:
  const ConnectionRef connection_;
  uint8_t db_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_CLIENT_SESSION_H_
