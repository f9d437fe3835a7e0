#include "store/object_pool.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/segment_arena.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

// An object that begins with what it takes, shifted so that the two low bits
// are free, and is full of a byte of its own.
size_t SizeOf(const void* object) {
  uint32_t size;
  std::memcpy(&size, object, sizeof(size));
  return size >> 2;
}

class Objects {
 public:
  ~Objects() {
    for (const auto& [id, handle] : handles_) {
      void* object = pool_.At(handle);
      pool_.Free(object, SizeOf(object));
    }
  }

  void Add(uint32_t id, size_t bytes) {
    bytes = ObjectPool::Footprint(bytes);
    char* object = static_cast<char*>(pool_.Allocate(bytes));
    const auto size = static_cast<uint32_t>(bytes << 2);
    std::memcpy(object, &size, sizeof(size));
    std::memcpy(object + 4, &id, sizeof(id));
    std::memset(object + 8, static_cast<char>(id), bytes - 8);
    handles_[id] = pool_.HandleOf(object, bytes);
    EXPECT_NE(handles_[id], 0u);
  }

  void Remove(uint32_t id) {
    const auto found = handles_.find(id);
    if (found == handles_.end()) return;
    void* object = pool_.At(found->second);
    pool_.Free(object, SizeOf(object));
    handles_.erase(found);
  }

  void EmptyOneSegment() {
    pool_.EmptyOneSegment(SizeOf, [this](void* from, void* to) {
      uint32_t id;
      std::memcpy(&id, static_cast<char*>(from) + 4, sizeof(id));
      ASSERT_EQ(handles_.at(id), pool_.HandleOf(from, SizeOf(from)));
      handles_[id] = pool_.HandleOf(to, SizeOf(to));
    });
  }

  void Check() const {
    pool_.CheckInvariants(SizeOf);
    for (const auto& [id, handle] : handles_) {
      const char* object = static_cast<const char*>(pool_.At(handle));
      const size_t bytes = SizeOf(object);
      uint32_t found;
      std::memcpy(&found, object + 4, sizeof(found));
      ASSERT_EQ(found, id);
      ASSERT_EQ(absl::string_view(object + 8, bytes - 8),
                std::string(bytes - 8, static_cast<char>(id)));
    }
  }

  ObjectPool& pool() { return pool_; }
  size_t count() const { return handles_.size(); }
  uint32_t Any(test::Random& random) const {
    auto it = handles_.begin();
    std::advance(it, random.Below(handles_.size()));
    return it->first;
  }

 private:
  ObjectPool pool_;
  std::map<uint32_t, ObjectPool::Handle> handles_;
};

TEST(ObjectPoolTest, FootprintsAreTightAndAreFootprintsThemselves) {
  for (size_t bytes = 1; bytes <= 3 * ObjectPool::kMaxPooledBytes; ++bytes) {
    const size_t footprint = ObjectPool::Footprint(bytes);
    ASSERT_GE(footprint, bytes);
    ASSERT_EQ(ObjectPool::Footprint(footprint), footprint);
    if (bytes >= 12 && bytes <= 512) {
      ASSERT_LT(footprint, bytes + 4);
    } else if (bytes > 512) {
      ASSERT_LE(footprint, bytes + bytes / 32);
    }
  }
}

TEST(ObjectPoolTest, AFreedPieceIsUsedAgainForItsSize) {
  ObjectPool pool;
  for (size_t bytes = 12; bytes <= ObjectPool::kMaxPooledBytes;
       bytes = ObjectPool::Footprint(bytes + 1)) {
    char* first = static_cast<char*>(pool.Allocate(bytes));
    char* second = static_cast<char*>(pool.Allocate(bytes));
    *first = *second = 0;
    pool.Free(first, bytes);
    EXPECT_EQ(pool.Allocate(bytes), first) << bytes;
    *first = 0;
    pool.Free(second, bytes);
    pool.Free(first, bytes);
  }
  EXPECT_EQ(pool.live_bytes(), 0u);
  EXPECT_EQ(pool.held_bytes(), 0u);
}

TEST(ObjectPoolTest, WhatIsLargeIsNotPooled) {
  Objects objects;
  for (uint32_t id = 0; id < 20; ++id) objects.Add(id, 8193 + 5000 * id);
  EXPECT_EQ(objects.pool().held_bytes(), 0u);
  objects.Check();
  for (uint32_t id = 0; id < 20; id += 2) objects.Remove(id);
  objects.Add(100, 20);
  objects.Check();
}

// The address sanitizer tells whether it does.
TEST(ObjectPoolTest, WhatIsLeftGoesWithThePool) {
  ObjectPool pool;
  for (const size_t bytes : {size_t{12}, ObjectPool::kMaxPooledBytes,
                             ObjectPool::kMaxPooledBytes + 1, size_t{100000}}) {
    *static_cast<char*>(pool.Allocate(bytes)) = 0;
  }
}

// The least of what a store has to give back: after most objects of one size
// are gone, others of another size come.
TEST(ObjectPoolTest, HoldsLittleMoreThanItNeeds) {
  Objects objects;
  const auto tidy_up = [&objects] {
    while (objects.pool().is_sparse()) objects.EmptyOneSegment();
    objects.Check();
    const size_t live = objects.pool().live_bytes();
    EXPECT_LE(objects.pool().held_bytes(),
              live + live / 4 + SegmentArena::kSegmentBytes * 5 / 4);
  };
  constexpr uint32_t kMany = 2000;
  for (uint32_t id = 0; id < kMany; ++id) objects.Add(id, 100);
  tidy_up();
  for (uint32_t id = 0; id < kMany; ++id) {
    objects.Remove(id);
    objects.Add(id, 400);
    if (objects.pool().is_sparse()) objects.EmptyOneSegment();
  }
  tidy_up();
  for (uint32_t id = 0; id < kMany; ++id) {
    if (id % 10 != 3) objects.Remove(id);
  }
  tidy_up();
}

class ObjectPoolModelTest : public testing::TestWithParam<int> {};

TEST_P(ObjectPoolModelTest, KeepsEveryObjectThroughAnything) {
  const uint64_t seed = test::SeedOr(GetParam());
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  Objects objects;
  uint32_t next = 0;
  for (int step = 0; step < 6000; ++step) {
    const bool growing = step % 2000 < 1200;
    if (objects.count() == 0 || !random.OneIn(growing ? 4 : 2)) {
      const size_t bytes = random.OneIn(50)  ? random.Below(20000)
                           : random.OneIn(4) ? random.Below(3000)
                                             : random.Below(100);
      objects.Add(next++, bytes);
    } else {
      objects.Remove(objects.Any(random));
    }
    if (objects.pool().live_bytes() > 0 && random.OneIn(40)) {
      objects.EmptyOneSegment();
    }
    if (step % 50 == 0) objects.Check();
  }
  objects.Check();
}

INSTANTIATE_TEST_SUITE_P(Seeds, ObjectPoolModelTest, testing::Range(1, 7));

}  // namespace
}  // namespace kv::store
