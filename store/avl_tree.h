#ifndef FASTKV_STORE_AVL_TREE_H_
#define FASTKV_STORE_AVL_TREE_H_

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "store/avl_node.h"
#include "store/base/check.h"
#include "store/slab.h"

namespace kv::store {

// AvlTree: an ordered sequence of items with ranks: an order-statistics AVL
// tree whose nodes hold sorted runs of items rather than one (a T-tree: Lehman
// and Carey, "A Study of Index Structures for Main Memory Database Management
// Systems", VLDB 1986). The same rotations and counts as an AVL tree, for a
// fraction of its pointers, and iteration goes through memory in order.
//
// The tree does not know the order. Searches take a predicate
//     bool before(Prefix prefix, const Item& item)
// that is true for a leading part of the sequence and false for the rest; the
// answer is the place where it turns false. `prefix` is Traits::PrefixOf(item),
// a part of the item's sort key that each node keeps for its first item, so
// that a descent reads the items' own memory only where prefixes tie.
//
// Traits     static constexpr size_t kRunCapacity;       // 2..255
//            using Prefix = ...;
//            static Prefix PrefixOf(const Item&);
//            static void Prefetch(const Item&);  // of what PrefixOf will read
//
// Owns       its nodes. Items are values that memmove may move: numbers,
//            pointers to what somebody else owns.
// Threads    compatible.
// Invariant  (1) runs are sorted, and nodes in order continue each other;
//            (2) no run is empty; (3) those of AvlNode.
// Cost       search, rank, select, insert, erase O(log n); next O(1) amortised.
//            Appending or prepending in order leaves full runs; a run that
//            shrinks is joined with a neighbour when both fill at most 3/4.
template <typename Item, typename Traits>
class AvlTree {
 private:
  struct Node;

 public:
  using Prefix = typename Traits::Prefix;

  // A place in the sequence. Any change of the tree invalidates it.
  class Iterator {
   public:
    Iterator() = default;
    // REQUIRES: not at the end
    const Item& operator*() const { return node_->items[slot_]; }
    // REQUIRES: not at the end
    Iterator& operator++() {
      if (++slot_ == node_->size) *this = Iterator(Next(node_), 0);
      return *this;
    }
    // Stepping down from the first item leads to the end.
    // REQUIRES: not at the end
    Iterator& operator--() {
      if (slot_ > 0) {
        --slot_;
      } else {
        node_ = Previous(node_);
        slot_ = node_ == nullptr ? 0 : node_->size - 1;
      }
      return *this;
    }
    bool at_end() const { return node_ == nullptr; }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.node_ == b.node_ && a.slot_ == b.slot_;
    }

   private:
    friend class AvlTree;
    Iterator(Node* node, size_t slot) : node_(node), slot_(slot) {}

    Node* node_ = nullptr;
    size_t slot_ = 0;
  };

  AvlTree() = default;
  AvlTree(AvlTree&& other) noexcept { Swap(other); }
  AvlTree& operator=(AvlTree&& other) noexcept {
    Swap(other);
    return *this;
  }
  ~AvlTree() { Clear(); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t MemoryBytes() const { return node_count_ * sizeof(Node); }

  Iterator First() const {
    return Iterator(static_cast<Node*>(AvlFirst(root_)), 0);
  }
  Iterator Last() const {
    Node* node = static_cast<Node*>(AvlLast(root_));
    return node == nullptr ? Iterator() : Iterator(node, node->size - 1);
  }
  // The item of that rank; the end if rank >= size().
  Iterator Select(size_t rank) const;
  size_t Rank(Iterator it) const;

  // The first item that is not before, or the end.
  template <typename Before>
  Iterator LowerBound(Before before) const;
  // The rank of LowerBound(before).
  template <typename Before>
  size_t CountBefore(Before before) const;

  // The item itself, or the end. `not_after` is true for the items up to and
  // including it. Cheaper than LowerBound: a run is searched for equality, so
  // that no other item's memory is read.
  template <typename NotAfter>
  Iterator Find(const Item& item, NotAfter not_after) const;

  // Fetches the way to items with these prefixes and the runs they stand in,
  // for searches that follow. The ways are walked side by side, so that what
  // one has to wait for is fetched while the others go on.
  void PrefetchPaths(const Prefix* prefixes, size_t count) const;

  // Puts `item` where `before`, which says what stands before it, turns false.
  template <typename Before>
  void Insert(const Item& item, Before before);

  // To be called when the item's prefix has changed, but not its place.
  void UpdatePrefix(Iterator it) {
    if (it.slot_ == 0) SetPrefix(it.node_);
  }

  // Takes out `count` items, or those up to the end; returns what follows.
  Iterator Erase(Iterator first, size_t count = 1);

  void Clear() {
    while (ClearSome(SIZE_MAX)) {
    }
  }
  // Gives up `count` nodes; returns whether any are left. After the first call
  // only this, Clear and the destructor may be called.
  bool ClearSome(size_t count);

  // Nodes made from now on come from the slab, which is borrowed.
  void UseSlab(Slab* slab) { slab_ = slab; }

  // Aborts unless the invariants hold; less(a, b) is the order of the items.
  template <typename Less>
  void CheckInvariants(Less less) const;

 private:
  static constexpr size_t kRunCapacity = Traits::kRunCapacity;
  static_assert(kRunCapacity >= 2 && kRunCapacity <= 255);
  // A run takes over items of a full neighbour up to this size.
  static constexpr size_t kSharedBelow = kRunCapacity * 3 / 4;
  static_assert(std::is_trivially_copyable_v<Item>);

  struct Node : AvlNode {
    bool in_slab = false;
    Prefix prefix;  // of items[0]
    Item items[kRunCapacity];
  };

  static Node* Next(Node* node) { return static_cast<Node*>(AvlNext(node)); }
  static Node* Previous(Node* node) {
    return static_cast<Node*>(AvlPrevious(node));
  }
  static void Move(Item* to, const Item* from, size_t count) {
    std::memmove(to, from, count * sizeof(Item));
  }
  static void SetPrefix(Node* node) {
    node->prefix = Traits::PrefixOf(node->items[0]);
  }
  static Iterator Normalized(Node* node, size_t slot) {
    return slot < node->size ? Iterator(node, slot) : Iterator(Next(node), 0);
  }

  // The last node whose first item is before, and the rank of that item; null
  // if there is none.
  template <typename Before>
  Node* LastNodeBefore(Before& before, size_t* rank) const;
  // The number of items of the run that are before, of which there is one.
  template <typename Before>
  static size_t CountBeforeInRun(const Node* node, Before& before);

  Node* NewNode() {
    ++node_count_;
    if (slab_ == nullptr) return new Node;
    Node* node = new (slab_->New(sizeof(Node))) Node;
    node->in_slab = true;
    return node;
  }
  void DeleteNode(Node* node) {
    --node_count_;
    if (!node->in_slab) {
      delete node;
    } else {
      slab_->Delete(node);
    }
  }
  void InsertAt(Node* node, size_t slot, const Item& item);
  void MakeRoom(Node** node, size_t* slot);
  bool ShareWithNext(Node** node, size_t* slot);
  bool ShareWithPrevious(Node** node, size_t* slot);
  void Split(Node** node, size_t* slot);
  static void Resize(Node* node, ptrdiff_t delta) {
    node->size += delta;
    AvlCount(node, delta);
  }
  void EraseInRun(Node* node, size_t slot, size_t count);
  Iterator Compact(Node* node, size_t slot);
  Node* Join(Node* first, Node* second);

  void Swap(AvlTree& other) {
    std::swap(root_, other.root_);
    std::swap(size_, other.size_);
    std::swap(node_count_, other.node_count_);
    std::swap(slab_, other.slab_);
  }

  AvlNode* root_ = nullptr;
  size_t size_ = 0;
  size_t node_count_ = 0;
  Slab* slab_ = nullptr;  // null: nodes come from the allocator
};

template <typename Item, typename Traits>
typename AvlTree<Item, Traits>::Iterator AvlTree<Item, Traits>::Select(
    size_t rank) const {
  AvlNode* node = root_;
  while (node != nullptr) {
    if (rank < node->left_count) {
      node = node->left;
    } else if (rank - node->left_count < node->size) {
      return Iterator(static_cast<Node*>(node), rank - node->left_count);
    } else {
      rank -= node->left_count + node->size;
      node = node->right;
    }
  }
  return Iterator();
}

template <typename Item, typename Traits>
size_t AvlTree<Item, Traits>::Rank(Iterator it) const {
  if (it.at_end()) return size_;
  const AvlNode* node = it.node_;
  size_t rank = node->left_count + it.slot_;
  for (const AvlNode* parent = node->parent; parent != nullptr;
       node = parent, parent = node->parent) {
    if (parent->right == node) rank += parent->left_count + parent->size;
  }
  return rank;
}

template <typename Item, typename Traits>
template <typename Before>
typename AvlTree<Item, Traits>::Node* AvlTree<Item, Traits>::LastNodeBefore(
    Before& before, size_t* rank) const {
  Node* found = nullptr;
  size_t passed = 0;
  for (AvlNode* at = root_; at != nullptr;) {
    Node* node = static_cast<Node*>(at);
    if (before(node->prefix, node->items[0])) {
      found = node;
      *rank = passed + node->left_count;
      passed += node->left_count + node->size;
      at = node->right;
    } else {
      at = node->left;
    }
  }
  return found;
}

// The items of a run may be pointers to cold memory. A binary search would wait
// for one after the other; here every eighth is fetched at once, then the seven
// between two of those: two waits instead of six.
template <typename Item, typename Traits>
template <typename Before>
size_t AvlTree<Item, Traits>::CountBeforeInRun(const Node* node,
                                               Before& before) {
  size_t low = 1, high = node->size;  // the answer is in [low, high]
  while (low < high) {
    const size_t stride = (high - low + 7) / 8;
    for (size_t i = low + stride - 1; i < high; i += stride) {
      Traits::Prefetch(node->items[i]);
    }
    size_t probe = low + stride - 1;
    while (probe < high &&
           before(Traits::PrefixOf(node->items[probe]), node->items[probe])) {
      low = probe + 1;
      probe += stride;
    }
    high = std::min(high, probe);
  }
  return low;
}

template <typename Item, typename Traits>
template <typename Before>
typename AvlTree<Item, Traits>::Iterator AvlTree<Item, Traits>::LowerBound(
    Before before) const {
  size_t rank = 0;
  Node* node = LastNodeBefore(before, &rank);
  return node == nullptr ? First()
                         : Normalized(node, CountBeforeInRun(node, before));
}

template <typename Item, typename Traits>
template <typename Before>
size_t AvlTree<Item, Traits>::CountBefore(Before before) const {
  size_t rank = 0;
  const Node* node = LastNodeBefore(before, &rank);
  return node == nullptr ? 0 : rank + CountBeforeInRun(node, before);
}

template <typename Item, typename Traits>
template <typename NotAfter>
typename AvlTree<Item, Traits>::Iterator AvlTree<Item, Traits>::Find(
    const Item& item, NotAfter not_after) const {
  size_t rank = 0;
  Node* node = LastNodeBefore(not_after, &rank);
  if (node == nullptr) return Iterator();
  const Item* begin = node->items;
  const Item* end = begin + node->size;
  const Item* found = std::find(begin, end, item);
  return found == end ? Iterator() : Iterator(node, found - begin);
}

template <typename Item, typename Traits>
void AvlTree<Item, Traits>::PrefetchPaths(const Prefix* prefixes,
                                          size_t count) const {
  constexpr size_t kMaxSideBySide = 16;
  constexpr size_t kCacheLine = 64;
  for (; count > kMaxSideBySide; count -= kMaxSideBySide) {
    PrefetchPaths(prefixes, kMaxSideBySide);
    prefixes += kMaxSideBySide;
  }
  const AvlNode* at[kMaxSideBySide];
  const Node* found[kMaxSideBySide];
  std::fill_n(at, count, root_);
  std::fill_n(found, count, nullptr);
  for (bool more = root_ != nullptr; more;) {
    more = false;
    for (size_t i = 0; i < count; ++i) {
      if (at[i] == nullptr) continue;
      const Node* node = static_cast<const Node*>(at[i]);
      const bool right = !(prefixes[i] < node->prefix);
      if (right) found[i] = node;
      at[i] = right ? node->right : node->left;
      if (at[i] == nullptr) continue;
      __builtin_prefetch(at[i]);
      more = true;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (found[i] == nullptr) continue;
    const char* run = reinterpret_cast<const char*>(found[i]->items);
    const size_t bytes = found[i]->size * sizeof(Item);
    for (size_t line = 0; line < bytes; line += kCacheLine) {
      __builtin_prefetch(run + line);
    }
  }
}

template <typename Item, typename Traits>
template <typename Before>
void AvlTree<Item, Traits>::Insert(const Item& item, Before before) {
  if (root_ == nullptr) {
    Node* node = NewNode();
    root_ = node;
    InsertAt(node, 0, item);
    return;
  }
  size_t rank = 0;
  Node* node = LastNodeBefore(before, &rank);
  if (node == nullptr) {
    InsertAt(static_cast<Node*>(AvlFirst(root_)), 0, item);
  } else {
    InsertAt(node, CountBeforeInRun(node, before), item);
  }
}

template <typename Item, typename Traits>
void AvlTree<Item, Traits>::InsertAt(Node* node, size_t slot,
                                     const Item& item) {
  if (node->size == kRunCapacity) MakeRoom(&node, &slot);
  Move(node->items + slot + 1, node->items + slot, node->size - slot);
  node->items[slot] = item;
  if (slot == 0) SetPrefix(node);
  ++node->size;
  ++size_;
  AvlCount(node, 1);
}

// Makes the full run *node share with a neighbour, splits it, or begins another
// beside it, and sets *node and *slot to where the item belongs then.
template <typename Item, typename Traits>
void AvlTree<Item, Traits>::MakeRoom(Node** node, size_t* slot) {
  Node* full = *node;
  if (*slot == kRunCapacity) {
    Node* next = Next(full);
    if (next == nullptr || next->size == kRunCapacity) {
      next = NewNode();
      AvlLinkAfter(&root_, full, next);
    }
    *node = next;
    *slot = 0;
  } else if (*slot == 0) {  // only before the very first item
    *node = NewNode();
    AvlLinkBefore(&root_, full, *node);
  } else if (!ShareWithNext(node, slot) && !ShareWithPrevious(node, slot)) {
    Split(node, slot);
  }
}

// Gives half of what the next run has room for to it, if that is much. Runs are
// then 80 % full after insertions in random order, which splits alone would
// leave at 69 %.
template <typename Item, typename Traits>
bool AvlTree<Item, Traits>::ShareWithNext(Node** node, size_t* slot) {
  Node* full = *node;
  Node* next = Next(full);
  if (next == nullptr || next->size > kSharedBelow) return false;
  const size_t moved = (kRunCapacity - next->size + 1) / 2;
  const size_t kept = kRunCapacity - moved;
  Move(next->items + moved, next->items, next->size);
  Move(next->items, full->items + kept, moved);
  Resize(full, -static_cast<ptrdiff_t>(moved));
  Resize(next, moved);
  SetPrefix(next);
  if (*slot > kept) {
    *node = next;
    *slot -= kept;
  }
  return true;
}

template <typename Item, typename Traits>
bool AvlTree<Item, Traits>::ShareWithPrevious(Node** node, size_t* slot) {
  Node* full = *node;
  Node* previous = Previous(full);
  if (previous == nullptr || previous->size > kSharedBelow) return false;
  const size_t moved = (kRunCapacity - previous->size + 1) / 2;
  Move(previous->items + previous->size, full->items, moved);
  Move(full->items, full->items + moved, kRunCapacity - moved);
  const size_t previous_size = previous->size;
  Resize(full, -static_cast<ptrdiff_t>(moved));
  Resize(previous, moved);
  SetPrefix(full);
  if (*slot < moved) {
    *node = previous;
    *slot += previous_size;
  } else {
    *slot -= moved;
  }
  return true;
}

template <typename Item, typename Traits>
void AvlTree<Item, Traits>::Split(Node** node, size_t* slot) {
  constexpr size_t kKept = kRunCapacity - kRunCapacity / 2;
  Node* full = *node;
  Node* upper = NewNode();
  Move(upper->items, full->items + kKept, kRunCapacity - kKept);
  upper->size = kRunCapacity - kKept;
  SetPrefix(upper);
  full->size = kKept;
  AvlCount(full, -static_cast<ptrdiff_t>(upper->size));
  AvlLinkAfter(&root_, full, upper);
  if (*slot > kKept) {
    *node = upper;
    *slot -= kKept;
  }
}

template <typename Item, typename Traits>
typename AvlTree<Item, Traits>::Iterator AvlTree<Item, Traits>::Erase(
    Iterator first, size_t count) {
  while (count > 0 && !first.at_end()) {
    const size_t here =
        std::min<size_t>(count, first.node_->size - first.slot_);
    EraseInRun(first.node_, first.slot_, here);
    count -= here;
    first = Compact(first.node_, first.slot_);
  }
  return first;
}

template <typename Item, typename Traits>
void AvlTree<Item, Traits>::EraseInRun(Node* node, size_t slot, size_t count) {
  Move(node->items + slot, node->items + slot + count,
       node->size - slot - count);
  node->size -= count;
  size_ -= count;
  AvlCount(node, -static_cast<ptrdiff_t>(count));
  if (slot == 0 && node->size > 0) SetPrefix(node);
}

// Drops the run if it is empty and joins it with a neighbour if it is small.
// Returns where the item at `slot`, or the one behind the run, stands then.
template <typename Item, typename Traits>
typename AvlTree<Item, Traits>::Iterator AvlTree<Item, Traits>::Compact(
    Node* node, size_t slot) {
  constexpr size_t kJoined = kRunCapacity * 3 / 4;
  if (node->size > kRunCapacity / 2) return Normalized(node, slot);
  Node* next = Next(node);
  if (node->size == 0 && (node->left == nullptr || node->right == nullptr)) {
    AvlUnlink(&root_, node);
    DeleteNode(node);
    return Iterator(next, 0);
  }
  // An empty node with two children always takes in the next one's items.
  if (next != nullptr &&
      (node->size == 0 || node->size + next->size <= kJoined)) {
    return Iterator(Join(node, next), slot);
  }
  Node* previous = Previous(node);
  if (previous != nullptr && previous->size + node->size <= kJoined) {
    slot += previous->size;
    node = Join(previous, node);
  }
  return Normalized(node, slot);
}

// Joins two neighbours, and returns the one that is left. Of two neighbours in
// order, one has no child towards the other, so that it can leave the tree.
template <typename Item, typename Traits>
typename AvlTree<Item, Traits>::Node* AvlTree<Item, Traits>::Join(
    Node* first, Node* second) {
  Node* stays = second->left == nullptr ? first : second;
  Node* leaves = stays == first ? second : first;
  const size_t moved = leaves->size;
  if (stays == first) {
    Move(first->items + first->size, second->items, moved);
  } else {
    assert(first->right == nullptr);
    Move(second->items + moved, second->items, second->size);
    Move(second->items, first->items, moved);
  }
  leaves->size = 0;
  AvlCount(leaves, -static_cast<ptrdiff_t>(moved));
  stays->size += moved;
  AvlCount(stays, moved);
  SetPrefix(stays);
  AvlUnlink(&root_, leaves);
  DeleteNode(leaves);
  return stays;
}

// The root of what is left moves down to where the next leaf is.
template <typename Item, typename Traits>
bool AvlTree<Item, Traits>::ClearSome(size_t count) {
  size_ = 0;
  while (root_ != nullptr && count > 0) {
    if (root_->left != nullptr) {
      root_ = std::exchange(root_->left, nullptr);
    } else if (root_->right != nullptr) {
      root_ = std::exchange(root_->right, nullptr);
    } else {
      AvlNode* parent = root_->parent;
      DeleteNode(static_cast<Node*>(root_));
      root_ = parent;
      --count;
    }
  }
  return root_ != nullptr;
}

template <typename Item, typename Traits>
template <typename Less>
void AvlTree<Item, Traits>::CheckInvariants(Less less) const {
  FASTKV_CHECK(AvlCheckInvariants(root_) == size_, "item count");
  size_t nodes = 0;
  const Item* last = nullptr;
  for (Node* node = static_cast<Node*>(AvlFirst(root_)); node != nullptr;
       node = Next(node)) {
    ++nodes;
    FASTKV_CHECK(node->size <= kRunCapacity, "run size");
    FASTKV_CHECK(node->prefix == Traits::PrefixOf(node->items[0]), "prefix");
    for (size_t i = 0; i < node->size; last = &node->items[i++]) {
      FASTKV_CHECK(last == nullptr || less(*last, node->items[i]), "order");
    }
  }
  FASTKV_CHECK(nodes == node_count_, "node count");
}

}  // namespace kv::store

#endif  // FASTKV_STORE_AVL_TREE_H_
