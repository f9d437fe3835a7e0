#include "clients/cli/rdb/encoding.h"

#include <cstring>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/rdb/bytes.h"
#include "clients/cli/rdb/lzf.h"

namespace kv::rdb {
namespace {

constexpr int kLength32 = 0x80;
constexpr int kLength64 = 0x81;

enum StringForm : uint64_t {
  kInteger8 = 0,
  kInteger16 = 1,
  kInteger32 = 2,
  kCompressed = 3,
};

struct Length {
  // Whether it is a string's form that is no length.
  bool is_form = false;
  uint64_t value = 0;
};

Length ReadLengthOrForm(Input& input) {
  const uint64_t start = input.offset();
  const uint8_t first = input.Byte();
  const uint64_t low = first & 0x3f;
  if (first < 0x40) return {.value = low};
  if (first < 0x80) return {.value = low << 8 | input.Byte()};
  if (first >= 0xc0) return {.is_form = true, .value = low};
  if (first == kLength32) return {.value = input.BigEndianNumber(4)};
  if (first == kLength64) return {.value = input.BigEndianNumber(8)};
  input.FailAt(start, absl::StrCat("a length begins with ", first));
  return {};
}

// The bytes of an integer form; 0 for others.
int IntegerBytes(uint64_t form) {
  switch (form) {
    case kInteger8:
      return 1;
    case kInteger16:
      return 2;
    case kInteger32:
      return 4;
    default:
      return 0;
  }
}

void FailForm(Input& input, uint64_t start, uint64_t form) {
  input.FailAt(start, absl::StrCat("a string of unknown form ", form));
}

void ReadCompressed(Input& input, uint64_t start, std::string* out) {
  const uint64_t compressed_size = ReadLength(input);
  const uint64_t size = ReadLength(input);
  if (size > kMaxStringBytes) {
    input.FailAt(start, absl::StrCat("a compressed string of ", size,
                                     " bytes, more than 512 MiB"));
  }
  std::string scratch;
  const absl::string_view compressed = input.Bytes(compressed_size, &scratch);
  if (!input.ok()) return;
  if (!LzfDecompress(compressed, size, out)) {
    input.FailAt(start, "a compressed string is damaged");
  }
}

}  // namespace

uint64_t ReadLength(Input& input) {
  const uint64_t start = input.offset();
  const Length length = ReadLengthOrForm(input);
  if (!length.is_form) return length.value;
  input.FailAt(start, "a string stands where a length should");
  return 0;
}

void ReadString(Input& input, std::string* out) {
  const uint64_t start = input.offset();
  const Length length = ReadLengthOrForm(input);
  if (!length.is_form) {
    const absl::string_view bytes = input.Bytes(length.value, out);
    if (bytes.data() != out->data()) out->assign(bytes.data(), bytes.size());
    return;
  }
  out->clear();
  if (length.value == kCompressed) return ReadCompressed(input, start, out);
  const int size = IntegerBytes(length.value);
  if (size == 0) return FailForm(input, start, length.value);
  absl::StrAppend(out, SignExtended(input.LittleEndianNumber(size), size * 8));
}

void SkipString(Input& input) {
  const uint64_t start = input.offset();
  const Length length = ReadLengthOrForm(input);
  if (!length.is_form) return input.Skip(length.value);
  if (length.value == kCompressed) {
    const uint64_t compressed_size = ReadLength(input);
    ReadLength(input);
    return input.Skip(compressed_size);
  }
  const int size = IntegerBytes(length.value);
  if (size == 0) return FailForm(input, start, length.value);
  input.Skip(size);
}

double ReadTextScore(Input& input) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const uint8_t size = input.Byte();
  switch (size) {
    case 0xff:
      return -kInfinity;
    case 0xfe:
      return kInfinity;
    case 0xfd:
      return std::numeric_limits<double>::quiet_NaN();
    default: {
      std::string scratch;
      return ParseScore(input.Bytes(size, &scratch));
    }
  }
}

double ReadBinaryScore(Input& input) {
  const uint64_t bits = input.LittleEndianNumber(8);
  double score;
  std::memcpy(&score, &bits, sizeof(score));
  return score;
}

double ParseScore(absl::string_view text) {
  double score;
  if (absl::SimpleAtod(text, &score)) return score;
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace kv::rdb
