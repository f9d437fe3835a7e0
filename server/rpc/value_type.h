#ifndef FASTKV_SERVER_RPC_VALUE_TYPE_H_
#define FASTKV_SERVER_RPC_VALUE_TYPE_H_

#include "fastkv/v1/types.pb.h"
#include "store/entry.h"

namespace kv::server {

inline fastkv::v1::ValueType ToProto(store::ValueType type) {
  switch (type) {
    case store::ValueType::kString:
      return fastkv::v1::VALUE_TYPE_STRING;
    case store::ValueType::kSortedSet:
      return fastkv::v1::VALUE_TYPE_SORTED_SET;
  }
  return fastkv::v1::VALUE_TYPE_UNSPECIFIED;
}

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_VALUE_TYPE_H_
