#ifndef FASTKV_STORE_DURABLE_LOG_BUFFER_H_
#define FASTKV_STORE_DURABLE_LOG_BUFFER_H_

#include <cassert>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/base/blob.h"

namespace kv::store {

// LogBuffer: records on their way to the log: bytes in one piece of memory, and
// between them large values, which are referenced where they are.
//
// Owns       its memory, which Clear() keeps; a reference to each large value.
// Threads    compatible.
class LogBuffer {
 public:
  LogBuffer() = default;
  LogBuffer(LogBuffer&&) noexcept = default;
  LogBuffer& operator=(LogBuffer&&) noexcept = default;

  size_t size() const { return used_ + blob_bytes_; }
  bool empty() const { return size() == 0; }

  // Room for `size` bytes at the end. What is written there up to the argument
  // of Grow() is added.
  char* Room(size_t size) {
    if (capacity_ - used_ < size) Reserve(size);
    return bytes_.get() + used_;
  }
  void Grow(const char* end) {
    used_ = end - bytes_.get();
    assert(used_ <= capacity_);
  }

  // Adds the bytes of a blob.
  void Add(Blob* blob);
  // Adds what another buffer has, and takes over its references.
  void Add(LogBuffer& other);

  // All of it. REQUIRES: no blob was added. Valid until something is.
  absl::string_view bytes() const {
    assert(references_.empty());
    return {bytes_.get(), used_};
  }

  // The parts in their order. Valid until something is added.
  void AppendPieces(std::vector<absl::string_view>* pieces) const;

  // Empties it. Memory above `kept_bytes` is freed.
  void Clear(size_t kept_bytes);

 private:
  struct Reference {
    size_t at;  // so many of the bytes come before it
    BlobRef blob;
  };

  void Reserve(size_t size);

  std::unique_ptr<char[]> bytes_;
  size_t used_ = 0;
  size_t capacity_ = 0;
  std::vector<Reference> references_;
  size_t blob_bytes_ = 0;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_LOG_BUFFER_H_
