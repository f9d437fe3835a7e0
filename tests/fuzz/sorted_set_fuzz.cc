#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "store/base/check.h"
#include "store/sorted_set.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

constexpr size_t kMaxSteps = 400;

using Pair = std::pair<double, std::string>;

// The naive sorted set: a sorted vector.
struct Model {
  std::vector<Pair> pairs;

  std::vector<Pair>::iterator Find(const std::string& member) {
    return std::find_if(pairs.begin(), pairs.end(),
                        [&](const Pair& p) { return p.second == member; });
  }
  size_t CountBefore(const Pair& pair) const {
    return std::lower_bound(pairs.begin(), pairs.end(), pair) - pairs.begin();
  }
  store::Upserted Upsert(const std::string& member, double score) {
    const auto known = Find(member);
    const bool added = known == pairs.end();
    if (!added) {
      if (known->first == score) return store::Upserted::kUnchanged;
      pairs.erase(known);
    }
    Pair pair(score, member);
    pairs.insert(pairs.begin() + CountBefore(pair), std::move(pair));
    return added ? store::Upserted::kAdded : store::Upserted::kUpdated;
  }
};

// One of 64 members, most of them short; a long one ends the flat form.
std::string Member(FuzzInput& input) {
  const uint8_t choice = input.Byte();
  return std::string(choice == 255 ? 80 : choice % 4, 'm') +
         static_cast<char>('A' + choice / 4);
}

// Few values, so that many members share one, and the extremes.
double Score(FuzzInput& input) {
  const int8_t choice = static_cast<int8_t>(input.Byte());
  if (choice == 127) return std::numeric_limits<double>::infinity();
  if (choice == -128) return -std::numeric_limits<double>::infinity();
  return choice % 8 == 0 ? choice / 7.0 : choice % 8;
}

void EraseRange(FuzzInput& input, store::SortedSet& set, Model& model) {
  const size_t first = std::min<size_t>(input.Byte(), model.pairs.size());
  const size_t count = std::min(input.Below(8), model.pairs.size() - first);
  size_t seen = 0;
  const size_t erased =
      set.EraseRange(first, count, [&](absl::string_view member, double score) {
        const Pair& expected = model.pairs[first + seen++];
        FASTKV_CHECK(expected.second == member && expected.first == score,
                     "EraseRange took another member");
      });
  FASTKV_CHECK(erased == count && seen == count, "EraseRange");
  const auto begin = model.pairs.begin() + first;
  model.pairs.erase(begin, begin + count);
}

void Change(FuzzInput& input, store::SortedSet& set, Model& model) {
  const size_t action = input.Below(8);
  if (action == 0) return EraseRange(input, set, model);
  const std::string member = Member(input);
  if (action == 1) {
    const auto known = model.Find(member);
    const bool is_here = known != model.pairs.end();
    FASTKV_CHECK(set.Erase(member) == is_here, "Erase");
    if (is_here) model.pairs.erase(known);
    return;
  }
  const double score = Score(input);
  FASTKV_CHECK(set.Upsert(member, score) == model.Upsert(member, score),
               "Upsert");
}

void Compare(FuzzInput& input, const store::SortedSet& set, Model& model) {
  set.CheckInvariants();
  FASTKV_CHECK(set.size() == model.pairs.size(), "size");
  const std::string member = Member(input);
  const double score = Score(input);
  FASTKV_CHECK(
      set.RankOfPair(score, member) == model.CountBefore({score, member}),
      "RankOfPair");
  FASTKV_CHECK(set.RankOfScore(score, false) == model.CountBefore({score, ""}),
               "RankOfScore");
  const auto known = model.Find(member);
  FASTKV_CHECK(set.Score(member).has_value() == (known != model.pairs.end()),
               "Score of nothing");
  if (known != model.pairs.end()) {
    FASTKV_CHECK(*set.Score(member) == known->first, "Score");
    FASTKV_CHECK(*set.Rank(member) == known - model.pairs.begin(), "Rank");
  }
  const bool reverse = input.Below(2) == 1;
  size_t at = input.Below(64);
  set.Visit(at, 5, reverse, [&](absl::string_view name, double value) {
    FASTKV_CHECK(
        model.pairs[at].second == name && model.pairs[at].first == value,
        "Visit");
    at += reverse ? -1 : 1;
  });
}

}  // namespace
}  // namespace kv::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kv::fuzz::FuzzInput input(data, size);
  kv::store::SortedSet set;
  kv::fuzz::Model model;
  for (size_t step = 0; step < kv::fuzz::kMaxSteps && !input.empty(); ++step) {
    kv::fuzz::Change(input, set, model);
    kv::fuzz::Compare(input, set, model);
  }
  return 0;
}
