#ifndef FASTKV_STORE_BASE_BLOB_H_
#define FASTKV_STORE_BASE_BLOB_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "absl/strings/string_view.h"

namespace kv::store {

// Blob: the bytes of a large value, reference counted, so that a reader can
// send them after the shard's lock is released and without copying them.
//
// Owns       its bytes, in one allocation with the count.
// Threads    the bytes are immutable while more than one reference exists; the
//            count is atomic.
class Blob {
 public:
  // A blob of `size` bytes with one reference and room for `capacity`.
  static Blob* New(size_t size, size_t capacity) {
    void* memory = ::operator new(sizeof(Blob) + capacity);
    return new (memory) Blob(size, capacity);
  }
  static Blob* New(absl::string_view bytes) {
    Blob* blob = New(bytes.size(), bytes.size());
    std::memcpy(blob->data(), bytes.data(), bytes.size());
    return blob;
  }

  void Ref() { refs_.fetch_add(1, std::memory_order_relaxed); }
  // The last reference frees the blob. acq_rel: every use of the bytes by other
  // holders happens before the free.
  void Unref() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      this->~Blob();
      ::operator delete(this);
    }
  }
  // Whether the caller's is the only reference, so that it may write.
  bool unique() const { return refs_.load(std::memory_order_acquire) == 1; }

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  // REQUIRES: unique() and size <= capacity()
  void set_size(size_t size) { size_ = size; }
  absl::string_view view() const { return {data(), size_}; }

 private:
  Blob(size_t size, size_t capacity) : size_(size), capacity_(capacity) {}
  ~Blob() = default;

  size_t size_;
  const size_t capacity_;
  std::atomic<uint32_t> refs_{1};
};

// Holds one reference.
class BlobRef {
 public:
  BlobRef() = default;
  // Adds a reference of its own.
  explicit BlobRef(Blob* blob) : blob_(blob) {
    if (blob_ != nullptr) blob_->Ref();
  }
  // Takes over the caller's reference.
  static BlobRef Adopt(Blob* blob) {
    BlobRef ref;
    ref.blob_ = blob;
    return ref;
  }
  BlobRef(BlobRef&& other) noexcept
      : blob_(std::exchange(other.blob_, nullptr)) {}
  BlobRef& operator=(BlobRef&& other) noexcept {
    std::swap(blob_, other.blob_);
    return *this;
  }
  ~BlobRef() {
    if (blob_ != nullptr) blob_->Unref();
  }

  Blob* get() const { return blob_; }
  absl::string_view view() const {
    return blob_ == nullptr ? absl::string_view() : blob_->view();
  }

 private:
  Blob* blob_ = nullptr;
};

// The bytes of a string value as an operation returns them.
//
// Borrows    bytes: valid until the transaction ends. Where `blob` is set, a
//            BlobRef(blob) taken before then keeps them valid for longer.
struct StringValue {
  absl::string_view bytes = "";  // never null: memcpy takes no null pointer
  Blob* blob = nullptr;  // null: the bytes are inside the entry, and small
};

}  // namespace kv::store

#endif  // FASTKV_STORE_BASE_BLOB_H_
