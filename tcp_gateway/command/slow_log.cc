#include "tcp_gateway/command/slow_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kv::gateway {
namespace {

// As much of a command as Redis keeps.
constexpr size_t kMaxArgs = 32;
constexpr size_t kMaxArgBytes = 128;

std::string Shortened(absl::string_view arg) {
  if (arg.size() <= kMaxArgBytes) return std::string(arg);
  return absl::StrCat(arg.substr(0, kMaxArgBytes), "... (",
                      arg.size() - kMaxArgBytes, " more bytes)");
}

std::vector<std::string> Shortened(absl::Span<const absl::string_view> args) {
  const bool all = args.size() <= kMaxArgs;
  const size_t kept = all ? args.size() : kMaxArgs - 1;
  std::vector<std::string> result;
  for (size_t i = 0; i < kept; ++i) result.push_back(Shortened(args[i]));
  if (!all) {
    result.push_back(
        absl::StrCat("... (", args.size() - kept, " more arguments)"));
  }
  return result;
}

}  // namespace

int64_t SlowLog::max_length() const {
  store::MutexLock lock(mutex_);
  return max_length_;
}

void SlowLog::set_max_length(int64_t value) {
  store::MutexLock lock(mutex_);
  max_length_ = value;
  Trim();
}

void SlowLog::Add(absl::Span<const absl::string_view> args, int64_t duration_us,
                  store::TimeMs now, absl::string_view peer,
                  absl::string_view client_name) {
  Entry entry{0,
              now / 1000,
              duration_us,
              Shortened(args),
              std::string(peer),
              std::string(client_name)};
  store::MutexLock lock(mutex_);
  entry.id = next_id_++;
  entries_.push_front(std::move(entry));
  Trim();
}

std::vector<SlowLog::Entry> SlowLog::Newest(size_t count) const {
  store::MutexLock lock(mutex_);
  const size_t size = std::min(count, entries_.size());
  return {entries_.begin(), entries_.begin() + size};
}

size_t SlowLog::size() const {
  store::MutexLock lock(mutex_);
  return entries_.size();
}

void SlowLog::Clear() {
  store::MutexLock lock(mutex_);
  entries_.clear();
}

void SlowLog::Trim() {
  while (static_cast<int64_t>(entries_.size()) > max_length_) {
    entries_.pop_back();
  }
}

}  // namespace kv::gateway
