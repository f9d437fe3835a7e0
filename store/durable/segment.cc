#include "store/durable/segment.h"

#include <cstring>

#include "absl/base/internal/endian.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "store/base/crc32c.h"
#include "store/durable/file_name.h"

namespace kv::store {
namespace {

namespace endian = ::absl::little_endian;

constexpr absl::string_view kSegmentMagic = "FKVLOG";
constexpr absl::string_view kSegmentSuffix = ".log";

// Where fields stand.
constexpr size_t kVersionAt = 6;
constexpr size_t kSaltAt = 8;
constexpr size_t kSegmentFirstAt = 16;
constexpr size_t kReservedAt = 24;
constexpr size_t kSegmentChecksumAt = 28;

constexpr size_t kGroupChecksumAt = 4;
constexpr size_t kBodyAt = 8;
constexpr size_t kCountAt = 12;
constexpr size_t kLengthAt = 16;
constexpr size_t kFirstAt = 24;
constexpr size_t kSyncedAt = 32;

uint32_t GroupChecksum(const char* header, uint64_t salt) {
  char salt_bytes[sizeof(salt)];
  endian::Store64(salt_bytes, salt);
  return Crc32c({header + kBodyAt, GroupHeader::kBytes - kBodyAt},
                Crc32c({salt_bytes, sizeof(salt_bytes)}));
}

}  // namespace

void SegmentHeader::Encode(char* to) const {
  std::memcpy(to, kSegmentMagic.data(), kSegmentMagic.size());
  endian::Store16(to + kVersionAt, kLogVersion);
  endian::Store64(to + kSaltAt, salt);
  endian::Store64(to + kSegmentFirstAt, first);
  endian::Store32(to + kReservedAt, 0);
  endian::Store32(to + kSegmentChecksumAt, Crc32c({to, kSegmentChecksumAt}));
}

HeaderCheck DecodeSegmentHeader(absl::string_view bytes, SegmentHeader* header,
                                uint16_t* version) {
  if (bytes.size() < SegmentHeader::kBytes) return HeaderCheck::kDamaged;
  const char* from = bytes.data();
  if (bytes.substr(0, kSegmentMagic.size()) != kSegmentMagic ||
      endian::Load32(from + kSegmentChecksumAt) !=
          Crc32c({from, kSegmentChecksumAt})) {
    return HeaderCheck::kDamaged;
  }
  *version = endian::Load16(from + kVersionAt);
  if (*version != kLogVersion) return HeaderCheck::kOtherVersion;
  header->salt = endian::Load64(from + kSaltAt);
  header->first = endian::Load64(from + kSegmentFirstAt);
  return HeaderCheck::kRight;
}

absl::Status OtherVersionError(uint16_t version, uint16_t readable) {
  return absl::UnimplementedError(absl::StrCat(
      "it has version ", version, " of the format; this server reads version ",
      readable, ": start a newer server"));
}

void GroupHeader::Encode(uint64_t salt, char* to) const {
  std::memcpy(to, kMagic.data(), kMagic.size());
  endian::Store32(to + kBodyAt, body_checksum);
  endian::Store32(to + kCountAt, count);
  endian::Store64(to + kLengthAt, length);
  endian::Store64(to + kFirstAt, first);
  endian::Store64(to + kSyncedAt, synced);
  endian::Store32(to + kGroupChecksumAt, GroupChecksum(to, salt));
}

absl::optional<GroupHeader> DecodeGroupHeader(absl::string_view bytes,
                                              uint64_t salt) {
  if (bytes.size() < GroupHeader::kBytes) return absl::nullopt;
  const char* from = bytes.data();
  if (bytes.substr(0, GroupHeader::kMagic.size()) != GroupHeader::kMagic ||
      endian::Load32(from + kGroupChecksumAt) != GroupChecksum(from, salt)) {
    return absl::nullopt;
  }
  GroupHeader header;
  header.body_checksum = endian::Load32(from + kBodyAt);
  header.count = endian::Load32(from + kCountAt);
  header.length = endian::Load64(from + kLengthAt);
  header.first = endian::Load64(from + kFirstAt);
  header.synced = endian::Load64(from + kSyncedAt);
  return header;
}

std::string SegmentName(uint64_t first) {
  return PositionName(first, kSegmentSuffix);
}

absl::optional<uint64_t> ParseSegmentName(absl::string_view name) {
  return ParsePositionName(name, kSegmentSuffix);
}

}  // namespace kv::store
