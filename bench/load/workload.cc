#include "bench/load/workload.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/str_cat.h"

namespace kv::bench {

namespace {

using Kind = Operation::Kind;

constexpr int kBatch = 16;
constexpr int64_t kRangeMembers = 100;

// What a workload needs to find on the server.
enum class Needs : uint8_t { kNothing, kStrings, kMembers };

struct Definition {
  WorkloadInfo info;
  Kind kind;
  Needs needs;
};

constexpr Definition kDefinitions[] = {
    {{"ping", "a request that touches no key (TCP only)"},
     Kind::kPing,
     Needs::kNothing},
    {{"get", "read a random string; all exist"}, Kind::kGet, Needs::kStrings},
    {{"set", "overwrite a random string"}, Kind::kSet, Needs::kNothing},
    {{"mixed", "nine times get, once set"}, Kind::kGet, Needs::kStrings},
    {{"incr", "add one to a random counter"},
     Kind::kIncrement,
     Needs::kNothing},
    {{"mget", "read 16 random strings in one request"},
     Kind::kBatchGet,
     Needs::kStrings},
    {{"mset", "write 16 random strings in one request"},
     Kind::kBatchSet,
     Needs::kNothing},
    {{"zadd", "give a random member of a random sorted set a random score"},
     Kind::kAdd,
     Needs::kMembers},
    {{"zscore", "the score of a random member"}, Kind::kScore, Needs::kMembers},
    {{"zrank", "the rank of a random member"}, Kind::kRank, Needs::kMembers},
    {{"zrange", "100 neighbouring members with scores, from a random rank"},
     Kind::kRange,
     Needs::kMembers},
};
constexpr size_t kDefinitionCount = sizeof(kDefinitions) / sizeof(Definition);
constexpr absl::string_view kMixed = "mixed";

}  // namespace

absl::Span<const WorkloadInfo> Workloads() {
  static const std::vector<WorkloadInfo>* const all = [] {
    auto* infos = new std::vector<WorkloadInfo>;
    for (const Definition& d : kDefinitions) infos->push_back(d.info);
    return infos;
  }();
  return *all;
}

absl::optional<Workload> Workload::Find(absl::string_view name,
                                        const WorkloadOptions& options) {
  for (size_t i = 0; i < kDefinitionCount; ++i) {
    if (kDefinitions[i].info.name == name) return Workload(i, options);
  }
  return absl::nullopt;
}

Workload::Workload(size_t index, const WorkloadOptions& options)
    : index_(index), options_(options), random_(options.seed) {
  // Letters only: the text protocol can carry them without quotes.
  value_.resize(options.value_size);
  for (char& c : value_) c = static_cast<char>('a' + Random(26));
}

Operation Workload::Next() {
  const Definition& definition = kDefinitions[index_];
  switch (definition.kind) {
    case Kind::kPing:
      return {};
    case Kind::kGet:
      if (definition.info.name == kMixed && Random(10) == 0) {
        return StringOperation(Kind::kSet, Random(options_.keys));
      }
      return StringOperation(Kind::kGet, Random(options_.keys));
    case Kind::kSet:
      return StringOperation(Kind::kSet, Random(options_.keys));
    case Kind::kIncrement: {
      Operation operation{.kind = Kind::kIncrement};
      operation.keys.push_back(Key("counter:", Random(options_.keys)));
      return operation;
    }
    case Kind::kBatchGet:
    case Kind::kBatchSet:
      return BatchOperation(definition.kind);
    case Kind::kAdd:
    case Kind::kScore:
    case Kind::kRank:
    case Kind::kRange:
      return SetOperation(definition.kind);
  }
  return {};
}

uint64_t Workload::fill_size() const {
  return kDefinitions[index_].needs == Needs::kNothing ? 0 : options_.keys;
}

Operation Workload::Fill(uint64_t i) const {
  assert(i < fill_size());
  if (kDefinitions[index_].needs == Needs::kStrings) {
    return StringOperation(Kind::kSet, i);
  }
  Operation operation = MemberOperation(Kind::kAdd, i);
  operation.score = static_cast<int64_t>(i);
  return operation;
}

uint64_t Workload::Random(uint64_t bound) { return random_() % bound; }

std::string Workload::Key(absl::string_view kind, uint64_t i) const {
  const std::string digits = absl::StrCat(i);
  const size_t used = kind.size() + digits.size();
  const size_t padding =
      used < options_.key_size ? options_.key_size - used : 0;
  return absl::StrCat(kind, std::string(padding, '0'), digits);
}

Operation Workload::StringOperation(Kind kind, uint64_t i) const {
  Operation operation{.kind = kind};
  operation.keys.push_back(Key("key:", i));
  if (kind == Kind::kSet) operation.value = value_;
  return operation;
}

Operation Workload::BatchOperation(Kind kind) {
  Operation operation{.kind = kind};
  for (int i = 0; i < kBatch; ++i) {
    operation.keys.push_back(Key("key:", Random(options_.keys)));
  }
  if (kind == Kind::kBatchSet) operation.value = value_;
  return operation;
}

Operation Workload::SetOperation(Kind kind) {
  Operation operation = MemberOperation(kind, Random(options_.keys));
  operation.score = static_cast<int64_t>(Random(options_.keys));
  const auto members = static_cast<int64_t>(
      std::max<uint64_t>(options_.keys / options_.sets, 1));
  operation.start = static_cast<int64_t>(
      Random(std::max<int64_t>(members - kRangeMembers, 0) + 1));
  operation.stop = operation.start + kRangeMembers - 1;
  return operation;
}

// Members are dealt out to the sets in turn.
Operation Workload::MemberOperation(Kind kind, uint64_t i) const {
  Operation operation{.kind = kind};
  operation.keys.push_back(Key("set:", i % options_.sets));
  operation.member = Key("member:", i);
  return operation;
}

}  // namespace kv::bench
