#include "tcp_gateway/wire/resp_framer.h"

#include <string>
#include <vector>

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
  return FrameWhole(RespFramer(), input, limits).events;
}

std::string Broken(absl::string_view reason) {
  return absl::StrCat("!! ERR Protocol error: ", reason);
}

TEST(RespFramerTest, ArrayOfStringsIsARequest) {
  EXPECT_THAT(Events("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n"),
              ElementsAre("GET|k", "PING"));
  EXPECT_THAT(Events("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"), ElementsAre("ECHO|"));
}

TEST(RespFramerTest, InlineCommandsStandBetweenArrays) {
  EXPECT_THAT(
      Events("*1\r\n$4\r\nPING\r\nECHO \"a b\"\r\n\r\n*1\r\n$1\r\nx\r\n"),
      ElementsAre("PING", "ECHO|a b", "x"));
}

TEST(RespFramerTest, EmptyAndNilArraysAreSkipped) {
  EXPECT_THAT(Events("*0\r\n*-1\r\n*-5\r\n*1\r\n$4\r\nPING\r\n"),
              ElementsAre("PING"));
}

// Each pair was taken from a Redis server.
TEST(RespFramerTest, ErrorsAreRedisErrors) {
  EXPECT_THAT(Events("*abc\r\n"),
              ElementsAre(Broken("invalid multibulk length")));
  EXPECT_THAT(Events("*\r\n"), ElementsAre(Broken("invalid multibulk length")));
  EXPECT_THAT(Events("*01\r\n"),
              ElementsAre(Broken("invalid multibulk length")));
  EXPECT_THAT(Events("*+1\r\n"),
              ElementsAre(Broken("invalid multibulk length")));
  EXPECT_THAT(Events("*2147483648\r\n"),
              ElementsAre(Broken("invalid multibulk length")));
  EXPECT_THAT(Events("*1\r\nPING\r\n"),
              ElementsAre(Broken("expected '$', got 'P'")));
  EXPECT_THAT(Events("*1\r\n$-1\r\n"),
              ElementsAre(Broken("invalid bulk length")));
  EXPECT_THAT(Events("*1\r\n$\r\n"),
              ElementsAre(Broken("invalid bulk length")));
  EXPECT_THAT(Events("*1\r\n$04\r\n"),
              ElementsAre(Broken("invalid bulk length")));
  EXPECT_THAT(Events("*1\r\n$abc\r\n"),
              ElementsAre(Broken("invalid bulk length")));
  EXPECT_THAT(Events("*1\r\n$536870913\r\n"),
              ElementsAre(Broken("invalid bulk length")));
  EXPECT_THAT(Events("*" + std::string(70'000, '1')),
              ElementsAre(Broken("too big mbulk count string")));
  EXPECT_THAT(Events("*1\r\n$" + std::string(70'000, '1')),
              ElementsAre(Broken("too big bulk count string")));
  EXPECT_THAT(Events(std::string(70'000, 'a')),
              ElementsAre(Broken("too big inline request")));
  EXPECT_THAT(Events("*1\r\n$4\r\nPING\r\nECHO \"a\r\nPING\r\n"),
              ElementsAre("PING", Broken("unbalanced quotes in request")));
}

TEST(RespFramerTest, WhatFollowsACarriageReturnIsNotLookedAt) {
  EXPECT_THAT(Events("*1\rX$4\r\nPINGxx*1\r\n$4\r\nPING\r\n"),
              ElementsAre("PING", "PING"));
}

TEST(RespFramerTest, LimitsBeforeAuthenticationAreRedisLimits) {
  const FrameLimits limits = FrameLimits::BeforeAuthentication();
  EXPECT_THAT(Events("*11\r\n", limits),
              ElementsAre(Broken("unauthenticated multibulk length")));
  EXPECT_THAT(Events("*1\r\n$16385\r\n", limits),
              ElementsAre(Broken("unauthenticated bulk length")));
  EXPECT_THAT(Events("*10\r\n$16384\r\n", limits), IsEmpty());
}

TEST(RespFramerTest, RequestOverAllLimitsTogetherIsRefused) {
  EXPECT_THAT(Events("*2\r\n$3\r\nabc\r\n$90\r\n", {.max_request = 100}),
              ElementsAre(Broken("too big request")));
}

TEST(RespFramerTest, AnnouncedLengthAsksForItsBytesAtOnce) {
  RequestBatch batch;
  std::unique_ptr<PartialRequest> partial;
  const absl::string_view input = "*2\r\n$3\r\nSET\r\n$1000\r\nxx";
  const FrameResult result =
      RespFramer().Parse(input, FrameLimits(), &partial, &batch);
  EXPECT_EQ(result.needed, input.size() - 2 + 1000 + 2);
  EXPECT_EQ(partial, nullptr);
}

TEST(RespFramerTest, EverySplitGivesTheSame) {
  std::string many = "*20\r\n";
  for (int i = 0; i < 20; ++i) {
    const std::string arg(i, 'a' + i);
    absl::StrAppend(&many, "$", arg.size(), "\r\n", arg, "\r\n");
  }
  ExpectSameAtEverySplit(
      RespFramer(), absl::StrCat("*1\r\n$4\r\nPING\r\n*0\r\nset k 0 3\nabc\n",
                                 many, "*1\r\n$1\r\nx\r\nget \"a b\"\r\n"));
  ExpectSameAtEverySplit(RespFramer(),
                         many + "*1\r\n$4\r\nPING\r\n*1\r\n:4\r\n");
}

TEST(RespFramerTest, ManyArgumentsInSinglePiecesAreLinearWork) {
  // 1 MiB in 1-byte pieces. Parsing from the start each time would look at
  // 10^10 headers.
  constexpr int kArgs = 150'000;
  std::string input = absl::StrCat("*", kArgs, "\r\n");
  for (int i = 0; i < kArgs; ++i) input += "$1\r\nx\r\n";
  const Framed framed = FramePieces(RespFramer(), input, 1);
  ASSERT_EQ(framed.events.size(), 1);
  EXPECT_EQ(framed.events[0].size(), 2 * kArgs - 1);
}

TEST(RespFramerTest, LargeStringInSingleBytesIsOneMoreCall) {
  const std::string input =
      absl::StrCat("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048576\r\n",
                   std::string(1 << 20, 'v'), "\r\n");
  const Framed framed = FramePieces(RespFramer(), input, 1);
  EXPECT_EQ(framed.events.size(), 1);
  EXPECT_LE(framed.calls, 64);
}

TEST(RespFramerTest, GarbageIsSurvived) {
  FeedGarbage(RespFramer(), "**$$\r\r\n\n0123-9aP\" ", 3000, 21);
  FeedGarbage(RespFramer(), "*$1\r\n", 3000, 22);
}

}  // namespace
}  // namespace kv::gateway
