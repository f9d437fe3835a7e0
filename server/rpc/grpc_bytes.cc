#include "server/rpc/grpc_bytes.h"

#include <cstdlib>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/support/slice.h"
#include "store/base/blob.h"

namespace kv::server {
namespace {

void Unref(void* blob) { static_cast<store::Blob*>(blob)->Unref(); }

grpc::Slice ToSlice(OutgoingMessage::Piece* piece) {
  char* const data = const_cast<char*>(piece->bytes.data());
  if (piece->memory != nullptr) {
    static_cast<void>(piece->memory.release());
    return grpc::Slice(data, piece->bytes.size(), &std::free, data);
  }
  store::Blob* const blob = piece->blob.get();
  blob->Ref();  // until gRPC has written the bytes
  return grpc::Slice(data, piece->bytes.size(), &Unref, blob);
}

}  // namespace

grpc::ByteBuffer ToByteBuffer(OutgoingMessage* message) {
  absl::InlinedVector<grpc::Slice, 4> slices;
  for (OutgoingMessage::Piece& piece : message->pieces()) {
    slices.push_back(ToSlice(&piece));
  }
  message->Clear();
  // The empty message is a buffer too, of one slice without bytes.
  if (slices.empty()) slices.emplace_back();
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::Status ToGrpcStatus(const RpcStatus& status,
                          grpc::ServerContext* context) {
  if (status.retry_delay_ms() > 0) {
    // What gRPC's own retries go by; they do not read RetryInfo.
    context->AddTrailingMetadata("grpc-retry-pushback-ms",
                                 absl::StrCat(status.retry_delay_ms()));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      status.message(), status.EncodeDetails());
}

}  // namespace kv::server
