#include "bench/load/schedule.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace kv::bench {
namespace {

TEST(ScheduleTest, AConnectionAndItsThreadAgreeWhenARequestIsDue) {
  const Schedule schedule(1000, 12345, 3, 0.5);
  std::vector<uint64_t> sent(3);
  for (uint64_t i = 0; i < 100; ++i) {
    const int connection = schedule.ConnectionOf(i);
    EXPECT_EQ(schedule.DueNs(connection, sent[connection]++),
              schedule.DueNs(i));
  }
}

TEST(ScheduleTest, AThreadSendsItsShareOfTheRate) {
  const Schedule schedule(0, 1000, 4, 0.25);
  EXPECT_EQ(schedule.DueNs(0), 0);
  // A quarter of 1,000 requests a second: 250 after a second.
  EXPECT_EQ(schedule.DueNs(250), 1000000000);
}

}  // namespace
}  // namespace kv::bench
