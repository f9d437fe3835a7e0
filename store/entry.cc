#include "store/entry.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace kv::store {
namespace {

// Allocations come in steps of this many bytes, so that a string may change its
// length a little in place.
constexpr size_t kAllocationStep = 16;
constexpr size_t kMaxNarrow = 255;

// A blob that grows gets a half more than it needs, so that appending byte by
// byte copies each byte a constant number of times.
constexpr size_t WithRoomToGrow(size_t size) { return size + size / 2; }

size_t RoundUp(size_t bytes) {
  return (bytes + kAllocationStep - 1) / kAllocationStep * kAllocationStep;
}

}  // namespace

Entry* Entry::Allocate(absl::string_view key, Rep rep, size_t inline_size) {
  const bool wide = key.size() > kMaxNarrow || inline_size > kMaxNarrow;
  const size_t payload = rep == kInline ? inline_size : sizeof(void*);
  const size_t bytes =
      RoundUp(sizeof(Entry) + (wide ? 8 : 2) + key.size() + payload);
  Entry* entry = new (::operator new(bytes)) Entry(rep | (wide ? kWide : 0));
  entry->set_length_at(0, key.size());
  entry->set_length_at(1, inline_size);
  std::memcpy(entry->tail() + entry->lengths_bytes(), key.data(), key.size());
  return entry;
}

Entry* Entry::NewString(absl::string_view key, size_t size) {
  if (size <= kMaxInlineBytes) return Allocate(key, kInline, size);
  Entry* entry = Allocate(key, kBlob, 0);
  entry->set_pointer(Blob::New(size, size));
  return entry;
}

Entry* Entry::NewString(absl::string_view key, absl::string_view value) {
  Entry* entry = NewString(key, value.size());
  char* bytes =
      entry->rep() == kInline ? entry->value() : entry->pointer<Blob>()->data();
  if (!value.empty()) std::memcpy(bytes, value.data(), value.size());
  return entry;
}

Entry* Entry::NewSortedSet(absl::string_view key, SortedSet set) {
  Entry* entry = Allocate(key, kSet, 0);
  entry->set_pointer(new SortedSet(std::move(set)));
  return entry;
}

Entry* Entry::NewFromValueOf(absl::string_view key, Entry* from) {
  if (from->rep() == kInline) return NewCopyOf(key, *from);
  Entry* entry = Allocate(key, from->rep(), 0);
  entry->set_pointer(from->pointer<void>());
  from->set_pointer(nullptr);
  return entry;
}

Entry* Entry::NewCopyOf(absl::string_view key, const Entry& from) {
  switch (from.rep()) {
    case kInline:
      return NewString(key, from.string().bytes);
    case kBlob: {
      Blob* blob = from.pointer<Blob>();
      blob->Ref();
      Entry* entry = Allocate(key, kBlob, 0);
      entry->set_pointer(blob);
      return entry;
    }
    case kSet:
      break;
  }
  return NewSortedSet(key, from.sorted_set().Clone());
}

void Entry::Delete(Entry* entry) {
  if (entry == nullptr) return;
  // Null: another entry has taken the value over.
  if (entry->rep() == kBlob && entry->pointer<Blob>() != nullptr) {
    entry->pointer<Blob>()->Unref();
  }
  if (entry->rep() == kSet) delete entry->pointer<SortedSet>();
  const size_t bytes = entry->allocated_bytes();
  entry->~Entry();
  ::operator delete(entry, bytes);
}

StringValue Entry::string() const {
  if (rep() == kInline) return {{value(), inline_size()}, nullptr};
  Blob* blob = pointer<Blob>();
  return {blob->view(), blob};
}

char* Entry::OverwriteInPlace(size_t size) {
  if (rep() == kInline) {
    // The same width of lengths and the same allocation step.
    if (size > kMaxInlineBytes || (!wide() && size > kMaxNarrow))
      return nullptr;
    const size_t fixed = sizeof(Entry) + lengths_bytes() + key_size();
    if (RoundUp(fixed + size) != allocated_bytes()) return nullptr;
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

const SortedSet& Entry::sorted_set() const { return *pointer<SortedSet>(); }
SortedSet& Entry::mutable_sorted_set() { return *pointer<SortedSet>(); }

size_t Entry::MemoryBytes() const {
  const size_t bytes = allocated_bytes();
  if (rep() == kBlob) return bytes + sizeof(Blob) + pointer<Blob>()->capacity();
  if (rep() == kSet) return bytes + pointer<SortedSet>()->MemoryBytes();
  return bytes;
}

uint32_t Entry::length_at(int index) const {
  if (!wide()) return static_cast<uint8_t>(tail()[index]);
  uint32_t length;
  std::memcpy(&length, tail() + index * sizeof(length), sizeof(length));
  return length;
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

template <typename T>
T* Entry::pointer() const {
  T* pointer;
  std::memcpy(&pointer, value(), sizeof(pointer));
  return pointer;
}

void Entry::set_pointer(const void* pointer) {
  std::memcpy(value(), &pointer, sizeof(pointer));
}

size_t Entry::allocated_bytes() const {
  const size_t payload = rep() == kInline ? inline_size() : sizeof(void*);
  return RoundUp(sizeof(Entry) + lengths_bytes() + key_size() + payload);
}

}  // namespace kv::store
