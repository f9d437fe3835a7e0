#ifndef FASTKV_TESTS_CLIENTS_CLI_RDB_READ_RDB_H_
#define FASTKV_TESTS_CLIENTS_CLI_RDB_READ_RDB_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "clients/cli/rdb/reader.h"
#include "gtest/gtest.h"
#include "tests/clients/cli/rdb/chopped_source.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"

// Reads whole files, for tests of the reader.
namespace kv::rdb::test {

struct Read {
  std::vector<Entry> entries;
  absl::Status status;
  Summary summary;
  uint64_t offset;
};

inline Read ReadFrom(BlockSource source, const ReaderOptions& options) {
  Reader reader(std::move(source), options);
  Read read;
  Entry entry;
  while (reader.Next(&entry)) {
    EXPECT_TRUE(reader.status().ok());
    read.entries.push_back(entry);
  }
  EXPECT_FALSE(reader.Next(&entry)) << "an entry after the end";
  read.status = reader.status();
  read.summary = reader.summary();
  read.offset = reader.offset();
  return read;
}

inline Read ReadFile(absl::string_view file,
                     const ReaderOptions& options = {}) {
  return ReadFrom(Whole(file), options);
}

// Of a file whose end is put behind it; it must be fine.
inline Read ReadWhole(absl::string_view items,
                      const ReaderOptions& options = {}) {
  const std::string file = Ended(Header() + std::string(items));
  Read read = ReadFile(file, options);
  EXPECT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.offset, file.size());
  return read;
}

inline std::string ErrorOf(absl::string_view items) {
  const Read read = ReadFile(Ended(Header() + std::string(items)));
  EXPECT_FALSE(read.status.ok());
  return std::string(read.status.message());
}

inline int64_t Skipped(const Read& read, Kind kind) {
  return read.summary.skipped[static_cast<int>(kind)];
}

}  // namespace kv::rdb::test

#endif  // FASTKV_TESTS_CLIENTS_CLI_RDB_READ_RDB_H_
