#include "tcp_gateway/wire/resp_framer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/base/number.h"
#include "tcp_gateway/wire/text_framer.h"

namespace kv::gateway {

namespace {

using Status = FrameResult::Status;

// An incomplete request of fewer arguments is parsed again from its start:
// skipping over its strings costs less than noting where they are.
constexpr size_t kNotedArgs = 8;

// A line "<prefix><number>\r\n".
struct NumberLine {
  enum class Kind : uint8_t { kNumber, kNotANumber, kTooLong, kIncomplete };
  Kind kind = Kind::kNumber;
  int64_t value = 0;
  size_t end = 0;  // behind the line
};

// The usual line has one or two digits; false leaves the others to
// ReadNumberLine.
inline bool ReadShortNumber(absl::string_view input, size_t begin,
                            NumberLine* line) {
  if (input.size() < begin + 4) return false;
  const char* text = input.data() + begin;
  const unsigned first = text[0] - '0';
  if (first > 9) return false;
  if (text[1] == '\r') {
    line->value = first;
    line->end = begin + 3;
    return true;
  }
  const unsigned second = text[1] - '0';
  if (second > 9 || first == 0 || text[2] != '\r') return false;
  line->value = 10 * first + second;
  line->end = begin + 4;
  return true;
}

// Reads the number at `begin`. An unfinished line is searched again with each
// piece that arrives: it is short, or the limit ends it.
NumberLine ReadLongNumber(absl::string_view input, size_t begin,
                          size_t max_line) {
  using Kind = NumberLine::Kind;
  NumberLine line;
  const size_t cr = begin < input.size() ? input.find('\r', begin) : input.npos;
  // Too long with its end as without, so that the answer does not depend on how
  // much arrived at once.
  if (std::min(cr, input.size()) > begin + max_line) return {Kind::kTooLong};
  if (cr == input.npos) return {Kind::kIncomplete};
  if (cr + 1 >= input.size()) return {Kind::kIncomplete};
  line.end = cr + 2;
  if (!store::ParseInt64(input.substr(begin, cr - begin), &line.value)) {
    line.kind = Kind::kNotANumber;
  }
  return line;
}

inline NumberLine ReadNumberLine(absl::string_view input, size_t begin,
                                 size_t max_line) {
  NumberLine line;
  if (ReadShortNumber(input, begin, &line)) return line;
  return ReadLongNumber(input, begin, max_line);
}

// One request that is an array, at the front of `rest`. Arguments go straight
// into the batch; those of a request that is not complete and has many are
// noted in `partial` instead.
class ArrayParser {
 public:
  ArrayParser(absl::string_view rest, const FrameLimits& limits,
              std::unique_ptr<PartialRequest>* partial, RequestBatch* batch,
              FrameResult* result)
      : rest_(rest),
        limits_(limits),
        partial_(*partial),
        batch_(*batch),
        result_(*result) {}

  // False if parsing ends here; the result says why.
  bool Parse() {
    if (partial_ != nullptr) {
      at_ = partial_->scanned;
      args_left_ = partial_->args_left;
    } else if (!TakeCount()) {
      return false;
    }
    while (args_left_ > 0) {
      if (!TakeArg()) return false;
    }
    result_.consumed += at_;
    if (partial_ != nullptr) {
      for (const PartialRequest::Range& range : partial_->args) {
        batch_.AddArg(rest_.substr(range.begin, range.size));
      }
      partial_.reset();
    }
    // An array of no strings, or of less than none, is no request.
    if (batch_.open_args() > 0) batch_.CloseRequest(result_.consumed);
    return true;
  }

 private:
  bool TakeCount() {
    const NumberLine count = ReadNumberLine(rest_, 1, limits_.max_line);
    switch (count.kind) {
      case NumberLine::Kind::kIncomplete:
        return Need(rest_.size() + 1);
      case NumberLine::Kind::kTooLong:
        return Break("too big mbulk count string");
      case NumberLine::Kind::kNotANumber:
        return Break("invalid multibulk length");
      case NumberLine::Kind::kNumber:
        break;
    }
    if (count.value > static_cast<int64_t>(limits_.max_args)) {
      return Break(limits_.authenticated ? "invalid multibulk length"
                                         : "unauthenticated multibulk length");
    }
    at_ = count.end;
    args_left_ = std::max<int64_t>(count.value, 0);
    return true;
  }

  bool TakeArg() {
    const NumberLine length = ReadNumberLine(rest_, at_ + 1, limits_.max_line);
    switch (length.kind) {
      case NumberLine::Kind::kIncomplete:
        return Need(rest_.size() + 1);
      case NumberLine::Kind::kTooLong:
        return Break("too big bulk count string");
      case NumberLine::Kind::kNotANumber:
      case NumberLine::Kind::kNumber:
        break;
    }
    if (rest_[at_] != '$') {
      const char got = rest_[at_];
      return Break(batch_.CopyToScratch(absl::StrCat(
          "expected '$', got '", absl::string_view(&got, 1), "'")));
    }
    if (length.kind == NumberLine::Kind::kNotANumber || length.value < 0) {
      return Break("invalid bulk length");
    }
    if (static_cast<uint64_t>(length.value) > limits_.max_bulk) {
      return Break(limits_.authenticated ? "invalid bulk length"
                                         : "unauthenticated bulk length");
    }
    const size_t size = length.value;
    const size_t end = length.end + size + 2;
    if (end > limits_.max_request) return Break("too big request");
    if (end > rest_.size()) return Need(end);
    if (partial_ != nullptr) {
      partial_->args.push_back(
          {static_cast<uint32_t>(length.end), static_cast<uint32_t>(size)});
    } else {
      batch_.AddArg(rest_.substr(length.end, size));
    }
    at_ = end;
    --args_left_;
    return true;
  }

  bool Need(size_t size) {
    if (partial_ == nullptr && batch_.open_args() >= kNotedArgs) {
      partial_ = std::make_unique<PartialRequest>();
      for (size_t i = 0; i < batch_.open_args(); ++i) {
        const absl::string_view arg = batch_.open_arg(i);
        partial_->args.push_back(
            {static_cast<uint32_t>(arg.data() - rest_.data()),
             static_cast<uint32_t>(arg.size())});
      }
    }
    if (partial_ != nullptr) {
      partial_->scanned = at_;
      partial_->args_left = args_left_;
    }
    batch_.DropOpenArgs();
    result_.needed = size;
    return false;
  }

  bool Break(absl::string_view reason) {
    batch_.DropOpenArgs();
    partial_.reset();
    result_.status = Status::kBroken;
    result_.error =
        batch_.CopyToScratch(absl::StrCat("ERR Protocol error: ", reason));
    return false;
  }

  const absl::string_view rest_;
  const FrameLimits& limits_;
  std::unique_ptr<PartialRequest>& partial_;
  RequestBatch& batch_;
  FrameResult& result_;
  size_t at_ = 0;
  size_t args_left_ = 0;
};

// What ShortRequest takes at most.
constexpr size_t kShortArgs = 9;
constexpr size_t kShortArgBytes = 999;

// Whether a short request is within the limits, whatever is in it.
bool AllowsShort(const FrameLimits& limits) {
  return limits.max_args >= kShortArgs && limits.max_bulk >= kShortArgBytes &&
         limits.max_line >= 4 &&
         limits.max_request >= kShortArgs * (kShortArgBytes + 8) + 4;
}

// Most requests: a whole array of few and short arguments. Takes its arguments
// into the batch and returns its size; 0, and takes nothing, if it is anything
// else, which ArrayParser looks at with all care.
size_t TakeShortRequest(absl::string_view rest, RequestBatch* batch) {
  const char* at = rest.data();
  const char* const end = at + rest.size();
  if (rest.size() < 4 || at[2] != '\r') return 0;
  const unsigned count = static_cast<unsigned char>(at[1]) - '0';
  if (count == 0 || count > kShortArgs) return 0;
  at += 4;
  absl::string_view* arg = batch->RoomForArgs(count);
  for (absl::string_view* const last = arg + count; arg != last; ++arg) {
    // "$", one to three digits, "\r\n", the bytes, "\r\n"; Redis takes no
    // number that begins with 0 but 0. At least one digit, its end and the end
    // of the argument are there, or there is no need to look.
    if (end - at < 6 || at[0] != '$') return 0;
    size_t size = static_cast<unsigned char>(at[1]) - '0';
    if (size > 9) return 0;
    at += 2;
    if (*at != '\r') {
      const unsigned second = static_cast<unsigned char>(*at++) - '0';
      if (second > 9 || size == 0) return 0;
      size = 10 * size + second;
      if (*at != '\r') {
        const unsigned third = static_cast<unsigned char>(*at++) - '0';
        if (third > 9 || *at != '\r') return 0;
        size = 10 * size + third;
      }
    }
    at += 2;
    if (end - at < static_cast<ptrdiff_t>(size) + 2) return 0;
    *arg = {at, size};
    at += size + 2;
  }
  batch->AddArgs(count);
  return at - rest.data();
}

// As ParseTextRequest, but Redis does not go on after unbalanced quotes.
bool ParseInline(absl::string_view input, const FrameLimits& limits,
                 std::unique_ptr<PartialRequest>* partial, RequestBatch* batch,
                 FrameResult* result) {
  const size_t scanned = TakeScanned(partial);
  if (ParseTextRequest(input, scanned, limits, partial, batch, result)) {
    return true;
  }
  if (result->status == Status::kRejected) result->status = Status::kBroken;
  return false;
}

}  // namespace

FrameResult RespFramer::Parse(absl::string_view input,
                              const FrameLimits& limits,
                              std::unique_ptr<PartialRequest>* partial,
                              RequestBatch* batch) const {
  FrameResult result;
  const bool simple = AllowsShort(limits);
  bool going_on = true;
  while (going_on && !batch->full()) {
    const absl::string_view rest = input.substr(result.consumed);
    if (rest.empty()) {
      result.needed = 1;
      break;
    }
    if (simple && rest[0] == '*' && *partial == nullptr) {
      if (const size_t size = TakeShortRequest(rest, batch); size > 0) {
        result.consumed += size;
        batch->CloseRequest(result.consumed);
        continue;
      }
    }
    going_on = rest[0] == '*'
                   ? ArrayParser(rest, limits, partial, batch, &result).Parse()
                   : ParseInline(input, limits, partial, batch, &result);
  }
  return result;
}

}  // namespace kv::gateway
