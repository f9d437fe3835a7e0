#ifndef FASTKV_TESTS_FUZZ_FUZZ_DIRECTORY_H_
#define FASTKV_TESTS_FUZZ_FUZZ_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/base/check.h"
#include "store/durable/data_directory.h"
#include "store/durable/record.h"
#include "store/durable/recovery.h"
#include "store/durable/segment.h"
#include "store/keyspace.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/keyspace_contents.h"

namespace kv::fuzz {

inline constexpr uint64_t kSalt = 42;

// A record may ask for half a gigabyte of zeros in a few bytes, as a client may
// with SETRANGE: right, but too slow for a fuzzer.
inline bool IsSlow(absl::string_view records) {
  constexpr uint64_t kMaxOffset = 1 << 16;
  uint64_t sequence = 0;
  std::vector<store::Effect> effects;
  while (store::DecodeRecord(&records, &sequence, &effects)) {
    for (const store::Effect& effect : effects) {
      if (effect.offset > kMaxOffset) return true;
    }
  }
  return false;
}

// Starts on a directory with these files. Whatever they are: an error, or a
// keyspace that can be read, and that the next start finds again.
inline void CheckStart(const test::FaultyFileSystem::Files& content) {
  constexpr store::TimeMs kNow = 1;
  test::FaultyFileSystem files;
  files.SetFiles(content);
  test::Contents first;
  for (int start = 0; start < 2; ++start) {
    const auto directory = store::DataDirectory::Open(files, "data");
    store::Keyspace keyspace({.shards = 4});
    const auto recovery =
        store::Recover(**directory, keyspace, {.threads = 1 + start});
    if (!recovery.ok()) {
      FASTKV_CHECK(start == 0, "the second start is refused");
      FASTKV_CHECK(files.files() == content,
                   "a refused start changed something");
      return;
    }
    const test::Contents contents = test::ContentsOf(keyspace, kNow);
    FASTKV_CHECK(start == 0 || contents == first,
                 "the second start finds something else");
    first = contents;
  }
}

}  // namespace kv::fuzz

#endif  // FASTKV_TESTS_FUZZ_FUZZ_DIRECTORY_H_
