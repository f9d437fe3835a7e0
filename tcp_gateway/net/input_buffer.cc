#include "tcp_gateway/net/input_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>

namespace kv::gateway {

namespace {
// Less than this is worth a copy into a block that fits.
constexpr size_t kSmallBytes = 16 << 10;
}  // namespace

InputBuffer::~InputBuffer() { std::free(data_); }

void InputBuffer::Keep(absl::string_view bytes) {
  const bool inside = !std::less<>()(bytes.data(), data_) &&
                      std::less<>()(bytes.data(), data_ + end_);
  if (inside && (bytes.size() == size() || bytes.size() > kSmallBytes)) {
    begin_ = bytes.data() - data_;
    end_ = begin_ + bytes.size();
    return;
  }
  char* fresh = nullptr;
  if (!bytes.empty()) {
    fresh = static_cast<char*>(std::malloc(bytes.size()));
    if (fresh == nullptr) throw std::bad_alloc();
    std::memcpy(fresh, bytes.data(), bytes.size());
  }
  std::free(data_);
  data_ = fresh;
  begin_ = 0;
  end_ = capacity_ = bytes.size();
}

absl::Span<char> InputBuffer::Room(size_t needed) {
  if (begin_ > 0) {
    std::memmove(data_, data_ + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }
  const size_t missing = needed > end_ ? needed - end_ : 0;
  // A known size is approached by doubling and then met exactly; where only the
  // next few bytes are known to come, growth in proportion keeps work linear.
  const size_t growth =
      missing > kLeastRoom ? std::min(missing, end_) : end_ / 2;
  const size_t room = std::max(kLeastRoom, growth);
  if (capacity_ - end_ < std::min(room, std::max<size_t>(missing, 1))) {
    // realloc moves pages, not bytes, once blocks are large.
    void* grown = std::realloc(data_, end_ + room);
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(grown);
    capacity_ = end_ + room;
  }
  return {data_ + end_, capacity_ - end_};
}

}  // namespace kv::gateway
