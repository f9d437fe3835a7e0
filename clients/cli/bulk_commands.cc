#include <cmath>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "clients/cli/arguments.h"
#include "clients/cli/bench.h"
#include "clients/cli/command_groups.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/file.h"
#include "clients/cli/json_bytes.h"
#include "clients/cli/message_json.h"
#include "clients/cli/progress.h"
#include "clients/cli/rdb_import.h"
#include "clients/cli/session.h"
#include "clients/cli/transfer.h"

// Commands that move much: whole values, whole keyspaces, load.
namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

// What a file gives at a time.
constexpr size_t kBlockBytes = 1 << 20;

std::string PathOf(const Arguments& arguments, size_t i) {
  return arguments.operands().size() > i ? arguments.operand(i) : "-";
}

absl::StatusOr<bool> RunRead(Arguments& arguments, Session& session) {
  v1::ReadValueRequest request;
  request.set_key(arguments.operand(0));
  request.set_offset(arguments.Int("offset", 0));
  request.set_length(arguments.Int("length", 0));
  if (!arguments.status().ok()) return arguments.status();
  const auto client = session.client();
  if (!client.ok()) return client.status();
  // Opened when there is something to write: a miss leaves the file alone.
  absl::StatusOr<File> file = absl::UnknownError("");
  absl::Status written;
  const auto open = [&] {
    if (file.ok() || !written.ok()) return;
    file = File::OpenToWrite(PathOf(arguments, 1));
    written = file.status();
  };
  const auto header =
      (*client)->ReadValue(request, [&](absl::string_view chunk) {
        open();
        if (written.ok()) written = file->Write(chunk);
        return written.ok();
      });
  if (!written.ok()) return written;
  if (!header.ok()) return header.status();
  if (!*header) return false;
  open();  // an empty value makes an empty file
  if (!written.ok()) return written;
  const absl::Status closed = file->Close();
  if (!closed.ok()) return closed;
  return true;
}

// A pipe's length is known at its end only, so it is read first.
absl::Status ReadAll(File& file, std::string* bytes) {
  std::string block;
  do {
    const absl::Status read = file.Read(kBlockBytes, &block);
    if (!read.ok()) return read;
    bytes->append(block);
  } while (!block.empty());
  return absl::OkStatus();
}

absl::StatusOr<bool> RunWrite(Arguments& arguments, Session& session) {
  v1::WriteValueHeader header;
  header.set_key(arguments.operand(0));
  if (const auto ttl = arguments.Duration("ttl")) {
    fastkv::Expiry::In(*ttl).WriteTo(&header);
  }
  if (arguments.Has("nx")) header.set_must_not_exist(true);
  if (!arguments.status().ok()) return arguments.status();
  const auto client = session.client();
  if (!client.ok()) return client.status();
  absl::StatusOr<File> file = File::OpenToRead(PathOf(arguments, 1));
  if (!file.ok()) return file.status();

  std::string block;
  absl::Status read;
  const bool whole = file->Size() == 0;
  if (whole) read = ReadAll(*file, &block);
  header.set_length(whole ? static_cast<int64_t>(block.size()) : file->Size());
  if (!read.ok()) return read;
  const auto response = (*client)->WriteValue(header, [&] {
    if (!whole) read = file->Read(kBlockBytes, &block);
    return absl::string_view(block);
  });
  if (!read.ok()) return read;
  if (!response.ok()) return response.status();
  session.Print(session.options().json ? ToJson(*response) + "\n"
                : response->applied()
                    ? absl::StrCat("set, version ", response->version(), "\n")
                    : "not set\n");
  return response->applied();
}

// What came of a transfer, on the standard error: the output may be the data.
void Report(const Session& session, absl::string_view what,
            const ProgressState& state, Progress& progress,
            const rdb::Summary* summary = nullptr) {
  progress.Clear();
  const absl::Duration elapsed = progress.elapsed();
  std::string text;
  if (session.options().json) {
    Json report = {
        {"entries", state.entries},
        {"bytes", state.bytes},
        {"seconds", std::round(absl::ToDoubleMilliseconds(elapsed)) / 1000}};
    if (summary != nullptr) report.update(LeftOutJson(*summary));
    text = report.dump() + "\n";
  } else {
    text = absl::StrCat(what, " ", ProgressSummary(state, elapsed), "\n",
                        summary == nullptr ? "" : LeftOutText(*summary));
  }
  std::fputs(text.c_str(), stderr);
}

absl::StatusOr<bool> RunExport(Arguments& arguments, Session& session) {
  v1::StreamEntriesRequest request;
  if (const auto prefix = arguments.Text("prefix")) request.set_prefix(*prefix);
  if (const auto glob = arguments.Text("glob")) request.set_glob(*glob);
  const auto client = session.client();
  if (!client.ok()) return client.status();
  Progress progress(!arguments.Has("quiet"));
  ProgressState state;
  const absl::Status status =
      Export(**client, request, PathOf(arguments, 0), progress, &state);
  if (!arguments.Has("quiet")) Report(session, "exported", state, progress);
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<bool> RunImportRdb(Arguments& arguments, Session& session) {
  RdbImportOptions options;
  const int64_t database = arguments.Int("db", 0);
  options.database = static_cast<uint64_t>(database);
  options.keep_going = arguments.Has("keep_going");
  if (database < 0) arguments.Fail("--db is at least 0");
  if (arguments.Has("from_line")) {
    arguments.Fail("--from_line is for lines of JSON");
  }
  if (!arguments.status().ok()) return arguments.status();
  const auto client = session.client();
  if (!client.ok()) return client.status();
  Progress progress(!arguments.Has("quiet"));
  ProgressState state;
  rdb::Summary summary;
  const absl::Status status = ImportRdb(**client, options, PathOf(arguments, 0),
                                        progress, &state, &summary);
  if (!arguments.Has("quiet")) {
    Report(session, "imported", state, progress, &summary);
  }
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<bool> RunImport(Arguments& arguments, Session& session) {
  if (arguments.Has("rdb")) return RunImportRdb(arguments, session);
  ImportOptions options;
  options.from_line = arguments.Int("from_line", 1);
  options.keep_going = arguments.Has("keep_going");
  if (arguments.Has("db")) arguments.Fail("--db is for RDB files (--rdb)");
  if (!arguments.status().ok()) return arguments.status();
  const auto client = session.client();
  if (!client.ok()) return client.status();
  Progress progress(!arguments.Has("quiet"));
  ProgressState state;
  const absl::Status status =
      Import(**client, options, PathOf(arguments, 0), progress, &state);
  if (!arguments.Has("quiet")) Report(session, "imported", state, progress);
  if (!status.ok()) return status;
  return true;
}

absl::StatusOr<bool> RunBench(Arguments& arguments, Session& session) {
  BenchOptions options;
  options.client = session.options().client;
  options.operations = arguments.Int("operations", options.operations);
  options.threads = static_cast<int>(arguments.Int("threads", options.threads));
  options.batch = static_cast<int>(arguments.Int("batch", options.batch));
  options.keys = arguments.Int("keys", options.keys);
  options.value_bytes = arguments.Int("value_bytes", options.value_bytes);
  if (options.operations < 1 || options.keys < 1 || options.value_bytes < 0) {
    arguments.Fail("--operations and --keys are at least 1");
  }
  if (options.threads < 1 || options.threads > 1000 || options.batch < 1 ||
      options.batch > 10000) {
    arguments.Fail("--threads is from 1 to 1000, --batch from 1 to 10000");
  }
  if (!arguments.status().ok()) return arguments.status();
  const std::string mode =
      PathOf(arguments, 0) == "-" ? "all" : PathOf(arguments, 0);
  bool known = false;
  if (!session.options().json) session.Print(BenchHeader());
  for (const BenchMode& each : BenchModes()) {
    if (mode != "all" && mode != each.name) continue;
    known = true;
    const auto result = RunBenchMode(each, options);
    if (!result.ok()) return result.status();
    session.Print(session.options().json ? BenchJson(*result)
                                         : BenchLine(*result));
    const absl::Status flushed = session.Flush();
    if (!flushed.ok()) return flushed;
  }
  if (!known) return UsageError(absl::StrCat("bench has no mode ", mode));
  return true;
}

constexpr OptionSpec kQuiet = {"quiet", "", "no progress and no summary"};
constexpr OptionSpec kReadOptions[] = {
    {"offset", "N", "leaves out the first N bytes"},
    {"length", "N", "at most N bytes"}};
constexpr OptionSpec kWriteOptions[] = {
    {"ttl", "DURATION", "expires after so long"},
    {"nx", "", "only if there is no such key"}};
constexpr OptionSpec kExportOptions[] = {
    {"prefix", "BYTES", "only keys that begin so"},
    {"glob", "PATTERN", "only keys that match"},
    kQuiet};
constexpr OptionSpec kImportOptions[] = {
    {"rdb", "", "FILE is an RDB file (dump.rdb), of version 12 at most"},
    {"db", "N", "which database of an RDB file; by default 0"},
    {"from_line", "N", "leaves out the lines before"},
    {"keep_going", "", "leaves out lines and entries that are in error"},
    kQuiet};
constexpr OptionSpec kBenchOptions[] = {
    {"operations", "N", "how many in each mode; by default 100000"},
    {"threads", "N", "each with a connection; by default 4"},
    {"batch", "N", "keys of a batch, operations of a message; by default 64"},
    {"keys", "N", "how many different keys bench:N; by default 10000"},
    {"value_bytes", "N", "by default 64"}};

constexpr char kGroup[] = "bulk; FILE - is standard input or output";
constexpr Command kCommands[] = {
    {"read", kGroup, "KEY [FILE]", "writes a string of any length to a file",
     kReadOptions, nullptr, RunRead},
    {"write", kGroup, "KEY [FILE]", "sets a string of any length from a file",
     kWriteOptions, nullptr, RunWrite},
    {"export", kGroup, "[FILE]", "writes all entries as lines of JSON",
     kExportOptions, nullptr, RunExport},
    {"import", kGroup, "[FILE]",
     "sets entries from lines of JSON, or from a Redis RDB file",
     kImportOptions, nullptr, RunImport},
    {"bench", kGroup, "[MODE]",
     "measures; MODE: all or one of those that it prints", kBenchOptions,
     nullptr, RunBench},
};

}  // namespace

absl::Span<const Command> BulkCommands() { return kCommands; }

}  // namespace kv::cli
