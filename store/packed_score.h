#ifndef FASTKV_STORE_PACKED_SCORE_H_
#define FASTKV_STORE_PACKED_SCORE_H_

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kv::store {

// A score in as few bytes as hold it exactly. Most scores are small integers;
// they are zigzag numbers (0, -1, 1, -2, ...), big-endian, behind a first byte
// that says how long they are:
//
//   0xxxxxxx              7 bits        -64 ..       63
//   10xxxxxx + 1 byte    14 bits      -8192 ..     8191
//   110xxxxx + 2 bytes   21 bits   -1048576 ..  1048575
//   1110xxxx + 3 bytes   28 bits      -2^27 ..   2^27-1
//   0xF0     + 4 bytes   a float, in the machine's byte order
//   0xF1     + 8 bytes   a double
//
// Every double keeps its bits; so -0.0 is a float, not the integer 0.
inline constexpr size_t kMaxPackedScoreBytes = 9;

// The length of the packed score that begins with `first`.
inline size_t PackedScoreBytes(char first) {
  const uint8_t byte = static_cast<uint8_t>(first);
  const int ones = std::countl_one(byte);
  if (ones < 4) return ones + 1;
  return byte == 0xF0 ? 5 : 9;
}

// Writes `score` to `out` (kMaxPackedScoreBytes) and returns its length.
inline size_t PackScore(double score, char* out) {
  constexpr double kLimit = 1 << 27;
  if (score >= -kLimit && score < kLimit) {
    const int32_t whole = static_cast<int32_t>(score);
    if (whole == score && !(whole == 0 && std::signbit(score))) {
      const uint32_t zigzag = (static_cast<uint32_t>(whole) << 1) ^
                              static_cast<uint32_t>(whole >> 31);
      const size_t bytes = zigzag < (1u << 7)    ? 1
                           : zigzag < (1u << 14) ? 2
                           : zigzag < (1u << 21) ? 3
                                                 : 4;
      for (size_t i = 0; i < bytes; ++i) {
        out[i] = static_cast<char>(zigzag >> (8 * (bytes - 1 - i)));
      }
      out[0] |= static_cast<char>(0xFF00 >> (bytes - 1));
      return bytes;
    }
  }
  const float narrow = static_cast<float>(score);
  if (narrow == score) {
    out[0] = static_cast<char>(0xF0);
    std::memcpy(out + 1, &narrow, sizeof(narrow));
    return 5;
  }
  out[0] = static_cast<char>(0xF1);
  std::memcpy(out + 1, &score, sizeof(score));
  return 9;
}

inline double UnpackScore(const char* in) {
  const size_t bytes = PackedScoreBytes(*in);
  if (bytes == 9) {
    double score;
    std::memcpy(&score, in + 1, sizeof(score));
    return score;
  }
  if (bytes == 5) {
    float score;
    std::memcpy(&score, in + 1, sizeof(score));
    return score;
  }
  uint32_t zigzag = static_cast<uint8_t>(*in) & (0xFF >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    zigzag = zigzag << 8 | static_cast<uint8_t>(in[i]);
  }
  return static_cast<int32_t>((zigzag >> 1) ^ -(zigzag & 1));
}

}  // namespace kv::store

#endif  // FASTKV_STORE_PACKED_SCORE_H_
