#ifndef FASTKV_SERVER_RPC_PAGE_TOKEN_H_
#define FASTKV_SERVER_RPC_PAGE_TOKEN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "server/rpc/rpc_status.h"

// Page tokens: a walk's cursor with a check sum over the cursor, what is walked
// over and a salt of this process, so that a token of another process or for
// another walk is refused rather than silently leaving something out.
namespace kv::server {

// The salt: another one in every process.
uint64_t RandomSalt();

// `walk` is a hash of the salt and all that the token is good for.
std::string EncodePageToken(uint64_t cursor, size_t walk);

// The cursor of a token that was made for the same walk, 0 of an empty one.
RpcStatus DecodePageToken(const std::string& token, size_t walk,
                          uint64_t* cursor);

// How many items a page shall have, by the field page_size.
inline constexpr int kDefaultPageSize = 1000;
inline constexpr int kMaxPageSize = 10000;
RpcStatus ReadPageSize(int32_t field, size_t* page_size);

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_PAGE_TOKEN_H_
