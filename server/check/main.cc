// fastkv-check: says what a data directory holds and what a start would make of
// it; with --repair makes a damaged log one that can be loaded.

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/durable/data_directory.h"
#include "store/durable/file_system.h"
#include "store/durable/inspection.h"

ABSL_FLAG(
    bool, repair, false,
    "if the log is damaged, cuts it off there, which gives up every write "
    "from there on; what is cut is kept in DIR/lost");

namespace kv::server {
namespace {

// Exit codes.
constexpr int kFine = 0;
constexpr int kDamaged = 1;
constexpr int kFailed = 2;  // not a command line, or it cannot be read

constexpr char kUsage[] =
    "looks through a data directory of FastKV, which no server may use "
    "meanwhile.\n\n"
    "  fastkv-check DIR             says what is there; changes nothing\n"
    "  fastkv-check --repair DIR    cuts a damaged log off at the damage\n\n"
    "Exit codes: 0 a start loads it, 1 a start refuses it, 2 it cannot be "
    "read or the command line is wrong.";

int Fail(const absl::Status& status) {
  std::cerr << "fastkv-check: " << status.message() << "\n";
  return kFailed;
}

int RunCheck(const store::DataDirectory& directory) {
  const auto inspection = store::Inspect(directory);
  if (!inspection.ok()) return Fail(inspection.status());
  for (const store::FileReport& file : inspection->files) {
    std::cout << file.name << "  " << file.bytes << " bytes: " << file.what
              << "\n";
  }
  const auto& start = inspection->start;
  if (!start.ok()) {
    std::cout << "A start refuses this: " << start.status().message() << "\n";
    if (!inspection->can_be_repaired) {
      std::cout << "A repair cannot help.\n";
    }
    return kDamaged;
  }
  if (!start->warning.empty()) std::cout << start->warning << "\n";
  if (!start->log.cut.empty()) {
    std::cout << "A start will cut this: " << start->log.cut << "\n";
  }
  std::cout << "A start loads this: " << start->snapshot.records
            << " records of the snapshot, " << start->log.records
            << " of the log, which goes on at position "
            << start->log.next_position << ".\n";
  return kFine;
}

int RunRepair(const store::DataDirectory& directory) {
  const auto done = store::Repair(directory);
  if (!done.ok()) {
    std::cerr << "fastkv-check: it cannot be repaired: "
              << done.status().message() << "\n";
    return kDamaged;
  }
  for (const std::string& line : *done) std::cout << line << "\n";
  if (done->empty()) std::cout << "Nothing is wrong.\n";
  return RunCheck(directory);
}

void SetUpHelp() {
  absl::SetProgramUsageMessage(kUsage);
  absl::FlagsUsageConfig config;
  const auto ours = [](absl::string_view file) {
    return absl::StrContains(file, "server/check/");
  };
  config.contains_helpshort_flags = ours;
  config.contains_help_flags = ours;
  absl::SetFlagsUsageConfig(config);
}

int Main(int argc, char** argv) {
  SetUpHelp();
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  if (arguments.size() != 2) {
    std::cerr << kUsage << "\n";
    return kFailed;
  }
  const auto directory = store::DataDirectory::OpenToInspect(
      store::FileSystem::Posix(), arguments[1]);
  if (!directory.ok()) return Fail(directory.status());
  return absl::GetFlag(FLAGS_repair) ? RunRepair(**directory)
                                     : RunCheck(**directory);
}

}  // namespace
}  // namespace kv::server

int main(int argc, char** argv) { return kv::server::Main(argc, argv); }
