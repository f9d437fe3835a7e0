#ifndef FASTKV_CLIENTS_CLI_IMPORTER_H_
#define FASTKV_CLIENTS_CLI_IMPORTER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "clients/cpp/client.h"
#include "fastkv/v1/key_value.pb.h"

namespace kv::cli {

// An entry that has not been taken.
struct EntryError {
  int64_t position;
  absl::Status status;
};

// Importer: makes entries on a server, through a pipeline. A key that is there
// already is replaced. Whatever is done twice leaves the same, so an import
// that broke off can go on from the first entry without an answer.
//
// An entry has a position, by which it is spoken of: its line in the file, say.
// Positions are positive and go up.
//
// Threads    compatible: one feeds entries. Errors are noted on the pipeline's
//            thread, which is why they are asked for.
class Importer {
 public:
  explicit Importer(fastkv::Client& client);
  // Waits for what is under way.
  ~Importer();

  // Adds an entry, or a sorted set's next members: a piece that continues is
  // followed by the others of its entry. An error is the connection's, and the
  // end; those of entries are noted.
  absl::Status Add(int64_t position, fastkv::v1::EntryPiece piece);
  // Notes that there is no entry at this position, and why.
  void NoteError(int64_t position, absl::Status status);
  // Waits until everything has an answer.
  absl::Status Finish();

  // Entries that the server has taken.
  int64_t imported() const;
  // The errors that were found since the last call.
  std::vector<EntryError> TakeErrors();
  // All entries up to this position have an answer, if it is an error.
  int64_t done_through() const;

 private:
  void AddString(int64_t position, fastkv::v1::EntryPiece entry);
  void AddMembers(int64_t position, fastkv::v1::EntryPiece piece);
  absl::Status AddLargeString(int64_t position, fastkv::v1::EntryPiece entry);
  // Submits an operation of an entry, by the pipeline unless it is large; the
  // last one settles the entry.
  template <typename Request>
  void Submit(int64_t position, Request request, bool last, bool large);
  void Settle(int64_t position);

  fastkv::Client& client_;
  const std::unique_ptr<fastkv::Pipeline> pipeline_;
  absl::Status submitted_;
  bool inside_set_ = false;  // the last piece continues

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  int64_t imported_ = 0;
  int64_t done_through_ = 0;
  int64_t failed_position_ = 0;  // the last one with an error
  std::vector<EntryError> errors_;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_IMPORTER_H_
