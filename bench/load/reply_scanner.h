#ifndef FASTKV_BENCH_LOAD_REPLY_SCANNER_H_
#define FASTKV_BENCH_LOAD_REPLY_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace kv::bench {

// ReplyScanner: counts the replies in a stream of the text protocol, of RESP2
// or of memcached's text protocol, cut anywhere, without looking at values.
//
// Owns       the piece of a line that the last call ended in.
// Threads    compatible; one per connection.
class ReplyScanner {
 public:
  struct Found {
    uint64_t replies = 0;
    uint64_t errors = 0;  // of the replies, those that are errors
    bool broken = false;  // these are not the bytes of such a protocol
  };

  Found Feed(absl::string_view input);

  // The first error that was found; empty if none.
  const std::string& first_error() const { return first_error_; }

 private:
  // Takes a line without its LF; false if it starts no reply.
  bool TakeLine(absl::string_view line, Found* found);
  // The same of a line that begins with a letter, as memcached's do.
  bool TakeMemcachedLine(absl::string_view line, Found* found);
  void TakeError(absl::string_view message, Found* found);
  void FinishItem(Found* found);

  std::string line_;       // an unfinished line
  uint64_t skip_ = 0;      // bytes of a value, with its line ending, to come
  uint64_t items_ = 0;     // of arrays, still to come
  bool in_value_ = false;  // there are bytes to skip,
  bool last_ = false;      // with which the item ends
  std::string first_error_;
};

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_REPLY_SCANNER_H_
