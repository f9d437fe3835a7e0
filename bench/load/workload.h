#ifndef FASTKV_BENCH_LOAD_WORKLOAD_H_
#define FASTKV_BENCH_LOAD_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"

namespace kv::bench {

// One request, before it is put into the bytes of a protocol.
struct Operation {
  enum class Kind : uint8_t {
    kPing,
    kGet,
    kSet,
    kIncrement,
    kBatchGet,
    kBatchSet,
    kAdd,
    kScore,
    kRank,
    kRange,
    kRangeByScore,
  };

  Kind kind = Kind::kPing;
  std::vector<std::string> keys;  // one, or several for the batches
  std::string value;
  std::string member;
  int64_t score = 0;
  int64_t start = 0;  // ranks, both included
  int64_t stop = 0;
  bool with_scores = false;    // of ranges by rank
  int64_t limit = 0;           // members, of ranges by score, which start at
                               // `score` and have no end
  int64_t ttl_s = 0;           // of what is set; 0: it has none
  int64_t expire_time_ms = 0;  // since the Unix epoch, rather than a ttl
};

struct WorkloadInfo {
  absl::string_view name;
  absl::string_view meaning;
};

// What --workload accepts.
absl::Span<const WorkloadInfo> Workloads();

struct WorkloadOptions {
  uint64_t keys = 100000;  // strings, counters, or members of all sets together
  uint64_t sets = 100;
  size_t key_size = 16;
  size_t value_size = 64;
  int64_t ttl_s = 100000;  // of strings that have one
  // If not 0, these strings expire within the second from here on, evenly, and
  // not after a time each. Milliseconds since the Unix epoch.
  int64_t expire_time_ms = 0;
  // The rank near which the ranges by rank start: there, or less than 1,000
  // behind. Negative: anywhere.
  int64_t range_start = -1;
  // Fill one sorted set after the other, as where each is written at once, and
  // not all of them in turn.
  bool fill_by_set = false;
  uint64_t seed = 1;
};

// Workload: a stream of random operations, and those that fill the server
// beforehand with what they expect to find.
//
// Threads    compatible.
class Workload {
 public:
  // Nullopt if there is no workload of this name.
  static absl::optional<Workload> Find(absl::string_view name,
                                       const WorkloadOptions& options);

  Operation Next();

  // The operations that fill the server: Fill(0) to Fill(fill_size() - 1).
  uint64_t fill_size() const;
  Operation Fill(uint64_t i) const;

 private:
  Workload(size_t index, const WorkloadOptions& options);

  uint64_t Random(uint64_t bound);
  std::string Key(absl::string_view kind, uint64_t i) const;
  Operation StringOperation(Operation::Kind kind, uint64_t i) const;
  Operation BatchOperation(Operation::Kind kind);
  Operation SetOperation(Operation::Kind kind);
  int64_t RangeStart();
  uint64_t MemberToFill(uint64_t i) const;
  Operation MemberOperation(Operation::Kind kind, uint64_t i) const;

  size_t index_;  // in Workloads()
  WorkloadOptions options_;
  std::string value_;
  std::mt19937_64 random_;
};

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_WORKLOAD_H_
