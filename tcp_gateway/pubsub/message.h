#ifndef FASTKV_TCP_GATEWAY_PUBSUB_MESSAGE_H_
#define FASTKV_TCP_GATEWAY_PUBSUB_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "store/base/blob.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::gateway {

// Message: what was published, as it travels to subscribers. All of them share
// one copy, up to the socket if it is large.
//
// Format     in one blob: kind, length of the pattern, length of the channel;
//            pattern, channel, payload.
// Threads    immutable; each holder has a reference of its own.
class Message {
 public:
  enum class Kind : uint32_t { kChannel, kPattern, kShard };

  Message(Kind kind, absl::string_view pattern, absl::string_view channel,
          absl::string_view payload);

  // Another reference to the same bytes.
  Message Share() const { return Message(store::BlobRef(blob_.get())); }

  Kind kind() const { return header().kind; }
  absl::string_view pattern() const;
  absl::string_view channel() const;
  // About what it takes in a subscriber's output.
  size_t bytes() const { return blob_.get()->size() + kOverheadBytes; }

  // As a push: "message", "pmessage" or "smessage" and what belongs to it.
  void Write(ReplyWriter& writer) const;

 private:
  static constexpr size_t kOverheadBytes = 64;

  struct Header {
    Kind kind;
    uint32_t pattern_bytes;
    uint64_t channel_bytes;
  };

  explicit Message(store::BlobRef blob) : blob_(std::move(blob)) {}

  Header header() const;
  absl::string_view body() const;

  store::BlobRef blob_;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_PUBSUB_MESSAGE_H_
