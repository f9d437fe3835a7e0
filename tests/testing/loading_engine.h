#ifndef FASTKV_TESTS_TESTING_LOADING_ENGINE_H_
#define FASTKV_TESTS_TESTING_LOADING_ENGINE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "store/durable/recovery.h"
#include "store/engine.h"
#include "tests/testing/faulty_file_system.h"

namespace kv::test {

// LoadingEngine: an engine whose load stands still, half done, until the test
// says so. What it loads: the string "k" with the value "v", and then 10 more
// keys, "k0" to "k9".
class LoadingEngine {
 public:
  LoadingEngine();
  // Lets the load end.
  ~LoadingEngine();

  store::Engine& engine() { return *engine_; }
  FaultyFileSystem& files() { return files_; }

  // Lets the load go on, and returns how it ended.
  absl::Status Finish() { return End(/*give_up=*/false); }
  // Has it given up.
  absl::Status GiveUp() { return End(/*give_up=*/true); }

 private:
  void WriteData();
  bool OnProgress(const store::RecoveryProgress& progress);
  absl::Status End(bool give_up);

  FaultyFileSystem files_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stands_ = false;
  bool goes_on_ = false;
  bool gives_up_ = false;
  std::unique_ptr<store::Engine> engine_;
  absl::Status status_;
  std::thread loader_;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_TESTING_LOADING_ENGINE_H_
