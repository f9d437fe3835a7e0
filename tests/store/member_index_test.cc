#include "store/member_index.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

// Members in an index, by name.
class MemberIndexTest : public testing::Test {
 protected:
  ~MemberIndexTest() override {
    for (const auto& [name, member] : model_) Member::Delete(member);
  }
  void Insert(const std::string& name) {
    if (model_.count(name) > 0) return;
    Member* member = Member::New(name, 1);
    model_[name] = member;
    index_.Insert(MemberIndex::HashOf(name), member);
  }
  void Erase(const std::string& name) {
    const auto it = model_.find(name);
    if (it == model_.end()) return;
    index_.Erase(MemberIndex::HashOf(name), it->second);
    Member::Delete(it->second);
    model_.erase(it);
  }
  Member* Find(const std::string& name) const {
    return index_.Find(MemberIndex::HashOf(name), name);
  }
  Member* Expected(const std::string& name) const {
    const auto it = model_.find(name);
    return it == model_.end() ? nullptr : it->second;
  }

  MemberIndex index_;
  std::map<std::string, Member*> model_;
};

TEST_F(MemberIndexTest, EmptyIndexFindsAndScansNothing) {
  EXPECT_EQ(Find(""), nullptr);
  EXPECT_EQ(index_.Scan(0, 10, [](const Member&) { FAIL(); }), 0u);
  EXPECT_EQ(index_.MemoryBytes(), 0u);
}

TEST_F(MemberIndexTest, RandomStepsAgreeWithAModel) {
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int step = 0; step < 30000; ++step) {
      const std::string name = std::to_string(random() % 1000);
      const unsigned erasures = step / 3000 % 2 == 0 ? 20 : 80;
      random() % 100 < erasures ? Erase(name) : Insert(name);
      if (step % 4 == 0) index_.CheckInvariants();
      const std::string other = std::to_string(random() % 1000);
      ASSERT_EQ(Find(other), Expected(other));
      ASSERT_EQ(index_.size(), model_.size());
    }
  }
}

// Only reachable with colliding hashes: here the caller hands them in.
TEST_F(MemberIndexTest, EqualAndExtremeHashesStayApart) {
  MemberIndex index;
  std::vector<Member*> members;
  for (int i = 0; i < 300; ++i) {
    members.push_back(Member::New(std::to_string(i), i));
    index.Insert(i % 3 == 0 ? 0 : 0xFFFFFFFF, members.back());
  }
  std::vector<std::set<const Member*>> visits(1);
  uint64_t cursor = 0;
  do {
    cursor = index.Scan(cursor, 1,
                        [&](const Member& m) { visits.back().insert(&m); });
    visits.emplace_back();
  } while (cursor != 0);
  EXPECT_EQ(visits[0].size(), 100u) << "equal hashes come in one visit";
  EXPECT_EQ(visits[1].size(), 200u);
  for (int i = 0; i < 300; ++i) {
    const uint32_t hash = i % 3 == 0 ? 0 : 0xFFFFFFFF;
    ASSERT_EQ(index.Find(hash, members[i]->view()), members[i]);
    index.Erase(hash, members[i]);
    ASSERT_EQ(index.Find(hash, members[i]->view()), nullptr);
    Member::Delete(members[i]);
  }
  EXPECT_EQ(index.size(), 0u);
}

TEST_F(MemberIndexTest, ScanSeesWhatStaysWhileTheIndexGrowsAndShrinks) {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 500; ++i) Insert("stays" + std::to_string(i));
    std::set<std::string> seen;
    uint64_t cursor = 0;
    int next = 0;
    do {
      size_t visited = 0;
      const size_t count = random() % 20;
      cursor = index_.Scan(cursor, count, [&](const Member& member) {
        seen.insert(std::string(member.view()));
        ++visited;
      });
      ASSERT_TRUE(cursor == 0 || visited >= count);
      for (int i = 0; i < 60; ++i) {
        const std::string name = "comes" + std::to_string(next++ % 2500);
        seed % 2 == 0 ? Insert(name) : Erase(name);
      }
      index_.CheckInvariants();
    } while (cursor != 0);
    for (int i = 0; i < 500; ++i) {
      ASSERT_EQ(seen.count("stays" + std::to_string(i)), 1u) << i;
    }
  }
}

TEST_F(MemberIndexTest, MemoryFollowsTheSize) {
  for (int i = 0; i < 10000; ++i) Insert(std::to_string(i));
  EXPECT_LE(index_.MemoryBytes(), 10000u * 18);
  for (int i = 0; i < 9990; ++i) Erase(std::to_string(i));
  index_.CheckInvariants();
  EXPECT_LE(index_.MemoryBytes(), 1000u);
}

// The pause of one insertion does not grow with the index: it never moves more
// than a segment, twice when a half is split anew, and the directory.
TEST_F(MemberIndexTest, NoStepMovesMoreThanASegmentAndTheDirectory) {
  constexpr int kMembers = 200000;
  uint64_t longest = 0;
  const auto expect_bounded = [&](auto step, int i) {
    const uint64_t before = index_.moved();
    step(std::to_string(i));
    longest = std::max(longest, index_.moved() - before);
    const uint64_t directory = 16 * (index_.size() / MemberIndex::kMaxSegment);
    ASSERT_LE(index_.moved() - before, 3 * MemberIndex::kMaxSegment + directory)
        << index_.size();
  };
  for (int i = 0; i < kMembers; ++i) {
    expect_bounded([this](const auto& name) { Insert(name); }, i);
  }
  EXPECT_GE(longest, MemberIndex::kMaxSegment) << "no segment was ever split";
  index_.CheckInvariants();
  for (int i = 0; i < kMembers; ++i) {
    expect_bounded([this](const auto& name) { Erase(name); }, i);
  }
  index_.CheckInvariants();
}

// Segments are split and joined all along.
TEST_F(MemberIndexTest, ManySegmentsAgreeWithAModel) {
  std::mt19937 random(3);
  for (int step = 0; step < 60000; ++step) {
    const std::string name = std::to_string(random() % 40000);
    const unsigned erasures = step / 20000 % 2 == 0 ? 5 : 95;
    random() % 100 < erasures ? Erase(name) : Insert(name);
    if (step % 500 == 0) index_.CheckInvariants();
    const std::string other = std::to_string(random() % 40000);
    ASSERT_EQ(Find(other), Expected(other));
    ASSERT_EQ(index_.size(), model_.size());
  }
}

TEST_F(MemberIndexTest, ScanSeesWhatStaysWhileSegmentsAreSplitAndJoined) {
  for (const bool grows : {true, false}) {
    SCOPED_TRACE(grows);
    for (int i = 0; i < 3000; ++i) Insert("stays" + std::to_string(i));
    if (!grows) {
      for (int i = 0; i < 30000; ++i) Insert("comes" + std::to_string(i));
    }
    std::set<std::string> seen;
    uint64_t cursor = 0;
    int next = 0;
    do {
      cursor = index_.Scan(cursor, 10, [&](const Member& member) {
        seen.insert(std::string(member.view()));
      });
      for (int i = 0; i < 100; ++i) {
        const std::string name = "comes" + std::to_string(next++ % 30000);
        grows ? Insert(name) : Erase(name);
      }
    } while (cursor != 0);
    index_.CheckInvariants();
    for (int i = 0; i < 3000; ++i) {
      ASSERT_EQ(seen.count("stays" + std::to_string(i)), 1u) << i;
    }
  }
}

TEST_F(MemberIndexTest, IsClearedInSteps) {
  for (int i = 0; i < 20000; ++i) Insert(std::to_string(i));
  int steps = 0;
  while (index_.ClearSome()) ++steps;
  EXPECT_GE(steps, 20000 / 1200);
}

}  // namespace
}  // namespace kv::store
