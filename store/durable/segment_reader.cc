#include "store/durable/segment_reader.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/types/optional.h"
#include "store/base/crc32c.h"

namespace kv::store {
namespace {

// Read at once, so that small groups do not cost a system call each.
constexpr size_t kWindowBytes = 1 << 20;

}  // namespace

absl::StatusOr<std::unique_ptr<SegmentReader>> SegmentReader::Open(
    FileSystem& files, const std::string& path) {
  auto file = files.Open(path);
  if (!file.ok()) return file.status();
  auto reader = absl::WrapUnique(new SegmentReader(*std::move(file)));
  const auto bytes = reader->Bytes(0, SegmentHeader::kBytes);
  if (!bytes.ok()) return bytes.status();
  uint16_t version = 0;
  switch (DecodeSegmentHeader(*bytes, &reader->header_, &version)) {
    case HeaderCheck::kRight:
      return reader;
    case HeaderCheck::kOtherVersion:
      return OtherVersionError(version, kLogVersion);
    case HeaderCheck::kDamaged:
      break;
  }
  return absl::DataLossError("its header is damaged");
}

absl::StatusOr<SegmentReader::Result> SegmentReader::Next(uint64_t first) {
  if (offset_ == size()) return Result::kEnd;
  const auto head = Bytes(offset_, GroupHeader::kBytes);
  if (!head.ok()) return head.status();
  const auto header = DecodeGroupHeader(*head, header_.salt);
  if (!header.has_value() || header->first != first ||
      header->length > size() - offset_ - GroupHeader::kBytes) {
    const auto room = OnlyZerosFollow();
    if (!room.ok()) return room.status();
    return *room ? Result::kRoom : Result::kInvalid;
  }
  const auto body = Bytes(offset_ + GroupHeader::kBytes, header->length);
  if (!body.ok()) return body.status();
  if (Crc32c(*body) != header->body_checksum) return Result::kInvalid;
  group_ = *header;
  records_ = *body;
  offset_ += GroupHeader::kBytes + header->length;
  return Result::kGroup;
}

absl::StatusOr<bool> SegmentReader::OnlyZerosFollow() {
  for (uint64_t at = offset_; at < size(); at += kWindowBytes) {
    const auto bytes = Bytes(at, kWindowBytes);
    if (!bytes.ok()) return bytes.status();
    if (bytes->find_first_not_of('\0') != absl::string_view::npos) return false;
  }
  return true;
}

absl::StatusOr<bool> SegmentReader::WasDurable() {
  // Headers may stand anywhere: lengths cannot be trusted here.
  constexpr size_t kStep = kWindowBytes / 2;
  for (uint64_t at = offset_; at < size(); at += kStep) {
    const auto bytes = Bytes(at, kStep + GroupHeader::kBytes - 1);
    if (!bytes.ok()) return bytes.status();
    size_t found = bytes->find(GroupHeader::kMagic);
    for (; found != absl::string_view::npos;
         found = bytes->find(GroupHeader::kMagic, found + 1)) {
      const auto header = DecodeGroupHeader(bytes->substr(found), header_.salt);
      if (header.has_value() && header->synced > offset_) return true;
    }
  }
  return false;
}

absl::StatusOr<absl::string_view> SegmentReader::Bytes(uint64_t offset,
                                                       size_t size) {
  size =
      std::min<uint64_t>(size, file_->size() - std::min(offset, file_->size()));
  const uint64_t window_end = window_begin_ + window_.size();
  if (offset < window_begin_ || offset + size > window_end) {
    window_.resize(std::min<uint64_t>(std::max(size, kWindowBytes),
                                      file_->size() - offset));
    window_begin_ = offset;
    const auto got = file_->Read(offset, window_.size(), window_.data());
    if (!got.ok()) return got.status();
    // A file that became shorter meanwhile is nobody's doing but another's.
    window_.resize(*got);
    size = std::min(size, *got);
  }
  return absl::string_view(window_.data() + (offset - window_begin_), size);
}

}  // namespace kv::store
