#ifndef FASTKV_STORE_ENTRY_H_
#define FASTKV_STORE_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "store/base/blob.h"
#include "store/object_pool.h"
#include "store/sorted_set.h"

namespace kv::store {

enum class ValueType : uint8_t { kString, kSortedSet };

// Strings up to this length live inside the entry; longer ones in a Blob, so
// that readers can send them without a copy. Below it a copy into the output
// buffer costs less than keeping a reference and a segment of its own.
inline constexpr size_t kMaxInlineBytes = 4096;

class EntryPool;

// Entry: a key, its value and what is known about both, in one piece of its
// pool.
//
//   6 bytes    flags, version (44 bits)
//   2 or 8     lengths of key and inline value: a byte each (narrow) or four
//   0 or 4     the heap index, if the entry has room for a deadline
//   n          the key
//   m          the inline string, or a pointer to a Blob, or a SortedSet,
//              which is a pointer
//
// Owns       its value.   Borrows  its pool.
// Threads    compatible; the shard's mutex guards it.
class Entry {
 public:
  static constexpr uint32_t kNotInHeap = UINT32_MAX;

  // A version is the low bits of the number of the change that made it.
  static constexpr uint64_t kVersionMask = (uint64_t{1} << 44) - 1;

  // Whether an entry has room for a heap index, without which it can have no
  // deadline.
  enum class Deadline : bool { kNever, kPossible };

  struct Deleter {
    EntryPool* pool;
    void operator()(Entry* entry) const { Delete(*pool, entry); }
  };

  // An entry that holds a string of `size` bytes, not yet written.
  static Entry* NewString(EntryPool& pool, absl::string_view key, size_t size,
                          Deadline deadline = Deadline::kNever);
  // An entry that holds the string.
  static Entry* NewString(EntryPool& pool, absl::string_view key,
                          absl::string_view value,
                          Deadline deadline = Deadline::kNever);
  // An entry that holds the blob's bytes: copied if they are few, else as the
  // blob itself, with a reference of the entry's own.
  static Entry* NewString(EntryPool& pool, absl::string_view key, Blob* value,
                          Deadline deadline = Deadline::kNever);
  // An entry that holds the sorted set.
  static Entry* NewSortedSet(EntryPool& pool, absl::string_view key,
                             SortedSet set = {},
                             Deadline deadline = Deadline::kNever);
  // An entry that takes over the value of another one, of any pool, which may
  // afterwards only be deleted. Short strings are copied, all else moves.
  static Entry* NewFromValueOf(EntryPool& pool, absl::string_view key,
                               Entry* from, Deadline deadline);
  // An entry with the same value. Long strings are shared, as immutable blobs.
  static Entry* NewCopyOf(EntryPool& pool, absl::string_view key,
                          const Entry& from, Deadline deadline);
  // `entry` may be null. It is one of the pool's.
  static void Delete(EntryPool& pool, Entry* entry);

  // Undoes NewFromValueOf: this one, which took over the sorted set of `from`,
  // may afterwards only be deleted.
  void GiveValueBackTo(Entry* from);

  // What an entry owned outside of its pool; it is freed with this.
  class Value {
   public:
    Value() = default;
    Value(Value&& other) noexcept
        : blob_(std::move(other.blob_)), set_(std::move(other.set_)) {}
    Value& operator=(Value&&) noexcept = default;

    // Without members if it is none.
    SortedSet& sorted_set() { return set_; }

   private:
    friend class Entry;
    BlobRef blob_;
    SortedSet set_;
  };
  // Takes the value away, if it is not inside; the entry may afterwards only be
  // deleted. For freeing it later, which may take long.
  Value ReleaseValue();
  bool has_outside_value() const { return rep() != kInline; }

  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  absl::string_view key() const { return {tail() + key_offset(), key_size()}; }

  ValueType type() const {
    return rep() == kSet ? ValueType::kSortedSet : ValueType::kString;
  }

  // The number of the last change, cut to kVersionMask.
  uint64_t version() const {
    return uint64_t{version_low_} | uint64_t{version_middle_} << 32 |
           uint64_t{flags_} >> kFlagBits << 40;
  }
  void set_version(uint64_t version) {
    version_low_ = static_cast<uint32_t>(version);
    version_middle_ = static_cast<uint8_t>(version >> 32);
    flags_ = static_cast<uint8_t>((flags_ & kFlagMask) | (version >> 40)
                                                             << kFlagBits);
  }

  // Whether the entry can have a deadline without being made anew.
  Deadline deadline() const {
    return (flags_ & kTimed) != 0 ? Deadline::kPossible : Deadline::kNever;
  }
  // The entry's place in its database's TTL heap, or kNotInHeap.
  uint32_t heap_index() const {
    if (deadline() == Deadline::kNever) return kNotInHeap;
    uint32_t index;
    std::memcpy(&index, tail() + lengths_bytes(), sizeof(index));
    return index;
  }
  // REQUIRES: deadline() == kPossible, or index == kNotInHeap.
  void set_heap_index(uint32_t index) {
    if (deadline() == Deadline::kNever) return;
    std::memcpy(tail() + lengths_bytes(), &index, sizeof(index));
  }
  bool has_deadline() const { return heap_index() != kNotInHeap; }

  // REQUIRES: type() == kString. Valid until the entry changes.
  StringValue string() const {
    if (rep() == kInline) return {{value(), inline_size()}, nullptr};
    Blob* blob = pointer<Blob>();
    return {blob->view(), blob};
  }

  // Makes the string `size` bytes long without moving the entry and without
  // keeping its bytes. Null if that is impossible or wasteful.
  // REQUIRES: type() == kString
  char* OverwriteInPlace(size_t size);

  // As OverwriteInPlace, but the bytes are kept as far as they fit, and a Blob
  // may be exchanged for another; bytes that the string gains are undefined.
  char* ResizeInPlace(size_t size);

  // REQUIRES: type() == kSortedSet
  const SortedSet& sorted_set() const;
  SortedSet& mutable_sorted_set();

  // Bytes of memory, the value's included.
  size_t MemoryBytes() const;
  // Of these, what the pool gave.
  size_t allocated_bytes() const;

 private:
  // Never 3: a pool must be able to tell an entry from a hole.
  enum Rep : uint8_t { kInline, kBlob, kSet };
  static constexpr uint8_t kRepMask = 3;
  static constexpr uint8_t kWide = 4;
  static constexpr uint8_t kTimed = 8;
  static constexpr int kFlagBits = 4;  // the others are the version's
  static constexpr uint8_t kFlagMask = (1 << kFlagBits) - 1;

  explicit Entry(uint8_t flags) : flags_(flags) {}
  ~Entry() = default;

  static Entry* Allocate(EntryPool& pool, absl::string_view key, Rep rep,
                         size_t inline_size, Deadline deadline);

  Rep rep() const { return static_cast<Rep>(flags_ & kRepMask); }
  bool wide() const { return (flags_ & kWide) != 0; }
  size_t lengths_bytes() const { return wide() ? 8 : 2; }
  size_t key_offset() const {
    return lengths_bytes() + ((flags_ & kTimed) != 0 ? sizeof(uint32_t) : 0);
  }
  const char* tail() const { return reinterpret_cast<const char*>(this + 1); }
  char* tail() { return reinterpret_cast<char*>(this + 1); }
  uint32_t length_at(int index) const {
    if (!wide()) return static_cast<uint8_t>(tail()[index]);
    uint32_t length;
    std::memcpy(&length, tail() + index * sizeof(length), sizeof(length));
    return length;
  }
  void set_length_at(int index, size_t length);
  size_t key_size() const { return length_at(0); }
  size_t inline_size() const { return length_at(1); }
  const char* value() const { return tail() + key_offset() + key_size(); }
  char* value() { return tail() + key_offset() + key_size(); }
  template <typename T>
  T* pointer() const {
    T* pointer;
    std::memcpy(&pointer, value(), sizeof(pointer));
    return pointer;
  }
  void set_pointer(const void* pointer);

  uint8_t flags_;
  uint8_t version_middle_ = 0;
  uint32_t version_low_ = 0;
} __attribute__((packed, aligned(2)));

static_assert(sizeof(Entry) == 6, "the header's size is part of its purpose");

// EntryPool: where the entries of one database in one shard are.
class EntryPool {
 public:
  using Handle = ObjectPool::Handle;

  Entry* At(Handle handle) const {
    return static_cast<Entry*>(objects_.At(handle));
  }
  Handle HandleOf(const Entry& entry) const {
    return objects_.HandleOf(&entry, entry.allocated_bytes());
  }
  void PrefetchDirectory() const { objects_.PrefetchDirectory(); }

  // Entries with a value outside of the pool.
  size_t outside_values() const { return outside_values_; }
  size_t held_bytes() const { return objects_.held_bytes(); }
  size_t live_bytes() const { return objects_.live_bytes(); }

  // As in ObjectPool. REQUIRES: nobody refers to an entry but through what
  // `moved` puts right.
  bool is_sparse() const { return objects_.is_sparse(); }
  void EmptyOneSegment(absl::FunctionRef<void(Entry* from, Entry* to)> moved);
  void CheckInvariants() const;

 private:
  friend class Entry;

  ObjectPool objects_;
  size_t outside_values_ = 0;
};

using EntryPtr = std::unique_ptr<Entry, Entry::Deleter>;

}  // namespace kv::store

#endif  // FASTKV_STORE_ENTRY_H_
