#include "server/rpc/key_page.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "server/rpc/expiry.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/value_type.h"
#include "store/base/glob.h"
#include "store/key_ops.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

constexpr int kDefaultPageSize = 1000;
constexpr int kMaxPageSize = 10000;
// A page ends after so many bytes: clients receive 4 MiB unless told otherwise.
constexpr size_t kPageBytes = size_t{1} << 20;
// And after looking at so many entries, which bounds how long a call whose
// filter matches nothing holds up its queue.
constexpr size_t kPageLooks = 20000;
// How many entries a page looks at first, before it is known how long its keys
// are.
constexpr size_t kFirstStep = 16;

struct Token {
  uint64_t cursor;
  uint64_t check;
};

Token MakeToken(uint64_t cursor, uint64_t salt,
                const pb::ListKeysRequest& request) {
  return {cursor,
          absl::HashOf(cursor, salt, static_cast<int>(request.filter_case()),
                       request.prefix(), request.glob(),
                       static_cast<int>(request.type()))};
}

std::string EncodeToken(const Token& token) {
  char bytes[sizeof(token)];
  std::memcpy(bytes, &token, sizeof(token));
  return absl::WebSafeBase64Escape(absl::string_view(bytes, sizeof(bytes)));
}

RpcStatus ReadCursor(uint64_t salt, const pb::ListKeysRequest& request,
                     uint64_t* cursor) {
  *cursor = 0;
  if (request.page_token().empty()) return {};
  std::string bytes;
  Token token;
  if (absl::WebSafeBase64Unescape(request.page_token(), &bytes) &&
      bytes.size() == sizeof(token)) {
    std::memcpy(&token, bytes.data(), sizeof(token));
    if (token.check == MakeToken(token.cursor, salt, request).check) {
      *cursor = token.cursor;
      return {};
    }
  }
  return {pb::ERROR_REASON_INVALID_PAGE_TOKEN,
          "page_token is not one of this server for this filter"};
}

bool Matches(const pb::ListKeysRequest& request,
             const store::keys::ScannedKey& key) {
  if (request.type() != pb::VALUE_TYPE_UNSPECIFIED &&
      request.type() != ToProto(key.metadata.type)) {
    return false;
  }
  switch (request.filter_case()) {
    case pb::ListKeysRequest::FILTER_NOT_SET:
      return true;
    case pb::ListKeysRequest::kPrefix:
      return absl::StartsWith(key.key, request.prefix());
    case pb::ListKeysRequest::kGlob:
      return store::GlobMatches(request.glob(), key.key);
  }
  return true;
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
  if (request.page_size() < 0) {
    return {pb::ERROR_REASON_INVALID_FIELD, "page_size is negative"};
  }
  if (!pb::ValueType_IsValid(request.type())) {
    return {pb::ERROR_REASON_INVALID_FIELD, "type is unknown"};
  }
  const size_t page_size = request.page_size() == 0
                               ? kDefaultPageSize
                               : std::min(request.page_size(), kMaxPageSize);
  uint64_t cursor = 0;
  RpcStatus status = ReadCursor(salt, request, &cursor);
  if (!status.ok()) return status;

  Progress page;
  do {
    const size_t step = page.NextStep(page_size);
    page.looks += step;
    cursor = store::keys::Scan(keyspace, now, /*db=*/0, cursor, step,
                               [&](const store::keys::ScannedKey& key) {
                                 if (!Matches(request, key)) return;
                                 ++page.keys;
                                 page.bytes += key.key.size() + kFieldsBytes;
                                 pb::KeyInfo* info = response->add_keys();
                                 info->set_key(key.key.data(), key.key.size());
                                 info->set_type(ToProto(key.metadata.type));
                                 info->set_version(key.metadata.version);
                                 WriteTtl(key.metadata.deadline, now, info);
                               });
  } while (cursor != 0 && !page.Full(page_size));
  if (cursor != 0) {
    response->set_next_page_token(
        EncodeToken(MakeToken(cursor, salt, request)));
  }
  return {};
}

}  // namespace kv::server
