#include "store/durable/segment_writer.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "store/base/crc32c.h"
#include "store/durable/file_name.h"

namespace kv::store {

absl::StatusOr<std::unique_ptr<SegmentWriter>> SegmentWriter::Create(
    FileSystem& files, const std::string& directory,
    const SegmentHeader& header, uint64_t room_bytes) {
  const std::string path =
      absl::StrCat(directory, "/", SegmentName(header.first));
  const std::string temporary = absl::StrCat(path, kTemporarySuffix);
  auto file = files.Create(temporary);
  if (!file.ok()) return file.status();
  char bytes[SegmentHeader::kBytes];
  header.Encode(bytes);
  const absl::string_view piece(bytes, sizeof(bytes));
  absl::Status status = (*file)->Append({&piece, 1});
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = files.Rename(temporary, path);
  if (status.ok()) status = files.SyncDirectory(directory);
  if (!status.ok()) return status;
  return absl::WrapUnique(
      new SegmentWriter(*std::move(file), header.salt, room_bytes));
}

absl::Status SegmentWriter::WriteGroup(uint64_t first, uint32_t count,
                                       const LogBuffer& records, bool durably) {
  char bytes[GroupHeader::kBytes] = {};
  pieces_.assign({absl::string_view(bytes, sizeof(bytes))});
  records.AppendPieces(&pieces_);
  GroupHeader header;
  header.count = count;
  header.length = records.size();
  header.first = first;
  header.synced = synced_;
  for (size_t i = 1; i < pieces_.size(); ++i) {
    header.body_checksum = Crc32c(pieces_[i], header.body_checksum);
  }
  header.Encode(salt_, bytes);
  size_ += sizeof(bytes) + records.size();
  if (durably && size_ <= room_end_) {
    absl::Status status = file_->AppendDurably(pieces_);
    if (status.ok()) synced_ = size_;
    return status;
  }
  absl::Status status = file_->Append(pieces_);
  if (status.ok() && room_bytes_ > 0 && size_ > room_end_) {
    // The sync of this group, which makes the file longer anyway, pays for it.
    file_->MakeRoom(room_bytes_);
    room_end_ = size_ + room_bytes_;
  }
  return status.ok() && durably ? Sync() : status;
}

absl::Status SegmentWriter::Sync() {
  if (synced_ == size_) return absl::OkStatus();
  absl::Status status = file_->Sync();
  if (status.ok()) synced_ = size_;
  return status;
}

absl::Status SegmentWriter::Finish() {
  absl::Status status = Sync();
  return status.ok() ? file_->CutRoom() : status;
}

}  // namespace kv::store
