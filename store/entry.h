#ifndef FASTKV_STORE_ENTRY_H_
#define FASTKV_STORE_ENTRY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "store/base/blob.h"
#include "store/sorted_set.h"

namespace kv::store {

enum class ValueType : uint8_t { kString, kSortedSet };

// Strings up to this length live inside the entry; longer ones in a Blob, so
// that readers can send them without a copy. Below it a copy into the output
// buffer costs less than keeping a reference and a segment of its own.
inline constexpr size_t kMaxInlineBytes = 4096;

// Entry: a key, its value and what is known about both, in one allocation.
//
//   12 bytes   version (48 bits), flags, a spare byte, heap index
//   2 or 8     lengths of key and inline value: a byte each (narrow) or four
//   n          the key
//   m          the inline string, or a pointer to a Blob or a SortedSet
//
// Owns       its value.
// Threads    compatible; the shard's mutex guards it.
class Entry {
 public:
  static constexpr uint32_t kNotInHeap = UINT32_MAX;

  struct Deleter {
    void operator()(Entry* entry) const { Delete(entry); }
  };

  // An entry that holds a string of `size` bytes, not yet written.
  static Entry* NewString(absl::string_view key, size_t size);
  // An entry that holds the string.
  static Entry* NewString(absl::string_view key, absl::string_view value);
  // An entry that holds the sorted set.
  static Entry* NewSortedSet(absl::string_view key, SortedSet set = {});
  // An entry that takes over the value of another one, which may afterwards
  // only be deleted. Short strings are copied, all else moves.
  static Entry* NewFromValueOf(absl::string_view key, Entry* from);
  // An entry with the same value. Long strings are shared, as immutable blobs.
  static Entry* NewCopyOf(absl::string_view key, const Entry& from);
  static void Delete(Entry* entry);

  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  absl::string_view key() const {
    return {tail() + lengths_bytes(), key_size()};
  }

  ValueType type() const {
    return rep() == kSet ? ValueType::kSortedSet : ValueType::kString;
  }

  // The sequence number of the last change.
  uint64_t version() const {
    return uint64_t{version_high_} << 32 | version_low_;
  }
  void set_version(uint64_t version) {
    version_low_ = static_cast<uint32_t>(version);
    version_high_ = static_cast<uint16_t>(version >> 32);
  }

  // The entry's place in its database's TTL heap, or kNotInHeap.
  uint32_t heap_index() const { return heap_index_; }
  void set_heap_index(uint32_t index) { heap_index_ = index; }
  bool has_deadline() const { return heap_index_ != kNotInHeap; }

  // REQUIRES: type() == kString. Valid until the entry changes.
  StringValue string() const;

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

 private:
  enum Rep : uint8_t { kInline, kBlob, kSet };
  static constexpr uint8_t kRepMask = 3;
  static constexpr uint8_t kWide = 4;

  Entry(uint8_t flags) : flags_(flags) {}
  ~Entry() = default;

  static Entry* Allocate(absl::string_view key, Rep rep, size_t inline_size);

  Rep rep() const { return static_cast<Rep>(flags_ & kRepMask); }
  bool wide() const { return (flags_ & kWide) != 0; }
  size_t lengths_bytes() const { return wide() ? 8 : 2; }
  const char* tail() const { return reinterpret_cast<const char*>(this + 1); }
  char* tail() { return reinterpret_cast<char*>(this + 1); }
  uint32_t length_at(int index) const;
  void set_length_at(int index, size_t length);
  size_t key_size() const { return length_at(0); }
  size_t inline_size() const { return length_at(1); }
  const char* value() const { return tail() + lengths_bytes() + key_size(); }
  char* value() { return tail() + lengths_bytes() + key_size(); }
  template <typename T>
  T* pointer() const;
  void set_pointer(const void* pointer);
  size_t allocated_bytes() const;

  uint32_t version_low_ = 0;
  uint16_t version_high_ = 0;
  uint8_t flags_;
  uint32_t heap_index_ = kNotInHeap;
};

static_assert(sizeof(Entry) == 12, "the header's size is part of its purpose");

using EntryPtr = std::unique_ptr<Entry, Entry::Deleter>;

}  // namespace kv::store

#endif  // FASTKV_STORE_ENTRY_H_
