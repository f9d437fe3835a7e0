#include "store/durable/snapshot_writer.h"

#include <lz4.h>

#include <cassert>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "store/base/crc32c.h"
#include "store/durable/file_name.h"

namespace kv::store {
namespace {

// A file system that is asked to make hundreds of megabytes durable at once has
// the log's next fsync wait for them.
constexpr uint64_t kSyncBytes = 8 << 20;

}  // namespace

SnapshotWriter::SnapshotWriter(FileSystem& files, const std::string& directory,
                               const SnapshotHeader& header)
    : files_(files),
      directory_(directory),
      path_(absl::StrCat(directory, "/", SnapshotName(header.begin))),
      salt_(header.salt) {}

absl::StatusOr<std::unique_ptr<SnapshotWriter>> SnapshotWriter::Create(
    FileSystem& files, const std::string& directory,
    const SnapshotHeader& header) {
  auto writer = absl::WrapUnique(new SnapshotWriter(files, directory, header));
  auto file = files.Create(absl::StrCat(writer->path_, kTemporarySuffix));
  if (!file.ok()) return file.status();
  writer->file_ = *std::move(file);
  char bytes[SnapshotHeader::kBytes];
  header.Encode(bytes);
  absl::Status status = writer->Write({bytes, sizeof(bytes)}, "");
  if (!status.ok()) return status;
  return writer;
}

SnapshotWriter::~SnapshotWriter() {
  if (finished_ || file_ == nullptr) return;
  file_.reset();
  // Else the next start removes it.
  files_.Remove(absl::StrCat(path_, kTemporarySuffix)).IgnoreError();
}

absl::Status SnapshotWriter::WriteBlock(absl::string_view bytes,
                                        uint32_t records) {
  assert(records > 0 && bytes.size() <= BlockHeader::kMaxRawBytes);
  if (packed_capacity_ < bytes.size()) {
    packed_ = std::make_unique_for_overwrite<char[]>(bytes.size());
    packed_capacity_ = bytes.size();
  }
  // With less room than it may take: what does not become smaller is stored as
  // it is.
  const int packed =
      LZ4_compress_default(bytes.data(), packed_.get(), bytes.size(),
                           static_cast<int>(bytes.size()) - 1);
  const absl::string_view stored =
      packed > 0 ? absl::string_view(packed_.get(), packed) : bytes;
  const BlockHeader header = {.body_checksum = Crc32c(stored),
                              .records = records,
                              .raw = bytes.size(),
                              .stored = stored.size()};
  char head[BlockHeader::kBytes];
  header.Encode(salt_, head);
  records_ += records;
  return Write({head, sizeof(head)}, stored);
}

absl::Status SnapshotWriter::Finish(uint64_t end, uint64_t sequence,
                                    const DatabaseMap& map) {
  char body[SnapshotEnd::kBytes];
  const SnapshotEnd last = {
      .end = end, .sequence = sequence, .records = records_, .map = map};
  last.Encode(body);
  const absl::string_view stored(body, sizeof(body));
  const BlockHeader header = {.body_checksum = Crc32c(stored),
                              .records = 0,
                              .raw = stored.size(),
                              .stored = stored.size()};
  char head[BlockHeader::kBytes];
  header.Encode(salt_, head);
  absl::Status status = Write({head, sizeof(head)}, stored);
  if (status.ok()) status = file_->Sync();
  if (status.ok()) {
    status = files_.Rename(absl::StrCat(path_, kTemporarySuffix), path_);
  }
  // From here on it may be there, whatever follows.
  if (status.ok()) finished_ = true;
  if (status.ok()) status = files_.SyncDirectory(directory_);
  return status;
}

absl::Status SnapshotWriter::Write(absl::string_view header,
                                   absl::string_view body) {
  const absl::string_view pieces[] = {header, body};
  absl::Status status = file_->Append(pieces);
  size_ += header.size() + body.size();
  if (status.ok() && size_ - synced_ >= kSyncBytes) {
    status = file_->Sync();
    synced_ = size_;
  }
  return status;
}

}  // namespace kv::store
