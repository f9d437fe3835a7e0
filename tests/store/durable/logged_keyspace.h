#ifndef FASTKV_TESTS_STORE_DURABLE_LOGGED_KEYSPACE_H_
#define FASTKV_TESTS_STORE_DURABLE_LOGGED_KEYSPACE_H_

#include <condition_variable>
#include <forward_list>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/durable/commit_gate.h"
#include "store/durable/data_directory.h"
#include "store/durable/file_system.h"
#include "store/durable/log.h"
#include "store/durable/recovery.h"
#include "store/durable/take_snapshot.h"
#include "store/effect/durable_mark.h"
#include "store/keyspace.h"
#include "store/string_ops.h"
#include "store/transaction.h"
#include "tests/testing/keyspace_contents.h"
#include "tests/testing/random.h"

namespace kv::test {

inline constexpr char kDirectory[] = "data";

// LoggedKeyspace: a keyspace with a log, without the engine's background work:
// every step is the test's.
class LoggedKeyspace {
 public:
  LoggedKeyspace(store::FileSystem& files, store::LogOptions options) {
    store::DurableMark::Take();  // of another log's positions
    options.files = &files;
    options.directory = kDirectory;
    auto directory = store::DataDirectory::Open(files, kDirectory);
    status_ = directory.status();
    if (!status_.ok()) return;
    directory_ = *std::move(directory);
    auto recovery = store::Recover(*directory_, keyspace_);
    status_ = recovery.status();
    if (!status_.ok()) return;
    recovery_ = *std::move(recovery);
    auto log = store::Log::Start(options, recovery_.log.next_position, &gate_);
    status_ = log.status();
    if (!status_.ok()) return;
    log_ = *std::move(log);
    keyspace_.set_sink(log_.get());
  }
  ~LoggedKeyspace() { keyspace_.set_sink(nullptr); }

  // Of the opening.
  const absl::Status& status() const { return status_; }
  const store::Recovery& recovery() const { return recovery_; }
  store::Keyspace& keyspace() { return keyspace_; }
  store::Log& log() { return *log_; }
  const store::DataDirectory& directory() const { return *directory_; }
  Contents contents() { return ContentsOf(keyspace_, kNow); }

  // Waits until what this thread did since the last call has passed the gate.
  store::CommitGate::Verdict Await() {
    return Waiter(log_->gate()).Await(store::DurableMark::Take());
  }

  // Takes a snapshot, in pieces as small as can be; `meanwhile` is called
  // between them.
  absl::Status Snapshot(const std::function<void()>& meanwhile = [] {}) {
    constexpr store::TakeSnapshotOptions kSmall = {
        .block_bytes = 1,
        .walk = {.scan_bytes = 1,
                 .min_scan_entries = 1,
                 .piece_bytes = 1500,
                 .piece_members = 2}};
    const auto snapshot = store::TakeSnapshot(
        keyspace_, *log_, *directory_,
        [&](const store::SnapshotProgress&) {
          meanwhile();
          return true;
        },
        kSmall);
    if (!snapshot.ok()) return snapshot.status();
    return directory_->RemoveBefore(snapshot->begin);
  }

  void Set(absl::string_view name, absl::string_view value) {
    const store::Key key(name);
    store::Transaction txn(keyspace_, kNow, key);
    txn.PutString(key, value, store::kNoDeadline);
  }

  // One transaction that may do anything.
  void RunRandomTransaction(Random& random) {
    using store::Key;
    using store::Transaction;
    if (random.OneIn(15)) {
      Transaction txn(keyspace_, kNow, Transaction::AllShards());
      if (random.OneIn(3)) return txn.Clear(random.Below(2));
      return txn.SwapDatabases(0, 1);
    }
    static constexpr const char* kNames[] = {"a", "b", "c", "key"};
    const Key keys[] = {Key(random.OneOf(kNames), random.Below(2)),
                        Key(random.OneOf(kNames), random.Below(2))};
    // Transactions borrow what they are given.
    std::forward_list<std::string> lent;
    const auto lend = [&lent](std::string bytes) -> const std::string& {
      return lent.emplace_front(std::move(bytes));
    };
    Transaction txn(keyspace_, kNow, keys);
    for (size_t i = 0; i <= random.Below(3); ++i) {
      RunRandomOperation(random, txn, keys[i % 2], keys[(i + 1) % 2], lend);
    }
  }

  static constexpr store::TimeMs kNow = 1000;

 private:
  class Waiter final : private store::CommitGate::Listener {
   public:
    explicit Waiter(store::CommitGate& gate) : gate_(gate) { gate_.Add(this); }
    ~Waiter() override { gate_.Remove(this); }

    store::CommitGate::Verdict Await(const store::DurableMark& mark) {
      std::unique_lock<std::mutex> lock(mutex_);
      while (true) {
        woken_ = false;
        Expect();
        const auto verdict = gate_.Judge(mark);
        if (verdict != store::CommitGate::Verdict::kWait) return verdict;
        wakes_.wait(lock, [this] { return woken_; });
      }
    }

   private:
    void OnCommit() override {
      std::lock_guard<std::mutex> lock(mutex_);
      woken_ = true;
      wakes_.notify_one();
    }

    store::CommitGate& gate_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    bool woken_ = false;
  };

  template <typename Lend>
  static void RunRandomOperation(Random& random, store::Transaction& txn,
                                 const store::Key& key, const store::Key& other,
                                 const Lend& lend) {
    const store::Entry* entry = txn.Find(key);
    const bool is_set =
        entry != nullptr && entry->type() == store::ValueType::kSortedSet;
    const std::string& member =
        lend(std::string(1, static_cast<char>('m' + random.Below(4))));
    switch (random.Below(7)) {
      case 0:  // sometimes a blob
        return txn.PutString(
            key, lend(random.Bytes(random.OneIn(8) ? 5000 : random.Below(30))),
            random.OneIn(2) ? store::kNoDeadline
                            : kNow + random.Between(1, 99));
      case 1:
        txn.Erase(key);
        return;
      case 2:
        txn.SetDeadline(key, random.OneIn(2) ? store::kNoDeadline
                                             : kNow + random.Between(1, 99));
        return;
      case 3:
        if (entry != nullptr && !(key.bytes == other.bytes)) {
          txn.Move(key, other);
        }
        return;
      case 4:
        if (is_set) {
          txn.EraseMember(key, member);
        } else {
          (void)store::strings::Append(txn, key, lend(random.Bytes(5)));
        }
        return;
      case 5:
        if (!is_set) {
          (void)store::strings::SetRange(txn, key, random.Below(40), "xyz");
          return;
        }
        [[fallthrough]];
      default:
        if (entry == nullptr || is_set) {
          txn.PutMember(key, member, static_cast<double>(random.Below(9)));
        }
    }
  }

  store::Keyspace keyspace_{{.shards = 4}};
  std::unique_ptr<store::DataDirectory> directory_;
  store::Recovery recovery_;
  store::CommitGate gate_;
  std::unique_ptr<store::Log> log_;
  absl::Status status_;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_STORE_DURABLE_LOGGED_KEYSPACE_H_
