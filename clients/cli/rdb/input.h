#ifndef FASTKV_CLIENTS_CLI_RDB_INPUT_H_
#define FASTKV_CLIENTS_CLI_RDB_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kv::rdb {

// Where the bytes come from: replaces *block by the next ones, however many;
// by none at the end.
using BlockSource = absl::AnyInvocable<absl::Status(std::string* block)>;

// The longest string that Redis keeps, and that FastKV takes.
inline constexpr uint64_t kMaxStringBytes = uint64_t{512} << 20;

// Input: the bytes of a file, taken one after the other; counts and checksums
// them. The first error is remembered: from then on nothing is taken, and every
// read gives zeros. Whoever loops asks for ok() in each turn.
//
// Owns       one block of the source.
// Threads    compatible.
class Input {
 public:
  explicit Input(BlockSource source) : source_(std::move(source)) {}

  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }
  // How many bytes have been taken.
  uint64_t offset() const { return base_ + next_; }

  uint8_t Byte() {
    if (next_ == block_.size() && !Refill()) return 0;
    return static_cast<uint8_t>(block_[next_++]);
  }
  // The next bytes, as they are until the next call. Those that do not lie in
  // one block are put together in *scratch, which grows as they come: a length
  // that is a lie takes no memory. An error if there are fewer, or if they are
  // more than kMaxStringBytes.
  absl::string_view Bytes(uint64_t size, std::string* scratch);
  // Up to 8 bytes as a number.
  uint64_t LittleEndianNumber(int bytes);
  uint64_t BigEndianNumber(int bytes);
  void Skip(uint64_t size);
  // Whether there is nothing more.
  bool AtEnd();

  // The CRC-64 of all bytes taken.
  uint64_t Checksum();

  // Remembers an error of the file: DATA_LOSS, "`what`, at byte N".
  void Fail(absl::string_view what) { FailAt(offset(), what); }
  void FailAt(uint64_t offset, absl::string_view what);

 private:
  // Gets the next block, in the place of one that is used up. False: there is
  // none, which is noted as an error.
  bool Refill();
  // The same, where the end is no error.
  bool NextBlock();
  size_t left() const { return block_.size() - next_; }

  BlockSource source_;
  std::string block_;
  size_t next_ = 0;    // in block_
  uint64_t base_ = 0;  // offset of block_
  uint64_t checksum_ = 0;
  size_t summed_ = 0;  // in block_: what is in checksum_
  absl::Status status_;
};

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_INPUT_H_
