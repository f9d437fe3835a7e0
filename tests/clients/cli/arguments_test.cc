#include "clients/cli/arguments.h"

#include <limits>
#include <string>
#include <vector>

#include "clients/cli/exit_code.h"
#include "gtest/gtest.h"

namespace kv::cli {
namespace {

constexpr OptionSpec kOptions[] = {
    {"ttl", "DURATION", ""}, {"nx", "", ""}, {"keep_ttl", "", ""}};
constexpr Command kSet = {"set", "", "KEY VALUE [KEY VALUE ...]", "", kOptions};

absl::StatusOr<std::string> Input() { return "from input"; }

absl::StatusOr<Arguments> Parse(std::vector<std::string> words) {
  return Arguments::Parse(kSet, words, Input);
}

TEST(ArgumentsTest, ArityFollowsFromTheHelp) {
  constexpr size_t kMany = std::numeric_limits<size_t>::max();
  const struct {
    const char* operands;
    size_t min, max, group;
  } cases[] = {{"", 0, 0, 1},
               {"KEY", 1, 1, 1},
               {"KEY [DELTA]", 1, 2, 1},
               {"KEY [MIN MAX]", 1, 3, 2},
               {"KEY [KEY ...]", 1, kMany, 1},
               {"KEY SCORE MEMBER [SCORE MEMBER ...]", 3, kMany, 2}};
  for (const auto& test : cases) {
    const Arity arity = ArityOf(test.operands);
    EXPECT_EQ(arity.min, test.min) << test.operands;
    EXPECT_EQ(arity.max, test.max) << test.operands;
    EXPECT_EQ(arity.group, test.group) << test.operands;
  }
}

TEST(ArgumentsTest, OptionsStandAnywhere) {
  auto arguments = Parse({"--nx", "k", "--ttl", "10s", "v", "--keep-ttl"});
  ASSERT_TRUE(arguments.ok()) << arguments.status();
  EXPECT_EQ(arguments->operands(), (std::vector<std::string>{"k", "v"}));
  EXPECT_TRUE(arguments->Has("nx"));
  EXPECT_TRUE(arguments->Has("keep_ttl"));
  EXPECT_EQ(arguments->Duration("ttl"), absl::Seconds(10));
  EXPECT_EQ(Parse({"k", "v", "--ttl=5s"})->Text("ttl"), "5s");
}

TEST(ArgumentsTest, BehindTwoDashesAllAreOperands) {
  const auto arguments = Parse({"--nx", "--", "--ttl", "-"});
  ASSERT_TRUE(arguments.ok()) << arguments.status();
  EXPECT_EQ(arguments->operands(), (std::vector<std::string>{"--ttl", "-"}));
}

TEST(ArgumentsTest, NegativeNumbersAreOperands) {
  EXPECT_EQ(Parse({"k", "-1"})->operand(1), "-1");
}

TEST(ArgumentsTest, ADashIsTheInputOnlyWhereAValueIsExpected) {
  EXPECT_EQ(Parse({"k", "-"})->operand(1), "from input");
  EXPECT_EQ(Parse({"-", "v"})->operand(0), "-");
  EXPECT_EQ(Parse({"a", "1", "b", "-"})->operand(3), "from input");
  EXPECT_FALSE(Parse({"a", "-", "b", "-"}).ok());
}

TEST(ArgumentsTest, MistakesAreErrorsOfUse) {
  const std::vector<std::string> cases[] = {{},
                                            {"k"},
                                            {"k", "v", "k"},
                                            {"k", "v", "--what"},
                                            {"k", "v", "--nx=1"},
                                            {"k", "v", "--ttl"}};
  for (const auto& words : cases) {
    EXPECT_EQ(ExitCodeOf(Parse(words).status()), kUsage);
  }
}

TEST(ArgumentsTest, TheFirstThatCannotBeReadIsReported) {
  auto arguments = Parse({"k", "v"});
  ASSERT_TRUE(arguments.ok());
  EXPECT_EQ(arguments->ToInt("N", "12"), 12);
  EXPECT_TRUE(arguments->status().ok());
  arguments->ToInt("N", "12x");
  arguments->ToDuration("10");
  EXPECT_EQ(arguments->status().message(), "N is not a whole number: 12x");
}

TEST(ArgumentsTest, TimesAreDatesOrMilliseconds) {
  auto arguments = Parse({"k", "v"});
  EXPECT_EQ(arguments->ToTime("1500"), absl::FromUnixMillis(1500));
  EXPECT_EQ(arguments->ToTime("1970-01-01T00:00:01.5Z"),
            absl::FromUnixMillis(1500));
  EXPECT_TRUE(arguments->status().ok());
  arguments->ToTime("tomorrow");
  EXPECT_FALSE(arguments->status().ok());
}

TEST(ArgumentsTest, NotANumberIsNoScore) {
  auto arguments = Parse({"k", "v"});
  EXPECT_EQ(arguments->ToScore("-inf"),
            -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(arguments->status().ok());
  arguments->ToScore("nan");
  EXPECT_FALSE(arguments->status().ok());
}

}  // namespace
}  // namespace kv::cli
