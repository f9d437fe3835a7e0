#include "tests/testing/reply_text.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "store/base/number.h"

namespace kv::testing {

std::string ReplyText::Take() {
  if (!open_.empty()) text_ += " <incomplete>";
  open_.clear();
  return std::exchange(text_, std::string());
}

void ReplyText::Status(absl::string_view text) {
  Value(absl::StrCat("+", text));
}
void ReplyText::WriteError(gateway::ErrorKind, absl::string_view text) {
  Value(absl::StrCat("-", text));
}
void ReplyText::Integer(int64_t value) { Value(absl::StrCat(":", value)); }
void ReplyText::Double(double value) {
  char buffer[store::kNumberBufferBytes];
  Value(absl::StrCat("(", store::FormatDouble(value, buffer), ")"));
}
void ReplyText::Bool(bool value) { Value(value ? "#t" : "#f"); }
void ReplyText::BigNumber(absl::string_view digits) {
  Value(absl::StrCat("(", digits, "n)"));
}
void ReplyText::Bulk(absl::string_view bytes) {
  Value(absl::StrCat("\"", absl::CHexEscape(bytes), "\""));
}
void ReplyText::Bulk(const store::StringValue& value) { Bulk(value.bytes); }
void ReplyText::Verbatim(absl::string_view format, absl::string_view text) {
  Value(absl::StrCat(format, ":\"", absl::CHexEscape(text), "\""));
}
void ReplyText::Null() { Value("nil"); }
void ReplyText::NullArray() { Value("nil*"); }
void ReplyText::Array(size_t size) { Begin("[", size, false); }
void ReplyText::Set(size_t size) { Begin("~[", size, false); }
void ReplyText::Map(size_t pairs) { Begin("{", 2 * pairs, true); }
void ReplyText::Push(size_t size) { Begin(">[", size, false); }
// Flat, as in RESP2, so that one expectation fits both.
void ReplyText::ArrayOfPairs(size_t pairs) { Begin("[", 2 * pairs, false); }
void ReplyText::Pair() {}
bool ReplyText::SwitchToResp(int) { return true; }

void ReplyText::Value(const std::string& text) {
  Separate();
  text_ += text;
  CloseFull();
}

void ReplyText::Begin(const std::string& text, size_t size, bool map) {
  Separate();
  text_ += text;
  open_.push_back({size, map});
  CloseFull();
}

void ReplyText::Separate() {
  if (open_.empty()) {
    if (!text_.empty()) text_ += ' ';
    return;
  }
  Open& open = open_.back();
  if (open.done > 0) text_ += open.map && open.done % 2 == 1 ? ": " : ", ";
  ++open.done;
  --open.left;
}

void ReplyText::CloseFull() {
  while (!open_.empty() && open_.back().left == 0) {
    text_ += open_.back().map ? '}' : ']';
    open_.pop_back();
  }
}

}  // namespace kv::testing
