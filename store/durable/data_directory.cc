#include "store/durable/data_directory.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/durable/file_name.h"
#include "store/durable/segment.h"
#include "store/durable/snapshot.h"

namespace kv::store {

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::Open(
    FileSystem& files, const std::string& path) {
  if (absl::Status status = files.MakeDirectory(path); !status.ok()) {
    return status;
  }
  auto directory = absl::WrapUnique(new DataDirectory(files, path));
  absl::Status status = directory->Lock();
  if (status.ok()) status = directory->RemoveTemporaries();
  if (!status.ok()) return status;
  return directory;
}

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::OpenToInspect(
    FileSystem& files, const std::string& path) {
  const auto names = files.List(path);
  if (!names.ok()) return names.status();
  auto directory = absl::WrapUnique(new DataDirectory(files, path));
  if (absl::Status status = directory->Lock(); !status.ok()) return status;
  return directory;
}

absl::Status DataDirectory::Lock() {
  auto lock = files_.Lock(PathOf("LOCK"));
  if (!lock.ok()) return lock.status();
  lock_ = *std::move(lock);
  return absl::OkStatus();
}

std::string DataDirectory::PathOf(const std::string& name) const {
  return absl::StrCat(path_, "/", name);
}

absl::StatusOr<std::vector<uint64_t>> DataDirectory::Segments() const {
  return Positions(ParseSegmentName);
}

absl::StatusOr<std::vector<uint64_t>> DataDirectory::Snapshots() const {
  return Positions(ParseSnapshotName);
}

absl::StatusOr<std::vector<uint64_t>> DataDirectory::Positions(
    absl::optional<uint64_t> (*parse)(absl::string_view)) const {
  const auto names = files_.List(path_);
  if (!names.ok()) return names.status();
  std::vector<uint64_t> positions;
  for (const std::string& name : *names) {
    if (const auto position = parse(name)) positions.push_back(*position);
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

// Oldest first: what a power failure leaves of the segments has no gap.
absl::Status DataDirectory::RemoveBefore(uint64_t begin) const {
  const auto remove = [&](const absl::StatusOr<std::vector<uint64_t>>& of,
                          std::string (*name)(uint64_t)) {
    if (!of.ok()) return of.status();
    for (const uint64_t position : *of) {
      if (position >= begin) break;
      absl::Status status = files_.Remove(PathOf(name(position)));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  };
  absl::Status status = remove(Snapshots(), SnapshotName);
  if (status.ok()) status = remove(Segments(), SegmentName);
  if (status.ok()) status = files_.SyncDirectory(path_);
  return status;
}

absl::Status DataDirectory::RemoveTemporaries() const {
  const auto names = files_.List(path_);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (!absl::EndsWith(name, kTemporarySuffix)) continue;
    if (absl::Status status = files_.Remove(PathOf(name)); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace kv::store
