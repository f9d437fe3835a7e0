// The tree alone: integers in runs of several lengths, drawn at random.
//
//   bazel run --config=release //bench/store:avl_tree_benchmark

#include <cstddef>
#include <cstdint>
#include <random>

#include "benchmark/benchmark.h"
#include "store/avl_tree.h"

namespace kv::store {
namespace {

template <size_t capacity>
struct Traits {
  static constexpr size_t kRunCapacity = capacity;
  using Prefix = uint64_t;
  static Prefix PrefixOf(uint64_t item) { return item; }
  static void Prefetch(uint64_t) {}
};

template <size_t capacity>
using Tree = AvlTree<uint64_t, Traits<capacity>>;

auto Before(uint64_t key) {
  return [key](uint64_t, uint64_t item) { return item < key; };
}

template <size_t capacity>
void Fill(Tree<capacity>& tree, size_t count) {
  std::mt19937_64 random(1);
  for (size_t i = 0; i < count; ++i) {
    const uint64_t key = random();
    tree.Insert(key, Before(key));
  }
}

template <size_t capacity>
void BM_Insert(benchmark::State& state) {
  for (auto _ : state) {
    Tree<capacity> tree;
    Fill(tree, state.range(0));
    state.counters["bytes/item"] =
        static_cast<double>(tree.MemoryBytes()) / state.range(0);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <size_t capacity>
void BM_LowerBound(benchmark::State& state) {
  Tree<capacity> tree;
  Fill(tree, state.range(0));
  std::mt19937_64 random(2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(tree.LowerBound(Before(random())));
  }
}

template <size_t capacity>
void BM_CountBefore(benchmark::State& state) {
  Tree<capacity> tree;
  Fill(tree, state.range(0));
  std::mt19937_64 random(2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(tree.CountBefore(Before(random())));
  }
}

template <size_t capacity>
void BM_Select(benchmark::State& state) {
  Tree<capacity> tree;
  Fill(tree, state.range(0));
  std::mt19937_64 random(2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(tree.Select(random() % tree.size()));
  }
}

template <size_t capacity>
void BM_EraseAndInsert(benchmark::State& state) {
  Tree<capacity> tree;
  Fill(tree, state.range(0));
  std::mt19937_64 random(2);
  for (auto _ : state) {
    tree.Erase(tree.Select(random() % tree.size()));
    const uint64_t key = random();
    tree.Insert(key, Before(key));
  }
}

template <size_t capacity>
void BM_Iterate(benchmark::State& state) {
  Tree<capacity> tree;
  Fill(tree, state.range(0));
  uint64_t sum = 0;
  for (auto _ : state) {
    for (auto it = tree.First(); !it.at_end(); ++it) sum += *it;
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1000)->Arg(1000000);
}

BENCHMARK_TEMPLATE(BM_Insert, 26)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_Insert, 90)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_LowerBound, 26)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_LowerBound, 90)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_CountBefore, 90)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_Select, 90)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_EraseAndInsert, 26)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_EraseAndInsert, 90)->Apply(Sizes);
BENCHMARK_TEMPLATE(BM_Iterate, 90)->Apply(Sizes);

}  // namespace
}  // namespace kv::store
