#include "store/avl_tree.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

// Prefixes of ten items tie, so that searches must also look at the items.
struct SmallRuns {
  static constexpr size_t kRunCapacity = 4;
  using Prefix = int;
  static Prefix PrefixOf(int item) { return item / 10; }
  static void Prefetch(int) {}
};
struct LargeRuns : SmallRuns {
  static constexpr size_t kRunCapacity = 64;
};

template <typename Traits>
class AvlTreeTest : public testing::Test {
 protected:
  using Tree = AvlTree<int, Traits>;
  using Iterator = typename Tree::Iterator;

  static auto Before(int key) {
    return [key](int prefix, int item) {
      return prefix != key / 10 ? prefix < key / 10 : item < key;
    };
  }
  Iterator Find(int key) const {
    return tree_.Find(key, [key](int prefix, int item) {
      return prefix != key / 10 ? prefix < key / 10 : item <= key;
    });
  }
  void Insert(int key) {
    if (model_.insert(key).second) tree_.Insert(key, Before(key));
  }
  void Erase(int key) {
    const Iterator it = Find(key);
    ASSERT_EQ(it.at_end(), model_.count(key) == 0) << key;
    if (it.at_end()) return;
    ExpectAt(tree_.Erase(it), model_.erase(model_.find(key)));
  }
  void EraseRange(size_t rank, size_t count) {
    auto first = std::next(model_.begin(), std::min(rank, model_.size()));
    auto last = first;
    for (size_t i = 0; i < count && last != model_.end(); ++i) ++last;
    ExpectAt(tree_.Erase(tree_.Select(rank), count), model_.erase(first, last));
  }
  void ExpectAt(Iterator it, std::set<int>::iterator expected) {
    ASSERT_EQ(it.at_end(), expected == model_.end());
    if (!it.at_end()) {
      EXPECT_EQ(*it, *expected);
    }
  }
  void CheckInvariants() { tree_.CheckInvariants(std::less<int>()); }

  // Everything a reader can ask about one key.
  void ExpectReadsAgree(int key) {
    const auto expected = model_.lower_bound(key);
    const size_t rank = std::distance(model_.begin(), expected);
    const Iterator it = tree_.LowerBound(Before(key));
    ExpectAt(it, expected);
    EXPECT_EQ(tree_.Rank(it), rank);
    EXPECT_EQ(tree_.CountBefore(Before(key)), rank);
    EXPECT_EQ(tree_.Select(rank), it);
    EXPECT_EQ(Find(key).at_end(), model_.count(key) == 0);
  }
  void ExpectSameSequence() {
    ASSERT_EQ(tree_.size(), model_.size());
    Iterator it = tree_.First();
    for (int key : model_) {
      ASSERT_FALSE(it.at_end());
      ASSERT_EQ(*it, key);
      ++it;
    }
    EXPECT_TRUE(it.at_end());
    it = tree_.Last();
    for (auto key = model_.rbegin(); key != model_.rend(); ++key, --it) {
      ASSERT_EQ(*it, *key);
    }
    EXPECT_TRUE(it.at_end());
  }

  Tree tree_;
  std::set<int> model_;
};

using AllTraits = testing::Types<SmallRuns, LargeRuns>;
TYPED_TEST_SUITE(AvlTreeTest, AllTraits);

TYPED_TEST(AvlTreeTest, EmptyTreeHasNothing) {
  EXPECT_TRUE(this->tree_.First().at_end());
  EXPECT_TRUE(this->tree_.Last().at_end());
  EXPECT_TRUE(this->tree_.Select(0).at_end());
  EXPECT_TRUE(this->Find(1).at_end());
  EXPECT_EQ(this->tree_.CountBefore(this->Before(1)), 0u);
  EXPECT_TRUE(this->tree_.Erase(this->tree_.First(), 3).at_end());
  this->CheckInvariants();
}

TYPED_TEST(AvlTreeTest, RandomStepsAgreeWithAModel) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    this->tree_.Clear();
    this->model_.clear();
    for (int step = 0; step < 20000; ++step) {
      // The share of erasures swings, so that the tree grows and dies.
      const int key = random() % 800;
      const unsigned erasures = step / 1000 % 2 == 0 ? 30 : 65;
      if (random() % 100 >= erasures) {
        this->Insert(key);
      } else if (random() % 50 != 0) {
        this->Erase(key);
      } else {
        this->EraseRange(random() % 800, random() % 40);
      }
      this->CheckInvariants();
      this->ExpectReadsAgree(random() % 802 - 1);
      if (step % 100 == 0) this->ExpectSameSequence();
      if (this->HasFatalFailure()) return;
    }
  }
}

TYPED_TEST(AvlTreeTest, OrderedInsertionFillsRuns) {
  constexpr size_t kItems = 64 * 100;
  const size_t full_runs = kItems / TypeParam::kRunCapacity;
  const size_t run_bytes = [] {
    typename TestFixture::Tree one;
    one.Insert(0, [](int, int) { return false; });
    return one.MemoryBytes();
  }();
  for (size_t i = 0; i < kItems; ++i) this->Insert(i);
  this->CheckInvariants();
  EXPECT_EQ(this->tree_.MemoryBytes(), full_runs * run_bytes);
  for (size_t i = 1; i <= kItems; ++i) this->Insert(-10 * static_cast<int>(i));
  this->CheckInvariants();
  EXPECT_EQ(this->tree_.MemoryBytes(), 2 * full_runs * run_bytes);
  this->ExpectSameSequence();
}

TYPED_TEST(AvlTreeTest, DescendingInsertionIntoAGapFillsRuns) {
  constexpr int kItems = 64 * 100;
  for (int i = 0; i < 64; ++i) this->Insert(i);
  const size_t before = this->tree_.MemoryBytes();
  for (int i = kItems; i > 64; --i) this->Insert(i);
  this->CheckInvariants();
  EXPECT_LE(this->tree_.MemoryBytes(), before * kItems / 64 + before);
}

TYPED_TEST(AvlTreeTest, ErasedRunsAreJoined) {
  constexpr int kItems = 64 * 100;
  for (int i = 0; i < kItems; ++i) this->Insert(i);
  const size_t full = this->tree_.MemoryBytes();
  for (int i = 0; i < kItems; ++i) {
    if (i % 8 != 0) this->Erase(i);
    if (i % 64 == 0) this->CheckInvariants();
  }
  this->CheckInvariants();
  this->ExpectSameSequence();
  EXPECT_LT(this->tree_.MemoryBytes(), full / 2);
  this->EraseRange(0, kItems);
  EXPECT_TRUE(this->tree_.empty());
  EXPECT_EQ(this->tree_.MemoryBytes(), 0u);
}

TYPED_TEST(AvlTreeTest, MovedTreeTakesTheItemsAlong) {
  for (int i = 0; i < 1000; ++i) this->Insert(i);
  typename TestFixture::Tree other(std::move(this->tree_));
  EXPECT_EQ(other.size(), 1000u);
  EXPECT_EQ(this->tree_.size(), 0u);  // NOLINT: a moved-from tree is empty
  this->tree_ = std::move(other);
  this->ExpectSameSequence();
}

// Splits alone would leave runs 69 % full, and with moves even less.
TEST(AvlTreeFillTest, RunsStayFullUnderInsertionsAndMovesInRandomOrder) {
  constexpr int kItems = 50000;
  AvlTree<int, LargeRuns> tree;
  const auto before = [](int key) {
    return [key](int, int item) { return item < key; };
  };
  std::mt19937 random(1);
  std::set<int> items;
  while (items.size() < kItems) {
    const int item = static_cast<int>(random() % 1000000000);
    if (items.insert(item).second) tree.Insert(item, before(item));
  }
  constexpr double kItemsAByte = 64.0 / (64 * sizeof(int) + 48);
  EXPECT_GE(kItems / (tree.MemoryBytes() * kItemsAByte), 0.78);
  for (int i = 0; i < kItems; ++i) {
    tree.Erase(tree.Select(random() % tree.size()));
    const int item = static_cast<int>(random() % 1000000000);
    tree.Insert(item, before(item));
  }
  tree.CheckInvariants(std::less_equal<int>());
  EXPECT_GE(kItems / (tree.MemoryBytes() * kItemsAByte), 0.74);
}

TEST(AvlTreeClearTest, ATreeIsClearedInSteps) {
  AvlTree<int, SmallRuns> tree;
  for (int i = 0; i < 400; ++i) tree.Insert(i, [](int, int) { return true; });
  int steps = 1;
  while (tree.ClearSome(10)) ++steps;
  EXPECT_EQ(steps, 10);  // 100 full nodes
  EXPECT_EQ(tree.MemoryBytes(), 0u);
}

}  // namespace
}  // namespace kv::store
