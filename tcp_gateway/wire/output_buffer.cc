#include "tcp_gateway/wire/output_buffer.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace kv::gateway {

void OutputBuffer::CloseChunk() {
  if (cursor_ == nullptr) return;
  Segment& open = segments_.back();
  open.end = cursor_ - open.chunk.get();
}

void OutputBuffer::NextChunk(size_t size) {
  CloseChunk();
  const bool small = segments_.empty() && size <= kFirstChunkBytes;
  Segment& next = segments_.emplace_back();
  next.capacity = small ? kFirstChunkBytes : kChunkBytes;
  next.chunk = std::make_unique_for_overwrite<char[]>(next.capacity);
  cursor_ = next.chunk.get();
  limit_ = cursor_ + next.capacity;
}

void OutputBuffer::AppendSlow(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (cursor_ == limit_) NextChunk(std::min(bytes.size(), kChunkBytes));
    const size_t part =
        std::min(bytes.size(), static_cast<size_t>(limit_ - cursor_));
    std::memcpy(cursor_, bytes.data(), part);
    Commit(cursor_ + part);
    bytes.remove_prefix(part);
  }
}

void OutputBuffer::AppendReference(store::Blob* blob, absl::string_view part) {
  CloseChunk();
  Segment& segment = segments_.emplace_back();
  segment.blob = store::BlobRef(blob);
  segment.begin = part.data() - blob->view().data();
  segment.end = segment.begin + part.size();
  // What follows goes into a chunk of its own.
  cursor_ = limit_ = nullptr;
  appended_ += part.size();
}

int OutputBuffer::Gather(iovec* pieces, int max) const {
  int count = 0;
  for (size_t i = first_; i < segments_.size() && count < max; ++i) {
    const Segment& segment = segments_[i];
    absl::string_view bytes = segment.bytes();
    if (cursor_ != nullptr && i + 1 == segments_.size()) {
      bytes = {bytes.data(), static_cast<size_t>(cursor_ - bytes.data())};
    }
    if (bytes.empty()) continue;
    pieces[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

void OutputBuffer::Consume(size_t size) {
  assert(size <= pending());
  consumed_ += size;
  if (empty()) return Restart();
  CloseChunk();
  while (size > 0) {
    Segment& segment = segments_[first_];
    const size_t part = std::min(size, segment.end - segment.begin);
    segment.begin += part;
    size -= part;
    if (segment.begin < segment.end) break;
    segment = Segment();  // frees the chunk or the reference now
    ++first_;
  }
  // A reader that never quite catches up must not make the list grow.
  if (first_ > segments_.size() / 2) {
    segments_.erase(segments_.begin(), segments_.begin() + first_);
    first_ = 0;
  }
}

void OutputBuffer::Restart() {
  // The usual case first: all was in one chunk, which is used again.
  if (segments_.size() > 1 || cursor_ == nullptr) {
    Segment kept;
    for (Segment& segment : segments_) {
      if (segment.chunk) kept = std::move(segment);
    }
    segments_.clear();
    if (segments_.capacity() > 64) segments_.shrink_to_fit();
    if (kept.chunk) segments_.push_back(std::move(kept));
  }
  first_ = 0;
  if (segments_.empty()) {
    cursor_ = limit_ = nullptr;
    return;
  }
  segments_.front().begin = segments_.front().end = 0;
  cursor_ = segments_.front().chunk.get();
  limit_ = cursor_ + segments_.front().capacity;
}

}  // namespace kv::gateway
