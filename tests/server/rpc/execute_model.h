#ifndef FASTKV_TESTS_SERVER_RPC_EXECUTE_MODEL_H_
#define FASTKV_TESTS_SERVER_RPC_EXECUTE_MODEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "fastkv/v1/error_reason.pb.h"
#include "fastkv/v1/operation.pb.h"
#include "fastkv/v1/transaction.pb.h"

namespace kv::test {

// ExecuteModel: what TransactionService.Execute does, the naive way: maps, and
// a copy of everything to go back to. Written after the comments in the protos,
// for those operations and fields that RandomOperation (the test's) draws.
class ExecuteModel {
 public:
  using Members = std::map<std::string, double>;
  struct Entry {
    std::variant<std::string, Members> value;
    int64_t expire_time_ms = 0;  // 0: never
    uint64_t version = 0;
  };

  void set_now(int64_t now) { now_ = now; }

  // Runs the request and fills the response, or says why not. `version` is the
  // number that the transaction gets if it changes something.
  fastkv::v1::ErrorReason Execute(const fastkv::v1::ExecuteRequest& request,
                                  uint64_t version,
                                  fastkv::v1::ExecuteResponse* response);

  // Those that have not expired.
  std::map<std::string, Entry> entries() const;

 private:
  using Reason = fastkv::v1::ErrorReason;

  bool Holds(const fastkv::v1::Compare& compare) const;
  Reason Run(const fastkv::v1::Operation& operation,
             fastkv::v1::OperationResult* result);
  Reason RunString(const fastkv::v1::Operation& operation,
                   fastkv::v1::OperationResult* result);
  Reason RunSortedSet(const fastkv::v1::Operation& operation,
                      fastkv::v1::OperationResult* result);

  const Entry* Find(const std::string& key) const;
  const std::string* FindString(const std::string& key) const;
  // The set's members, none if the key is absent; null: another type.
  const Members* FindMembers(const std::string& key) const;
  void Put(const std::string& key, std::variant<std::string, Members> value,
           int64_t expire_time_ms = 0);
  // Puts members, with the expiry that the key has; erases an empty set.
  void PutMembers(const std::string& key, Members members);
  bool Erase(const std::string& key);

  std::map<std::string, Entry> entries_;
  int64_t now_ = 0;
  uint64_t version_ = 0;
  bool changed_ = false;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_SERVER_RPC_EXECUTE_MODEL_H_
