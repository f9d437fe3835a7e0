#include "store/slab.h"

#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

struct Block {
  unsigned char* bytes;
  size_t size;
  unsigned char content;
};

TEST(SlabTest, UsableSizesAreThoseOfTheBlocksThatFit) {
  const size_t four = Slab::UsableBytes(Slab::kMaxBlockBytes);
  for (size_t bytes = 1; bytes <= Slab::kMaxBlockBytes; ++bytes) {
    const size_t usable = Slab::UsableBytes(bytes);
    ASSERT_GE(usable, bytes);
    ASSERT_LE(usable, Slab::kMaxBlockBytes);
    ASSERT_EQ(usable % 16, 0u);
    ASSERT_EQ(Slab::UsableBytes(usable), usable);
    Slab slab;
    slab.New(usable);
    slab.CheckInvariants();
  }
  EXPECT_EQ(four, Slab::kMaxBlockBytes);
}

// A block that overlapped another would not keep what was written to it.
TEST(SlabTest, BlocksOfRandomSizesKeepTheirBytes) {
  std::mt19937 random(1);
  Slab slab;
  std::vector<Block> blocks;
  for (int step = 0; step < 20000; ++step) {
    const bool grows = step / 4000 % 2 == 0;
    if (blocks.empty() || random() % 10 < (grows ? 7 : 3)) {
      size_t size = 1 + random() % Slab::kMaxBlockBytes;
      if (random() % 2 == 0) size = Slab::UsableBytes(size);
      const auto content = static_cast<unsigned char>(random());
      auto* bytes = static_cast<unsigned char*>(slab.New(size));
      ASSERT_EQ(reinterpret_cast<uintptr_t>(bytes) % 16, 0u);
      std::memset(bytes, content, size);
      blocks.push_back({bytes, size, content});
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      const Block& block = blocks.back();
      for (size_t i = 0; i < block.size; ++i) {
        ASSERT_EQ(block.bytes[i], block.content);
      }
      slab.Delete(block.bytes);
      blocks.pop_back();
    }
    if (step % 16 == 0) slab.CheckInvariants();
  }
}

TEST(SlabTest, AnEmptyChunkIsGivenBack) {
  Slab slab;
  const size_t empty = slab.MemoryBytes();
  std::vector<void*> blocks;
  for (int i = 0; i < 10000; ++i) blocks.push_back(slab.New(32));
  EXPECT_LT(slab.MemoryBytes(), 10000 * 32 * 1.05);
  for (void* block : blocks) slab.Delete(block);
  EXPECT_EQ(slab.MemoryBytes(), empty);
}

TEST(SlabTest, IsReleasedInSteps) {
  Slab slab;
  for (int i = 0; i < 10000; ++i) slab.New(32);
  int steps = 1;
  while (slab.ReleaseSome(2)) ++steps;
  EXPECT_EQ(steps, 5);  // 320,000 bytes in 10 chunks
}

// Chunks go from thread to thread through the pool.
TEST(SlabTest, SlabsOfDifferentThreadsShareNothing) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([i] {
      for (int round = 0; round < 20; ++round) {
        Slab slab;
        std::vector<unsigned char*> blocks;
        for (int j = 0; j < 2000; ++j) {
          blocks.push_back(static_cast<unsigned char*>(slab.New(64)));
          std::memset(blocks.back(), i, 64);
        }
        for (const unsigned char* block : blocks) {
          ASSERT_EQ(block[0], i);
          ASSERT_EQ(block[63], i);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace kv::store
