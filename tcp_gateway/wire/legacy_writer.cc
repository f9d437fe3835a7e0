#include "tcp_gateway/wire/legacy_writer.h"

#include <cstring>

namespace kv::gateway {

namespace {

enum Tag : char {
  kNil = 0,
  kError = 1,
  kString = 2,
  kInteger = 3,
  kDouble = 4,
  kArray = 5,
};

// What the original's clients know an error by.
int32_t CodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnknownCommand:
    // There, a name with another number of arguments was another name.
    case ErrorKind::kWrongArity:
      return 1;
    case ErrorKind::kTooBig:
      return 2;
    case ErrorKind::kWrongType:
      return 3;
    case ErrorKind::kBadArgument:
      return 4;
  }
  return 4;
}

// A tag and the fixed fields behind it.
template <typename... Fields>
void PutHead(OutputBuffer* output, Tag tag, Fields... fields) {
  char* out = output->Reserve(1 + (0 + ... + sizeof(Fields)));
  *out++ = tag;
  ((std::memcpy(out, &fields, sizeof(fields)), out += sizeof(fields)), ...);
  output->Commit(out);
}

}  // namespace

void LegacyWriter::SetOutput(OutputBuffer* output) {
  open_.clear();
  ProtocolWriter::SetOutput(output);
}

void LegacyWriter::Begin() {
  if (!open_.empty()) return;
  length_ = output().Reserve(sizeof(uint32_t));
  output().Commit(length_ + sizeof(uint32_t));
  payload_begin_ = output().appended();
}

void LegacyWriter::End() {
  while (!open_.empty()) {
    if (--open_.back() > 0) return;
    open_.pop_back();
  }
  const uint32_t size =
      static_cast<uint32_t>(output().appended() - payload_begin_);
  std::memcpy(length_, &size, sizeof(size));
}

void LegacyWriter::Status(absl::string_view text) { Bulk(text); }

void LegacyWriter::WriteError(ErrorKind kind,
                              absl::string_view code_and_message) {
  const int32_t code = CodeOf(kind);
  const absl::string_view text =
      code == 1 ? absl::string_view("Unknown cmd") : code_and_message;
  Begin();
  PutHead(&output(), kError, code, static_cast<uint32_t>(text.size()));
  output().Append(text);
  End();
}

void LegacyWriter::Integer(int64_t value) {
  Begin();
  PutHead(&output(), kInteger, value);
  End();
}

void LegacyWriter::Double(double value) {
  Begin();
  PutHead(&output(), kDouble, value);
  End();
}

void LegacyWriter::Bulk(absl::string_view bytes) {
  Begin();
  PutHead(&output(), kString, static_cast<uint32_t>(bytes.size()));
  output().Append(bytes);
  End();
}

void LegacyWriter::Bulk(const store::StringValue& value) {
  if (!IsReferenced(value)) return Bulk(value.bytes);
  Begin();
  PutHead(&output(), kString, static_cast<uint32_t>(value.bytes.size()));
  output().AppendReference(value.blob, value.bytes);
  End();
}

void LegacyWriter::Null() {
  Begin();
  PutHead(&output(), kNil);
  End();
}

void LegacyWriter::NullArray() { Null(); }

void LegacyWriter::Array(size_t size) {
  Begin();
  PutHead(&output(), kArray, static_cast<uint32_t>(size));
  if (size == 0) return End();
  open_.push_back(size);
}

}  // namespace kv::gateway
