#include "tcp_gateway/wire/request.h"

#include <algorithm>
#include <cstring>

namespace kv::gateway {

namespace {
// Above this the list of arguments is given back: one request of a million
// arguments must not cost its loop 16 MiB for ever.
constexpr size_t kKeptArgs = 8192;
}  // namespace

RequestBatch::RequestBatch() {
  requests_.reserve(kMaxRequests);
  arg_counts_.reserve(kMaxRequests);
  args_.reserve(kMaxRequests * 4);
}

void RequestBatch::Clear(size_t max_requests) {
  max_requests_ = max_requests;
  requests_.clear();
  arg_counts_.clear();
  args_.clear();
  closed_args_ = 0;
  if (args_.capacity() > kKeptArgs) {
    std::vector<absl::string_view>().swap(args_);
    args_.reserve(kMaxRequests * 4);
  }
  if (scratch_used_ > 0) {
    scratch_.clear();
    scratch_left_ = scratch_used_ = 0;
  }
}

absl::Span<const Request> RequestBatch::Requests() {
  const absl::string_view* next = args_.data();
  for (size_t i = 0; i < requests_.size(); ++i) {
    requests_[i].args = {next, arg_counts_[i]};
    next += arg_counts_[i];
  }
  return requests_;
}

void RequestBatch::CloseRequest(size_t end, LineEnding ending) {
  arg_counts_.push_back(open_args());
  closed_args_ = args_.size();
  requests_.push_back({.end = end, .ending = ending});
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
