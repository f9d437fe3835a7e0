#include <cstdint>
#include <string>

#include "store/base/crc32c.h"
#include "store/durable/segment.h"
#include "tests/fuzz/fuzz_directory.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

// Groups with right checksums, past which a fuzzer would not get: how many
// records they claim to have, and the records, up to a byte of 0xFF.
std::string Segment(FuzzInput& in, bool* slow) {
  std::string file(store::SegmentHeader::kBytes, '\0');
  store::SegmentHeader{.salt = kSalt, .first = 1}.Encode(file.data());
  uint64_t position = 1;
  while (!in.empty()) {
    store::GroupHeader header;
    header.count = in.Byte();
    const absl::string_view records = in.Until('\xFF');
    *slow = *slow || IsSlow(records);
    header.body_checksum = store::Crc32c(records);
    header.length = records.size();
    header.first = position;
    header.synced = file.size();
    position += header.count;
    char bytes[store::GroupHeader::kBytes];
    header.Encode(kSalt, bytes);
    file.append(bytes, sizeof(bytes));
    file.append(records.data(), records.size());
  }
  return file;
}

}  // namespace
}  // namespace kv::fuzz

// The first byte says whether the rest is a segment as it is, or groups.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kv::fuzz::FuzzInput;
  FuzzInput in(data, size);
  const bool raw = in.Below(2) == 1;
  bool slow = false;
  const std::string segment =
      raw ? std::string(in.rest()) : kv::fuzz::Segment(in, &slow);
  if (slow) return 0;
  kv::fuzz::CheckStart({{"data/" + kv::store::SegmentName(1), segment}},
                       kv::fuzz::Threads::kFindTheSame);
  return 0;
}
