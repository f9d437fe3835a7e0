#ifndef FASTKV_CLIENTS_CLI_RDB_FORMAT_H_
#define FASTKV_CLIENTS_CLI_RDB_FORMAT_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

// The numbers of an RDB file, Redis' snapshot, as its src/rdb.h names them and
// its src/rdb.c (rdbLoadRio, rdbLoadObject) reads them:
//
//   "REDIS" | version, 4 decimal digits | item ... | FF | checksum
//
// An item is an opcode with what belongs to it, or a value's type, a key and
// the value. Opcodes of a key (expiry, FREQ, IDLE) stand in front of its type.
// The checksum is the CRC-64 of all bytes before it, little-endian, since
// version 5; 0 if it was not computed. `redis-cli --rdb -` leaves behind it the
// 40 hexadecimal digits with which a server ends the transfer of a file.
namespace kv::rdb {

inline constexpr absl::string_view kMagic = "REDIS";
inline constexpr int kVersionDigits = 4;
// The newest version of which everything is read: that of Redis 7.4.
inline constexpr int kNewestVersion = 12;
inline constexpr int kFirstChecksumVersion = 5;
inline constexpr size_t kTransferMarkDigits = 40;

enum Opcode : uint8_t {
  kSlotInfo = 244,       // three lengths; a cluster's
  kFunction2 = 245,      // a string: the source of a library of functions
  kFunctionPreGa = 246,  // 7.0 RC: name, engine, has description, [it], source
  kModuleAux = 247,      // a module's value that is no key's
  kIdle = 248,           // a length: seconds
  kFrequency = 249,      // a byte
  kAux = 250,            // two strings: name and value
  kResizeDb = 251,       // two lengths: keys, keys that expire
  kExpireTimeMs = 252,   // i64 milliseconds since the epoch
  kExpireTime = 253,     // i32 seconds since the epoch
  kSelectDb = 254,       // a length: the database of the keys that follow
  kEndOfFile = 255,
};

// What a key holds.
enum class Kind {
  kString,
  kSortedSet,
  // Those below FastKV does not have.
  kList,
  kSet,
  kHash,
  kStream,
  kModule,
};
inline constexpr int kKinds = static_cast<int>(Kind::kModule) + 1;
// "list"; plural "lists".
absl::string_view NameOf(Kind kind, bool plural);

// How a value lies in the file, between its key and the next item.
enum class Layout {
  kString,            // one string, whatever is in it
  kStrings,           // count, strings
  kPairsOfStrings,    // count, pairs of them
  kTextScores,        // count, of each: a string and a score as text
  kBinaryScores,      // count, of each: a string and a score as f64
  kNodes,             // count, of each: a length and a string
  kFieldsThatExpire,  // count, of each: a length and two strings
  kStream,
  kModule,  // of version 2, which can be skipped
  kOpaque,  // where it ends is known to its module only
};

// A type of value.
struct Type {
  uint8_t number;
  Kind kind;
  Layout layout;
  // Bytes in front of it, of no interest here.
  uint8_t prefix_bytes = 0;
};

// Those that are told apart by their numbers.
inline constexpr uint8_t kSortedSetZiplist = 12;
inline constexpr uint8_t kSortedSetListpack = 17;
inline constexpr uint8_t kStream1 = 15;
inline constexpr uint8_t kStream3 = 21;

// Absent: there is no such type.
absl::optional<Type> FindType(uint8_t number);

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_FORMAT_H_
