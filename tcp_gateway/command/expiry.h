#ifndef FASTKV_TCP_GATEWAY_COMMAND_EXPIRY_H_
#define FASTKV_TCP_GATEWAY_COMMAND_EXPIRY_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/base/number.h"
#include "store/base/time.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"

namespace kv::gateway {

enum class TimeUnit : uint8_t { kSeconds, kMilliseconds };
enum class TimeOrigin : uint8_t { kNow, kEpoch };

// The deadline that `amount` means, or nullopt if it does not fit.
inline absl::optional<store::TimeMs> DeadlineFrom(int64_t amount, TimeUnit unit,
                                                  TimeOrigin origin,
                                                  store::TimeMs now) {
  int64_t deadline = amount;
  if (unit == TimeUnit::kSeconds &&
      __builtin_mul_overflow(amount, int64_t{1000}, &deadline)) {
    return absl::nullopt;
  }
  if (origin == TimeOrigin::kNow &&
      __builtin_add_overflow(deadline, now, &deadline)) {
    return absl::nullopt;
  }
  if (deadline == store::kNoDeadline) return absl::nullopt;
  return deadline;
}

// Reads the deadline that a new value gets. Unlike EXPIRE, zero and less are
// refused. False: an error was replied.
inline bool ReadDeadline(CommandContext& context, absl::string_view text,
                         TimeUnit unit, TimeOrigin origin,
                         store::TimeMs* deadline) {
  int64_t amount = 0;
  if (!store::ParseInt64(text, &amount)) {
    context.ReplyNotAnInteger();
    return false;
  }
  const absl::optional<store::TimeMs> read =
      DeadlineFrom(amount, unit, origin, context.now());
  if (amount <= 0 || !read.has_value()) {
    context.ReplyError(store::OpStatus::kBadDeadline);
    return false;
  }
  *deadline = *read;
  return true;
}

// ExpiryReader: the words EX, PX, EXAT and PXAT with their number, of which a
// command takes at most one. The number is looked at in Finish() only: all
// words come before it, and for GETEX the key too.
class ExpiryReader {
 public:
  explicit ExpiryReader(CommandContext& context) : context_(context) {}

  // Reads one of the words, if it is next. The same one may stand again.
  bool Read(ArgReader& args) {
    static constexpr Word kWords[] = {
        {"EX", TimeUnit::kSeconds, TimeOrigin::kNow},
        {"PX", TimeUnit::kMilliseconds, TimeOrigin::kNow},
        {"EXAT", TimeUnit::kSeconds, TimeOrigin::kEpoch},
        {"PXAT", TimeUnit::kMilliseconds, TimeOrigin::kEpoch},
    };
    for (const Word& word : kWords) {
      if (!args.Match(word.text)) continue;
      if (seen() && word_ != &word) args.Fail();
      word_ = &word;
      amount_ = args.Next();
      return true;
    }
    return false;
  }

  bool seen() const { return word_ != nullptr; }
  // kNoDeadline before Finish(), and if there was no word.
  store::TimeMs deadline() const { return deadline_; }

  // Replies if the number is none or out of range; true if all is well.
  bool Finish() {
    return !seen() || ReadDeadline(context_, amount_, word_->unit,
                                   word_->origin, &deadline_);
  }

 private:
  struct Word {
    absl::string_view text;
    TimeUnit unit;
    TimeOrigin origin;
  };

  CommandContext& context_;
  const Word* word_ = nullptr;
  absl::string_view amount_;
  store::TimeMs deadline_ = store::kNoDeadline;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_EXPIRY_H_
