#include "tcp_gateway/command/command_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/base/internal/raw_logging.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

// A command's name in lower case, as two words; what is behind the name is
// zero. Names are at most this long:
constexpr size_t kMaxNameBytes = 16;

struct PackedName {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const PackedName&) const = default;
};

// Makes the bytes A to Z of a word lower case, all eight at once, and leaves
// every other byte alone.
constexpr uint64_t LowerCase(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighBits = kOnes * 0x80;
  const uint64_t low_bits = word & ~kHighBits;
  const uint64_t from_a = low_bits + kOnes * (0x80 - 'A');
  const uint64_t beyond_z = low_bits + kOnes * (0x80 - 'Z' - 1);
  const uint64_t is_upper = from_a & ~beyond_z & ~word & kHighBits;
  return word | is_upper >> 2;  // 0x80 >> 2 is the bit of lower case, 0x20
}

PackedName Pack(absl::string_view name) {
  char bytes[kMaxNameBytes] = {};
  std::memcpy(bytes, name.data(), name.size());
  PackedName packed;
  std::memcpy(&packed.low, bytes, 8);
  std::memcpy(&packed.high, bytes + 8, 8);
  return {LowerCase(packed.low), LowerCase(packed.high)};
}

// The rows of all families: an open-addressed index, less than a quarter full.
class NameIndex {
 public:
  NameIndex() {
    for (const absl::Span<const Command> family :
         {BitmapCommands(), ConnectionCommands(), CounterCommands(),
          DatabaseCommands(), ExpiryCommands(), KeyCommands(), ObjectCommands(),
          PubSubCommands(), ServerCommands(), SortCommands(),
          SortedSetBlockingCommands(), SortedSetCommands(),
          SortedSetCombineCommands(), SortedSetPopCommands(),
          SortedSetRangeCommands(), StringCommands(), SubsequenceCommands(),
          TransactionCommands()}) {
      for (const Command& command : family) Add(&command);
    }
    std::sort(all_.begin(), all_.end(), [](const Command* a, const Command* b) {
      return a->name < b->name;
    });
  }

  absl::Span<const Command* const> all() const { return all_; }

  const Command* Find(absl::string_view name) const {
    if (name.empty() || name.size() > kMaxNameBytes) return nullptr;
    const PackedName packed = Pack(name);
    for (size_t slot = Hash(packed); slots_[slot].command != nullptr;
         slot = (slot + 1) % kSlots) {
      const Command* command = slots_[slot].command;
      // The size too: a name that ends in NUL is another name.
      if (slots_[slot].name == packed && command->name.size() == name.size()) {
        return command;
      }
    }
    return nullptr;
  }

 private:
  static constexpr int kSlotBits = 10;
  static constexpr size_t kSlots = 1 << kSlotBits;

  struct Slot {
    PackedName name;
    const Command* command = nullptr;
  };

  void Add(const Command* command) {
    ABSL_RAW_CHECK(command->name.size() <= kMaxNameBytes, "name too long");
    ABSL_RAW_CHECK(Find(command->name) == nullptr, "two commands of one name");
    ABSL_RAW_CHECK(all_.size() < kSlots / 4, "the index is too full");
    const PackedName name = Pack(command->name);
    size_t slot = Hash(name);
    while (slots_[slot].command != nullptr) slot = (slot + 1) % kSlots;
    slots_[slot] = {name, command};
    all_.push_back(command);
  }

  static size_t Hash(const PackedName& name) {
    // Fibonacci hashing: the high bits of a product with 2^64 / phi.
    constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;
    return (name.low * kMultiplier ^ name.high * (kMultiplier << 1 | 1)) >>
           (64 - kSlotBits);
  }

  std::array<Slot, kSlots> slots_;
  std::vector<const Command*> all_;
};

const NameIndex& Index() {
  static const NameIndex& index = *new NameIndex();
  return index;
}

}  // namespace

absl::Span<const Command* const> AllCommands() { return Index().all(); }

const Command* FindCommand(absl::string_view name) {
  return Index().Find(name);
}

absl::string_view GroupName(CommandGroup group) {
  switch (group) {
    case CommandGroup::kString:
      return "string";
    case CommandGroup::kBitmap:
      return "bitmap";
    case CommandGroup::kKey:
      return "generic";
    case CommandGroup::kSortedSet:
      return "sorted-set";
    case CommandGroup::kConnection:
      return "connection";
    case CommandGroup::kServer:
      return "server";
    case CommandGroup::kTransactions:
      return "transactions";
    case CommandGroup::kPubSub:
      return "pubsub";
  }
  return "";
}

}  // namespace kv::gateway
