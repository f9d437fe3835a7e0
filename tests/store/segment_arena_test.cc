#include "store/segment_arena.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

constexpr size_t kSegmentBytes = SegmentArena::kSegmentBytes;

// How many of the pages take memory.
size_t ResidentPages(const char* begin, size_t bytes) {
  const size_t page = sysconf(_SC_PAGESIZE);
  std::vector<unsigned char> pages((bytes + page - 1) / page);
  EXPECT_EQ(mincore(const_cast<char*>(begin), bytes, pages.data()), 0);
  size_t resident = 0;
  for (const unsigned char state : pages) resident += state & 1;
  return resident;
}

TEST(SegmentArenaTest, SegmentsAreApartAndKeepTheirTags) {
  SegmentArena& arena = SegmentArena::Global();
  // More than a chunk has.
  std::vector<char*> segments;
  for (uint32_t tag = 0; tag < 1500; ++tag) {
    segments.push_back(arena.Allocate(tag));
    segments.back()[0] = segments.back()[kSegmentBytes - 1] = 'x';
  }
  EXPECT_EQ(std::set<char*>(segments.begin(), segments.end()).size(), 1500u);
  for (uint32_t tag = 0; tag < 1500; ++tag) {
    EXPECT_EQ(SegmentArena::TagOf(segments[tag]), tag);
    EXPECT_EQ(SegmentArena::TagOf(segments[tag] + kSegmentBytes - 1), tag);
  }
  for (char* segment : segments) arena.Free(segment);
  EXPECT_EQ(ResidentPages(segments.back(), kSegmentBytes), 0u);
}

TEST(SegmentArenaTest, ArraysOfAllSizesTakeWhatIsTouchedAndGoBack) {
  SegmentArena& arena = SegmentArena::Global();
  for (size_t bytes = kSegmentBytes; bytes < 100 << 20; bytes = bytes * 3 + 1) {
    char* array = arena.AllocateArray(bytes);
    char* other = arena.AllocateArray(bytes);
    EXPECT_TRUE(other >= array + bytes || array >= other + bytes);
    EXPECT_EQ(ResidentPages(array, bytes), 0u);
    array[0] = array[bytes - 1] = 'x';
    EXPECT_LE(ResidentPages(array, bytes), 2u);
    arena.FreeArray(array, bytes);
    array = arena.AllocateArray(bytes);
    EXPECT_EQ(ResidentPages(array, bytes), 0u);
    arena.FreeArray(array, bytes);
    arena.FreeArray(other, bytes);
  }
}

}  // namespace
}  // namespace kv::store
