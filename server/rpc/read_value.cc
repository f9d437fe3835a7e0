#include "server/rpc/read_value.h"

#include <algorithm>
#include <limits>

#include "server/rpc/expiry.h"
#include "store/base/key.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

constexpr int32_t kDefaultChunkBytes = 1 << 20;
constexpr int32_t kMaxChunkBytes = 4 << 20;

RpcStatus Check(const pb::ReadValueRequest& request) {
  if (request.offset() < 0) return InvalidField("offset is negative");
  if (request.length() < 0) return InvalidField("length is negative");
  if (request.chunk_bytes() < 0) return InvalidField("chunk_bytes is negative");
  return {};
}

size_t ChunkBytes(const pb::ReadValueRequest& request,
                  const RpcLimits& limits) {
  const int32_t asked = request.chunk_bytes() == 0
                            ? kDefaultChunkBytes
                            : std::min(request.chunk_bytes(), kMaxChunkBytes);
  return std::min<size_t>(asked, limits.response_bytes - kFieldsBytes);
}

// The part of the value that was asked for.
absl::string_view PartOf(absl::string_view value,
                         const pb::ReadValueRequest& request) {
  const auto offset = static_cast<uint64_t>(request.offset());
  if (offset >= value.size()) return {};
  const size_t length = request.length() == 0
                            ? absl::string_view::npos
                            : static_cast<size_t>(request.length());
  return value.substr(offset, length);
}

}  // namespace

StreamHandler::Next ReadValue::Receive(
    store::TimeMs now, google::protobuf::io::ZeroCopyInputStream* message,
    size_t, Turn* turn) {
  pb::ReadValueRequest request;
  if (!request.ParseFromZeroCopyStream(message)) {
    return End(MalformedRequest(), turn);
  }
  RpcStatus status = Check(request);
  if (!status.ok()) return End(std::move(status), turn);
  pb::ReadValueResponse first;
  chunk_bytes_ = ChunkBytes(request, limits_);
  status = Open(now, request, &first);
  if (!status.ok()) return End(std::move(status), turn);
  return SendChunk(first, turn);
}

StreamHandler::Next ReadValue::ReceiveEnd(store::TimeMs, Turn* turn) {
  return End({}, turn);
}

StreamHandler::Next ReadValue::Resume(store::TimeMs, Turn* turn) {
  return SendChunk(pb::ReadValueResponse(), turn);
}

RpcStatus ReadValue::Open(store::TimeMs now,
                          const pb::ReadValueRequest& request,
                          pb::ReadValueResponse* first) {
  const store::Key key(request.key());
  const store::Transaction txn(keyspace_, now, key);
  const auto found = store::strings::Get(txn, key);
  if (!found.ok()) return ToRpcStatus(found.status());
  if (!found->has_value()) return {};
  const store::strings::GetOutcome& entry = **found;
  pb::ValueHeader* header = first->mutable_header();
  header->set_length(static_cast<int64_t>(entry.value.bytes.size()));
  header->set_version(entry.version);
  WriteTtl(entry.deadline, now, header);
  left_ = PartOf(entry.value.bytes, request);
  if (entry.value.blob != nullptr) {
    blob_ = store::BlobRef(entry.value.blob);
  } else {
    short_.assign(left_.data(), left_.size());
    left_ = short_;
  }
  return {};
}

StreamHandler::Next ReadValue::SendChunk(const pb::ReadValueResponse& fields,
                                         Turn* turn) {
  const absl::string_view chunk = left_.substr(0, chunk_bytes_);
  left_.remove_prefix(chunk.size());
  turn->message.AppendMessage(
      {}, fields,
      {pb::ReadValueResponse::kChunkFieldNumber, chunk, blob_.get()});
  return left_.empty() ? Next::kSendLast : Next::kSend;
}

}  // namespace kv::server
