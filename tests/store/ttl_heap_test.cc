#include "store/ttl_heap.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "store/base/time.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

struct Element {
  static constexpr uint32_t kNotInHeap = UINT32_MAX;
  uint32_t heap_index() const { return index; }
  void set_heap_index(uint32_t value) { index = value; }
  uint32_t index = kNotInHeap;
};

// Elements that are known by their address.
struct Pool {
  using Handle = Element*;
  Element* At(Handle handle) const { return handle; }
  Handle HandleOf(const Element& element) const {
    return const_cast<Element*>(&element);
  }
};
constexpr Pool kPool;
using Heap = TtlHeap<Element, Pool>;

TEST(TtlHeapTest, EmptyHeapNeverExpires) {
  const Heap heap(&kPool);
  const Element element;
  EXPECT_EQ(heap.size(), 0u);
  EXPECT_EQ(heap.next_deadline(), kNoDeadline);
  EXPECT_EQ(heap.DeadlineOf(element), kNoDeadline);
}

TEST(TtlHeapTest, TopIsTheEarliest) {
  Heap heap(&kPool);
  Element late, early;
  heap.Set(&late, 20);
  heap.Set(&early, 10);
  EXPECT_EQ(heap.top(), &early);
  EXPECT_EQ(heap.next_deadline(), 10);
  heap.Set(&early, 30);
  EXPECT_EQ(heap.top(), &late);
  heap.Remove(&late);
  heap.Remove(&late);
  EXPECT_EQ(heap.top(), &early);
  EXPECT_EQ(heap.DeadlineOf(late), kNoDeadline);
  EXPECT_EQ(heap.DeadlineOf(early), 30);
}

TEST(TtlHeapTest, ReplaceHandsOverTheDeadline) {
  Heap heap(&kPool);
  Element old, fresh, without;
  heap.Set(&old, 10);
  heap.Replace(&old, &fresh);
  EXPECT_EQ(heap.top(), &fresh);
  EXPECT_EQ(heap.DeadlineOf(old), kNoDeadline);
  heap.Replace(&without, &old);
  EXPECT_EQ(heap.DeadlineOf(old), kNoDeadline);
  EXPECT_EQ(heap.size(), 1u);
  heap.CheckInvariants();
}

TEST(TtlHeapTest, FollowsAnElementThatMoves) {
  Heap heap(&kPool);
  Element first, other, without;
  heap.Set(&first, 10);
  heap.Set(&other, 20);
  const Element moved = first;
  heap.Moved(moved);
  EXPECT_EQ(heap.top(), &moved);
  heap.Moved(without);
  EXPECT_EQ(heap.size(), 2u);
  heap.CheckInvariants();
}

TEST(TtlHeapTest, DrainsInOrder) {
  test::Random random(1);
  std::vector<Element> elements(1000);
  Heap heap(&kPool);
  for (Element& element : elements) heap.Set(&element, random.Between(0, 300));
  TimeMs last = -1;
  while (heap.size() > 0) {
    EXPECT_GE(heap.next_deadline(), last);
    last = heap.next_deadline();
    heap.Remove(heap.top());
    heap.CheckInvariants();
  }
}

// Small ranges of deadlines make ties, large ones make deep moves.
class TtlHeapModelTest : public testing::TestWithParam<int> {};

TEST_P(TtlHeapModelTest, AgreesWithAMapAfterEveryStep) {
  const uint64_t seed = test::SeedOr(GetParam());
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  const TimeMs range = random.OneIn(2) ? 10 : 1000000;
  std::vector<std::unique_ptr<Element>> elements(300);
  for (auto& element : elements) element = std::make_unique<Element>();
  std::map<const Element*, TimeMs> model;
  std::multimap<TimeMs, const Element*> order;
  Heap heap(&kPool);

  const auto forget = [&model, &order](const Element* element) {
    const auto found = model.find(element);
    if (found == model.end()) return;
    auto [it, end] = order.equal_range(found->second);
    while (it->second != element) ASSERT_NE(++it, end);
    order.erase(it);
    model.erase(found);
  };
  for (int step = 0; step < 4000; ++step) {
    // Waves: mostly growing, then mostly shrinking.
    const bool growing = step % 1000 < 500;
    auto& element = elements[random.Below(elements.size())];
    if (random.OneIn(6)) {
      auto fresh = std::make_unique<Element>();
      const auto found = model.find(element.get());
      const TimeMs deadline =
          found == model.end() ? kNoDeadline : found->second;
      heap.Replace(element.get(), fresh.get());
      forget(element.get());
      if (deadline != kNoDeadline) {
        model.emplace(fresh.get(), deadline);
        order.emplace(deadline, fresh.get());
      }
      element = std::move(fresh);
    } else if (random.OneIn(growing ? 4 : 2)) {
      heap.Remove(element.get());
      forget(element.get());
    } else if (growing || random.OneIn(2)) {
      const TimeMs deadline = random.Between(-range, range);
      heap.Set(element.get(), deadline);
      forget(element.get());
      model.emplace(element.get(), deadline);
      order.emplace(deadline, element.get());
    }
    heap.CheckInvariants();
    ASSERT_EQ(heap.size(), model.size());
    ASSERT_EQ(heap.next_deadline(),
              order.empty() ? kNoDeadline : order.begin()->first);
    const auto found = model.find(element.get());
    ASSERT_EQ(heap.DeadlineOf(*element),
              found == model.end() ? kNoDeadline : found->second);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TtlHeapModelTest, testing::Range(1, 7));

}  // namespace
}  // namespace kv::store
