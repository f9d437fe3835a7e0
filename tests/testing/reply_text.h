#ifndef FASTKV_TESTS_TESTING_REPLY_TEXT_H_
#define FASTKV_TESTS_TESTING_REPLY_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tcp_gateway/wire/reply_writer.h"

namespace kv::testing {

// ReplyText: a ReplyWriter that records replies as text, in the notation of
// CommandClient.
class ReplyText final : public gateway::ReplyWriter {
 public:
  // What was replied since the last call; several replies are separated by a
  // blank.
  std::string Take();

  void Status(absl::string_view text) override;
  void WriteError(gateway::ErrorKind kind, absl::string_view text) override;
  void Integer(int64_t value) override;
  void Double(double value) override;
  void Bool(bool value) override;
  void BigNumber(absl::string_view digits) override;
  void Bulk(absl::string_view bytes) override;
  void Bulk(const store::StringValue& value) override;
  void Verbatim(absl::string_view format, absl::string_view text) override;
  void Null() override;
  void NullArray() override;
  void Array(size_t size) override;
  void Set(size_t size) override;
  void Map(size_t pairs) override;
  void Push(size_t size) override;
  void ArrayOfPairs(size_t pairs) override;
  void Pair() override;
  bool SwitchToResp(int version) override;

 private:
  struct Open {
    size_t left;
    bool map;
    size_t done = 0;
  };

  void Value(const std::string& text);
  void Begin(const std::string& text, size_t size, bool map);
  void Separate();
  void CloseFull();

  std::string text_;
  std::vector<Open> open_;
};

}  // namespace kv::testing

#endif  // FASTKV_TESTS_TESTING_REPLY_TEXT_H_
