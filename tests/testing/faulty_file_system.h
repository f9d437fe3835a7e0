#ifndef FASTKV_TESTS_TESTING_FAULTY_FILE_SYSTEM_H_
#define FASTKV_TESTS_TESTING_FAULTY_FILE_SYSTEM_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "store/durable/file_system.h"
#include "tests/testing/random.h"

namespace kv::test {

// FaultyFileSystem: a disk in memory that can lose power at every step.
//
// A power failure takes what was not synced: of each file every block is as
// after any number of the writes since the last sync, each by itself, and where
// the file grew also zeros, garbage or nothing; of the directory any number of
// the last changes. What was being written is torn.
//
// Threads    safe.
class FaultyFileSystem final : public store::FileSystem {
 public:
  explicit FaultyFileSystem(uint64_t seed = 1) : random_(seed) {}

  // Steps are calls that change something or make it durable.
  uint64_t steps() const;
  // The power fails in the step of this number, counted from 1; 0: never.
  void FailPowerAt(uint64_t step);
  bool has_power() const;
  // The machine starts again, with what the disk still has. Files that were
  // open stay dead.
  void Restart();

  // From now on syncs fail, or do not return until told otherwise.
  void FailSyncs();
  void HoldSyncs(bool hold);
  // Lets one that is held, or the next, return.
  void LetOneSync();
  // How much fits onto the disk.
  void SetCapacity(uint64_t bytes);

  // All files, by path; and what is on the disk now is durable.
  using Files = std::map<std::string, std::string>;
  Files files() const;
  void SetFiles(const Files& files);

  absl::Status MakeDirectory(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<store::OutputFile>> Create(
      const std::string& path) override;
  absl::StatusOr<std::unique_ptr<store::InputFile>> Open(
      const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status Truncate(const std::string& path, uint64_t size) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<store::FileLock>> Lock(
      const std::string& path) override;

 private:
  class Output;
  class Input;
  class HeldLock;

  struct Write {
    size_t offset;
    std::string bytes;
    // What of it lies between `begin` and `end`.
    void CopyTo(std::string* to, size_t begin, size_t end) const;
  };
  struct File {
    std::string bytes;          // as programs see it
    std::string durable;        // as of the last sync
    std::vector<Write> writes;  // since
    void Apply(const Write& write);
    void Sync();
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;
  using Change = std::function<void(Names&)>;

  // Counts a step. False: there is no power, or it fails now; then `failing`.
  bool Step(bool* failing = nullptr);
  // What the disk has of a file after a power failure.
  std::string Torn(const File& file);
  void ChangeNames(Change change);
  uint64_t used() const;

  mutable std::mutex mutex_;
  std::condition_variable syncs_allowed_;
  Random random_;
  Names names_;
  Names durable_names_;
  std::vector<Change> unsynced_changes_;
  bool locked_ = false;
  uint64_t steps_ = 0;
  uint64_t fail_at_ = 0;
  uint64_t boot_ = 0;  // number of restarts
  bool power_ = true;
  bool syncs_fail_ = false;
  bool syncs_held_ = false;
  uint64_t syncs_let_ = 0;  // though they are held
  uint64_t capacity_ = UINT64_MAX;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_TESTING_FAULTY_FILE_SYSTEM_H_
