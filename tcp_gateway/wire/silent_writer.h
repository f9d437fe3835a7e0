#ifndef FASTKV_TCP_GATEWAY_WIRE_SILENT_WRITER_H_
#define FASTKV_TCP_GATEWAY_WIRE_SILENT_WRITER_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// SilentWriter: for replies that the client does not want. What changes the
// connection rather than answering is passed on.
//
// Borrows    the connection's writer.
class SilentWriter final : public ReplyWriter {
 public:
  explicit SilentWriter(ReplyWriter& writer) : writer_(writer) {}

  void Status(absl::string_view) override {}
  void Integer(int64_t) override {}
  void Double(double) override {}
  void Bool(bool) override {}
  void BigNumber(absl::string_view) override {}
  void Bulk(absl::string_view) override {}
  void Bulk(const store::StringValue&) override {}
  void Verbatim(absl::string_view, absl::string_view) override {}
  void Null() override {}
  void NullArray() override {}
  void Array(size_t) override {}
  void Set(size_t) override {}
  void Map(size_t) override {}
  void Push(size_t) override {}
  void ArrayOfPairs(size_t) override {}
  void Pair() override {}
  bool SwitchToResp(int version) override {
    return writer_.SwitchToResp(version);
  }

 private:
  void WriteError(ErrorKind, absl::string_view) override {}

  ReplyWriter& writer_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_SILENT_WRITER_H_
