#include "tcp_gateway/pubsub/message.h"

#include <cstring>

namespace kv::gateway {

namespace {

char* Put(absl::string_view bytes, char* out) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

}  // namespace

Message::Message(Kind kind, absl::string_view pattern,
                 absl::string_view channel, absl::string_view payload) {
  const Header header = {kind, static_cast<uint32_t>(pattern.size()),
                         channel.size()};
  const size_t size =
      sizeof(header) + pattern.size() + channel.size() + payload.size();
  blob_ = store::BlobRef::Adopt(store::Blob::New(size, size));
  char* out = blob_.get()->data();
  std::memcpy(out, &header, sizeof(header));
  out = Put(pattern, out + sizeof(header));
  out = Put(channel, out);
  Put(payload, out);
}

Message::Header Message::header() const {
  Header header;
  std::memcpy(&header, blob_.get()->data(), sizeof(header));
  return header;
}

absl::string_view Message::body() const {
  return blob_.get()->view().substr(sizeof(Header));
}

absl::string_view Message::pattern() const {
  return body().substr(0, header().pattern_bytes);
}

absl::string_view Message::channel() const {
  return body().substr(header().pattern_bytes, header().channel_bytes);
}

void Message::Write(ReplyWriter& writer) const {
  const Header head = header();
  switch (head.kind) {
    case Kind::kChannel:
      writer.Push(3);
      writer.Bulk("message");
      break;
    case Kind::kPattern:
      writer.Push(4);
      writer.Bulk("pmessage");
      writer.Bulk(pattern());
      break;
    case Kind::kShard:
      writer.Push(3);
      writer.Bulk("smessage");
      break;
  }
  writer.Bulk(channel());
  const absl::string_view payload =
      body().substr(head.pattern_bytes + head.channel_bytes);
  writer.Bulk(store::StringValue{payload, blob_.get()});
}

}  // namespace kv::gateway
