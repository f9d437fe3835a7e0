#include "store/base/glob.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace kv::store {
namespace {

TEST(GlobTest, PatternsMatchAsInRedis) {
  const struct {
    const char* pattern;
    const char* text;
    bool matches;
  } kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything", true},
      {"**", "anything", true},
      {"a*", "a", true},
      {"a*", "ba", false},
      {"*a", "bca", true},
      {"*a", "bcab", false},
      {"a*b*c", "aXbYc", true},
      {"a*b*c", "aXbYcZ", false},
      {"a*b*c", "abbbcbc", true},
      {"h?llo", "hello", true},
      {"h?llo", "hllo", false},
      {"?", "", false},
      {"h[ae]llo", "hallo", true},
      {"h[ae]llo", "hillo", false},
      {"h[^e]llo", "hallo", true},
      {"h[^e]llo", "hello", false},
      {"h[a-c]llo", "hbllo", true},
      {"h[c-a]llo", "hbllo", true},
      {"h[a-c]llo", "hdllo", false},
      {"[a-]", "-", false},  // a range up to ']', then no end
      {"[a-]", "]", true},
      {"[]", "]", false},
      {"[\\]]", "]", true},
      {"[\\-x]", "-", true},
      {"[abc", "c", true},
      {"[abc", "d", false},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a\\?b", "a?b", true},
      {"a\\?b", "axb", false},
      {"a\\", "a\\", true},
      {"user:*:name", "user:42:name", true},
      {"user:*:name", "user:42:names", false},
      {"Case", "case", false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(GlobMatches(c.pattern, c.text), c.matches)
        << c.pattern << " against " << c.text;
  }
}

TEST(GlobTest, BytesOfAllKindsMatch) {
  const absl::string_view binary("\0\xFF\x80", 3);
  EXPECT_TRUE(GlobMatches("???", binary));
  EXPECT_TRUE(GlobMatches(binary, binary));
  EXPECT_TRUE(GlobMatches("[\x80-\xFF]", "\xC3"));
  EXPECT_FALSE(GlobMatches("[\x80-\xFF]", "a"));
}

// Backtracking into every star would take longer than the universe has.
TEST(GlobTest, ManyStarsTakePolynomialTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(GlobMatches(pattern + "b", std::string(5000, 'a')));
}

// The definition, written down: slow, and obviously right.
bool NaiveMatches(absl::string_view pattern, absl::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return NaiveMatches(pattern.substr(1), text) ||
           (!text.empty() && NaiveMatches(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         NaiveMatches(pattern.substr(1), text.substr(1));
}

TEST(GlobTest, RandomPatternsAgreeWithTheDefinition) {
  for (const unsigned seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 50000; ++i) {
      std::string pattern(random() % 8, ' '), text(random() % 8, ' ');
      for (char& c : pattern) c = "ab*?"[random() % 4];
      for (char& c : text) c = "ab"[random() % 2];
      ASSERT_EQ(GlobMatches(pattern, text), NaiveMatches(pattern, text))
          << pattern << " against " << text;
    }
  }
}

}  // namespace
}  // namespace kv::store
