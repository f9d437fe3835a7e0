#include "bench/load/workload.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/str_cat.h"

namespace kv::bench {

namespace {

using Kind = Operation::Kind;

constexpr int kBatch = 16;
constexpr int64_t kRangeMembers = 100;
constexpr int64_t kRangeByScoreMembers = 10;
// So many places from --range_start on: near one rank, but not one cache line.
constexpr int64_t kRangeStarts = 1000;

// What a workload needs to find on the server.
enum class Needs : uint8_t { kNothing, kStrings, kExpiringStrings, kMembers };

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
    {{"setex", "overwrite a random string that expires"},
     Kind::kSet,
     Needs::kExpiringStrings},
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
    {{"zmembers", "the same without scores"}, Kind::kRange, Needs::kMembers},
    {{"zbyscore", "the first 10 members from a random score on"},
     Kind::kRangeByScore,
     Needs::kMembers},
};
constexpr size_t kDefinitionCount = sizeof(kDefinitions) / sizeof(Definition);
constexpr absl::string_view kMixed = "mixed";
constexpr absl::string_view kMembersOnly = "zmembers";

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
    case Kind::kRangeByScore:
      return SetOperation(definition.kind);
  }
  return {};
}

uint64_t Workload::fill_size() const {
  return kDefinitions[index_].needs == Needs::kNothing ? 0 : options_.keys;
}

Operation Workload::Fill(uint64_t i) const {
  assert(i < fill_size());
  if (kDefinitions[index_].needs != Needs::kMembers) {
    return StringOperation(Kind::kSet, i);
  }
  const uint64_t member = MemberToFill(i);
  Operation operation = MemberOperation(Kind::kAdd, member);
  operation.score = static_cast<int64_t>(member);
  return operation;
}

uint64_t Workload::MemberToFill(uint64_t i) const {
  const uint64_t each = options_.keys / options_.sets;
  // Those that are left over when all sets have as many come last.
  if (!options_.fill_by_set || i >= each * options_.sets) return i;
  return i % each * options_.sets + i / each;
}

uint64_t Workload::Random(uint64_t bound) { return random_() % bound; }

std::string Workload::Key(absl::string_view kind, uint64_t i) const {
  const absl::AlphaNum digits(i);
  const size_t used = kind.size() + digits.size();
  std::string key;
  key.reserve(std::max(used, options_.key_size));
  key.append(kind.data(), kind.size());
  if (used < options_.key_size) key.append(options_.key_size - used, '0');
  key.append(digits.data(), digits.size());
  return key;
}

Operation Workload::StringOperation(Kind kind, uint64_t i) const {
  Operation operation{.kind = kind};
  operation.keys.push_back(Key("key:", i));
  if (kind != Kind::kSet) return operation;
  operation.value = value_;
  if (kDefinitions[index_].needs != Needs::kExpiringStrings) return operation;
  if (options_.expire_time_ms > 0) {
    operation.expire_time_ms =
        options_.expire_time_ms + static_cast<int64_t>(i % 1000);
  } else {
    operation.ttl_s = options_.ttl_s;
  }
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
  operation.limit = kRangeByScoreMembers;
  operation.start = RangeStart();
  operation.stop = operation.start + kRangeMembers - 1;
  operation.with_scores = kDefinitions[index_].info.name != kMembersOnly;
  return operation;
}

int64_t Workload::RangeStart() {
  const auto members = static_cast<int64_t>(
      std::max<uint64_t>(options_.keys / options_.sets, 1));
  const int64_t starts = std::max<int64_t>(members - kRangeMembers, 0) + 1;
  if (options_.range_start < 0) return static_cast<int64_t>(Random(starts));
  return options_.range_start +
         static_cast<int64_t>(Random(std::min(starts, kRangeStarts)));
}

// Members are dealt out to the sets in turn.
Operation Workload::MemberOperation(Kind kind, uint64_t i) const {
  Operation operation{.kind = kind};
  operation.keys.push_back(Key("set:", i % options_.sets));
  operation.member = Key("member:", i);
  return operation;
}

}  // namespace kv::bench
