#include "bench/load/reply_scanner.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace kv::bench {
namespace {

struct Stream {
  absl::string_view bytes;
  uint64_t replies;
  uint64_t errors;
};

const Stream kStreams[] = {
    {"+OK\r\n+PONG\r\n:12\r\n", 3, 0},
    {"+OK\n+VALUE 5\nhello\n+NIL\n*2\n+VALUE 0\n\n:1\n", 4, 0},
    {"+VALUE 7\r\na\r\n-b\r\n\r\n+OK\r\n", 2, 0},
    {"$5\r\nhello\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n", 5, 0},
    {"*3\r\n*2\r\n:1\r\n$1\r\n*\r\n*0\r\n$-1\r\n:9\r\n", 2, 0},
    {"-ERR one\r\n+OK\r\n-ERR two\r\n", 3, 2},
    // memcached's: a value, none, two values to one request, one that looks
    // like the end of a reply.
    {"STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\nEND\r\nVERSION 1.6\r\n", 4, 0},
    {"VALUE a 0 0\r\n\r\nVALUE b 7 1\r\nx\r\nEND\r\nSTORED\r\n", 2, 0},
    {"VALUE k 0 5\r\nEND\r\n\r\nEND\r\n", 1, 0},
    {"ERROR\r\nCLIENT_ERROR bad\r\nSERVER_ERROR no memory\r\nEND\r\n", 4, 3},
};

TEST(ReplyScannerTest, RepliesAreCountedWhereverTheBytesAreCut) {
  for (const Stream& stream : kStreams) {
    SCOPED_TRACE(stream.bytes);
    for (size_t cut = 0; cut <= stream.bytes.size(); ++cut) {
      ReplyScanner scanner;
      const auto head = scanner.Feed(stream.bytes.substr(0, cut));
      const auto tail = scanner.Feed(stream.bytes.substr(cut));
      EXPECT_FALSE(head.broken || tail.broken) << cut;
      EXPECT_EQ(head.replies + tail.replies, stream.replies) << cut;
      EXPECT_EQ(head.errors + tail.errors, stream.errors) << cut;
    }
    ReplyScanner scanner;
    uint64_t replies = 0;
    for (const char& byte : stream.bytes) {
      replies += scanner.Feed(absl::string_view(&byte, 1)).replies;
    }
    EXPECT_EQ(replies, stream.replies);
  }
}

TEST(ReplyScannerTest, TheFirstErrorIsKept) {
  ReplyScanner scanner;
  scanner.Feed("+OK\r\n-ERR o");
  scanner.Feed("ne\r\n-ERR two\r\n");
  EXPECT_EQ(scanner.first_error(), "ERR one");
}

TEST(ReplyScannerTest, OtherBytesAreNoticed) {
  for (const absl::string_view bytes :
       {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "+VALUE x\r\n", "$1x\r\n",
        "VALUE k 0 x\r\n", "VALUE k 0 -1\r\n", "ENDED\r\n"}) {
    ReplyScanner scanner;
    EXPECT_TRUE(scanner.Feed(bytes).broken) << bytes;
  }
}

}  // namespace
}  // namespace kv::bench
