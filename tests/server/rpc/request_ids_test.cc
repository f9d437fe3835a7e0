#include "server/rpc/request_ids.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "fastkv/v1/error_reason.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/rpc_status.h"
#include "tests/testing/random.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// Two methods are two addresses.
constexpr char kMethods[2] = {};

RpcStatus Failure() { return {pb::ERROR_REASON_WRONG_TYPE, "no"}; }

class RequestIdsTest : public testing::Test {
 protected:
  // What the call answers: `fresh` if it has to be run, else what was answered
  // first.
  std::string Call(absl::string_view id, absl::string_view fresh,
                   uint64_t fingerprint = 1) {
    absl::optional<std::string> first;
    const RpcStatus status = ids_.Run(
        now_ms_, kMethods, id, fingerprint,
        [fresh](std::string* bytes) {
          *bytes = std::string(fresh);
          return RpcStatus();
        },
        &first);
    if (!status.ok()) return std::string(ReasonName(status.reason()));
    return first.value_or(std::string(fresh));
  }

  int64_t now_ms_ = 1000;
  RequestIds ids_{{.window_ms = 100, .max_bytes = 1 << 20}};
};

TEST_F(RequestIdsTest, ARepeatIsAnsweredAsTheFirstCallWas) {
  int runs = 0;
  absl::optional<std::string> answer;
  const auto run = [&runs](std::string* bytes) {
    ++runs;
    *bytes = "first";
    return RpcStatus();
  };
  EXPECT_TRUE(ids_.Run(now_ms_, kMethods, "id", 1, run, &answer).ok());
  EXPECT_FALSE(answer.has_value());
  EXPECT_TRUE(ids_.Run(now_ms_, kMethods, "id", 1, run, &answer).ok());
  EXPECT_EQ(answer, "first");
  EXPECT_EQ(runs, 1);
}

TEST_F(RequestIdsTest, AnotherMethodMayHaveTheSameId) {
  Call("id", "one");
  absl::optional<std::string> answer;
  bool ran = false;
  const auto run = [&ran](std::string*) {
    ran = true;
    return RpcStatus();
  };
  EXPECT_TRUE(ids_.Run(now_ms_, &kMethods[1], "id", 1, run, &answer).ok());
  EXPECT_TRUE(ran);
}

TEST_F(RequestIdsTest, AnotherRequestMayNotHaveTheSameId) {
  Call("id", "one", 1);
  EXPECT_EQ(Call("id", "two", 2), "REQUEST_ID_REUSED");
  EXPECT_EQ(Call("id", "two", 1), "one");
}

TEST_F(RequestIdsTest, IdsAreAnyBytesUpToTheirLimit) {
  const std::string longest(RequestIds::kMaxIdBytes, '\0');
  Call(longest, "one");
  EXPECT_EQ(Call(longest, "two"), "one");
  EXPECT_EQ(Call(longest + '\0', "three"), "REQUEST_ID_REUSED");
}

TEST_F(RequestIdsTest, AfterAnErrorARepeatRuns) {
  absl::optional<std::string> answer;
  const auto fail = [](std::string*) { return Failure(); };
  EXPECT_FALSE(ids_.Run(now_ms_, kMethods, "id", 1, fail, &answer).ok());
  EXPECT_EQ(ids_.size(), 0u);
  // Also one that is another request.
  EXPECT_EQ(Call("id", "two", 2), "two");
}

TEST_F(RequestIdsTest, AnAnswerIsForgottenWhenItsWindowEnds) {
  Call("id", "one");
  now_ms_ += 99;
  EXPECT_EQ(Call("id", "two"), "one");
  now_ms_ += 1;
  EXPECT_EQ(Call("id", "three"), "three");
}

TEST_F(RequestIdsTest, RefusesNewIdsWhileThereIsNoRoom) {
  RequestIds ids({.window_ms = 1000, .max_bytes = 20'000});
  absl::optional<std::string> answer;
  const std::string long_answer(1000, 'a');
  const auto run = [&](std::string* bytes) {
    *bytes = long_answer;
    return RpcStatus();
  };
  int taken = 0;
  RpcStatus status;
  while (status.ok()) {
    status = ids.Run(now_ms_ + taken, kMethods, std::to_string(taken), 1, run,
                     &answer);
    if (status.ok()) ++taken;
  }
  EXPECT_GT(taken, 10);
  EXPECT_EQ(status.reason(), pb::ERROR_REASON_REQUEST_IDS_EXHAUSTED);
  // When the oldest goes, wherever it is.
  EXPECT_EQ(status.retry_delay_ms(), 1000 - taken);
  EXPECT_LE(ids.bytes(), 20'000u + long_answer.size());
  ids.CheckInvariants();
  // What is known is answered still.
  EXPECT_TRUE(ids.Run(now_ms_ + taken, kMethods, "3", 1, run, &answer).ok());
  EXPECT_EQ(answer, long_answer);
  const int64_t later = now_ms_ + taken + status.retry_delay_ms();
  EXPECT_TRUE(ids.Run(later, kMethods, "new", 1, run, &answer).ok());
}

// Against a map, with a clock of its own.
class RequestIdsModelTest : public testing::TestWithParam<int> {};

TEST_P(RequestIdsModelTest, RunsWhatTheModelRuns) {
  const uint64_t seed = test::SeedOr(GetParam());
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  struct Known {
    uint64_t fingerprint;
    absl::optional<std::string> answer;
    int64_t expires_ms;
  };
  test::Random random(seed);
  constexpr int64_t kWindowMs = 50;
  RequestIds ids({.window_ms = kWindowMs, .max_bytes = 1 << 20});
  std::map<std::pair<const void*, std::string>, Known> model;
  int64_t now_ms = 1000;
  for (int step = 0; step < 20000; ++step) {
    SCOPED_TRACE(step);
    if (random.OneIn(3)) now_ms += random.Below(4);
    if (random.OneIn(500)) now_ms += kWindowMs;
    const void* method = &kMethods[random.Below(2)];
    const std::string id = std::to_string(random.Below(60));
    const uint64_t fingerprint = random.OneIn(10) ? 2 : 1;
    const bool fails = random.OneIn(6);
    const std::string fresh = random.Bytes(random.Below(40));
    auto known = model.find({method, id});
    if (known != model.end() && known->second.expires_ms <= now_ms) {
      model.erase(known);
      known = model.end();
    }
    bool ran = false;
    absl::optional<std::string> answer;
    const RpcStatus status = ids.Run(
        now_ms, method, id, fingerprint,
        [&](std::string* bytes) {
          ran = true;
          if (fails) return Failure();
          *bytes = fresh;
          return RpcStatus();
        },
        &answer);
    ASSERT_EQ(ran, known == model.end());
    if (ran) {
      ASSERT_EQ(status.ok(), !fails);
      if (!fails) {
        model[{method, id}] = {fingerprint, fresh, now_ms + kWindowMs};
      }
    } else if (known->second.fingerprint != fingerprint) {
      ASSERT_EQ(status.reason(), pb::ERROR_REASON_REQUEST_ID_REUSED);
    } else {
      ASSERT_TRUE(status.ok());
      ASSERT_EQ(answer, known->second.answer);
    }
    ids.CheckInvariants();
  }
  // An id of each stripe meets what has expired there.
  now_ms += kWindowMs;
  absl::optional<std::string> answer;
  for (int i = 0; i < 200; ++i) {
    const auto fail = [](std::string*) { return Failure(); };
    EXPECT_FALSE(
        ids.Run(now_ms, kMethods, std::to_string(i), 1, fail, &answer).ok());
  }
  EXPECT_EQ(ids.size(), 0u);
  ids.CheckInvariants();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RequestIdsModelTest, testing::Range(1, 4));

// Many threads send the same calls; some of the first attempts fail. Each call
// succeeds once, and all hear the same of it.
TEST(RequestIdsConcurrencyTest, OneOfManyAtOnceRuns) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 300;
  RequestIds ids({.window_ms = 1'000'000, .max_bytes = 64 << 20});
  std::vector<std::atomic<int>> attempts(kCalls);
  std::vector<std::atomic<int>> successes(kCalls);
  std::vector<std::vector<std::string>> answers(
      kThreads, std::vector<std::string>(kCalls));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int call = 0; call < kCalls; ++call) {
        const auto run = [&](std::string* bytes) {
          if (call % 10 == 0) {
            // Long enough for the others to come and wait.
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
          if (attempts[call]++ < call % 3) return Failure();
          ++successes[call];
          *bytes = std::to_string(t);
          return RpcStatus();
        };
        absl::optional<std::string> answer;
        const std::string id = std::to_string(call);
        while (!ids.Run(1000, kMethods, id, 1, run, &answer).ok()) {
        }
        answers[t][call] = answer.value_or(std::to_string(t));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int call = 0; call < kCalls; ++call) {
    EXPECT_EQ(successes[call], 1) << call;
    EXPECT_EQ(attempts[call], 1 + call % 3) << call;
    for (int t = 1; t < kThreads; ++t) {
      EXPECT_EQ(answers[t][call], answers[0][call]) << call;
    }
  }
  EXPECT_EQ(ids.size(), size_t{kCalls});
  ids.CheckInvariants();
}

}  // namespace
}  // namespace kv::server
