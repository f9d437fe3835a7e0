#ifndef FASTKV_STORE_MEMBER_INDEX_H_
#define FASTKV_STORE_MEMBER_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "store/member.h"

namespace kv::store {

// MemberIndex: a hash table from a member's bytes to the member, whose slots
// stand in the order of their hashes (linear probing in which the smaller hash
// comes first, and a home slot that rises with the hash).
//
// Why not absl::flat_hash_set: a scan must go on from a hash, whatever has been
// inserted in between, which an unordered table answers by reading all of it.
// The order also makes growing one pass over two arrays, so that the table may
// grow in small steps and stay full: 14 to 17 bytes a member, against 15 to 30.
//
// Borrows    the members.
// Threads    compatible.
// Invariant  (1) hashes never fall from slot to slot; (2) no slot between a
//            member's home and its own is empty; (3) the last slot is empty.
// Cost       all O(1) expected; growing reads and writes only the slots.
class MemberIndex {
 public:
  // Salted per process; see absl::Hash.
  static uint32_t HashOf(absl::string_view member) {
    return static_cast<uint32_t>(absl::Hash<absl::string_view>()(member));
  }

  MemberIndex() = default;
  MemberIndex(const MemberIndex&) = delete;
  MemberIndex& operator=(const MemberIndex&) = delete;
  ~MemberIndex();

  size_t size() const { return size_; }
  size_t MemoryBytes() const { return slot_count() * sizeof(Slot); }

  // Null if there is none.
  Member* Find(uint32_t hash, absl::string_view member) const;
  // REQUIRES: no member with these bytes is here, hash == HashOf(its bytes)
  void Insert(uint32_t hash, Member* member);
  // REQUIRES: `member` is here
  void Erase(uint32_t hash, const Member* member);

  // As SortedSet::Scan.
  uint64_t Scan(uint64_t cursor, size_t count,
                absl::FunctionRef<void(const Member&)> f) const;

  // Aborts unless the invariants hold.
  void CheckInvariants() const;

 private:
  // 12 bytes, which a pointer with its alignment would make 16.
  class Slot {
   public:
    Slot() = default;
    Slot(uint32_t hash, Member* member) : hash_(hash) {
      std::memcpy(member_, &member, sizeof(member));
    }
    uint32_t hash() const { return hash_; }
    Member* member() const {
      Member* member;
      std::memcpy(&member, member_, sizeof(member));
      return member;
    }
    bool empty() const { return (member_[0] | member_[1]) == 0; }

   private:
    uint32_t hash_;
    uint32_t member_[2];
  };
  static_assert(sizeof(Member*) == 8 && sizeof(Slot) == 12);

  size_t slot_count() const { return slots_ == nullptr ? 0 : homes_ + spare_; }
  size_t Home(uint32_t hash) const { return (hash * uint64_t{homes_}) >> 32; }
  void Rebuild(size_t homes, size_t spare);

  Slot* slots_ = nullptr;
  size_t size_ = 0;
  size_t homes_ = 0;  // slots that are the home of some hash
  size_t spare_ = 0;  // slots behind them, for what the last homes overflow
};

}  // namespace kv::store

#endif  // FASTKV_STORE_MEMBER_INDEX_H_
