#include "tcp_gateway/wire/text_framer.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tcp_gateway/wire/framer_driver.h"

namespace kv::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Events(absl::string_view input,
                                const FrameLimits& limits = {}) {
  return FrameWhole(TextFramer(), input, limits).events;
}

TEST(TextFramerTest, LineIsARequestWhoseEndingIsRemembered) {
  EXPECT_THAT(Events("get a\r\nget b\n"), ElementsAre("get|a", "get|b (LF)"));
}

TEST(TextFramerTest, EmptyLinesAndBlanksAreSkipped) {
  EXPECT_THAT(Events("\r\n\n  \t \r\n  ping  \r\n"), ElementsAre("ping"));
}

TEST(TextFramerTest, QuotedTokensHoldBlanksAndEscapes) {
  EXPECT_THAT(Events("echo \"a b\" \"\" \"\\n\\r\\t\\\\\\\"\\x41\\q\"\r\n"),
              ElementsAre("echo|a b||\n\r\t\\\"Aq"));
  EXPECT_THAT(Events("echo \"\\x4\" \"\\xzz\" a\"b\r\n"),
              ElementsAre("echo|x4|xzz|a\"b"));
}

TEST(TextFramerTest, UnbalancedQuotesAreAnErrorAndTheNextLineIsServed) {
  const std::string error =
      "! ERR Protocol error: unbalanced quotes in request";
  EXPECT_THAT(Events("echo \"a\r\nping\r\n"), ElementsAre(error, "ping"));
  EXPECT_THAT(Events("echo \"a\"b\r\nping\r\n"), ElementsAre(error, "ping"));
  EXPECT_THAT(Events("echo \"a\\\"\r\nping\r\n"), ElementsAre(error, "ping"));
}

TEST(TextFramerTest, SetWithThreeArgumentsTakesADataBlock) {
  EXPECT_THAT(Events("set k 0 5\r\nhello\r\n"), ElementsAre("set|k|hello"));
  EXPECT_THAT(Events("SeT k 60 5\nhello\n"),
              ElementsAre("SeT|k|hello|EX|60 (LF)"));
}

TEST(TextFramerTest, DataBlockMayHoldLineEndingsAndNuls) {
  const std::string block("a\r\nb\0\n", 6);
  EXPECT_THAT(Events("set k 0 6\r\n" + block + "\nping\r\n"),
              ElementsAre("set|k|" + block, "ping"));
  EXPECT_THAT(Events("set k 0 0\r\n\r\nping\r\n"),
              ElementsAre("set|k|", "ping"));
}

TEST(TextFramerTest, SetWithOtherArgumentsIsALine) {
  EXPECT_THAT(Events("set k v\r\nset k v EX 10\r\nset k\r\n"),
              ElementsAre("set|k|v", "set|k|v|EX|10", "set|k"));
}

TEST(TextFramerTest, BadExpiryKeepsTheFramingAndReachesTheCommand) {
  EXPECT_THAT(Events("set k -1 1\r\nx\r\nset k soon 1\r\nx\r\n"),
              ElementsAre("set|k|x|EX|-1", "set|k|x|EX|soon"));
}

TEST(TextFramerTest, BadLengthBreaksTheFraming) {
  const auto broken = ElementsAre("!! ERR Protocol error: invalid bulk length");
  EXPECT_THAT(Events("set k 0 -1\r\nx\r\n"), broken);
  EXPECT_THAT(Events("set k 0 five\r\nx\r\n"), broken);
  EXPECT_THAT(Events("set k 0 536870913\r\nx\r\n"), broken);
  EXPECT_THAT(Events("set k 0 99999999999999999999\r\nx\r\n"), broken);
}

TEST(TextFramerTest, BlockWithoutALineEndingBreaksTheFraming) {
  const auto broken = ElementsAre(
      "ping",
      "!! ERR Protocol error: expected a line ending after the data block");
  EXPECT_THAT(Events("ping\r\nset k 0 5\r\nhello!\r\n"), broken);
  EXPECT_THAT(Events("ping\r\nset k 0 5\r\nhello\r!\r\n"), broken);
}

TEST(TextFramerTest, LineOverTheLimitBreaksTheFramingBeforeItEnds) {
  const size_t limit = FrameLimits().max_line;
  const auto broken =
      ElementsAre("!! ERR Protocol error: too big inline request");
  EXPECT_THAT(Events(std::string(limit + 1, 'a')), broken);
  EXPECT_THAT(Events(std::string(limit + 1, 'a') + "\n"), broken);
  EXPECT_EQ(Events(std::string(limit, 'a') + "\r\n").size(), 1);
  EXPECT_THAT(Events(std::string(limit, 'a') + "\r"), IsEmpty());
}

TEST(TextFramerTest, HttpIsHungUpOn) {
  for (const char* line :
       {"POST / HTTP/1.1", "GET /x HTTP/1.1", "Host: localhost", "host: x",
        "PUT / HTTP/1.1", "OPTIONS * HTTP/1.1", "HEAD /", "CONNECT a:1"}) {
    EXPECT_THAT(Events(absl::StrCat(line, "\r\nset k v\r\n")),
                ElementsAre("!! "))
        << line;
  }
  EXPECT_THAT(Events("GET http\r\n"), ElementsAre("GET|http"));
}

TEST(TextFramerTest, LimitsBeforeAuthenticationAreLow) {
  const FrameLimits limits = FrameLimits::BeforeAuthentication();
  EXPECT_THAT(
      Events("auth a b c d e f g h i j\r\n", limits),
      ElementsAre("!! ERR Protocol error: unauthenticated multibulk length"));
  EXPECT_THAT(Events("set k 0 16385\r\n", limits),
              ElementsAre("!! ERR Protocol error: invalid bulk length"));
}

TEST(TextFramerTest, EverySplitGivesTheSame) {
  ExpectSameAtEverySplit(
      TextFramer(),
      "ping\r\nset key 0 5\r\nhello\r\n\r\nset \"a\\x20b\" 10 3\nx\ny\n"
      "echo \"one two\" three\necho \"bad\r\nget k\n");
  ExpectSameAtEverySplit(TextFramer(),
                         "get a\r\nset k 0 3\r\nabcd\r\nping\r\n");
  ExpectSameAtEverySplit(TextFramer(), "a b c\n", {.max_line = 4});
}

TEST(TextFramerTest, BlockInSingleBytesIsParsedTwice) {
  const std::string value(1 << 20, 'v');
  const std::string input = absl::StrCat("set k 0 ", value.size(), "\r\n");
  const Framed framed =
      FramePieces(TextFramer(), absl::StrCat(input, value, "\r\n"), 1);
  EXPECT_EQ(framed.events.size(), 1);
  EXPECT_LE(framed.calls, input.size() + 3);
}

TEST(TextFramerTest, LineInSingleBytesIsScannedOnce) {
  // Quadratic work would take 2 * 10^9 steps.
  std::string input;
  for (int i = 0; i < 16; ++i) input += std::string(60'000, 'x') + "\n";
  EXPECT_EQ(FramePieces(TextFramer(), input, 1).events.size(), 16);
}

TEST(TextFramerTest, MoreRequestsThanABatchTakesAreAllServed) {
  std::string input;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&input, "get ", i, "\n");
  const Framed framed = FrameWhole(TextFramer(), input);
  EXPECT_EQ(framed.events.size(), 1000);
  EXPECT_EQ(framed.events.back(), "get|999 (LF)");
}

TEST(TextFramerTest, GarbageIsSurvived) {
  FeedGarbage(TextFramer(), "set 01 9\"\\x\r\n\n\n ", 3000, 7);
  std::string bytes(256, '\0');
  for (int i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
  FeedGarbage(TextFramer(), bytes, 1000, 8);
}

}  // namespace
}  // namespace kv::gateway
