#ifndef FASTKV_TCP_GATEWAY_COMMAND_ARG_READER_H_
#define FASTKV_TCP_GATEWAY_COMMAND_ARG_READER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "store/base/number.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/cursor.h"

namespace kv::gateway {

// ArgReader: reads a command's arguments from left to right and keeps the first
// error, so that a handler reads everything and asks once, with Finish().
//
//   ArgReader args(ctx, 3);
//   while (args.HasNext()) {
//     if (args.Match("LIMIT")) { offset = args.Int(); count = args.Int(); }
//     else args.Fail();
//   }
//   if (!args.Finish()) return;
class ArgReader {
 public:
  ArgReader(CommandContext& context, size_t first)
      : context_(context), next_(first) {}

  bool HasNext() const { return error_.empty() && next_ < context_.args(); }
  size_t left() const { return context_.args() - next_; }

  // Whether the next argument is this word, in any case; if so, it is consumed.
  bool Match(absl::string_view word) {
    if (!HasNext() || !absl::EqualsIgnoreCase(context_.arg(next_), word)) {
      return false;
    }
    ++next_;
    return true;
  }

  absl::string_view Next() {
    if (next_ >= context_.args()) {
      Fail();
      return {};
    }
    return context_.arg(next_++);
  }

  int64_t Int(absl::string_view error = kNotAnInteger) {
    int64_t value = 0;
    if (next_ >= context_.args()) {
      Fail();
    } else if (!store::ParseInt64(context_.arg(next_++), &value)) {
      Fail(error);
    }
    return value;
  }

  uint64_t Cursor() {
    uint64_t value = 0;
    if (next_ >= context_.args()) {
      Fail();
    } else if (!ParseCursor(context_.arg(next_++), &value)) {
      Fail("ERR invalid cursor");
    }
    return value;
  }

  double Float(absl::string_view error = kNotAFloat) {
    double value = 0;
    if (next_ >= context_.args()) {
      Fail();
    } else if (!store::ParseDouble(context_.arg(next_++), &value)) {
      Fail(error);
    }
    return value;
  }

  // Notes an error, unless there is one. REQUIRES: `error` is a constant.
  void Fail(absl::string_view error = kSyntaxError) {
    if (error_.empty()) error_ = error;
  }

  // Replies with the first error; true if there is none.
  bool Finish() {
    if (error_.empty()) return true;
    context_.ReplyError(error_);
    return false;
  }

  static constexpr absl::string_view kSyntaxError = "ERR syntax error";
  static constexpr absl::string_view kNotAnInteger =
      "ERR value is not an integer or out of range";
  static constexpr absl::string_view kNotAFloat =
      "ERR value is not a valid float";

 private:
  CommandContext& context_;
  size_t next_;
  absl::string_view error_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_ARG_READER_H_
