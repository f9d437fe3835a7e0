#include "store/base/blob.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace kv::store {
namespace {

TEST(BlobTest, KeepsTheBytesItWasMadeOf) {
  const std::string bytes("a\0b", 3);
  Blob* blob = Blob::New(bytes);
  EXPECT_EQ(blob->view(), bytes);
  EXPECT_EQ(blob->size(), 3u);
  EXPECT_EQ(blob->capacity(), 3u);
  blob->Unref();
}

TEST(BlobTest, IsUniqueUntilAReaderHoldsIt) {
  Blob* blob = Blob::New("bytes");
  EXPECT_TRUE(blob->unique());
  {
    const BlobRef ref(blob);
    EXPECT_FALSE(blob->unique());
  }
  EXPECT_TRUE(blob->unique());
  blob->Unref();
}

TEST(BlobTest, GrowsWithinItsCapacity) {
  Blob* blob = Blob::New(1, 8);
  blob->data()[0] = 'x';
  blob->set_size(8);
  EXPECT_EQ(blob->view().size(), 8u);
  EXPECT_EQ(blob->view()[0], 'x');
  blob->Unref();
}

TEST(BlobRefTest, OutlivesTheOwner) {
  Blob* blob = Blob::New("bytes");
  const BlobRef ref(blob);
  blob->Unref();
  EXPECT_EQ(ref.view(), "bytes");
}

TEST(BlobRefTest, OfNothingIsEmpty) {
  EXPECT_EQ(BlobRef().view(), "");
  EXPECT_EQ(BlobRef(nullptr).get(), nullptr);
}

TEST(BlobRefTest, MovesItsReferenceWithoutCountingIt) {
  Blob* first = Blob::New("first");
  Blob* second = Blob::New("second");
  {
    BlobRef a(first);
    BlobRef b(std::move(a));
    EXPECT_EQ(b.view(), "first");
    EXPECT_EQ(a.view(), "");  // NOLINT(bugprone-use-after-move): what is pinned
    a = BlobRef(second);
    b = std::move(a);
    EXPECT_EQ(b.view(), "second");
  }
  EXPECT_TRUE(first->unique());
  EXPECT_TRUE(second->unique());
  first->Unref();
  second->Unref();
}

// The sanitizers say whether the last reader frees it, once, and not too early.
TEST(BlobRefTest, TheLastOfManyThreadsFreesTheBlob) {
  for (int round = 0; round < 100; ++round) {
    Blob* blob = Blob::New(std::string(100, 'x'));
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([ref = BlobRef(blob)] {
        EXPECT_EQ(ref.view(), std::string(100, 'x'));
      });
    }
    blob->Unref();
    for (std::thread& reader : readers) reader.join();
  }
}

}  // namespace
}  // namespace kv::store
