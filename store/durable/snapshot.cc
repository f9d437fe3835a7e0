#include "store/durable/snapshot.h"

#include <cstring>

#include "absl/base/internal/endian.h"
#include "store/base/crc32c.h"
#include "store/durable/file_name.h"

namespace kv::store {
namespace {

namespace endian = ::absl::little_endian;

constexpr absl::string_view kSnapshotMagic = "FKVSNP";
constexpr absl::string_view kBlockMagic = "FKVB";
constexpr absl::string_view kSnapshotSuffix = ".snapshot";

// Where fields stand.
constexpr size_t kVersionAt = 6;
constexpr size_t kSaltAt = 8;
constexpr size_t kBeginAt = 16;
constexpr size_t kEntriesAt = 24;
constexpr size_t kReservedAt = 32;
constexpr size_t kHeaderChecksumAt = 36;

constexpr size_t kBlockChecksumAt = 4;
constexpr size_t kBodyAt = 8;
constexpr size_t kRecordsAt = 12;
constexpr size_t kRawAt = 16;
constexpr size_t kStoredAt = 24;

constexpr size_t kEndAt = 0;
constexpr size_t kSequenceAt = 8;
constexpr size_t kTotalAt = 16;
constexpr size_t kMapAt = 24;

uint32_t BlockChecksum(const char* header, uint64_t salt) {
  char salt_bytes[sizeof(salt)];
  endian::Store64(salt_bytes, salt);
  return Crc32c({header + kBodyAt, BlockHeader::kBytes - kBodyAt},
                Crc32c({salt_bytes, sizeof(salt_bytes)}));
}

}  // namespace

void SnapshotHeader::Encode(char* to) const {
  std::memcpy(to, kSnapshotMagic.data(), kSnapshotMagic.size());
  endian::Store16(to + kVersionAt, kSnapshotVersion);
  endian::Store64(to + kSaltAt, salt);
  endian::Store64(to + kBeginAt, begin);
  endian::Store64(to + kEntriesAt, entries);
  endian::Store32(to + kReservedAt, 0);
  endian::Store32(to + kHeaderChecksumAt, Crc32c({to, kHeaderChecksumAt}));
}

HeaderCheck DecodeSnapshotHeader(absl::string_view bytes,
                                 SnapshotHeader* header, uint16_t* version) {
  if (bytes.size() < SnapshotHeader::kBytes) return HeaderCheck::kDamaged;
  const char* from = bytes.data();
  if (bytes.substr(0, kSnapshotMagic.size()) != kSnapshotMagic ||
      endian::Load32(from + kHeaderChecksumAt) !=
          Crc32c({from, kHeaderChecksumAt})) {
    return HeaderCheck::kDamaged;
  }
  *version = endian::Load16(from + kVersionAt);
  if (*version != kSnapshotVersion) return HeaderCheck::kOtherVersion;
  header->salt = endian::Load64(from + kSaltAt);
  header->begin = endian::Load64(from + kBeginAt);
  header->entries = endian::Load64(from + kEntriesAt);
  return HeaderCheck::kRight;
}

void BlockHeader::Encode(uint64_t salt, char* to) const {
  std::memcpy(to, kBlockMagic.data(), kBlockMagic.size());
  endian::Store32(to + kBodyAt, body_checksum);
  endian::Store32(to + kRecordsAt, records);
  endian::Store64(to + kRawAt, raw);
  endian::Store64(to + kStoredAt, stored);
  endian::Store32(to + kBlockChecksumAt, BlockChecksum(to, salt));
}

absl::optional<BlockHeader> DecodeBlockHeader(absl::string_view bytes,
                                              uint64_t salt) {
  if (bytes.size() < BlockHeader::kBytes) return absl::nullopt;
  const char* from = bytes.data();
  if (bytes.substr(0, kBlockMagic.size()) != kBlockMagic ||
      endian::Load32(from + kBlockChecksumAt) != BlockChecksum(from, salt)) {
    return absl::nullopt;
  }
  BlockHeader header;
  header.body_checksum = endian::Load32(from + kBodyAt);
  header.records = endian::Load32(from + kRecordsAt);
  header.raw = endian::Load64(from + kRawAt);
  header.stored = endian::Load64(from + kStoredAt);
  if (header.raw > BlockHeader::kMaxRawBytes || header.stored > header.raw) {
    return absl::nullopt;
  }
  return header;
}

void SnapshotEnd::Encode(char* to) const {
  endian::Store64(to + kEndAt, end);
  endian::Store64(to + kSequenceAt, sequence);
  endian::Store64(to + kTotalAt, records);
  std::memcpy(to + kMapAt, map.bytes().data(), map.bytes().size());
}

absl::optional<SnapshotEnd> DecodeSnapshotEnd(absl::string_view bytes) {
  if (bytes.size() != SnapshotEnd::kBytes) return absl::nullopt;
  SnapshotEnd end;
  end.end = endian::Load64(bytes.data() + kEndAt);
  end.sequence = endian::Load64(bytes.data() + kSequenceAt);
  end.records = endian::Load64(bytes.data() + kTotalAt);
  if (!end.map.Assign(bytes.substr(kMapAt))) return absl::nullopt;
  return end;
}

std::string SnapshotName(uint64_t begin) {
  return PositionName(begin, kSnapshotSuffix);
}

absl::optional<uint64_t> ParseSnapshotName(absl::string_view name) {
  return ParsePositionName(name, kSnapshotSuffix);
}

}  // namespace kv::store
