// The longest pauses that one sorted set causes: the longest single insertion
// while it grows, and the longest step of giving it up, beside what giving it
// up takes altogether. Each is told with what the thread's own clock says, so
// that a busy machine does not count.
//
//   bazel run --config=release //bench/store:sorted_set_steps -- 5000000

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/string_view.h"
#include "store/sorted_set.h"

namespace kv::store {
namespace {

double ThreadUs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) / 1e3;
}

// The duration of `step` in microseconds of this thread.
template <typename Step>
double Measure(Step step) {
  const double start = ThreadUs();
  step();
  return ThreadUs() - start;
}

// A number without a pattern for each i, distinct below 2^32.
uint32_t Scattered(uint32_t i) {
  i = (i ^ i >> 16) * 0x85EBCA6B;
  i = (i ^ i >> 13) * 0xC2B2AE35;
  return i ^ i >> 16;
}

void Run(uint32_t members, bool ascending) {
  auto set = std::make_unique<SortedSet>();
  double longest = 0;
  uint32_t longest_at = 0;
  char name[17];
  for (uint32_t i = 0; i < members; ++i) {
    std::snprintf(name, sizeof(name), "member%010u", Scattered(i));
    const double score = ascending ? i : Scattered(~i);
    const double us = Measure([&] { set->Upsert({name, 16}, score); });
    if (us > longest) {
      longest = us;
      longest_at = i;
    }
  }
  double longest_step = 0, all_steps = 0;
  for (bool more = true; more;) {
    const double us = Measure([&] { more = set->ClearSome(); });
    longest_step = std::max(longest_step, us);
    all_steps += us;
  }
  std::printf(
      "%u members, %s scores: longest insertion %.0f us (at %u members), "
      "longest step of giving up %.0f us, all steps %.0f us\n",
      members, ascending ? "ascending" : "random", longest, longest_at,
      longest_step, all_steps);
}

}  // namespace
}  // namespace kv::store

int main(int argc, char** argv) {
  const uint32_t members = argc > 1 ? std::atoi(argv[1]) : 5000000;
  kv::store::Run(members, /*ascending=*/false);
  kv::store::Run(members, /*ascending=*/true);
}
