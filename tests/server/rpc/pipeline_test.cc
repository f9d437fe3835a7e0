#include "server/rpc/pipeline.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/pipeline.pb.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "tests/server/rpc/stream_driver.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

class PipelineTest : public test::KeyspaceFixture {
 protected:
  pb::PipelineResponse Call(const pb::PipelineRequest& request) {
    stream_.now = now_;
    stream_.Send(request);
    EXPECT_FALSE(stream_.ended) << stream_.status.message();
    EXPECT_EQ(stream_.received.size(), ++calls_);
    EXPECT_EQ(stream_.received.back().results_size(),
              request.operations_size());
    EXPECT_LE(stream_.sizes.back(), limits_.response_bytes);
    return stream_.received.back();
  }

  static void AddSet(const std::string& key, const std::string& value,
                     pb::PipelineRequest* request) {
    pb::SetRequest* set = request->add_operations()->mutable_set();
    set->set_key(key);
    set->set_value(value);
  }
  static void AddGet(const std::string& key, pb::PipelineRequest* request) {
    request->add_operations()->mutable_get()->set_key(key);
  }

  static std::string ReasonOf(const pb::OperationResult& result) {
    google::rpc::ErrorInfo info;
    if (!result.has_error() || result.error().details_size() == 0) return "";
    result.error().details(0).UnpackTo(&info);
    return info.reason();
  }

  const RpcLimits limits_{size_t{1} << 20};
  RequestIds request_ids_{RequestIdOptions()};
  Pipeline handler_{keyspace_, limits_, request_ids_};
  StreamDriver<pb::PipelineResponse> stream_{&handler_};
  size_t calls_ = 0;
};

TEST_F(PipelineTest, ResultsComeInOrderAndSeeWhatCameBefore) {
  const uint64_t seed = test::SeedOr(24);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  test::Random random(seed);
  std::map<std::string, std::string> model;
  for (const int operations : {0, 1, 3, 63, 64, 65, 128, 1100}) {
    pb::PipelineRequest request;
    std::vector<std::string> expected;
    for (int i = 0; i < operations; ++i) {
      const std::string key = absl::StrCat("k", random.Below(100));
      if (random.OneIn(2)) {
        const std::string value =
            random.Bytes(random.OneIn(30) ? 6000 : random.Below(60));
        AddSet(key, value, &request);
        model[key] = value;
        expected.push_back("set");
      } else if (random.OneIn(10)) {
        request.add_operations()->mutable_delete_()->set_key(key);
        expected.push_back(model.erase(key) > 0 ? "deleted" : "absent");
      } else {
        AddGet(key, &request);
        const auto found = model.find(key);
        expected.push_back(found == model.end() ? "miss" : "=" + found->second);
      }
    }
    stream_.block_size = 100;
    const pb::PipelineResponse response = Call(request);
    for (int i = 0; i < operations; ++i) {
      const pb::OperationResult& result = response.results(i);
      std::string got;
      if (result.has_set()) {
        EXPECT_TRUE(result.set().applied());
        got = "set";
      } else if (result.has_delete_()) {
        got = result.delete_().deleted() ? "deleted" : "absent";
      } else if (result.has_get()) {
        got = result.get().has_value() ? "=" + result.get().value() : "miss";
      }
      EXPECT_TRUE(got == expected[i]) << i << " of " << operations;
    }
  }
}

TEST_F(PipelineTest, AFailureIsAResultAndTheStreamGoesOn) {
  AddMember("z", "m", 1);
  pb::PipelineRequest request;
  AddGet("z", &request);
  AddSet("k", "1", &request);
  request.add_operations();
  request.add_operations()->mutable_increment()->set_key("k");
  const pb::PipelineResponse response = Call(request);
  EXPECT_EQ(ReasonOf(response.results(0)), "WRONG_TYPE");
  EXPECT_TRUE(response.results(1).set().applied());
  EXPECT_EQ(ReasonOf(response.results(2)), "INVALID_FIELD");
  EXPECT_EQ(response.results(3).increment().value(), 2);
  Call(pb::PipelineRequest());
}

TEST_F(PipelineTest, OperationsOfManyKeysLockThemAll) {
  pb::PipelineRequest request;
  for (int i = 0; i < 100; ++i) {
    auto* entries = request.add_operations()->mutable_batch_set();
    for (int k = 0; k < 5; ++k) {
      auto* entry = entries->add_entries();
      entry->set_key(absl::StrCat(k));
      entry->set_value(absl::StrCat(i));
    }
    auto* get = request.add_operations()->mutable_batch_get();
    for (int k = 0; k < 5; ++k) get->add_keys(absl::StrCat(k));
    request.add_operations()->mutable_batch_get();  // no keys
  }
  const pb::PipelineResponse response = Call(request);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(response.results(3 * i + 1).batch_get().results_size(), 5);
    for (const auto& result :
         response.results(3 * i + 1).batch_get().results()) {
      EXPECT_EQ(result.value(), absl::StrCat(i));
    }
  }
}

TEST_F(PipelineTest, FromWhereAResponseIsFullNothingRuns) {
  Set("big", std::string(300'000, 'x'));
  pb::PipelineRequest request;
  for (int i = 0; i < 10; ++i) {
    AddGet("big", &request);
    AddSet(absl::StrCat("after", i), "v", &request);
  }
  const pb::PipelineResponse response = Call(request);
  int answered = 0;
  while (answered < response.results_size() &&
         !response.results(answered).has_error()) {
    ++answered;
  }
  EXPECT_EQ(answered, 6);  // three reads of 300 kB, each with its write
  for (int i = answered; i < response.results_size(); ++i) {
    EXPECT_EQ(ReasonOf(response.results(i)), "RESPONSE_TOO_LARGE");
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Get(absl::StrCat("after", i)).has_value(), i < 3);
  }
  // The next message has a response of its own.
  pb::PipelineRequest one;
  AddGet("big", &one);
  EXPECT_EQ(Call(one).results(0).get().value().size(), 300'000);
}

TEST_F(PipelineTest, ARepeatWithARequestIdIsAnsweredAndNotApplied) {
  pb::PipelineRequest request;
  pb::IncrementRequest* increment =
      request.add_operations()->mutable_increment();
  increment->set_key("n");
  increment->set_request_id("one");
  *request.add_operations() = request.operations(0);
  pb::SetRequest* set = request.add_operations()->mutable_set();
  set->set_key("k");
  set->set_must_not_exist(true);
  set->set_request_id("two");
  *request.add_operations() = request.operations(2);
  for (int i = 0; i < 2; ++i) {
    const pb::PipelineResponse response = Call(request);
    EXPECT_EQ(response.results(0).increment().value(), 1);
    EXPECT_EQ(response.results(1).increment().value(), 1);
    EXPECT_TRUE(response.results(2).set().applied());
    EXPECT_TRUE(response.results(3).set().applied());
  }
  EXPECT_EQ(Get("n"), "1");
}

TEST_F(PipelineTest, TooManyOperationsEndTheStream) {
  pb::PipelineRequest request;
  for (int i = 0; i < 10'001; ++i) AddSet("k", "v", &request);
  stream_.Send(request);
  EXPECT_TRUE(stream_.ended);
  EXPECT_EQ(stream_.status.reason(), pb::ERROR_REASON_TOO_MANY_OPERATIONS);
  EXPECT_FALSE(Get("k").has_value());
}

TEST_F(PipelineTest, ErrorsOfAllOperationsFitIntoAResponse) {
  pb::PipelineRequest request;
  for (int i = 0; i < 2048; ++i) request.add_operations();
  Call(request);
  request.add_operations();
  stream_.Send(request);
  EXPECT_EQ(stream_.status.reason(), pb::ERROR_REASON_TOO_MANY_OPERATIONS);
}

TEST_F(PipelineTest, BytesThatAreNoMessageEndTheStream) {
  stream_.SendBytes("\x0a\x7f");
  EXPECT_EQ(stream_.status.reason(), pb::ERROR_REASON_MALFORMED_REQUEST);
}

TEST_F(PipelineTest, ManyOperationsPauseForOthersAndStopWithTheClient) {
  pb::PipelineRequest request;
  for (int i = 0; i < 5000; ++i) AddSet(absl::StrCat(i), "v", &request);
  const std::string bytes = request.SerializeAsString();
  google::protobuf::io::ArrayInputStream input(bytes.data(),
                                               static_cast<int>(bytes.size()));
  {
    RpcLimits limits;
    Pipeline handler(keyspace_, limits, request_ids_);
    StreamHandler::Turn turn;
    EXPECT_EQ(handler.Receive(now_, &input, bytes.size(), &turn),
              StreamHandler::Next::kPause);
  }  // the client has left
  EXPECT_TRUE(Get("0").has_value());
  EXPECT_FALSE(Get("4999").has_value());
}

}  // namespace
}  // namespace kv::server
