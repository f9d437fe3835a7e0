#include "store/entry.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

// Bytes that differ from place to place, so that a shifted copy shows.
std::string Pattern(size_t size, char first) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(first + i * 7);
  return bytes;
}

constexpr size_t kKeySizes[] = {0, 1, 16, 254, 255, 256, 70000};
constexpr size_t kValueSizes[] = {0,    1,    8,    254,  255,   256,
                                  4095, 4096, 4097, 8192, 100000};

class EntryTest : public testing::Test {
 protected:
  EntryPtr Owned(Entry* entry) { return EntryPtr(entry, {&pool_}); }

  EntryPool pool_;
};

class EntrySizesTest
    : public EntryTest,
      public testing::WithParamInterface<std::tuple<size_t, size_t>> {
 protected:
  const std::string key_ = Pattern(std::get<0>(GetParam()), 'k');
  const std::string value_ = Pattern(std::get<1>(GetParam()), 'v');
};

TEST_P(EntrySizesTest, HoldsItsKeyAndString) {
  const EntryPtr entry = Owned(Entry::NewString(pool_, key_, value_));
  EXPECT_EQ(entry->key(), key_);
  EXPECT_EQ(entry->type(), ValueType::kString);
  EXPECT_EQ(entry->string().bytes, value_);
  EXPECT_EQ(entry->string().blob != nullptr, value_.size() > kMaxInlineBytes);
  EXPECT_EQ(entry->version(), 0u);
  EXPECT_FALSE(entry->has_deadline());
}

TEST_P(EntrySizesTest, MadeBySizeCanBeWrittenAtOnce) {
  const EntryPtr entry = Owned(Entry::NewString(pool_, key_, value_.size()));
  char* bytes = entry->OverwriteInPlace(value_.size());
  ASSERT_NE(bytes, nullptr);
  std::memcpy(bytes, value_.data(), value_.size());
  EXPECT_EQ(entry->string().bytes, value_);
  EXPECT_EQ(entry->key(), key_);
}

TEST_P(EntrySizesTest, OverwritesWithTheSameSizeInPlace) {
  const EntryPtr entry = Owned(Entry::NewString(pool_, key_, value_));
  const std::string other = Pattern(value_.size(), 'o');
  char* bytes = entry->OverwriteInPlace(other.size());
  ASSERT_NE(bytes, nullptr);
  std::memcpy(bytes, other.data(), other.size());
  EXPECT_EQ(entry->string().bytes, other);
  EXPECT_EQ(entry->key(), key_);
}

// Whatever a resize answers, the entry stays whole; the sized deallocation at
// the end is checked by the address sanitizer.
TEST_P(EntrySizesTest, ResizesToEverySizeOrRefusesUnchanged) {
  for (const size_t size : kValueSizes) {
    SCOPED_TRACE(size);
    const EntryPtr entry = Owned(Entry::NewString(pool_, key_, value_));
    char* bytes = entry->ResizeInPlace(size);
    if (bytes == nullptr) {
      EXPECT_EQ(entry->string().bytes, value_);
    } else {
      const size_t kept = std::min(size, value_.size());
      ASSERT_EQ(entry->string().bytes.size(), size);
      EXPECT_EQ(entry->string().bytes.substr(0, kept), value_.substr(0, kept));
      std::memset(bytes, 'z', size);
      EXPECT_EQ(entry->string().bytes, std::string(size, 'z'));
    }
    EXPECT_EQ(entry->key(), key_);
  }
}

INSTANTIATE_TEST_SUITE_P(Boundaries, EntrySizesTest,
                         testing::Combine(testing::ValuesIn(kKeySizes),
                                          testing::ValuesIn(kValueSizes)));

TEST_F(EntryTest, TheEmptyKeyMayBeAViewOfNothing) {
  const EntryPtr entry =
      Owned(Entry::NewString(pool_, absl::string_view(), "value"));
  EXPECT_EQ(entry->key(), "");
  EXPECT_EQ(entry->string().bytes, "value");
}

TEST_F(EntryTest, KeepsAFortyFourBitVersion) {
  const EntryPtr entry = Owned(Entry::NewString(pool_, "key", "value"));
  for (const uint64_t version :
       {uint64_t{1}, uint64_t{UINT32_MAX}, uint64_t{UINT32_MAX} + 1,
        uint64_t{1} << 40, Entry::kVersionMask}) {
    entry->set_version(version);
    EXPECT_EQ(entry->version(), version);
  }
  entry->set_version(Entry::kVersionMask + 5);
  EXPECT_EQ(entry->version(), 4u);
  EXPECT_EQ(entry->string().bytes, "value");
}

TEST_F(EntryTest, SmallKeysAndValuesCostEightBytesMore) {
  const std::string value(32, 'v');
  constexpr absl::string_view kKey = "0123456789abcdef";
  EXPECT_EQ(Owned(Entry::NewString(pool_, kKey, value))->MemoryBytes(),
            kKey.size() + value.size() + 8);
  EXPECT_EQ(
      Owned(Entry::NewString(pool_, kKey, value, Entry::Deadline::kPossible))
          ->MemoryBytes(),
      kKey.size() + value.size() + 12);
}

TEST_F(EntryTest, OnlyWithRoomForItAnEntryIsInTheHeap) {
  for (const size_t size : kValueSizes) {
    const std::string value = Pattern(size, 'v');
    const EntryPtr never = Owned(Entry::NewString(pool_, "key", value));
    EXPECT_EQ(never->deadline(), Entry::Deadline::kNever);
    never->set_heap_index(Entry::kNotInHeap);
    EXPECT_FALSE(never->has_deadline());
    const EntryPtr entry = Owned(Entry::NewCopyOf(pool_, "longer key", *never,
                                                  Entry::Deadline::kPossible));
    EXPECT_FALSE(entry->has_deadline());
    entry->set_version(Entry::kVersionMask);
    entry->set_heap_index(77);
    EXPECT_EQ(entry->heap_index(), 77u);
    EXPECT_EQ(entry->key(), "longer key");
    EXPECT_EQ(entry->string().bytes, value);
    EXPECT_EQ(entry->version(), Entry::kVersionMask);
  }
}

TEST_F(EntryTest, AReleasedValueOutlivesItsEntry) {
  EntryPtr entry = Owned(Entry::NewString(pool_, "key", Pattern(5000, 'v')));
  EXPECT_EQ(pool_.outside_values(), 1u);
  const absl::string_view bytes = entry->string().bytes;
  const Entry::Value value = entry->ReleaseValue();
  entry.reset();
  EXPECT_EQ(bytes, Pattern(5000, 'v'));
  EXPECT_EQ(pool_.outside_values(), 0u);
}

TEST_F(EntryTest, SortedSetBeginsEmpty) {
  const EntryPtr entry = Owned(Entry::NewSortedSet(pool_, Pattern(300, 'k')));
  EXPECT_EQ(entry->type(), ValueType::kSortedSet);
  EXPECT_EQ(entry->sorted_set().size(), 0u);
  entry->mutable_sorted_set().Upsert("member", 1);
  EXPECT_EQ(entry->sorted_set().size(), 1u);
  EXPECT_EQ(entry->key(), Pattern(300, 'k'));
}

TEST_F(EntryTest, NarrowLengthsAreNotStretchedBeyondTheirByte) {
  // 255 and 256 fall into one allocation step for some key lengths.
  for (size_t key_size = 0; key_size < 32; ++key_size) {
    const EntryPtr entry = Owned(
        Entry::NewString(pool_, Pattern(key_size, 'k'), Pattern(255, 'v')));
    EXPECT_EQ(entry->OverwriteInPlace(256), nullptr);
    EXPECT_EQ(entry->string().bytes, Pattern(255, 'v'));
  }
}

TEST_F(EntryTest, OverwriteLeavesABlobThatAReaderHolds) {
  const EntryPtr entry =
      Owned(Entry::NewString(pool_, "key", Pattern(5000, 'v')));
  const BlobRef reader(entry->string().blob);
  EXPECT_EQ(entry->OverwriteInPlace(5000), nullptr);
  EXPECT_EQ(reader.view(), Pattern(5000, 'v'));
}

TEST_F(EntryTest, ResizeCopiesABlobThatAReaderHolds) {
  const EntryPtr entry =
      Owned(Entry::NewString(pool_, "key", Pattern(5000, 'v')));
  const BlobRef reader(entry->string().blob);
  for (const size_t size : {size_t{5000}, size_t{6000}, size_t{4500}}) {
    const EntryPtr other =
        Owned(Entry::NewString(pool_, "key", Pattern(5000, 'v')));
    const BlobRef held(other->string().blob);
    char* bytes = other->ResizeInPlace(size);
    ASSERT_NE(bytes, nullptr);
    std::memset(bytes, 'z', size);
    EXPECT_EQ(held.view(), Pattern(5000, 'v'));
    EXPECT_EQ(other->string().bytes, std::string(size, 'z'));
  }
  EXPECT_EQ(reader.view(), Pattern(5000, 'v'));
}

TEST_F(EntryTest, AReaderKeepsTheBlobOfADeletedEntry) {
  EntryPtr entry = Owned(Entry::NewString(pool_, "key", Pattern(5000, 'v')));
  const BlobRef reader(entry->string().blob);
  entry.reset();
  EXPECT_EQ(reader.view(), Pattern(5000, 'v'));
}

TEST_F(EntryTest, ABlobThatGrowsByteByByteIsRarelyCopied) {
  const EntryPtr entry = Owned(Entry::NewString(pool_, "key", size_t{5000}));
  int copies = 0;
  for (size_t size = 5001; size < 50000; ++size) {
    const Blob* before = entry->string().blob;
    ASSERT_NE(entry->ResizeInPlace(size), nullptr);
    copies += entry->string().blob != before;
  }
  EXPECT_LT(copies, 10);
}

TEST_F(EntryTest, ASmallStringDoesNotStayInALargeBlob) {
  const EntryPtr entry = Owned(Entry::NewString(pool_, "key", size_t{100000}));
  EXPECT_EQ(entry->OverwriteInPlace(4096), nullptr);
  EXPECT_EQ(entry->OverwriteInPlace(24999), nullptr);
  EXPECT_NE(entry->OverwriteInPlace(25000), nullptr);
  ASSERT_NE(entry->ResizeInPlace(5000), nullptr);
  EXPECT_LT(entry->MemoryBytes(), 6000u);
}

TEST_F(EntryTest, RandomResizesKeepKeyAndBytes) {
  const uint64_t seed = test::SeedOr(1);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  for (int round = 0; round < 50; ++round) {
    const std::string key = random.Bytes(random.Below(300));
    std::string model = random.Bytes(random.Below(6000));
    EntryPtr entry = Owned(Entry::NewString(pool_, key, model));
    for (int step = 0; step < 40; ++step) {
      const int64_t change = random.Between(-40, 40);
      const size_t size = random.OneIn(8)
                              ? random.Below(12000)
                              : std::max<int64_t>(0, model.size() + change);
      char* bytes = entry->ResizeInPlace(size);
      if (bytes != nullptr) {
        const size_t kept = std::min(size, model.size());
        model.resize(size);
        if (size > kept) std::memset(bytes + kept, 0, size - kept);
        if (size > 0) bytes[size / 2] = model[size / 2] = 'x';
      }
      ASSERT_EQ(entry->string().bytes, model);
      ASSERT_EQ(entry->key(), key);
    }
  }
}

}  // namespace
}  // namespace kv::store
