#ifndef FASTKV_TESTS_TESTING_EVENTUALLY_H_
#define FASTKV_TESTS_TESTING_EVENTUALLY_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kv::testing {

// Waits for `condition`, up to ten seconds: that ends a test that hangs.
template <typename Condition>
bool Eventually(Condition&& condition) {
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

}  // namespace kv::testing

#endif  // FASTKV_TESTS_TESTING_EVENTUALLY_H_
