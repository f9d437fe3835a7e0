#include "server/rpc/entry_messages.h"

#include <algorithm>
#include <utility>

#include "server/rpc/rpc_limits.h"
#include "store/base/time.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

// A score, the tags and lengths of a member.
constexpr size_t kMemberBytes = 24;

// Shorter pieces of a string would be more overhead than bytes, however short
// the messages shall be.
constexpr size_t kMinPieceBytes = 4096;

constexpr int kPath[] = {pb::StreamEntriesResponse::kEntriesFieldNumber};

}  // namespace

void EntryMessages::Begin(absl::string_view key,
                          const store::keys::Metadata& metadata) {
  piece_.Clear();
  members_bytes_ = 0;
  piece_.set_key(key.data(), key.size());
  piece_.set_version(metadata.version);
  if (metadata.deadline != store::kNoDeadline) {
    piece_.set_expire_time_ms(metadata.deadline);
  }
}

size_t EntryMessages::StringRoom(absl::string_view key) const {
  const size_t fixed = key.size() + kPieceBytes;
  if (fixed >= limit_bytes_) return 1;  // PutString refuses it
  return std::min(std::max(message_bytes_, kMinPieceBytes),
                  limit_bytes_ - fixed);
}

void EntryMessages::PutString(const store::StringValue& bytes, bool continues) {
  if (!MakeRoom(PieceBytes() + bytes.bytes.size())) return;
  piece_.set_continues(continues);
  message_.AppendMessage(
      kPath, piece_,
      {pb::EntryPiece::kStringValueFieldNumber, bytes.bytes, bytes.blob});
  if (message_.size() >= message_bytes_) Flush();
}

void EntryMessages::AddMember(absl::string_view member, double score) {
  const size_t bytes = member.size() + kMemberBytes;
  if (members_bytes_ > 0 &&
      (members_bytes_ + bytes > message_bytes_ ||
       PieceBytes() + members_bytes_ + bytes > limit_bytes_)) {
    EndMembers(/*continues=*/true);
  }
  if (!MakeRoom(PieceBytes() + members_bytes_ + bytes)) return;
  members_bytes_ += bytes;
  pb::ScoredMember* added = piece_.mutable_sorted_set()->add_members();
  added->set_member(member.data(), member.size());
  added->set_score(score);
}

void EntryMessages::EndMembers(bool continues) {
  if (!MakeRoom(PieceBytes() + members_bytes_)) return;
  piece_.mutable_sorted_set();  // also if it has no members
  piece_.set_continues(continues);
  message_.AppendMessage(kPath, piece_);
  piece_.clear_sorted_set();
  members_bytes_ = 0;
  if (message_.size() >= message_bytes_) Flush();
}

void EntryMessages::Flush() {
  if (message_.size() == 0) return;
  ready_.push_back(std::move(message_));
  message_ = OutgoingMessage();
}

OutgoingMessage EntryMessages::TakeReady() {
  OutgoingMessage message = std::move(ready_.front());
  ready_.pop_front();
  return message;
}

bool EntryMessages::MakeRoom(size_t bytes) {
  if (bytes > limit_bytes_) {
    status_ = ResponseTooLarge();
    return false;
  }
  if (bytes > limit_bytes_ - std::min(message_.size(), limit_bytes_)) Flush();
  return true;
}

}  // namespace kv::server
