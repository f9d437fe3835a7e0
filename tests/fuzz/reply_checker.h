#ifndef FASTKV_TESTS_FUZZ_REPLY_CHECKER_H_
#define FASTKV_TESTS_FUZZ_REPLY_CHECKER_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "store/base/check.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::fuzz {

// ReplyChecker: counts replies, and aborts if one is not what ReplyWriter asks
// for: pairs where pairs were announced, one line where it must be one.
class ReplyChecker final : public gateway::ReplyWriter {
 public:
  // The complete replies since the last call. Aborts if the last is not.
  size_t Take() {
    FASTKV_CHECK(open_.empty(), "an aggregate has too few values");
    const size_t replies = replies_;
    replies_ = 0;
    return replies;
  }

  void Status(absl::string_view text) override {
    FASTKV_CHECK(text.find_first_of("\r\n") == text.npos, "status of lines");
    Value();
  }
  void Integer(int64_t) override { Value(); }
  void Double(double value) override {
    FASTKV_CHECK(value == value, "a reply is NaN");
    Value();
  }
  void Bool(bool) override { Value(); }
  void BigNumber(absl::string_view) override { Value(); }
  void Bulk(absl::string_view) override { Value(); }
  void Bulk(const store::StringValue&) override { Value(); }
  void Verbatim(absl::string_view format, absl::string_view) override {
    FASTKV_CHECK(format.size() == 3, "a format has three letters");
    Value();
  }
  void Null() override { Value(); }
  void NullArray() override { Value(); }
  void Array(size_t size) override { Open(size, false); }
  void Set(size_t size) override { Open(size, false); }
  void Map(size_t pairs) override { Open(2 * pairs, false); }
  void Push(size_t size) override { Open(size, false); }
  void ArrayOfPairs(size_t pairs) override { Open(2 * pairs, true); }
  void Pair() override {
    FASTKV_CHECK(!open_.empty() && open_.back().pairs &&
                     open_.back().left % 2 == 0 && !open_.back().begun,
                 "a pair where none belongs");
    open_.back().begun = true;
  }
  bool SwitchToResp(int version) override {
    FASTKV_CHECK(version == 2 || version == 3, "no version of RESP");
    return true;
  }

 private:
  void WriteError(gateway::ErrorKind, absl::string_view text) override {
    FASTKV_CHECK(!text.empty(), "an error without a word");
    Value();
  }

  struct Aggregate {
    size_t left;
    bool pairs;
    bool begun = false;  // Pair() was said for the values that come
  };

  // A value begins, in an aggregate or as a reply.
  void Count() {
    if (open_.empty()) {
      ++replies_;
      return;
    }
    Aggregate& aggregate = open_.back();
    FASTKV_CHECK(!aggregate.pairs || aggregate.begun, "a pair was not said");
    if (--aggregate.left % 2 == 0) aggregate.begun = false;
  }
  void Close() {
    while (!open_.empty() && open_.back().left == 0) open_.pop_back();
  }
  void Value() {
    Count();
    Close();
  }
  void Open(size_t size, bool pairs) {
    Count();
    open_.push_back({size, pairs});
    Close();
  }

  std::vector<Aggregate> open_;
  size_t replies_ = 0;
};

}  // namespace kv::fuzz

#endif  // FASTKV_TESTS_FUZZ_REPLY_CHECKER_H_
