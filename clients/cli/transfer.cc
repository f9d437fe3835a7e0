#include "clients/cli/transfer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/entry_json.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/file.h"
#include "clients/cli/import_errors.h"
#include "clients/cli/importer.h"

namespace kv::cli {
namespace {

// The connection broke: from where to go on.
absl::Status BrokenAfter(int64_t line, const absl::Status& why) {
  return absl::Status(
      why.code(), absl::StrCat(why.message(), "; lines up to ", line,
                               " are done, go on with --from_line ", line + 1));
}

// Adds the entry of a line, if it is one.
absl::Status AddLine(int64_t number, absl::string_view line,
                     Importer& importer) {
  line = absl::StripAsciiWhitespace(line);
  if (line.empty()) return absl::OkStatus();
  absl::StatusOr<fastkv::v1::EntryPiece> entry = LineToEntry(line);
  if (entry.ok()) return importer.Add(number, *std::move(entry));
  importer.NoteError(number, entry.status());
  return absl::OkStatus();
}

}  // namespace

absl::Status Export(fastkv::Client& client,
                    const fastkv::v1::StreamEntriesRequest& request,
                    const std::string& path, Progress& progress,
                    ProgressState* state) {
  absl::StatusOr<File> file = File::OpenToWrite(path);
  if (!file.ok()) return file.status();
  const auto stream = client.StreamEntries(request);
  fastkv::v1::EntryPiece entry;
  while (stream->Next(&entry)) {
    const std::string line = EntryToLine(&entry) + "\n";
    const absl::Status written = file->Write(line);
    if (!written.ok()) return written;
    state->entries += 1;
    state->bytes += static_cast<int64_t>(line.size());
    progress.Update(*state);
  }
  const absl::Status closed = file->Close();
  return stream->status().ok() ? closed : stream->status();
}

absl::Status Import(fastkv::Client& client, const ImportOptions& options,
                    const std::string& path, Progress& progress,
                    ProgressState* state) {
  absl::StatusOr<File> file = File::OpenToRead(path);
  if (!file.ok()) return file.status();
  state->total_bytes = file->Size();
  Importer importer(client);
  int64_t number = 0;
  int64_t first_error = 0;
  absl::Status read;
  absl::Status sent;
  std::string line;
  while (true) {
    read = file->ReadLine(&line);
    if (!read.ok() || line.empty()) break;
    ++number;
    state->bytes += static_cast<int64_t>(line.size());
    if (number < options.from_line) continue;
    sent = AddLine(number, line, importer);
    state->entries = importer.imported();
    progress.Update(*state);
    const bool failed = ReportErrors(importer, "line", progress, &first_error);
    if (!sent.ok() || (failed && !options.keep_going)) break;
  }
  const absl::Status finished = importer.Finish();
  ReportErrors(importer, "line", progress, &first_error);
  state->entries = importer.imported();
  if (!sent.ok()) return BrokenAfter(importer.done_through(), sent);
  if (!finished.ok()) return BrokenAfter(importer.done_through(), finished);
  if (!read.ok()) return read;
  if (first_error == 0) return absl::OkStatus();
  return FileError(
      options.keep_going
          ? absl::StrCat("some lines are left out, the first is ", first_error)
          : absl::StrCat("line ", first_error,
                         " is in error; lines up to it are done, go on with "
                         "--from_line ",
                         first_error));
}

}  // namespace kv::cli
