#include "server/rpc/run_once.h"

#include <string>

#include "fastkv/v1/error_reason.pb.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/operation.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/rpc_status.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class RunOnceTest : public testing::Test {
 protected:
  // An increment, which answers how often it was run.
  RpcStatus Increment(const pb::IncrementRequest& request,
                      pb::IncrementResponse* response) {
    return RunOnce(ids_, 1000, request, response, [&] {
      response->set_value(++runs_);
      return RpcStatus();
    });
  }

  RequestIds ids_{{}};
  int runs_ = 0;
};

pb::IncrementRequest IncrementOf(const std::string& key) {
  pb::IncrementRequest request;
  request.set_key(key);
  request.set_request_id("id");
  return request;
}

TEST_F(RunOnceTest, ARepeatGetsTheFirstResponse) {
  const pb::IncrementRequest request = IncrementOf("k");
  pb::IncrementResponse first, second;
  EXPECT_TRUE(Increment(request, &first).ok());
  EXPECT_TRUE(Increment(request, &second).ok());
  EXPECT_EQ(first.value(), 1);
  EXPECT_EQ(second.value(), 1);
  EXPECT_EQ(runs_, 1);
}

TEST_F(RunOnceTest, AnyFieldMakesAnotherRequest) {
  pb::IncrementResponse response;
  EXPECT_TRUE(Increment(IncrementOf("k"), &response).ok());
  pb::IncrementRequest other = IncrementOf("k");
  other.set_delta(1);  // the same as none, but another request nevertheless
  EXPECT_EQ(Increment(other, &response).reason(),
            pb::ERROR_REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(Increment(IncrementOf("other"), &response).reason(),
            pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(RunOnceTest, AValueBesideTheRequestIsPartOfIt) {
  pb::WriteValueHeader header;
  header.set_request_id("id");
  pb::WriteValueResponse response;
  const auto run = [] { return RpcStatus(); };
  EXPECT_TRUE(RunOnce(ids_, 1000, header, &response, run, "value").ok());
  EXPECT_TRUE(RunOnce(ids_, 1000, header, &response, run, "value").ok());
  EXPECT_EQ(RunOnce(ids_, 1000, header, &response, run, "other").reason(),
            pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(RunOnceTest, ACallAndAnOperationAreRepeatsOfEachOther) {
  pb::IncrementResponse response;
  EXPECT_TRUE(Increment(IncrementOf("k"), &response).ok());
  pb::Operation operation;
  *operation.mutable_increment() = IncrementOf("k");
  ResponseBudget budget({});
  pb::OperationResult result;
  EXPECT_TRUE(RunOnce(ids_, 1000, operation, &budget, &result, [] {
                ADD_FAILURE() << "run again";
                return RpcStatus();
              }).ok());
  EXPECT_EQ(result.increment().value(), 1);
}

TEST_F(RunOnceTest, ARepeatedAnswerTakesFromTheBudget) {
  pb::Operation operation;
  *operation.mutable_append() = {};
  operation.mutable_append()->set_request_id("id");
  pb::OperationResult result;
  const auto run = [&result] {
    result.mutable_append()->set_length(100);
    return RpcStatus();
  };
  ResponseBudget budget({.response_bytes = kFieldsBytes + 10});
  EXPECT_TRUE(RunOnce(ids_, 1000, operation, &budget, &result, run).ok());
  EXPECT_EQ(budget.left(), kFieldsBytes + 10);  // run takes what it needs
  EXPECT_TRUE(RunOnce(ids_, 1000, operation, &budget, &result, run).ok());
  EXPECT_EQ(budget.left(), 8u);
  EXPECT_EQ(RunOnce(ids_, 1000, operation, &budget, &result, run).reason(),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
  ResponseBudget another({});
  EXPECT_TRUE(RunOnce(ids_, 1000, operation, &another, &result, run).ok());
  EXPECT_EQ(result.append().length(), 100);
}

// By reflection, so that no operation is left out when one is added.
TEST_F(RunOnceTest, EveryOperationWithARequestIdRunsOnce) {
  const Descriptor* operations = pb::Operation::descriptor();
  int writes = 0;
  for (int i = 0; i < operations->field_count(); ++i) {
    const FieldDescriptor* field = operations->field(i);
    SCOPED_TRACE(field->name());
    pb::Operation operation;
    Message* request =
        operation.GetReflection()->MutableMessage(&operation, field);
    const FieldDescriptor* id =
        field->message_type()->FindFieldByName("request_id");
    if (id == nullptr) continue;
    ++writes;
    request->GetReflection()->SetString(request, id, "id");
    // The response goes where the operation's belongs.
    const FieldDescriptor* response =
        pb::OperationResult::descriptor()->FindFieldByNumber(field->number());
    int runs = 0;
    for (int attempt = 0; attempt < 2; ++attempt) {
      ResponseBudget budget({});
      pb::OperationResult result;
      const auto run = [&runs] {
        ++runs;
        return RpcStatus();
      };
      EXPECT_TRUE(RunOnce(ids_, 1000, operation, &budget, &result, run).ok());
      EXPECT_TRUE(result.GetReflection()->HasField(result, response));
    }
    EXPECT_EQ(runs, 1);
  }
  EXPECT_GT(writes, 10);
}

}  // namespace
}  // namespace kv::server
