// The power fails at every step of the life of a log and its snapshots: every
// write, sync, rename, removal and truncation, of a start as well. What the
// next start finds must be what the model had after some number of whole
// transactions: with `always` all that were acknowledged, with any policy all
// that a snapshot has, and at most those under way besides.

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "store/durable/log.h"
#include "tests/store/durable/logged_keyspace.h"
#include "tests/testing/faulty_file_system.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"

namespace kv::store {
namespace {

using test::Contents;
using test::FaultyFileSystem;
using test::LoggedKeyspace;

// Small, so that segments end often, and so that a group finds all kinds of
// room: none, not enough, enough for several.
constexpr uint64_t kSegmentBytes = 400;
constexpr uint64_t kRoomBytes = 150;

class CrashTest : public testing::TestWithParam<FsyncPolicy> {
 protected:
  // Runs until the power fails, or for `transactions`. States holds what the
  // keyspace was after each transaction; the first `acknowledged_` of them, the
  // start not counted, must not be lost.
  void RunUntilCrash(FaultyFileSystem& files, test::Random& random,
                     int transactions) {
    states_.clear();
    acknowledged_ = 0;
    LoggedKeyspace live(files, Options());
    if (!live.status().ok()) return;  // it failed during the start
    states_.push_back(live.contents());
    const auto run_transaction = [&] {
      live.RunRandomTransaction(random);
      states_.push_back(live.contents());
      const bool passed = live.Await() == CommitGate::Verdict::kPassed;
      if (passed && GetParam() == FsyncPolicy::kAlways) {
        acknowledged_ = states_.size() - 1;
      }
    };
    for (int i = 0; i < transactions && files.has_power(); ++i) {
      run_transaction();
      if (!random.OneIn(6)) continue;
      const absl::Status status = live.Snapshot([&] {
        if (random.OneIn(4)) run_transaction();
      });
      if (status.ok()) acknowledged_ = states_.size() - 1;
    }
  }

  // A buffer so small that each transaction is written before the next.
  static LogOptions Options() {
    return {.fsync = GetParam(),
            .segment_bytes = kSegmentBytes,
            .room_bytes = kRoomBytes,
            .buffer_bytes = 1};
  }

  // Starts again, and finds out which of the states that is.
  void ExpectAState(FaultyFileSystem& files, const Contents& before) {
    LoggedKeyspace again(files, Options());
    ASSERT_TRUE(again.status().ok()) << again.status();
    const Contents found = again.contents();
    if (states_.empty()) {
      ASSERT_EQ(found, before);
      return;
    }
    for (size_t i = acknowledged_; i < states_.size(); ++i) {
      if (states_[i] == found) return;
    }
    size_t lost = 0;
    while (lost < acknowledged_ && !(states_[lost] == found)) ++lost;
    FAIL() << "found state " << lost << ", not one of " << acknowledged_
           << " to " << states_.size() - 1;
  }

  std::vector<Contents> states_;
  size_t acknowledged_ = 0;
};

TEST_P(CrashTest, AtEveryStepLosesNothingAcknowledged) {
  const uint64_t seed = test::SeedOr(1);
  for (uint64_t step = 1;; ++step) {
    SCOPED_TRACE(testing::Message()
                 << "FASTKV_TEST_SEED=" << seed << " step " << step);
    FaultyFileSystem files(seed + step);
    test::Random random(seed);
    files.FailPowerAt(step);
    RunUntilCrash(files, random, 20);
    const bool crashed = !files.has_power();
    files.FailPowerAt(0);
    if (crashed) files.Restart();
    ExpectAState(files, {});
    if (HasFatalFailure() || !crashed) return;
  }
}

TEST_P(CrashTest, AgainAndAgainOnTheSameDisk) {
  const uint64_t seed = test::SeedOr(2);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  FaultyFileSystem files(seed);
  test::Random random(seed);
  Contents before;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    files.FailPowerAt(files.steps() + 1 + random.Below(40));
    RunUntilCrash(files, random, 10);
    files.FailPowerAt(0);
    if (!files.has_power()) files.Restart();
    ExpectAState(files, before);
    if (HasFatalFailure()) return;
    LoggedKeyspace found(files, Options());
    before = found.contents();
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, CrashTest,
                         testing::Values(FsyncPolicy::kAlways,
                                         FsyncPolicy::kEverySec,
                                         FsyncPolicy::kNo));

}  // namespace
}  // namespace kv::store
