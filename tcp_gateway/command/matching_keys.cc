#include "tcp_gateway/command/matching_keys.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "store/base/glob.h"
#include "store/key_ops.h"

namespace kv::gateway {

void ReplyMatchingKeys(CommandContext& ctx, absl::string_view pattern) {
  // Collected first, since the reply announces how many there are.
  std::vector<std::string> matches;
  constexpr size_t kBatch = 4096;
  uint64_t cursor = 0;
  do {
    cursor = store::keys::Scan(
        ctx.server().engine.keyspace(), ctx.now(), ctx.session().db(), cursor,
        kBatch,
        [&](const store::keys::ScannedKey& found) {
          if (store::GlobMatches(pattern, found.key)) {
            matches.emplace_back(found.key);
          }
        },
        ctx.within());
  } while (cursor != 0);
  ctx.reply().Array(matches.size());
  for (const std::string& key : matches) ctx.reply().Bulk(key);
}

}  // namespace kv::gateway
