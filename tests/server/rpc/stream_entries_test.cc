#include "server/rpc/stream_entries.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fastkv/v1/key_value.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/rpc_limits.h"
#include "tests/server/rpc/stream_driver.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

class StreamEntriesTest : public test::KeyspaceFixture {
 protected:
  // An entry put together from its pieces.
  struct Entry {
    std::string string;
    std::map<std::string, double> members;
    bool is_set = false;
    uint64_t version = 0;
    int64_t expire_time_ms = 0;
    size_t pieces = 0;
  };

  using Entries = std::map<std::string, Entry>;

  Entries ReadAll(
      const pb::StreamEntriesRequest& request,
      const std::function<void()>& between = [] {}) {
    StreamEntries handler(keyspace_, limits_);
    StreamDriver<pb::StreamEntriesResponse> stream(&handler);
    stream.now = now_;
    stream.between = between;
    stream.Send(request);
    EXPECT_TRUE(stream.ended);
    status_ = stream.status;
    sizes_ = stream.sizes;
    for (const size_t size : sizes_) EXPECT_LE(size, limits_.response_bytes);
    Entries entries;
    std::string continued;
    bool continues = false;
    for (const auto& response : stream.received) {
      for (const pb::EntryPiece& piece : response.entries()) {
        if (continues) {
          EXPECT_EQ(piece.key(), continued);
        } else {
          EXPECT_EQ(entries.count(piece.key()), 0) << "twice " << piece.key();
        }
        Entry& entry = entries[piece.key()];
        entry.string += piece.string_value();
        entry.is_set = piece.has_sorted_set();
        for (const auto& member : piece.sorted_set().members()) {
          entry.members[member.member()] = member.score();
        }
        entry.version = piece.version();
        entry.expire_time_ms = piece.expire_time_ms();
        ++entry.pieces;
        continued = piece.key();
        continues = piece.continues();
      }
    }
    EXPECT_FALSE(continues);
    return entries;
  }

  RpcLimits limits_{size_t{1} << 20};
  RpcStatus status_;
  std::vector<size_t> sizes_;
};

TEST_F(StreamEntriesTest, AnEmptyKeyspaceEndsAtOnce) {
  EXPECT_TRUE(ReadAll({}).empty());
  EXPECT_TRUE(status_.ok());
}

TEST_F(StreamEntriesTest, EveryKindOfEntryComesAsItIs) {
  test::Random random(1);
  std::map<std::string, std::string> strings;
  std::map<std::string, std::map<std::string, double>> sets;
  for (const int size : {0, 1, 100, 4096, 5000, 70'000, 3'000'000}) {
    const std::string key = absl::StrCat("s", size);
    strings[key] = random.Bytes(size);
    Set(key, strings[key], size == 100 ? now_ + 500 : store::kNoDeadline);
  }
  for (const int size : {1, 100, 128, 129, 5000}) {
    const std::string key = absl::StrCat("z", size);
    for (int i = 0; i < size; ++i) {
      const std::string member = absl::StrCat("m", i, random.Bytes(10));
      sets[key][member] = i;
      AddMember(key, member, i);
    }
  }
  Set("gone", "v", now_ + 1);
  now_ += 1;
  for (const int message_bytes : {0, 1, 5000, 1 << 30}) {
    pb::StreamEntriesRequest request;
    request.set_message_bytes(message_bytes);
    const Entries entries = ReadAll(request);
    EXPECT_EQ(entries.size(), strings.size() + sets.size());
    for (const auto& [key, value] : strings) {
      EXPECT_TRUE(entries.at(key).string == value) << key;
      EXPECT_FALSE(entries.at(key).is_set);
    }
    for (const auto& [key, members] : sets) {
      EXPECT_EQ(entries.at(key).members, members) << key;
      EXPECT_TRUE(entries.at(key).is_set);
    }
    for (const auto& [key, entry] : entries) {
      const auto metadata = Describe(key);
      EXPECT_EQ(entry.version, metadata->version);
      EXPECT_EQ(entry.expire_time_ms, metadata->deadline == store::kNoDeadline
                                          ? 0
                                          : metadata->deadline);
    }
    if (message_bytes == 5000) {
      EXPECT_EQ(entries.at("s3000000").pieces, 600);
    }
  }
}

TEST_F(StreamEntriesTest, FiltersLeaveOut) {
  Set("a1", "v");
  Set("a2", std::string(100'000, 'x'));
  Set("b1", "v");
  AddMember("a3", "m", 1);
  for (int i = 0; i < 1000; ++i) AddMember("b3", absl::StrCat(i), 1);
  pb::StreamEntriesRequest request;
  request.set_prefix("a");
  EXPECT_EQ(ReadAll(request).size(), 3);
  request.set_type(pb::VALUE_TYPE_SORTED_SET);
  EXPECT_EQ(ReadAll(request).size(), 1);
  request.set_glob("?3");
  EXPECT_EQ(ReadAll(request).size(), 2);
  request.set_type(pb::VALUE_TYPE_STRING);
  EXPECT_EQ(ReadAll(request).size(), 0);
  request.set_type(static_cast<pb::ValueType>(99));
  ReadAll(request);
  EXPECT_EQ(status_.reason(), pb::ERROR_REASON_INVALID_FIELD);
  request.Clear();
  request.set_message_bytes(-1);
  ReadAll(request);
  EXPECT_EQ(status_.reason(), pb::ERROR_REASON_INVALID_FIELD);
}

TEST_F(StreamEntriesTest, MessagesAreAboutAsLongAsAskedFor) {
  for (int i = 0; i < 20'000; ++i) Set(absl::StrCat("key", i), "value");
  pb::StreamEntriesRequest request;
  request.set_message_bytes(10'000);
  EXPECT_EQ(ReadAll(request).size(), 20'000);
  for (size_t i = 0; i + 1 < sizes_.size(); ++i) {
    EXPECT_GE(sizes_[i], 10'000);
    EXPECT_LE(sizes_[i], 10'200);
  }
}

TEST_F(StreamEntriesTest, AWalkThatFindsNothingPausesForOthers) {
  for (int i = 0; i < 50'000; ++i) Set(absl::StrCat("key", i), "");
  pb::StreamEntriesRequest request;
  request.set_prefix("none");
  StreamEntries handler(keyspace_, limits_);
  StreamDriver<pb::StreamEntriesResponse> stream(&handler);
  stream.Send(request);
  EXPECT_TRUE(stream.ended);
  EXPECT_GE(stream.pauses, 1);
}

TEST_F(StreamEntriesTest, WhatNoMessageCanHoldEndsTheStream) {
  Set("small", "v");
  Set(std::string(limits_.response_bytes, 'k'), "v");
  ReadAll({});
  EXPECT_EQ(status_.reason(), pb::ERROR_REASON_RESPONSE_TOO_LARGE);
}

// The promise of the call: while everything changes, an entry that exists all
// the time comes exactly once, and whole.
TEST_F(StreamEntriesTest, EntriesThatStayComeOnceWhileOthersComeAndGo) {
  const uint64_t seed = test::SeedOr(22);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  test::Random random(seed);
  for (int round = 0; round < 4; ++round) {
    std::map<std::string, std::string> strings;
    std::map<std::string, std::map<std::string, double>> sets;
    for (int i = 0; i < 500; ++i) {
      const std::string key = absl::StrCat("stays", round, ".", i);
      strings[key] = random.Bytes(random.OneIn(50) ? 30'000 : random.Below(50));
      Set(key, strings[key]);
    }
    for (int i = 0; i < 20; ++i) {
      const std::string key = absl::StrCat("set", round, ".", i);
      const size_t size = random.OneIn(4) ? 2000 : 1 + random.Below(100);
      for (size_t m = 0; m < size; ++m) {
        sets[key][absl::StrCat("m", m)] = static_cast<double>(m);
        AddMember(key, absl::StrCat("m", m), static_cast<double>(m));
      }
    }
    int step = 0;
    const auto between = [&] {
      ++step;
      for (int i = 0; i < 20; ++i) {
        const std::string key = absl::StrCat("other", random.Below(3000));
        const store::Key k(key);
        // The tables grow in one half of the rounds and shrink in the other.
        if (random.OneIn(round % 2 == 0 ? 8 : 2)) {
          Run(k, [&](store::Transaction& txn) { txn.Erase(k); });
        } else if (random.OneIn(3)) {
          Run(k, [&](store::Transaction& txn) { txn.Erase(k); });
          AddMember(key, absl::StrCat(random.Below(1000)), 1);
        } else {
          Set(key, random.Bytes(random.OneIn(200) ? 12'000 : 20));
        }
      }
      // Members come and go in the sets too.
      const std::string set = absl::StrCat("set", round, ".", random.Below(20));
      AddMember(set, absl::StrCat("new", step), 7);
    };
    pb::StreamEntriesRequest request;
    request.set_message_bytes(5000);
    const Entries entries = ReadAll(request, between);
    EXPECT_TRUE(status_.ok());
    EXPECT_GT(step, 5);
    for (const auto& [key, value] : strings) {
      const auto found = entries.find(key);
      ASSERT_NE(found, entries.end()) << key;
      EXPECT_TRUE(found->second.string == value) << key;
    }
    for (const auto& [key, members] : sets) {
      const auto found = entries.find(key);
      ASSERT_NE(found, entries.end()) << key;
      for (const auto& [member, score] : members) {
        ASSERT_EQ(found->second.members.count(member), 1) << key;
      }
    }
  }
}

TEST_F(StreamEntriesTest, AnEntryThatGoesInTheMiddleOfItsPiecesIsEnded) {
  for (int i = 0; i < 5000; ++i) AddMember("z", absl::StrCat(i), i);
  pb::StreamEntriesRequest request;
  request.set_message_bytes(2000);
  for (const bool becomes_string : {false, true}) {
    int step = 0;
    const Entries entries = ReadAll(request, [&] {
      if (++step != 3) return;
      const store::Key key("z");
      Run(key, [&](store::Transaction& txn) { txn.Erase(key); });
      if (becomes_string) Set("z", "v");
    });
    EXPECT_TRUE(status_.ok());
    EXPECT_GT(entries.at("z").members.size(), 0);
    EXPECT_LT(entries.at("z").members.size(), 5000);
    EXPECT_EQ(entries.at("z").string, "");
    const store::Key key("z");
    Run(key, [&](store::Transaction& txn) { txn.Erase(key); });
    for (int i = 0; i < 5000; ++i) AddMember("z", absl::StrCat(i), i);
  }
}

}  // namespace
}  // namespace kv::server
