#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/base/check.h"
#include "store/sorted_set.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

constexpr size_t kMaxSteps = 400;

// The naive sorted set: scores by member, put in order for every question.
struct Model {
  std::map<std::string, double> scores;

  std::vector<std::pair<double, std::string>> Ordered() const {
    std::vector<std::pair<double, std::string>> pairs;
    for (const auto& [member, score] : scores)
      pairs.emplace_back(score, member);
    std::sort(pairs.begin(), pairs.end());
    return pairs;
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

void Change(FuzzInput& input, store::SortedSet& set, Model& model) {
  switch (input.Below(8)) {
    case 0: {
      const std::string member = Member(input);
      FASTKV_CHECK(set.Erase(member) == (model.scores.erase(member) == 1),
                   "Erase");
      break;
    }
    case 1: {
      const auto ordered = model.Ordered();
      const size_t first = input.Byte();
      const size_t count = input.Below(8);
      size_t expected = 0;
      for (size_t i = first; i < ordered.size() && expected < count; ++i) {
        model.scores.erase(ordered[i].second);
        ++expected;
      }
      size_t seen = 0;
      const size_t erased = set.EraseRange(
          first, count, [&](absl::string_view member, double score) {
            FASTKV_CHECK(ordered[first + seen].second == member &&
                             ordered[first + seen].first == score,
                         "EraseRange took another member");
            ++seen;
          });
      FASTKV_CHECK(erased == expected && seen == expected, "EraseRange");
      break;
    }
    default: {
      const std::string member = Member(input);
      const double score = Score(input);
      const auto [at, added] = model.scores.try_emplace(member, score);
      const bool changed = !added && at->second != score;
      at->second = score;
      const store::Upserted expected = added     ? store::Upserted::kAdded
                                       : changed ? store::Upserted::kUpdated
                                                 : store::Upserted::kUnchanged;
      FASTKV_CHECK(set.Upsert(member, score) == expected, "Upsert");
    }
  }
}

void Compare(FuzzInput& input, const store::SortedSet& set,
             const Model& model) {
  set.CheckInvariants();
  const auto ordered = model.Ordered();
  FASTKV_CHECK(set.size() == ordered.size(), "size");
  const std::string member = Member(input);
  const double score = Score(input);
  const auto before = [&](const std::pair<double, std::string>& pair) {
    return std::lower_bound(ordered.begin(), ordered.end(), pair) -
           ordered.begin();
  };
  FASTKV_CHECK(set.RankOfPair(score, member) == before({score, member}),
               "RankOfPair");
  FASTKV_CHECK(set.RankOfScore(score, false) == before({score, ""}),
               "RankOfScore");
  const auto found = model.scores.find(member);
  FASTKV_CHECK(set.Score(member).has_value() == (found != model.scores.end()),
               "Score of nothing");
  if (found != model.scores.end()) {
    FASTKV_CHECK(*set.Score(member) == found->second, "Score");
    FASTKV_CHECK(*set.Rank(member) == before({found->second, member}), "Rank");
  }
  const bool reverse = input.Below(2) == 1;
  const size_t first = input.Below(64);
  size_t at = first;
  set.Visit(first, 5, reverse, [&](absl::string_view name, double value) {
    FASTKV_CHECK(ordered[at].second == name && ordered[at].first == value,
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
