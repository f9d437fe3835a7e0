#include "clients/cli/rdb/input.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/rdb/bytes.h"
#include "clients/cli/rdb/crc64.h"

namespace kv::rdb {

absl::string_view Input::Bytes(uint64_t size, std::string* scratch) {
  if (size > kMaxStringBytes) {
    Fail(absl::StrCat("a string of ", size, " bytes, more than 512 MiB"));
    return {};
  }
  if (size <= left()) {
    const absl::string_view bytes(block_.data() + next_, size);
    next_ += size;
    return bytes;
  }
  scratch->clear();
  while (scratch->size() < size) {
    if (left() == 0 && !Refill()) return {};
    const size_t count = std::min<uint64_t>(left(), size - scratch->size());
    // Doubled, but never beyond what it shall hold.
    if (scratch->capacity() - scratch->size() < count) {
      scratch->reserve(std::min<uint64_t>(size, 2 * (scratch->size() + count)));
    }
    scratch->append(block_, next_, count);
    next_ += count;
  }
  return *scratch;
}

uint64_t Input::LittleEndianNumber(int bytes) {
  std::string scratch;
  return LittleEndian(Bytes(bytes, &scratch));
}

uint64_t Input::BigEndianNumber(int bytes) {
  std::string scratch;
  return BigEndian(Bytes(bytes, &scratch));
}

void Input::Skip(uint64_t size) {
  while (size > left()) {
    size -= left();
    next_ = block_.size();
    if (!Refill()) return;
  }
  next_ += size;
}

bool Input::AtEnd() { return left() == 0 && !NextBlock(); }

uint64_t Input::Checksum() {
  checksum_ = Crc64(absl::string_view(block_).substr(summed_, next_ - summed_),
                    checksum_);
  summed_ = next_;
  return checksum_;
}

void Input::FailAt(uint64_t offset, absl::string_view what) {
  status_.Update(absl::DataLossError(absl::StrCat(what, ", at byte ", offset)));
  // Nothing is left to take; the offset stays.
  block_.resize(next_);
}

bool Input::Refill() {
  if (NextBlock()) return true;
  if (ok()) Fail("the file is cut off");
  return false;
}

bool Input::NextBlock() {
  if (!ok()) return false;
  Checksum();
  base_ += block_.size();
  next_ = 0;
  summed_ = 0;
  block_.clear();
  status_ = source_(&block_);
  if (!ok()) block_.clear();
  return !block_.empty();
}

}  // namespace kv::rdb
