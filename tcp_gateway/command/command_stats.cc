#include "tcp_gateway/command/command_stats.h"

#include <utility>

namespace kv::gateway {
namespace {

// Codes of errors that are told apart; a bound, should a code come from input.
constexpr size_t kMaxErrorCodes = 128;

uint64_t NextInstance() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void Add(CommandTotals& sum, const CommandTotals& other, bool subtract) {
  const auto add = [subtract](uint64_t& a, uint64_t b) {
    a = subtract ? a - b : a + b;
  };
  add(sum.calls, other.calls);
  add(sum.rejected, other.rejected);
  add(sum.failed, other.failed);
  add(sum.total_ns, other.total_ns);
  for (size_t i = 0; i < CommandTotals::kBuckets; ++i) {
    add(sum.buckets[i], other.buckets[i]);
  }
}

}  // namespace

void LoopStats::AddErrors(absl::string_view code, uint64_t count) {
  store::MutexLock lock(mutex_);
  const auto found = errors_.find(code);
  if (found != errors_.end()) {
    found->second += count;
  } else if (errors_.size() < kMaxErrorCodes) {
    errors_.emplace(code, count);
  }
}

CommandStats::CommandStats()
    : instance_(NextInstance()), hidden_(kMaxCommands) {}

LoopStats& CommandStats::Local() {
  // A thread serves one CommandStats, but in tests, where it may meet several.
  thread_local uint64_t cached_instance = 0;
  thread_local LoopStats* cached = nullptr;
  if (cached_instance == instance_) return *cached;
  store::MutexLock lock(mutex_);
  std::unique_ptr<LoopStats>& mine = loops_[std::this_thread::get_id()];
  if (mine == nullptr) mine = std::make_unique<LoopStats>();
  cached_instance = instance_;
  cached = mine.get();
  return *cached;
}

std::vector<CommandTotals> CommandStats::Sum() const {
  std::vector<CommandTotals> sum(kMaxCommands);
  for (const auto& [thread, loop] : loops_) {
    for (size_t i = 0; i < sum.size(); ++i) {
      const LoopStats::Counters& from = loop->counters_[i];
      CommandTotals totals;
      totals.rejected = from.rejected.load(std::memory_order_relaxed);
      totals.failed = from.failed.load(std::memory_order_relaxed);
      totals.total_ns = from.total_ns.load(std::memory_order_relaxed);
      for (size_t b = 0; b < CommandTotals::kBuckets; ++b) {
        totals.buckets[b] = from.buckets[b].load(std::memory_order_relaxed);
        totals.calls += totals.buckets[b];
      }
      Add(sum[i], totals, /*subtract=*/false);
    }
  }
  return sum;
}

std::map<std::string, uint64_t> CommandStats::SumErrors() const {
  std::map<std::string, uint64_t> sum;
  for (const auto& [thread, loop] : loops_) {
    store::MutexLock lock(loop->mutex_);
    for (const auto& [code, count] : loop->errors_) sum[code] += count;
  }
  return sum;
}

std::vector<CommandTotals> CommandStats::Totals() const {
  store::MutexLock lock(mutex_);
  std::vector<CommandTotals> sum = Sum();
  for (size_t i = 0; i < sum.size(); ++i) {
    Add(sum[i], hidden_[i], /*subtract=*/true);
  }
  return sum;
}

std::map<std::string, uint64_t> CommandStats::Errors() const {
  store::MutexLock lock(mutex_);
  std::map<std::string, uint64_t> sum = SumErrors();
  for (const auto& [code, count] : hidden_errors_) {
    const auto found = sum.find(code);
    if ((found->second -= count) == 0) sum.erase(found);
  }
  return sum;
}

void CommandStats::Reset() {
  store::MutexLock lock(mutex_);
  hidden_ = Sum();
  hidden_errors_ = SumErrors();
}

}  // namespace kv::gateway
