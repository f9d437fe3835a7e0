#ifndef FASTKV_CLIENTS_CPP_TRANSACTION_H_
#define FASTKV_CLIENTS_CPP_TRANSACTION_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "clients/cpp/methods.h"
#include "fastkv/v1/transaction.pb.h"

namespace fastkv {

// CompareTarget: something of a key that a transaction can compare; its methods
// make the Compare. What is not there is not equal to, less or greater than
// anything.
//
//   VersionOf("k").Equals(7)     ScoreOf("board", "ann").IsGreater(100)
template <typename Value>
class CompareTarget {
 public:
  using Writer = void (*)(const std::string& member, Value value,
                          v1::Compare* compare);

  CompareTarget(absl::string_view key, Writer writer,
                absl::string_view member = "")
      : key_(key), member_(member), writer_(writer) {}

  v1::Compare Equals(Value value) const {
    return Make(v1::COMPARE_RELATION_EQUAL, std::move(value));
  }
  v1::Compare NotEquals(Value value) const {
    return Make(v1::COMPARE_RELATION_NOT_EQUAL, std::move(value));
  }
  v1::Compare IsLess(Value value) const {
    return Make(v1::COMPARE_RELATION_LESS, std::move(value));
  }
  v1::Compare IsGreater(Value value) const {
    return Make(v1::COMPARE_RELATION_GREATER, std::move(value));
  }

 private:
  v1::Compare Make(v1::CompareRelation relation, Value value) const {
    v1::Compare compare;
    compare.set_key(key_);
    compare.set_relation(relation);
    writer_(member_, std::move(value), &compare);
    return compare;
  }

  std::string key_;
  std::string member_;
  Writer writer_;
};

v1::Compare KeyExists(absl::string_view key);
v1::Compare KeyIsAbsent(absl::string_view key);
// The version of a key that does not exist is 0.
CompareTarget<uint64_t> VersionOf(absl::string_view key);
// Strings are less and greater by their bytes.
CompareTarget<std::string> ValueOf(absl::string_view key);
// Equals and NotEquals only.
CompareTarget<v1::ValueType> TypeOf(absl::string_view key);
CompareTarget<double> ScoreOf(absl::string_view key, absl::string_view member);

// Transaction: builds what Client::Execute runs at once: if all compares hold,
// the first list of operations, else the second.
//
//   auto done = client->Execute(Transaction()
//                                   .If(KeyIsAbsent("lock"))
//                                   .Then(Set("lock", "me"))
//                                   .Then(Increment("holders"))
//                                   .Else(Get("lock")));
//   if (done.ok() && !done->succeeded())
//   Report(done->results(0).get().value());
//
// Threads    compatible.
class Transaction {
 public:
  Transaction& If(v1::Compare compare) {
    *request_.add_compares() = std::move(compare);
    return *this;
  }
  // Takes a request of any operation, or an Operation.
  template <typename Request>
  Transaction& Then(Request request) {
    *request_.add_then_operations() = ToOperation(std::move(request));
    return *this;
  }
  template <typename Request>
  Transaction& Else(Request request) {
    *request_.add_else_operations() = ToOperation(std::move(request));
    return *this;
  }

  const v1::ExecuteRequest& request() const { return request_; }

 private:
  v1::ExecuteRequest request_;
};

}  // namespace fastkv

#endif  // FASTKV_CLIENTS_CPP_TRANSACTION_H_
