#include "tests/testing/loading_engine.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/durable/commit_gate.h"
#include "store/durable/log.h"
#include "store/effect/durable_mark.h"
#include "store/transaction.h"

namespace kv::test {
namespace {

std::unique_ptr<store::Engine> Open(store::DurabilityOptions options,
                                    FaultyFileSystem* files) {
  options.log.files = files;
  options.log.directory = "data";
  options.log.fsync = store::FsyncPolicy::kAlways;
  auto engine = store::Engine::Open({.keyspace = {.shards = 8}}, options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return *std::move(engine);
}

// Returns when it is durable: each call is a group of its own.
void Put(store::Engine& engine, const std::string& name) {
  const store::Key key(name);
  store::DurableMark::Take();  // of another log's positions
  {
    store::Transaction txn(engine.keyspace(), store::WallTimeMs(), key);
    txn.PutString(key, "v", store::kNoDeadline);
  }
  const store::DurableMark mark = store::DurableMark::Take();
  while (engine.commit_gate()->Judge(mark) ==
         store::CommitGate::Verdict::kWait) {
    std::this_thread::yield();
  }
}

}  // namespace

LoadingEngine::LoadingEngine() {
  WriteData();
  engine_ = Open({.recovery = {.go_on =
                                   [this](const auto& progress) {
                                     return OnProgress(progress);
                                   }}},
                 &files_);
  loader_ = std::thread([this] { status_ = engine_->Load(); });
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stands_; });
}

LoadingEngine::~LoadingEngine() { (void)Finish(); }

absl::Status LoadingEngine::End(bool give_up) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    goes_on_ = true;
    gives_up_ = give_up;
  }
  changed_.notify_all();
  if (loader_.joinable()) loader_.join();
  return status_;
}

void LoadingEngine::WriteData() {
  const auto engine = Open({}, &files_);
  ASSERT_TRUE(engine->Load().ok());
  Put(*engine, "k");
  for (int i = 0; i < 10; ++i) Put(*engine, absl::StrCat("k", i));
}

bool LoadingEngine::OnProgress(const store::RecoveryProgress& progress) {
  if (progress.records == 0) return true;
  std::unique_lock<std::mutex> lock(mutex_);
  stands_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return goes_on_; });
  return !gives_up_;
}

}  // namespace kv::test
