#ifndef FASTKV_STORE_DURABLE_SEGMENT_H_
#define FASTKV_STORE_DURABLE_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace kv::store {

// The frames of the log: headers of segments and of groups, and how segments
// are named.
//
// Format     store/durable/FORMAT.md sections 1.1 and 1.2.

inline constexpr uint16_t kLogVersion = 1;

struct SegmentHeader {
  static constexpr size_t kBytes = 32;

  uint64_t salt = 0;
  uint64_t first = 0;  // the position of the first record

  void Encode(char* to) const;
};

// What the first bytes of a segment are.
enum class HeaderCheck { kRight, kDamaged, kOtherVersion };
HeaderCheck DecodeSegmentHeader(absl::string_view bytes, SegmentHeader* header,
                                uint16_t* version);
// What is wrong with a file of `version` for who reads `readable`.
absl::Status OtherVersionError(uint16_t version, uint16_t readable);

struct GroupHeader {
  static constexpr size_t kBytes = 40;
  static constexpr absl::string_view kMagic = "FKVG";

  uint32_t body_checksum = 0;
  uint32_t count = 0;
  uint64_t length = 0;
  uint64_t first = 0;
  uint64_t synced = 0;

  void Encode(uint64_t salt, char* to) const;
};

// Nullopt if the bytes do not begin with a group header of this segment.
absl::optional<GroupHeader> DecodeGroupHeader(absl::string_view bytes,
                                              uint64_t salt);

// "00000000000000000001.log": names sort as positions do.
std::string SegmentName(uint64_t first);
// The position; nullopt if that is no segment's name.
absl::optional<uint64_t> ParseSegmentName(absl::string_view name);

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SEGMENT_H_
