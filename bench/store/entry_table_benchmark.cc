// The table alone, one of a million entries: no shard, no lock, no effects.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/store/dataset.h"
#include "benchmark/benchmark.h"
#include "store/base/key.h"
#include "store/entry.h"
#include "store/entry_table.h"

namespace kv::bench {
namespace {

using store::Entry;
using store::EntryPool;
using store::EntryTable;
using store::Key;

void Insert(EntryPool& pool, EntryTable& table, const Key& key) {
  const EntryTable::Position place = table.FindOrInsert(key);
  if (place.entry() == nullptr) {
    place.set_entry(
        Entry::NewString(pool, key.bytes, std::string(kValueBytes, 'v')));
  }
}

struct FullTable {
  FullTable() {
    for (size_t i = 0; i < kEntries; ++i) Insert(pool, table, names.At(i));
  }
  const Names names;
  const Names absent{kEntries};
  const std::vector<uint32_t> order = RandomOrder();
  EntryPool pool;
  EntryTable table{&pool};
};
FullTable& Full() {
  static auto& full = *new FullTable;
  return full;
}

void BM_FindHit(benchmark::State& state) {
  FullTable& full = Full();
  size_t i = 0;
  for (auto _ : state) {
    const Key key = full.names.At(full.order[i++ % full.order.size()]);
    benchmark::DoNotOptimize(full.table.Find(key));
  }
}
BENCHMARK(BM_FindHit);

void BM_FindMiss(benchmark::State& state) {
  FullTable& full = Full();
  size_t i = 0;
  for (auto _ : state) {
    const Key key = full.absent.At(full.order[i++ % full.order.size()]);
    benchmark::DoNotOptimize(full.table.Find(key));
  }
}
BENCHMARK(BM_FindMiss);

void BM_ExtractAndInsert(benchmark::State& state) {
  FullTable& full = Full();
  size_t i = 0;
  for (auto _ : state) {
    const Key key = full.names.At(full.order[i++ % full.order.size()]);
    store::EntryPtr entry = full.table.Extract(key);
    full.table.FindOrInsert(key).set_entry(entry.release());
  }
}
BENCHMARK(BM_ExtractAndInsert);

// A thousandth of the entries, as a shard holds them, in calls of `range`.
void BM_ScanShard(benchmark::State& state) {
  const Names& names = Full().names;
  EntryPool pool;
  EntryTable table{&pool};
  for (size_t i = 0; i < kEntries / 1000; ++i) Insert(pool, table, names.At(i));
  uint64_t at = 0;
  for (auto _ : state) {
    at = table.Scan(at, state.range(0), [](const Entry& entry) {
      benchmark::DoNotOptimize(&entry);
    });
    if (at == EntryTable::kScanEnd) at = 0;
  }
}
BENCHMARK(BM_ScanShard)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace kv::bench
