#include "server/rpc/write_value.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/wire_format_lite.h"
#include "server/rpc/expiry.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/run_once.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/string_ops.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Segments double, so that what is allocated is at most about twice what has
// arrived.
constexpr size_t kFirstSegmentBytes = 64 << 10;
constexpr size_t kMaxSegmentBytes = 4 << 20;

constexpr uint32_t TagOf(int field_number) {
  return WireFormatLite::MakeTag(field_number,
                                 WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
}
constexpr uint32_t kHeaderTag =
    TagOf(pb::WriteValueRequest::kHeaderFieldNumber);
constexpr uint32_t kChunkTag = TagOf(pb::WriteValueRequest::kChunkFieldNumber);

RpcStatus Malformed(std::string message) {
  return {pb::ERROR_REASON_MALFORMED_REQUEST, std::move(message)};
}

RpcStatus TooLarge(size_t limit) {
  return {pb::ERROR_REASON_VALUE_TOO_LARGE,
          absl::StrCat("the value would be longer than ", limit, " bytes")};
}

store::Condition ReadCondition(const pb::WriteValueHeader& header) {
  using store::Condition;
  switch (header.condition_case()) {
    case pb::WriteValueHeader::CONDITION_NOT_SET:
      break;
    case pb::WriteValueHeader::kMustExist:
      if (header.must_exist()) return {Condition::Kind::kPresent};
      break;
    case pb::WriteValueHeader::kMustNotExist:
      if (header.must_not_exist()) return {Condition::Kind::kAbsent};
      break;
    case pb::WriteValueHeader::kVersionEquals:
      return {Condition::Kind::kVersionEquals, header.version_equals()};
  }
  return {};
}

}  // namespace

StreamHandler::Next WriteValue::Receive(
    store::TimeMs now, google::protobuf::io::ZeroCopyInputStream* message,
    size_t, Turn* turn) {
  CodedInputStream input(message);
  RpcStatus status = ReadMessage(now, &input);
  if (!status.ok()) return End(std::move(status), turn);
  if (!begun_) return End(Malformed("the first message has no header"), turn);
  return Next::kReceive;
}

StreamHandler::Next WriteValue::ReceiveEnd(store::TimeMs, Turn* turn) {
  if (!begun_) return End(Malformed("there was no message"), turn);
  if (received_ != length_) {
    return End(Malformed(absl::StrCat("of ", length_, " announced bytes ",
                                      received_, " came")),
               turn);
  }
  // A call that was cancelled ends like this, too, and gRPC says so only after
  // this; by the next turn the stream is gone then.
  return Next::kPause;
}

StreamHandler::Next WriteValue::Resume(store::TimeMs now, Turn* turn) {
  Assemble();
  if (assembled_ < length_) return Next::kPause;
  pb::WriteValueResponse response;
  const auto run = [&] { return Set(now, &response); };
  RpcStatus status = header_.request_id().empty()
                         ? run()
                         : RunOnce(request_ids_, store::SteadyMs(), header_,
                                   &response, run, blob_.view());
  if (!status.ok()) return End(std::move(status), turn);
  turn->message.AppendMessage({}, response);
  return Next::kSendLast;
}

// By hand, so that the bytes of a piece go where they stay.
RpcStatus WriteValue::ReadMessage(store::TimeMs now, CodedInputStream* input) {
  while (const uint32_t tag = input->ReadTag()) {
    RpcStatus status;
    if (tag == kHeaderTag) {
      status = ReadHeader(now, input);
    } else if (tag == kChunkTag) {
      status = ReadChunk(input);
    } else if (!WireFormatLite::SkipField(input, tag)) {
      return MalformedRequest();
    }
    if (!status.ok()) return status;
  }
  return input->ConsumedEntireMessage() ? RpcStatus() : MalformedRequest();
}

RpcStatus WriteValue::ReadHeader(store::TimeMs now, CodedInputStream* input) {
  if (begun_) return Malformed("a second header");
  if (!WireFormatLite::ReadMessage(input, &header_)) return MalformedRequest();
  begun_ = true;
  if (header_.length() < 0) {
    return InvalidField("length is negative");
  }
  length_ = static_cast<size_t>(header_.length());
  // More than the whole budget could never come.
  const size_t limit = std::min(store::kMaxValueBytes, budget_.limit());
  if (length_ > limit) return TooLarge(limit);
  // Now, rather than when all has come in vain.
  store::strings::SetOptions options;
  return ReadExpiry(header_, now, &options);
}

RpcStatus WriteValue::ReadChunk(CodedInputStream* input) {
  if (!begun_) return Malformed("the first message has no header");
  uint32_t left = 0;
  if (!input->ReadVarint32(&left)) return MalformedRequest();
  if (left > length_ - received_) {
    return Malformed("more bytes came than the header announced");
  }
  while (left > 0) {
    store::Blob* segment = segments_.empty() ? nullptr : segments_.back().get();
    if (segment == nullptr || segment->size() == segment->capacity()) {
      segment = AddSegment();
      if (segment == nullptr) {
        return Overloaded("the values that are being written take too much");
      }
    }
    const size_t before = segment->size();
    const auto part = static_cast<uint32_t>(
        std::min<size_t>(left, segment->capacity() - before));
    if (!input->ReadRaw(segment->data() + before, static_cast<int>(part))) {
      return MalformedRequest();
    }
    segment->set_size(before + part);
    received_ += part;
    left -= part;
  }
  return {};
}

store::Blob* WriteValue::AddSegment() {
  const size_t capacity =
      std::min(length_ - received_,
               std::clamp(received_, kFirstSegmentBytes, kMaxSegmentBytes));
  if (!share_.TryTake(capacity)) return nullptr;
  segments_.push_back(
      store::BlobRef::Adopt(store::Blob::New(/*size=*/0, capacity)));
  return segments_.back().get();
}

// A segment's memory is given back as soon as its bytes have moved, while the
// blob's becomes resident as it is written: both together take little more than
// the value.
void WriteValue::Assemble() {
  if (length_ == 0 || segments_.size() == 1) {
    blob_ = length_ == 0 ? store::BlobRef::Adopt(store::Blob::New(0, 0))
                         : std::move(segments_.front());
    assembled_ = length_;
    return;
  }
  if (blob_.get() == nullptr) {
    blob_ = store::BlobRef::Adopt(store::Blob::New(length_, length_));
  }
  for (size_t moved = 0; moved < kMaxSegmentBytes && assembled_ < length_;) {
    const store::BlobRef segment = std::move(segments_[moved_++]);
    const size_t size = segment.view().size();
    std::memcpy(blob_.get()->data() + assembled_, segment.view().data(), size);
    assembled_ += size;
    moved += size;
  }
}

RpcStatus WriteValue::Set(store::TimeMs now, pb::WriteValueResponse* response) {
  store::strings::SetOptions options;
  RpcStatus status = ReadExpiry(header_, now, &options);
  if (!status.ok()) return status;
  options.condition = ReadCondition(header_);
  const store::Key key(header_.key());
  store::Transaction txn(keyspace_, now, key);
  const auto outcome = store::strings::SetBlob(txn, key, blob_.get(), options);
  if (!outcome.ok()) return ToRpcStatus(outcome.status());
  response->set_applied(outcome->applied);
  response->set_version(outcome->version);
  return {};
}

}  // namespace kv::server
