// A heap of a million deadlines; a shard's is a thousandth of it.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "bench/store/dataset.h"
#include "benchmark/benchmark.h"
#include "store/base/time.h"
#include "store/ttl_heap.h"

namespace kv::bench {
namespace {

struct Element {
  static constexpr uint32_t kNotInHeap = UINT32_MAX;
  uint32_t heap_index() const { return index; }
  void set_heap_index(uint32_t value) { index = value; }
  uint32_t index = kNotInHeap;
};

struct Pool {
  using Handle = Element*;
  Element* At(Handle handle) const { return handle; }
  Handle HandleOf(const Element& element) const {
    return const_cast<Element*>(&element);
  }
};

struct Fixture {
  explicit Fixture(size_t size) : elements(size) {
    for (Element& element : elements) heap.Set(&element, AnyDeadline());
  }
  store::TimeMs AnyDeadline() { return random() % 3600000; }
  Element* Any() { return &elements[random() % elements.size()]; }

  std::mt19937_64 random{1};
  std::vector<Element> elements;
  Pool pool;
  store::TtlHeap<Element, Pool> heap{&pool};
};

// A key that gets another deadline.
void BM_Change(benchmark::State& state) {
  Fixture f(state.range(0));
  for (auto _ : state) f.heap.Set(f.Any(), f.AnyDeadline());
}
BENCHMARK(BM_Change)->Arg(kEntries / 1000)->Arg(kEntries);

// A key that loses its deadline and gets one again.
void BM_RemoveAndSet(benchmark::State& state) {
  Fixture f(state.range(0));
  for (auto _ : state) {
    Element* element = f.Any();
    f.heap.Remove(element);
    f.heap.Set(element, f.AnyDeadline());
  }
}
BENCHMARK(BM_RemoveAndSet)->Arg(kEntries / 1000)->Arg(kEntries);

// The sweep's work: the earliest goes, and one with a later deadline comes.
void BM_RemoveTopAndSet(benchmark::State& state) {
  Fixture f(state.range(0));
  for (auto _ : state) {
    Element* element = f.heap.top();
    const store::TimeMs deadline = f.heap.next_deadline();
    f.heap.Remove(element);
    f.heap.Set(element, deadline + 3600000);
  }
}
BENCHMARK(BM_RemoveTopAndSet)->Arg(kEntries / 1000)->Arg(kEntries);

}  // namespace
}  // namespace kv::bench
