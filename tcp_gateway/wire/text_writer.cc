#include "tcp_gateway/wire/text_writer.h"

#include "store/base/number.h"

namespace kv::gateway {

void TextWriter::Status(absl::string_view text) { TextLine("+", text, eol()); }

void TextWriter::WriteError(ErrorKind /*kind*/,
                            absl::string_view code_and_message) {
  TextLine("-", code_and_message, eol());
}

void TextWriter::Integer(int64_t value) { NumberLine(":", value, eol()); }

void TextWriter::Double(double value) {
  char buffer[store::kNumberBufferBytes];
  Bulk(store::FormatDouble(value, buffer));
}

void TextWriter::Bulk(absl::string_view bytes) {
  Block("+VALUE ", bytes, eol());
}

void TextWriter::Bulk(const store::StringValue& value) {
  Block("+VALUE ", value, eol());
}

void TextWriter::Null() { TextLine("+", "NIL", eol()); }

void TextWriter::NullArray() { Null(); }

void TextWriter::Array(size_t size) { NumberLine("*", size, eol()); }

}  // namespace kv::gateway
