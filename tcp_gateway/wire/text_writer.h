#ifndef FASTKV_TCP_GATEWAY_WIRE_TEXT_WRITER_H_
#define FASTKV_TCP_GATEWAY_WIRE_TEXT_WRITER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/protocol_writer.h"

namespace kv::gateway {

// TextWriter: replies of the text protocol, whose lines end as the request's
// line did.
//
// Format     tcp_gateway/PROTOCOL.md, the text protocol.
class TextWriter final : public ProtocolWriter {
 public:
  Protocol protocol() const override { return Protocol::kText; }
  void Status(absl::string_view text) override;
  void WriteError(ErrorKind kind, absl::string_view code_and_message) override;
  void Integer(int64_t value) override;
  void Double(double value) override;
  void Bulk(absl::string_view bytes) override;
  void Bulk(const store::StringValue& value) override;
  void Null() override;
  void NullArray() override;
  void Array(size_t size) override;

 private:
  absl::string_view eol() const {
    return ending() == LineEnding::kLf ? "\n" : "\r\n";
  }
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_TEXT_WRITER_H_
