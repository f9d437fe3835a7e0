// The walk that a snapshot is made of: what an entry costs, and how long the
// longest piece is, which is how long others may have to wait for a shard. Both
// in CPU time of the thread, so that what else the machine does does not count.

#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "bench/store/dataset.h"
#include "benchmark/benchmark.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/durable/keyspace_walker.h"
#include "store/durable/log_buffer.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::bench {
namespace {

using store::Key;
using store::Keyspace;
using store::Transaction;

constexpr store::TimeMs kNow = 1000;

int64_t ThreadCpuNs() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

// An iteration is a whole walk; the counters tell of all of them.
void Walk(benchmark::State& state, Keyspace& keyspace) {
  int64_t longest_ns = 0, total_ns = 0;
  uint64_t records = 0;
  store::LogBuffer buffer;
  for (auto _ : state) {
    store::KeyspaceWalker walker(keyspace);
    while (true) {
      const int64_t begin = ThreadCpuNs();
      const auto more = walker.Next(&buffer);
      const int64_t ns = ThreadCpuNs() - begin;
      if (!more.has_value()) break;
      records += *more;
      total_ns += ns;
      longest_ns = std::max(longest_ns, ns);
      if (buffer.size() > size_t{256} << 10) buffer.Clear(size_t{1} << 20);
    }
  }
  state.counters["ns_per_record"] =
      static_cast<double>(total_ns) / static_cast<double>(records);
  state.counters["longest_piece_us"] = static_cast<double>(longest_ns) / 1000;
}

// Arguments: entries, shards.
void BM_WalkStrings(benchmark::State& state) {
  Keyspace keyspace({.shards = static_cast<int>(state.range(1))});
  const std::string value(kValueBytes, 'v');
  for (int64_t i = 0; i < state.range(0); ++i) {
    const std::string name =
        absl::StrCat("key:", absl::Dec(i, absl::kZeroPad12));
    const Key key(name);
    Transaction txn(keyspace, kNow, key);
    benchmark::DoNotOptimize(store::strings::Set(txn, key, value, {}).ok());
  }
  Walk(state, keyspace);
}
BENCHMARK(BM_WalkStrings)
    ->Unit(benchmark::kMillisecond)
    ->Args({1'000'000, 1024})
    ->Args({5'000'000, 1024})
    // As many in a shard as 100 million would be by default.
    ->Args({3'000'000, 32});

// One set of a million members.
void BM_WalkSortedSet(benchmark::State& state) {
  Keyspace keyspace({});
  const Key key("set");
  {
    Transaction txn(keyspace, kNow, key);
    for (size_t i = 0; i < kEntries; ++i) {
      txn.PutMember(key, absl::StrCat("member:", i), static_cast<double>(i));
    }
  }
  Walk(state, keyspace);
}
BENCHMARK(BM_WalkSortedSet)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kv::bench
