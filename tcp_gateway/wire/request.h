#ifndef FASTKV_TCP_GATEWAY_WIRE_REQUEST_H_
#define FASTKV_TCP_GATEWAY_WIRE_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kv::gateway {

// How the reply's lines end in the text protocol: as the request's line did.
enum class LineEnding : uint8_t { kCrLf, kLf };

// Request: one command as a client sent it, whatever framing it came in.
//
// Borrows    the arguments: they point into the connection's input or into the
//            batch, and are valid during CommandService::Execute only.
struct Request {
  absl::Span<const absl::string_view> args;  // never empty; args[0] is the name
  size_t end = 0;  // where it ends in the input that was parsed
  LineEnding ending = LineEnding::kCrLf;

  absl::string_view name() const { return args[0]; }
};

// RequestBatch: the requests of one turn, parsed together so that their keys
// can be hashed and prefetched before the first is executed. One per event
// loop, used again and again: a batch in its stride allocates nothing.
//
// Owns       the lists and the copies of arguments that held escapes.
// Threads    compatible.
class RequestBatch {
 public:
  // Enough to hide memory latency behind one another, little enough that the
  // batch and what it touches stay in the first-level cache.
  static constexpr size_t kMaxRequests = 64;

  RequestBatch();
  RequestBatch(const RequestBatch&) = delete;
  RequestBatch& operator=(const RequestBatch&) = delete;

  // Empties the batch, which then takes up to `max_requests`.
  void Clear(size_t max_requests = kMaxRequests);

  bool empty() const { return requests_.empty(); }
  size_t size() const { return requests_.size(); }
  bool full() const {
    return requests_.size() >= max_requests_ || scratch_used_ > kScratchSoftCap;
  }

  // The complete requests, in order; valid until the next change.
  absl::Span<const Request> Requests();

  // For framers: arguments are added first, then closed as one request.
  void AddArg(absl::string_view arg) {
    *RoomForArgs(1) = arg;
    AddArgs(1);
  }
  // Room behind the arguments for so many more, of which AddArgs() then counts
  // those that were written there.
  absl::string_view* RoomForArgs(size_t count) {
    if (args_capacity_ - args_size_ < count) GrowArgs(count);
    return &args_[args_size_];
  }
  void AddArgs(size_t count) { args_size_ += count; }
  size_t open_args() const { return args_size_ - closed_args_; }
  absl::string_view open_arg(size_t i) const { return args_[closed_args_ + i]; }
  void DropOpenArgs() { args_size_ = closed_args_; }
  void CloseRequest(size_t end, LineEnding ending = LineEnding::kCrLf) {
    // Where they are is told by Requests(), since the list may yet move.
    requests_.push_back({{nullptr, open_args()}, end, ending});
    closed_args_ = args_size_;
  }

  // `size` bytes that live until Clear().
  char* Scratch(size_t size);
  absl::string_view CopyToScratch(absl::string_view bytes);

 private:
  static constexpr size_t kScratchChunkBytes = 64 << 10;
  static constexpr size_t kScratchSoftCap = 256 << 10;

  size_t max_requests_ = kMaxRequests;
  void GrowArgs(size_t count);

  std::unique_ptr<absl::string_view[]> args_;
  size_t args_capacity_ = 0;
  size_t args_size_ = 0;
  size_t closed_args_ = 0;  // of them, those that belong to complete requests
  std::vector<Request> requests_;  // of the arguments, only the number
  // Copies: whole chunks, so that a view never moves.
  std::vector<std::unique_ptr<char[]>> scratch_;
  size_t scratch_left_ = 0;
  size_t scratch_used_ = 0;
};

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_WIRE_REQUEST_H_
