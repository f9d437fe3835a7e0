#include "bench/load/reply_scanner.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "absl/strings/match.h"

namespace kv::bench {

namespace {

bool ParseLength(absl::string_view text, int64_t* length) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), *length);
  return error == std::errc() && end == text.data() + text.size();
}

constexpr absl::string_view kTextValue = "+VALUE ";
constexpr size_t kCrLf = 2;

}  // namespace

ReplyScanner::Found ReplyScanner::Feed(absl::string_view input) {
  Found found;
  while (true) {
    if (in_value_) {
      const size_t skipped = std::min<uint64_t>(skip_, input.size());
      input.remove_prefix(skipped);
      skip_ -= skipped;
      if (skip_ > 0) return found;
      in_value_ = false;
      if (last_) FinishItem(&found);
    }
    if (input.empty()) return found;
    const auto* end =
        static_cast<const char*>(std::memchr(input.data(), '\n', input.size()));
    if (end == nullptr) {
      line_.append(input.data(), input.size());
      return found;
    }
    absl::string_view line = input.substr(0, end - input.data());
    input.remove_prefix(line.size() + 1);
    if (!line_.empty()) {
      line_.append(line.data(), line.size());
      line = line_;
    }
    found.broken = !TakeLine(line, &found);
    line_.clear();
    if (found.broken) return found;
  }
}

bool ReplyScanner::TakeLine(absl::string_view line, Found* found) {
  const size_t ending = absl::EndsWith(line, "\r") ? 2 : 1;
  if (ending == 2) line.remove_suffix(1);
  if (line.empty()) return false;
  int64_t length = 0;
  switch (line[0]) {
    case '-':
      TakeError(line.substr(1), found);
      break;
    case '*':
      if (!ParseLength(line.substr(1), &length)) return false;
      if (length <= 0) break;
      // The array takes one place itself and gives `length` new ones.
      items_ += length - (items_ > 0 ? 1 : 0);
      return true;
    case '$':
    case '+':
      if (line[0] == '+') {
        if (!absl::StartsWith(line, kTextValue)) break;
        line.remove_prefix(kTextValue.size() - 1);
      }
      if (!ParseLength(line.substr(1), &length)) return false;
      if (length < 0) break;
      skip_ = length + ending;
      in_value_ = true;
      last_ = true;
      return true;
    case ':':
      break;
    default:
      return TakeMemcachedLine(line, found);
  }
  FinishItem(found);
  return true;
}

bool ReplyScanner::TakeMemcachedLine(absl::string_view line, Found* found) {
  if (absl::StartsWith(line, "VALUE ")) {
    // VALUE key flags length: a value, or one of several; END ends the reply.
    int64_t length = 0;
    if (!ParseLength(line.substr(line.rfind(' ') + 1), &length) || length < 0) {
      return false;
    }
    skip_ = length + kCrLf;
    in_value_ = true;
    last_ = false;
    return true;
  }
  if (line == "ERROR" || absl::StartsWith(line, "CLIENT_ERROR ") ||
      absl::StartsWith(line, "SERVER_ERROR ")) {
    TakeError(line, found);
  } else if (line != "END" && line != "STORED" &&
             !absl::StartsWith(line, "VERSION ")) {
    return false;
  }
  FinishItem(found);
  return true;
}

void ReplyScanner::TakeError(absl::string_view message, Found* found) {
  ++found->errors;
  if (first_error_.empty()) first_error_ = std::string(message);
}

void ReplyScanner::FinishItem(Found* found) {
  if (items_ > 0 && --items_ > 0) return;
  ++found->replies;
}

}  // namespace kv::bench
