#include "tcp_gateway/command/latency_monitor.h"

#include <algorithm>

namespace kv::gateway {

void LatencyMonitor::Add(absl::string_view name, int64_t latency_ms,
                         store::TimeMs now) {
  store::MutexLock lock(mutex_);
  Event& event = events_[std::string(name)];
  event.name = std::string(name);
  event.max_ms = std::max(event.max_ms, latency_ms);
  const int64_t second = now / 1000;
  if (!event.samples.empty() && event.samples.back().unix_seconds == second) {
    Sample& last = event.samples.back();
    last.latency_ms = std::max(last.latency_ms, latency_ms);
    return;
  }
  event.samples.push_back({second, latency_ms});
  if (event.samples.size() > kMaxSamples) event.samples.pop_front();
}

std::vector<LatencyMonitor::Event> LatencyMonitor::Events() const {
  std::vector<Event> events;
  store::MutexLock lock(mutex_);
  for (const auto& [name, event] : events_) events.push_back(event);
  return events;
}

size_t LatencyMonitor::Reset(absl::Span<const absl::string_view> names) {
  store::MutexLock lock(mutex_);
  size_t count = 0;
  if (names.empty()) {
    count = events_.size();
    events_.clear();
  }
  for (const absl::string_view name : names) {
    const auto found = events_.find(name);
    if (found == events_.end()) continue;
    events_.erase(found);
    ++count;
  }
  return count;
}

}  // namespace kv::gateway
