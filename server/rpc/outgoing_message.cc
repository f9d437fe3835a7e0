#include "server/rpc/outgoing_message.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "google/protobuf/io/coded_stream.h"

namespace kv::server {
namespace {

using google::protobuf::MessageLite;
using google::protobuf::io::CodedOutputStream;

// Copying fewer bytes costs less than a piece of their own.
constexpr size_t kWorthAPiece = 2048;
constexpr size_t kFirstPieceBytes = 512;
constexpr size_t kMaxPieceBytes = 64 << 10;

uint32_t TagOf(int field_number) {
  constexpr uint32_t kLengthDelimited = 2;
  return static_cast<uint32_t>(field_number) << 3 | kLengthDelimited;
}

size_t PrefixBytes(int field_number, size_t length) {
  return CodedOutputStream::VarintSize32(TagOf(field_number)) +
         CodedOutputStream::VarintSize32(static_cast<uint32_t>(length));
}

uint8_t* WritePrefix(int field_number, size_t length, uint8_t* to) {
  to = CodedOutputStream::WriteVarint32ToArray(TagOf(field_number), to);
  return CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(length),
                                                 to);
}

}  // namespace

void OutgoingMessage::Clear() {
  pieces_.clear();
  size_ = 0;
  room_ = 0;
}

void OutgoingMessage::AppendMessage(absl::Span<const int> path,
                                    const MessageLite& fields) {
  Append(path, fields, nullptr);
}

void OutgoingMessage::AppendMessage(absl::Span<const int> path,
                                    const MessageLite& fields,
                                    const BytesField& bytes) {
  Append(path, fields, &bytes);
}

void OutgoingMessage::Append(absl::Span<const int> path,
                             const MessageLite& fields,
                             const BytesField* bytes) {
  const size_t fields_bytes = fields.ByteSizeLong();
  const bool in_place = bytes != nullptr && bytes->blob != nullptr &&
                        bytes->bytes.size() >= kWorthAPiece;
  // From the inside out: how long each message is, and all prefixes together.
  absl::InlinedVector<size_t, 4> lengths(path.size());
  size_t length = fields_bytes;
  size_t written = fields_bytes;
  if (bytes != nullptr) {
    const size_t prefix = PrefixBytes(bytes->number, bytes->bytes.size());
    length += prefix + bytes->bytes.size();
    written += prefix + (in_place ? 0 : bytes->bytes.size());
  }
  for (size_t i = path.size(); i > 0; --i) {
    lengths[i - 1] = length;
    const size_t prefix = PrefixBytes(path[i - 1], length);
    length += prefix;
    written += prefix;
  }
  uint8_t* to = Extend(written);
  for (size_t i = 0; i < path.size(); ++i) {
    to = WritePrefix(path[i], lengths[i], to);
  }
  to = fields.SerializeWithCachedSizesToArray(to);
  if (bytes == nullptr) return;
  to = WritePrefix(bytes->number, bytes->bytes.size(), to);
  if (!in_place) {
    if (!bytes->bytes.empty()) {
      std::memcpy(to, bytes->bytes.data(), bytes->bytes.size());
    }
    return;
  }
  pieces_.push_back({nullptr, store::BlobRef(bytes->blob), bytes->bytes});
  size_ += bytes->bytes.size();
  room_ = 0;
}

void OutgoingMessage::Swap(OutgoingMessage& other) noexcept {
  std::swap(pieces_, other.pieces_);
  std::swap(size_, other.size_);
  std::swap(room_, other.room_);
}

uint8_t* OutgoingMessage::Extend(size_t size) {
  if (room_ < size || pieces_.empty()) {
    // Pieces grow with the message: a short one costs little, a long one few
    // allocations.
    room_ = std::max(size, std::clamp(size_, kFirstPieceBytes, kMaxPieceBytes));
    if (pieces_.empty()) room_ = std::max<size_t>(size, 1);
    char* memory = static_cast<char*>(std::malloc(room_));
    if (memory == nullptr) throw std::bad_alloc();
    pieces_.push_back({std::unique_ptr<char, Free>(memory), {}, {memory, 0}});
  }
  absl::string_view& bytes = pieces_.back().bytes;
  char* begin = const_cast<char*>(bytes.data()) + bytes.size();
  bytes = {bytes.data(), bytes.size() + size};
  size_ += size;
  room_ -= size;
  return reinterpret_cast<uint8_t*>(begin);
}

}  // namespace kv::server
