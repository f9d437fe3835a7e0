#ifndef FASTKV_TCP_GATEWAY_WIRE_OUTPUT_BUFFER_H_
#define FASTKV_TCP_GATEWAY_WIRE_OUTPUT_BUFFER_H_

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/base/blob.h"

namespace kv::gateway {

// OutputBuffer: replies on their way out. Bytes are appended in place; large
// blobs are spliced between them by reference; everything is drained with one
// gathering send.
//
// Owns       chunks of bytes, and one reference to each spliced blob.
// Threads    compatible. A loop keeps some and lends them to the connections it
//            is serving; at rest, only one with replies left over holds one.
// Invariant  pending() = bytes appended - bytes consumed.
// Cost       append O(bytes), no copy later on; a chunk never moves, so that a
//            length can be filled in after what it counts.
class OutputBuffer {
 public:
  static constexpr size_t kChunkBytes = 32 << 10;
  // The first chunk: enough for most replies, and little for each of many
  // connections whose replies have to wait.
  static constexpr size_t kFirstChunkBytes = 512;
  // From here on a blob is sent from where it is: the reference count and one
  // more entry for sendmsg cost less than the copy.
  static constexpr size_t kReferenceBytes = 16 << 10;

  OutputBuffer() = default;
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  // Room for `size` bytes, written by the caller up to where Commit is told.
  // REQUIRES: size <= kChunkBytes.
  char* Reserve(size_t size) {
    if (static_cast<size_t>(limit_ - cursor_) < size) NextChunk(size);
    return cursor_;
  }
  void Commit(const char* end) {
    appended_ += end - cursor_;
    cursor_ = const_cast<char*>(end);
  }
  void Append(absl::string_view bytes) {
    // Strictly less, so that memcpy is not given the null cursor of a buffer
    // that has no chunk yet.
    if (static_cast<size_t>(limit_ - cursor_) <= bytes.size()) {
      return AppendSlow(bytes);
    }
    std::memcpy(cursor_, bytes.data(), bytes.size());
    Commit(cursor_ + bytes.size());
  }
  // Appends `part` of the blob's bytes, which stay where they are: the buffer
  // holds a reference until they are sent.
  void AppendReference(store::Blob* blob, absl::string_view part);

  // All bytes ever appended, and those not sent yet.
  uint64_t appended() const { return appended_; }
  size_t pending() const { return appended_ - consumed_; }
  bool empty() const { return appended_ == consumed_; }

  // The first bytes to send, as at most `max` pieces; returns how many.
  int Gather(iovec* pieces, int max) const;
  // Forgets the first `size` bytes, which were sent. REQUIRES: <= pending().
  void Consume(size_t size);

 private:
  struct Segment {
    absl::string_view bytes() const {
      return {chunk ? chunk.get() + begin : blob.view().data() + begin,
              end - begin};
    }
    std::unique_ptr<char[]> chunk;  // or:
    store::BlobRef blob;
    size_t begin = 0;
    size_t end = 0;       // of the last segment if a chunk: see cursor_
    size_t capacity = 0;  // of the chunk
  };

  // Opens a chunk of `size` bytes or more. REQUIRES: size <= kChunkBytes.
  void NextChunk(size_t size);
  void AppendSlow(absl::string_view bytes);
  // Writes the cursor back into the open chunk's segment.
  void CloseChunk();
  void Restart();

  std::vector<Segment> segments_;  // [first_, size()) hold pending bytes
  size_t first_ = 0;
  char* cursor_ = nullptr;  // where the open chunk, the last segment, goes on
  char* limit_ = nullptr;
  uint64_t appended_ = 0;
  uint64_t consumed_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_OUTPUT_BUFFER_H_
