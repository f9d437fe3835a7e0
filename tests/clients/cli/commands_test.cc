#include "clients/cli/commands.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/compare_text.h"
#include "clients/cli/completion.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/global_flags.h"
#include "gtest/gtest.h"

namespace kv::cli {
namespace {

TEST(CommandsTest, EveryRowIsComplete) {
  std::set<std::string> names;
  for (const Command& command : AllCommands()) {
    SCOPED_TRACE(command.name);
    EXPECT_TRUE(names.emplace(command.name).second);
    EXPECT_NE(command.to_operation == nullptr, command.run == nullptr);
    EXPECT_FALSE(command.summary.empty());
    EXPECT_EQ(FindCommand(command.name), &command);
    std::set<std::string> options;
    for (const OptionSpec& option : command.options) {
      EXPECT_TRUE(options.emplace(option.name).second) << option.name;
      EXPECT_FALSE(option.summary.empty()) << option.name;
      EXPECT_NE(HelpText(command).find(absl::StrCat("--", option.name)),
                std::string::npos);
    }
    EXPECT_NE(HelpText().find(absl::StrCat("  ", command.name)),
              std::string::npos);
  }
}

// What is typed, and the operation it becomes, in protobuf's short text form.
struct ParseCase {
  const char* line;
  const char* operation;
};

TEST(CommandsTest, CommandsBecomeOperations) {
  const ParseCase cases[] = {
      {"get k", R"(get { key: "k" })"},
      {"GET k", R"(get { key: "k" })"},
      {"set k v", R"(set { key: "k" value: "v" })"},
      {"set k v --ttl 10s --nx",
       R"(set { key: "k" value: "v" ttl_ms: 10000 must_not_exist: true })"},
      {"set k v --ttl 1us", R"(set { key: "k" value: "v" ttl_ms: 1 })"},
      {"set k v --at 1500 --xx --previous",
       R"(set { key: "k" value: "v" expire_time_ms: 1500 must_exist: true return_previous: true })"},
      {"set k v --keep_ttl --if_version 7",
       R"(set { key: "k" value: "v" keep_expiry: true version_equals: 7 })"},
      {"del k --if_value v", R"(delete { key: "k" value_equals: "v" })"},
      {"del a b", R"(batch_delete { keys: "a" keys: "b" })"},
      {"expire k 1m --if later",
       R"(expire { key: "k" ttl_ms: 60000 condition: EXPIRE_CONDITION_LATER })"},
      {"expire k 1500", R"(expire { key: "k" expire_time_ms: 1500 })"},
      {"incr k", R"(increment { key: "k" delta: 1 })"},
      {"incr k -3", R"(increment { key: "k" delta: -3 })"},
      {"append k v", R"(append { key: "k" suffix: "v" })"},
      {"mget a b", R"(batch_get { keys: "a" keys: "b" })"},
      {"mset a 1 --ttl 1s",
       R"(batch_set { entries { key: "a" value: "1" ttl_ms: 1000 } })"},
      {"zadd z 1.5 a -inf b --xx --gt",
       R"(sorted_set_add { key: "z" members { member: "a" score: 1.5 } members { member: "b" score: -inf } member_condition: MEMBER_CONDITION_EXISTING score_condition: SCORE_CONDITION_GREATER })"},
      {"zrange z", R"(sorted_set_range { key: "z" })"},
      {"zrange z 0 -1 --reverse --scores",
       R"(sorted_set_range { key: "z" by_rank { stop: -1 } reverse: true with_scores: true })"},
      {"zrange z (1 inf --by score --offset 2 --limit 3",
       R"(sorted_set_range { key: "z" by_score { min: 1 max: inf exclude_min: true } offset: 2 limit: 3 })"},
      {"zrange z - (b --by member",
       R"(sorted_set_range { key: "z" by_member { max: "b" exclude_max: true } })"},
      {"zcount z [a + --by member",
       R"(sorted_set_count { key: "z" by_member { min: "a" } })"},
      {"zcount z 1 2",
       R"(sorted_set_count { key: "z" by_score { min: 1 max: 2 } })"},
      {"zpop a b --highest --count 2",
       R"(sorted_set_pop { keys: "a" keys: "b" highest: true count: 2 })"},
      {"zcombine union a b --weights 1,2 --aggregate max --store c",
       R"(sorted_set_combine { operation: COMBINE_OPERATION_UNION inputs { key: "a" weight: 1 } inputs { key: "b" weight: 2 } aggregate: COMBINE_AGGREGATE_MAX destination: "c" })"},
      {"zcombine intersection a --count 5",
       R"(sorted_set_combine { operation: COMBINE_OPERATION_INTERSECTION inputs { key: "a" } count_up_to: 5 })"},
      {"zsample z 3 --repeats",
       R"(sorted_set_sample { key: "z" count: 3 repeats: true })"},
      {"zremrange z 0 1 --by rank",
       R"(sorted_set_remove_range { key: "z" by_rank { stop: 1 } })"},
      {"zstorerange d s 0 1",
       R"(sorted_set_store_range { destination: "d" source: "s" by_rank { stop: 1 } })"},
  };
  for (const ParseCase& test : cases) {
    const auto operation = ParseOperation(test.line);
    ASSERT_TRUE(operation.ok()) << test.line << ": " << operation.status();
    EXPECT_EQ(operation->ShortDebugString(), test.operation) << test.line;
  }
}

TEST(CommandsTest, MistakesAreErrorsOfUse) {
  for (const char* line : {"",
                           "nothing",
                           "keys",
                           "help",
                           "get",
                           "get a b",
                           "set k v --ttl 10",
                           "set k v --ttl 1s --at 5",
                           "set k v --nx --if_version 3",
                           "set k v --if_version -1",
                           "del a b --previous",
                           "expire k tomorrow",
                           "expire k 1s --if maybe",
                           "incr k 1.5",
                           "mset a",
                           "zadd z 1",
                           "zadd z one m",
                           "zadd z 1 m --nx --xx",
                           "zadd z 1 m --gt --lt",
                           "zrange z 0",
                           "zrange z 0 1 --by age",
                           "zrange z a b --by member",
                           "zrange z 1.5 2",
                           "zcount z 0 1 --by rank",
                           "zcombine xor a",
                           "zcombine union a b --weights 1",
                           "zcombine union a --store b --count 1",
                           "zcombine union a --aggregate avg",
                           "get \"open"}) {
    EXPECT_EQ(ExitCodeOf(ParseOperation(line).status()), kUsage) << line;
  }
}

TEST(CommandsTest, ComparesAreRead) {
  const ParseCase cases[] = {
      {"exists k", R"(key: "k" relation: COMPARE_RELATION_EQUAL exists: true)"},
      {"absent k",
       R"(key: "k" relation: COMPARE_RELATION_EQUAL exists: false)"},
      {"version k > 7",
       R"(key: "k" relation: COMPARE_RELATION_GREATER version: 7)"},
      {"value k != 'a b'",
       R"(key: "k" relation: COMPARE_RELATION_NOT_EQUAL value: "a b")"},
      {"type k = sorted_set",
       R"(key: "k" relation: COMPARE_RELATION_EQUAL type: VALUE_TYPE_SORTED_SET)"},
      {"score z m < 1.5",
       R"(key: "z" relation: COMPARE_RELATION_LESS score { member: "m" score: 1.5 })"},
  };
  for (const ParseCase& test : cases) {
    const auto compare = ParseCompare(test.line);
    ASSERT_TRUE(compare.ok()) << test.line;
    EXPECT_EQ(compare->ShortDebugString(), test.operation) << test.line;
  }
  for (const char* line : {"", "exists", "version k 7", "version k = x",
                           "type k = list", "score z m", "age k = 3"}) {
    EXPECT_EQ(ExitCodeOf(ParseCompare(line).status()), kUsage) << line;
  }
}

using Words = std::vector<std::string>;

TEST(CompletionTest, TheFirstWordIsACommand) {
  EXPECT_EQ(Completions("zra"), (Words{"zrange", "zrank"}));
  EXPECT_EQ(Completions("ZRA"), (Words{"zrange", "zrank"}));
  EXPECT_EQ(Completions("qu"), Words{"quit"});
  EXPECT_GT(Completions("").size(), 20u);
}

TEST(CompletionTest, BehindItStandOptions) {
  EXPECT_EQ(Completions("set k --i"), (Words{"--if_value", "--if_version"}));
  EXPECT_EQ(Completions("set k").size(), 0u);
  EXPECT_EQ(Completions("zcount z "), Words{"--by"});
  EXPECT_EQ(Completions("nothing --"), Words{});
  EXPECT_EQ(Completions("help expo"), Words{"export"});
}

TEST(CompletionTest, TheCommonPrefixIsInserted) {
  EXPECT_EQ(CommonPrefix({}), "");
  EXPECT_EQ(CommonPrefix({"zrange", "zrank"}), "zran");
  EXPECT_EQ(CommonPrefix({"get", "get"}), "get");
}

TEST(GlobalFlagsTest, FlagsEndWhereTheCommandBegins) {
  const auto flags = ParseGlobalFlags(
      Words{"--host", "::1", "--port=7", "--json", "set", "k", "v", "--nx"});
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->session.client.target, "[::1]:7");
  EXPECT_TRUE(flags->session.json);
  EXPECT_EQ(flags->command, (Words{"set", "k", "v", "--nx"}));
  EXPECT_EQ(ParseGlobalFlags({})->session.client.target, "127.0.0.1:50051");
  EXPECT_FALSE(ParseGlobalFlags(Words{"--port", "0"}).ok());
  EXPECT_FALSE(ParseGlobalFlags(Words{"--what"}).ok());
}

}  // namespace
}  // namespace kv::cli
