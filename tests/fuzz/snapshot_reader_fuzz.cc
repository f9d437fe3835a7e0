#include <lz4.h>

#include <cstdint>
#include <string>

#include "store/base/crc32c.h"
#include "store/durable/segment.h"
#include "store/durable/snapshot.h"
#include "tests/fuzz/fuzz_directory.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

void AddBlock(absl::string_view stored, uint32_t records, uint64_t raw,
              std::string* file) {
  const store::BlockHeader header = {.body_checksum = store::Crc32c(stored),
                                     .records = records,
                                     .raw = raw,
                                     .stored = stored.size()};
  char bytes[store::BlockHeader::kBytes];
  header.Encode(kSalt, bytes);
  file->append(bytes, sizeof(bytes));
  file->append(stored.data(), stored.size());
}

// Whether what a block unpacks to, if to anything, would be slow.
bool IsSlowPacked(absl::string_view stored, uint64_t raw) {
  std::string unpacked(raw, '\0');
  const int size = LZ4_decompress_safe(stored.data(), unpacked.data(),
                                       static_cast<int>(stored.size()),
                                       static_cast<int>(raw));
  return size > 0 && IsSlow({unpacked.data(), static_cast<size_t>(size)});
}

// Blocks with right checksums, past which a fuzzer would not get: how many
// records they claim to have, how much longer they claim to be when unpacked,
// and the stored bytes, up to a byte of 0xFF.
std::string Snapshot(FuzzInput& in, bool* slow) {
  std::string file(store::SnapshotHeader::kBytes, '\0');
  store::SnapshotHeader{.salt = kSalt, .begin = 2, .entries = 1}.Encode(
      file.data());
  uint64_t total = 0;
  while (!in.empty()) {
    const uint32_t records = in.Byte();
    const size_t longer = in.Byte() * in.Byte();
    const absl::string_view stored = in.Until('\xFF');
    const uint64_t raw = stored.size() + longer;
    *slow = *slow || IsSlow(stored) || IsSlowPacked(stored, raw);
    AddBlock(stored, records, raw, &file);
    total += records;
  }
  char end[store::SnapshotEnd::kBytes];
  const store::SnapshotEnd last = {.end = 1, .sequence = 1, .records = total};
  last.Encode(end);
  AddBlock({end, sizeof(end)}, 0, sizeof(end), &file);
  return file;
}

std::string EmptySegment() {
  std::string file(store::SegmentHeader::kBytes, '\0');
  store::SegmentHeader{.salt = kSalt, .first = 2}.Encode(file.data());
  return file;
}

}  // namespace
}  // namespace kv::fuzz

// The first byte says whether the rest is a snapshot as it is, or blocks.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kv::fuzz::FuzzInput;
  FuzzInput in(data, size);
  const bool raw = in.Below(2) == 1;
  bool slow = false;
  const std::string snapshot =
      raw ? std::string(in.rest()) : kv::fuzz::Snapshot(in, &slow);
  if (slow) return 0;
  kv::fuzz::CheckStart(
      {{"data/" + kv::store::SnapshotName(2), snapshot},
       {"data/" + kv::store::SegmentName(2), kv::fuzz::EmptySegment()}},
      kv::fuzz::Threads::kMayDiffer);
  return 0;
}
