#include "clients/cli/rdb/listpack.h"

#include "clients/cli/rdb/bytes.h"

namespace kv::rdb {
namespace {

constexpr size_t kHeaderBytes = 6;
constexpr size_t kUnknownCount = 0xffff;
constexpr uint8_t kEnd = 0xff;

// How many bytes tell the length of an element. The limits are those of Redis'
// lpEncodeBacklen, one less than would fit but for the first.
size_t BackLengthBytes(size_t length) {
  if (length <= 127) return 1;
  if (length < 16383) return 2;
  if (length < 2097151) return 3;
  if (length < 268435455) return 4;
  return 5;
}

// Whether the bytes tell this length.
bool IsBackLength(absl::string_view bytes, size_t length) {
  size_t told = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const bool first = (ByteAt(bytes, i) & 0x80) == 0;
    if (first != (i == 0)) return false;
    told = told << 7 | (ByteAt(bytes, i) & 0x7f);
  }
  return told == length;
}

size_t IntegerBytes(uint8_t encoding) {
  switch (encoding) {
    case 0xf1:
      return 2;
    case 0xf2:
      return 3;
    case 0xf3:
      return 4;
    case 0xf4:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

Listpack::Listpack(absl::string_view bytes) {
  if (bytes.size() <= kHeaderBytes) return;
  if (LittleEndian(bytes.substr(0, 4)) != bytes.size()) return;
  announced_ = LittleEndian(bytes.substr(4, 2));
  rest_ = bytes.substr(kHeaderBytes);
}

bool Listpack::AtEnd() const {
  return rest_.size() <= 1 || ByteAt(rest_, 0) == kEnd;
}

PackedStep Listpack::Next(PackedElement* element) {
  if (rest_.empty()) return PackedStep::kBroken;
  if (ByteAt(rest_, 0) == kEnd) {
    const bool whole = rest_.size() == 1 &&
                       (announced_ == kUnknownCount || announced_ == seen_);
    return whole ? PackedStep::kEnd : PackedStep::kBroken;
  }
  const size_t length = Decode(rest_, element);
  const size_t back = BackLengthBytes(length);
  // Something is behind it, if only the end.
  if (length == 0 || rest_.size() - length <= back ||
      !IsBackLength(rest_.substr(length, back), length)) {
    rest_ = {};
    return PackedStep::kBroken;
  }
  rest_.remove_prefix(length + back);
  ++seen_;
  return PackedStep::kElement;
}

size_t Listpack::Decode(absl::string_view bytes, PackedElement* element) {
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
  if (first < 0x80) return integer(1, first);
  if (first < 0xc0) return string(1, first & 0x3f);
  if (first < 0xe0) {
    if (bytes.size() < 2) return 0;
    const uint64_t bits = (first & 0x1f) << 8 | ByteAt(bytes, 1);
    return integer(2, SignExtended(bits, 13));
  }
  if (first < 0xf0) {
    if (bytes.size() < 2) return 0;
    return string(2, (first & 0x0f) << 8 | ByteAt(bytes, 1));
  }
  if (first == 0xf0) {
    if (bytes.size() < 5) return 0;
    return string(5, LittleEndian(bytes.substr(1, 4)));
  }
  const size_t size = IntegerBytes(first);
  if (size == 0 || bytes.size() < 1 + size) return 0;
  return integer(1 + size, SignedLittleEndian(bytes.substr(1, size)));
}

}  // namespace kv::rdb
