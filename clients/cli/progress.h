#ifndef FASTKV_CLIENTS_CLI_PROGRESS_H_
#define FASTKV_CLIENTS_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kv::cli {

// What a progress line says.
struct ProgressState {
  int64_t entries = 0;
  int64_t bytes = 0;
  // 0: not known, and so no bar.
  int64_t total_bytes = 0;
};

// "[#####-----]  50%  1,000 entries  2,000/s  1.5 MB/s  1s left". Rates are
// those since the beginning.
std::string ProgressLine(const ProgressState& state, absl::Duration elapsed);

// "1,000 entries, 1.5 MB in 500ms (2,000/s, 3.0 MB/s)"
std::string ProgressSummary(const ProgressState& state, absl::Duration elapsed);

// 1234567 as "1,234,567".
std::string WithCommas(int64_t number);

// Progress: a line on the standard error that is drawn anew ten times a second,
// if that is a terminal.
//
// Threads    compatible.
class Progress {
 public:
  // Draws nothing if not `enabled`, or if it would not be seen.
  explicit Progress(bool enabled);
  // Removes the line.
  ~Progress() { Clear(); }

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap where nothing is due.
  void Update(const ProgressState& state);
  // Removes the line, for something else to be written.
  void Clear();
  absl::Duration elapsed() const { return absl::Now() - start_; }

 private:
  const bool visible_;
  const absl::Time start_ = absl::Now();
  absl::Time next_ = start_;
  bool drawn_ = false;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_PROGRESS_H_
