#include "clients/cli/rdb/skip.h"

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/rdb/encoding.h"

namespace kv::rdb {
namespace {

// The parts that a module writes its values with; each says what it is.
enum ModulePart : uint64_t {
  kEnd = 0,
  kSigned = 1,
  kUnsigned = 2,
  kFloat = 3,
  kDouble = 4,
  kText = 5,
};

constexpr uint64_t kStreamIdBytes = 16;
constexpr uint64_t kTimeBytes = 8;

// A count, and as many of what `skip_one` passes over. The count may be a lie:
// the end of the file ends it.
void SkipCounted(Input& input, absl::FunctionRef<void()> skip_one) {
  for (uint64_t left = ReadLength(input); left > 0 && input.ok(); --left) {
    skip_one();
  }
}

void SkipStrings(Input& input, int count) {
  for (int i = 0; i < count; ++i) SkipString(input);
}

void SkipLengths(Input& input, int count) {
  for (int i = 0; i < count; ++i) ReadLength(input);
}

void SkipModuleParts(Input& input) {
  while (input.ok()) {
    const uint64_t start = input.offset();
    const uint64_t part = ReadLength(input);
    switch (part) {
      case kEnd:
        return;
      case kSigned:
      case kUnsigned:
        ReadLength(input);
        break;
      case kFloat:
        input.Skip(4);
        break;
      case kDouble:
        input.Skip(8);
        break;
      case kText:
        SkipString(input);
        break;
      default:
        input.FailAt(
            start, absl::StrCat("a module's value has an unknown part ", part));
    }
  }
}

void SkipConsumer(Input& input, uint8_t type) {
  SkipString(input);                                        // name
  input.Skip(kTimeBytes);                                   // seen
  if (type >= kStream3) input.Skip(kTimeBytes);             // active
  SkipCounted(input, [&] { input.Skip(kStreamIdBytes); });  // pending
}

void SkipConsumerGroup(Input& input, uint8_t type) {
  SkipString(input);                            // name
  SkipLengths(input, type > kStream1 ? 3 : 2);  // last id, entries read
  SkipCounted(input, [&] {                      // pending
    input.Skip(kStreamIdBytes + kTimeBytes);
    ReadLength(input);
  });
  SkipCounted(input, [&] { SkipConsumer(input, type); });
}

void SkipStream(Input& input, uint8_t type) {
  SkipCounted(input, [&] { SkipStrings(input, 2); });  // id and listpack
  SkipLengths(input, 3);                               // length, last id
  // First id, greatest deleted id, entries added.
  if (type > kStream1) SkipLengths(input, 5);
  SkipCounted(input, [&] { SkipConsumerGroup(input, type); });
}

}  // namespace

void SkipValue(Input& input, const Type& type) {
  input.Skip(type.prefix_bytes);
  switch (type.layout) {
    case Layout::kString:
      return SkipString(input);
    case Layout::kStrings:
      return SkipCounted(input, [&] { SkipString(input); });
    case Layout::kPairsOfStrings:
      return SkipCounted(input, [&] { SkipStrings(input, 2); });
    case Layout::kTextScores:
      return SkipCounted(input, [&] {
        SkipString(input);
        ReadTextScore(input);
      });
    case Layout::kBinaryScores:
      return SkipCounted(input, [&] {
        SkipString(input);
        input.Skip(8);
      });
    case Layout::kNodes:
      return SkipCounted(input, [&] {
        ReadLength(input);
        SkipString(input);
      });
    case Layout::kFieldsThatExpire:
      return SkipCounted(input, [&] {
        ReadLength(input);
        SkipStrings(input, 2);
      });
    case Layout::kStream:
      return SkipStream(input, type.number);
    case Layout::kModule:
      ReadLength(input);  // the module
      return SkipModuleParts(input);
    case Layout::kOpaque:
      return input.Fail("a value that cannot be skipped");
  }
}

void SkipModuleAux(Input& input) {
  ReadLength(input);  // the module
  const uint64_t start = input.offset();
  if (ReadLength(input) != kUnsigned) {
    input.FailAt(start, "a module's data is damaged");
  }
  ReadLength(input);  // before or after the keys
  SkipModuleParts(input);
}

}  // namespace kv::rdb
