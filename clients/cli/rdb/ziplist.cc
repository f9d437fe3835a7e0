#include "clients/cli/rdb/ziplist.h"

#include "clients/cli/rdb/bytes.h"

namespace kv::rdb {
namespace {

constexpr size_t kHeaderBytes = 10;
constexpr size_t kUnknownCount = 0xffff;
constexpr uint8_t kEnd = 0xff;
constexpr uint8_t kLongPrevious = 0xfe;

size_t IntegerBytes(uint8_t encoding) {
  switch (encoding) {
    case 0xfe:
      return 1;
    case 0xc0:
      return 2;
    case 0xf0:
      return 3;
    case 0xd0:
      return 4;
    case 0xe0:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

Ziplist::Ziplist(absl::string_view bytes) {
  if (bytes.size() <= kHeaderBytes) return;
  if (LittleEndian(bytes.substr(0, 4)) != bytes.size()) return;
  tail_ = LittleEndian(bytes.substr(4, 4));
  announced_ = LittleEndian(bytes.substr(8, 2));
  rest_ = bytes.substr(kHeaderBytes);
  offset_ = kHeaderBytes;
}

bool Ziplist::AtEnd() const {
  return rest_.size() <= 1 || ByteAt(rest_, 0) == kEnd;
}

PackedStep Ziplist::Broken() {
  rest_ = {};
  return PackedStep::kBroken;
}

PackedStep Ziplist::Next(PackedElement* element) {
  if (rest_.empty()) return PackedStep::kBroken;
  const uint8_t first = ByteAt(rest_, 0);
  if (first == kEnd) {
    // Without elements the last one is where the first would be.
    const bool whole = rest_.size() == 1 &&
                       tail_ == offset_ - previous_bytes_ &&
                       (announced_ == kUnknownCount || announced_ == seen_);
    return whole ? PackedStep::kEnd : PackedStep::kBroken;
  }
  const size_t header = first == kLongPrevious ? 5 : 1;
  // Something is behind it, if only the end.
  if (rest_.size() <= header) return Broken();
  const uint64_t previous =
      header == 1 ? first : LittleEndian(rest_.substr(1, 4));
  if (previous != previous_bytes_) return Broken();
  const size_t length = Decode(rest_.substr(header), element);
  if (length == 0 || rest_.size() <= header + length) return Broken();
  previous_bytes_ = header + length;
  offset_ += previous_bytes_;
  rest_.remove_prefix(previous_bytes_);
  ++seen_;
  return PackedStep::kElement;
}

size_t Ziplist::Decode(absl::string_view bytes, PackedElement* element) {
  const uint8_t first = ByteAt(bytes, 0);
  const auto integer = [&](size_t length, int64_t value) {
    *element = {.is_integer = true, .integer = value};
    return length;
  };
  // REQUIRES: the bytes hold the header
  const auto string = [&](size_t header, uint64_t size) -> size_t {
    if (bytes.size() - header < size) return 0;
    *element = {.string = bytes.substr(header, size)};
    return header + size;
  };
  if (first < 0x40) return string(1, first);
  if (first < 0x80) {
    if (bytes.size() < 2) return 0;
    return string(2, (first & 0x3f) << 8 | ByteAt(bytes, 1));
  }
  if (first < 0xc0) {
    // The low 6 bits of the first byte are not used.
    if (bytes.size() < 5) return 0;
    return string(5, BigEndian(bytes.substr(1, 4)));
  }
  if (first >= 0xf1 && first <= 0xfd) return integer(1, first - 0xf1);
  const size_t size = IntegerBytes(first);
  if (size == 0 || bytes.size() < 1 + size) return 0;
  return integer(1 + size, SignedLittleEndian(bytes.substr(1, size)));
}

}  // namespace kv::rdb
