#ifndef FASTKV_STORE_TTL_HEAP_H_
#define FASTKV_STORE_TTL_HEAP_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "store/base/time.h"

namespace kv::store {

// TtlHeap: deadlines of elements, the earliest first.
//
// A min-heap of (deadline, element) with back references: the element knows its
// index, so a deadline can be changed or removed in O(log n) and read in O(1).
// Four children per node: half the levels of a binary heap, and the children
// of a node are neighbours in 64 bytes (LaMarca and Ladner, "The influence of
// caches on the performance of heaps", 1996).
//
// Element must have
//   uint32_t heap_index() const;  void set_heap_index(uint32_t);
//   static constexpr uint32_t kNotInHeap;
//
// Borrows    its elements: each must be removed before it is destroyed.
// Threads    compatible; the shard's mutex guards it.
// Invariant  (1) no item is earlier than its parent; (2) items_[i].element's
//            heap_index() is i.
template <typename Element>
class TtlHeap {
 public:
  size_t size() const { return items_.size(); }

  // The earliest deadline; kNoDeadline if the heap is empty.
  TimeMs next_deadline() const {
    return items_.empty() ? kNoDeadline : items_[0].deadline;
  }
  // The element with the earliest deadline. REQUIRES: size() > 0
  Element* top() const { return items_[0].element; }

  // The deadline at a place of the heap, for samples. REQUIRES: i < size()
  TimeMs deadline_at(size_t i) const { return items_[i].deadline; }

  // The element's deadline; kNoDeadline if it has none.
  TimeMs DeadlineOf(const Element& element) const {
    return element.heap_index() == Element::kNotInHeap
               ? kNoDeadline
               : items_[element.heap_index()].deadline;
  }

  // Gives the element a deadline, or another one.
  void Set(Element* element, TimeMs deadline) {
    const Item item{deadline, element};
    uint32_t index = element->heap_index();
    if (index == Element::kNotInHeap) {
      index = static_cast<uint32_t>(items_.size());
      items_.push_back(item);
    }
    Settle(index, item);
  }

  // Takes the element's deadline away, if it has one.
  void Remove(Element* element) {
    const uint32_t index = element->heap_index();
    if (index == Element::kNotInHeap) return;
    element->set_heap_index(Element::kNotInHeap);
    const Item last = items_.back();
    items_.pop_back();
    if (index < items_.size()) Settle(index, last);
    ReleaseIfSparse();
  }

  // `fresh` takes the place of `old`, which loses it.
  void Replace(Element* old, Element* fresh) {
    const uint32_t index = old->heap_index();
    fresh->set_heap_index(index);
    old->set_heap_index(Element::kNotInHeap);
    if (index != Element::kNotInHeap) items_[index].element = fresh;
  }

  // Aborts with a message if an invariant does not hold. O(n).
  void CheckInvariants() const {
    for (size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].element->heap_index() != i) Die("back reference", i);
      if (i > 0 && items_[i].deadline < items_[Parent(i)].deadline) {
        Die("order", i);
      }
    }
  }

 private:
  struct Item {
    TimeMs deadline;
    Element* element;
  };

  static constexpr size_t kChildren = 4;
  static size_t Parent(size_t index) { return (index - 1) / kChildren; }

  void Place(size_t index, const Item& item) {
    items_[index] = item;
    item.element->set_heap_index(static_cast<uint32_t>(index));
  }

  // Writes `item` where it belongs, beginning at the hole `index`.
  void Settle(size_t index, const Item& item) {
    while (index > 0 && item.deadline < items_[Parent(index)].deadline) {
      Place(index, items_[Parent(index)]);
      index = Parent(index);
    }
    for (;;) {
      const size_t first = index * kChildren + 1;
      if (first >= items_.size()) break;
      const size_t end = std::min(first + kChildren, items_.size());
      size_t least = first;
      for (size_t child = first + 1; child < end; ++child) {
        if (items_[child].deadline < items_[least].deadline) least = child;
      }
      if (items_[least].deadline >= item.deadline) break;
      Place(index, items_[least]);
      index = least;
    }
    Place(index, item);
  }

  void ReleaseIfSparse() {
    constexpr size_t kSmall = 64;
    if (items_.capacity() > kSmall && items_.size() < items_.capacity() / 4) {
      std::vector<Item> smaller;
      smaller.reserve(items_.size() * 2);
      smaller.assign(items_.begin(), items_.end());
      items_.swap(smaller);
    }
  }

  [[noreturn]] static void Die(const char* what, size_t index) {
    std::fprintf(stderr, "TtlHeap: broken %s at index %zu\n", what, index);
    std::abort();
  }

  std::vector<Item> items_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_TTL_HEAP_H_
