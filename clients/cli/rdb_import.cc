#include "clients/cli/rdb_import.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/file.h"
#include "clients/cli/import_errors.h"
#include "clients/cli/importer.h"
#include "clients/cli/text.h"
#include "fastkv/v1/key_value.pb.h"

namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

// The latest expiry that the server takes. Redis goes one millisecond further.
constexpr int64_t kLastExpiryMs = std::numeric_limits<int64_t>::max() - 1;

// What is read of the file at a time.
constexpr size_t kBlockBytes = 256 << 10;

// Takes the entry's strings.
v1::EntryPiece ToPiece(rdb::Entry* entry) {
  v1::EntryPiece piece;
  piece.set_key(entry->key);
  if (entry->expire_time_ms.has_value()) {
    piece.set_expire_time_ms(std::min(*entry->expire_time_ms, kLastExpiryMs));
  }
  piece.set_continues(entry->continues);
  if (entry->kind == rdb::Kind::kString) {
    piece.set_string_value(std::move(entry->value));
    return piece;
  }
  auto* members = piece.mutable_sorted_set()->mutable_members();
  members->Reserve(static_cast<int>(entry->members.size()));
  for (rdb::ScoredMember& member : entry->members) {
    v1::ScoredMember* scored = members->Add();
    scored->set_member(std::move(member.member));
    scored->set_score(member.score);
  }
  return piece;
}

std::string Counted(int64_t count, absl::string_view one,
                    absl::string_view many) {
  return absl::StrCat(WithCommas(count), " ", count == 1 ? one : many);
}

std::string EntriesText(int64_t count) {
  return Counted(count, "entry", "entries");
}

// What to say of an import that ends before the file does.
absl::Status Broken(const absl::Status& why, int64_t entries) {
  return absl::Status(
      why.code(),
      absl::StrCat(why.message(), "; ", EntriesText(entries),
                   " imported, import the file again for the others"));
}

absl::Status Damaged(const std::string& path, const absl::Status& why,
                     int64_t entries, const rdb::Entry& last) {
  const std::string part =
      last.continues
          ? absl::StrCat(", and the sorted set ", Quoted(last.key), " in part")
          : "";
  return FileError(absl::StrCat(path == "-" ? "the standard input" : path, ": ",
                                why.message(), "; ", EntriesText(entries),
                                " imported before", part));
}

std::string DatabasesText(const rdb::Summary& summary) {
  std::vector<std::string> counts;
  for (const auto& [database, count] : summary.databases) {
    counts.push_back(absl::StrCat(WithCommas(count), " of ", database));
  }
  return absl::StrJoin(counts, ", ");
}

}  // namespace

absl::Status ImportRdb(fastkv::Client& client, const RdbImportOptions& options,
                       const std::string& path, Progress& progress,
                       ProgressState* state, rdb::Summary* summary) {
  absl::StatusOr<File> file = File::OpenToRead(path);
  if (!file.ok()) return file.status();
  state->total_bytes = file->Size();
  absl::Status read;
  const auto next_block = [&](std::string* block) {
    progress.Update(*state);
    read = file->Read(kBlockBytes, block);
    state->bytes += static_cast<int64_t>(block->size());
    return read;
  };
  rdb::Reader reader(next_block, {.database = options.database,
                                  .now_ms = absl::ToUnixMillis(absl::Now())});
  Importer importer(client);
  int64_t first_error = 0;
  absl::Status sent;
  rdb::Entry entry;
  while (reader.Next(&entry)) {
    sent = importer.Add(static_cast<int64_t>(entry.offset), ToPiece(&entry));
    state->entries = importer.imported();
    const bool failed = ReportErrors(importer, "byte", progress, &first_error);
    if (!sent.ok() || (failed && !options.keep_going)) break;
  }
  sent.Update(importer.Finish());
  ReportErrors(importer, "byte", progress, &first_error);
  state->entries = importer.imported();
  *summary = reader.summary();
  if (!sent.ok()) return Broken(sent, state->entries);
  if (!read.ok()) return read;
  if (!reader.status().ok()) {
    return Damaged(path, reader.status(), state->entries, entry);
  }
  if (first_error == 0) return absl::OkStatus();
  return FileError(absl::StrCat(
      options.keep_going ? "some entries are left out, the first is at byte "
                         : "the import ends with the error at byte ",
      first_error));
}

std::string LeftOutText(const rdb::Summary& summary) {
  std::vector<std::string> skipped;
  for (int i = 0; i < rdb::kKinds; ++i) {
    const rdb::Kind kind = static_cast<rdb::Kind>(i);
    if (summary.skipped[i] == 0) continue;
    skipped.push_back(Counted(summary.skipped[i], rdb::NameOf(kind, false),
                              rdb::NameOf(kind, true)));
  }
  if (summary.functions > 0) {
    skipped.push_back(Counted(summary.functions, "library of functions",
                              "libraries of functions"));
  }
  std::string text;
  if (!skipped.empty()) {
    absl::StrAppend(&text, "skipped, for FastKV has no such types: ",
                    absl::StrJoin(skipped, ", "), "\n");
  }
  if (summary.expired > 0) {
    absl::StrAppend(&text, "left out: ",
                    Counted(summary.expired, "key that has", "keys that have"),
                    " expired\n");
  }
  if (summary.empty > 0) {
    absl::StrAppend(&text, "left out: ",
                    Counted(summary.empty, "sorted set", "sorted sets"),
                    " without a member\n");
  }
  if (summary.elsewhere > 0) {
    absl::StrAppend(&text,
                    "left out: ", Counted(summary.elsewhere, "key", "keys"),
                    " of other databases (", DatabasesText(summary),
                    "); --db N imports another\n");
  }
  return text;
}

Json LeftOutJson(const rdb::Summary& summary) {
  Json skipped = Json::object();
  for (int i = 0; i < rdb::kKinds; ++i) {
    if (summary.skipped[i] == 0) continue;
    const rdb::Kind kind = static_cast<rdb::Kind>(i);
    skipped[std::string(rdb::NameOf(kind, true))] = summary.skipped[i];
  }
  Json databases = Json::object();
  for (const auto& [database, count] : summary.databases) {
    databases[std::to_string(database)] = count;
  }
  return {{"skipped", std::move(skipped)},
          {"functions", summary.functions},
          {"expired", summary.expired},
          {"empty", summary.empty},
          {"other_databases", std::move(databases)}};
}

}  // namespace kv::cli
