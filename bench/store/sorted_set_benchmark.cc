// What a sorted set costs: members of 16 bytes, scores and members in random
// order, so that consecutive operations share as little cache as possible.
//
//   bazel run --config=release //bench/store:sorted_set_benchmark

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "benchmark/benchmark.h"
#include "store/sorted_set.h"

namespace kv::store {
namespace {

// xorshift64*: the drawing must not cost what it measures.
class Random {
 public:
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717u;
  }
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<__uint128_t>(Next()) * bound) >>
                                 64);
  }

 private:
  uint64_t state_ = 88172645463325252u;
};

// "member0000000042", without an allocation.
class Name {
 public:
  explicit Name(uint64_t number) {
    for (int i = 15; i >= 6; --i, number /= 10) {
      bytes_[i] = static_cast<char>('0' + number % 10);
    }
  }
  operator absl::string_view() const { return {bytes_, 16}; }  // NOLINT

 private:
  char bytes_[16] = {'m', 'e', 'm', 'b', 'e', 'r'};
};

// Distinct numbers below `count` in an order without a pattern.
std::vector<uint32_t> Shuffled(uint32_t count) {
  std::vector<uint32_t> numbers(count);
  for (uint32_t i = 0; i < count; ++i) numbers[i] = i;
  Random random;
  for (uint32_t i = count; i > 1; --i) {
    std::swap(numbers[i - 1], numbers[random.Below(i)]);
  }
  return numbers;
}

double RandomScore(Random& random) {
  return static_cast<double>(random.Below(uint64_t{1} << 40));
}

void Fill(SortedSet& set, uint32_t count) {
  Random random;
  for (const uint32_t number : Shuffled(count)) {
    set.Upsert(Name(number), RandomScore(random));
  }
}

// The set that reading benchmarks share, because a million members take a
// second to build.
SortedSet& Shared(uint32_t count) {
  static uint32_t shared_count = 0;
  static SortedSet shared;
  if (shared_count != count) {
    shared = SortedSet();
    Fill(shared, count);
    shared_count = count;
  }
  return shared;
}

size_t ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  size_t total = 0, resident = 0;
  if (std::fscanf(file, "%zu %zu", &total, &resident) != 2) resident = 0;
  std::fclose(file);
  return resident * sysconf(_SC_PAGESIZE);
}

void UpsertNew(benchmark::State& state, bool ascending) {
  const uint32_t count = state.range(0);
  const std::vector<uint32_t> order = Shuffled(count);
  for (auto _ : state) {
    state.PauseTiming();
    const size_t resident = ResidentBytes();
    auto set = std::make_unique<SortedSet>();
    Random random;
    state.ResumeTiming();
    for (uint32_t i = 0; i < count; ++i) {
      set->Upsert(Name(order[i]), ascending ? i : RandomScore(random));
    }
    state.PauseTiming();
    state.counters["bytes/member"] =
        static_cast<double>(set->MemoryBytes()) / count;
    state.counters["resident/member"] =
        (static_cast<double>(ResidentBytes()) - resident) / count;
    set.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * count);
}
void BM_UpsertNewRandom(benchmark::State& state) { UpsertNew(state, false); }
void BM_UpsertNewAscending(benchmark::State& state) { UpsertNew(state, true); }

// A new score anywhere: the member leaves one run for another.
void BM_Move(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  for (auto _ : state) {
    set.Upsert(Name(random.Below(state.range(0))), RandomScore(random));
  }
}

// A new score a few places away, as in a leaderboard.
void BM_Nudge(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  const uint64_t step = (uint64_t{8} << 40) / state.range(0);
  for (auto _ : state) {
    const Name name(random.Below(state.range(0)));
    set.Upsert(name, *set.Score(name) + random.Below(step));
  }
}

void BM_Score(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  for (auto _ : state) {
    benchmark::DoNotOptimize(set.Score(Name(random.Below(state.range(0)))));
  }
}

void BM_Rank(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  for (auto _ : state) {
    benchmark::DoNotOptimize(set.Rank(Name(random.Below(state.range(0)))));
  }
}

void BM_RankOfScore(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  for (auto _ : state) {
    benchmark::DoNotOptimize(set.RankOfScore(RandomScore(random), false));
  }
}

void Visit100(benchmark::State& state, bool reverse) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  uint64_t bytes = 0;
  for (auto _ : state) {
    set.Visit(random.Below(state.range(0)), 100, reverse,
              [&](absl::string_view member, double score) {
                bytes += member.size() + member[0] + (score < 0);
              });
  }
  benchmark::DoNotOptimize(bytes);
}
void BM_Visit100(benchmark::State& state) { Visit100(state, false); }
void BM_Visit100Reverse(benchmark::State& state) { Visit100(state, true); }

void BM_Scan10(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  uint64_t bytes = 0, cursor = 0;
  for (auto _ : state) {
    cursor = set.Scan(cursor, 10, [&](absl::string_view member, double) {
      bytes += member[0];
    });
  }
  benchmark::DoNotOptimize(bytes);
}

void BM_EraseAndUpsert(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  for (auto _ : state) {
    const Name name(random.Below(state.range(0)));
    set.Erase(name);
    set.Upsert(name, RandomScore(random));
  }
}

void BM_PopMin(benchmark::State& state) {
  SortedSet& set = Shared(state.range(0));
  Random random;
  uint64_t number = 1u << 31;
  for (auto _ : state) {
    set.EraseRange(0, 1, [](absl::string_view, double) {});
    set.Upsert(Name(number++), RandomScore(random));
  }
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(10)->Arg(100)->Arg(1000)->Arg(1000000);
}

BENCHMARK(BM_UpsertNewRandom)->Apply(Sizes);
BENCHMARK(BM_UpsertNewAscending)->Apply(Sizes);
BENCHMARK(BM_Score)->Apply(Sizes);
BENCHMARK(BM_Rank)->Apply(Sizes);
BENCHMARK(BM_RankOfScore)->Apply(Sizes);
BENCHMARK(BM_Visit100)->Apply(Sizes);
BENCHMARK(BM_Visit100Reverse)->Apply(Sizes);
BENCHMARK(BM_Scan10)->Apply(Sizes);
BENCHMARK(BM_Move)->Apply(Sizes);
BENCHMARK(BM_Nudge)->Apply(Sizes);
BENCHMARK(BM_EraseAndUpsert)->Apply(Sizes);
BENCHMARK(BM_PopMin)->Apply(Sizes);

}  // namespace
}  // namespace kv::store
