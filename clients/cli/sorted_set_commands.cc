#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command_groups.h"
#include "clients/cli/ranges.h"
#include "clients/cpp/requests.h"

namespace kv::cli {
namespace {

using fastkv::v1::Operation;

std::vector<std::string> OperandsFrom(const Arguments& arguments, size_t i) {
  const absl::Span<const std::string> rest = arguments.operands_from(i);
  return {rest.begin(), rest.end()};
}

// --nx, --xx, --gt, --lt.
template <typename Request>
void SetConditions(Arguments& arguments, Request* request) {
  if (arguments.Has("nx") && arguments.Has("xx")) {
    arguments.Fail("--nx and --xx exclude each other");
  }
  if (arguments.Has("gt") && arguments.Has("lt")) {
    arguments.Fail("--gt and --lt exclude each other");
  }
  namespace v1 = fastkv::v1;
  if (arguments.Has("nx")) {
    request->set_member_condition(v1::MEMBER_CONDITION_NEW);
  }
  if (arguments.Has("xx")) {
    request->set_member_condition(v1::MEMBER_CONDITION_EXISTING);
  }
  if (arguments.Has("gt")) {
    request->set_score_condition(v1::SCORE_CONDITION_GREATER);
  }
  if (arguments.Has("lt")) {
    request->set_score_condition(v1::SCORE_CONDITION_LESS);
  }
}

void AddOperation(Arguments& arguments, Operation* operation) {
  std::vector<fastkv::Scored> members;
  for (size_t i = 1; i + 1 < arguments.operands().size(); i += 2) {
    members.emplace_back(arguments.operand(i + 1),
                         arguments.ToScore(arguments.operand(i)));
  }
  auto* request = operation->mutable_sorted_set_add();
  *request = fastkv::SortedSetAdd(arguments.operand(0), members);
  SetConditions(arguments, request);
}

void RemoveOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_sorted_set_remove() =
      fastkv::SortedSetRemove(arguments.operand(0), OperandsFrom(arguments, 1));
}

void RangeOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_range();
  request->set_key(arguments.operand(0));
  if (arguments.operands().size() > 1) SetRangeFrom(arguments, 1, request);
  request->set_reverse(arguments.Has("reverse"));
  request->set_offset(arguments.Int("offset", 0));
  request->set_limit(arguments.Int("limit", 0));
  request->set_with_scores(arguments.Has("scores"));
}

void ScoreOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_sorted_set_get_scores() = fastkv::SortedSetGetScores(
      arguments.operand(0), OperandsFrom(arguments, 1));
}

void RankOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_sorted_set_get_rank() = fastkv::SortedSetGetRank(
      arguments.operand(0), arguments.operand(1), arguments.Has("reverse"));
}

void IncrementOperation(Arguments& arguments, Operation* operation) {
  const double delta = arguments.operands().size() > 2
                           ? arguments.ToScore(arguments.operand(2))
                           : 1;
  auto* request = operation->mutable_sorted_set_increment();
  *request = fastkv::SortedSetIncrement(arguments.operand(0),
                                        arguments.operand(1), delta);
  SetConditions(arguments, request);
}

void CountOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_count();
  request->set_key(arguments.operand(0));
  if (arguments.operands().size() == 1) return;
  const std::string by = arguments.Text("by").value_or("score");
  const std::string& min = arguments.operand(1);
  const std::string& max = arguments.operand(2);
  if (by == "score") {
    fastkv::SetRange(request, ScoreRangeOf(arguments, min, max));
  } else if (by == "member") {
    fastkv::SetRange(request, MemberRangeOf(arguments, min, max));
  } else {
    arguments.Fail("--by is score or member");
  }
}

void PopOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_pop();
  for (const std::string& key : arguments.operands()) request->add_keys(key);
  request->set_highest(arguments.Has("highest"));
  request->set_count(arguments.Int("count", 1));
}

void RemoveRangeOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_remove_range();
  request->set_key(arguments.operand(0));
  SetRangeFrom(arguments, 1, request);
}

void StoreRangeOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_store_range();
  request->set_destination(arguments.operand(0));
  request->set_source(arguments.operand(1));
  SetRangeFrom(arguments, 2, request);
  request->set_reverse(arguments.Has("reverse"));
  request->set_offset(arguments.Int("offset", 0));
  request->set_limit(arguments.Int("limit", 0));
}

fastkv::v1::CombineOperation CombineOperationOf(Arguments& arguments) {
  const std::string& name = arguments.operand(0);
  if (name == "union") return fastkv::v1::COMBINE_OPERATION_UNION;
  if (name == "intersection") return fastkv::v1::COMBINE_OPERATION_INTERSECTION;
  if (name == "difference") return fastkv::v1::COMBINE_OPERATION_DIFFERENCE;
  arguments.Fail("zcombine does union, intersection or difference");
  return fastkv::v1::COMBINE_OPERATION_UNSPECIFIED;
}

fastkv::v1::CombineAggregate AggregateOf(Arguments& arguments) {
  const auto name = arguments.Text("aggregate");
  if (!name) return fastkv::v1::COMBINE_AGGREGATE_UNSPECIFIED;
  if (*name == "sum") return fastkv::v1::COMBINE_AGGREGATE_SUM;
  if (*name == "min") return fastkv::v1::COMBINE_AGGREGATE_MIN;
  if (*name == "max") return fastkv::v1::COMBINE_AGGREGATE_MAX;
  arguments.Fail("--aggregate is sum, min or max");
  return fastkv::v1::COMBINE_AGGREGATE_UNSPECIFIED;
}

void SetWeights(Arguments& arguments,
                fastkv::v1::SortedSetServiceCombineRequest* request) {
  const auto weights = arguments.Text("weights");
  if (!weights) return;
  const std::vector<std::string> each = absl::StrSplit(*weights, ',');
  if (static_cast<int>(each.size()) != request->inputs_size()) {
    arguments.Fail("--weights has one number for each key");
    return;
  }
  for (int i = 0; i < request->inputs_size(); ++i) {
    request->mutable_inputs(i)->set_weight(arguments.ToScore(each[i]));
  }
}

void CombineOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_combine();
  *request = fastkv::SortedSetCombine(CombineOperationOf(arguments),
                                      OperandsFrom(arguments, 1));
  request->set_with_scores(arguments.Has("scores"));
  request->set_aggregate(AggregateOf(arguments));
  SetWeights(arguments, request);
  if (arguments.Has("store") && arguments.Has("count")) {
    arguments.Fail("--store and --count exclude each other");
  }
  if (const auto key = arguments.Text("store")) request->set_destination(*key);
  if (arguments.Has("count")) {
    request->set_count_up_to(arguments.Int("count", 0));
  }
}

void SampleOperation(Arguments& arguments, Operation* operation) {
  auto* request = operation->mutable_sorted_set_sample();
  request->set_key(arguments.operand(0));
  request->set_count(arguments.operands().size() > 1
                         ? arguments.ToInt("COUNT", arguments.operand(1))
                         : 1);
  request->set_repeats(arguments.Has("repeats"));
  request->set_with_scores(arguments.Has("scores"));
}

constexpr OptionSpec kBy = {"by", "rank|score|member", "what the range is of"};
constexpr OptionSpec kReverse = {"reverse", "", "from the highest score down"};
constexpr OptionSpec kOffset = {"offset", "N", "leaves out the first N"};
constexpr OptionSpec kLimit = {"limit", "N", "at most N"};
constexpr OptionSpec kScores = {"scores", "", "prints the scores too"};

constexpr OptionSpec kConditions[] = {{"nx", "", "only members that are new"},
                                      {"xx", "", "only members that are there"},
                                      {"gt", "", "only to a greater score"},
                                      {"lt", "", "only to a lesser score"}};
constexpr OptionSpec kRangeOptions[] = {kBy, kReverse, kOffset, kLimit,
                                        kScores};
constexpr OptionSpec kStoreOptions[] = {kBy, kReverse, kOffset, kLimit};
constexpr OptionSpec kRankOptions[] = {kReverse};
constexpr OptionSpec kCountOptions[] = {
    {"by", "score|member", "what the range is of"}};
constexpr OptionSpec kPopOptions[] = {
    {"highest", "", "from the highest score down"},
    {"count", "N", "takes N members"}};
constexpr OptionSpec kRemoveRangeOptions[] = {kBy};
constexpr OptionSpec kCombineOptions[] = {
    {"weights", "N,N,...", "what each set's scores are multiplied with"},
    {"aggregate", "sum|min|max", "what becomes of scores in several sets"},
    {"store", "KEY", "makes KEY hold the result"},
    {"count", "N", "counts the result, up to N (0: all)"},
    kScores};
constexpr OptionSpec kSampleOptions[] = {
    {"repeats", "", "may draw a member again"}, kScores};

constexpr char kGroup[] = "sorted sets";
constexpr Command kCommands[] = {
    {"zadd", kGroup, "KEY SCORE MEMBER [SCORE MEMBER ...]",
     "adds members or changes their scores", kConditions, AddOperation},
    {"zrem",
     kGroup,
     "KEY MEMBER [MEMBER ...]",
     "removes members",
     {},
     RemoveOperation},
    {"zrange", kGroup, "KEY [START STOP]", "prints members in order",
     kRangeOptions, RangeOperation},
    {"zscore",
     kGroup,
     "KEY MEMBER [MEMBER ...]",
     "prints scores",
     {},
     ScoreOperation},
    {"zrank", kGroup, "KEY MEMBER", "tells how many members come before",
     kRankOptions, RankOperation},
    {"zincr", kGroup, "KEY MEMBER [DELTA]", "adds to a score", kConditions,
     IncrementOperation},
    {"zcount", kGroup, "KEY [MIN MAX]", "counts members", kCountOptions,
     CountOperation},
    {"zpop", kGroup, "KEY [KEY ...]",
     "removes members from the first set that has any, and prints them",
     kPopOptions, PopOperation},
    {"zremrange", kGroup, "KEY START STOP", "removes a range",
     kRemoveRangeOptions, RemoveRangeOperation},
    {"zstorerange", kGroup, "DESTINATION SOURCE START STOP",
     "makes a key hold a range of another", kStoreOptions, StoreRangeOperation},
    {"zcombine", kGroup, "OPERATION KEY [KEY ...]",
     "OPERATION: union, intersection or difference", kCombineOptions,
     CombineOperation},
    {"zsample", kGroup, "KEY [COUNT]", "draws members at random",
     kSampleOptions, SampleOperation},
};

}  // namespace

absl::Span<const Command> SortedSetCommands() { return kCommands; }

}  // namespace kv::cli
