#include "tcp_gateway/wire/resp_writer.h"

#include <cmath>

#include "store/base/number.h"

namespace kv::gateway {

namespace {
constexpr absl::string_view kEol = "\r\n";
}  // namespace

void RespWriter::Status(absl::string_view text) { TextLine("+", text, kEol); }

void RespWriter::WriteError(ErrorKind /*kind*/,
                            absl::string_view code_and_message) {
  TextLine("-", code_and_message, kEol);
}

void RespWriter::Integer(int64_t value) { NumberLine(":", value, kEol); }

void RespWriter::Double(double value) {
  char buffer[store::kNumberBufferBytes];
  const absl::string_view text =
      std::isnan(value) ? "nan" : store::FormatDouble(value, buffer);
  if (!resp3_) return Bulk(text);
  TextLine(",", text, kEol);
}

void RespWriter::Bool(bool value) {
  if (!resp3_) return Integer(value ? 1 : 0);
  output().Append(value ? "#t\r\n" : "#f\r\n");
}

void RespWriter::BigNumber(absl::string_view digits) {
  if (!resp3_) return Bulk(digits);
  TextLine("(", digits, kEol);
}

void RespWriter::Bulk(absl::string_view bytes) { Block("$", bytes, kEol); }

void RespWriter::Bulk(const store::StringValue& value) {
  Block("$", value, kEol);
}

void RespWriter::Verbatim(absl::string_view format, absl::string_view text) {
  if (!resp3_) return Bulk(text);
  NumberLine("=", format.size() + 1 + text.size(), kEol);
  output().Append(format);
  output().Append(":");
  output().Append(text);
  output().Append(kEol);
}

void RespWriter::Null() { output().Append(resp3_ ? "_\r\n" : "$-1\r\n"); }

void RespWriter::NullArray() { output().Append(resp3_ ? "_\r\n" : "*-1\r\n"); }

void RespWriter::Array(size_t size) { NumberLine("*", size, kEol); }

void RespWriter::Set(size_t size) {
  NumberLine(resp3_ ? "~" : "*", size, kEol);
}

void RespWriter::Map(size_t pairs) {
  NumberLine(resp3_ ? "%" : "*", resp3_ ? pairs : 2 * pairs, kEol);
}

void RespWriter::Push(size_t size) {
  NumberLine(resp3_ ? ">" : "*", size, kEol);
}

void RespWriter::ArrayOfPairs(size_t pairs) {
  Array(resp3_ ? pairs : 2 * pairs);
}

void RespWriter::Pair() {
  if (resp3_) Array(2);
}

bool RespWriter::SwitchToResp(int version) {
  resp3_ = version == 3;
  return true;
}

}  // namespace kv::gateway
