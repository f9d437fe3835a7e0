#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "store/base/check.h"
#include "store/base/crc32c.h"
#include "store/dump.h"
#include "store/entry.h"
#include "store/sorted_set.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

using Pairs = std::vector<std::pair<std::string, double>>;

// The value's bytes with a right footer: past the checksum, whose whole point
// is that a fuzzer would not get there.
std::string WithFooter(absl::string_view value) {
  std::string dump(value);
  dump += "FKVD";
  dump += std::string("\1\0", 2);
  const uint32_t crc = store::Crc32c(dump);
  for (int shift = 0; shift < 32; shift += 8) {
    dump.push_back(static_cast<char>(crc >> shift));
  }
  return dump;
}

Pairs Listed(const store::SortedSet& set) {
  Pairs pairs;
  set.Visit(0, set.size(), /*reverse=*/false,
            [&](absl::string_view member, double score) {
              pairs.emplace_back(member, score);
            });
  return pairs;
}

// What was decoded is whole, and its dump means the same.
void CheckSet(store::SortedSet set) {
  set.CheckInvariants();
  FASTKV_CHECK(set.size() > 0, "an empty set was restored");
  const Pairs members = Listed(set);
  store::EntryPool pool;
  const store::EntryPtr entry(
      store::Entry::NewSortedSet(pool, "key", std::move(set)), {&pool});
  const auto again = store::DecodeDump(*store::EncodeDump(*entry));
  FASTKV_CHECK(again.has_value() &&
                   Listed(std::get<store::SortedSet>(*again)) == members,
               "another set after a round trip");
}

}  // namespace
}  // namespace kv::fuzz

// The input is a dump without its footer; and as it is, a dump.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view value = kv::fuzz::FuzzInput(data, size).rest();
  (void)kv::store::DecodeDump(value);
  const std::string dump = kv::fuzz::WithFooter(value);
  auto decoded = kv::store::DecodeDump(dump);
  if (!decoded.has_value()) return 0;
  if (auto* set = std::get_if<kv::store::SortedSet>(&*decoded)) {
    kv::fuzz::CheckSet(std::move(*set));
  } else {
    FASTKV_CHECK(std::get<absl::string_view>(*decoded) == value.substr(1),
                 "another string than was dumped");
  }
  return 0;
}
