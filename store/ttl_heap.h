#ifndef FASTKV_STORE_TTL_HEAP_H_
#define FASTKV_STORE_TTL_HEAP_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "store/base/time.h"

namespace kv::store {

// TtlHeap: deadlines of elements, the earliest first.
//
// A min-heap of (deadline, element) with back references: the element knows its
// index, so a deadline can be changed or removed in O(log n) and read in O(1).
// Four children per node: half the levels of a binary heap, and the children
// of a node are neighbours in 48 bytes (LaMarca and Ladner, "The influence of
// caches on the performance of heaps", 1996). Items are in chunks: growing
// moves none, and leaves no more room unused than one chunk.
//
// Element must have
//   uint32_t heap_index() const;  void set_heap_index(uint32_t);
//   static constexpr uint32_t kNotInHeap;
// Pool knows elements by a handle, which takes less room than a pointer:
//   using Handle = ...;  Element* At(Handle) const;
//   Handle HandleOf(const Element&) const;
//
// Borrows    the pool, and its elements: each must be removed before it is
//            destroyed.
// Threads    compatible; the shard's mutex guards it.
// Invariant  (1) no item is earlier than its parent; (2) the heap_index() of
//            the element of item i is i.
template <typename Element, typename Pool>
class TtlHeap {
 public:
  explicit TtlHeap(const Pool* pool) : pool_(pool) {}
  TtlHeap(TtlHeap&& other) noexcept
      : pool_(other.pool_),
        size_(std::exchange(other.size_, 0)),
        chunks_(std::move(other.chunks_)) {}
  TtlHeap& operator=(TtlHeap&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(size_, other.size_);
    std::swap(chunks_, other.chunks_);
    return *this;
  }

  size_t size() const { return size_; }

  // The earliest deadline; kNoDeadline if the heap is empty.
  TimeMs next_deadline() const {
    return size_ == 0 ? kNoDeadline : ItemAt(0).deadline;
  }
  // The element with the earliest deadline. REQUIRES: size() > 0
  Element* top() const { return pool_->At(ItemAt(0).element); }

  // The deadline at a place of the heap, for samples. REQUIRES: i < size()
  TimeMs deadline_at(size_t i) const { return ItemAt(i).deadline; }

  // The element's deadline; kNoDeadline if it has none.
  TimeMs DeadlineOf(const Element& element) const {
    return element.heap_index() == Element::kNotInHeap
               ? kNoDeadline
               : ItemAt(element.heap_index()).deadline;
  }

  // Gives the element a deadline, or another one.
  void Set(Element* element, TimeMs deadline) {
    const Item item{deadline, pool_->HandleOf(*element)};
    uint32_t index = element->heap_index();
    if (index == Element::kNotInHeap) {
      index = static_cast<uint32_t>(size_);
      Grow();
    }
    Settle(index, item);
  }

  // Takes the element's deadline away, if it has one.
  void Remove(Element* element) {
    const uint32_t index = element->heap_index();
    if (index == Element::kNotInHeap) return;
    element->set_heap_index(Element::kNotInHeap);
    const Item last = ItemAt(size_ - 1);
    Shrink();
    if (index < size_) Settle(index, last);
  }

  // `fresh` takes the place of `old`, which loses it.
  void Replace(Element* old, Element* fresh) {
    const uint32_t index = old->heap_index();
    fresh->set_heap_index(index);
    old->set_heap_index(Element::kNotInHeap);
    if (index != Element::kNotInHeap) {
      ItemAt(index).element = pool_->HandleOf(*fresh);
    }
  }

  // The bytes of an element are now at `moved`, which has another handle.
  void Moved(const Element& moved) {
    const uint32_t index = moved.heap_index();
    if (index != Element::kNotInHeap) {
      ItemAt(index).element = pool_->HandleOf(moved);
    }
  }

  // Aborts with a message if an invariant does not hold. O(n).
  void CheckInvariants() const {
    for (size_t i = 0; i < size_; ++i) {
      if (pool_->At(ItemAt(i).element)->heap_index() != i) {
        Die("back reference", i);
      }
      if (i > 0 && ItemAt(i).deadline < ItemAt(Parent(i)).deadline) {
        Die("order", i);
      }
    }
  }

 private:
  struct Item {
    TimeMs deadline;
    typename Pool::Handle element;
  } __attribute__((packed));

  static constexpr size_t kChildren = 4;
  static size_t Parent(size_t index) { return (index - 1) / kChildren; }

  using Chunk = std::unique_ptr<Item[]>;
  static constexpr size_t kChunkItems = 64;
  Item& ItemAt(size_t index) const {
    return chunks_[index / kChunkItems][index % kChunkItems];
  }

  void Grow() {
    if (size_ == chunks_.size() * kChunkItems) {
      chunks_.push_back(std::make_unique_for_overwrite<Item[]>(kChunkItems));
    }
    ++size_;
  }
  // Keeps a chunk more than it needs, so that one item that comes and goes does
  // not take one with it.
  void Shrink() {
    --size_;
    if (size_ == 0) {
      chunks_ = std::vector<Chunk>();
    } else if (size_ + 2 * kChunkItems <= chunks_.size() * kChunkItems) {
      chunks_.pop_back();
    }
  }

  void Place(size_t index, const Item& item) {
    ItemAt(index) = item;
    pool_->At(item.element)->set_heap_index(static_cast<uint32_t>(index));
  }

  // Writes `item` where it belongs, beginning at the hole `index`.
  void Settle(size_t index, const Item& item) {
    while (index > 0 && item.deadline < ItemAt(Parent(index)).deadline) {
      Place(index, ItemAt(Parent(index)));
      index = Parent(index);
    }
    for (;;) {
      const size_t first = index * kChildren + 1;
      if (first >= size_) break;
      const size_t end = std::min(first + kChildren, size_);
      size_t least = first;
      for (size_t child = first + 1; child < end; ++child) {
        if (ItemAt(child).deadline < ItemAt(least).deadline) least = child;
      }
      if (ItemAt(least).deadline >= item.deadline) break;
      Place(index, ItemAt(least));
      index = least;
    }
    Place(index, item);
  }

  [[noreturn]] static void Die(const char* what, size_t index) {
    std::fprintf(stderr, "TtlHeap: broken %s at index %zu\n", what, index);
    std::abort();
  }

  const Pool* pool_;
  size_t size_ = 0;
  std::vector<Chunk> chunks_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_TTL_HEAP_H_
