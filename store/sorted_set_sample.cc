#include "store/sorted_set_sample.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/random/distributions.h"
#include "absl/strings/string_view.h"
#include "store/base/limits.h"

namespace kv::store::sorted_sets {
namespace {

ScoredMember MemberAt(const SortedSet& set, size_t rank) {
  const SortedSet::Item item = set.At(rank);
  return {item.member, item.score};
}

// Walks the set and takes each member with the chance that completes the
// sample (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
void SelectInOrder(const SortedSet& set, size_t count, absl::BitGenRef random,
                   std::vector<ScoredMember>* sample) {
  size_t left = set.size();
  set.Visit(0, left, /*reverse=*/false,
            [&](absl::string_view member, double score) {
              if (count > 0 && absl::Uniform<size_t>(random, 0, left) < count) {
                sample->push_back({member, score});
                --count;
              }
              --left;
            });
}

// Draws `count` distinct ranks in as many steps (Floyd's algorithm: Bentley,
// Communications of the ACM 30, 9).
void SelectByRank(const SortedSet& set, size_t count, absl::BitGenRef random,
                  std::vector<ScoredMember>* sample) {
  absl::flat_hash_set<size_t> ranks;
  ranks.reserve(count);
  for (size_t end = set.size() - count; end < set.size(); ++end) {
    size_t rank = absl::Uniform<size_t>(absl::IntervalClosed, random, 0, end);
    if (!ranks.insert(rank).second) {
      rank = end;
      ranks.insert(rank);
    }
    sample->push_back(MemberAt(set, rank));
  }
}

}  // namespace

OpResult<absl::optional<ScoredMember>> RandomMember(const Transaction& txn,
                                                    const Key& key,
                                                    absl::BitGenRef random) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  if (*set == nullptr) return absl::optional<ScoredMember>();
  const size_t rank = absl::Uniform<size_t>(random, 0, (*set)->size());
  return absl::optional<ScoredMember>(MemberAt(**set, rank));
}

OpResult<std::vector<ScoredMember>> RandomMembers(const Transaction& txn,
                                                  const Key& key, size_t count,
                                                  absl::BitGenRef random) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  std::vector<ScoredMember> sample;
  if (*set == nullptr || count == 0) return sample;
  const size_t size = (*set)->size();
  count = std::min(count, size);
  sample.reserve(count);
  // Going to a rank costs about as much as walking over this many members.
  constexpr size_t kStepsPerRank = 8;
  if (count >= size / kStepsPerRank) {
    SelectInOrder(**set, count, random, &sample);
  } else {
    SelectByRank(**set, count, random, &sample);
  }
  return sample;
}

OpResult<std::vector<ScoredMember>> RandomDraws(const Transaction& txn,
                                                const Key& key, size_t count,
                                                absl::BitGenRef random) {
  const OpResult<const SortedSet*> set = Find(txn, key);
  if (!set.ok()) return set.status();
  std::vector<ScoredMember> draws;
  if (*set == nullptr) return draws;
  if (count > kMaxDraws) return OpStatus::kTooLarge;
  draws.reserve(count);
  const size_t size = (*set)->size();
  size_t bytes = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t rank = absl::Uniform<size_t>(random, 0, size);
    draws.push_back(MemberAt(**set, rank));
    bytes += draws.back().member.size();
    if (bytes > kMaxValueBytes) return OpStatus::kTooLarge;
  }
  return draws;
}

}  // namespace kv::store::sorted_sets
