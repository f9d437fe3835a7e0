#include <algorithm>
#include <bitset>
#include <vector>

#include "store/base/check.h"
#include "store/base/glob.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

// One part of a pattern: any number of bytes, or one of a set.
struct Element {
  bool star = false;
  std::bitset<256> bytes;
};

std::bitset<256> ReadClass(FuzzInput& pattern) {
  std::bitset<256> bytes;
  const auto peek = [&](size_t i) {
    return i < pattern.rest().size() ? pattern.rest()[i] : '\0';
  };
  const bool negated = peek(0) == '^';
  if (negated) pattern.Byte();
  while (!pattern.empty() && peek(0) != ']') {
    if (peek(0) == '\\' && pattern.rest().size() > 1)
      pattern.Byte();
    else if (peek(1) == '-' && pattern.rest().size() > 2) {
      const uint8_t a = pattern.Byte();
      pattern.Byte();
      const uint8_t b = pattern.Byte();
      for (int c = std::min(a, b); c <= std::max(a, b); ++c) bytes.set(c);
      continue;
    }
    bytes.set(pattern.Byte());
  }
  pattern.Byte();
  return negated ? ~bytes : bytes;
}

std::vector<Element> Read(absl::string_view text) {
  std::vector<Element> elements;
  FuzzInput pattern(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  while (!pattern.empty()) {
    Element element;
    const uint8_t c = pattern.Byte();
    if (c == '*') {
      element.star = true;
    } else if (c == '?') {
      element.bytes.set();
    } else if (c == '[') {
      element.bytes = ReadClass(pattern);
    } else if (c == '\\' && !pattern.empty()) {
      element.bytes.set(pattern.Byte());
    } else {
      element.bytes.set(c);
    }
    elements.push_back(element);
  }
  return elements;
}

// Element by element: which prefixes of the text the pattern matches so far.
bool NaiveMatches(absl::string_view pattern, absl::string_view text) {
  std::vector<bool> matched(text.size() + 1, false);
  matched[0] = true;
  for (const Element& element : Read(pattern)) {
    std::vector<bool> next(text.size() + 1, false);
    for (size_t i = 0; i <= text.size(); ++i) {
      if (element.star) {
        next[i] = matched[i] || (i > 0 && next[i - 1]);
      } else if (i > 0) {
        next[i] = matched[i - 1] &&
                  element.bytes[static_cast<unsigned char>(text[i - 1])];
      }
    }
    matched = next;
  }
  return matched[text.size()];
}

}  // namespace
}  // namespace kv::fuzz

// The first line is the pattern, the rest the text.
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kv::fuzz::FuzzInput input(data, size);
  const absl::string_view pattern = input.Until('\n');
  FASTKV_CHECK(kv::store::GlobMatches(pattern, input.rest()) ==
                   kv::fuzz::NaiveMatches(pattern, input.rest()),
               "differs from the naive matcher");
  return 0;
}
