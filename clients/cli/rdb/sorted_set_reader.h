#ifndef FASTKV_CLIENTS_CLI_RDB_SORTED_SET_READER_H_
#define FASTKV_CLIENTS_CLI_RDB_SORTED_SET_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "clients/cli/rdb/format.h"
#include "clients/cli/rdb/input.h"
#include "clients/cli/rdb/listpack.h"
#include "clients/cli/rdb/ziplist.h"

namespace kv::rdb {

struct ScoredMember {
  std::string member;
  double score;

  bool operator==(const ScoredMember&) const = default;
};

// SortedSetReader: reads a sorted set in any of its encodings, some members at
// a time: packed ones lie in memory as a whole, the others never do.
//
// Threads    compatible.
class SortedSetReader {
 public:
  // A batch ends with so many members, or so many bytes of them.
  static constexpr size_t kBatchMembers = 1000;
  static constexpr size_t kBatchBytes = 1 << 20;

  // Begins with the value that the input has next. REQUIRES: a sorted set
  void Begin(Input& input, const Type& type);
  // Replaces *members by the next ones; by none if the set has none. False:
  // these were the last, or the input has failed.
  bool ReadBatch(Input& input, std::vector<ScoredMember>* members);

 private:
  // Each reads one member. False: there is none, or the input fails.
  bool ReadPlain(Input& input, ScoredMember* member);
  bool ReadPacked(Input& input, ScoredMember* member);
  PackedStep Step(PackedElement* element);
  bool AtEnd() const;

  uint64_t start_ = 0;
  Layout layout_ = Layout::kString;
  uint64_t left_ = 0;   // of a set that is not packed
  std::string packed_;  // what list_ steps through
  std::variant<Listpack, Ziplist> list_{Listpack({})};
};

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_SORTED_SET_READER_H_
