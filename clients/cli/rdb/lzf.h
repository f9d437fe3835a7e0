#ifndef FASTKV_CLIENTS_CLI_RDB_LZF_H_
#define FASTKV_CLIENTS_CLI_RDB_LZF_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// LZF, the compression of RDB strings (LibLZF by Marc Lehmann; Redis'
// src/lzf_d.c). A stream is a sequence of
//
//   000LLLLL  L+1 bytes                 these bytes
//   LLLOOOOO  oooooooo                  L+2 bytes from O*256+o+1 before the end
//   111OOOOO  llllllll  oooooooo        the same with L = 7+l
//
// A copy may reach into what it writes, which then repeats.
namespace kv::rdb {

// How much longer than its compressed form a string can be: three bytes stand
// for 264 at most.
inline constexpr size_t kLzfMaxRatio = 88;

// Replaces *out by what the bytes stand for. False if they are no such stream,
// or stand for another number of bytes than `size`; *out is then not specified.
// Takes no more memory than kLzfMaxRatio times the bytes, whatever `size` says.
bool LzfDecompress(absl::string_view compressed, size_t size, std::string* out);

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_LZF_H_
