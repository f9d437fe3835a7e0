#include "store/durable/snapshot_reader.h"

#include <lz4.h>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "store/base/crc32c.h"

namespace kv::store {
namespace {

absl::Status Damaged(uint64_t offset, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat("damaged at offset ", offset, ": ", what));
}

// LZ4 packs a byte into no less than a 255th of one, so that what announces
// more need not be given the memory.
bool MayUnpackTo(uint64_t stored, uint64_t raw) {
  return raw <= 255 * stored + 64;
}

}  // namespace

char* SnapshotReader::Block::Buffer::Room(size_t size) {
  if (capacity < size) {
    bytes = std::make_unique_for_overwrite<char[]>(size);
    capacity = size;
  }
  return bytes.get();
}

absl::StatusOr<std::unique_ptr<SnapshotReader>> SnapshotReader::Open(
    FileSystem& files, const std::string& path) {
  auto file = files.Open(path);
  if (!file.ok()) return file.status();
  auto reader = absl::WrapUnique(new SnapshotReader(*std::move(file)));
  char bytes[SnapshotHeader::kBytes];
  absl::Status status = reader->ReadAll(0, sizeof(bytes), bytes);
  if (!status.ok()) return status;
  uint16_t version = 0;
  switch (DecodeSnapshotHeader({bytes, sizeof(bytes)}, &reader->header_,
                               &version)) {
    case HeaderCheck::kRight:
      return reader;
    case HeaderCheck::kOtherVersion:
      return OtherVersionError(version, kSnapshotVersion);
    case HeaderCheck::kDamaged:
      break;
  }
  return Damaged(0, "its header is wrong");
}

absl::StatusOr<bool> SnapshotReader::Next(Block* block) {
  MutexLock lock(mutex_);
  if (ended_) return false;
  char bytes[BlockHeader::kBytes];
  absl::Status status = ReadAll(offset_, sizeof(bytes), bytes);
  if (!status.ok()) return status;
  const auto header = DecodeBlockHeader({bytes, sizeof(bytes)}, header_.salt);
  if (!header.has_value()) return Damaged(offset_, "no block begins there");
  if (header->is_end()) {
    if (status = ReadEnd(*header); !status.ok()) return status;
    return false;
  }
  const uint64_t body = offset_ + sizeof(bytes);
  if (header->stored > size() - body) {
    return Damaged(offset_, "the file ends within the block");
  }
  block->header_ = *header;
  block->offset_ = offset_;
  status = ReadAll(body, header->stored, block->stored_.Room(header->stored));
  if (!status.ok()) return status;
  offset_ = body + header->stored;
  records_ += header->records;
  return true;
}

absl::StatusOr<absl::string_view> SnapshotReader::Unpack(Block& block) {
  const BlockHeader& header = block.header_;
  const absl::string_view stored(block.stored_.bytes.get(), header.stored);
  if (Crc32c(stored) != header.body_checksum) {
    return Damaged(block.offset_, "the block's checksum is wrong");
  }
  if (!header.is_packed()) return stored;
  if (!MayUnpackTo(header.stored, header.raw)) {
    return Damaged(block.offset_, "the block's length is impossible");
  }
  char* raw = block.raw_.Room(header.raw);
  const int unpacked =
      LZ4_decompress_safe(stored.data(), raw, static_cast<int>(stored.size()),
                          static_cast<int>(header.raw));
  if (unpacked < 0 || static_cast<uint64_t>(unpacked) != header.raw) {
    return Damaged(block.offset_, "the block cannot be unpacked");
  }
  return absl::string_view(raw, header.raw);
}

absl::Status SnapshotReader::ReadEnd(const BlockHeader& header) {
  char body[SnapshotEnd::kBytes];
  const uint64_t at = offset_ + BlockHeader::kBytes;
  if (header.stored != sizeof(body) || size() - at != sizeof(body)) {
    return Damaged(offset_, "the file does not end with its end block");
  }
  absl::Status status = ReadAll(at, sizeof(body), body);
  if (!status.ok()) return status;
  const absl::string_view stored(body, sizeof(body));
  const auto end = DecodeSnapshotEnd(stored);
  if (Crc32c(stored) != header.body_checksum || !end.has_value() ||
      end->records != records_) {
    return Damaged(offset_, "the end block is wrong");
  }
  end_ = *end;
  ended_ = true;
  offset_ = size();
  return absl::OkStatus();
}

uint64_t SnapshotReader::offset() const {
  MutexLock lock(mutex_);
  return offset_;
}

SnapshotEnd SnapshotReader::end() const {
  MutexLock lock(mutex_);
  return end_;
}

absl::Status SnapshotReader::ReadAll(uint64_t offset, size_t size, char* to) {
  const auto got = file_->Read(offset, size, to);
  if (!got.ok()) return got.status();
  if (*got < size) return Damaged(offset, "the file ends there");
  return absl::OkStatus();
}

}  // namespace kv::store
