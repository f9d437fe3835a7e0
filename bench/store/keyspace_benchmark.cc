// Operations as a command runs them: hash the key, lock its shard, do it. A
// million keys of 16 bytes with values of 64.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "bench/store/dataset.h"
#include "benchmark/benchmark.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::bench {
namespace {

using store::Key;
using store::Keyspace;
using store::Transaction;
namespace strings = store::strings;

constexpr store::TimeMs kNow = 1000;

const Names& Present() {
  static const auto& names = *new Names;
  return names;
}
const Names& Absent() {
  static const auto& names = *new Names(kEntries);
  return names;
}
const std::vector<uint32_t>& Order() {
  static const auto& order = *new std::vector<uint32_t>(RandomOrder());
  return order;
}

void Put(Keyspace& keyspace, const Key& key, absl::string_view value) {
  Transaction txn(keyspace, kNow, key);
  benchmark::DoNotOptimize(strings::Set(txn, key, value, {}).ok());
}

// An empty keyspace that is filled: an iteration is a million keys.
void BM_SetNew(benchmark::State& state) {
  const std::string value(kValueBytes, 'v');
  const Names& names = Present();
  for (auto _ : state) {
    state.PauseTiming();
    auto keyspace = std::make_unique<Keyspace>(store::KeyspaceOptions{});
    const size_t before = ResidentBytes();
    state.ResumeTiming();
    for (size_t i = 0; i < kEntries; ++i) Put(*keyspace, names.At(i), value);
    state.PauseTiming();
    const size_t after = ResidentBytes();
    state.counters["bytes_per_key"] =
        static_cast<double>(after - before) / kEntries;
    keyspace.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}
// Once, and before the others: they would leave memory to use again.
BENCHMARK(BM_SetNew)->Iterations(1)->Unit(benchmark::kMillisecond);

std::unique_ptr<Keyspace> FullOf(absl::string_view value) {
  auto keyspace = std::make_unique<Keyspace>(store::KeyspaceOptions{});
  for (size_t i = 0; i < kEntries; ++i) Put(*keyspace, Present().At(i), value);
  return keyspace;
}
Keyspace& Full() {
  static auto& keyspace = *FullOf(std::string(kValueBytes, 'v')).release();
  return keyspace;
}

// Calls op(key) for keys in a random order.
template <typename Op>
void ForRandomKeys(benchmark::State& state, const Names& names, Op&& op) {
  const std::vector<uint32_t>& order = Order();
  // Threads begin at different places.
  size_t i = state.thread_index() * order.size() / 4;
  for (auto _ : state) op(names.At(order[i++ % order.size()]));
}

void BM_GetHit(benchmark::State& state) {
  Keyspace& keyspace = Full();
  char buffer[kValueBytes];
  ForRandomKeys(state, Present(), [&](const Key& key) {
    const Transaction txn(keyspace, kNow, key);
    const auto got = strings::Get(txn, key);
    (*got)->value.bytes.copy(buffer, sizeof(buffer));
    benchmark::DoNotOptimize(buffer);
  });
}
BENCHMARK(BM_GetHit)->Threads(1)->Threads(2);

void BM_GetMiss(benchmark::State& state) {
  Keyspace& keyspace = Full();
  ForRandomKeys(state, Absent(), [&](const Key& key) {
    const Transaction txn(keyspace, kNow, key);
    benchmark::DoNotOptimize(strings::Get(txn, key)->has_value());
  });
}
BENCHMARK(BM_GetMiss);

void BM_SetSameSize(benchmark::State& state) {
  Keyspace& keyspace = Full();
  const std::string value(kValueBytes, 'w');
  ForRandomKeys(state, Present(),
                [&](const Key& key) { Put(keyspace, key, value); });
}
BENCHMARK(BM_SetSameSize)->Threads(1)->Threads(2);

void BM_SetWithDeadline(benchmark::State& state) {
  const std::unique_ptr<Keyspace> keyspace =
      FullOf(std::string(kValueBytes, 'v'));
  const std::string value(kValueBytes, 'w');
  store::TimeMs deadline = 3600000;
  ForRandomKeys(state, Present(), [&](const Key& key) {
    Transaction txn(*keyspace, kNow, key);
    benchmark::DoNotOptimize(
        strings::Set(txn, key, value, {.deadline = ++deadline}).ok());
  });
}
BENCHMARK(BM_SetWithDeadline);

void BM_Increment(benchmark::State& state) {
  const std::unique_ptr<Keyspace> keyspace = FullOf("1000000");
  ForRandomKeys(state, Present(), [&](const Key& key) {
    Transaction txn(*keyspace, kNow, key);
    benchmark::DoNotOptimize(strings::Increment(txn, key, 1).ok());
  });
}
BENCHMARK(BM_Increment);

}  // namespace
}  // namespace kv::bench
