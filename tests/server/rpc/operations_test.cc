#include "server/rpc/operations.h"

#include <string>

#include "fastkv/v1/operation.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "store/base/key.h"
#include "store/keyspace.h"
#include "store/transaction.h"
#include "tests/server/rpc/message_text.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;
using google::protobuf::FieldDescriptor;

std::string KeysOf(const std::string& operation) {
  const auto parsed = test::Parse<pb::Operation>(operation);
  OperationKeys keys;
  AppendKeys(parsed, &keys);
  std::string names;
  for (const store::Key& key : keys) names += std::string(key.bytes) + ' ';
  return names;
}

// Every field of Operation with the smallest request that is allowed.
pb::Operation SmallestOf(const FieldDescriptor& field) {
  pb::Operation operation;
  operation.GetReflection()->MutableMessage(&operation, &field);
  if (operation.has_expire()) operation.mutable_expire()->set_ttl_ms(1);
  if (operation.has_sorted_set_pop()) {
    operation.mutable_sorted_set_pop()->add_keys("k");
  }
  if (operation.has_sorted_set_remove_range()) {
    operation.mutable_sorted_set_remove_range()->mutable_by_rank();
  }
  if (operation.has_sorted_set_combine()) {
    auto* combine = operation.mutable_sorted_set_combine();
    combine->set_operation(pb::COMBINE_OPERATION_UNION);
    combine->add_inputs()->set_key("k");
  }
  return operation;
}

TEST(OperationsTest, EveryOperationAnswersInTheFieldOfItsName) {
  const auto* type = pb::Operation::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    SCOPED_TRACE(field.name());
    store::Keyspace keyspace(store::KeyspaceOptions{.shards = 2});
    const pb::Operation operation = SmallestOf(field);
    OperationKeys keys;
    AppendKeys(operation, &keys);
    ResponseBudget budget{RpcLimits()};
    pb::OperationResult result;
    store::Transaction txn(keyspace, 1, keys);
    const RpcStatus status =
        RunOperation(txn, keys, operation, &budget, &result);
    ASSERT_TRUE(status.ok()) << status.message();
    const FieldDescriptor* answer =
        pb::OperationResult::descriptor()->FindFieldByName(field.name());
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->number(), field.number());
    EXPECT_TRUE(result.GetReflection()->HasField(result, answer));
  }
}

TEST(OperationsTest, KeysAreToldInTheOrderOfTheRequest) {
  EXPECT_EQ(KeysOf("get { key: 'a' }"), "a ");
  EXPECT_EQ(KeysOf("batch_get { keys: 'b' keys: 'a' keys: 'b' }"), "b a b ");
  EXPECT_EQ(KeysOf("batch_set { entries { key: 'b' } entries { key: 'a' } }"),
            "b a ");
  EXPECT_EQ(KeysOf("batch_delete { keys: 'b' keys: 'a' }"), "b a ");
  EXPECT_EQ(KeysOf("sorted_set_pop { keys: 'b' keys: 'a' }"), "b a ");
  EXPECT_EQ(KeysOf("sorted_set_store_range { source: 'a' destination: 'b' }"),
            "b a ");
  EXPECT_EQ(KeysOf("sorted_set_combine { inputs { key: 'a' } inputs { key: 'b' "
                   "} destination: 'c' }"),
            "a b c ");
  EXPECT_EQ(KeysOf("sorted_set_combine { inputs { key: 'a' } count_up_to: 1 }"),
            "a ");
  EXPECT_EQ(KeysOf(""), "");
}

TEST(OperationsTest, EveryRequestIdIsFound) {
  const auto* type = pb::Operation::descriptor();
  int with_id = 0;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    const FieldDescriptor* id =
        field.message_type()->FindFieldByName("request_id");
    pb::Operation operation;
    auto* request =
        operation.GetReflection()->MutableMessage(&operation, &field);
    EXPECT_EQ(RequestIdOf(operation), "") << field.name();
    if (id == nullptr) continue;
    ++with_id;
    request->GetReflection()->SetString(request, id, "id");
    EXPECT_EQ(RequestIdOf(operation), "id") << field.name();
  }
  EXPECT_EQ(with_id, 15);
  EXPECT_EQ(RequestIdOf(pb::Operation()), "");
}

TEST(OperationsTest, NothingIsNoOperation) {
  store::Keyspace keyspace(store::KeyspaceOptions{.shards = 2});
  ResponseBudget budget{RpcLimits()};
  pb::OperationResult result;
  store::Transaction txn(keyspace, 1, OperationKeys());
  EXPECT_EQ(RunOperation(txn, {}, pb::Operation(), &budget, &result).reason(),
            pb::ERROR_REASON_INVALID_FIELD);
}

TEST(OperationsTest, AWriteWhoseAnswerHasNoRoomIsNotMade) {
  store::Keyspace keyspace(store::KeyspaceOptions{.shards = 2});
  const auto operation = test::Parse<pb::Operation>("append { key: 'a' }");
  OperationKeys keys;
  AppendKeys(operation, &keys);
  ResponseBudget budget{RpcLimits{2 * kFieldsBytes}};
  pb::OperationResult result;
  store::Transaction txn(keyspace, 1, keys);
  EXPECT_TRUE(RunOperation(txn, keys, operation, &budget, &result).ok());
  EXPECT_TRUE(RunOperation(txn, keys, operation, &budget, &result).ok());
  const uint64_t sequence = txn.sequence();
  EXPECT_EQ(RunOperation(txn, keys, operation, &budget, &result).reason(),
            pb::ERROR_REASON_RESPONSE_TOO_LARGE);
  EXPECT_EQ(txn.sequence(), sequence);
}

}  // namespace
}  // namespace kv::server
