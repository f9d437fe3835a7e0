#include "tcp_gateway/wire/request.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kv::gateway {

namespace {
// Above this the list of arguments is given back: one request of a million
// arguments must not cost its loop 16 MiB for ever.
constexpr size_t kKeptArgs = 8192;
}  // namespace

RequestBatch::RequestBatch() {
  requests_.reserve(kMaxRequests);
  GrowArgs(kMaxRequests * 4);
}

void RequestBatch::GrowArgs(size_t count) {
  args_capacity_ = std::max(2 * args_capacity_, args_size_ + count);
  auto grown = std::make_unique<absl::string_view[]>(args_capacity_);
  std::copy_n(args_.get(), args_size_, grown.get());
  args_ = std::move(grown);
}

void RequestBatch::Clear(size_t max_requests) {
  max_requests_ = max_requests;
  requests_.clear();
  args_size_ = closed_args_ = 0;
  if (args_capacity_ > kKeptArgs) {
    args_capacity_ = 0;
    GrowArgs(kMaxRequests * 4);
  }
  if (scratch_used_ > 0) {
    scratch_.clear();
    scratch_left_ = scratch_used_ = 0;
  }
}

absl::Span<const Request> RequestBatch::Requests() {
  const absl::string_view* next = args_.get();
  for (Request& request : requests_) {
    request.args = {next, request.args.size()};
    next += request.args.size();
  }
  return requests_;
}

char* RequestBatch::Scratch(size_t size) {
  if (size > scratch_left_) {
    const size_t chunk = std::max(size, kScratchChunkBytes);
    scratch_.push_back(std::make_unique_for_overwrite<char[]>(chunk));
    scratch_left_ = chunk;
  }
  // The chunk is used from its end, so that one counter says what is left.
  scratch_left_ -= size;
  scratch_used_ += size;
  return scratch_.back().get() + scratch_left_;
}

absl::string_view RequestBatch::CopyToScratch(absl::string_view bytes) {
  char* copy = Scratch(bytes.size());
  std::memcpy(copy, bytes.data(), bytes.size());
  return {copy, bytes.size()};
}

}  // namespace kv::gateway
