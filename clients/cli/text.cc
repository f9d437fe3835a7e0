#include "clients/cli/text.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace kv::cli {
namespace {

// The length of the UTF-8 character that the bytes begin with; 0 if they do
// not begin with one. REQUIRES: not empty.
size_t CharacterLength(absl::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong =
      (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) >= 0xa0;
  const bool beyond = first == 0xf4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

// C0 and C1 control characters and DEL.
bool IsControl(absl::string_view character) {
  const auto first = static_cast<uint8_t>(character[0]);
  return first < 0x20 || first == 0x7f ||
         (first == 0xc2 && static_cast<uint8_t>(character[1]) < 0xa0);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Reads the escape that `text` begins with and removes it.
bool TakeEscape(absl::string_view* text, char* byte) {
  if (text->size() < 2) return false;
  switch ((*text)[1]) {
    case 'n':
      *byte = '\n';
      break;
    case 'r':
      *byte = '\r';
      break;
    case 't':
      *byte = '\t';
      break;
    case '\\':
    case '"':
      *byte = (*text)[1];
      break;
    case 'x': {
      if (text->size() < 4) return false;
      const int high = HexDigit((*text)[2]);
      const int low = HexDigit((*text)[3]);
      if (high < 0 || low < 0) return false;
      *byte = static_cast<char>(high << 4 | low);
      text->remove_prefix(4);
      return true;
    }
    default:
      return false;
  }
  text->remove_prefix(2);
  return true;
}

absl::Status BadEscape(absl::string_view at) {
  return absl::InvalidArgumentError(
      absl::StrCat("not an escape: ", at.substr(0, 4)));
}

// Takes the word that the line begins with.
absl::StatusOr<std::string> TakeWord(absl::string_view* line) {
  std::string word;
  char quote = 0;
  while (!line->empty()) {
    const char c = line->front();
    char escaped;
    if (quote == '"' && c == '\\') {
      if (!TakeEscape(line, &escaped)) return BadEscape(*line);
      word.push_back(escaped);
      continue;
    }
    if (quote == 0 && (c == ' ' || c == '\t')) return word;
    line->remove_prefix(1);
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      word.push_back(c);
    }
  }
  if (quote != 0) return absl::InvalidArgumentError("a quote is not closed");
  return word;
}

}  // namespace

bool IsUtf8(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

bool IsPrintable(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    if (length == 0 || IsControl(bytes.substr(0, length))) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string Quoted(absl::string_view bytes) {
  std::string quoted = "\"";
  while (!bytes.empty()) {
    const char c = bytes.front();
    size_t length = CharacterLength(bytes);
    if (c == '\n' || c == '\r' || c == '\t' || c == '\\' || c == '"') {
      quoted += absl::CEscape(bytes.substr(0, 1));
    } else if (length == 0 || IsControl(bytes.substr(0, length))) {
      length = 1;
      absl::StrAppend(&quoted, "\\x",
                      absl::BytesToHexString(bytes.substr(0, 1)));
    } else {
      quoted.append(bytes.data(), length);
    }
    bytes.remove_prefix(length);
  }
  return quoted + '"';
}

absl::StatusOr<std::string> Unescape(absl::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    char byte = text.front();
    if (byte != '\\') {
      text.remove_prefix(1);
    } else if (!TakeEscape(&text, &byte)) {
      return BadEscape(text);
    }
    bytes.push_back(byte);
  }
  return bytes;
}

absl::StatusOr<std::vector<std::string>> SplitLine(absl::string_view line) {
  std::vector<std::string> words;
  while (true) {
    while (!line.empty() &&
           absl::ascii_isspace(static_cast<unsigned char>(line.front()))) {
      line.remove_prefix(1);
    }
    if (line.empty()) return words;
    absl::StatusOr<std::string> word = TakeWord(&line);
    if (!word.ok()) return word.status();
    words.push_back(*std::move(word));
  }
}

}  // namespace kv::cli
