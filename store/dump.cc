#include "store/dump.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/base/internal/endian.h"
#include "store/base/crc32c.h"
#include "store/base/limits.h"

namespace kv::store {
namespace {

namespace endian = ::absl::little_endian;

enum Kind : char { kString = 0, kSortedSet = 1 };

constexpr absl::string_view kMagic = "FKVD";
constexpr uint16_t kVersion = 1;
constexpr size_t kFooterBytes =
    kMagic.size() + sizeof(uint16_t) + sizeof(uint32_t);
constexpr size_t kMinMemberBytes = sizeof(uint32_t) + sizeof(double);

void Append32(std::string* out, uint32_t value) {
  char bytes[sizeof(value)];
  endian::Store32(bytes, value);
  out->append(bytes, sizeof(bytes));
}

// Appends the footer to a value.
void Finish(std::string* dump) {
  dump->append(kMagic.data(), kMagic.size());
  char version[sizeof(kVersion)];
  endian::Store16(version, kVersion);
  dump->append(version, sizeof(version));
  Append32(dump, Crc32c(*dump));
}

// The bytes of the value, if the footer is right.
absl::optional<absl::string_view> CheckFooter(absl::string_view dump) {
  if (dump.size() < kFooterBytes + 1) return absl::nullopt;
  const size_t checked = dump.size() - sizeof(uint32_t);
  const absl::string_view footer = dump.substr(dump.size() - kFooterBytes);
  if (footer.substr(0, kMagic.size()) != kMagic ||
      endian::Load16(footer.data() + kMagic.size()) != kVersion ||
      endian::Load32(dump.data() + checked) !=
          Crc32c(dump.substr(0, checked))) {
    return absl::nullopt;
  }
  return dump.substr(0, dump.size() - kFooterBytes);
}

size_t DumpBytes(const SortedSet& set) {
  size_t bytes = 1 + sizeof(uint32_t) + kFooterBytes;
  set.Visit(0, set.size(), false, [&bytes](absl::string_view member, double) {
    bytes += kMinMemberBytes + member.size();
  });
  return bytes;
}

std::string EncodeSet(const SortedSet& set, size_t bytes) {
  std::string dump;
  dump.reserve(bytes);
  dump.push_back(kSortedSet);
  Append32(&dump, static_cast<uint32_t>(set.size()));
  set.Visit(0, set.size(), false, [&](absl::string_view member, double score) {
    Append32(&dump, static_cast<uint32_t>(member.size()));
    dump.append(member.data(), member.size());
    char bits[sizeof(score)];
    endian::Store64(bits, std::bit_cast<uint64_t>(score));
    dump.append(bits, sizeof(bits));
  });
  Finish(&dump);
  return dump;
}

// The checksum is right, but who made the dump may have made it to harm.
absl::optional<SortedSet> DecodeSet(absl::string_view bytes) {
  if (bytes.size() < sizeof(uint32_t)) return absl::nullopt;
  const uint32_t count = endian::Load32(bytes.data());
  bytes.remove_prefix(sizeof(uint32_t));
  SortedSet set;
  while (!bytes.empty()) {
    if (bytes.size() < kMinMemberBytes) return absl::nullopt;
    const uint32_t length = endian::Load32(bytes.data());
    bytes.remove_prefix(sizeof(uint32_t));
    if (bytes.size() - sizeof(double) < length) return absl::nullopt;
    const absl::string_view member = bytes.substr(0, length);
    const double score =
        std::bit_cast<double>(endian::Load64(bytes.data() + length));
    bytes.remove_prefix(length + sizeof(double));
    if (std::isnan(score)) return absl::nullopt;
    if (set.Upsert(member, score) != Upserted::kAdded) return absl::nullopt;
  }
  if (count == 0 || set.size() != count) return absl::nullopt;
  return set;
}

}  // namespace

absl::optional<std::string> EncodeDump(const Entry& entry) {
  if (entry.type() == ValueType::kSortedSet) {
    const size_t bytes = DumpBytes(entry.sorted_set());
    if (bytes > kMaxValueBytes) return absl::nullopt;
    return EncodeSet(entry.sorted_set(), bytes);
  }
  const absl::string_view value = entry.string().bytes;
  if (value.size() + 1 + kFooterBytes > kMaxValueBytes) return absl::nullopt;
  std::string dump;
  dump.reserve(value.size() + 1 + kFooterBytes);
  dump.push_back(kString);
  dump.append(value.data(), value.size());
  Finish(&dump);
  return dump;
}

absl::optional<DumpedValue> DecodeDump(absl::string_view dump) {
  const absl::optional<absl::string_view> value = CheckFooter(dump);
  if (!value.has_value()) return absl::nullopt;
  const absl::string_view content = value->substr(1);
  switch ((*value)[0]) {
    case kString:
      return DumpedValue(content);
    case kSortedSet:
      if (absl::optional<SortedSet> set = DecodeSet(content)) {
        return DumpedValue(*std::move(set));
      }
      return absl::nullopt;
  }
  return absl::nullopt;
}

}  // namespace kv::store
