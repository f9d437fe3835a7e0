#include "server/rpc/key_page.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "server/rpc/expiry.h"
#include "server/rpc/key_filter.h"
#include "server/rpc/page_token.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/value_type.h"
#include "store/key_ops.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// A page ends after so many bytes: clients receive 4 MiB unless told otherwise.
constexpr size_t kPageBytes = size_t{1} << 20;
// And after looking at so many entries, which bounds how long a call whose
// filter matches nothing holds up its queue.
constexpr size_t kPageLooks = 20000;
// How many entries a page looks at first, before it is known how long its keys
// are.
constexpr size_t kFirstStep = 16;

// What a page token is good for.
size_t WalkOf(uint64_t salt, const pb::ListKeysRequest& request) {
  return absl::HashOf(salt, static_cast<int>(request.filter_case()),
                      request.prefix(), request.glob(),
                      static_cast<int>(request.type()));
}

// What a page has so far.
struct Progress {
  size_t looks = 0;
  size_t keys = 0;
  size_t bytes = 0;

  bool Full(size_t page_size) const {
    return keys >= page_size || bytes >= kPageBytes || looks >= kPageLooks;
  }

  // How many entries to look at next: no more than there is room for if the
  // keys to come are as long as those before. REQUIRES: not full.
  size_t NextStep(size_t page_size) const {
    if (keys == 0) return std::min(std::max(kFirstStep, looks), page_size);
    const size_t room = (kPageBytes - bytes) / (bytes / keys);
    return std::clamp<size_t>(room, 1, page_size - keys);
  }
};

}  // namespace

RpcStatus ReadKeyPage(store::Keyspace& keyspace, store::TimeMs now,
                      uint64_t salt, const pb::ListKeysRequest& request,
                      pb::ListKeysResponse* response) {
  RpcStatus status = CheckFilter(request);
  if (!status.ok()) return status;
  size_t page_size = 0;
  status = ReadPageSize(request.page_size(), &page_size);
  if (!status.ok()) return status;
  const size_t walk = WalkOf(salt, request);
  uint64_t cursor = 0;
  status = DecodePageToken(request.page_token(), walk, &cursor);
  if (!status.ok()) return status;

  Progress page;
  do {
    const size_t step = page.NextStep(page_size);
    page.looks += step;
    cursor = store::keys::Scan(
        keyspace, now, /*db=*/0, cursor, step,
        [&](const store::keys::ScannedKey& key) {
          if (!MatchesFilter(request, key.key, key.metadata.type)) return;
          ++page.keys;
          page.bytes += key.key.size() + kFieldsBytes;
          pb::KeyInfo* info = response->add_keys();
          info->set_key(key.key.data(), key.key.size());
          info->set_type(ToProto(key.metadata.type));
          info->set_version(key.metadata.version);
          WriteTtl(key.metadata.deadline, now, info);
        },
        /*within=*/nullptr);
  } while (cursor != 0 && !page.Full(page_size));
  if (cursor != 0) {
    response->set_next_page_token(EncodePageToken(cursor, walk));
  }
  return {};
}

}  // namespace kv::server
