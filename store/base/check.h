#ifndef FASTKV_STORE_BASE_CHECK_H_
#define FASTKV_STORE_BASE_CHECK_H_

#include <cstdio>
#include <cstdlib>

// Ends the process with `message` unless `condition` holds, in every build
// mode. For our own mistakes (CheckInvariants, exhausted memory), never input.
#define FASTKV_CHECK(condition, message)                               \
  do {                                                                 \
    if (__builtin_expect(!(condition), 0)) {                           \
      std::fprintf(stderr, "%s:%d: check failed: %s (%s)\n", __FILE__, \
                   __LINE__, message, #condition);                     \
      std::abort();                                                    \
    }                                                                  \
  } while (false)

#endif  // FASTKV_STORE_BASE_CHECK_H_
