#ifndef FASTKV_SERVER_RPC_REQUEST_IDS_H_
#define FASTKV_SERVER_RPC_REQUEST_IDS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "server/rpc/rpc_status.h"
#include "store/base/mutex.h"

namespace kv::server {

struct RequestIdOptions {
  // How long an answer is remembered. Positive.
  int64_t window_ms = 60'000;
  // No new id is taken up while those that are remembered take so much.
  size_t max_bytes = size_t{128} << 20;
};

// RequestIds: the answers of calls that had a request_id, for a while, so that
// a repeat is answered as the first was instead of being run again.
//
// A call runs without any lock of this. A repeat that comes meanwhile waits for
// its end, and for nothing else: not for calls that happen to be near it in the
// table. What waits is a thread, so a call must never wait for another call; it
// runs to its end, which takes as long as its transaction. Answers that are
// held back until what they tell is durable are remembered when they are made:
// an answer that repeats them must be held back as any other answer is, until
// everything applied so far is durable.
//
// The bound on memory is for ids. Whether an answer is long shows when the call
// has changed something, and then it has to be kept: answers of the calls that
// run at a time, one a thread, may exceed the bound.
//
// Owns       what it remembers.
// Threads    safe. Run may wait for a call of another thread.
// Locks      a stripe's mutex is held for table work only; nothing is locked
//            under it. Run is called without any shard locked.
// Invariant  (1) the records that are done are in their stripe's queue, by
//            ascending time of expiry; (2) bytes() is the sum of all records
//            and tables.
// Cost       O(1), amortised: an expired record goes with the next call in its
//            stripe.
class RequestIds {
 public:
  static constexpr size_t kMaxIdBytes = 64;

  // Distinguishes the methods: the address of something of their own.
  using Method = const void*;

  explicit RequestIds(const RequestIdOptions& options);
  // REQUIRES: no call runs.
  ~RequestIds();

  RequestIds(const RequestIds&) = delete;
  RequestIds& operator=(const RequestIds&) = delete;

  // Calls run(answer), which writes its answer if it succeeds, unless a call
  // with this method and id has succeeded within the window: then that one's
  // answer is in `first_answer`, which is empty otherwise. If one is running,
  // waits for it first. `fingerprint` tells requests apart; `now_ms` comes from
  // a clock that is never set.
  // REQUIRES: the id is not empty; the caller holds no shard.
  //
  // Beside the errors of run: REQUEST_ID_REUSED, REQUEST_IDS_EXHAUSTED.
  RpcStatus Run(int64_t now_ms, Method method, absl::string_view id,
                uint64_t fingerprint,
                absl::FunctionRef<RpcStatus(std::string* answer)> run,
                absl::optional<std::string>* first_answer);

  // How many ids are known, expired ones that were not met yet included, and
  // the memory that they take.
  size_t size() const;
  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  // Aborts unless the invariants hold. REQUIRES: no call runs.
  void CheckInvariants() const;

 private:
  struct Record;
  // What a record is found by.
  struct Name {
    Method method;
    absl::string_view id;
    size_t hash;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(const Name& name) const { return name.hash; }
    size_t operator()(const Record* record) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Record* a, const Record* b) const { return a == b; }
    bool operator()(const Record* record, const Name& name) const;
  };
  using Table = absl::flat_hash_set<Record*, Hash, Equal>;

  struct alignas(64) Stripe {
    mutable store::Mutex mutex;
    Table table ABSL_GUARDED_BY(mutex);
    // The records that are done, linked in the order in which they expire.
    Record* oldest ABSL_GUARDED_BY(mutex) = nullptr;
    Record* newest ABSL_GUARDED_BY(mutex) = nullptr;
    // How many calls have ended: what a repeat waits on. Changed under the
    // mutex, so that no end is missed.
    std::atomic<uint32_t> ended{0};
  };

  Stripe& StripeOf(const Name& name) {
    // The high bits: the table uses the low ones.
    return stripes_[name.hash >> (64 - kStripeBits)];
  }
  // What there is to do about a call.
  struct Step {
    enum class Kind : uint8_t {
      kRun,     // nobody has run it: `record` is made for it
      kAnswer,  // it was run, and its answer copied
      kRefuse,  // the id is that of another request
      kWait,    // until stripe.ended is not `ended`
      kNoRoom,
    };
    Kind kind;
    Record* record = nullptr;
    uint32_t ended = 0;
  };
  Step Look(Stripe& stripe, const Name& name, uint64_t fingerprint,
            int64_t now_ms, absl::optional<std::string>* first_answer);
  // Makes a record of a call that begins; null: there is no room.
  Record* Begin(Stripe& stripe, const Name& name, uint64_t fingerprint)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(stripe.mutex);
  // Takes up the answer of a call that succeeded; forgets one that failed.
  void End(Stripe& stripe, Record* record, bool succeeded, int64_t now_ms,
           std::string answer);
  void Expire(Stripe& stripe, int64_t now_ms)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(stripe.mutex);
  // Expires in all stripes, and tells how long it takes until the next record
  // does: a positive time, as if one that runs were done at once.
  // REQUIRES: no stripe is locked.
  int64_t ExpireEverywhere(int64_t now_ms);
  void Forget(Stripe& stripe, Record* record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(stripe.mutex);

  static constexpr int kStripeBits = 4;

  const RequestIdOptions options_;
  std::atomic<size_t> bytes_{0};
  std::array<Stripe, 1 << kStripeBits> stripes_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_REQUEST_IDS_H_
