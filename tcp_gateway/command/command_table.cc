#include "tcp_gateway/command/command_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/match.h"
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
    // Copied side by side, so that a row's number is its place.
    const auto families = {AclCommands(),
                           BitmapCommands(),
                           ClientCommands(),
                           ConfigCommands(),
                           ConnectionCommands(),
                           CounterCommands(),
                           DatabaseCommands(),
                           DebugCommands(),
                           ExpiryCommands(),
                           IntrospectionCommands(),
                           KeyCommands(),
                           LatencyCommands(),
                           MemoryCommands(),
                           ObjectCommands(),
                           PersistenceCommands(),
                           PubSubCommands(),
                           ServerCommands(),
                           SlowLogCommands(),
                           SortCommands(),
                           SortedSetBlockingCommands(),
                           SortedSetCombineCommands(),
                           SortedSetCommands(),
                           SortedSetPopCommands(),
                           SortedSetRangeCommands(),
                           StringCommands(),
                           SubsequenceCommands(),
                           TransactionCommands()};
    size_t count = 0;
    for (const absl::Span<const Command> family : families) {
      count += family.size();
      for (const Command& command : family) count += command.subcommands.size();
    }
    ABSL_RAW_CHECK(count < kMaxCommands, "too many commands");
    rows_.reserve(count);
    for (const absl::Span<const Command> family : families) {
      for (const Command& command : family) Add(Copy(command));
    }
    std::sort(all_.begin(), all_.end(), [](const Command* a, const Command* b) {
      return a->name < b->name;
    });
  }

  absl::Span<const Command* const> all() const { return all_; }
  absl::Span<const Command> rows() const { return rows_; }

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

  // Puts a command and its subcommands into rows_.
  const Command* Copy(const Command& command) {
    const size_t at = rows_.size();
    rows_.push_back(command);
    for (const Command& subcommand : command.subcommands) {
      rows_.push_back(subcommand);
    }
    rows_[at].subcommands = {&rows_[at] + 1, command.subcommands.size()};
    return &rows_[at];
  }

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
  std::vector<Command> rows_;
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

const Command* FindSubcommand(const Command& command, absl::string_view name) {
  const size_t prefix = command.name.size() + 1;  // "client|"
  for (const Command& subcommand : command.subcommands) {
    if (absl::EqualsIgnoreCase(subcommand.name.substr(prefix), name)) {
      return &subcommand;
    }
  }
  return nullptr;
}

const Command* FindRequested(absl::Span<const absl::string_view> args) {
  const Command* command = FindCommand(args[0]);
  if (command == nullptr || command->subcommands.empty() || args.size() < 2) {
    return command;
  }
  return FindSubcommand(*command, args[1]);
}

size_t CommandCount() { return Index().rows().size(); }

size_t CommandIndex(const Command& command) {
  const absl::Span<const Command> rows = Index().rows();
  if (std::less_equal<>()(rows.begin(), &command) &&
      std::less<>()(&command, rows.end())) {
    return &command - rows.begin();
  }
  const Command* namesake = FindCommand(command.name);
  return namesake == nullptr ? rows.size() : namesake - rows.begin();
}

const Command& CommandAt(size_t index) { return Index().rows()[index]; }

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
