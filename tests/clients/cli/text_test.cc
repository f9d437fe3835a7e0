#include "clients/cli/text.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace kv::cli {
namespace {

TEST(TextTest, Utf8IsToldFromOtherBytes) {
  for (const char* text :
       {"", "abc", "gr\xc3\xbcn", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
        "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  for (const char* bytes : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xe2\x82",
                            "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xc3z"}) {
    EXPECT_FALSE(IsUtf8(bytes)) << bytes;
  }
}

TEST(TextTest, ControlCharactersAreNotPrintable) {
  EXPECT_TRUE(IsPrintable("gr\xc3\xbcn \"quoted\""));
  EXPECT_FALSE(IsPrintable("a\n"));
  EXPECT_FALSE(IsPrintable("\x1b[2J"));
  EXPECT_FALSE(IsPrintable("\x7f"));
  EXPECT_FALSE(IsPrintable("\xc2\x9b"));
  EXPECT_FALSE(IsPrintable(std::string(1, '\0')));
}

TEST(TextTest, QuotesShowWhatATerminalDoesNot) {
  EXPECT_EQ(Quoted(std::string("a\0\xff\n\"\\", 6)), R"("a\x00\xff\n\"\\")");
  EXPECT_EQ(Quoted("gr\xc3\xbcn"), "\"gr\xc3\xbcn\"");
}

TEST(TextTest, WhatIsQuotedIsReadBack) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 20, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const auto words = SplitLine("  set " + Quoted(bytes) + "\t");
    ASSERT_TRUE(words.ok()) << words.status();
    EXPECT_EQ(*words, (std::vector<std::string>{"set", bytes}));
  }
}

struct SplitCase {
  const char* line;
  std::vector<std::string> words;
};

TEST(TextTest, LinesAreSplitIntoWords) {
  const SplitCase cases[] = {
      {"", {}},
      {"  \t ", {}},
      {"get k", {"get", "k"}},
      {" get\t k ", {"get", "k"}},
      {R"(set "a b" 'c "d"')", {"set", "a b", "c \"d\""}},
      {R"(a"b c"d)", {"ab cd"}},
      {R"("" '')", {"", ""}},
      {R"(a\n '\n' "\n")", {"a\\n", "\\n", "\n"}},
  };
  for (const SplitCase& test : cases) {
    const auto words = SplitLine(test.line);
    ASSERT_TRUE(words.ok()) << test.line;
    EXPECT_EQ(*words, test.words) << test.line;
  }
}

TEST(TextTest, BrokenLinesAreRefused) {
  for (const char* line : {"\"open", "'open", R"("\q")", R"("\x1")", R"("\)"}) {
    EXPECT_FALSE(SplitLine(line).ok()) << line;
  }
}

TEST(TextTest, EscapesAreUndone) {
  EXPECT_EQ(*Unescape(R"(a\x41\\\t)"), "aA\\\t");
  EXPECT_FALSE(Unescape("\\").ok());
  EXPECT_FALSE(Unescape("\\xg0").ok());
}

}  // namespace
}  // namespace kv::cli
