#include "server/rpc/page_token.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace kv::server {
namespace {

struct Token {
  uint64_t cursor;
  uint64_t check;
};

Token MakeToken(uint64_t cursor, size_t walk) {
  return {cursor, absl::HashOf(cursor, walk)};
}

}  // namespace

uint64_t RandomSalt() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

std::string EncodePageToken(uint64_t cursor, size_t walk) {
  const Token token = MakeToken(cursor, walk);
  char bytes[sizeof(token)];
  std::memcpy(bytes, &token, sizeof(token));
  return absl::WebSafeBase64Escape(absl::string_view(bytes, sizeof(bytes)));
}

RpcStatus DecodePageToken(const std::string& token, size_t walk,
                          uint64_t* cursor) {
  *cursor = 0;
  if (token.empty()) return {};
  std::string bytes;
  Token decoded;
  if (absl::WebSafeBase64Unescape(token, &bytes) &&
      bytes.size() == sizeof(decoded)) {
    std::memcpy(&decoded, bytes.data(), sizeof(decoded));
    if (decoded.check == MakeToken(decoded.cursor, walk).check) {
      *cursor = decoded.cursor;
      return {};
    }
  }
  return {fastkv::v1::ERROR_REASON_INVALID_PAGE_TOKEN,
          "page_token is not one of this server for this request"};
}

RpcStatus ReadPageSize(int32_t field, size_t* page_size) {
  if (field < 0) return InvalidField("page_size is negative");
  *page_size = field == 0 ? kDefaultPageSize : std::min(field, kMaxPageSize);
  return {};
}

}  // namespace kv::server
