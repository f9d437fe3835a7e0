#include <cstdlib>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tcp_gateway/command/acl_categories.h"
#include "tcp_gateway/command/command_history.h"
#include "tcp_gateway/command/command_table.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;
using ::testing::HasSubstr;

class IntrospectionCommands : public CommandTest {};

TEST(CommandTable, RowsAreCompleteAndConsistent) {
  std::set<absl::string_view> names;
  for (size_t i = 0; i < CommandCount(); ++i) {
    const Command& row = CommandAt(i);
    SCOPED_TRACE(row.name);
    EXPECT_EQ(CommandIndex(row), i);
    EXPECT_TRUE(names.insert(row.name).second) << "twice";
    EXPECT_EQ(row.name, absl::AsciiStrToLower(row.name));
    EXPECT_TRUE(absl::EndsWith(row.summary, ".")) << row.summary;
    EXPECT_NE(row.arity, 0);
    EXPECT_FALSE((row.flags & kReadOnly) != 0 && (row.flags & kWrite) != 0);
    if (row.scope == Scope::kKeys) {
      EXPECT_NE(row.keys, kNoKeys);
    }
    if (row.keys != kNoKeys && !row.HasChannels()) {
      EXPECT_TRUE(row.scope == Scope::kKeys || row.scope == Scope::kAllShards);
      // Whoever knows the arity may look at the first key.
      EXPECT_LT(row.keys.first_key(), std::abs(row.arity));
    }
    EXPECT_TRUE(!row.HasChannels() || (row.flags & kPubSub) != 0);
    EXPECT_EQ(row.handler == nullptr,
              !row.subcommands.empty() && row.arity == -2);
    if ((row.flags & kWrite) != 0) {
      EXPECT_TRUE(row.scope == Scope::kKeys || row.scope == Scope::kAllShards);
    }
    EXPECT_FALSE(AclCategoriesOf(row).empty());
    // Redis has all of our commands but this one.
    EXPECT_EQ(SinceVersion(row.name).empty(), row.name == "help");
    for (const Command& subcommand : row.subcommands) {
      EXPECT_TRUE(
          absl::StartsWith(subcommand.name, absl::StrCat(row.name, "|")));
      // The arity counts both words.
      EXPECT_TRUE(subcommand.arity >= 2 || subcommand.arity <= -2);
      EXPECT_NE(subcommand.handler, nullptr);
    }
  }
}

TEST(CommandTable, EveryCommandWithSubcommandsHasHelp) {
  for (const Command* command : AllCommands()) {
    if (command->subcommands.empty()) continue;
    EXPECT_NE(FindSubcommand(*command, "HELP"), nullptr) << command->name;
  }
}

TEST_F(IntrospectionCommands, InfoIsLaidOutAsInRedis) {
  EXPECT_EQ(
      client_.Run("COMMAND INFO GET nosuch"),
      "[[\"get\", :2, ~[+readonly, +fast], :1, :1, :1, "
      "~[+@read, +@string, +@fast], ~[], "
      "~[{\"flags\": ~[+RO, +access], "
      "\"begin_search\": {\"type\": \"index\", \"spec\": {\"index\": :1}}, "
      "\"find_keys\": {\"type\": \"range\", \"spec\": {\"lastkey\": :0, "
      "\"keystep\": :1, \"limit\": :0}}}], []], nil]");
  EXPECT_THAT(client_.Run("COMMAND INFO client"), HasSubstr("\"client|id\""));
  EXPECT_THAT(client_.Run("COMMAND INFO client|id"),
              HasSubstr("[[\"client|id\", :2,"));
  EXPECT_THAT(client_.Run("COMMAND INFO pubsub|channels"),
              HasSubstr("[[\"pubsub|channels\", :-2, ~[+pubsub, +loading, "
                        "+stale], :0, :0, :0, ~[+@pubsub, +@slow]"));
  EXPECT_THAT(client_.Run("COMMAND INFO spublish"),
              HasSubstr("{\"flags\": ~[+not_key]"));
}

TEST_F(IntrospectionCommands, AllWaysOfListingAgree) {
  const std::string count = absl::StrCat(":", AllCommands().size());
  EXPECT_EQ(client_.Run("COMMAND COUNT"), count);
  EXPECT_THAT(client_.Run("COMMAND LIST"), HasSubstr("\"zadd\""));
  EXPECT_EQ(client_.Run("COMMAND LIST FILTERBY PATTERN client|i*"),
            "[\"client|id\", \"client|info\"]");
  EXPECT_EQ(client_.Run("COMMAND LIST FILTERBY MODULE x"), "[]");
  EXPECT_THAT(client_.Run("COMMAND LIST FILTERBY ACLCAT string"),
              HasSubstr("\"append\""));
  EXPECT_EQ(client_.Run("COMMAND LIST x"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("COMMAND"), client_.Run("COMMAND INFO"));
}

TEST_F(IntrospectionCommands, DocsSkipsWhatThereIsNot) {
  EXPECT_EQ(client_.Run("COMMAND DOCS nosuch"), "{}");
  EXPECT_THAT(client_.Run("COMMAND DOCS get"),
              HasSubstr("\"since\": \"1.0.0\", \"group\": \"string\"}"));
  EXPECT_THAT(client_.Run("COMMAND DOCS"), HasSubstr("\"slowlog|get\""));
}

TEST_F(IntrospectionCommands, GetKeysFindsKeys) {
  EXPECT_EQ(client_.Run("COMMAND GETKEYS MSET a 1 b 2"), "[\"a\", \"b\"]");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS MEMORY USAGE k"), "[\"k\"]");
  EXPECT_EQ(client_.Run("COMMAND GETKEYSANDFLAGS GET a"),
            "[[\"a\", ~[+RO, +access]]]");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS ZUNION 2 a b"), "[\"a\", \"b\"]");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS ZUNION 3 a b"),
            "-ERR Invalid arguments specified for command");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS SORT z"), "[\"z\"]");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS OBJECT FREQ k"), "[\"k\"]");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS OBJECT HELP"),
            "-ERR The command has no key arguments");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS SSUBSCRIBE channel"),
            "-ERR The command has no key arguments");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS PING"),
            "-ERR The command has no key arguments");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS GET"),
            "-ERR Invalid number of arguments specified for command");
  EXPECT_EQ(client_.Run("COMMAND GETKEYS nosuch"),
            "-ERR Invalid command specified");
}

}  // namespace
}  // namespace kv::gateway
