#ifndef FASTKV_SERVER_RPC_VISIT_OPERATION_H_
#define FASTKV_SERVER_RPC_VISIT_OPERATION_H_

#include <type_traits>

#include "fastkv/v1/operation.pb.h"

namespace kv::server {

// Calls visit(request, answer) with the operation's request and the mutator of
// OperationResult's field for its answer. The one list of all operations.
template <typename Visitor>
auto VisitOperation(const fastkv::v1::Operation& operation, Visitor&& visit) {
  using Result = fastkv::v1::OperationResult;
  using Outcome = std::invoke_result_t<Visitor, const fastkv::v1::GetRequest&,
                                       decltype(&Result::mutable_get)>;
  switch (operation.operation_case()) {
    case fastkv::v1::Operation::OPERATION_NOT_SET:
      break;
    case fastkv::v1::Operation::kGet:
      return visit(operation.get(), &Result::mutable_get);
    case fastkv::v1::Operation::kSet:
      return visit(operation.set(), &Result::mutable_set);
    case fastkv::v1::Operation::kDelete:
      return visit(operation.delete_(), &Result::mutable_delete_);
    case fastkv::v1::Operation::kExists:
      return visit(operation.exists(), &Result::mutable_exists);
    case fastkv::v1::Operation::kGetTtl:
      return visit(operation.get_ttl(), &Result::mutable_get_ttl);
    case fastkv::v1::Operation::kExpire:
      return visit(operation.expire(), &Result::mutable_expire);
    case fastkv::v1::Operation::kPersist:
      return visit(operation.persist(), &Result::mutable_persist);
    case fastkv::v1::Operation::kIncrement:
      return visit(operation.increment(), &Result::mutable_increment);
    case fastkv::v1::Operation::kAppend:
      return visit(operation.append(), &Result::mutable_append);
    case fastkv::v1::Operation::kBatchGet:
      return visit(operation.batch_get(), &Result::mutable_batch_get);
    case fastkv::v1::Operation::kBatchSet:
      return visit(operation.batch_set(), &Result::mutable_batch_set);
    case fastkv::v1::Operation::kBatchDelete:
      return visit(operation.batch_delete(), &Result::mutable_batch_delete);
    case fastkv::v1::Operation::kSortedSetAdd:
      return visit(operation.sorted_set_add(), &Result::mutable_sorted_set_add);
    case fastkv::v1::Operation::kSortedSetRemove:
      return visit(operation.sorted_set_remove(),
                   &Result::mutable_sorted_set_remove);
    case fastkv::v1::Operation::kSortedSetRange:
      return visit(operation.sorted_set_range(),
                   &Result::mutable_sorted_set_range);
    case fastkv::v1::Operation::kSortedSetGetScores:
      return visit(operation.sorted_set_get_scores(),
                   &Result::mutable_sorted_set_get_scores);
    case fastkv::v1::Operation::kSortedSetGetRank:
      return visit(operation.sorted_set_get_rank(),
                   &Result::mutable_sorted_set_get_rank);
    case fastkv::v1::Operation::kSortedSetIncrement:
      return visit(operation.sorted_set_increment(),
                   &Result::mutable_sorted_set_increment);
    case fastkv::v1::Operation::kSortedSetCount:
      return visit(operation.sorted_set_count(),
                   &Result::mutable_sorted_set_count);
    case fastkv::v1::Operation::kSortedSetPop:
      return visit(operation.sorted_set_pop(), &Result::mutable_sorted_set_pop);
    case fastkv::v1::Operation::kSortedSetRemoveRange:
      return visit(operation.sorted_set_remove_range(),
                   &Result::mutable_sorted_set_remove_range);
    case fastkv::v1::Operation::kSortedSetStoreRange:
      return visit(operation.sorted_set_store_range(),
                   &Result::mutable_sorted_set_store_range);
    case fastkv::v1::Operation::kSortedSetCombine:
      return visit(operation.sorted_set_combine(),
                   &Result::mutable_sorted_set_combine);
    case fastkv::v1::Operation::kSortedSetSample:
      return visit(operation.sorted_set_sample(),
                   &Result::mutable_sorted_set_sample);
  }
  return Outcome();
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_VISIT_OPERATION_H_
