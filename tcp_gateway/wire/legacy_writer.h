#ifndef FASTKV_TCP_GATEWAY_WIRE_LEGACY_WRITER_H_
#define FASTKV_TCP_GATEWAY_WIRE_LEGACY_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/protocol_writer.h"

namespace kv::gateway {

// LegacyWriter: the original project's binary replies, one frame for each value
// that is not inside another. The frame's length is filled in once the value is
// complete.
//
// Format     tcp_gateway/PROTOCOL.md, the legacy framing.
// Invariant  open_ is empty exactly while no frame is open.
class LegacyWriter final : public ProtocolWriter {
 public:
  Protocol protocol() const override { return Protocol::kLegacy; }
  void SetOutput(OutputBuffer* output) override;

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
  // Every value is written between these two.
  void Begin();
  void End();

  std::vector<size_t> open_;  // for each open array, the values still to come
  char* length_ = nullptr;    // where the open frame's length goes
  uint64_t payload_begin_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_LEGACY_WRITER_H_
