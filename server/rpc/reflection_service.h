#ifndef FASTKV_SERVER_RPC_REFLECTION_SERVICE_H_
#define FASTKV_SERVER_RPC_REFLECTION_SERVICE_H_

#include <list>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "server/rpc/call_queue.h"

namespace kv::server {

// ReflectionService: grpc.reflection.v1alpha.ServerReflection, from which tools
// like grpcurl learn what a server understands. gRPC has one of its own, but
// that one brings threads which poll the same sockets as our queues.
//
// Owns       its streams.
// Threads    compatible; belongs to the queue's thread once posted.
class ReflectionService {
 public:
  using Raw = grpc::reflection::v1alpha::ServerReflection::AsyncService;

  // `services` are the full names to list.
  explicit ReflectionService(std::vector<absl::string_view> services);
  ~ReflectionService();

  // The service as gRPC knows it.
  Raw* raw() { return &raw_; }

  // Awaits a stream on the queue, and another one whenever one has come.
  void PostStream(CallQueue* queue);

  // Answers one question of a stream.
  void Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request,
      grpc::reflection::v1alpha::ServerReflectionResponse* response) const;

 private:
  class Stream;

  const std::vector<absl::string_view> services_;
  Raw raw_;
  std::list<std::unique_ptr<Stream>> streams_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_REFLECTION_SERVICE_H_
