#ifndef FASTKV_TESTS_FUZZ_FUZZ_DIRECTORY_H_
#define FASTKV_TESTS_FUZZ_FUZZ_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
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

// Whether several threads find in the files what one does: in a log always, in
// a snapshot only if its records may be applied in any order, as those that a
// server writes may.
enum class Threads { kFindTheSame, kMayDiffer };

// Starts on a directory with these files. Whatever they are: an error, or a
// keyspace that can be read, and that the next starts find again.
inline void CheckStart(const test::FaultyFileSystem::Files& content,
                       Threads several) {
  constexpr store::TimeMs kNow = 1;
  constexpr int kThreads[] = {1, 2, 1};
  test::FaultyFileSystem files;
  files.SetFiles(content);
  absl::optional<test::Contents> first;
  for (const int threads : kThreads) {
    const auto directory = store::DataDirectory::Open(files, "data");
    store::Keyspace keyspace({.shards = 4});
    const auto recovery =
        store::Recover(**directory, keyspace, {.threads = threads});
    if (!recovery.ok()) {
      FASTKV_CHECK(!first.has_value(), "a later start is refused");
      FASTKV_CHECK(files.files() == content,
                   "a refused start changed something");
      return;
    }
    const test::Contents contents = test::ContentsOf(keyspace, kNow);
    if (!first.has_value()) first = contents;
    FASTKV_CHECK(
        (threads > 1 && several == Threads::kMayDiffer) || contents == first,
        "a later start finds something else");
  }
}

}  // namespace kv::fuzz

#endif  // FASTKV_TESTS_FUZZ_FUZZ_DIRECTORY_H_
