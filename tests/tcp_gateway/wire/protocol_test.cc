#include "tcp_gateway/wire/protocol.h"

#include <string>

#include "gtest/gtest.h"

namespace kv::gateway {
namespace {

TEST(RecogniseProtocolTest, NulAmongTheFirstFourBytesIsLegacy) {
  EXPECT_EQ(RecogniseProtocol(std::string("\x0c\0", 2)), Protocol::kLegacy);
  EXPECT_EQ(RecogniseProtocol(std::string("*\0\0\0", 4)), Protocol::kLegacy);
  EXPECT_EQ(RecogniseProtocol(std::string("*1\r\0", 4)), Protocol::kLegacy);
}

TEST(RecogniseProtocolTest, StarIsRespAndAnythingElseText) {
  EXPECT_EQ(RecogniseProtocol("*1\r\n$4\r\n"), Protocol::kResp2);
  EXPECT_EQ(RecogniseProtocol("ping\r\n"), Protocol::kText);
  EXPECT_EQ(RecogniseProtocol("\r\n*1"), Protocol::kText);
  EXPECT_EQ(RecogniseProtocol(std::string("ping\0", 5)), Protocol::kText);
}

TEST(RecogniseProtocolTest, TooFewBytesLeaveItOpen) {
  EXPECT_EQ(RecogniseProtocol(""), Protocol::kUnknown);
  EXPECT_EQ(RecogniseProtocol("*1\r"), Protocol::kUnknown);
  EXPECT_EQ(RecogniseProtocol("pin"), Protocol::kUnknown);
}

}  // namespace
}  // namespace kv::gateway
