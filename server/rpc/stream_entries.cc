#include "server/rpc/stream_entries.h"

#include <algorithm>
#include <utility>

#include "absl/strings/string_view.h"
#include "server/rpc/key_filter.h"
#include "store/base/key.h"
#include "store/entry.h"
#include "store/sorted_set.h"
#include "store/transaction.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

using store::Entry;
using store::ValueType;

constexpr int32_t kDefaultMessageBytes = 64 << 10;
constexpr int32_t kMaxMessageBytes = 4 << 20;
// What a turn looks at, at most, before others have theirs.
constexpr size_t kLooksInATurn = 20'000;
// A step looks at so many entries or members, at least and at most.
constexpr size_t kMinStep = 16;
constexpr size_t kMaxStep = 4096;
// What a step copies, at most, before it only notes keys.
constexpr size_t kStepBytes = 1 << 20;

// How many to look at next: as many as would have filled a message, had they
// been like the last ones.
size_t NextStep(size_t last_step, size_t last_bytes, size_t message_bytes) {
  const size_t fitting = message_bytes * last_step / (last_bytes + 1);
  return std::clamp(std::min(fitting, 4 * last_step), kMinStep, kMaxStep);
}

// Without the key. REQUIRES: a string or a set that is flat.
size_t BytesOf(const Entry& entry) {
  if (entry.type() == ValueType::kString) return entry.string().bytes.size();
  return entry.sorted_set().MemoryBytes();
}

}  // namespace

StreamHandler::Next StreamEntries::Receive(
    store::TimeMs now, google::protobuf::io::ZeroCopyInputStream* message,
    size_t, Turn* turn) {
  if (!request_.ParseFromZeroCopyStream(message)) {
    return End(MalformedRequest(), turn);
  }
  if (request_.message_bytes() < 0) {
    return End(InvalidField("message_bytes is negative"), turn);
  }
  RpcStatus status = CheckFilter(request_);
  if (!status.ok()) return End(std::move(status), turn);
  messages_.emplace(request_.message_bytes() == 0
                        ? kDefaultMessageBytes
                        : std::min(request_.message_bytes(), kMaxMessageBytes),
                    limits_.response_bytes);
  step_ = kMinStep;
  return Resume(now, turn);
}

StreamHandler::Next StreamEntries::ReceiveEnd(store::TimeMs, Turn* turn) {
  return End({}, turn);
}

StreamHandler::Next StreamEntries::Resume(store::TimeMs now, Turn* turn) {
  if (!messages_->any_ready()) Work(now);
  if (messages_->any_ready()) {
    turn->message = messages_->TakeReady();
    const bool last = over() && !messages_->any_ready();
    return last && messages_->status().ok() ? Next::kSendLast : Next::kSend;
  }
  return over() ? End(messages_->status(), turn) : Next::kPause;
}

void StreamEntries::Work(store::TimeMs now) {
  looks_ = 0;
  while (!messages_->any_ready() && !over() && looks_ < kLooksInATurn) {
    if (string_.has_value()) {
      SendStringPiece();
    } else if (set_.has_value()) {
      SendSetPiece(now);
    } else if (!noted_.empty()) {
      std::string name = std::move(noted_.back());
      noted_.pop_back();
      Open(now, std::move(name));
    } else {
      WalkStep(now);
    }
  }
  // What was complete before an error is sent before it.
  if (over()) messages_->Flush();
}

void StreamEntries::WalkStep(store::TimeMs now) {
  size_t bytes = 0;
  cursor_ = store::keys::Scan(
      keyspace_, now, /*db=*/0, cursor_, step_,
      [&](const store::keys::ScannedKey& key) {
        if (MatchesFilter(request_, key.key, key.metadata.type)) {
          Visit(key, &bytes);
        }
      },
      /*within=*/nullptr);
  looks_ += step_;
  walked_ = cursor_ == 0;
  step_ = NextStep(step_, bytes, messages_->message_bytes());
}

// Under the shard's lock.
void StreamEntries::Visit(const store::keys::ScannedKey& key, size_t* bytes) {
  const Entry& entry = key.entry;
  *bytes += key.key.size() + kFieldsBytes;
  const bool is_long = entry.type() == ValueType::kString
                           ? BytesOf(entry) > messages_->StringRoom(key.key)
                           : !entry.sorted_set().is_flat();
  if (is_long || *bytes > kStepBytes) {
    noted_.emplace_back(key.key);
    return;
  }
  *bytes += BytesOf(entry);
  messages_->Begin(key.key, key.metadata);
  if (entry.type() == ValueType::kString) {
    return messages_->PutString(entry.string(), /*continues=*/false);
  }
  const store::SortedSet& set = entry.sorted_set();
  set.Visit(0, set.size(), /*reverse=*/false,
            [this](absl::string_view member, double score) {
              messages_->AddMember(member, score);
            });
  messages_->EndMembers(/*continues=*/false);
}

void StreamEntries::Open(store::TimeMs now, std::string name) {
  ++looks_;
  const store::Key key(name);
  const store::Transaction txn(keyspace_, now, key);
  const Entry* entry = txn.Find(key);
  // It may have gone, or have become something else.
  if (entry == nullptr || !MatchesFilter(request_, name, entry->type())) return;
  const auto metadata = store::keys::Describe(txn, key);
  if (entry->type() == ValueType::kSortedSet) {
    set_.emplace();
    set_->key = std::move(name);
    set_->metadata = *metadata;
    set_->step = kMinStep;
    return;
  }
  const store::StringValue value = entry->string();
  if (value.blob == nullptr ||
      value.bytes.size() <= messages_->StringRoom(name)) {
    messages_->Begin(name, *metadata);
    return messages_->PutString(value, /*continues=*/false);
  }
  string_.emplace();
  string_->key = std::move(name);
  string_->metadata = *metadata;
  string_->blob = store::BlobRef(value.blob);
}

void StreamEntries::SendStringPiece() {
  ++looks_;
  messages_->Begin(string_->key, string_->metadata);
  const absl::string_view piece = string_->blob.view().substr(
      string_->sent, messages_->StringRoom(string_->key));
  string_->sent += piece.size();
  const bool continues = string_->sent < string_->blob.view().size();
  messages_->PutString({piece, string_->blob.get()}, continues);
  if (!continues) string_.reset();
}

void StreamEntries::SendSetPiece(store::TimeMs now) {
  LongSet& set = *set_;
  const store::Key key(set.key);
  const store::Transaction txn(keyspace_, now, key);
  const Entry* entry = txn.Find(key);
  if (entry == nullptr || entry->type() != ValueType::kSortedSet) {
    // It has gone, and with it the members that were not sent.
    if (set.begun) {
      messages_->Begin(set.key, set.metadata);
      messages_->EndMembers(/*continues=*/false);
    }
    set_.reset();
    return;
  }
  set.metadata = *store::keys::Describe(txn, key);
  messages_->Begin(set.key, set.metadata);
  size_t bytes = 0;
  set.cursor = entry->sorted_set().Scan(
      set.cursor, set.step, [&](absl::string_view member, double score) {
        bytes += member.size() + kFieldsBytes;
        messages_->AddMember(member, score);
      });
  looks_ += set.step;
  messages_->EndMembers(/*continues=*/set.cursor != 0);
  set.begun = true;
  set.step = NextStep(set.step, bytes, messages_->message_bytes());
  if (set.cursor == 0) set_.reset();
}

}  // namespace kv::server
