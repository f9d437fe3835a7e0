#ifndef FASTKV_TCP_GATEWAY_WIRE_PROTOCOL_WRITER_H_
#define FASTKV_TCP_GATEWAY_WIRE_PROTOCOL_WRITER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/output_buffer.h"
#include "tcp_gateway/wire/protocol.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// ProtocolWriter: a ReplyWriter that writes bytes into an OutputBuffer. One of
// each protocol per loop, pointed at the buffer of the connection in turn.
//
// Borrows    the output.
class ProtocolWriter : public ReplyWriter {
 public:
  // Points it at a connection's output; what another connection's reply may
  // have left unfinished is forgotten.
  virtual void SetOutput(OutputBuffer* output) { output_ = output; }
  // What it speaks now, which SwitchToResp() may have changed.
  virtual Protocol protocol() const = 0;

  // What they have in common; RESP3 and the legacy framing differ in some.
  void BigNumber(absl::string_view digits) override { Bulk(digits); }
  void Verbatim(absl::string_view /*format*/, absl::string_view text) override {
    Bulk(text);
  }
  void Bool(bool value) override { Integer(value ? 1 : 0); }
  void Set(size_t size) override { Array(size); }
  void Map(size_t pairs) override { Array(2 * pairs); }
  void Push(size_t size) override { Array(size); }
  void ArrayOfPairs(size_t pairs) override { Array(2 * pairs); }
  void Pair() override {}
  bool SwitchToResp(int /*version*/) override { return false; }

 protected:
  // Up to this many bytes a string is written together with its header; a
  // longer one may cross the chunks of the buffer.
  static constexpr size_t kTogetherBytes = 4096;
  // Room beside a string's bytes: prefix, length, line endings.
  static constexpr size_t kHeaderBytes = 64;

  OutputBuffer& output() { return *output_; }
  // Whether a value is sent from where it is rather than copied.
  static bool IsReferenced(const store::StringValue& value) {
    return value.blob != nullptr &&
           value.bytes.size() >= OutputBuffer::kReferenceBytes;
  }

  // prefix, number, line ending
  void NumberLine(absl::string_view prefix, int64_t number,
                  absl::string_view eol);
  // prefix, text with blanks for control characters, line ending
  void TextLine(absl::string_view prefix, absl::string_view text,
                absl::string_view eol);
  // prefix, length, line ending, bytes, line ending
  void Block(absl::string_view prefix, absl::string_view bytes,
             absl::string_view eol);
  void Block(absl::string_view prefix, const store::StringValue& value,
             absl::string_view eol);

 private:
  OutputBuffer* output_ = nullptr;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_PROTOCOL_WRITER_H_
