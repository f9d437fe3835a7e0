#include "tcp_gateway/wire/resp_writer.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tests/tcp_gateway/wire/written.h"

namespace kv::gateway {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The bytes of one reply in RESP2 and in RESP3.
template <typename Write>
std::string Both(Write write) {
  RespWriter writer;
  const std::string resp2 = Written(&writer, write);
  writer.set_resp3(true);
  return resp2 + "| " + Written(&writer, write);
}

TEST(RespWriterTest, EachVerbHasItsBytesInBothVersions) {
  EXPECT_EQ(Both([](auto& w) { w.Status("OK"); }), "+OK\r\n| +OK\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Error("ERR a\nb"); }),
            "-ERR a b\r\n| -ERR a b\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Integer(-1); }), ":-1\r\n| :-1\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Bulk("ab"); }), "$2\r\nab\r\n| $2\r\nab\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Double(1.5); }), "$3\r\n1.5\r\n| ,1.5\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Double(-kInfinity); }),
            "$4\r\n-inf\r\n| ,-inf\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Double(std::nan("")); }),
            "$3\r\nnan\r\n| ,nan\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Bool(true); }), ":1\r\n| #t\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Bool(false); }), ":0\r\n| #f\r\n");
  EXPECT_EQ(Both([](auto& w) { w.BigNumber("123"); }),
            "$3\r\n123\r\n| (123\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Verbatim("txt", "hi"); }),
            "$2\r\nhi\r\n| =6\r\ntxt:hi\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Null(); }), "$-1\r\n| _\r\n");
  EXPECT_EQ(Both([](auto& w) { w.NullArray(); }), "*-1\r\n| _\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Array(2); }), "*2\r\n| *2\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Set(2); }), "*2\r\n| ~2\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Map(2); }), "*4\r\n| %2\r\n");
  EXPECT_EQ(Both([](auto& w) { w.Push(2); }), "*2\r\n| >2\r\n");
}

TEST(RespWriterTest, PairsAreNestedInResp3Only) {
  EXPECT_EQ(Both([](auto& w) {
              w.ArrayOfPairs(1);
              w.Pair();
              w.Bulk("m");
              w.Double(2);
            }),
            "*2\r\n$1\r\nm\r\n$1\r\n2\r\n| *1\r\n*2\r\n$1\r\nm\r\n,2\r\n");
}

TEST(RespWriterTest, SwitchHoldsFromTheNextValueOn) {
  RespWriter writer;
  EXPECT_EQ(Written(&writer,
                    [](auto& w) {
                      w.Null();
                      EXPECT_TRUE(w.SwitchToResp(3));
                      w.Null();
                      EXPECT_TRUE(w.SwitchToResp(2));
                      w.Null();
                    }),
            "$-1\r\n_\r\n$-1\r\n");
  EXPECT_EQ(writer.protocol(), Protocol::kResp2);
}

}  // namespace
}  // namespace kv::gateway
