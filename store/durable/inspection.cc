#include "store/durable/inspection.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "store/durable/segment.h"
#include "store/durable/segment_reader.h"
#include "store/durable/snapshot_loader.h"
#include "store/durable/snapshot_reader.h"

namespace kv::store {
namespace {

constexpr char kLost[] = "lost";
constexpr size_t kCopyBytes = 1 << 20;

std::string Range(uint64_t first, uint64_t records) {
  if (records == 0)
    return absl::StrCat("from position ", first, ", no records");
  return absl::StrCat("positions ", first, " to ", first + records - 1);
}

// What is behind the last valid group.
std::string DescribeRest(SegmentReader& reader) {
  const uint64_t rest = reader.size() - reader.offset();
  const auto durable = reader.WasDurable();
  if (!durable.ok()) return std::string(durable.status().message());
  if (*durable) {
    return absl::StrCat("DAMAGED at offset ", reader.offset(), ", ", rest,
                        " bytes before the end");
  }
  return absl::StrCat("the ", rest, " bytes from offset ", reader.offset(),
                      " on are no complete group: a write that was not "
                      "finished, if this is the last segment");
}

FileReport ReportSegment(const DataDirectory& directory, uint64_t first) {
  FileReport report = {.name = SegmentName(first)};
  const auto opened =
      SegmentReader::Open(directory.files(), directory.PathOf(report.name));
  if (!opened.ok()) {
    report.what = absl::StrCat("DAMAGED: ", opened.status().message());
    return report;
  }
  SegmentReader& reader = **opened;
  report.bytes = reader.size();
  uint64_t next = reader.header().first;
  uint64_t groups = 0;
  while (true) {
    const auto result = reader.Next(next);
    if (!result.ok() || *result != SegmentReader::Result::kGroup) {
      report.what =
          absl::StrCat(Range(first, next - first), ", ", groups, " groups");
      if (!result.ok()) {
        absl::StrAppend(&report.what, "; ", result.status().message());
      } else if (*result == SegmentReader::Result::kRoom) {
        absl::StrAppend(&report.what, "; room for ",
                        reader.size() - reader.offset(), " bytes behind them");
      } else if (*result == SegmentReader::Result::kInvalid) {
        absl::StrAppend(&report.what, "; ", DescribeRest(reader));
      }
      return report;
    }
    next += reader.group().count;
    ++groups;
  }
}

FileReport ReportSnapshot(const DataDirectory& directory, uint64_t begin) {
  FileReport report = {.name = SnapshotName(begin)};
  const auto reader =
      SnapshotReader::Open(directory.files(), directory.PathOf(report.name));
  if (!reader.ok()) {
    report.what = absl::StrCat("DAMAGED: ", reader.status().message());
    return report;
  }
  report.bytes = (*reader)->size();
  const auto end = LoadSnapshot(**reader, nullptr, 1, nullptr);
  report.what =
      end.ok() ? absl::StrCat(end->records, " records; the log goes on from ",
                              "position ", begin, ", and must reach ", end->end)
               : absl::StrCat("DAMAGED: ", end.status().message());
  return report;
}

// Where what is lost is kept under this name: an earlier repair may have left
// something of the same name there, which stays.
absl::StatusOr<std::string> LostPath(const DataDirectory& directory,
                                     const std::string& name) {
  const std::string lost = directory.PathOf(kLost);
  const auto names = directory.files().List(lost);
  if (!names.ok()) return names.status();
  std::string free_name = name;
  for (int i = 2; absl::c_linear_search(*names, free_name); ++i) {
    free_name = absl::StrCat(name, ".", i);
  }
  return absl::StrCat(lost, "/", free_name);
}

// Moves a file of the directory to those that are lost.
absl::Status MoveAway(const DataDirectory& directory, const std::string& name) {
  const auto lost = LostPath(directory, name);
  if (!lost.ok()) return lost.status();
  return directory.files().Rename(directory.PathOf(name), *lost);
}

absl::Status Copy(InputFile& from, uint64_t offset, OutputFile& to) {
  std::string bytes;
  for (; offset < from.size(); offset += bytes.size()) {
    bytes.resize(std::min<uint64_t>(kCopyBytes, from.size() - offset));
    const auto got = from.Read(offset, bytes.size(), bytes.data());
    if (!got.ok()) return got.status();
    if (*got < bytes.size()) {
      return absl::DataLossError("the file became shorter while it was read");
    }
    const absl::string_view piece = bytes;
    absl::Status status = to.Append({&piece, 1});
    if (!status.ok()) return status;
  }
  return to.Sync();
}

// Cuts the end of a file off and keeps it.
absl::Status CutAway(const DataDirectory& directory, const std::string& name,
                     uint64_t offset) {
  FileSystem& files = directory.files();
  const auto from = files.Open(directory.PathOf(name));
  if (!from.ok()) return from.status();
  const auto lost =
      LostPath(directory, absl::StrCat(name, ".from-offset-", offset));
  if (!lost.ok()) return lost.status();
  const auto to = files.Create(*lost);
  if (!to.ok()) return to.status();
  absl::Status status = Copy(**from, offset, **to);
  if (status.ok()) status = files.SyncDirectory(directory.PathOf(kLost));
  if (status.ok()) status = files.Truncate(directory.PathOf(name), offset);
  return status;
}

// Last first: whatever is left of the directory when this ends early has no
// gap, and can be repaired again.
absl::StatusOr<std::vector<std::string>> CutLog(const DataDirectory& directory,
                                                const LogDamage& damage) {
  const auto segments = directory.Segments();
  if (!segments.ok()) return segments.status();
  absl::Status status =
      directory.files().MakeDirectory(directory.PathOf(kLost));
  const bool keeps_head = damage.offset >= SegmentHeader::kBytes;
  std::vector<std::string> done;
  for (auto it = segments->rbegin(); it != segments->rend(); ++it) {
    if (!status.ok() || *it < damage.segment) break;
    const std::string name = SegmentName(*it);
    if (*it == damage.segment && keeps_head) {
      status = CutAway(directory, name, damage.offset);
      done.push_back(absl::StrCat(name, ": cut off at offset ", damage.offset));
    } else {
      status = MoveAway(directory, name);
      done.push_back(absl::StrCat(name, ": moved to ", kLost));
    }
  }
  if (status.ok()) {
    status = directory.files().SyncDirectory(directory.PathOf(kLost));
  }
  if (status.ok()) status = directory.files().SyncDirectory(directory.path());
  if (!status.ok()) return status;
  return done;
}

}  // namespace

absl::StatusOr<Inspection> Inspect(const DataDirectory& directory) {
  const auto snapshots = directory.Snapshots();
  if (!snapshots.ok()) return snapshots.status();
  const auto segments = directory.Segments();
  if (!segments.ok()) return segments.status();
  absl::optional<LogDamage> damage;
  Inspection inspection = {.start = Verify(directory, {.damage = &damage})};
  inspection.can_be_repaired = damage.has_value();
  for (const uint64_t begin : *snapshots) {
    inspection.files.push_back(ReportSnapshot(directory, begin));
  }
  for (const uint64_t first : *segments) {
    inspection.files.push_back(ReportSegment(directory, first));
  }
  return inspection;
}

absl::StatusOr<std::vector<std::string>> Repair(
    const DataDirectory& directory) {
  absl::optional<LogDamage> damage;
  const auto start = Verify(directory, {.damage = &damage});
  if (start.ok()) return std::vector<std::string>();
  if (!damage.has_value()) return start.status();
  auto done = CutLog(directory, *damage);
  if (!done.ok()) return done;
  const auto now = Verify(directory);
  if (!now.ok()) return now.status();
  return done;
}

}  // namespace kv::store
