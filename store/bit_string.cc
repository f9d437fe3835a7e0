#include "store/bit_string.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "absl/numeric/bits.h"

namespace kv::store::bits {
namespace {

constexpr size_t kWord = sizeof(uint64_t);
constexpr size_t kStride = 4 * kWord;

uint64_t LoadWord(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, kWord);
  return word;
}

void StoreWord(char* bytes, uint64_t word) { std::memcpy(bytes, &word, kWord); }

// The word whose highest byte comes first.
uint64_t LoadBigEndian(const char* bytes) {
  return __builtin_bswap64(LoadWord(bytes));
}

// The last `size` bytes of a string, fewer than a word, and zeros.
uint64_t LoadTail(const char* bytes, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

// The number of ones in a word, for processors without an instruction for it.
inline uint64_t PopCountByArithmetic(uint64_t word) {
  // Sums of neighbouring bits, pairs and nibbles, each in its own lane.
  word -= word >> 1 & 0x5555555555555555;
  word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
  return word * 0x0101010101010101 >> 56;
}

// Inlined always, so that it is compiled for the processor that its caller is
// compiled for.
template <bool kHasInstruction>
[[gnu::always_inline]] inline uint64_t SumOfWords(const char* bytes,
                                                  size_t size) {
  const auto ones = [](uint64_t word) __attribute__((always_inline)) {
    return kHasInstruction ? static_cast<uint64_t>(__builtin_popcountll(word))
                           : PopCountByArithmetic(word);
  };
  // Four sums, so that the additions do not wait for one another.
  uint64_t sums[4] = {};
  for (; size >= kStride; bytes += kStride, size -= kStride) {
    for (int i = 0; i < 4; ++i) sums[i] += ones(LoadWord(bytes + i * kWord));
  }
  for (; size >= kWord; bytes += kWord, size -= kWord) {
    sums[0] += ones(LoadWord(bytes));
  }
  if (size > 0) sums[0] += ones(LoadTail(bytes, size));
  return sums[0] + sums[1] + sums[2] + sums[3];
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) uint64_t CountWithInstruction(
    const char* bytes, size_t size) {
  return SumOfWords<true>(bytes, size);
}
#endif

// out[i] = combine(out[i], source[i])
template <typename Function>
void Apply(const char* source, size_t size, char* out, Function combine) {
  for (; size >= kStride; source += kStride, out += kStride, size -= kStride) {
    for (size_t i = 0; i < kStride; i += kWord) {
      StoreWord(out + i, combine(LoadWord(out + i), LoadWord(source + i)));
    }
  }
  for (; size > 0; ++source, ++out, --size) {
    *out = static_cast<char>(combine(*out, *source));
  }
}

// The part of `source` that falls into [begin, begin + size).
absl::string_view PartOf(absl::string_view source, size_t begin, size_t size) {
  return begin < source.size() ? source.substr(begin, size)
                               : absl::string_view();
}

void CombineChunk(Operation operation,
                  absl::Span<const absl::string_view> sources, size_t begin,
                  size_t size, char* out) {
  const absl::string_view first = PartOf(sources[0], begin, size);
  if (!first.empty()) std::memcpy(out, first.data(), first.size());
  std::memset(out + first.size(), 0, size - first.size());
  if (operation == Operation::kNot) {
    return Apply(out, size, out, [](uint64_t word, uint64_t) { return ~word; });
  }
  for (const absl::string_view source : sources.subspan(1)) {
    const absl::string_view part = PartOf(source, begin, size);
    switch (operation) {
      case Operation::kAnd:
        Apply(part.data(), part.size(), out,
              [](uint64_t a, uint64_t b) { return a & b; });
        std::memset(out + part.size(), 0, size - part.size());
        break;
      case Operation::kOr:
        Apply(part.data(), part.size(), out,
              [](uint64_t a, uint64_t b) { return a | b; });
        break;
      case Operation::kXor:
        Apply(part.data(), part.size(), out,
              [](uint64_t a, uint64_t b) { return a ^ b; });
        break;
      case Operation::kNot:
        break;
    }
  }
}

}  // namespace

uint64_t Count(absl::string_view bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("popcnt")) {
    return CountWithInstruction(bytes.data(), bytes.size());
  }
#endif
  return SumOfWords<false>(bytes.data(), bytes.size());
}

uint64_t Count(absl::string_view bytes, Extent range) {
  if (range.empty()) return 0;
  assert(range.end <= bytes.size() * 8);
  const size_t begin = range.begin / 8, end = (range.end + 7) / 8;
  uint64_t count = Count(bytes.substr(begin, end - begin));
  // Minus the bits of the outer bytes that are not in the range.
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  if (const int before = range.begin % 8; before != 0) {
    count -= absl::popcount(static_cast<uint8_t>(byte(begin) >> (8 - before)));
  }
  if (const int within = range.end % 8; within != 0) {
    count -= absl::popcount(static_cast<uint8_t>(byte(end - 1) << within));
  }
  return count;
}

absl::optional<uint64_t> Find(absl::string_view bytes, bool bit, Extent range) {
  if (range.empty()) return absl::nullopt;
  assert(range.end <= bytes.size() * 8);
  // What is looked for is a one after the bytes were inverted, or not.
  const uint64_t inverted = bit ? 0 : ~uint64_t{0};
  const size_t end = (range.end + 7) / 8;
  size_t at = range.begin / 8;
  const auto byte = [&] {
    return static_cast<uint8_t>(bytes[at] ^ static_cast<char>(inverted));
  };
  const auto found = [&](int leading_zeros) -> absl::optional<uint64_t> {
    const uint64_t position = at * 8 + leading_zeros;
    if (position >= range.end) return absl::nullopt;
    return position;
  };
  if (const uint8_t head = byte() & 0xFF >> range.begin % 8; head != 0) {
    return found(absl::countl_zero(head));
  }
  ++at;
  for (; end - at >= kStride; at += kStride) {
    uint64_t any = 0;
    for (size_t i = 0; i < kStride; i += kWord) {
      any |= LoadWord(bytes.data() + at + i) ^ inverted;
    }
    if (any != 0) break;
  }
  for (; end - at >= kWord; at += kWord) {
    const uint64_t word = LoadBigEndian(bytes.data() + at) ^ inverted;
    if (word != 0) return found(absl::countl_zero(word));
  }
  for (; at < end; ++at) {
    if (byte() != 0) return found(absl::countl_zero(byte()));
  }
  return absl::nullopt;
}

void Combine(Operation operation, absl::Span<const absl::string_view> sources,
             size_t size, char* out) {
  // In chunks that stay in the first-level cache while the sources pass.
  constexpr size_t kChunkBytes = 8 << 10;
  for (size_t begin = 0; begin < size; begin += kChunkBytes) {
    CombineChunk(operation, sources, begin, std::min(kChunkBytes, size - begin),
                 out + begin);
  }
}

uint64_t ReadField(absl::string_view bytes, uint64_t offset, int width) {
  assert(width >= 1 && width <= 64);
  const uint64_t first = offset / 8;
  // A field touches nine bytes at most; those behind the end are zero.
  char window[kWord + 1] = {};
  if (first < bytes.size()) {
    const size_t size = std::min(sizeof(window), bytes.size() - first);
    std::memcpy(window, bytes.data() + first, size);
  }
  const int skip = offset % 8;
  uint64_t word = LoadBigEndian(window) << skip;
  word |= static_cast<uint8_t>(window[kWord]) >> (8 - skip);
  return word >> (64 - width);
}

void WriteField(char* bytes, uint64_t offset, int width, uint64_t value) {
  assert(width >= 1 && width <= 64);
  // Byte by byte, from the last: at most nine, and none beyond the field.
  for (uint64_t end = offset + width; end > offset;) {
    const int unused = (8 - end % 8) % 8;  // bits behind the field
    const uint64_t byte_begin = (end - 1) / 8 * 8;
    const int taken = static_cast<int>(end - std::max(byte_begin, offset));
    const uint8_t mask = ((1u << taken) - 1) << unused;
    char& byte = bytes[byte_begin / 8];
    byte = static_cast<char>((byte & ~mask) | (value << unused & mask));
    value = taken < 64 ? value >> taken : 0;
    end -= taken;
  }
}

}  // namespace kv::store::bits
