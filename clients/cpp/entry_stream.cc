#include "clients/cpp/entry_stream.h"

#include <utility>

#include "clients/cpp/status.h"

namespace fastkv {

EntryStream::~EntryStream() {
  if (finished_) return;
  context_->TryCancel();
  Finish();
}

void EntryStream::Finish() {
  finished_ = true;
  status_ = ToStatus(stream_->Finish());
}

bool EntryStream::NextPiece(v1::EntryPiece* piece) {
  while (!finished_ && next_ == message_.entries_size()) {
    next_ = 0;
    if (!stream_->Read(&message_)) Finish();
  }
  if (finished_) return false;
  *piece = std::move(*message_.mutable_entries(next_++));
  return true;
}

bool EntryStream::Next(v1::EntryPiece* entry) {
  if (!NextPiece(entry)) return false;
  bool more = entry->continues();
  entry->set_continues(false);
  v1::EntryPiece piece;
  while (more) {
    if (!NextPiece(&piece)) {
      // An end in the middle of an entry is not one that was meant.
      if (status_.ok()) {
        status_ = absl::DataLossError("the stream ended within an entry");
      }
      return false;
    }
    if (piece.has_string_value()) {
      entry->mutable_string_value()->append(piece.string_value());
    } else {
      entry->mutable_sorted_set()->MergeFrom(piece.sorted_set());
    }
    entry->set_version(piece.version());
    more = piece.continues();
  }
  return true;
}

}  // namespace fastkv
