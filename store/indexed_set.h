#ifndef FASTKV_STORE_INDEXED_SET_H_
#define FASTKV_STORE_INDEXED_SET_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/avl_tree.h"
#include "store/member.h"
#include "store/member_index.h"
#include "store/slab.h"

namespace kv::store {

// IndexedSet: a large sorted set: a tree in the order of (score, member) for
// ranks and ranges, and a hash index by member for scores.
//
// From kSlabFrom members on, new members, nodes and segments come from a slab,
// so that a set of millions can be given up in few and short steps: ClearSome.
//
// Owns       the members, and the tree and the index, which point to them.
// Threads    compatible.
// Invariant  tree and index hold the same members.
// Cost       Find O(1); Upsert, Erase, Rank, CountBefore O(log n);
//            Visit O(log n + count).
class IndexedSet {
 public:
  IndexedSet() = default;
  IndexedSet(const IndexedSet&) = delete;
  IndexedSet& operator=(const IndexedSet&) = delete;
  ~IndexedSet();

  size_t size() const { return tree_.size(); }
  // Short members and nodes in the slab count as if they came from the
  // allocator.
  size_t MemoryBytes() const {
    return sizeof(*this) + member_bytes_ + tree_.MemoryBytes() +
           index_.MemoryBytes();
  }

  // Null if there is none.
  const Member* Find(absl::string_view member) const {
    return index_.Find(MemberIndex::HashOf(member), member);
  }
  // As SortedSet::Prefetch.
  void Prefetch(absl::Span<const absl::string_view> members,
                bool with_places) const;
  size_t Rank(const Member* member) const { return tree_.Rank(Locate(member)); }
  // REQUIRES: rank < size()
  const Member* At(size_t rank) const { return *tree_.Select(rank); }

  // As FlatRun::CountBefore.
  template <typename Before>
  size_t CountBefore(Before before) const {
    return tree_.CountBefore([&](double score, const Member* member) {
      return before(score, [&] { return member->view(); });
    });
  }
  // As SortedSet::Visit.
  template <typename F>
  void Visit(size_t first, size_t count, bool reverse, F&& f) const;

  // Whether the score is another one now; `*added` is whether the member is
  // new.
  bool Upsert(absl::string_view member, double score, bool* added);
  // Adds a member that stands behind all others.
  // REQUIRES: !Find(member)
  void Append(absl::string_view member, double score);
  bool Erase(absl::string_view member);
  size_t EraseRange(
      size_t first, size_t count,
      absl::FunctionRef<void(absl::string_view, double)> about_to_erase);

  // As SortedSet::Scan.
  uint64_t Scan(uint64_t cursor, size_t count,
                absl::FunctionRef<void(absl::string_view, double)> f) const;

  // Gives up some thousand members, or as much of what held them, and returns
  // whether anything is left. After the first call only this and the destructor
  // may be called.
  bool ClearSome();

  void CheckInvariants() const;

  // Below, a set may waste more memory on chunks than it has members.
  static constexpr size_t kSlabFrom = 8192;

 private:
  // Both measured with a million members (sorted_set_benchmark):
  // - Items are bare pointers. With the score beside each, searches in a run
  //   touch no members, yet moves took 1.4 to 2.2 us against 1.3 and visits of
  //   100 took 2.5 to 3.2 us against 1.7, because the tree outgrows the caches;
  //   and a member took 73 bytes against 61.
  // - Nodes of 256, 512, 640, 768 and 1024 bytes (an allocator's size classes):
  //   from 512 on they differ little; 768 was best or near it throughout.
  struct TreeTraits {
    static constexpr size_t kRunCapacity = 90;
    using Prefix = double;
    static double PrefixOf(const Member* member) { return member->score; }
    static void Prefetch(const Member* member) { __builtin_prefetch(member); }
  };
  using Tree = AvlTree<Member*, TreeTraits>;

  // Enough to cover the latency of memory with the work on one member.
  static constexpr size_t kPrefetchAhead = 16;

  Tree::Iterator Locate(const Member* member) const;
  Member* NewMember(uint32_t hash, absl::string_view member, double score);
  void DeleteMember(Member* member);
  void InsertIntoTree(Member* member);
  void SetScore(Member* member, double score);

  std::unique_ptr<Slab> slab_;  // before what is made in it; null: not yet
  Tree tree_;
  MemberIndex index_;
  size_t member_bytes_ = 0;
  // Of ClearSome: the next member to look at.
  bool clearing_ = false;
  Tree::Iterator next_cleared_;
};

// The members are scattered: those ahead are fetched while f looks at this one.
template <typename F>
void IndexedSet::Visit(size_t first, size_t count, bool reverse, F&& f) const {
  if (first >= size()) return;
  count = std::min(count, reverse ? first + 1 : size() - first);
  const auto step = [reverse](Tree::Iterator& it) { reverse ? --it : ++it; };
  Tree::Iterator it = tree_.Select(first), ahead = it;
  size_t fetched = 0;
  for (size_t visited = 0; visited < count; ++visited) {
    for (; fetched < std::min(count, visited + kPrefetchAhead); ++fetched) {
      __builtin_prefetch(*ahead);
      step(ahead);
    }
    const Member* member = *it;
    f(member->view(), member->score);
    step(it);
  }
}

}  // namespace kv::store

#endif  // FASTKV_STORE_INDEXED_SET_H_
