#include "tcp_gateway/wire/text_framer.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "store/base/number.h"

namespace kv::gateway {

namespace {

using Status = FrameResult::Status;

// An unfinished line shorter than this is searched again rather than noted.
constexpr size_t kNotedLineBytes = 512;

struct Line {
  absl::string_view text;  // without its ending
  size_t size;             // with it
  LineEnding ending;
};

Line LineOf(absl::string_view rest, size_t line_feed) {
  Line line;
  line.size = line_feed + 1;
  line.text = rest.substr(0, line.size - 1);
  line.ending = LineEnding::kLf;
  if (!line.text.empty() && line.text.back() == '\r') {
    line.text.remove_suffix(1);
    line.ending = LineEnding::kCrLf;
  }
  return line;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = absl::ascii_tolower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Writes what the escape at text[*i], behind its backslash, stands for.
char Unescape(absl::string_view text, size_t* i) {
  const char c = text[*i];
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'x': {
      if (*i + 2 >= text.size()) return c;
      const int high = HexDigit(text[*i + 1]);
      const int low = HexDigit(text[*i + 2]);
      if (high < 0 || low < 0) return c;
      *i += 2;
      return static_cast<char>(high * 16 + low);
    }
    default:
      return c;  // \\ and \", and any other character stands for itself
  }
}

// Adds the token between the quote at text[0] and its partner. Returns how many
// bytes it takes; 0 if there is no partner, or no blank behind it.
size_t AddQuoted(absl::string_view text, RequestBatch* batch) {
  bool escapes = false;
  size_t end = 1;
  for (; end < text.size() && text[end] != '"'; ++end) {
    if (text[end] == '\\') {
      escapes = true;
      ++end;
    }
  }
  if (end >= text.size()) return 0;
  if (end + 1 < text.size() && !IsBlank(text[end + 1])) return 0;
  const absl::string_view inside = text.substr(1, end - 1);
  if (!escapes) {
    batch->AddArg(inside);
    return end + 1;
  }
  char* const copy = batch->Scratch(inside.size());
  char* out = copy;
  for (size_t i = 0; i < inside.size(); ++i) {
    *out++ = inside[i] == '\\' ? Unescape(inside, &++i) : inside[i];
  }
  batch->AddArg({copy, static_cast<size_t>(out - copy)});
  return end + 1;
}

// Adds the line's tokens to the batch. False if quotes do not balance.
bool AddTokens(absl::string_view text, RequestBatch* batch) {
  size_t i = 0;
  while (true) {
    while (i < text.size() && IsBlank(text[i])) ++i;
    if (i == text.size()) return true;
    if (text[i] == '"') {
      const size_t used = AddQuoted(text.substr(i), batch);
      if (used == 0) return false;
      i += used;
      continue;
    }
    const size_t begin = i;
    while (i < text.size() && !IsBlank(text[i])) ++i;
    batch->AddArg(text.substr(begin, i - begin));
  }
}

// Whether the open request is the first line of an HTTP request, which a page
// in a browser can be made to send here with commands in its body. GET is a
// command too, but not one with a version behind its path.
bool IsHttp(const RequestBatch& batch) {
  const absl::string_view name = batch.open_arg(0);
  const auto is = [name](absl::string_view verb) {
    return absl::EqualsIgnoreCase(name, verb);
  };
  switch (name.size()) {
    case 3:
      return (is("GET") && batch.open_args() == 3 &&
              absl::StartsWith(batch.open_arg(2), "HTTP/")) ||
             is("PUT");
    case 4:
      return is("POST") || is("HEAD");
    case 5:
      return is("Host:") || is("PATCH") || is("TRACE");
    case 6:
      return is("DELETE");
    case 7:
      return is("OPTIONS") || is("CONNECT");
    default:
      return false;
  }
}

bool IsSetWithBlock(const RequestBatch& batch) {
  return batch.open_args() == 4 &&
         absl::EqualsIgnoreCase(batch.open_arg(0), "SET");
}

// What became of a data block.
struct Block {
  size_t size = 0;    // with its line ending, once complete
  size_t needed = 0;  // bytes the block must have before it can be complete
  absl::string_view error;
};

// Turns the open request SET key expiry length and its block, the start of
// `rest`, into SET key value [EX expiry].
Block TakeBlock(absl::string_view rest, const FrameLimits& limits,
                RequestBatch* batch) {
  int64_t length = 0;
  if (!store::ParseInt64(batch->open_arg(3), &length) || length < 0 ||
      static_cast<uint64_t>(length) > limits.max_bulk) {
    return {.error = "ERR Protocol error: invalid bulk length"};
  }
  const size_t end = length;
  if (rest.size() <= end) return {.needed = end + 1};
  const bool cr = rest[end] == '\r';
  if (cr && rest.size() <= end + 1) return {.needed = end + 2};
  if (rest[end + cr] != '\n') {
    return {.error =
                "ERR Protocol error: expected a line ending after the data "
                "block"};
  }
  const absl::string_view name = batch->open_arg(0);
  const absl::string_view key = batch->open_arg(1);
  const absl::string_view expiry = batch->open_arg(2);
  batch->DropOpenArgs();
  batch->AddArg(name);
  batch->AddArg(key);
  batch->AddArg(rest.substr(0, end));
  if (expiry != "0") {
    batch->AddArg("EX");
    batch->AddArg(expiry);
  }
  return {.size = end + cr + 1};
}

bool Stop(Status status, absl::string_view error, RequestBatch* batch,
          FrameResult* result) {
  batch->DropOpenArgs();
  result->status = status;
  result->error = error;
  return false;
}

// Whether a line that is `seen` bytes long so far is within the limit; its CR,
// if that is what its last byte is, does not count.
bool FitsLimit(absl::string_view rest, size_t seen, size_t limit) {
  return seen <= limit || (seen == limit + 1 && rest[limit] == '\r');
}

// Adds the request that starts `rest` with `line` to the batch and counts it as
// consumed. False if parsing ends here; `result` says why.
bool TakeRequest(const Line& line, absl::string_view rest,
                 const FrameLimits& limits, RequestBatch* batch,
                 FrameResult* result) {
  result->ending = line.ending;
  if (!AddTokens(line.text, batch)) {
    result->consumed += line.size;
    return Stop(Status::kRejected,
                "ERR Protocol error: unbalanced quotes in request", batch,
                result);
  }
  if (batch->open_args() == 0) {  // an empty line
    result->consumed += line.size;
    return true;
  }
  if (IsHttp(*batch)) return Stop(Status::kBroken, "", batch, result);
  if (batch->open_args() > limits.max_args) {
    return Stop(Status::kBroken,
                limits.authenticated
                    ? "ERR Protocol error: invalid multibulk length"
                    : "ERR Protocol error: unauthenticated multibulk length",
                batch, result);
  }
  Block block;
  if (IsSetWithBlock(*batch)) {
    block = TakeBlock(rest.substr(line.size), limits, batch);
    if (!block.error.empty()) {
      return Stop(Status::kBroken, block.error, batch, result);
    }
    if (block.needed > 0) {
      result->needed = line.size + block.needed;
      return Stop(Status::kOk, "", batch, result);
    }
  }
  result->consumed += line.size + block.size;
  batch->CloseRequest(result->consumed, line.ending);
  return true;
}

}  // namespace

bool ParseTextRequest(absl::string_view input, size_t scanned,
                      const FrameLimits& limits,
                      std::unique_ptr<PartialRequest>* partial,
                      RequestBatch* batch, FrameResult* result) {
  const absl::string_view rest = input.substr(result->consumed);
  const size_t line_feed = rest.find('\n', scanned);
  const bool found = line_feed != rest.npos;
  if (!FitsLimit(rest, found ? line_feed : rest.size(), limits.max_line)) {
    return Stop(Status::kBroken, "ERR Protocol error: too big inline request",
                batch, result);
  }
  if (found) {
    return TakeRequest(LineOf(rest, line_feed), rest, limits, batch, result);
  }
  result->needed = rest.size() + 1;
  if (rest.size() >= kNotedLineBytes) {
    *partial = std::make_unique<PartialRequest>();
    (*partial)->scanned = rest.size();
  }
  return false;
}

FrameResult TextFramer::Parse(absl::string_view input,
                              const FrameLimits& limits,
                              std::unique_ptr<PartialRequest>* partial,
                              RequestBatch* batch) const {
  FrameResult result;
  size_t scanned = TakeScanned(partial);
  while (!batch->full() &&
         ParseTextRequest(input, scanned, limits, partial, batch, &result)) {
    scanned = 0;
  }
  return result;
}

}  // namespace kv::gateway
