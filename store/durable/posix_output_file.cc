#include "store/durable/posix_output_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"

namespace kv::store {
namespace {

constexpr size_t kMaxPieces = 1024;  // IOV_MAX

void Skip(size_t size, absl::Span<iovec>* pieces) {
  while (!pieces->empty() && size >= pieces->front().iov_len) {
    size -= pieces->front().iov_len;
    pieces->remove_prefix(1);
  }
  if (size == 0) return;
  iovec& first = pieces->front();
  first.iov_base = static_cast<char*>(first.iov_base) + size;
  first.iov_len -= size;
}

size_t TotalSize(absl::Span<const absl::string_view> pieces) {
  size_t size = 0;
  for (const absl::string_view piece : pieces) size += piece.size();
  return size;
}

}  // namespace

void PosixOutputFile::Unmap::operator()(char* buffer) const {
  munmap(buffer, kMaxDirectBytes);
}

absl::Status PosixOutputFile::Append(
    absl::Span<const absl::string_view> pieces) {
  SetDirect(false);
  has_last_block_ = false;
  absl::InlinedVector<iovec, 16> rest;
  for (const absl::string_view piece : pieces) {
    if (piece.empty()) continue;
    rest.push_back({const_cast<char*>(piece.data()), piece.size()});
  }
  absl::Span<iovec> left = absl::MakeSpan(rest);
  while (!left.empty()) {
    const int count = static_cast<int>(std::min(left.size(), kMaxPieces));
    const ssize_t written =
        pwritev(fd_.get(), left.data(), count, static_cast<off_t>(end_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path_);
    end_ += static_cast<size_t>(written);
    Skip(static_cast<size_t>(written), &left);
  }
  size_ = std::max(size_, end_);
  return absl::OkStatus();
}

absl::Status PosixOutputFile::AppendDurably(
    absl::Span<const absl::string_view> pieces) {
  const size_t before = end_ % kBlockBytes;
  const size_t used = before + TotalSize(pieces);
  const size_t size = (used + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
  if (!can_direct_ || size > kMaxDirectBytes ||
      block_begin() + size > durable_size_ || end_ != durable_end_) {
    return OutputFile::AppendDurably(pieces);
  }
  if (absl::Status status = LoadLastBlock(); !status.ok()) return status;
  if (!SetDirect(true)) return OutputFile::AppendDurably(pieces);
  char* to = blocks_.get() + before;
  for (const absl::string_view piece : pieces) {
    to = std::copy(piece.begin(), piece.end(), to);
  }
  std::fill(to, blocks_.get() + size, '\0');
  const absl::StatusOr<bool> written = WriteBlocks(size);
  if (!written.ok()) return written.status();
  if (!*written) return OutputFile::AppendDurably(pieces);
  end_ = block_begin() + used;
  durable_end_ = end_;
  std::memmove(blocks_.get(), blocks_.get() + used - used % kBlockBytes,
               used % kBlockBytes);
  return absl::OkStatus();
}

void PosixOutputFile::MakeRoom(uint64_t bytes) {
  alignas(kBlockBytes) static constexpr char kZeros[256 << 10] = {};
  const uint64_t target = end_ + bytes;
  while (size_ < target) {
    // What passes the cache now need not be taken out of it later.
    const size_t left = std::min(sizeof(kZeros), target - size_);
    const size_t in_block = size_ % kBlockBytes;
    const bool direct = in_block == 0 && left >= kBlockBytes && SetDirect(true);
    if (!direct) SetDirect(false);
    const size_t size = direct ? left - left % kBlockBytes
                               : std::min(left, kBlockBytes - in_block);
    const ssize_t written =
        pwrite(fd_.get(), kZeros, size, static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && direct && errno == EINVAL) {
      can_direct_ = false;
      continue;
    }
    if (written <= 0) return;
    size_ += static_cast<size_t>(written);
  }
}

absl::Status PosixOutputFile::CutRoom() {
  if (size_ == end_) return absl::OkStatus();
  if (ftruncate(fd_.get(), static_cast<off_t>(end_)) != 0 ||
      fsync(fd_.get()) != 0) {
    return FileError("truncate", path_);
  }
  size_ = end_;
  durable_end_ = end_;
  durable_size_ = end_;
  return absl::OkStatus();
}

absl::Status PosixOutputFile::Sync() {
  if (fdatasync(fd_.get()) != 0) return FileError("sync", path_);
  durable_end_ = end_;
  durable_size_ = size_;
  return absl::OkStatus();
}

bool PosixOutputFile::SetDirect(bool direct) {
  if (direct && !can_direct_) return false;
  if (direct == direct_) return true;
  const int flags = fcntl(fd_.get(), F_GETFL);
  const int wanted = direct ? flags | O_DIRECT : flags & ~O_DIRECT;
  if (fcntl(fd_.get(), F_SETFL, wanted) == 0) {
    direct_ = direct;
  } else {
    can_direct_ = false;
  }
  return direct == direct_;
}

absl::Status PosixOutputFile::LoadLastBlock() {
  if (has_last_block_) return absl::OkStatus();
  if (blocks_ == nullptr) {
    void* buffer = mmap(nullptr, kMaxDirectBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, /*fd=*/-1, /*offset=*/0);
    if (buffer == MAP_FAILED) return FileError("map memory to write", path_);
    blocks_.reset(static_cast<char*>(buffer));
  }
  SetDirect(false);
  const size_t size = end_ % kBlockBytes;
  const ssize_t got =
      pread(fd_.get(), blocks_.get(), size, static_cast<off_t>(block_begin()));
  if (got < 0) return FileError("read", path_);
  if (static_cast<size_t>(got) < size) {
    return absl::DataLossError(absl::StrCat("somebody has cut ", path_));
  }
  has_last_block_ = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> PosixOutputFile::WriteBlocks(size_t size) {
  size_t done = 0;
  while (done < size) {
    const iovec rest = {blocks_.get() + done, size - done};
    const ssize_t written =
        pwritev2(fd_.get(), &rest, 1, static_cast<off_t>(block_begin() + done),
                 RWF_DSYNC);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && done == 0 && (errno == EINVAL || errno == EOPNOTSUPP)) {
      can_direct_ = false;
      return false;
    }
    if (written < 0) return FileError("write", path_);
    // Only whole blocks can be written, of which there may be fewer.
    if (written == 0 || written % kBlockBytes != 0) {
      return absl::DataLossError(
          absl::StrCat("only ", written, " bytes could be written to ", path_));
    }
    done += static_cast<size_t>(written);
  }
  return true;
}

}  // namespace kv::store
