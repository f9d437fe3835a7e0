#ifndef FASTKV_TCP_GATEWAY_WIRE_RESP_WRITER_H_
#define FASTKV_TCP_GATEWAY_WIRE_RESP_WRITER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/protocol_writer.h"

namespace kv::gateway {

// RespWriter: replies as Redis 7.2 writes them, in RESP2 or RESP3.
//
// Format     tcp_gateway/PROTOCOL.md, RESP.
class RespWriter final : public ProtocolWriter {
 public:
  Protocol protocol() const override {
    return resp3_ ? Protocol::kResp3 : Protocol::kResp2;
  }
  void set_resp3(bool resp3) { resp3_ = resp3; }

  void Status(absl::string_view text) override;
  void WriteError(ErrorKind kind, absl::string_view code_and_message) override;
  void Integer(int64_t value) override;
  void Double(double value) override;
  void Bool(bool value) override;
  void BigNumber(absl::string_view digits) override;
  void Bulk(absl::string_view bytes) override;
  void Bulk(const store::StringValue& value) override;
  void Verbatim(absl::string_view format, absl::string_view text) override;
  void Null() override;
  void NullArray() override;
  void Array(size_t size) override;
  void Set(size_t size) override;
  void Map(size_t pairs) override;
  void Push(size_t size) override;
  void ArrayOfPairs(size_t pairs) override;
  void Pair() override;
  // REQUIRES: version is 2 or 3.
  bool SwitchToResp(int version) override;

 private:
  bool resp3_ = false;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_RESP_WRITER_H_
