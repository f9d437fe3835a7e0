#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "clients/cli/rdb/reader.h"
#include "store/base/check.h"
#include "tests/clients/cli/rdb/chopped_source.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

// What a byte of a file can become: a compressed list of small numbers.
constexpr size_t kMaxGrowth = 88 * 4;

struct Read {
  std::vector<rdb::Entry> entries;
  absl::Status status;
  rdb::Summary summary;
  uint64_t offset;
};

size_t BytesOf(const rdb::Entry& entry) {
  size_t bytes = entry.value.size();
  for (const rdb::ScoredMember& member : entry.members) {
    bytes += member.member.size();
  }
  return bytes;
}

Read ReadFrom(rdb::BlockSource source, const rdb::ReaderOptions& options) {
  rdb::Reader reader(std::move(source), options);
  Read read;
  rdb::Entry entry;
  while (reader.Next(&entry)) read.entries.push_back(entry);
  read.status = reader.status();
  read.summary = reader.summary();
  read.offset = reader.offset();
  return read;
}

void Check(const Read& read, size_t size) {
  size_t bytes = 0;
  int64_t whole = 0;
  for (const rdb::Entry& entry : read.entries) {
    bytes += BytesOf(entry);
    whole += entry.continues ? 0 : 1;
    FASTKV_CHECK(entry.offset < size, "an entry beyond the file");
    FASTKV_CHECK(
        (entry.kind == rdb::Kind::kSortedSet) == !entry.members.empty(),
        "an entry of another kind than it says");
  }
  FASTKV_CHECK(bytes <= kMaxGrowth * size, "more bytes than can be");
  FASTKV_CHECK(whole == read.summary.entries, "another number of entries");
  FASTKV_CHECK(read.offset <= size, "read beyond the file");
  FASTKV_CHECK(read.status.ok()
                   ? read.offset == size
                   : absl::StrContains(read.status.message(), ", at byte "),
               "neither read to the end nor an error that says where");
}

void CheckSame(const Read& read, const Read& other) {
  FASTKV_CHECK(read.entries == other.entries, "other entries");
  FASTKV_CHECK(read.status == other.status, "another error");
  FASTKV_CHECK(read.offset == other.offset, "another offset");
  FASTKV_CHECK(read.summary.skipped == other.summary.skipped &&
                   read.summary.expired == other.summary.expired &&
                   read.summary.databases == other.summary.databases,
               "another summary");
}

}  // namespace
}  // namespace kv::fuzz

// The input is a database, the size of blocks, and a file.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace rdb = kv::rdb;
  kv::fuzz::FuzzInput input(data, size);
  // A time in the middle of those that are likely in the corpus.
  const rdb::ReaderOptions options = {.database = input.Below(4),
                                      .now_ms = 2'000'000'000'000};
  const size_t block = input.Byte() + size_t{1};
  const absl::string_view file = input.rest();
  const kv::fuzz::Read read =
      kv::fuzz::ReadFrom(rdb::test::Whole(file), options);
  kv::fuzz::Check(read, file.size());
  kv::fuzz::CheckSame(
      kv::fuzz::ReadFrom(rdb::test::Chopped(file, block, block), options),
      read);
  return 0;
}
