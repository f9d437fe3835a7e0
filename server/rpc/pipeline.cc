#include "server/rpc/pipeline.h"

#include <algorithm>
#include <utility>

#include "server/rpc/operation_keys.h"
#include "server/rpc/operations.h"
#include "server/rpc/run_once.h"
#include "server/rpc/string_operations.h"
#include "store/base/blob.h"
#include "store/base/clock.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using store::Key;
using store::Transaction;

constexpr int kMaxOperations = 10'000;
// What a group fetches ahead has to stay in the first cache until it is used.
constexpr int kGroup = 64;
// Others have their turn after so many operations.
constexpr int kOperationsInATurn = 16 * kGroup;
// Room that each operation has for an error, whatever the others answer.
constexpr size_t kErrorBytes = 512;

constexpr int kResults = pb::PipelineResponse::kResultsFieldNumber;
constexpr int kResultPath[] = {kResults};
constexpr int kGetPath[] = {kResults, pb::OperationResult::kGetFieldNumber};
constexpr int kSetPath[] = {kResults, pb::OperationResult::kSetFieldNumber};

RpcStatus TooManyOperations(const char* message) {
  return {pb::ERROR_REASON_TOO_MANY_OPERATIONS, message};
}

}  // namespace

StreamHandler::Next Pipeline::Receive(
    store::TimeMs now, google::protobuf::io::ZeroCopyInputStream* message,
    size_t, Turn* turn) {
  request_ =
      google::protobuf::Arena::CreateMessage<pb::PipelineRequest>(&arena_);
  if (!request_->ParseFromZeroCopyStream(message)) {
    return End(MalformedRequest(), turn);
  }
  if (request_->operations_size() > kMaxOperations) {
    return End(TooManyOperations("a message has more than 10000 operations"),
               turn);
  }
  const size_t for_errors = request_->operations_size() * kErrorBytes;
  if (for_errors > limits_.response_bytes) {
    return End(TooManyOperations(
                   "so many results may exceed the server's message limit"),
               turn);
  }
  budget_.emplace(RpcLimits{limits_.response_bytes - for_errors});
  full_ = false;
  next_ = 0;
  return Resume(now, turn);
}

StreamHandler::Next Pipeline::Resume(store::TimeMs now, Turn* turn) {
  if (request_ == nullptr) return Next::kReceive;
  const int end =
      std::min(next_ + kOperationsInATurn, request_->operations_size());
  while (next_ < end) RunGroup(now);
  if (next_ < request_->operations_size()) return Next::kPause;
  request_ = nullptr;
  arena_.Reset();
  turn->message = std::move(response_);
  response_ = OutgoingMessage();
  return Next::kSend;
}

void Pipeline::RunGroup(store::TimeMs now) {
  const int begin = next_;
  next_ = std::min(begin + kGroup, request_->operations_size());
  keys_.clear();
  size_t ends[kGroup];
  for (int i = begin; i < next_; ++i) {
    AppendKeys(request_->operations(i), &keys_);
    ends[i - begin] = keys_.size();
  }
  PrefetchMany(keyspace_, keys_);
  size_t first = 0;
  for (int i = begin; i < next_; ++i) {
    const size_t end = ends[i - begin];
    RunOne(now, request_->operations(i),
           absl::MakeConstSpan(keys_).subspan(first, end - first));
    first = end;
  }
}

void Pipeline::RunOne(store::TimeMs now, const pb::Operation& operation,
                      absl::Span<const Key> keys) {
  // All that follow what did not fit are left out, or else a write could be
  // run although the read in front of it was not.
  RpcStatus status = full_ ? ResponseTooLarge() : Run(now, operation, keys);
  if (status.ok()) return;
  full_ = full_ || status.reason() == pb::ERROR_REASON_RESPONSE_TOO_LARGE;
  AddError(status);
}

RpcStatus Pipeline::Run(store::TimeMs now, const pb::Operation& operation,
                        absl::Span<const Key> keys) {
  switch (operation.operation_case()) {
    case pb::Operation::kGet:
      return RunGet(now, keys.front(), operation.get());
    case pb::Operation::kSet:
      if (!operation.set().request_id().empty()) break;
      return RunSet(now, keys.front(), operation.set());
    default:
      break;
  }
  return RunAny(now, operation, keys);
}

RpcStatus Pipeline::RunGet(store::TimeMs now, const Key& key,
                           const pb::GetRequest& request) {
  if (!budget_->Take(kFieldsBytes)) return ResponseTooLarge();
  get_.Clear();
  store::BlobRef large_value;
  {
    const Transaction txn(keyspace_, now, key);
    RpcStatus status =
        server::Run(txn, key, request, &*budget_, &get_, &large_value);
    if (!status.ok()) return status;
  }
  if (large_value.get() == nullptr) {
    response_.AppendMessage(kGetPath, get_);
  } else {
    response_.AppendMessage(kGetPath, get_,
                            {pb::GetResponse::kValueFieldNumber,
                             large_value.view(), large_value.get()});
  }
  return {};
}

RpcStatus Pipeline::RunSet(store::TimeMs now, const Key& key,
                           const pb::SetRequest& request) {
  if (!budget_->Take(kFieldsBytes)) return ResponseTooLarge();
  set_.Clear();
  {
    Transaction txn(keyspace_, now, key);
    RpcStatus status = server::Run(txn, key, request, &*budget_, &set_);
    if (!status.ok()) return status;
  }
  response_.AppendMessage(kSetPath, set_);
  return {};
}

RpcStatus Pipeline::RunAny(store::TimeMs now, const pb::Operation& operation,
                           absl::Span<const Key> keys) {
  result_.Clear();
  const auto run = [&] {
    Transaction txn(keyspace_, now, keys);
    return RunOperation(txn, keys, operation, &*budget_, &result_);
  };
  RpcStatus status = RequestIdOf(operation).empty()
                         ? run()
                         : RunOnce(request_ids_, store::SteadyMs(), operation,
                                   &*budget_, &result_, run);
  if (status.ok()) response_.AppendMessage(kResultPath, result_);
  return status;
}

void Pipeline::AddError(const RpcStatus& status) {
  result_.Clear();
  status.ToProto(result_.mutable_error());
  response_.AppendMessage(kResultPath, result_);
}

}  // namespace kv::server
