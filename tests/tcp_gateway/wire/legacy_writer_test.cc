#include "tcp_gateway/wire/legacy_writer.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/tcp_gateway/wire/written.h"

namespace kv::gateway {
namespace {

using std::string_literals::operator""s;

template <typename Write>
std::string Legacy(Write write) {
  LegacyWriter writer;
  return Written(&writer, write);
}

TEST(LegacyWriterTest, EachVerbHasItsFrame) {
  EXPECT_EQ(Legacy([](auto& w) { w.Null(); }), "\1\0\0\0\0"s);
  EXPECT_EQ(Legacy([](auto& w) { w.NullArray(); }), "\1\0\0\0\0"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Error(ErrorKind::kWrongType, "no"); }),
            "\x0b\0\0\0\1\3\0\0\0\2\0\0\0no"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Error("ERR x"); }),
            "\x0e\0\0\0\1\4\0\0\0\5\0\0\0ERR x"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Bulk("hello"); }),
            "\x0a\0\0\0\2\5\0\0\0hello"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Status("OK"); }), "\7\0\0\0\2\2\0\0\0OK"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Integer(-2); }),
            "\x09\0\0\0\3\xfe\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Bool(true); }),
            "\x09\0\0\0\3\1\0\0\0\0\0\0\0"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Double(1.5); }),
            "\x09\0\0\0\4\0\0\0\0\0\0\xf8\x3f"s);
  EXPECT_EQ(Legacy([](auto& w) { w.Array(0); }), "\5\0\0\0\5\0\0\0\0"s);
}

TEST(LegacyWriterTest, ErrorsHaveTheOriginalsNumbers) {
  const auto error = [](ErrorKind kind) {
    return Legacy([&](auto& w) { w.Error(kind, "text"); });
  };
  EXPECT_EQ(error(ErrorKind::kTooBig), "\x0d\0\0\0\1\2\0\0\0\4\0\0\0text"s);
  EXPECT_EQ(error(ErrorKind::kWrongType), "\x0d\0\0\0\1\3\0\0\0\4\0\0\0text"s);
  EXPECT_EQ(error(ErrorKind::kBadArgument),
            "\x0d\0\0\0\1\4\0\0\0\4\0\0\0text"s);
  const std::string unknown = "\x14\0\0\0\1\1\0\0\0\x0b\0\0\0Unknown cmd"s;
  EXPECT_EQ(error(ErrorKind::kUnknownCommand), unknown);
  EXPECT_EQ(error(ErrorKind::kWrongArity), unknown);
}

TEST(LegacyWriterTest, ArrayIsOneFrameHoweverNested) {
  EXPECT_EQ(Legacy([](auto& w) {
              w.Array(3);
              w.Array(0);
              w.Map(1);
              w.Null();
              w.Null();
              w.Bulk("a");
              w.Null();
            }),
            "\x17\0\0\0"
            "\5\3\0\0\0"
            "\5\0\0\0\0"
            "\5\2\0\0\0"
            "\0\0"
            "\2\1\0\0\0a"
            "\1\0\0\0\0"s);
}

TEST(LegacyWriterTest, LargeValuesAreCountedInTheFrame) {
  store::Blob* blob = store::Blob::New(std::string(100'000, 'b'));
  const std::string frame = Legacy([&](auto& w) {
    w.Array(2);
    w.Bulk(store::StringValue{blob->view(), blob});
    w.Bulk(std::string(100'000, 'c'));
  });
  ASSERT_EQ(frame.size(), 4 + 5 + 2 * (5 + 100'000));
  EXPECT_EQ(frame.substr(0, 4), "\x4f\x0d\x03\0"s);  // 200,015
  EXPECT_TRUE(blob->unique());
  blob->Unref();
}

TEST(LegacyWriterTest, UnfinishedReplyDoesNotReachAnotherOutput) {
  LegacyWriter writer;
  OutputBuffer abandoned;
  writer.SetOutput(&abandoned);
  writer.Array(2);
  EXPECT_EQ(Written(&writer, [](auto& w) { w.Null(); }), "\1\0\0\0\0"s);
}

}  // namespace
}  // namespace kv::gateway
