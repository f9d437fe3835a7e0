#include "server/rpc/sorted_set_service.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr store::TimeMs kNow = 1'700'000'000'000;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class SortedSetServiceTest : public testing::Test {
 protected:
  static constexpr size_t kResponseBytes = 10'000;

  SortedSetServiceTest()
      : keyspace_(store::KeyspaceOptions{.shards = 8}),
        service_(keyspace_, RpcLimits{kResponseBytes}) {
    const store::Key key("string");
    store::Transaction txn(keyspace_, kNow, key);
    EXPECT_TRUE(store::strings::Set(txn, key, "v", {}).ok());
  }

  template <typename Request, typename Response>
  Response Call(RpcStatus (SortedSetService::*handler)(store::TimeMs,
                                                       const Request&,
                                                       Response*),
                const Request& request) {
    Response response;
    const RpcStatus status = (service_.*handler)(kNow, request, &response);
    EXPECT_TRUE(status.ok()) << status.message();
    return response;
  }

  template <typename Request, typename Response>
  pb::ErrorReason Refusal(RpcStatus (SortedSetService::*handler)(store::TimeMs,
                                                                 const Request&,
                                                                 Response*),
                          const Request& request) {
    Response response;
    return (service_.*handler)(kNow, request, &response).reason();
  }

  using Scored = std::vector<std::pair<std::string, double>>;

  pb::SortedSetServiceAddRequest AddRequest(const Scored& members) {
    pb::SortedSetServiceAddRequest request;
    request.set_key("z");
    for (const auto& [member, score] : members) {
      pb::ScoredMember* added = request.add_members();
      added->set_member(member);
      added->set_score(score);
    }
    return request;
  }

  pb::SortedSetServiceAddResponse Add(const Scored& members) {
    return Call(&SortedSetService::Add, AddRequest(members));
  }

  Scored Range(const pb::SortedSetServiceRangeRequest& request) {
    Scored members;
    const pb::SortedSetServiceRangeResponse response =
        Call(&SortedSetService::Range, request);
    for (const pb::ScoredMember& member : response.members()) {
      members.emplace_back(member.member(), member.score());
    }
    return members;
  }

  // A Range request for "z" that asks for scores.
  pb::SortedSetServiceRangeRequest RangeRequest() {
    pb::SortedSetServiceRangeRequest request;
    request.set_key("z");
    request.set_with_scores(true);
    return request;
  }

  template <typename Request>
  Request For(const std::string& key) {
    Request request;
    request.set_key(key);
    return request;
  }

  store::Keyspace keyspace_;
  SortedSetService service_;
};

TEST_F(SortedSetServiceTest, AddCountsNewAndChangedMembers) {
  pb::SortedSetServiceAddResponse response = Add({{"a", 1}, {"b", 2}});
  EXPECT_EQ(response.added(), 2);
  EXPECT_EQ(response.updated(), 0);
  const uint64_t version = response.version();
  EXPECT_GT(version, 0);
  response = Add({{"a", 1}, {"b", 3}, {"c", kInf}, {"", -kInf}});
  EXPECT_EQ(response.added(), 2);
  EXPECT_EQ(response.updated(), 1);
  EXPECT_GT(response.version(), version);
  EXPECT_THAT(Range(RangeRequest()),
              ElementsAre(Pair("", -kInf), Pair("a", 1), Pair("b", 3),
                          Pair("c", kInf)));
}

TEST_F(SortedSetServiceTest, AddOfNothingMakesNoSet) {
  const pb::SortedSetServiceAddResponse response = Add({});
  EXPECT_EQ(response.added(), 0);
  EXPECT_EQ(response.version(), 0);
}

TEST_F(SortedSetServiceTest, AddRefusesNanAndChangesNothing) {
  EXPECT_EQ(
      Refusal(&SortedSetService::Add, AddRequest({{"a", 1}, {"b", kNan}})),
      pb::ERROR_REASON_SCORE_NOT_A_NUMBER);
  EXPECT_THAT(Range(RangeRequest()), IsEmpty());
}

TEST_F(SortedSetServiceTest, AddObeysItsConditions) {
  Add({{"a", 5}});
  auto request = AddRequest({{"a", 7}, {"b", 7}});
  request.set_member_condition(pb::MEMBER_CONDITION_NEW);
  EXPECT_EQ(Call(&SortedSetService::Add, request).added(), 1);
  request = AddRequest({{"a", 6}, {"c", 6}});
  request.set_member_condition(pb::MEMBER_CONDITION_EXISTING);
  pb::SortedSetServiceAddResponse response =
      Call(&SortedSetService::Add, request);
  EXPECT_EQ(response.added(), 0);
  EXPECT_EQ(response.updated(), 1);
  request = AddRequest({{"a", 1}, {"b", 9}, {"d", 1}});
  request.set_score_condition(pb::SCORE_CONDITION_GREATER);
  response = Call(&SortedSetService::Add, request);
  EXPECT_EQ(response.added(), 1);
  EXPECT_EQ(response.updated(), 1);
  request = AddRequest({{"a", 1}, {"b", 10}});
  request.set_score_condition(pb::SCORE_CONDITION_LESS);
  EXPECT_EQ(Call(&SortedSetService::Add, request).updated(), 1);
  EXPECT_THAT(Range(RangeRequest()),
              ElementsAre(Pair("a", 1), Pair("d", 1), Pair("b", 9)));
}

TEST_F(SortedSetServiceTest, ConditionsThatExcludeEachOtherAreRefused) {
  auto request = AddRequest({{"a", 1}});
  request.set_member_condition(pb::MEMBER_CONDITION_NEW);
  request.set_score_condition(pb::SCORE_CONDITION_LESS);
  EXPECT_EQ(Refusal(&SortedSetService::Add, request),
            pb::ERROR_REASON_CONFLICTING_OPTIONS);
  request.set_score_condition(static_cast<pb::ScoreCondition>(9));
  EXPECT_EQ(Refusal(&SortedSetService::Add, request),
            pb::ERROR_REASON_INVALID_FIELD);
  request.set_member_condition(static_cast<pb::MemberCondition>(9));
  EXPECT_EQ(Refusal(&SortedSetService::Add, request),
            pb::ERROR_REASON_INVALID_FIELD);
}

TEST_F(SortedSetServiceTest, EveryCallRefusesAnotherType) {
  auto add = AddRequest({{"a", 1}});
  add.set_key("string");
  EXPECT_EQ(Refusal(&SortedSetService::Add, add), pb::ERROR_REASON_WRONG_TYPE);
  auto remove = For<pb::SortedSetServiceRemoveRequest>("string");
  remove.add_members("a");
  EXPECT_EQ(Refusal(&SortedSetService::Remove, remove),
            pb::ERROR_REASON_WRONG_TYPE);
  EXPECT_EQ(Refusal(&SortedSetService::Range,
                    For<pb::SortedSetServiceRangeRequest>("string")),
            pb::ERROR_REASON_WRONG_TYPE);
  auto scores = For<pb::SortedSetServiceGetScoresRequest>("string");
  scores.add_members("a");
  EXPECT_EQ(Refusal(&SortedSetService::GetScores, scores),
            pb::ERROR_REASON_WRONG_TYPE);
  EXPECT_EQ(Refusal(&SortedSetService::GetRank,
                    For<pb::SortedSetServiceGetRankRequest>("string")),
            pb::ERROR_REASON_WRONG_TYPE);
  EXPECT_EQ(Refusal(&SortedSetService::Increment,
                    For<pb::SortedSetServiceIncrementRequest>("string")),
            pb::ERROR_REASON_WRONG_TYPE);
  EXPECT_EQ(Refusal(&SortedSetService::Count,
                    For<pb::SortedSetServiceCountRequest>("string")),
            pb::ERROR_REASON_WRONG_TYPE);
}

TEST_F(SortedSetServiceTest, RemoveCountsWhatWasThere) {
  Add({{"a", 1}, {"b", 2}});
  auto request = For<pb::SortedSetServiceRemoveRequest>("z");
  for (const char* member : {"a", "x", "a"}) request.add_members(member);
  EXPECT_EQ(Call(&SortedSetService::Remove, request).removed(), 1);
  request.set_key("none");
  EXPECT_EQ(Call(&SortedSetService::Remove, request).removed(), 0);
  EXPECT_THAT(Range(RangeRequest()), ElementsAre(Pair("b", 2)));
}

TEST_F(SortedSetServiceTest, RangeByRankCountsFromBothEnds) {
  Add({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  auto request = RangeRequest();
  request.mutable_by_rank();
  EXPECT_EQ(Range(request).size(), 4) << "no stop: to the end";
  request.mutable_by_rank()->set_stop(0);
  EXPECT_THAT(Range(request), ElementsAre(Pair("a", 1)));
  request.mutable_by_rank()->set_start(-2);
  request.mutable_by_rank()->set_stop(100);
  EXPECT_THAT(Range(request), ElementsAre(Pair("c", 3), Pair("d", 4)));
  request.set_reverse(true);
  request.mutable_by_rank()->set_start(0);
  request.mutable_by_rank()->set_stop(1);
  EXPECT_THAT(Range(request), ElementsAre(Pair("d", 4), Pair("c", 3)));
  request.mutable_by_rank()->set_start(3);
  EXPECT_THAT(Range(request), IsEmpty());
}

TEST_F(SortedSetServiceTest, RangeByScoreKnowsItsEnds) {
  Add({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  auto request = RangeRequest();
  pb::ScoreRange* range = request.mutable_by_score();
  EXPECT_EQ(Range(request).size(), 4);
  range->set_min(2);
  range->set_max(3);
  EXPECT_THAT(Range(request), ElementsAre(Pair("b", 2), Pair("c", 3)));
  range->set_exclude_min(true);
  EXPECT_THAT(Range(request), ElementsAre(Pair("c", 3)));
  range->set_exclude_max(true);
  EXPECT_THAT(Range(request), IsEmpty());
  range->clear_max();
  EXPECT_EQ(Range(request).size(), 2);
  range->set_min(9);
  range->set_max(1);
  EXPECT_THAT(Range(request), IsEmpty());
  range->set_max(kNan);
  EXPECT_EQ(Refusal(&SortedSetService::Range, request),
            pb::ERROR_REASON_SCORE_NOT_A_NUMBER);
}

TEST_F(SortedSetServiceTest, RangePagesByOffsetAndLimit) {
  Add({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
  auto request = RangeRequest();
  request.set_offset(1);
  request.set_limit(2);
  EXPECT_THAT(Range(request), ElementsAre(Pair("b", 2), Pair("c", 3)));
  request.set_reverse(true);
  EXPECT_THAT(Range(request), ElementsAre(Pair("c", 3), Pair("b", 2)));
  request.set_limit(0);
  EXPECT_EQ(Range(request).size(), 3);
  request.set_offset(4);
  EXPECT_THAT(Range(request), IsEmpty());
}

TEST_F(SortedSetServiceTest, RangeRefusesFieldsOutOfRange) {
  auto request = RangeRequest();
  request.set_offset(-1);
  EXPECT_EQ(Refusal(&SortedSetService::Range, request),
            pb::ERROR_REASON_INVALID_FIELD);
  request.set_offset(0);
  request.set_limit(-1);
  EXPECT_EQ(Refusal(&SortedSetService::Range, request),
            pb::ERROR_REASON_INVALID_FIELD);
  request.set_limit(1);
  request.mutable_by_rank();
  EXPECT_EQ(Refusal(&SortedSetService::Range, request),
            pb::ERROR_REASON_CONFLICTING_OPTIONS);
}

TEST_F(SortedSetServiceTest, RangeLeavesScoresOutUnlessAsked) {
  Add({{"a", 1}});
  auto request = RangeRequest();
  request.set_with_scores(false);
  EXPECT_THAT(Range(request), ElementsAre(Pair("a", 0)));
}

TEST_F(SortedSetServiceTest, RangeBoundsItsAnswer) {
  Scored members;
  for (int i = 0; i < 1000; ++i) members.emplace_back(absl::StrCat(i), i);
  Add(members);
  auto request = RangeRequest();
  EXPECT_EQ(Refusal(&SortedSetService::Range, request),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
  request.set_limit(100);
  EXPECT_EQ(Range(request).size(), 100);
}

TEST_F(SortedSetServiceTest, GetScoresAnswersInTheOrderOfTheRequest) {
  Add({{"a", 0}, {"b", 2.5}});
  auto request = For<pb::SortedSetServiceGetScoresRequest>("z");
  for (const char* member : {"b", "x", "a"}) request.add_members(member);
  pb::SortedSetServiceGetScoresResponse response =
      Call(&SortedSetService::GetScores, request);
  ASSERT_EQ(response.scores_size(), 3);
  EXPECT_EQ(response.scores(0).score(), 2.5);
  EXPECT_FALSE(response.scores(1).has_score());
  EXPECT_TRUE(response.scores(2).has_score());
  EXPECT_EQ(response.scores(2).score(), 0);
  request.set_key("none");
  response = Call(&SortedSetService::GetScores, request);
  ASSERT_EQ(response.scores_size(), 3);
  EXPECT_FALSE(response.scores(0).has_score());
}

TEST_F(SortedSetServiceTest, GetRankCountsFromEitherEnd) {
  Add({{"a", 1}, {"b", 2}, {"c", 3}});
  auto request = For<pb::SortedSetServiceGetRankRequest>("z");
  request.set_member("a");
  pb::SortedSetServiceGetRankResponse response =
      Call(&SortedSetService::GetRank, request);
  EXPECT_TRUE(response.has_rank());
  EXPECT_EQ(response.rank(), 0);
  EXPECT_EQ(response.score(), 1);
  request.set_reverse(true);
  EXPECT_EQ(Call(&SortedSetService::GetRank, request).rank(), 2);
  request.set_member("x");
  response = Call(&SortedSetService::GetRank, request);
  EXPECT_FALSE(response.has_rank());
  EXPECT_FALSE(response.has_score());
}

TEST_F(SortedSetServiceTest, IncrementAddsOneUnlessTold) {
  auto request = For<pb::SortedSetServiceIncrementRequest>("z");
  request.set_member("m");
  EXPECT_EQ(Call(&SortedSetService::Increment, request).score(), 1);
  request.set_delta(-2.5);
  EXPECT_EQ(Call(&SortedSetService::Increment, request).score(), -1.5);
  request.set_member_condition(pb::MEMBER_CONDITION_NEW);
  EXPECT_FALSE(Call(&SortedSetService::Increment, request).has_score());
  request.clear_member_condition();
  request.set_score_condition(pb::SCORE_CONDITION_GREATER);
  EXPECT_FALSE(Call(&SortedSetService::Increment, request).has_score());
  EXPECT_THAT(Range(RangeRequest()), ElementsAre(Pair("m", -1.5)));
}

TEST_F(SortedSetServiceTest, IncrementRefusesSumsThatAreNoNumber) {
  Add({{"m", kInf}});
  auto request = For<pb::SortedSetServiceIncrementRequest>("z");
  request.set_member("m");
  for (const double delta : {-kInf, kNan}) {
    request.set_delta(delta);
    EXPECT_EQ(Refusal(&SortedSetService::Increment, request),
              pb::ERROR_REASON_SCORE_NOT_A_NUMBER);
  }
}

TEST_F(SortedSetServiceTest, CountWithoutARangeIsTheWholeSet) {
  auto request = For<pb::SortedSetServiceCountRequest>("z");
  EXPECT_EQ(Call(&SortedSetService::Count, request).count(), 0);
  Add({{"a", -kInf}, {"b", 2}, {"c", kInf}});
  EXPECT_EQ(Call(&SortedSetService::Count, request).count(), 3);
  request.mutable_by_score()->set_min(2);
  EXPECT_EQ(Call(&SortedSetService::Count, request).count(), 2);
  request.mutable_by_score()->set_exclude_min(true);
  EXPECT_EQ(Call(&SortedSetService::Count, request).count(), 1);
  request.mutable_by_score()->set_min(kNan);
  EXPECT_EQ(Refusal(&SortedSetService::Count, request),
            pb::ERROR_REASON_SCORE_NOT_A_NUMBER);
}

}  // namespace
}  // namespace kv::server
