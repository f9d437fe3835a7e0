#include "tcp_gateway/wire/protocol_writer.h"

#include <cstring>

#include "absl/strings/ascii.h"
#include "store/base/number.h"

namespace kv::gateway {

namespace {

char* Put(absl::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Prefixes and line endings are hardly ever longer than this, for which
// memcpy() is a long way.
char* PutShort(absl::string_view text, char* out) {
  switch (text.size()) {
    case 1:
      out[0] = text[0];
      return out + 1;
    case 2:
      out[0] = text[0];
      out[1] = text[1];
      return out + 2;
    default:
      return Put(text, out);
  }
}

char* PutNumber(int64_t number, char* out) {
  const auto digit = [](int64_t value) {
    return static_cast<char>('0' + value);
  };
  if (number < 0 || number > 999) {
    return out + store::FormatInt64(number, out).size();
  }
  if (number > 99) *out++ = digit(number / 100);
  if (number > 9) *out++ = digit(number / 10 % 10);
  *out++ = digit(number % 10);
  return out;
}

char* PutNumberLine(absl::string_view prefix, int64_t number,
                    absl::string_view eol, char* out) {
  out = PutNumber(number, PutShort(prefix, out));
  return PutShort(eol, out);
}

}  // namespace

void ProtocolWriter::NumberLine(absl::string_view prefix, int64_t number,
                                absl::string_view eol) {
  output().Commit(
      PutNumberLine(prefix, number, eol, output().Reserve(kHeaderBytes)));
}

void ProtocolWriter::TextLine(absl::string_view prefix, absl::string_view text,
                              absl::string_view eol) {
  // A line that a client must find is no place for a megabyte of its own bytes.
  text = text.substr(0, kTogetherBytes);
  char* out = output().Reserve(text.size() + kHeaderBytes);
  out = PutShort(prefix, out);
  for (const char c : text) *out++ = absl::ascii_iscntrl(c) ? ' ' : c;
  output().Commit(PutShort(eol, out));
}

void ProtocolWriter::Block(absl::string_view prefix, absl::string_view bytes,
                           absl::string_view eol) {
  if (bytes.size() > kTogetherBytes) {
    NumberLine(prefix, bytes.size(), eol);
    output().Append(bytes);
    output().Append(eol);
    return;
  }
  char* out = output().Reserve(bytes.size() + kHeaderBytes);
  out = PutNumberLine(prefix, bytes.size(), eol, out);
  out = Put(bytes, out);
  output().Commit(PutShort(eol, out));
}

void ProtocolWriter::Block(absl::string_view prefix,
                           const store::StringValue& value,
                           absl::string_view eol) {
  if (!IsReferenced(value)) return Block(prefix, value.bytes, eol);
  NumberLine(prefix, value.bytes.size(), eol);
  output().AppendReference(value.blob, value.bytes);
  output().Append(eol);
}

}  // namespace kv::gateway
