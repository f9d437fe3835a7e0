#ifndef FASTKV_SERVER_RPC_STREAM_ENTRIES_H_
#define FASTKV_SERVER_RPC_STREAM_ENTRIES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/entry_messages.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/stream_handler.h"
#include "store/base/blob.h"
#include "store/base/time.h"
#include "store/key_ops.h"
#include "store/keyspace.h"

namespace kv::server {

// StreamEntries: KeyValueService.StreamEntries. Walks the keyspace with
// keys::Scan, whose promise is that of the call: each entry once. A step of the
// walk locks one shard at a time and copies a bounded number of bytes. What is
// long is only noted during the step, by its key, and is sent afterwards: a
// string from its blob, a set by a scan of its own, with the shard locked for
// each piece. So the stream refers to one long value at a time.
//
// Borrows    the keyspace.
// Threads    as StreamHandler.
class StreamEntries final : public StreamHandler {
 public:
  StreamEntries(store::Keyspace& keyspace, const RpcLimits& limits)
      : keyspace_(keyspace), limits_(limits) {}

  Next Receive(store::TimeMs now,
               google::protobuf::io::ZeroCopyInputStream* message, size_t size,
               Turn* turn) override;
  Next ReceiveEnd(store::TimeMs now, Turn* turn) override;
  Next Resume(store::TimeMs now, Turn* turn) override;

 private:
  // A string that is being sent in pieces.
  struct LongString {
    std::string key;
    store::keys::Metadata metadata;
    store::BlobRef blob;
    size_t sent = 0;
  };
  // A sorted set that is.
  struct LongSet {
    std::string key;
    store::keys::Metadata metadata;  // as of the last piece
    uint64_t cursor = 0;
    size_t step = 0;     // members to visit next
    bool begun = false;  // a piece has said that it continues
  };

  bool over() const {
    return !messages_->status().ok() ||
           (walked_ && noted_.empty() && !string_.has_value() &&
            !set_.has_value());
  }
  // Goes on until a message is ready, for a bounded time.
  void Work(store::TimeMs now);
  void WalkStep(store::TimeMs now);
  // Adds an entry, or notes it; `bytes` is what the step has copied.
  void Visit(const store::keys::ScannedKey& key, size_t* bytes);
  // Looks again at an entry that was noted.
  void Open(store::TimeMs now, std::string name);
  void SendStringPiece();
  void SendSetPiece(store::TimeMs now);

  store::Keyspace& keyspace_;
  const RpcLimits limits_;
  fastkv::v1::StreamEntriesRequest request_;
  absl::optional<EntryMessages> messages_;  // from the request on
  uint64_t cursor_ = 0;
  bool walked_ = false;
  size_t step_ = 0;   // entries to look at next
  size_t looks_ = 0;  // in this turn
  std::vector<std::string> noted_;
  absl::optional<LongString> string_;
  absl::optional<LongSet> set_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_STREAM_ENTRIES_H_
