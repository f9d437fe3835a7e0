#ifndef FASTKV_TCP_GATEWAY_NET_INPUT_BUFFER_H_
#define FASTKV_TCP_GATEWAY_NET_INPUT_BUFFER_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kv::gateway {

// InputBuffer: bytes of a connection that wait for the rest of their request.
// Nothing is owned while it is empty, as it almost always is.
//
// Owns       one malloc'ed block, which grows with the bytes that arrived and
//            never because of a length that was announced.
// Threads    compatible.
class InputBuffer {
 public:
  InputBuffer() = default;
  ~InputBuffer();
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  bool empty() const { return begin_ == end_; }
  size_t size() const { return end_ - begin_; }
  absl::string_view view() const { return {data_ + begin_, size()}; }

  // Replaces the content. `bytes` may be part of the content, but not all of
  // the block: what is small moves to a block of its size.
  void Keep(absl::string_view bytes);
  // Room behind the content for what is still missing of `needed` bytes; at
  // most kLeastRoom or as much again as is there already.
  absl::Span<char> Room(size_t needed);
  // Counts the first `size` bytes of the room as content.
  void Filled(size_t size) { end_ += size; }

 private:
  static constexpr size_t kLeastRoom = 64 << 10;

  char* data_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t capacity_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_NET_INPUT_BUFFER_H_
