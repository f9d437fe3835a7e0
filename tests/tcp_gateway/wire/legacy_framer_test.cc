#include "tcp_gateway/wire/legacy_framer.h"

#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tcp_gateway/wire/framer_driver.h"

namespace kv::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Word(uint32_t value) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &value, 4);
  return bytes;
}

std::string FrameOf(const std::vector<std::string>& args) {
  std::string payload = Word(args.size());
  for (const std::string& arg : args) payload += Word(arg.size()) + arg;
  return Word(payload.size()) + payload;
}

std::vector<std::string> Events(absl::string_view input,
                                const FrameLimits& limits = {}) {
  return FrameWhole(LegacyFramer(), input, limits).events;
}

TEST(LegacyFramerTest, FrameIsARequest) {
  EXPECT_THAT(Events(FrameOf({"set", "k", "v"}) + FrameOf({"get", ""})),
              ElementsAre("set|k|v", "get|"));
}

TEST(LegacyFramerTest, FrameWithoutArgumentsHasAnEmptyName) {
  EXPECT_THAT(Events(FrameOf({}) + FrameOf({"keys"})), ElementsAre("", "keys"));
}

TEST(LegacyFramerTest, BrokenFrameEndsTheConnectionWithoutAWord) {
  const auto broken = ElementsAre("!! ");
  EXPECT_THAT(Events(Word(3) + "abc"), broken);                    // no count
  EXPECT_THAT(Events(Word(9) + Word(1) + Word(0) + "x"), broken);  // too long
  EXPECT_THAT(Events(Word(8) + Word(1) + Word(1)), broken);        // too short
  EXPECT_THAT(Events(Word(8) + Word(2) + Word(0)), broken);        // too few
  EXPECT_THAT(Events(Word(8) + Word(1) + Word(0xffffffff)), broken);
  EXPECT_THAT(Events(Word(0xfffffff0) + Word(1)), broken);
  EXPECT_THAT(Events(Word(100'000) + Word(1025)), broken);
}

TEST(LegacyFramerTest, RequestsBeforeABrokenFrameAreServed) {
  EXPECT_THAT(Events(FrameOf({"get", "k"}) + Word(0)),
              ElementsAre("get|k", "!! "));
}

TEST(LegacyFramerTest, ThousandAndTwentyFourArgumentsAreServed) {
  EXPECT_EQ(Events(FrameOf(std::vector<std::string>(1024, "a"))).size(), 1);
  EXPECT_THAT(Events(Word(100'000) + Word(1024)), IsEmpty());
}

TEST(LegacyFramerTest, EverySplitGivesTheSame) {
  ExpectSameAtEverySplit(LegacyFramer(), FrameOf({"set", "key", "value"}) +
                                             FrameOf({}) +
                                             FrameOf({"get", "key"}) + Word(2));
}

TEST(LegacyFramerTest, LargeFrameInSingleBytesIsThreeCalls) {
  const Framed framed = FramePieces(
      LegacyFramer(), FrameOf({"set", "k", std::string(1 << 20, 'v')}), 1);
  EXPECT_EQ(framed.events.size(), 1);
  EXPECT_LE(framed.calls, 4);
}

TEST(LegacyFramerTest, GarbageIsSurvived) {
  FeedGarbage(LegacyFramer(), std::string("\0\0\0\1\2\4\x09", 7), 5000, 31);
}

}  // namespace
}  // namespace kv::gateway
