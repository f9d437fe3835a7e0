#include "tcp_gateway/wire/output_buffer.h"

#include <algorithm>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/tcp_gateway/wire/written.h"

namespace kv::gateway {
namespace {

TEST(OutputBufferTest, StartsEmptyAndOwnsNothing) {
  OutputBuffer buffer;
  iovec piece;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.Gather(&piece, 1), 0);
}

TEST(OutputBufferTest, ReservedBytesCountOnceCommitted) {
  OutputBuffer buffer;
  char* out = buffer.Reserve(100);
  EXPECT_EQ(buffer.pending(), 0);
  *out++ = 'x';
  buffer.Commit(out);
  EXPECT_EQ(buffer.pending(), 1);
  EXPECT_EQ(DrainAll(&buffer), "x");
}

TEST(OutputBufferTest, LengthCanBeFilledInLater) {
  OutputBuffer buffer;
  char* length = buffer.Reserve(1);
  buffer.Commit(length + 1);
  buffer.Append(std::string(OutputBuffer::kChunkBytes * 3, 'a'));
  *length = '!';
  EXPECT_EQ(DrainAll(&buffer).substr(0, 2), "!a");
}

TEST(OutputBufferTest, BlobIsReferencedUntilItsLastByteIsSent) {
  store::Blob* blob = store::Blob::New("0123456789");
  OutputBuffer buffer;
  buffer.Append("<");
  buffer.AppendReference(blob, blob->view().substr(2, 6));
  buffer.Append(">");
  EXPECT_EQ(buffer.pending(), 8);
  iovec pieces[4];
  ASSERT_EQ(buffer.Gather(pieces, 4), 3);
  EXPECT_EQ(pieces[1].iov_base, blob->data() + 2);
  buffer.Consume(6);
  EXPECT_FALSE(blob->unique());
  buffer.Consume(1);
  EXPECT_TRUE(blob->unique());
  EXPECT_EQ(DrainAll(&buffer), ">");
  blob->Unref();
}

TEST(OutputBufferTest, DroppedBufferReleasesItsBlobs) {
  store::Blob* blob = store::Blob::New("bytes");
  {
    OutputBuffer buffer;
    buffer.AppendReference(blob, blob->view());
    EXPECT_FALSE(blob->unique());
  }
  EXPECT_TRUE(blob->unique());
  blob->Unref();
}

// Against a plain string, with partial sends of any size.
TEST(OutputBufferTest, BehavesAsAQueueOfBytes) {
  const unsigned seed = 11;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  OutputBuffer buffer;
  std::string model;
  for (int step = 0; step < 20'000; ++step) {
    const std::string bytes(random() % (step % 50 == 0 ? 100'000 : 300),
                            static_cast<char>('a' + random() % 26));
    switch (random() % 5) {
      case 0:
        buffer.Append(bytes);
        model += bytes;
        break;
      case 1: {
        const absl::string_view part =
            absl::string_view(bytes).substr(0, OutputBuffer::kChunkBytes);
        char* out = buffer.Reserve(part.size());
        buffer.Commit(std::copy(part.begin(), part.end(), out));
        absl::StrAppend(&model, part);
        break;
      }
      case 2: {
        store::Blob* blob = store::Blob::New(bytes);
        buffer.AppendReference(blob, blob->view());
        blob->Unref();
        model += bytes;
        break;
      }
      default: {
        iovec pieces[5];
        const int count = buffer.Gather(pieces, 5);
        std::string head;
        for (int i = 0; i < count; ++i) {
          head.append(static_cast<char*>(pieces[i].iov_base),
                      pieces[i].iov_len);
        }
        ASSERT_EQ(head, model.substr(0, head.size()));
        ASSERT_EQ(head.empty(), model.empty());
        const size_t sent = random() % 3 == 0 || head.empty()
                                ? head.size()
                                : random() % head.size();
        buffer.Consume(sent);
        model.erase(0, sent);
      }
    }
    ASSERT_EQ(buffer.pending(), model.size());
  }
  EXPECT_EQ(DrainAll(&buffer), model);
}

}  // namespace
}  // namespace kv::gateway
