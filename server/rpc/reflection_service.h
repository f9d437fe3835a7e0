#ifndef FASTKV_SERVER_RPC_REFLECTION_SERVICE_H_
#define FASTKV_SERVER_RPC_REFLECTION_SERVICE_H_

#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "server/rpc/stream_handler.h"

namespace kv::server {

// ReflectionService: grpc.reflection.v1alpha.ServerReflection, from which tools
// like grpcurl learn what a server understands. gRPC has one of its own, but
// that one brings threads which poll the same sockets as our queues.
//
// Threads    safe.
class ReflectionService {
 public:
  using Raw = grpc::reflection::v1alpha::ServerReflection::
      WithRawMethod_ServerReflectionInfo<
          grpc::reflection::v1alpha::ServerReflection::Service>;

  // `services` are the full names to list.
  explicit ReflectionService(std::vector<absl::string_view> services);

  // The service as gRPC knows it.
  Raw* raw() { return &raw_; }

  // What a stream does.
  std::unique_ptr<StreamHandler> NewStream() const;

  // Answers one question of a stream.
  void Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request,
      grpc::reflection::v1alpha::ServerReflectionResponse* response) const;

 private:
  class Stream;

  const std::vector<absl::string_view> services_;
  Raw raw_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_REFLECTION_SERVICE_H_
