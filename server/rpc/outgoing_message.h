#ifndef FASTKV_SERVER_RPC_OUTGOING_MESSAGE_H_
#define FASTKV_SERVER_RPC_OUTGOING_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message_lite.h"
#include "store/base/blob.h"

namespace kv::server {

// OutgoingMessage: the bytes of a serialized message, made front to back, in
// pieces. Large values are pieces of their own that refer to the store's blob,
// so that they travel to the socket without a copy.
//
// Owns       the bytes written to it, and references to blobs.
// Threads    compatible.
class OutgoingMessage {
 public:
  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };
  struct Piece {
    std::unique_ptr<char, Free> memory;  // null: the bytes are the blob's
    store::BlobRef blob;
    absl::string_view bytes;
  };

  OutgoingMessage() = default;
  OutgoingMessage(OutgoingMessage&& other) noexcept { Swap(other); }
  OutgoingMessage& operator=(OutgoingMessage&& other) noexcept {
    Swap(other);
    return *this;
  }

  size_t size() const { return size_; }
  absl::Span<Piece> pieces() { return absl::MakeSpan(pieces_); }
  void Clear();

  // What a field of type bytes holds: bytes that are copied or, with a blob,
  // bytes of it that are not.
  struct BytesField {
    int number = 0;
    absl::string_view bytes;
    store::Blob* blob = nullptr;
  };
  // Appends a message that has these fields, and the bytes field, as the
  // message field path[0]; with a longer path it is in path[1] of that, and so
  // on. An empty path: they are fields of the outgoing message itself.
  // REQUIRES: `fields` has not set the bytes field.
  void AppendMessage(absl::Span<const int> path,
                     const google::protobuf::MessageLite& fields);
  void AppendMessage(absl::Span<const int> path,
                     const google::protobuf::MessageLite& fields,
                     const BytesField& bytes);

 private:
  void Swap(OutgoingMessage& other) noexcept;
  void Append(absl::Span<const int> path,
              const google::protobuf::MessageLite& fields,
              const BytesField* bytes);
  // Room for so many bytes, which the caller writes.
  uint8_t* Extend(size_t size);

  absl::InlinedVector<Piece, 2> pieces_;
  size_t size_ = 0;
  size_t room_ = 0;  // behind the bytes of the last piece
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_OUTGOING_MESSAGE_H_
