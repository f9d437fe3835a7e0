#include "server/rpc/transaction_service.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/transaction.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "store/keyspace.h"
#include "tests/server/rpc/message_text.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/recording_sink.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using test::Parse;

constexpr store::TimeMs kNow = 1'700'000'000'000;

class TransactionServiceTest : public testing::Test {
 protected:
  static constexpr size_t kResponseBytes = 10'000;

  TransactionServiceTest()
      : keyspace_(store::KeyspaceOptions{.shards = 8}),
        service_(keyspace_, RpcLimits{kResponseBytes}) {
    Execute(
        "then_operations { set { key: 'n' value: '5' } }"
        "then_operations { set { key: 's' value: 'text' } }"
        "then_operations { sorted_set_add { key: 'z'"
        "  members { member: 'm' score: 2 } } }");
  }

  // The answer without versions, or the reason and place of the error.
  std::string Execute(const std::string& text) {
    return Execute(Parse<pb::ExecuteRequest>(text));
  }
  std::string Execute(const pb::ExecuteRequest& request) {
    pb::ExecuteResponse response;
    const RpcStatus status = service_.Execute(kNow, request, &response);
    if (status.ok()) {
      version_ = response.version();
      response.clear_version();
      return response.ShortDebugString();
    }
    google::rpc::Status error;
    status.ToProto(&error);
    google::rpc::ErrorInfo info;
    EXPECT_TRUE(error.details(0).UnpackTo(&info));
    std::string refusal = info.reason();
    for (const auto& [name, value] : info.metadata()) {
      EXPECT_EQ(name, "operation");
      EXPECT_EQ(error.message().find(value + ": "), 0);
      absl::StrAppend(&refusal, " at ", value);
    }
    return refusal;
  }

  // Whether a compare holds, or its refusal.
  std::string Holds(const std::string& compare) {
    const std::string answer =
        Execute(absl::StrCat("compares { ", compare, " }"));
    if (answer == "succeeded: true") return "yes";
    return answer.empty() ? "no" : answer;
  }

  test::Contents Contents() { return test::ContentsOf(keyspace_, kNow); }

  uint64_t version_ = 0;  // of the last answer
  store::Keyspace keyspace_;
  TransactionService service_;
};

TEST_F(TransactionServiceTest, NothingSucceeds) {
  EXPECT_EQ(Execute(""), "succeeded: true");
  EXPECT_EQ(version_, 0);
}

TEST_F(TransactionServiceTest, OperationsSeeWhatThoseBeforeThemDid) {
  EXPECT_EQ(Execute("then_operations { append { key: 's' suffix: '!' } }"
                    "then_operations { append { key: 's' suffix: '?' } }"
                    "then_operations { exists { key: 'none' } }"
                    "then_operations { sorted_set_pop { keys: 'z' } }"
                    "then_operations { sorted_set_count { key: 'z' } }"),
            "succeeded: true "
            "results { append { length: 5 version: 2 } } "
            "results { append { length: 6 version: 2 } } "
            "results { exists { } } "
            "results { sorted_set_pop { key: \"z\" "
            "members { member: \"m\" score: 2 } } } "
            "results { sorted_set_count { } }");
  EXPECT_EQ(version_, 2);
}

TEST_F(TransactionServiceTest, AllChangesHaveOneVersion) {
  const uint64_t before = version_;
  pb::ExecuteResponse response;
  ASSERT_TRUE(service_
                  .Execute(kNow,
                           Parse<pb::ExecuteRequest>(
                               "then_operations { set { key: 'a' } }"
                               "then_operations { increment { key: 'n' } }"
                               "then_operations { exists { key: 's' } }"),
                           &response)
                  .ok());
  EXPECT_GT(response.version(), before);
  EXPECT_EQ(response.results(0).set().version(), response.version());
  EXPECT_EQ(response.results(1).increment().version(), response.version());
  EXPECT_EQ(response.results(2).exists().version(), before);
}

TEST_F(TransactionServiceTest, ComparesChooseTheOperations) {
  const std::string branches =
      "then_operations { get_ttl { key: 's' } }"
      "else_operations { sorted_set_count { key: 'z' } }";
  EXPECT_EQ(Execute("compares { key: 's' exists: true }"
                    "compares { key: 'n' value: '5' }" +
                    branches),
            "succeeded: true results { get_ttl { exists: true } }");
  EXPECT_EQ(Execute("compares { key: 's' exists: true }"
                    "compares { key: 'n' value: '6' }" +
                    branches),
            "results { sorted_set_count { count: 1 } }");
}

TEST_F(TransactionServiceTest, ComparesOfExistenceAndType) {
  EXPECT_EQ(Holds("key: 's' exists: true"), "yes");
  EXPECT_EQ(Holds("key: 's' exists: false"), "no");
  EXPECT_EQ(Holds("key: 'x' exists: false"), "yes");
  EXPECT_EQ(
      Holds("key: 'x' exists: false relation: COMPARE_RELATION_NOT_EQUAL"),
      "no");
  EXPECT_EQ(Holds("key: 'z' type: VALUE_TYPE_SORTED_SET"), "yes");
  EXPECT_EQ(Holds("key: 's' type: VALUE_TYPE_SORTED_SET"), "no");
  EXPECT_EQ(Holds("key: 'x' type: VALUE_TYPE_UNSPECIFIED"), "yes");
  EXPECT_EQ(Holds("key: 'z' type: VALUE_TYPE_STRING "
                  "relation: COMPARE_RELATION_NOT_EQUAL"),
            "yes");
}

TEST_F(TransactionServiceTest, ComparesOfVersions) {
  const auto version = [&](int64_t delta, const std::string& relation) {
    return Holds(
        absl::StrCat("key: 's' version: ", static_cast<int64_t>(1) + delta,
                     " relation: COMPARE_RELATION_", relation));
  };
  ASSERT_EQ(version_, 1);
  EXPECT_EQ(version(0, "EQUAL"), "yes");
  EXPECT_EQ(version(0, "NOT_EQUAL"), "no");
  EXPECT_EQ(version(0, "LESS"), "no");
  EXPECT_EQ(version(1, "LESS"), "yes");
  EXPECT_EQ(version(0, "GREATER"), "no");
  EXPECT_EQ(version(-1, "GREATER"), "yes");
  EXPECT_EQ(Holds("key: 'x' version: 0"), "yes");
  EXPECT_EQ(Holds("key: 'x' version: 1 relation: COMPARE_RELATION_LESS"),
            "yes");
}

TEST_F(TransactionServiceTest, ComparesOfValuesAreByTheirBytes) {
  EXPECT_EQ(Holds("key: 's' value: 'text'"), "yes");
  EXPECT_EQ(Holds("key: 's' value: 'tex' relation: COMPARE_RELATION_GREATER"),
            "yes");
  EXPECT_EQ(Holds("key: 's' value: '\\377' relation: COMPARE_RELATION_LESS"),
            "yes");
  EXPECT_EQ(Holds("key: 's' value: 'text' relation: COMPARE_RELATION_LESS"),
            "no");
}

TEST_F(TransactionServiceTest, ComparesOfScores) {
  const std::string score = "key: 'z' score { member: 'm' score: ";
  EXPECT_EQ(Holds(score + "2 }"), "yes");
  EXPECT_EQ(Holds(score + "1 } relation: COMPARE_RELATION_GREATER"), "yes");
  EXPECT_EQ(Holds(score + "inf } relation: COMPARE_RELATION_LESS"), "yes");
  EXPECT_EQ(Holds(score + "3 }"), "no");
}

TEST_F(TransactionServiceTest, WhatIsNotThereIsOnlyNotEqual) {
  for (const char* target :
       {"key: 'x' value: ''", "key: 'z' value: ''",
        "key: 'x' score { member: 'm' }", "key: 's' score { member: 'm' }",
        "key: 'z' score { member: 'other' }"}) {
    const auto holds = [&](const char* relation) {
      return Holds(
          absl::StrCat(target, " relation: COMPARE_RELATION_", relation));
    };
    EXPECT_EQ(holds("EQUAL"), "no") << target;
    EXPECT_EQ(holds("LESS"), "no") << target;
    EXPECT_EQ(holds("GREATER"), "no") << target;
    EXPECT_EQ(holds("NOT_EQUAL"), "yes") << target;
  }
}

TEST_F(TransactionServiceTest, ComparesWithoutMeaningAreRefused) {
  EXPECT_EQ(Holds("key: 's'"), "INVALID_FIELD at compares[0]");
  EXPECT_EQ(Holds("key: 's' exists: true relation: COMPARE_RELATION_LESS"),
            "INVALID_FIELD at compares[0]");
  EXPECT_EQ(Holds("key: 's' type: VALUE_TYPE_STRING "
                  "relation: COMPARE_RELATION_GREATER"),
            "INVALID_FIELD at compares[0]");
  EXPECT_EQ(Holds("key: 's' type: 77"), "INVALID_FIELD at compares[0]");
  EXPECT_EQ(Holds("key: 's' version: 1 relation: 77"),
            "INVALID_FIELD at compares[0]");
  EXPECT_EQ(Holds("key: 'x' version: 1 } compares { key: 'z' "
                  "score { score: nan }"),
            "SCORE_NOT_A_NUMBER at compares[1]");
}

TEST_F(TransactionServiceTest, AnErrorNamesItsOperationAndLeavesNoTrace) {
  const test::Contents before = Contents();
  EXPECT_EQ(Execute("then_operations { set { key: 's' value: 'other' } }"
                    "then_operations { delete { key: 'n' } }"
                    "then_operations { sorted_set_add { key: 'z'"
                    "  members { member: 'new' } } }"
                    "then_operations { increment { key: 'new' } }"
                    "then_operations { increment { key: 's' } }"
                    "then_operations { set { key: 'after' } }"),
            "VALUE_NOT_INTEGER at then_operations[4]");
  EXPECT_EQ(Contents(), before);
  EXPECT_EQ(Execute("compares { key: 's' exists: false }"
                    "else_operations { append { key: 'z' } }"),
            "WRONG_TYPE at else_operations[0]");
  EXPECT_EQ(Contents(), before);
  // Versions as well.
  EXPECT_EQ(Holds("key: 's' version: 1"), "yes");
  EXPECT_EQ(Holds("key: 'z' version: 1"), "yes");
}

TEST_F(TransactionServiceTest, AnErrorIsToldToNobodyElse) {
  test::RecordingSink sink;
  store::Keyspace keyspace(store::KeyspaceOptions{.shards = 8, .sink = &sink});
  TransactionService service(keyspace, RpcLimits());
  pb::ExecuteResponse response;
  EXPECT_FALSE(service
                   .Execute(kNow,
                            Parse<pb::ExecuteRequest>(
                                "then_operations { set { key: 'a' } }"
                                "then_operations { set { ttl_ms: -1 } }"),
                            &response)
                   .ok());
  EXPECT_TRUE(sink.Take().empty());
}

TEST_F(TransactionServiceTest, TheBranchThatDoesNotRunIsCheckedForItsForm) {
  EXPECT_EQ(Execute("then_operations { } else_operations { }"),
            "INVALID_FIELD at then_operations[0]");
  EXPECT_EQ(Execute("else_operations { get { key: 's' } } else_operations { }"),
            "INVALID_FIELD at else_operations[1]");
  EXPECT_EQ(Execute("else_operations { set { request_id: 'id' } }"),
            "INVALID_FIELD at else_operations[0]");
  // But not run: this would be refused.
  EXPECT_EQ(Execute("else_operations { increment { key: 's' } }"),
            "succeeded: true");
}

TEST_F(TransactionServiceTest, AllAnswersShareTheMessageLimit) {
  EXPECT_EQ(Execute(absl::StrCat("then_operations { set { key: 's' value: '",
                                 std::string(4'000, 'v'), "' } }")),
            "succeeded: true results { set { applied: true version: 2 } }");
  const test::Contents before = Contents();
  const std::string get = "then_operations { get { key: 's' } }";
  EXPECT_EQ(Execute("then_operations { delete { key: 'n' } }" + get + get +
                    "then_operations { set { key: 's' value: 'new'"
                    "  return_previous: true } }"),
            "RESPONSE_TOO_LARGE at then_operations[3]");
  EXPECT_EQ(Contents(), before);
}

TEST_F(TransactionServiceTest, TheNumberOfOperationsIsBounded) {
  pb::ExecuteRequest request;
  for (int i = 0; i < 5'000; ++i) {
    auto* compare = request.add_compares();
    compare->set_key("x");
    compare->set_exists(true);
    request.add_then_operations()->mutable_increment()->set_key("x");
  }
  EXPECT_EQ(Execute(request), "");
  request.add_else_operations()->mutable_increment()->set_key("x");
  EXPECT_EQ(Execute(request), "TOO_MANY_OPERATIONS");
}

}  // namespace
}  // namespace kv::server
