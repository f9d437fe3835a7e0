#ifndef FASTKV_SERVER_RPC_ENTRY_MESSAGES_H_
#define FASTKV_SERVER_RPC_ENTRY_MESSAGES_H_

#include <cstddef>
#include <deque>

#include "absl/strings/string_view.h"
#include "fastkv/v1/key_value.pb.h"
#include "server/rpc/outgoing_message.h"
#include "server/rpc/rpc_status.h"
#include "store/base/blob.h"
#include "store/key_ops.h"

namespace kv::server {

// EntryMessages: entries, or pieces of them, as messages of StreamEntries. A
// message is ready when it has as many bytes as it shall have.
//
// Owns       the messages.
// Threads    compatible.
class EntryMessages {
 public:
  // A message is ready from `message_bytes` on, and never longer than
  // `limit_bytes`.
  EntryMessages(size_t message_bytes, size_t limit_bytes)
      : message_bytes_(message_bytes), limit_bytes_(limit_bytes) {}

  size_t message_bytes() const { return message_bytes_; }

  // Begins an entry, or its next piece.
  void Begin(absl::string_view key, const store::keys::Metadata& metadata);

  // How long a piece of a string at this key should be at most.
  size_t StringRoom(absl::string_view key) const;
  // Ends the piece: the string or its next bytes, which may be part of the
  // blob. `continues`: the next piece goes on with it.
  void PutString(const store::StringValue& bytes, bool continues);

  // Adds a member of a set; where a message is full, the next piece begins.
  void AddMember(absl::string_view member, double score);
  // Ends the piece with the members that were added.
  void EndMembers(bool continues);

  // Makes the message that is being filled ready, if it has anything.
  void Flush();
  bool any_ready() const { return !ready_.empty(); }
  // REQUIRES: any_ready()
  OutgoingMessage TakeReady();

  // An error if something cannot be sent, because its key or a member is longer
  // than a message may be. It is left out.
  const RpcStatus& status() const { return status_; }

 private:
  // Whether a piece of so many bytes can be sent; makes room for it.
  bool MakeRoom(size_t bytes);
  size_t PieceBytes() const { return piece_.key().size() + kPieceBytes; }

  // The fixed fields of a piece with their tags, and all lengths.
  static constexpr size_t kPieceBytes = 64;

  const size_t message_bytes_;
  const size_t limit_bytes_;
  fastkv::v1::EntryPiece piece_;
  size_t members_bytes_ = 0;
  OutgoingMessage message_;
  std::deque<OutgoingMessage> ready_;
  RpcStatus status_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_ENTRY_MESSAGES_H_
