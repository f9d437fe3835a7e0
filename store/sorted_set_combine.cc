#include "store/sorted_set_combine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace kv::store::sorted_sets {
namespace {

// One of the sets to combine.
struct Input {
  const SortedSet* set;  // null: empty
  double weight;

  size_t size() const { return set == nullptr ? 0 : set->size(); }
};
using Inputs = absl::InlinedVector<Input, 8>;

OpResult<Inputs> FindAll(const Transaction& txn, absl::Span<const Key> keys,
                         const CombineOptions& options = {}) {
  Inputs inputs;
  inputs.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const OpResult<const SortedSet*> set = Find(txn, keys[i]);
    if (!set.ok()) return set.status();
    inputs.push_back({*set, options.weights.empty() ? 1 : options.weights[i]});
  }
  return inputs;
}

// The smallest set first. Equal ones stay in the order of the keys, so that
// sums are rounded alike every time.
void SortBySize(Inputs* inputs) {
  std::stable_sort(
      inputs->begin(), inputs->end(),
      [](const Input& a, const Input& b) { return a.size() < b.size(); });
}

// Nor is there a minus zero.
double ZeroIfNan(double value) { return std::isnan(value) ? 0 : value + 0.0; }

double Combined(Aggregate aggregate, double a, double b) {
  switch (aggregate) {
    case Aggregate::kSum:
      return ZeroIfNan(a + b);
    case Aggregate::kMin:
      return b < a ? b : a;
    case Aggregate::kMax:
      return b > a ? b : a;
  }
  return a;
}

template <typename F>
void ForEach(const Input& input, F&& f) {
  if (input.set == nullptr) return;
  input.set->Visit(0, input.set->size(), /*reverse=*/false,
                   [&](absl::string_view member, double score) {
                     f(member, ZeroIfNan(score * input.weight));
                   });
}

bool IsBefore(const ScoredMember& a, const ScoredMember& b) {
  return a.score < b.score || (a.score == b.score && a.member < b.member);
}

// A single set without a weight is in order already.
void Sort(Members* members) {
  if (!std::is_sorted(members->begin(), members->end(), IsBefore)) {
    std::sort(members->begin(), members->end(), IsBefore);
  }
}

// The combined score of a member of `inputs[0]` if it is in all the others. As
// in Redis, a product that is not a number makes a sum 0 and else is passed
// over.
absl::optional<double> ScoreInAll(const Inputs& inputs, Aggregate aggregate,
                                  absl::string_view member, double score) {
  for (size_t i = 1; i < inputs.size(); ++i) {
    const absl::optional<double> other = inputs[i].set->Score(member);
    if (!other.has_value()) return absl::nullopt;
    score = Combined(aggregate, score, *other * inputs[i].weight);
  }
  return score;
}

Event StoreOf(Combination combination) {
  switch (combination) {
    case Combination::kUnion:
      return Event::kZunionstore;
    case Combination::kIntersection:
      return Event::kZinterstore;
    case Combination::kDifference:
      break;
  }
  return Event::kZdiffstore;
}

}  // namespace

OpResult<Members> Union(const Transaction& txn, absl::Span<const Key> keys,
                        const CombineOptions& options) {
  OpResult<Inputs> inputs = FindAll(txn, keys, options);
  if (!inputs.ok()) return inputs.status();
  SortBySize(&*inputs);
  Members members;
  absl::flat_hash_map<absl::string_view, size_t> places;
  // The result is at least as large as the largest set, which comes last.
  if (!inputs->empty()) members.reserve(inputs->back().size());
  if (inputs->size() > 1) places.reserve(inputs->back().size());
  for (const Input& input : *inputs) {
    ForEach(input, [&](absl::string_view member, double score) {
      if (inputs->size() > 1) {
        const auto [place, fresh] = places.try_emplace(member, members.size());
        if (!fresh) {
          double& old = members[place->second].score;
          old = Combined(options.aggregate, old, score);
          return;
        }
      }
      members.push_back({member, score});
    });
  }
  Sort(&members);
  return members;
}

OpResult<Members> Intersect(const Transaction& txn, absl::Span<const Key> keys,
                            const CombineOptions& options) {
  OpResult<Inputs> inputs = FindAll(txn, keys, options);
  if (!inputs.ok()) return inputs.status();
  SortBySize(&*inputs);
  Members members;
  if (inputs->empty()) return members;
  ForEach(inputs->front(), [&](absl::string_view member, double score) {
    const absl::optional<double> combined =
        ScoreInAll(*inputs, options.aggregate, member, score);
    if (combined.has_value()) members.push_back({member, *combined});
  });
  Sort(&members);
  return members;
}

OpResult<size_t> CountIntersection(const Transaction& txn,
                                   absl::Span<const Key> keys, size_t limit) {
  OpResult<Inputs> inputs = FindAll(txn, keys);
  if (!inputs.ok()) return inputs.status();
  SortBySize(&*inputs);
  size_t count = 0;
  if (inputs->empty()) return count;
  // By batches, since a visit cannot be left early.
  constexpr size_t kBatch = 64;
  const Input& smallest = inputs->front();
  for (size_t first = 0; first < smallest.size(); first += kBatch) {
    smallest.set->Visit(
        first, kBatch, /*reverse=*/false,
        [&](absl::string_view member, double score) {
          count +=
              ScoreInAll(*inputs, Aggregate::kMin, member, score).has_value();
        });
    if (limit != 0 && count >= limit) return limit;
  }
  return count;
}

OpResult<Members> Subtract(const Transaction& txn, absl::Span<const Key> keys) {
  const OpResult<Inputs> inputs = FindAll(txn, keys);
  if (!inputs.ok()) return inputs.status();
  Members members;
  if (inputs->empty()) return members;
  const Input& first = inputs->front();
  const absl::Span<const Input> others =
      absl::MakeConstSpan(*inputs).subspan(1);
  size_t other_members = 0;
  for (const Input& other : others) other_members += other.size();
  // Few members to take away are put into one table; otherwise each of the
  // sets is asked for each member of the first.
  const bool few = other_members < first.size();
  absl::flat_hash_set<absl::string_view> taken;
  if (few) {
    taken.reserve(other_members);
    for (const Input& other : others) {
      ForEach(other, [&](absl::string_view m, double) { taken.insert(m); });
    }
  }
  const auto is_elsewhere = [&](absl::string_view member) {
    if (few) return taken.contains(member);
    return std::any_of(others.begin(), others.end(), [&](const Input& other) {
      return other.set != nullptr && other.set->Score(member).has_value();
    });
  };
  ForEach(first, [&](absl::string_view member, double score) {
    if (!is_elsewhere(member)) members.push_back({member, score});
  });
  return members;
}

OpResult<Members> Combine(const Transaction& txn, Combination combination,
                          absl::Span<const Key> keys,
                          const CombineOptions& options) {
  switch (combination) {
    case Combination::kUnion:
      return Union(txn, keys, options);
    case Combination::kIntersection:
      return Intersect(txn, keys, options);
    case Combination::kDifference:
      break;
  }
  return Subtract(txn, keys);
}

void Store(Transaction& txn, const Key& destination, Combination combination,
           absl::Span<const ScoredMember> members) {
  SortedSet set;
  for (const ScoredMember& member : members) {
    set.Append(member.member, member.score);
  }
  const NamedEvent named(txn, StoreOf(combination));
  txn.PutSortedSet(destination, std::move(set));
}

}  // namespace kv::store::sorted_sets
