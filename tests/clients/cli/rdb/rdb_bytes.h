#ifndef FASTKV_TESTS_CLIENTS_CLI_RDB_RDB_BYTES_H_
#define FASTKV_TESTS_CLIENTS_CLI_RDB_RDB_BYTES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// RDB files and their parts, written by hand, after the grammars in
// clients/cli/rdb.
namespace kv::rdb::test {

// The low bytes of a number, low ones first; or high ones first.
std::string Little(uint64_t value, int bytes);
std::string Big(uint64_t value, int bytes);
std::string DoubleBytes(double value);

// A length in the shortest form; a string as length and bytes.
std::string Length(uint64_t length);
std::string String(absl::string_view bytes);
// The compressed form of a string: a simple LZF that finds what repeats.
std::string LzfCompress(absl::string_view bytes);
std::string CompressedString(absl::string_view bytes);

// Elements are given as encoding and data, and get their lengths and the frame.
std::string Listpack(const std::vector<std::string>& elements);
std::string Ziplist(const std::vector<std::string>& elements);
// The shortest encoding of a string that is no number. REQUIRES: below 4096
// bytes in a listpack
std::string ListpackString(absl::string_view bytes);
std::string ZiplistString(absl::string_view bytes);

// A key: type, name, value.
std::string Key(int type, absl::string_view key, absl::string_view value);

// "REDIS0011"
std::string Header(int version = 11);
// The opcode of the end, and the checksum of all of it.
std::string Ended(absl::string_view file);

}  // namespace kv::rdb::test

#endif  // FASTKV_TESTS_CLIENTS_CLI_RDB_RDB_BYTES_H_
