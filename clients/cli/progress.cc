#include "clients/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kv::cli {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(100);
constexpr int kBarWidth = 30;

double PerSecond(int64_t count, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string Megabytes(double bytes) {
  return absl::StrFormat("%.1f MB", bytes / 1e6);
}

std::string Rates(const ProgressState& state, absl::Duration elapsed,
                  absl::string_view between) {
  return absl::StrCat(
      WithCommas(static_cast<int64_t>(PerSecond(state.entries, elapsed))), "/s",
      between, Megabytes(PerSecond(state.bytes, elapsed)), "/s");
}

// To three digits or so, which is what a person reads.
std::string ShortDuration(absl::Duration duration) {
  const absl::Duration unit =
      duration < absl::Milliseconds(10) ? absl::Microseconds(1)
      : duration < absl::Seconds(10)    ? absl::Milliseconds(1)
                                        : absl::Seconds(1);
  return absl::FormatDuration(absl::Trunc(duration, unit));
}

}  // namespace

std::string WithCommas(int64_t number) {
  std::string digits = absl::StrCat(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string ProgressLine(const ProgressState& state, absl::Duration elapsed) {
  std::string line;
  std::string left;
  if (state.total_bytes > 0) {
    const double done =
        std::min(1.0, static_cast<double>(state.bytes) / state.total_bytes);
    const int filled = static_cast<int>(done * kBarWidth);
    line = absl::StrFormat("[%s%s] %3.0f%%  ", std::string(filled, '#'),
                           std::string(kBarWidth - filled, '-'), done * 100);
    if (done > 0) {
      left = absl::StrCat("  ",
                          absl::FormatDuration(absl::Ceil(
                              elapsed / done * (1 - done), absl::Seconds(1))),
                          " left");
    }
  }
  return absl::StrCat(line, WithCommas(state.entries), " entries  ",
                      Rates(state, elapsed, "  "), left);
}

std::string ProgressSummary(const ProgressState& state,
                            absl::Duration elapsed) {
  return absl::StrCat(WithCommas(state.entries), " entries, ",
                      Megabytes(static_cast<double>(state.bytes)), " in ",
                      ShortDuration(elapsed), " (", Rates(state, elapsed, ", "),
                      ")");
}

Progress::Progress(bool enabled) : visible_(enabled && isatty(STDERR_FILENO)) {}

void Progress::Update(const ProgressState& state) {
  if (!visible_) return;
  const absl::Time now = absl::Now();
  if (now < next_) return;
  next_ = now + kInterval;
  drawn_ = true;
  // Back to the line's beginning; what was longer is erased.
  std::fprintf(stderr, "\r%s\x1b[K", ProgressLine(state, now - start_).c_str());
  std::fflush(stderr);
}

void Progress::Clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
  next_ = absl::Now();
}

}  // namespace kv::cli
