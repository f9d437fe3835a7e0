#include "tcp_gateway/wire/text_writer.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tests/tcp_gateway/wire/written.h"

namespace kv::gateway {
namespace {

TEST(TextWriterTest, EachVerbHasItsBytes) {
  TextWriter writer;
  const auto written = [&](auto&& write) { return Written(&writer, write); };
  EXPECT_EQ(written([](auto& w) { w.Status("OK"); }), "+OK\r\n");
  EXPECT_EQ(written([](auto& w) { w.Integer(-7); }), ":-7\r\n");
  EXPECT_EQ(
      written([](auto& w) { w.Integer(std::numeric_limits<int64_t>::min()); }),
      ":-9223372036854775808\r\n");
  EXPECT_EQ(written([](auto& w) { w.Bulk("hello"); }), "+VALUE 5\r\nhello\r\n");
  EXPECT_EQ(written([](auto& w) { w.Bulk(""); }), "+VALUE 0\r\n\r\n");
  EXPECT_EQ(written([](auto& w) { w.Double(1.5); }), "+VALUE 3\r\n1.5\r\n");
  EXPECT_EQ(written([](auto& w) { w.Null(); }), "+NIL\r\n");
  EXPECT_EQ(written([](auto& w) { w.NullArray(); }), "+NIL\r\n");
  EXPECT_EQ(written([](auto& w) { w.Array(2); }), "*2\r\n");
  EXPECT_EQ(written([](auto& w) { w.Set(2); }), "*2\r\n");
  EXPECT_EQ(written([](auto& w) { w.Push(3); }), "*3\r\n");
  EXPECT_EQ(written([](auto& w) { w.Map(2); }), "*4\r\n");
  EXPECT_EQ(written([](auto& w) { w.Bool(true); }), ":1\r\n");
  EXPECT_EQ(written([](auto& w) { w.Bool(false); }), ":0\r\n");
  EXPECT_EQ(written([](auto& w) { w.Verbatim("txt", "hi"); }),
            "+VALUE 2\r\nhi\r\n");
  EXPECT_EQ(written([](auto& w) { w.BigNumber("12"); }), "+VALUE 2\r\n12\r\n");
  EXPECT_EQ(written([](auto& w) {
              w.ArrayOfPairs(1);
              w.Pair();
              w.Bulk("m");
              w.Double(2);
            }),
            "*2\r\n+VALUE 1\r\nm\r\n+VALUE 1\r\n2\r\n");
}

TEST(TextWriterTest, LinesEndAsTheRequestDid) {
  TextWriter writer;
  EXPECT_EQ(Written(&writer,
                    [](auto& w) {
                      w.BeginReply(LineEnding::kLf);
                      w.Bulk("a");
                      w.Error("ERR x");
                      w.BeginReply(LineEnding::kCrLf);
                      w.Integer(1);
                    }),
            "+VALUE 1\na\n-ERR x\n:1\r\n");
}

TEST(TextWriterTest, ErrorIsOneLineWhateverItQuotes) {
  TextWriter writer;
  EXPECT_EQ(
      Written(&writer, [](auto& w) { w.Error("ERR bad 'a\r\nb\x7f\x01'"); }),
      "-ERR bad 'a  b  '\r\n");
}

TEST(TextWriterTest, LargeValueIsReferencedAndArrivesWhole) {
  TextWriter writer;
  const std::string bytes(100'000, 'b');
  store::Blob* blob = store::Blob::New(bytes);
  EXPECT_EQ(Written(&writer,
                    [&](auto& w) {
                      w.Bulk(store::StringValue{blob->view(), blob});
                      EXPECT_FALSE(blob->unique());
                    }),
            "+VALUE 100000\r\n" + bytes + "\r\n");
  EXPECT_TRUE(blob->unique());
  blob->Unref();
  EXPECT_EQ(Written(&writer, [&](auto& w) { w.Bulk(bytes); }),
            "+VALUE 100000\r\n" + bytes + "\r\n");
}

}  // namespace
}  // namespace kv::gateway
