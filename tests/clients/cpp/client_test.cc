// The C++ client against the server, which runs in a process of its own: the
// test's only argument is its program.

#include "clients/cpp/client.h"

#include <atomic>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cpp/status.h"
#include "gtest/gtest.h"
#include "tests/testing/server_process.h"

namespace fastkv {
namespace {

const char* program = nullptr;

class ClientTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = new kv::testing::ServerProcess(program);
  }
  static void TearDownTestSuite() { delete server_; }

  ClientTest() {
    auto client = Client::Connect({.target = server_->grpc_target()});
    EXPECT_TRUE(client.ok()) << client.status();
    if (client.ok()) client_ = *std::move(client);
    // Each test has keys of its own.
    prefix_ = absl::StrCat(
        testing::UnitTest::GetInstance()->current_test_info()->name(), ":");
  }

  std::string Key(absl::string_view name) const {
    return absl::StrCat(prefix_, name);
  }

  static kv::testing::ServerProcess* server_;
  std::unique_ptr<Client> client_;
  std::string prefix_;
};

kv::testing::ServerProcess* ClientTest::server_ = nullptr;

TEST_F(ClientTest, BytesComeBackAsTheyWere) {
  const std::string key = Key(std::string("\0\xff", 2));
  const std::string value("\r\n\0\x80", 4);
  ASSERT_TRUE(client_->Call(Set(key, value)).ok());
  const auto got = client_->Call(Get(key));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->value(), value);
  EXPECT_GT(got->version(), 0u);
}

TEST_F(ClientTest, AMissIsAnAnswer) {
  const auto got = client_->Call(Get(Key("nothing")));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_FALSE(got->has_value());
}

TEST_F(ClientTest, ConditionsAndExpiriesReachTheServer) {
  const std::string key = Key("k");
  const auto first =
      client_->Call(Set(key, "1",
                        {.expiry = Expiry::In(absl::Hours(1)),
                         .condition = Condition::MustNotExist()}));
  ASSERT_TRUE(first.ok() && first->applied());
  EXPECT_TRUE(client_->Call(Get(key))->has_ttl_ms());
  EXPECT_FALSE(
      client_->Call(Set(key, "2", {.condition = Condition::MustNotExist()}))
          ->applied());
  const auto swapped = client_->Call(
      Set(key, "2",
          {.expiry = Expiry::Keep(),
           .condition = Condition::VersionEquals(first->version()),
           .return_previous = true}));
  ASSERT_TRUE(swapped.ok()) << swapped.status();
  EXPECT_TRUE(swapped->applied());
  EXPECT_EQ(swapped->previous_value(), "1");
  EXPECT_TRUE(client_->Call(GetTtl(key))->has_ttl_ms());
  EXPECT_TRUE(
      client_->Call(Delete(key, {.condition = Condition::ValueEquals("2")}))
          ->deleted());
}

TEST_F(ClientTest, ErrorsTellTheirReason) {
  const std::string key = Key("text");
  ASSERT_TRUE(client_->Call(Set(key, "text")).ok());
  const absl::Status status = client_->Call(Increment(key)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_VALUE_NOT_INTEGER) << status;
  EXPECT_EQ(ReasonNameOf(status), "VALUE_NOT_INTEGER");
}

TEST_F(ClientTest, ADeadlineEndsACallOfAStoppedServer) {
  server_->Pause();
  const auto got =
      client_->Call(Get(Key("k")), {.timeout = absl::Milliseconds(50)});
  server_->Resume();
  EXPECT_EQ(got.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(got.status()), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(ClientTest, NoServerIsUnavailable) {
  const auto client = Client::Connect(
      {.target = "127.0.0.1:1", .connect_timeout = absl::Milliseconds(200)});
  EXPECT_EQ(client.status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ClientTest, BatchesKeepTheirOrder) {
  ASSERT_TRUE(client_->Call(BatchSet({{Key("a"), "1"}, {Key("b"), "2"}})).ok());
  const auto got = client_->Call(BatchGet({Key("b"), Key("none"), Key("a")}));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->results(0).value(), "2");
  EXPECT_FALSE(got->results(1).has_value());
  EXPECT_EQ(got->results(2).value(), "1");
}

TEST_F(ClientTest, SortedSetsAnswerRangesOfEveryKind) {
  const std::string key = Key("z");
  ASSERT_EQ(
      client_->Call(SortedSetAdd(key, {{"a", 1}, {"b", 2}, {"c", 3}}))->added(),
      3);
  const auto by_rank = client_->Call(SortedSetRange(key, ByRank(-2)));
  ASSERT_TRUE(by_rank.ok()) << by_rank.status();
  ASSERT_EQ(by_rank->members_size(), 2);
  EXPECT_EQ(by_rank->members(0).member(), "b");
  EXPECT_EQ(by_rank->members(0).score(), 2);
  EXPECT_EQ(
      client_->Call(SortedSetCount(key, ByScore(2, absl::nullopt)))->count(),
      2);
  EXPECT_EQ(client_->Call(SortedSetGetRank(key, "c"))->rank(), 2);
  EXPECT_EQ(client_->Call(SortedSetIncrement(key, "a", 0.5))->score(), 1.5);
  const auto popped = client_->Call(SortedSetPop(key, 1, /*highest=*/true));
  ASSERT_TRUE(popped.ok()) << popped.status();
  EXPECT_EQ(popped->members(0).member(), "c");
  EXPECT_EQ(
      client_->Call(SortedSetRemoveRange(key, ByMember("a", "a")))->removed(),
      1);
}

TEST_F(ClientTest, EveryOperationCanBeCalledThroughTheOneOf) {
  const auto result = client_->CallOperation(ToOperation(Set(Key("k"), "v")));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->set().applied());
  EXPECT_EQ(client_->CallOperation(v1::Operation()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ClientTest, TransactionsChooseAndNameTheOperationThatFails) {
  const std::string key = Key("k");
  const Transaction take = Transaction()
                               .If(KeyIsAbsent(key))
                               .Then(Set(key, "7"))
                               .Then(Increment(key, 3))
                               .Else(Get(key));
  const auto first = client_->Execute(take);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(first->succeeded());
  EXPECT_EQ(first->results(1).increment().value(), 10);
  const auto second = client_->Execute(take);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_FALSE(second->succeeded());
  EXPECT_EQ(second->results(0).get().value(), "10");

  EXPECT_TRUE(client_
                  ->Execute(Transaction()
                                .If(VersionOf(key).Equals(first->version()))
                                .If(ValueOf(key).IsGreater("1"))
                                .If(TypeOf(key).Equals(v1::VALUE_TYPE_STRING))
                                .Then(Get(key)))
                  ->succeeded());

  const absl::Status failed =
      client_
          ->Execute(Transaction().Then(Set(key, "text")).Then(Increment(key)))
          .status();
  EXPECT_EQ(ReasonOf(failed), v1::ERROR_REASON_VALUE_NOT_INTEGER);
  EXPECT_EQ(ErrorMetadataOf(failed, "operation"), "then_operations[1]");
  EXPECT_EQ(client_->Call(Get(key))->value(), "10");
}

TEST_F(ClientTest, ARepeatWithTheSameIdIsAppliedOnce) {
  v1::IncrementRequest request = Increment(Key("n"));
  request.set_request_id("the first try");
  EXPECT_EQ(client_->Call(request)->value(), 1);
  EXPECT_EQ(client_->Call(request)->value(), 1);
  EXPECT_EQ(client_->Call(Increment(Key("n")))->value(), 2);
}

TEST_F(ClientTest, ThreadsShareAClient) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_TRUE(client_->Call(Increment(Key("n"))).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(client_->Call(Get(Key("n")))->value(), "1600");
}

TEST_F(ClientTest, APipelineAnswersInOrderAndAnErrorEndsOnlyItself) {
  const auto pipeline =
      client_->OpenPipeline({.batch_operations = 7, .max_in_flight = 20});
  std::vector<int64_t> sums;
  absl::Status refused;
  for (int i = 1; i <= 1000; ++i) {
    ASSERT_TRUE(pipeline
                    ->Submit(Increment(Key("n")),
                             [&](absl::StatusOr<v1::IncrementResponse> sum) {
                               ASSERT_TRUE(sum.ok()) << sum.status();
                               sums.push_back(sum->value());
                             })
                    .ok());
    if (i != 500) continue;
    ASSERT_TRUE(pipeline
                    ->Submit(SortedSetCount(Key("n")),
                             [&](auto answer) { refused = answer.status(); })
                    .ok());
  }
  ASSERT_TRUE(pipeline->Drain().ok());
  ASSERT_EQ(sums.size(), 1000u);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(sums[i], i + 1);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_WRONG_TYPE) << refused;
  EXPECT_TRUE(pipeline->Finish().ok());
}

TEST_F(ClientTest, ThreadsShareAPipeline) {
  const auto pipeline = client_->OpenPipeline({.max_in_flight = 100});
  std::atomic<int> answers = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const absl::Status submitted =
            pipeline->Submit(Increment(Key("n")), [&](auto answer) {
              EXPECT_TRUE(answer.ok()) << answer.status();
              ++answers;
            });
        EXPECT_TRUE(submitted.ok()) << submitted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(pipeline->Finish().ok());
  EXPECT_EQ(answers, 8000);
  EXPECT_EQ(client_->Call(Get(Key("n")))->value(), "8000");
}

TEST_F(ClientTest, APipelineThatIsDroppedAnswersEveryCallback) {
  int answers = 0;
  auto pipeline = client_->OpenPipeline();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(pipeline->Submit(Get(Key("k")), [&](auto) { ++answers; }).ok());
  }
  pipeline.reset();
  EXPECT_EQ(answers, 100);
}

TEST_F(ClientTest, EntriesComeOnceEach) {
  std::map<std::string, std::string> wanted;
  for (int i = 0; i < 3000; ++i) {
    wanted[Key(absl::StrCat(i))] = absl::StrCat("value ", i);
  }
  ASSERT_TRUE(
      client_
          ->Call(BatchSet(std::vector<std::pair<std::string, std::string>>(
              wanted.begin(), wanted.end())))
          .ok());
  v1::StreamEntriesRequest request;
  request.set_prefix(prefix_);
  request.set_message_bytes(1000);
  const auto stream = client_->StreamEntries(request);
  std::map<std::string, std::string> found;
  v1::EntryPiece entry;
  while (stream->Next(&entry)) {
    EXPECT_TRUE(found.emplace(entry.key(), entry.string_value()).second);
  }
  EXPECT_TRUE(stream->status().ok()) << stream->status();
  EXPECT_EQ(found, wanted);
}

TEST_F(ClientTest, PiecesOfALongEntryArePutTogether) {
  const std::string text(300'000, 'x');
  ASSERT_TRUE(client_->Call(Set(Key("long"), text)).ok());
  std::vector<Scored> members;
  for (int i = 0; i < 5000; ++i) members.emplace_back(absl::StrCat("m", i), i);
  ASSERT_TRUE(client_->Call(SortedSetAdd(Key("set"), members)).ok());
  v1::StreamEntriesRequest request;
  request.set_prefix(prefix_);
  request.set_message_bytes(10'000);
  const auto stream = client_->StreamEntries(request);
  v1::EntryPiece entry;
  int entries = 0;
  while (stream->Next(&entry)) {
    ++entries;
    if (entry.has_string_value()) {
      EXPECT_EQ(entry.string_value(), text);
    } else {
      std::set<std::string> distinct;
      for (const auto& member : entry.sorted_set().members()) {
        distinct.insert(member.member());
      }
      EXPECT_EQ(distinct.size(), 5000u);
    }
  }
  EXPECT_EQ(entries, 2);
}

TEST_F(ClientTest, AStreamThatIsNotReadToItsEndCanBeDropped) {
  ASSERT_TRUE(client_->Call(Set(Key("k"), std::string(1 << 20, 'x'))).ok());
  const auto stream = client_->StreamEntries();
  v1::EntryPiece entry;
  EXPECT_TRUE(stream->NextPiece(&entry));
}

TEST_F(ClientTest, LargeValuesGoInPieces) {
  std::string value;
  for (int i = 0; value.size() < (3 << 20); ++i) {
    absl::StrAppend(&value, i, ",");
  }
  v1::WriteValueHeader header;
  header.set_key(Key("large"));
  header.set_length(static_cast<int64_t>(value.size()));
  size_t given = 0;
  const auto written = client_->WriteValue(header, [&] {
    const absl::string_view next =
        absl::string_view(value).substr(given, 100'000);
    given += next.size();
    return next;
  });
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_TRUE(written->applied());

  v1::ReadValueRequest request;
  request.set_key(header.key());
  request.set_chunk_bytes(70'000);
  std::string read;
  const auto got = client_->ReadValue(request, [&](absl::string_view chunk) {
    read.append(chunk.data(), chunk.size());
    return true;
  });
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_TRUE(got->has_value());
  EXPECT_EQ((*got)->length(), header.length());
  EXPECT_TRUE(read == value);

  const auto ended =
      client_->ReadValue(request, [](absl::string_view) { return false; });
  EXPECT_EQ(ended.status().code(), absl::StatusCode::kCancelled);
}

TEST_F(ClientTest, AValueThatEndsEarlyIsNotSet) {
  v1::WriteValueHeader header;
  header.set_key(Key("large"));
  header.set_length(1'000'000);
  bool first = true;
  const auto written = client_->WriteValue(header, [&] {
    return std::exchange(first, false) ? absl::string_view("a beginning")
                                       : absl::string_view();
  });
  EXPECT_EQ(written.status().code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(client_->Call(Exists(Key("large")))->exists());
}

TEST_F(ClientTest, ReadingAKeyThatIsNotThereGivesNoHeader) {
  v1::ReadValueRequest request;
  request.set_key(Key("nothing"));
  const auto got =
      client_->ReadValue(request, [](absl::string_view) { return true; });
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_FALSE(got->has_value());
}

// Last: it ends the server.
TEST_F(ClientTest, ZAPipelineThatBreaksTellsWhy) {
  const auto pipeline = client_->OpenPipeline();
  ASSERT_TRUE(pipeline->Submit(Get(Key("k")), [](auto) {}).ok());
  ASSERT_TRUE(pipeline->Drain().ok());
  server_->Stop();
  absl::Status answer;
  absl::Status submitted;
  while (submitted.ok()) {
    submitted = pipeline->Submit(Get(Key("k")),
                                 [&](auto got) { answer = got.status(); });
  }
  EXPECT_FALSE(pipeline->Finish().ok());
  EXPECT_EQ(answer.code(), absl::StatusCode::kUnavailable) << answer;
}

}  // namespace
}  // namespace fastkv

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: client_test <server>\n");
    return 2;
  }
  fastkv::program = argv[1];
  return RUN_ALL_TESTS();
}
