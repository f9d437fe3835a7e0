#include "store/entry.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace kv::store {
namespace {

constexpr size_t kMaxNarrow = 255;

// A blob that grows gets a half more than it needs, so that appending byte by
// byte copies each byte a constant number of times.
constexpr size_t WithRoomToGrow(size_t size) { return size + size / 2; }

}  // namespace

Entry* Entry::Allocate(EntryPool& pool, absl::string_view key, Rep rep,
                       size_t inline_size, Deadline deadline) {
  const bool wide = key.size() > kMaxNarrow || inline_size > kMaxNarrow;
  const bool timed = deadline == Deadline::kPossible;
  const size_t payload = rep == kInline ? inline_size : sizeof(void*);
  const size_t bytes = ObjectPool::Footprint(sizeof(Entry) + (wide ? 8 : 2) +
                                             (timed ? sizeof(uint32_t) : 0) +
                                             key.size() + payload);
  Entry* entry = new (pool.objects_.Allocate(bytes))
      Entry(rep | (wide ? kWide : 0) | (timed ? kTimed : 0));
  entry->set_length_at(0, key.size());
  entry->set_length_at(1, inline_size);
  entry->set_heap_index(kNotInHeap);
  if (!key.empty()) {
    std::memcpy(entry->tail() + entry->key_offset(), key.data(), key.size());
  }
  pool.outside_values_ += rep != kInline;
  return entry;
}

Entry* Entry::NewString(EntryPool& pool, absl::string_view key, size_t size,
                        Deadline deadline) {
  if (size <= kMaxInlineBytes) {
    return Allocate(pool, key, kInline, size, deadline);
  }
  Entry* entry = Allocate(pool, key, kBlob, 0, deadline);
  entry->set_pointer(Blob::New(size, size));
  return entry;
}

Entry* Entry::NewString(EntryPool& pool, absl::string_view key,
                        absl::string_view value, Deadline deadline) {
  Entry* entry = NewString(pool, key, value.size(), deadline);
  char* bytes =
      entry->rep() == kInline ? entry->value() : entry->pointer<Blob>()->data();
  if (!value.empty()) std::memcpy(bytes, value.data(), value.size());
  return entry;
}

Entry* Entry::NewString(EntryPool& pool, absl::string_view key, Blob* value,
                        Deadline deadline) {
  if (value->size() <= kMaxInlineBytes) {
    return NewString(pool, key, value->view(), deadline);
  }
  value->Ref();
  Entry* entry = Allocate(pool, key, kBlob, 0, deadline);
  entry->set_pointer(value);
  return entry;
}

Entry* Entry::NewSortedSet(EntryPool& pool, absl::string_view key,
                           SortedSet set, Deadline deadline) {
  Entry* entry = Allocate(pool, key, kSet, 0, deadline);
  new (entry->value()) SortedSet(std::move(set));
  return entry;
}

Entry* Entry::NewFromValueOf(EntryPool& pool, absl::string_view key,
                             Entry* from, Deadline deadline) {
  if (from->rep() == kInline) return NewCopyOf(pool, key, *from, deadline);
  Entry* entry = Allocate(pool, key, from->rep(), 0, deadline);
  entry->set_pointer(from->pointer<void>());
  from->set_pointer(nullptr);
  return entry;
}

Entry* Entry::NewCopyOf(EntryPool& pool, absl::string_view key,
                        const Entry& from, Deadline deadline) {
  switch (from.rep()) {
    case kInline:
      return NewString(pool, key, from.string().bytes, deadline);
    case kBlob:
      return NewString(pool, key, from.pointer<Blob>(), deadline);
    case kSet:
      break;
  }
  return NewSortedSet(pool, key, from.sorted_set().Clone(), deadline);
}

void Entry::GiveValueBackTo(Entry* from) {
  from->set_pointer(pointer<void>());
  set_pointer(nullptr);
}

Entry::Value Entry::ReleaseValue() {
  Value value;
  if (rep() == kInline) return value;
  // Null, or a set without members: another entry has taken the value over.
  if (rep() == kBlob) {
    value.blob_ = BlobRef::Adopt(pointer<Blob>());
    set_pointer(nullptr);
  } else {
    value.set_ = std::move(mutable_sorted_set());
  }
  return value;
}

void Entry::Delete(EntryPool& pool, Entry* entry) {
  if (entry == nullptr) return;
  const size_t bytes = entry->allocated_bytes();
  if (entry->has_outside_value()) {
    --pool.outside_values_;
    entry->ReleaseValue();
  }
  entry->~Entry();
  pool.objects_.Free(entry, bytes);
}

char* Entry::OverwriteInPlace(size_t size) {
  if (rep() == kInline) {
    // The same width of lengths and the same footprint.
    if (size > kMaxInlineBytes || (!wide() && size > kMaxNarrow))
      return nullptr;
    const size_t fixed = sizeof(Entry) + key_offset() + key_size();
    if (ObjectPool::Footprint(fixed + size) != allocated_bytes()) {
      return nullptr;
    }
    set_length_at(1, size);
    return value();
  }
  // A reader that holds the blob may still be sending its bytes.
  Blob* blob = pointer<Blob>();
  if (size <= kMaxInlineBytes || size > blob->capacity() ||
      size < blob->capacity() / 4 || !blob->unique()) {
    return nullptr;
  }
  blob->set_size(size);
  return blob->data();
}

char* Entry::ResizeInPlace(size_t size) {
  char* bytes = OverwriteInPlace(size);
  if (bytes != nullptr || rep() == kInline || size <= kMaxInlineBytes) {
    return bytes;
  }
  Blob* old = pointer<Blob>();
  Blob* fresh =
      Blob::New(size, size > old->size() ? WithRoomToGrow(size) : size);
  std::memcpy(fresh->data(), old->data(), std::min(size, old->size()));
  set_pointer(fresh);
  old->Unref();
  return fresh->data();
}

const SortedSet& Entry::sorted_set() const {
  return *reinterpret_cast<const SortedSet*>(value());
}
SortedSet& Entry::mutable_sorted_set() {
  return *reinterpret_cast<SortedSet*>(value());
}

size_t Entry::MemoryBytes() const {
  const size_t bytes = allocated_bytes();
  if (rep() == kBlob) return bytes + sizeof(Blob) + pointer<Blob>()->capacity();
  if (rep() == kSet) return bytes + sorted_set().MemoryBytes();
  return bytes;
}

void Entry::set_length_at(int index, size_t length) {
  if (!wide()) {
    tail()[index] = static_cast<char>(length);
    return;
  }
  const uint32_t wide_length = static_cast<uint32_t>(length);
  std::memcpy(tail() + index * sizeof(wide_length), &wide_length,
              sizeof(wide_length));
}

void Entry::set_pointer(const void* pointer) {
  std::memcpy(value(), &pointer, sizeof(pointer));
}

size_t Entry::allocated_bytes() const {
  const size_t payload = rep() == kInline ? inline_size() : sizeof(void*);
  return ObjectPool::Footprint(sizeof(Entry) + key_offset() + key_size() +
                               payload);
}

void EntryPool::EmptyOneSegment(
    absl::FunctionRef<void(Entry* from, Entry* to)> moved) {
  objects_.EmptyOneSegment(
      [](const void* object) {
        return static_cast<const Entry*>(object)->allocated_bytes();
      },
      [&moved](void* from, void* to) {
        moved(static_cast<Entry*>(from), static_cast<Entry*>(to));
      });
}

void EntryPool::CheckInvariants() const {
  objects_.CheckInvariants([](const void* object) {
    return static_cast<const Entry*>(object)->allocated_bytes();
  });
}

}  // namespace kv::store
