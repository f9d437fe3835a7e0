#ifndef FASTKV_BENCH_LOAD_REQUEST_RING_H_
#define FASTKV_BENCH_LOAD_REQUEST_RING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace kv::bench {

// RequestRing: the bytes of requests, made before the clock starts and lying
// one behind the other, so that a batch of any size is sent from where it is.
//
// Threads    safe once filled.
class RequestRing {
 public:
  void Add(absl::FunctionRef<void(std::string*)> append) {
    append(&bytes_);
    ends_.push_back(bytes_.size());
  }

  size_t size() const { return ends_.size(); }
  size_t size_bytes() const { return bytes_.size(); }

  // Requests number `i` (which wraps around) and following, at most `count`,
  // fewer at the ring's end; `*taken` says how many.
  absl::string_view Slice(uint64_t i, uint64_t count, uint64_t* taken) const {
    const size_t first = i % size();
    *taken = std::min<uint64_t>(count, size() - first);
    const size_t begin = first == 0 ? 0 : ends_[first - 1];
    return absl::string_view(bytes_).substr(begin,
                                            ends_[first + *taken - 1] - begin);
  }

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_REQUEST_RING_H_
