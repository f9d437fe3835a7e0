#include "tests/clients/cli/rdb/rdb_bytes.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/rdb/crc64.h"

namespace kv::rdb::test {
namespace {

std::string Byte(uint64_t value) { return Little(value, 1); }

// The longest copy that LZF can say.
constexpr size_t kMaxMatch = 264;

// How many bytes at `from` are as those at `to`, before the end.
size_t MatchLength(absl::string_view bytes, size_t from, size_t to) {
  size_t length = 0;
  while (to + length < bytes.size() && length < kMaxMatch &&
         bytes[from + length] == bytes[to + length]) {
    ++length;
  }
  return length;
}

void AppendLiterals(absl::string_view bytes, std::string* out) {
  while (!bytes.empty()) {
    const absl::string_view run = bytes.substr(0, 32);
    absl::StrAppend(out, Byte(run.size() - 1), run);
    bytes.remove_prefix(run.size());
  }
}

void AppendCopy(size_t distance, size_t length, std::string* out) {
  const uint64_t high = (distance - 1) >> 8;
  if (length < 9) {
    absl::StrAppend(out, Byte((length - 2) << 5 | high));
  } else {
    absl::StrAppend(out, Byte(7 << 5 | high), Byte(length - 9));
  }
  absl::StrAppend(out, Byte(distance - 1));
}

}  // namespace

std::string Little(uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
  return out;
}

std::string Big(uint64_t value, int bytes) {
  std::string out = Little(value, bytes);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string DoubleBytes(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return Little(bits, 8);
}

std::string Length(uint64_t length) {
  if (length < 64) return Byte(length);
  if (length < 16384) return Big(0x4000 | length, 2);
  if (length >> 32 == 0) return "\x80" + Big(length, 4);
  return "\x81" + Big(length, 8);
}

std::string String(absl::string_view bytes) {
  return absl::StrCat(Length(bytes.size()), bytes);
}

std::string LzfCompress(absl::string_view bytes) {
  std::string out;
  size_t literals = 0;  // where those begin that are not yet written
  size_t next = 0;
  while (next < bytes.size()) {
    size_t best = 0;
    size_t distance = 0;
    for (size_t d = 1; d <= std::min<size_t>(next, 8192) && best < kMaxMatch;
         ++d) {
      const size_t length = MatchLength(bytes, next - d, next);
      if (length > best) best = length, distance = d;
    }
    if (best < 3) {
      ++next;
      continue;
    }
    AppendLiterals(bytes.substr(literals, next - literals), &out);
    AppendCopy(distance, best, &out);
    next += best;
    literals = next;
  }
  AppendLiterals(bytes.substr(literals), &out);
  return out;
}

std::string CompressedString(absl::string_view bytes) {
  const std::string compressed = LzfCompress(bytes);
  return absl::StrCat("\xc3", Length(compressed.size()), Length(bytes.size()),
                      compressed);
}

std::string Listpack(const std::vector<std::string>& elements) {
  std::string body;
  for (const std::string& element : elements) {
    const uint64_t length = element.size();
    const int bytes = length <= 127      ? 1
                      : length < 16383   ? 2
                      : length < 2097151 ? 3
                                         : 4;
    absl::StrAppend(&body, element);
    for (int i = bytes - 1; i >= 0; --i) {
      const uint64_t more = i == bytes - 1 ? 0 : 0x80;
      absl::StrAppend(&body, Byte(more | (length >> 7 * i & 0x7f)));
    }
  }
  return absl::StrCat(Little(body.size() + 7, 4), Little(elements.size(), 2),
                      body, "\xff");
}

std::string Ziplist(const std::vector<std::string>& elements) {
  std::string body;
  size_t previous = 0;
  for (const std::string& element : elements) {
    const std::string before =
        previous < 254 ? Byte(previous) : "\xfe" + Little(previous, 4);
    absl::StrAppend(&body, before, element);
    previous = before.size() + element.size();
  }
  return absl::StrCat(Little(body.size() + 11, 4),
                      Little(10 + body.size() - previous, 4),
                      Little(elements.size(), 2), body, "\xff");
}

std::string ListpackString(absl::string_view bytes) {
  return absl::StrCat(bytes.size() < 64 ? Byte(0x80 | bytes.size())
                                        : Big(0xe000 | bytes.size(), 2),
                      bytes);
}

std::string ZiplistString(absl::string_view bytes) {
  return absl::StrCat(bytes.size() < 64      ? Byte(bytes.size())
                      : bytes.size() < 16384 ? Big(0x4000 | bytes.size(), 2)
                                             : "\x80" + Big(bytes.size(), 4),
                      bytes);
}

std::string Key(int type, absl::string_view key, absl::string_view value) {
  return absl::StrCat(Little(type, 1), String(key), value);
}

std::string Header(int version) {
  return absl::StrFormat("REDIS%04d", version);
}

std::string Ended(absl::string_view file) {
  const std::string whole = absl::StrCat(file, "\xff");
  return absl::StrCat(whole, Little(Crc64(whole), 8));
}

}  // namespace kv::rdb::test
