#include "server/rpc/key_value_service.h"

#include <limits>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/key_value.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/keyspace.h"
#include "store/sorted_set_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using testing::ElementsAre;

constexpr store::TimeMs kNow = 1'700'000'000'000;
constexpr int64_t kMaxInt64 = std::numeric_limits<int64_t>::max();

class KeyValueServiceTest : public testing::Test {
 protected:
  static constexpr size_t kResponseBytes = 100'000;

  KeyValueServiceTest()
      : keyspace_(store::KeyspaceOptions{.shards = 8}),
        service_(keyspace_, RpcLimits{kResponseBytes}) {}

  // Runs a handler that has to succeed.
  template <typename Request, typename Response>
  Response Call(RpcStatus (KeyValueService::*handler)(store::TimeMs,
                                                      const Request&,
                                                      Response*),
                const Request& request) {
    Response response;
    const RpcStatus status = (service_.*handler)(now_, request, &response);
    EXPECT_TRUE(status.ok()) << status.message();
    return response;
  }

  // The reason for which a handler refuses.
  template <typename Request, typename Response>
  pb::ErrorReason Refusal(RpcStatus (KeyValueService::*handler)(store::TimeMs,
                                                                const Request&,
                                                                Response*),
                          const Request& request) {
    Response response;
    return (service_.*handler)(now_, request, &response).reason();
  }

  pb::SetRequest SetRequest(const std::string& key, const std::string& value) {
    pb::SetRequest request;
    request.set_key(key);
    request.set_value(value);
    return request;
  }

  pb::SetResponse Set(const pb::SetRequest& request) {
    return Call(&KeyValueService::Set, request);
  }
  pb::SetResponse Set(const std::string& key, const std::string& value) {
    return Set(SetRequest(key, value));
  }

  // Get, with a large value put where a client would find it.
  RpcStatus TryGet(const std::string& key, pb::GetResponse* response) {
    pb::GetRequest request;
    request.set_key(key);
    store::BlobRef large_value;
    const RpcStatus status =
        service_.Get(now_, request, response, &large_value);
    if (large_value.get() != nullptr) {
      EXPECT_FALSE(response->has_value());
      response->set_value(std::string(large_value.view()));
    }
    return status;
  }
  pb::GetResponse Get(const std::string& key) {
    pb::GetResponse response;
    const RpcStatus status = TryGet(key, &response);
    EXPECT_TRUE(status.ok()) << status.message();
    return response;
  }

  template <typename Request>
  Request For(const std::string& key) {
    Request request;
    request.set_key(key);
    return request;
  }

  bool Exists(const std::string& key) {
    return Call(&KeyValueService::Exists, For<pb::ExistsRequest>(key)).exists();
  }

  void MakeSortedSet(const std::string& name) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, now_, key);
    const store::sorted_sets::ScoredMember member{"m", 1};
    ASSERT_TRUE(store::sorted_sets::Add(txn, key, {&member, 1}).ok());
  }

  store::TimeMs now_ = kNow;
  store::Keyspace keyspace_;
  KeyValueService service_;
};

TEST_F(KeyValueServiceTest, AMissHasNoValueAndNoVersion) {
  const pb::GetResponse response = Get("k");
  EXPECT_FALSE(response.has_value());
  EXPECT_EQ(response.version(), 0);
  EXPECT_FALSE(response.has_ttl_ms());
}

TEST_F(KeyValueServiceTest, GetReturnsValueVersionAndTtl) {
  pb::SetRequest request = SetRequest("k", "v");
  request.set_ttl_ms(1500);
  const pb::SetResponse set = Set(request);
  EXPECT_TRUE(set.applied());
  EXPECT_GT(set.version(), 0);
  now_ += 500;
  const pb::GetResponse got = Get("k");
  EXPECT_EQ(got.value(), "v");
  EXPECT_EQ(got.version(), set.version());
  EXPECT_EQ(got.ttl_ms(), 1000);
  now_ += 999;
  EXPECT_EQ(Get("k").ttl_ms(), 1);
  now_ += 1;
  EXPECT_FALSE(Get("k").has_value());
}

TEST_F(KeyValueServiceTest, KeysAndValuesAreBinaryAndMayBeEmpty) {
  const std::string binary("\0\xff\r\n", 4);
  Set("", "");
  Set(binary, binary);
  EXPECT_TRUE(Get("").has_value());
  EXPECT_EQ(Get("").value(), "");
  EXPECT_EQ(Get(binary).value(), binary);
}

TEST_F(KeyValueServiceTest, ALargeValueComesBesideTheResponse) {
  for (const size_t size : {4095, 4096, 4097, 50'000}) {
    const std::string value(size, 'x');
    Set("k", value);
    EXPECT_EQ(Get("k").value(), value) << size;
  }
}

TEST_F(KeyValueServiceTest, ALargeValueOutlivesItsEntry) {
  Set("k", std::string(50'000, 'x'));
  pb::GetResponse response;
  store::BlobRef value;
  ASSERT_TRUE(
      service_.Get(now_, For<pb::GetRequest>("k"), &response, &value).ok());
  Set("k", std::string(50'000, 'y'));
  Call(&KeyValueService::Delete, For<pb::DeleteRequest>("k"));
  EXPECT_EQ(value.view(), std::string(50'000, 'x'));
}

TEST_F(KeyValueServiceTest, AValueBeyondTheMessageLimitIsRefused) {
  const std::string value(kResponseBytes, 'x');
  Set("k", value);
  pb::GetResponse response;
  EXPECT_EQ(TryGet("k", &response).reason(),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
  // And nothing is changed by a call whose answer could not be sent.
  pb::SetRequest set = SetRequest("k", "new");
  set.set_return_previous(true);
  EXPECT_EQ(Refusal(&KeyValueService::Set, set),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
  auto del = For<pb::DeleteRequest>("k");
  del.set_return_previous(true);
  EXPECT_EQ(Refusal(&KeyValueService::Delete, del),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
  EXPECT_TRUE(Exists("k"));
}

TEST_F(KeyValueServiceTest, GetOfAnotherTypeIsRefused) {
  MakeSortedSet("z");
  pb::GetResponse response;
  EXPECT_EQ(TryGet("z", &response).reason(), pb::ERROR_REASON_WRONG_TYPE);
}

TEST_F(KeyValueServiceTest, SetWithoutExpiryForgetsTheOldOne) {
  pb::SetRequest request = SetRequest("k", "v");
  request.set_ttl_ms(1000);
  Set(request);
  Set("k", "w");
  EXPECT_FALSE(Get("k").has_ttl_ms());
}

TEST_F(KeyValueServiceTest, SetKeepsTheExpiryIfAsked) {
  pb::SetRequest request = SetRequest("k", "v");
  request.set_expire_time_ms(kNow + 1000);
  Set(request);
  pb::SetRequest keep = SetRequest("k", "w");
  keep.set_keep_expiry(true);
  Set(keep);
  EXPECT_EQ(Get("k").ttl_ms(), 1000);
  keep.set_keep_expiry(false);
  Set(keep);
  EXPECT_FALSE(Get("k").has_ttl_ms());
  keep.set_key("new");
  keep.set_keep_expiry(true);
  Set(keep);
  EXPECT_FALSE(Get("new").has_ttl_ms());
}

TEST_F(KeyValueServiceTest, SetRefusesExpiriesOutOfRange) {
  for (const int64_t ttl_ms :
       {int64_t{0}, int64_t{-1}, kMaxInt64, kMaxInt64 - kNow}) {
    pb::SetRequest request = SetRequest("k", "v");
    request.set_ttl_ms(ttl_ms);
    EXPECT_EQ(Refusal(&KeyValueService::Set, request),
              pb::ERROR_REASON_INVALID_EXPIRY)
        << ttl_ms;
  }
  for (const int64_t time_ms : {int64_t{0}, int64_t{-5}, kMaxInt64}) {
    pb::SetRequest request = SetRequest("k", "v");
    request.set_expire_time_ms(time_ms);
    EXPECT_EQ(Refusal(&KeyValueService::Set, request),
              pb::ERROR_REASON_INVALID_EXPIRY)
        << time_ms;
  }
  EXPECT_FALSE(Exists("k"));
  pb::SetRequest last = SetRequest("k", "v");
  last.set_ttl_ms(kMaxInt64 - kNow - 1);
  EXPECT_TRUE(Set(last).applied());
}

TEST_F(KeyValueServiceTest, SetWithAPassedTimeRemovesTheKey) {
  Set("k", "v");
  pb::SetRequest request = SetRequest("k", "w");
  request.set_expire_time_ms(kNow);
  EXPECT_TRUE(Set(request).applied());
  EXPECT_FALSE(Exists("k"));
}

TEST_F(KeyValueServiceTest, SetIfTheKeyIsThereOrNot) {
  pb::SetRequest exist = SetRequest("k", "v");
  exist.set_must_exist(true);
  EXPECT_FALSE(Set(exist).applied());
  EXPECT_EQ(Set(exist).version(), 0);
  pb::SetRequest not_exist = SetRequest("k", "v");
  not_exist.set_must_not_exist(true);
  const pb::SetResponse first = Set(not_exist);
  EXPECT_TRUE(first.applied());
  const pb::SetResponse second = Set(not_exist);
  EXPECT_FALSE(second.applied());
  EXPECT_EQ(second.version(), first.version());
  EXPECT_TRUE(Set(exist).applied());
  not_exist.set_must_not_exist(false);
  EXPECT_TRUE(Set(not_exist).applied()) << "false counts as not set";
}

TEST_F(KeyValueServiceTest, SetIfTheVersionOrValueEquals) {
  pb::SetRequest request = SetRequest("k", "a");
  request.set_version_equals(0);
  const uint64_t version = Set(request).version();
  EXPECT_FALSE(Set(request).applied());
  request.set_value("b");
  request.set_version_equals(version);
  EXPECT_TRUE(Set(request).applied());
  EXPECT_FALSE(Set(request).applied());
  request.set_value("c");
  request.set_value_equals("a");
  EXPECT_FALSE(Set(request).applied());
  request.set_value_equals("b");
  EXPECT_TRUE(Set(request).applied());
  EXPECT_EQ(Get("k").value(), "c");
}

TEST_F(KeyValueServiceTest, SetReturnsThePreviousValueOnlyIfAsked) {
  Set("k", "a");
  EXPECT_FALSE(Set("k", "b").has_previous_value());
  pb::SetRequest request = SetRequest("k", "c");
  request.set_return_previous(true);
  request.set_must_not_exist(true);
  const pb::SetResponse lost = Set(request);
  EXPECT_FALSE(lost.applied());
  EXPECT_EQ(lost.previous_value(), "b");
  request.clear_condition();
  EXPECT_EQ(Set(request).previous_value(), "b");
  request.set_key("new");
  EXPECT_FALSE(Set(request).has_previous_value());
  MakeSortedSet("z");
  request.set_key("z");
  EXPECT_EQ(Refusal(&KeyValueService::Set, request),
            pb::ERROR_REASON_WRONG_TYPE);
}

TEST_F(KeyValueServiceTest, DeleteTellsWhatItDid) {
  const uint64_t version = Set("k", "v").version();
  auto request = For<pb::DeleteRequest>("k");
  request.set_version_equals(version + 1);
  request.set_return_previous(true);
  pb::DeleteResponse response = Call(&KeyValueService::Delete, request);
  EXPECT_FALSE(response.deleted());
  EXPECT_TRUE(response.existed());
  EXPECT_EQ(response.previous_value(), "v");
  request.set_value_equals("other");
  EXPECT_FALSE(Call(&KeyValueService::Delete, request).deleted());
  request.set_version_equals(version);
  response = Call(&KeyValueService::Delete, request);
  EXPECT_TRUE(response.deleted());
  EXPECT_EQ(response.previous_value(), "v");
  response = Call(&KeyValueService::Delete, For<pb::DeleteRequest>("k"));
  EXPECT_FALSE(response.deleted());
  EXPECT_FALSE(response.existed());
  EXPECT_FALSE(response.has_previous_value());
}

TEST_F(KeyValueServiceTest, DeleteRemovesAnyType) {
  MakeSortedSet("z");
  EXPECT_TRUE(
      Call(&KeyValueService::Delete, For<pb::DeleteRequest>("z")).deleted());
}

TEST_F(KeyValueServiceTest, ExistsTellsTheType) {
  pb::ExistsResponse response =
      Call(&KeyValueService::Exists, For<pb::ExistsRequest>("k"));
  EXPECT_FALSE(response.exists());
  EXPECT_EQ(response.type(), pb::VALUE_TYPE_UNSPECIFIED);
  const uint64_t version = Set("k", "v").version();
  response = Call(&KeyValueService::Exists, For<pb::ExistsRequest>("k"));
  EXPECT_TRUE(response.exists());
  EXPECT_EQ(response.type(), pb::VALUE_TYPE_STRING);
  EXPECT_EQ(response.version(), version);
  MakeSortedSet("z");
  response = Call(&KeyValueService::Exists, For<pb::ExistsRequest>("z"));
  EXPECT_EQ(response.type(), pb::VALUE_TYPE_SORTED_SET);
}

TEST_F(KeyValueServiceTest, GetTtlKnowsThreeCases) {
  pb::GetTtlResponse response =
      Call(&KeyValueService::GetTtl, For<pb::GetTtlRequest>("k"));
  EXPECT_FALSE(response.exists());
  Set("k", "v");
  response = Call(&KeyValueService::GetTtl, For<pb::GetTtlRequest>("k"));
  EXPECT_TRUE(response.exists());
  EXPECT_FALSE(response.has_ttl_ms());
  EXPECT_FALSE(response.has_expire_time_ms());
  pb::SetRequest request = SetRequest("k", "v");
  request.set_ttl_ms(70);
  Set(request);
  response = Call(&KeyValueService::GetTtl, For<pb::GetTtlRequest>("k"));
  EXPECT_EQ(response.ttl_ms(), 70);
  EXPECT_EQ(response.expire_time_ms(), kNow + 70);
}

TEST_F(KeyValueServiceTest, ExpireNeedsATime) {
  Set("k", "v");
  EXPECT_EQ(Refusal(&KeyValueService::Expire, For<pb::ExpireRequest>("k")),
            pb::ERROR_REASON_INVALID_EXPIRY);
  auto request = For<pb::ExpireRequest>("k");
  request.set_ttl_ms(kMaxInt64);
  EXPECT_EQ(Refusal(&KeyValueService::Expire, request),
            pb::ERROR_REASON_INVALID_EXPIRY);
  request.set_expire_time_ms(kMaxInt64);
  EXPECT_EQ(Refusal(&KeyValueService::Expire, request),
            pb::ERROR_REASON_INVALID_EXPIRY);
  EXPECT_FALSE(Get("k").has_ttl_ms());
}

TEST_F(KeyValueServiceTest, ExpireSetsTheDeadlineAndPersistRemovesIt) {
  auto request = For<pb::ExpireRequest>("k");
  request.set_ttl_ms(5000);
  EXPECT_FALSE(Call(&KeyValueService::Expire, request).applied());
  Set("k", "v");
  EXPECT_TRUE(Call(&KeyValueService::Expire, request).applied());
  EXPECT_EQ(Get("k").ttl_ms(), 5000);
  request.set_expire_time_ms(kNow + 7000);
  EXPECT_TRUE(Call(&KeyValueService::Expire, request).applied());
  EXPECT_EQ(Get("k").ttl_ms(), 7000);
  const auto persist = For<pb::PersistRequest>("k");
  EXPECT_TRUE(Call(&KeyValueService::Persist, persist).applied());
  EXPECT_FALSE(Get("k").has_ttl_ms());
  EXPECT_FALSE(Call(&KeyValueService::Persist, persist).applied());
}

TEST_F(KeyValueServiceTest, ExpireNowRemovesTheKey) {
  for (const int64_t ttl_ms :
       {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min()}) {
    Set("k", "v");
    auto request = For<pb::ExpireRequest>("k");
    request.set_ttl_ms(ttl_ms);
    EXPECT_TRUE(Call(&KeyValueService::Expire, request).applied());
    EXPECT_FALSE(Exists("k")) << ttl_ms;
  }
}

TEST_F(KeyValueServiceTest, ExpireObeysItsCondition) {
  Set("k", "v");
  auto request = For<pb::ExpireRequest>("k");
  const auto applied = [&](pb::ExpireCondition condition, int64_t ttl_ms) {
    request.set_condition(condition);
    request.set_ttl_ms(ttl_ms);
    return Call(&KeyValueService::Expire, request).applied();
  };
  EXPECT_FALSE(applied(pb::EXPIRE_CONDITION_SOME, 100));
  EXPECT_FALSE(applied(pb::EXPIRE_CONDITION_LATER, 100));
  EXPECT_TRUE(applied(pb::EXPIRE_CONDITION_NONE, 100));
  EXPECT_FALSE(applied(pb::EXPIRE_CONDITION_NONE, 200));
  EXPECT_TRUE(applied(pb::EXPIRE_CONDITION_LATER, 200));
  EXPECT_FALSE(applied(pb::EXPIRE_CONDITION_LATER, 200));
  EXPECT_TRUE(applied(pb::EXPIRE_CONDITION_EARLIER, 150));
  EXPECT_FALSE(applied(pb::EXPIRE_CONDITION_EARLIER, 150));
  EXPECT_TRUE(applied(pb::EXPIRE_CONDITION_SOME, 300));
  request.set_condition(static_cast<pb::ExpireCondition>(99));
  EXPECT_EQ(Refusal(&KeyValueService::Expire, request),
            pb::ERROR_REASON_INVALID_FIELD);
}

TEST_F(KeyValueServiceTest, IncrementAddsOneUnlessTold) {
  auto request = For<pb::IncrementRequest>("n");
  EXPECT_EQ(Call(&KeyValueService::Increment, request).value(), 1);
  request.set_delta(0);
  EXPECT_EQ(Call(&KeyValueService::Increment, request).value(), 1);
  request.set_delta(-42);
  const pb::IncrementResponse response =
      Call(&KeyValueService::Increment, request);
  EXPECT_EQ(response.value(), -41);
  EXPECT_EQ(response.version(), Get("n").version());
  EXPECT_EQ(Get("n").value(), "-41");
}

TEST_F(KeyValueServiceTest, IncrementRefusesWhatItCannotAdd) {
  Set("max", absl::StrCat(kMaxInt64));
  EXPECT_EQ(
      Refusal(&KeyValueService::Increment, For<pb::IncrementRequest>("max")),
      pb::ERROR_REASON_INTEGER_OVERFLOW);
  EXPECT_EQ(Get("max").value(), absl::StrCat(kMaxInt64));
  Set("s", "1x");
  EXPECT_EQ(
      Refusal(&KeyValueService::Increment, For<pb::IncrementRequest>("s")),
      pb::ERROR_REASON_VALUE_NOT_INTEGER);
  MakeSortedSet("z");
  EXPECT_EQ(
      Refusal(&KeyValueService::Increment, For<pb::IncrementRequest>("z")),
      pb::ERROR_REASON_WRONG_TYPE);
}

TEST_F(KeyValueServiceTest, AppendReturnsTheWholeLength) {
  auto request = For<pb::AppendRequest>("k");
  request.set_suffix("ab");
  EXPECT_EQ(Call(&KeyValueService::Append, request).length(), 2);
  request.set_suffix("cde");
  const pb::AppendResponse response = Call(&KeyValueService::Append, request);
  EXPECT_EQ(response.length(), 5);
  EXPECT_EQ(Get("k").value(), "abcde");
  EXPECT_EQ(Get("k").version(), response.version());
  MakeSortedSet("z");
  request.set_key("z");
  EXPECT_EQ(Refusal(&KeyValueService::Append, request),
            pb::ERROR_REASON_WRONG_TYPE);
}

TEST_F(KeyValueServiceTest, BatchGetAnswersInTheOrderOfTheRequest) {
  pb::SetRequest set = SetRequest("a", "1");
  set.set_ttl_ms(99);
  Set(set);
  Set("b", "2");
  MakeSortedSet("z");
  pb::BatchGetRequest request;
  for (const char* key : {"b", "miss", "z", "a", "b"}) request.add_keys(key);
  const pb::BatchGetResponse response =
      Call(&KeyValueService::BatchGet, request);
  ASSERT_EQ(response.results_size(), 5);
  EXPECT_EQ(response.results(0).value(), "2");
  EXPECT_EQ(response.results(0).version(), Get("b").version());
  EXPECT_FALSE(response.results(0).has_ttl_ms());
  EXPECT_FALSE(response.results(1).has_value());
  EXPECT_FALSE(response.results(1).wrong_type());
  EXPECT_EQ(response.results(1).version(), 0);
  EXPECT_FALSE(response.results(2).has_value());
  EXPECT_TRUE(response.results(2).wrong_type());
  EXPECT_GT(response.results(2).version(), 0);
  EXPECT_EQ(response.results(3).value(), "1");
  EXPECT_EQ(response.results(3).ttl_ms(), 99);
  EXPECT_EQ(response.results(4).value(), "2");
}

TEST_F(KeyValueServiceTest, EmptyBatchesDoNothing) {
  EXPECT_EQ(
      Call(&KeyValueService::BatchGet, pb::BatchGetRequest()).results_size(),
      0);
  EXPECT_EQ(Call(&KeyValueService::BatchSet, pb::BatchSetRequest()).version(),
            0);
  EXPECT_EQ(Call(&KeyValueService::BatchDelete, pb::BatchDeleteRequest())
                .deleted_size(),
            0);
}

TEST_F(KeyValueServiceTest, BatchGetBoundsItsAnswer) {
  Set("k", std::string(kResponseBytes / 4, 'x'));
  pb::BatchGetRequest request;
  for (int i = 0; i < 3; ++i) request.add_keys("k");
  EXPECT_EQ(Call(&KeyValueService::BatchGet, request).results_size(), 3);
  request.add_keys("k");
  EXPECT_EQ(Refusal(&KeyValueService::BatchGet, request),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
}

TEST_F(KeyValueServiceTest, BatchSetGivesAllOneVersion) {
  pb::BatchSetRequest request;
  for (int i = 0; i < 200; ++i) {
    pb::BatchSetEntry* entry = request.add_entries();
    entry->set_key(absl::StrCat("k", i));
    entry->set_value(absl::StrCat(i));
    if (i % 2 == 0) entry->set_ttl_ms(1 + i);
  }
  pb::BatchSetEntry* again = request.add_entries();
  again->set_key("k7");
  again->set_value("last");
  const pb::BatchSetResponse response =
      Call(&KeyValueService::BatchSet, request);
  EXPECT_GT(response.version(), 0);
  for (int i = 0; i < 200; ++i) {
    const pb::GetResponse got = Get(absl::StrCat("k", i));
    EXPECT_EQ(got.value(), i == 7 ? "last" : absl::StrCat(i));
    EXPECT_EQ(got.version(), response.version());
    EXPECT_EQ(got.ttl_ms(), i % 2 == 0 ? 1 + i : 0);
  }
}

TEST_F(KeyValueServiceTest, BatchSetWithOneBadEntrySetsNothing) {
  pb::BatchSetRequest request;
  request.add_entries()->set_key("a");
  pb::BatchSetEntry* bad = request.add_entries();
  bad->set_key("b");
  bad->set_ttl_ms(0);
  pb::BatchSetResponse response;
  const RpcStatus status = service_.BatchSet(now_, request, &response);
  EXPECT_EQ(status.reason(), pb::ERROR_REASON_INVALID_EXPIRY);
  EXPECT_THAT(status.message(), testing::HasSubstr("entries[1]"));
  EXPECT_FALSE(Exists("a"));
}

TEST_F(KeyValueServiceTest, BatchDeleteTellsForEachKey) {
  Set("a", "1");
  MakeSortedSet("z");
  pb::BatchDeleteRequest request;
  for (const char* key : {"a", "miss", "z", "a"}) request.add_keys(key);
  EXPECT_THAT(Call(&KeyValueService::BatchDelete, request).deleted(),
              ElementsAre(true, false, true, false));
  EXPECT_FALSE(Exists("a"));
}

// --- ListKeys

class ListKeysTest : public KeyValueServiceTest {
 protected:
  // All pages: the keys with how often each was listed.
  std::map<std::string, int> ListAll(pb::ListKeysRequest request) {
    std::map<std::string, int> listed;
    for (pages_ = 1;; ++pages_) {
      const pb::ListKeysResponse page =
          Call(&KeyValueService::ListKeys, request);
      largest_page_ = std::max(largest_page_, page.keys_size());
      for (const pb::KeyInfo& info : page.keys()) ++listed[info.key()];
      if (page.next_page_token().empty()) return listed;
      request.set_page_token(page.next_page_token());
    }
  }

  int pages_ = 0;
  int largest_page_ = 0;
};

TEST_F(ListKeysTest, AnEmptyKeyspaceIsOneEmptyPage) {
  const pb::ListKeysResponse page =
      Call(&KeyValueService::ListKeys, pb::ListKeysRequest());
  EXPECT_EQ(page.keys_size(), 0);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(ListKeysTest, EveryKeyIsListedOnceWhateverThePageSize) {
  for (int i = 0; i < 500; ++i) Set(absl::StrCat("k", i), "v");
  for (const int page_size : {1, 7, 100, 499, 500, 5000, 0}) {
    pb::ListKeysRequest request;
    request.set_page_size(page_size);
    const auto listed = ListAll(request);
    EXPECT_EQ(listed.size(), 500) << page_size;
    for (const auto& [key, times] : listed) EXPECT_EQ(times, 1) << key;
    EXPECT_TRUE(page_size != 7 || pages_ >= 500 / 10);
  }
}

TEST_F(ListKeysTest, KeysComeWithWhatIsKnownOfThem) {
  pb::SetRequest set = SetRequest("k", "v");
  set.set_ttl_ms(123);
  const uint64_t version = Set(set).version();
  const pb::ListKeysResponse page =
      Call(&KeyValueService::ListKeys, pb::ListKeysRequest());
  ASSERT_EQ(page.keys_size(), 1);
  EXPECT_EQ(page.keys(0).key(), "k");
  EXPECT_EQ(page.keys(0).type(), pb::VALUE_TYPE_STRING);
  EXPECT_EQ(page.keys(0).version(), version);
  EXPECT_EQ(page.keys(0).ttl_ms(), 123);
  now_ += 123;
  EXPECT_EQ(Call(&KeyValueService::ListKeys, pb::ListKeysRequest()).keys_size(),
            0);
}

TEST_F(ListKeysTest, FiltersByPrefixGlobAndType) {
  for (const char* key : {"a", "ab", "abc", "b*c"}) Set(key, "v");
  MakeSortedSet("az");
  pb::ListKeysRequest request;
  request.set_prefix("ab");
  EXPECT_EQ(ListAll(request).size(), 2);
  request.set_prefix("");
  EXPECT_EQ(ListAll(request).size(), 5);
  request.set_glob("a?");
  EXPECT_EQ(ListAll(request).size(), 2);
  request.set_glob("b\\*c");
  EXPECT_EQ(ListAll(request).size(), 1);
  request.clear_filter();
  request.set_type(pb::VALUE_TYPE_SORTED_SET);
  EXPECT_EQ(ListAll(request).count("az"), 1);
  EXPECT_EQ(ListAll(request).size(), 1);
}

TEST_F(ListKeysTest, APageEndsByItsBytes) {
  // 40 keys of 100 KB: 4 MB.
  for (int i = 0; i < 40; ++i) {
    Set(absl::StrCat(std::string(100'000, 'k'), i), "");
  }
  EXPECT_EQ(ListAll(pb::ListKeysRequest()).size(), 40);
  EXPECT_GE(pages_, 2);
  EXPECT_LE(largest_page_, 20);
}

TEST_F(ListKeysTest, AFilterThatMatchesNothingStillEndsItsPages) {
  pb::BatchSetRequest batch;
  for (int i = 0; i < 50'000; ++i) {
    batch.add_entries()->set_key(absl::StrCat(i));
  }
  Call(&KeyValueService::BatchSet, batch);
  pb::ListKeysRequest request;
  request.set_prefix("x");
  EXPECT_EQ(ListAll(request).size(), 0);
  EXPECT_GE(pages_, 2);
}

TEST_F(ListKeysTest, AForeignTokenIsRefused) {
  for (int i = 0; i < 100; ++i) Set(absl::StrCat("k", i), "v");
  pb::ListKeysRequest request;
  request.set_page_size(10);
  request.set_prefix("k");
  const std::string token =
      Call(&KeyValueService::ListKeys, request).next_page_token();
  ASSERT_NE(token, "");
  request.set_page_token(token);
  request.set_page_size(20);
  EXPECT_GT(Call(&KeyValueService::ListKeys, request).keys_size(), 0)
      << "the page size may change";
  const auto refusal = [&] {
    return Refusal(&KeyValueService::ListKeys, request);
  };
  request.set_prefix("k1");
  EXPECT_EQ(refusal(), pb::ERROR_REASON_INVALID_PAGE_TOKEN);
  request.set_glob("k");
  EXPECT_EQ(refusal(), pb::ERROR_REASON_INVALID_PAGE_TOKEN);
  request.set_prefix("k");
  for (const std::string& bad : {std::string("nonsense"), token + "AA",
                                 token.substr(1), "!" + token.substr(1)}) {
    request.set_page_token(bad);
    EXPECT_EQ(refusal(), pb::ERROR_REASON_INVALID_PAGE_TOKEN) << bad;
  }
  request.set_page_token(token);
  KeyValueService restarted(keyspace_, RpcLimits());
  pb::ListKeysResponse response;
  EXPECT_EQ(restarted.ListKeys(now_, request, &response).reason(),
            pb::ERROR_REASON_INVALID_PAGE_TOKEN);
}

TEST_F(ListKeysTest, FieldsOutOfRangeAreRefused) {
  pb::ListKeysRequest request;
  request.set_page_size(-1);
  EXPECT_EQ(Refusal(&KeyValueService::ListKeys, request),
            pb::ERROR_REASON_INVALID_FIELD);
  request.set_page_size(0);
  request.set_type(static_cast<pb::ValueType>(77));
  EXPECT_EQ(Refusal(&KeyValueService::ListKeys, request),
            pb::ERROR_REASON_INVALID_FIELD);
}

}  // namespace
}  // namespace kv::server
