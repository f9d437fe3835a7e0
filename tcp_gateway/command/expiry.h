#ifndef FASTKV_TCP_GATEWAY_COMMAND_EXPIRY_H_
#define FASTKV_TCP_GATEWAY_COMMAND_EXPIRY_H_

#include <cstdint>

#include "absl/types/optional.h"
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

// ExpiryReader: the words EX, PX, EXAT and PXAT with their number, of which a
// command takes at most one.
class ExpiryReader {
 public:
  explicit ExpiryReader(CommandContext& context) : context_(context) {}

  // Reads one of the words, if it is next.
  bool Read(ArgReader& args) {
    struct Word {
      absl::string_view text;
      TimeUnit unit;
      TimeOrigin origin;
    };
    static constexpr Word kWords[] = {
        {"EX", TimeUnit::kSeconds, TimeOrigin::kNow},
        {"PX", TimeUnit::kMilliseconds, TimeOrigin::kNow},
        {"EXAT", TimeUnit::kSeconds, TimeOrigin::kEpoch},
        {"PXAT", TimeUnit::kMilliseconds, TimeOrigin::kEpoch},
    };
    for (const Word& word : kWords) {
      if (!args.Match(word.text)) continue;
      if (seen_) args.Fail();
      seen_ = true;
      const int64_t amount = args.Int();
      const absl::optional<store::TimeMs> deadline =
          DeadlineFrom(amount, word.unit, word.origin, context_.now());
      // Redis refuses zero and less here, unlike EXPIRE.
      valid_ = amount > 0 && deadline.has_value();
      if (valid_) deadline_ = *deadline;
      return true;
    }
    return false;
  }

  bool seen() const { return seen_; }
  store::TimeMs deadline() const { return deadline_; }

  // Replies if the time was out of range; true if all is well.
  bool Finish() {
    if (!valid_) context_.ReplyError(store::OpStatus::kBadDeadline);
    return valid_;
  }

 private:
  CommandContext& context_;
  bool seen_ = false;
  bool valid_ = true;
  store::TimeMs deadline_ = store::kNoDeadline;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_EXPIRY_H_
