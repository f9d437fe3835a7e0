#ifndef FASTKV_CLIENTS_CLI_RDB_ENCODING_H_
#define FASTKV_CLIENTS_CLI_RDB_ENCODING_H_

#include <cstdint>
#include <string>

#include "clients/cli/rdb/input.h"

// What RDB files are made of (Redis' src/rdb.h). A length is one of
//
//   00nnnnnn      01nnnnnn n      80 u32      81 u64          high bytes first
//
// and a string a length and its bytes, or one of
//
//   C0 i8   C1 i16   C2 i32             the digits of the number, low bytes
//   first C3 length length bytes              compressed length, length, LZF
//
// Errors are the input's.
namespace kv::rdb {

uint64_t ReadLength(Input& input);

// Replaces *out by a string. At most kMaxStringBytes, of which none are
// allocated before as many, or their compressed form, have come.
void ReadString(Input& input, std::string* out);
// Passes over a string of any length.
void SkipString(Input& input);

// A score as text: u8 length and digits, FF: -inf, FE: inf, FD: NaN.
double ReadTextScore(Input& input);
// A score as f64, low bytes first.
double ReadBinaryScore(Input& input);
// The score that such text spells, "inf" and "-inf" among them; NaN if none.
double ParseScore(absl::string_view text);

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_ENCODING_H_
