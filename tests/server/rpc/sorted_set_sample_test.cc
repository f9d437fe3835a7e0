#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/server/rpc/sorted_set_calls.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// Sample and Scan.
class SortedSetSampleTest : public test::SortedSetCalls {
 protected:
  // Makes a set of this size, members "m0" and so on.
  void Fill(const std::string& key, int size) {
    Scored members;
    for (int i = 0; i < size; ++i) {
      members.emplace_back(absl::StrCat("m", i), i);
    }
    Add(key, members);
  }

  // How often each member was drawn.
  std::map<std::string, int> Sample(const std::string& request) {
    pb::SortedSetServiceSampleResponse response;
    const RpcStatus status = service_.Sample(
        kNow, test::Parse<pb::SortedSetServiceSampleRequest>(request),
        &response);
    EXPECT_TRUE(status.ok()) << status.message();
    std::map<std::string, int> drawn;
    for (const auto& member : response.members()) ++drawn[member.member()];
    return drawn;
  }

  // Scans to the end; how often each member came.
  std::map<std::string, int> ScanAll(pb::SortedSetServiceScanRequest request) {
    std::map<std::string, int> seen;
    do {
      pb::SortedSetServiceScanResponse page;
      const RpcStatus status = service_.Scan(kNow, request, &page);
      EXPECT_TRUE(status.ok()) << status.message();
      for (const auto& member : page.members()) {
        EXPECT_EQ(member.member(), absl::StrCat("m", member.score()));
        ++seen[member.member()];
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return seen;
  }
};

TEST_F(SortedSetSampleTest, DrawsOneUnlessTold) {
  Fill("z", 3);
  EXPECT_EQ(Sample("key: 'z'").size(), 1);
  EXPECT_EQ(Sample("key: 'none'").size(), 0);
  Add("one", {{"a", 7}});
  EXPECT_EQ(Call(&Service::Sample, "key: 'one' with_scores: true"),
            R"(members { member: "a" score: 7 })");
  EXPECT_EQ(Call(&Service::Sample, "key: 'one'"), R"(members { member: "a" })");
}

TEST_F(SortedSetSampleTest, DistinctMembersUnlessRepeatsAreAllowed) {
  Fill("z", 5);
  const auto distinct = Sample("key: 'z' count: 9");
  EXPECT_EQ(distinct.size(), 5);
  for (const auto& [member, times] : distinct) EXPECT_EQ(times, 1) << member;
  int draws = 0;
  for (const auto& [member, times] :
       Sample("key: 'z' count: 9 repeats: true")) {
    draws += times;
  }
  EXPECT_EQ(draws, 9);
}

TEST_F(SortedSetSampleTest, SampleIsBounded) {
  Add("z", {{std::string(1'000, 'x'), 1}});
  EXPECT_EQ(Call(&Service::Sample, "key: 'z' count: 20 repeats: true"),
            "RESPONSE_TOO_LARGE");
  EXPECT_EQ(Call(&Service::Sample, "key: 'z' count: 1048577 repeats: true"),
            "INVALID_FIELD");
  EXPECT_EQ(Call(&Service::Sample, "key: 'z' count: -1"), "INVALID_FIELD");
  EXPECT_EQ(Call(&Service::Sample, "key: 'string'"), "WRONG_TYPE");
}

TEST_F(SortedSetSampleTest, ScanListsEveryMember) {
  for (const int size : {0, 1, 100, 5'000}) {
    const std::string key = absl::StrCat("z", size);
    Fill(key, size);
    for (const int page_size : {1, 7, 100}) {
      pb::SortedSetServiceScanRequest request;
      request.set_key(key);
      request.set_page_size(page_size);
      EXPECT_EQ(ScanAll(request).size(), size) << page_size;
    }
  }
}

TEST_F(SortedSetSampleTest, ScanFiltersByPattern) {
  Fill("z", 2'000);
  pb::SortedSetServiceScanRequest request;
  request.set_key("z");
  request.set_glob("m1?");
  EXPECT_EQ(ScanAll(request).size(), 10);
  request.set_glob("");  // only the empty member
  EXPECT_EQ(ScanAll(request).size(), 0);
}

TEST_F(SortedSetSampleTest, AFullPageEndsBeforeTheMessageLimit) {
  Fill("z", 2'000);  // far more than kResponseBytes
  pb::SortedSetServiceScanRequest request;
  request.set_key("z");
  request.set_page_size(10'000);
  EXPECT_EQ(ScanAll(request).size(), 2'000);
}

TEST_F(SortedSetSampleTest, ATokenIsGoodForItsKeyAndPatternOnly) {
  Fill("z", 2'000);
  auto request =
      test::Parse<pb::SortedSetServiceScanRequest>("key: 'z' page_size: 1");
  pb::SortedSetServiceScanResponse page;
  ASSERT_TRUE(service_.Scan(kNow, request, &page).ok());
  request.set_page_token(page.next_page_token());
  const auto reason = [&](const pb::SortedSetServiceScanRequest& changed) {
    pb::SortedSetServiceScanResponse response;
    return service_.Scan(kNow, changed, &response).reason();
  };
  EXPECT_EQ(reason(request), pb::ERROR_REASON_UNSPECIFIED);
  auto changed = request;
  changed.set_page_size(5);
  EXPECT_EQ(reason(changed), pb::ERROR_REASON_UNSPECIFIED);
  changed.set_key("y");
  EXPECT_EQ(reason(changed), pb::ERROR_REASON_INVALID_PAGE_TOKEN);
  changed = request;
  changed.set_glob("");
  EXPECT_EQ(reason(changed), pb::ERROR_REASON_INVALID_PAGE_TOKEN);
  changed = request;
  changed.set_page_token("x" + request.page_token());
  EXPECT_EQ(reason(changed), pb::ERROR_REASON_INVALID_PAGE_TOKEN);
}

TEST_F(SortedSetSampleTest, ScanRefusesWhatItCannotDo) {
  EXPECT_EQ(Call(&Service::Scan, "key: 'string'"), "WRONG_TYPE");
  EXPECT_EQ(Call(&Service::Scan, "key: 'z' page_size: -1"), "INVALID_FIELD");
  Add("long", {{std::string(20'000, 'x'), 1}});
  EXPECT_EQ(Call(&Service::Scan, "key: 'long'"), "RESPONSE_TOO_LARGE");
}

}  // namespace
}  // namespace kv::server
