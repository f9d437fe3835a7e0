#include "store/durable/log_buffer.h"

#include <algorithm>
#include <cstring>

namespace kv::store {
namespace {

constexpr size_t kMinCapacity = 4096;

}  // namespace

void LogBuffer::Add(Blob* blob) {
  references_.push_back({used_, BlobRef(blob)});
  blob_bytes_ += blob->size();
}

void LogBuffer::Add(LogBuffer& other) {
  char* to = Room(other.used_);
  std::memcpy(to, other.bytes_.get(), other.used_);
  for (Reference& reference : other.references_) {
    references_.push_back({used_ + reference.at, std::move(reference.blob)});
  }
  blob_bytes_ += other.blob_bytes_;
  Grow(to + other.used_);
  other.Clear(0);
}

void LogBuffer::AppendPieces(std::vector<absl::string_view>* pieces) const {
  size_t begin = 0;
  for (const Reference& reference : references_) {
    pieces->emplace_back(bytes_.get() + begin, reference.at - begin);
    pieces->push_back(reference.blob.view());
    begin = reference.at;
  }
  if (begin < used_) pieces->emplace_back(bytes_.get() + begin, used_ - begin);
}

void LogBuffer::Clear(size_t kept_bytes) {
  used_ = 0;
  blob_bytes_ = 0;
  references_.clear();
  if (capacity_ <= kept_bytes) return;
  bytes_.reset();
  capacity_ = 0;
}

void LogBuffer::Reserve(size_t size) {
  const size_t capacity = std::max({kMinCapacity, 2 * capacity_, used_ + size});
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  if (used_ > 0) std::memcpy(bytes.get(), bytes_.get(), used_);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
}

}  // namespace kv::store
