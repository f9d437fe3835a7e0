#ifndef FASTKV_CLIENTS_CLI_RDB_READER_H_
#define FASTKV_CLIENTS_CLI_RDB_READER_H_

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "clients/cli/rdb/format.h"
#include "clients/cli/rdb/input.h"
#include "clients/cli/rdb/sorted_set_reader.h"

namespace kv::rdb {

// A key with what it holds, or with some members of a large sorted set.
struct Entry {
  // Of its type in the file.
  uint64_t offset = 0;
  std::string key;
  // Milliseconds since the epoch. Absent: never.
  absl::optional<int64_t> expire_time_ms;
  // kString or kSortedSet, and then one of these.
  Kind kind = Kind::kString;
  std::string value;
  std::vector<ScoredMember> members;
  // Whether the next Entry has more members of this sorted set.
  bool continues = false;

  bool operator==(const Entry&) const = default;
};

struct ReaderOptions {
  // The one that is read.
  uint64_t database = 0;
  // Keys that expire by then are left out. By default none.
  int64_t now_ms = std::numeric_limits<int64_t>::min();
};

// What a file had in it.
struct Summary {
  int version = 0;
  // Given out; a large sorted set counts once, with its last members.
  int64_t entries = 0;
  // Left out: keys that have expired, and sorted sets without a member, which
  // old versions of Redis wrote by mistake.
  int64_t expired = 0;
  int64_t empty = 0;
  // Left out: keys by what they hold, and libraries of functions.
  std::array<int64_t, kKinds> skipped{};
  int64_t functions = 0;
  // Left out: keys of other databases, and how many of which, but for those
  // beyond the first hundred.
  int64_t elsewhere = 0;
  std::map<uint64_t, int64_t> databases;
};

// Reader: gives out what an RDB file has of strings and sorted sets, in order,
// and passes over the rest.
//
//   Reader reader(std::move(source), {});
//   Entry entry;
//   while (reader.Next(&entry)) Use(entry);
//   if (!reader.status().ok()) ...
//
// Any input is fine: what is no RDB file, or is damaged, is an error that names
// the offset. The checksum stands at the end, and so is looked at when all
// entries have been given out.
//
// Takes the memory of the block, of one value of at most 512 MiB (twice, while
// it grows or is decompressed), and of a batch of members.
//
// Threads    compatible.
class Reader {
 public:
  Reader(BlockSource source, const ReaderOptions& options)
      : options_(options), input_(std::move(source)) {}

  // Replaces *entry by the next one. False at the end, whether it is the file's
  // or that of its sense.
  bool Next(Entry* entry);
  // OK until Next returned false, and then if the file was whole.
  const absl::Status& status() const { return input_.status(); }

  const Summary& summary() const { return summary_; }
  // How many bytes of the file have been read.
  uint64_t offset() const { return input_.offset(); }

 private:
  void ReadHeader();
  // Reads what follows an opcode.
  void ReadOpcode(uint8_t opcode);
  void ReadFunctionPreGa();
  void ReadEnd();
  // Reads what follows a value's type. Whether there is an entry now.
  bool ReadKey(uint8_t number, Entry* entry);
  bool ReadMembers(Entry* entry);
  // Whether the key is to be given out; if not, it is counted.
  bool Wanted(const Type& type);
  void DescribeKey(Kind kind, Entry* entry) const;
  void FailKey(absl::string_view why);

  const ReaderOptions options_;
  Input input_;
  Summary summary_;
  bool begun_ = false;
  bool done_ = false;
  uint64_t database_ = 0;
  // Of the key to come.
  absl::optional<int64_t> next_expiry_ms_;
  // Of this key:
  uint64_t start_ = 0;
  std::string key_;
  absl::optional<int64_t> expire_time_ms_;
  SortedSetReader members_;
  bool inside_set_ = false;
};

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_READER_H_
