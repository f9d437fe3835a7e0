// PROTOCOL.md lists the commands that there are, and no others.
//
//   bazel run //tests/tcp_gateway/command:command_list_test -- --update
//
// writes the list into the source.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tcp_gateway/command/command.h"
#include "tcp_gateway/command/command_table.h"
#include "tcp_gateway/command/legacy_commands.h"
#include "tests/testing/command_client.h"

namespace kv::gateway {
namespace {

constexpr char kDocument[] = "tcp_gateway/PROTOCOL.md";
constexpr char kBegin[] = "<!-- begin: commands -->\n";
constexpr char kEnd[] = "<!-- end: commands -->\n";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "GET key" with each '|' as a table's cell needs it.
std::string Usage(const Command& command) {
  std::string usage = absl::AsciiStrToUpper(command.name);
  if (!command.arguments.empty()) {
    absl::StrAppend(&usage, " ", command.arguments);
  }
  return absl::StrReplaceAll(usage, {{"|", "\\|"}});
}

// The section's text: a table for each group, by the groups' names.
std::string CommandList() {
  std::map<std::string, std::string> tables;
  for (const Command* command : AllCommands()) {
    absl::StrAppend(&tables[std::string(GroupName(command->group))], "| `",
                    Usage(*command), "` | ", command->summary, " |\n");
  }
  std::string list;
  for (const auto& [group, rows] : tables) {
    absl::StrAppend(&list, "\n**", group,
                    "**\n\n| command | |\n| --- | --- |\n", rows);
  }
  return list + "\n";
}

struct Section {
  size_t begin = 0;
  size_t size = 0;
};

Section FindSection(const std::string& document) {
  const size_t begin = document.find(kBegin);
  const size_t end = document.find(kEnd);
  if (begin == document.npos || end == document.npos) return {};
  return {begin + std::strlen(kBegin), end - begin - std::strlen(kBegin)};
}

TEST(CommandList, DocumentListsTheCommandsThatThereAre) {
  const std::string document = ReadFile(kDocument);
  const Section section = FindSection(document);
  ASSERT_GT(section.begin, 0u) << "no section for the list in " << kDocument;
  EXPECT_EQ(document.substr(section.begin, section.size), CommandList())
      << "run this test with --update";
}

TEST(CommandList, DocumentListsTheLegacyCommandsThatThereAre) {
  const std::string document = ReadFile(kDocument);
  for (const Command& command : LegacyCommands()) {
    std::string usage(command.name);
    if (!command.arguments.empty()) {
      absl::StrAppend(&usage, " ", command.arguments);
    }
    EXPECT_TRUE(absl::StrContains(document, absl::StrCat("| `", usage, "` |")))
        << usage;
  }
}

TEST(CommandList, HelpShowsTheSameCommands) {
  testing::CommandServer server;
  testing::CommandClient client(server);
  const std::string help = client.Run("HELP");
  EXPECT_EQ(std::count(help.begin(), help.end(), '"'),
            2 * AllCommands().size());
  for (const Command* command : AllCommands()) {
    EXPECT_TRUE(absl::StrContains(
        help, absl::StrCat("\"", absl::AsciiStrToUpper(command->name), " ")))
        << command->name;
  }
}

}  // namespace

int UpdateDocument() {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr) return 1;  // not started by bazel run
  const std::string path = absl::StrCat(workspace, "/", kDocument);
  std::string document = ReadFile(path);
  const Section section = FindSection(document);
  if (section.begin == 0) return 1;
  document.replace(section.begin, section.size, CommandList());
  return (std::ofstream(path) << document).flush() ? 0 : 1;
}

}  // namespace kv::gateway

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc == 2 && std::string(argv[1]) == "--update") {
    return kv::gateway::UpdateDocument();
  }
  return RUN_ALL_TESTS();
}
