#include "clients/cli/importer.h"

#include <algorithm>
#include <utility>

#include "clients/cpp/requests.h"
#include "clients/cpp/status.h"

namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

// Strings from so many bytes on go through WriteValue, which has no limit on
// messages. Keys and members go by a call of their own: where the server's
// limit is below, it ends the call, and not the pipeline with all that is in
// it.
constexpr size_t kLargeBytes = 4 << 20;
// Members are added so many, or so many bytes of them, at a time.
constexpr int kChunkMembers = 1000;
constexpr size_t kChunkBytes = 1 << 20;

bool IsConnectionError(const absl::Status& status) {
  if (fastkv::ReasonOf(status) == v1::ERROR_REASON_SHUTTING_DOWN) return true;
  return fastkv::ReasonNameOf(status).empty() &&
         (absl::IsUnavailable(status) || absl::IsCancelled(status) ||
          absl::IsDeadlineExceeded(status) || absl::IsUnimplemented(status));
}

}  // namespace

Importer::Importer(fastkv::Client& client)
    : client_(client), pipeline_(client.OpenPipeline()) {}

Importer::~Importer() = default;

absl::Status Importer::Add(int64_t position, v1::EntryPiece piece) {
  if (piece.has_sorted_set()) {
    AddMembers(position, std::move(piece));
  } else if (piece.string_value().size() >= kLargeBytes) {
    return AddLargeString(position, std::move(piece));
  } else {
    AddString(position, std::move(piece));
  }
  return submitted_;
}

absl::Status Importer::Finish() { return pipeline_->Finish(); }

int64_t Importer::imported() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return imported_;
}

std::vector<EntryError> Importer::TakeErrors() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(errors_, {});
}

int64_t Importer::done_through() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return done_through_;
}

void Importer::AddString(int64_t position, v1::EntryPiece entry) {
  const bool large = entry.key().size() >= kLargeBytes;
  v1::SetRequest request;
  request.set_key(std::move(*entry.mutable_key()));
  request.set_value(std::move(*entry.mutable_string_value()));
  if (entry.has_expire_time_ms()) {
    request.set_expire_time_ms(entry.expire_time_ms());
  }
  Submit(position, std::move(request), /*last=*/true, large);
}

void Importer::AddMembers(int64_t position, v1::EntryPiece piece) {
  const bool large_key = piece.key().size() >= kLargeBytes;
  if (!inside_set_) {
    Submit(position, fastkv::Delete(piece.key()), /*last=*/false, large_key);
  }
  inside_set_ = piece.continues();
  const bool expires = piece.has_expire_time_ms() && !piece.continues();
  const bool settles = !expires && !piece.continues();
  auto* members = piece.mutable_sorted_set()->mutable_members();
  int next = 0;
  while (next < members->size()) {
    v1::SortedSetServiceAddRequest request;
    request.set_key(piece.key());
    size_t bytes = 0;
    while (next < members->size() && bytes < kChunkBytes &&
           request.members_size() < kChunkMembers) {
      v1::ScoredMember& member = (*members)[next++];
      bytes += member.member().size();
      *request.add_members() = std::move(member);
    }
    Submit(position, std::move(request), settles && next == members->size(),
           large_key || bytes >= kLargeBytes);
  }
  if (!expires) return;
  // Behind all members: one that comes later would make a set that stays.
  v1::ExpireRequest request;
  request.set_key(piece.key());
  request.set_expire_time_ms(piece.expire_time_ms());
  Submit(position, std::move(request), /*last=*/true, large_key);
}

absl::Status Importer::AddLargeString(int64_t position, v1::EntryPiece entry) {
  // In its turn: an earlier entry may be of the same key.
  const absl::Status drained = pipeline_->Drain();
  if (!drained.ok()) return drained;
  v1::WriteValueHeader header;
  header.set_key(entry.key());
  header.set_length(static_cast<int64_t>(entry.string_value().size()));
  if (entry.has_expire_time_ms()) {
    header.set_expire_time_ms(entry.expire_time_ms());
  }
  const absl::Status written =
      client_
          .WriteValue(std::move(header),
                      [&] { return absl::string_view(entry.string_value()); })
          .status();
  if (!written.ok() && IsConnectionError(written)) return written;
  if (!written.ok()) NoteError(position, written);
  Settle(position);
  return absl::OkStatus();
}

template <typename Request>
void Importer::Submit(int64_t position, Request request, bool last,
                      bool large) {
  auto settle = [this, position,
                 last](absl::StatusOr<fastkv::ResponseOf<Request>> response) {
    if (!response.ok()) {
      // No answer, so not settled: the entry stands to be done again.
      if (IsConnectionError(response.status())) return;
      NoteError(position, response.status());
    }
    if (last) Settle(position);
  };
  if (!large) {
    submitted_.Update(pipeline_->Submit(std::move(request), std::move(settle)));
    return;
  }
  submitted_.Update(pipeline_->Drain());
  if (!submitted_.ok()) return;
  auto response = client_.Call(std::move(request));
  if (IsConnectionError(response.status())) submitted_ = response.status();
  settle(std::move(response));
}

void Importer::NoteError(int64_t position, absl::Status status) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (failed_position_ == position) return;  // one is enough
  failed_position_ = position;
  errors_.push_back({position, std::move(status)});
}

void Importer::Settle(int64_t position) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (failed_position_ != position) ++imported_;
  done_through_ = std::max(done_through_, position);
}

}  // namespace kv::cli
