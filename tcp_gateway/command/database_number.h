#ifndef FASTKV_TCP_GATEWAY_COMMAND_DATABASE_NUMBER_H_
#define FASTKV_TCP_GATEWAY_COMMAND_DATABASE_NUMBER_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "store/base/limits.h"
#include "tcp_gateway/command/arg_reader.h"

namespace kv::gateway {

// Reads the number of a database; `error` is for what is no number at all.
inline uint8_t ReadDatabase(
    ArgReader& args, absl::string_view error = ArgReader::kNotAnInteger) {
  const int64_t db = args.Int(error);
  if (db < 0 || db >= store::kDatabases) {
    args.Fail("ERR DB index is out of range");
  }
  return static_cast<uint8_t>(db);
}

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_DATABASE_NUMBER_H_
