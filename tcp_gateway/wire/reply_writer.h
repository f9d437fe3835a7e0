#ifndef FASTKV_TCP_GATEWAY_WIRE_REPLY_WRITER_H_
#define FASTKV_TCP_GATEWAY_WIRE_REPLY_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "store/base/blob.h"
#include "tcp_gateway/wire/request.h"

namespace kv::gateway {

// What an error is about, for the framing that has numbers for it.
enum class ErrorKind : uint8_t {
  kUnknownCommand,
  kWrongArity,  // a command, but not with so many arguments
  kTooBig,
  kWrongType,
  kBadArgument,
};

// ReplyWriter: says what a reply means; each protocol says it in its own bytes.
// A command never asks which protocol it serves.
//
// An aggregate announces its size and is followed by exactly that many values,
// which may be aggregates themselves. One request has one value as its reply,
// except where Redis sends several (SUBSCRIBE) or none.
//
// Borrows    nothing beyond a call: bytes are copied, large blobs referenced.
// Threads    compatible; belongs to the event loop of the connection.
class ReplyWriter {
 public:
  virtual ~ReplyWriter() = default;

  // Before the reply to each request: the text protocol's lines end as the
  // request's line did.
  void BeginReply(LineEnding ending) { ending_ = ending; }

  virtual void Status(absl::string_view text) = 0;  // "OK", one line
  // "CODE message", one line: control characters become blanks.
  void Error(absl::string_view code_and_message) {
    Error(ErrorKind::kBadArgument, code_and_message);
  }
  void Error(ErrorKind kind, absl::string_view code_and_message) {
    ++errors_;
    last_error_code_ =
        std::string(code_and_message.substr(0, code_and_message.find(' ')));
    WriteError(kind, code_and_message);
  }
  virtual void Integer(int64_t value) = 0;
  virtual void Double(double value) = 0;
  virtual void Bool(bool value) = 0;
  virtual void BigNumber(absl::string_view digits) = 0;
  virtual void Bulk(absl::string_view bytes) = 0;
  // REQUIRES: called while `value` is valid, that is inside its transaction.
  virtual void Bulk(const store::StringValue& value) = 0;
  // Text for people; `format` has three letters, as "txt".
  virtual void Verbatim(absl::string_view format, absl::string_view text) = 0;
  virtual void Null() = 0;       // no such value
  virtual void NullArray() = 0;  // no such list of values

  virtual void Array(size_t size) = 0;
  virtual void Set(size_t size) = 0;
  virtual void Map(size_t pairs) = 0;  // key, value, key, value...
  virtual void Push(size_t size) = 0;  // not the answer to a request
  // Pairs in order, as members with scores: ArrayOfPairs(n), then n times
  // Pair() and its two values. Nested in RESP3, flat elsewhere.
  virtual void ArrayOfPairs(size_t pairs) = 0;
  virtual void Pair() = 0;

  // HELLO: speak RESP2 or RESP3 from here on, the reply to HELLO included.
  // False where the connection's framing is another.
  virtual bool SwitchToResp(int version) = 0;

  // For statistics: how many errors were written, and the first word of the
  // last.
  uint64_t errors() const { return errors_; }
  absl::string_view last_error_code() const { return last_error_code_; }

 protected:
  virtual void WriteError(ErrorKind kind,
                          absl::string_view code_and_message) = 0;
  LineEnding ending() const { return ending_; }

 private:
  LineEnding ending_ = LineEnding::kCrLf;
  uint64_t errors_ = 0;
  std::string last_error_code_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_REPLY_WRITER_H_
