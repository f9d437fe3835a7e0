#include "tcp_gateway/command/monitors.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kv::gateway {
namespace {

// As Redis quotes: C escapes, \xHH for what cannot be printed.
void AppendQuoted(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    switch (c) {
      case '\\':
      case '"':
        out->push_back('\\');
        out->push_back(c);
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      case '\a':
        out->append("\\a");
        break;
      case '\b':
        out->append("\\b");
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          out->push_back(c);
        } else {
          absl::StrAppendFormat(out, "\\x%02x", static_cast<uint8_t>(c));
        }
    }
  }
  out->push_back('"');
}

std::string Line(int db, absl::string_view peer,
                 absl::Span<const absl::string_view> args, store::TimeMs now) {
  // Requests are admitted by a clock that counts milliseconds.
  std::string line =
      absl::StrFormat("%d.%03d000 [%d %s]", now / 1000, now % 1000, db, peer);
  for (const absl::string_view arg : args) {
    line.push_back(' ');
    AppendQuoted(arg, &line);
  }
  return line;
}

}  // namespace

void Monitors::Add(const ConnectionRef& connection) {
  store::MutexLock lock(mutex_);
  monitors_.push_back(connection);
  attention_.Add(Attention::kMonitored);
}

void Monitors::Remove(uint64_t connection) {
  store::MutexLock lock(mutex_);
  const auto last = std::remove_if(
      monitors_.begin(), monitors_.end(),
      [=](const ConnectionRef& monitor) { return monitor.id() == connection; });
  monitors_.erase(last, monitors_.end());
  if (monitors_.empty()) attention_.Remove(Attention::kMonitored);
}

void Monitors::Feed(int db, absl::string_view peer,
                    absl::Span<const absl::string_view> args,
                    store::TimeMs now) {
  const auto line =
      std::make_shared<const std::string>(Line(db, peer, args, now));
  store::MutexLock lock(mutex_);
  for (const ConnectionRef& monitor : monitors_) {
    monitor.Post(
        [line](Session&, ReplyWriter& writer) { writer.Status(*line); },
        line->size());
  }
}

}  // namespace kv::gateway
