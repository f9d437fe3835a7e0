#include <utility>

#include "bench/load/grpc_driver.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "google/protobuf/message_lite.h"

namespace kv::bench {

namespace {

using Kind = Operation::Kind;

GrpcRequest Make(const std::string* method,
                 const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {method, grpc::ByteBuffer(&slice, 1)};
}

// A path that lives forever; one static each.
#define FASTKV_METHOD(path)                            \
  []() -> const std::string* {                         \
    static const auto* method = new std::string(path); \
    return method;                                     \
  }()

}  // namespace

GrpcRequest MakeGrpcRequest(const Operation& op) {
  switch (op.kind) {
    case Kind::kPing:
      break;
    case Kind::kGet: {
      fastkv::v1::GetRequest request;
      request.set_key(op.keys[0]);
      return Make(FASTKV_METHOD("/fastkv.v1.KeyValueService/Get"), request);
    }
    case Kind::kSet: {
      fastkv::v1::SetRequest request;
      request.set_key(op.keys[0]);
      request.set_value(op.value);
      if (op.expire_time_ms > 0) {
        request.set_expire_time_ms(op.expire_time_ms);
      } else if (op.ttl_s > 0) {
        request.set_ttl_ms(op.ttl_s * 1000);
      }
      return Make(FASTKV_METHOD("/fastkv.v1.KeyValueService/Set"), request);
    }
    case Kind::kIncrement: {
      fastkv::v1::IncrementRequest request;
      request.set_key(op.keys[0]);
      return Make(FASTKV_METHOD("/fastkv.v1.KeyValueService/Increment"),
                  request);
    }
    case Kind::kBatchGet: {
      fastkv::v1::BatchGetRequest request;
      for (const std::string& key : op.keys) request.add_keys(key);
      return Make(FASTKV_METHOD("/fastkv.v1.KeyValueService/BatchGet"),
                  request);
    }
    case Kind::kBatchSet: {
      fastkv::v1::BatchSetRequest request;
      for (const std::string& key : op.keys) {
        auto* entry = request.add_entries();
        entry->set_key(key);
        entry->set_value(op.value);
      }
      return Make(FASTKV_METHOD("/fastkv.v1.KeyValueService/BatchSet"),
                  request);
    }
    case Kind::kAdd: {
      fastkv::v1::SortedSetServiceAddRequest request;
      request.set_key(op.keys[0]);
      auto* member = request.add_members();
      member->set_member(op.member);
      member->set_score(static_cast<double>(op.score));
      return Make(FASTKV_METHOD("/fastkv.v1.SortedSetService/Add"), request);
    }
    case Kind::kScore: {
      fastkv::v1::SortedSetServiceGetScoresRequest request;
      request.set_key(op.keys[0]);
      request.add_members(op.member);
      return Make(FASTKV_METHOD("/fastkv.v1.SortedSetService/GetScores"),
                  request);
    }
    case Kind::kRank: {
      fastkv::v1::SortedSetServiceGetRankRequest request;
      request.set_key(op.keys[0]);
      request.set_member(op.member);
      return Make(FASTKV_METHOD("/fastkv.v1.SortedSetService/GetRank"),
                  request);
    }
    case Kind::kRange: {
      fastkv::v1::SortedSetServiceRangeRequest request;
      request.set_key(op.keys[0]);
      request.mutable_by_rank()->set_start(op.start);
      request.mutable_by_rank()->set_stop(op.stop);
      request.set_with_scores(op.with_scores);
      return Make(FASTKV_METHOD("/fastkv.v1.SortedSetService/Range"), request);
    }
    case Kind::kRangeByScore: {
      fastkv::v1::SortedSetServiceRangeRequest request;
      request.set_key(op.keys[0]);
      request.mutable_by_score()->set_min(static_cast<double>(op.score));
      request.set_limit(op.limit);
      return Make(FASTKV_METHOD("/fastkv.v1.SortedSetService/Range"), request);
    }
  }
  return {};
}

#undef FASTKV_METHOD

}  // namespace kv::bench
