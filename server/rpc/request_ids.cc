#include "server/rpc/request_ids.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "absl/hash/hash.h"
#include "store/base/check.h"
#include "store/effect/durable_mark.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// A client that was refused waits at least so long, also if there will be room
// sooner: others have been refused as well.
constexpr int64_t kMinRetryDelayMs = 100;

// A slot and its control byte.
constexpr size_t kSlotBytes = sizeof(void*) + 1;

// What a string has allocated.
size_t HeapBytes(const std::string& string) {
  static const size_t inside = std::string().capacity();
  return string.capacity() <= inside ? 0 : string.capacity() + 1;
}

RpcStatus Reused(std::string message) {
  return {pb::ERROR_REASON_REQUEST_ID_REUSED, std::move(message)};
}

RpcStatus Exhausted(int64_t retry_delay_ms) {
  RpcStatus status(pb::ERROR_REASON_REQUEST_IDS_EXHAUSTED,
                   "the server remembers as many request ids as it may");
  status.SetRetryDelay(std::max(retry_delay_ms, kMinRetryDelayMs));
  return status;
}

}  // namespace

// A call that runs, or one that has succeeded. One allocation with its id, and
// one more for an answer that does not fit inside a string.
struct RequestIds::Record {
  static Record* New(const Name& name, uint64_t fingerprint) {
    void* memory = ::operator new(sizeof(Record) + name.id.size());
    auto* record = new (memory) Record;
    record->hash = name.hash;
    record->method = name.method;
    record->fingerprint = fingerprint;
    record->id_size = static_cast<uint8_t>(name.id.size());
    std::memcpy(reinterpret_cast<char*>(record + 1), name.id.data(),
                name.id.size());
    return record;
  }
  static void Delete(Record* record) {
    record->~Record();
    ::operator delete(record);
  }

  absl::string_view id() const {
    return {reinterpret_cast<const char*>(this + 1), id_size};
  }
  size_t bytes() const { return sizeof(Record) + id_size + HeapBytes(answer); }

  size_t hash = 0;
  uint64_t written = 0;  // a repeat waits for the log as the first call did
  Method method = nullptr;
  uint64_t fingerprint = 0;
  int64_t expires_ms = 0;  // once done
  Record* next = nullptr;  // the one that expires after this
  std::string answer;
  uint8_t id_size = 0;
  bool done = false;
};

size_t RequestIds::Hash::operator()(const Record* record) const {
  return record->hash;
}

bool RequestIds::Equal::operator()(const Record* record,
                                   const Name& name) const {
  return record->hash == name.hash && record->method == name.method &&
         record->id() == name.id;
}

RequestIds::RequestIds(const RequestIdOptions& options) : options_(options) {}

RequestIds::~RequestIds() {
  ExpireEverywhere(std::numeric_limits<int64_t>::max());
  assert(size() == 0);
}

RpcStatus RequestIds::Run(int64_t now_ms, Method method, absl::string_view id,
                          uint64_t fingerprint,
                          absl::FunctionRef<RpcStatus(std::string* answer)> run,
                          absl::optional<std::string>* first_answer) {
  assert(!id.empty());
  if (id.size() > kMaxIdBytes) {
    return Reused("the request_id is longer than 64 bytes");
  }
  const Name name{method, id, absl::HashOf(method, id)};
  Stripe& stripe = StripeOf(name);
  first_answer->reset();
  int64_t retry_delay_ms = 0;  // once there was no room
  for (;;) {
    const Step step = Look(stripe, name, fingerprint, now_ms, first_answer);
    switch (step.kind) {
      case Step::Kind::kRun: {
        std::string answer;
        RpcStatus status = run(&answer);
        End(stripe, step.record, status.ok(), now_ms, std::move(answer));
        return status;
      }
      case Step::Kind::kAnswer:
        return {};
      case Step::Kind::kRefuse:
        return Reused("the request_id was used for another request");
      case Step::Kind::kWait:
        stripe.ended.wait(step.ended, std::memory_order_relaxed);
        break;
      case Step::Kind::kNoRoom:
        if (retry_delay_ms > 0) return Exhausted(retry_delay_ms);
        retry_delay_ms = ExpireEverywhere(now_ms);
        break;
    }
  }
}

RequestIds::Step RequestIds::Look(Stripe& stripe, const Name& name,
                                  uint64_t fingerprint, int64_t now_ms,
                                  absl::optional<std::string>* first_answer) {
  const store::MutexLock lock(stripe.mutex);
  Expire(stripe, now_ms);
  const auto known = stripe.table.find(name);
  if (known == stripe.table.end()) {
    Record* record = Begin(stripe, name, fingerprint);
    if (record == nullptr) return {Step::Kind::kNoRoom};
    return {Step::Kind::kRun, record};
  }
  const Record& first = **known;
  if (first.fingerprint != fingerprint) return {Step::Kind::kRefuse};
  if (!first.done) {
    return {Step::Kind::kWait, nullptr,
            stripe.ended.load(std::memory_order_relaxed)};
  }
  *first_answer = first.answer;
  store::DurableMark::See(first.written);
  return {Step::Kind::kAnswer};
}

RequestIds::Record* RequestIds::Begin(Stripe& stripe, const Name& name,
                                      uint64_t fingerprint) {
  const size_t added = sizeof(Record) + name.id.size();
  const size_t others = bytes_.fetch_add(added, std::memory_order_relaxed);
  if (others + added > options_.max_bytes) {
    bytes_.fetch_sub(added, std::memory_order_relaxed);
    return nullptr;
  }
  const size_t slots = stripe.table.capacity();
  Record* record = Record::New(name, fingerprint);
  stripe.table.insert(record);
  bytes_.fetch_add((stripe.table.capacity() - slots) * kSlotBytes,
                   std::memory_order_relaxed);
  return record;
}

void RequestIds::End(Stripe& stripe, Record* record, bool succeeded,
                     int64_t now_ms, std::string answer) {
  const store::MutexLock lock(stripe.mutex);
  if (succeeded) {
    bytes_.fetch_add(HeapBytes(answer), std::memory_order_relaxed);
    record->answer = std::move(answer);
    record->written = store::DurableMark::Current().written;
    record->done = true;
    // Calls end in another order than they began in.
    const int64_t expires_ms = now_ms + options_.window_ms;
    if (stripe.newest == nullptr) {
      stripe.oldest = record;
      record->expires_ms = expires_ms;
    } else {
      stripe.newest->next = record;
      record->expires_ms = std::max(expires_ms, stripe.newest->expires_ms);
    }
    stripe.newest = record;
  } else {
    Forget(stripe, record);
  }
  stripe.ended.fetch_add(1, std::memory_order_relaxed);
  stripe.ended.notify_all();
}

void RequestIds::Expire(Stripe& stripe, int64_t now_ms) {
  while (stripe.oldest != nullptr && stripe.oldest->expires_ms <= now_ms) {
    Record* record = stripe.oldest;
    stripe.oldest = record->next;
    if (stripe.oldest == nullptr) stripe.newest = nullptr;
    Forget(stripe, record);
  }
}

int64_t RequestIds::ExpireEverywhere(int64_t now_ms) {
  int64_t next_ms = std::numeric_limits<int64_t>::max();
  for (Stripe& stripe : stripes_) {
    const store::MutexLock lock(stripe.mutex);
    Expire(stripe, now_ms);
    if (stripe.oldest != nullptr) {
      next_ms = std::min(next_ms, stripe.oldest->expires_ms);
    }
  }
  return next_ms == std::numeric_limits<int64_t>::max() ? 1 : next_ms - now_ms;
}

void RequestIds::Forget(Stripe& stripe, Record* record) {
  bytes_.fetch_sub(record->bytes(), std::memory_order_relaxed);
  stripe.table.erase(record);
  Record::Delete(record);
}

size_t RequestIds::size() const {
  size_t size = 0;
  for (const Stripe& stripe : stripes_) {
    const store::MutexLock lock(stripe.mutex);
    size += stripe.table.size();
  }
  return size;
}

void RequestIds::CheckInvariants() const {
  size_t bytes = 0;
  for (const Stripe& stripe : stripes_) {
    const store::MutexLock lock(stripe.mutex);
    bytes += stripe.table.capacity() * kSlotBytes;
    size_t queued = 0;
    const Record* last = nullptr;
    for (const Record* record = stripe.oldest; record != nullptr;
         record = record->next) {
      FASTKV_CHECK(record->done, "a call in the queue still runs");
      FASTKV_CHECK(stripe.table.contains(const_cast<Record*>(record)),
                   "a record is in the queue only");
      FASTKV_CHECK(last == nullptr || last->expires_ms <= record->expires_ms,
                   "the queue is out of order");
      bytes += record->bytes();
      ++queued;
      last = record;
    }
    FASTKV_CHECK(stripe.newest == last, "the queue's end is another record");
    FASTKV_CHECK(queued == stripe.table.size(), "a record is not queued");
  }
  FASTKV_CHECK(bytes == bytes_.load(), "memory is miscounted");
}

}  // namespace kv::server
