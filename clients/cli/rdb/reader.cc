#include "clients/cli/rdb/reader.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "clients/cli/rdb/bytes.h"
#include "clients/cli/rdb/encoding.h"
#include "clients/cli/rdb/skip.h"

namespace kv::rdb {
namespace {

// A file that names more is not worth the memory.
constexpr size_t kMaxDatabasesTold = 100;
// Of a key, in a message.
constexpr size_t kKeyBytesTold = 64;

std::string Quoted(absl::string_view key) {
  return absl::StrCat("\"", absl::CHexEscape(key.substr(0, kKeyBytesTold)),
                      key.size() > kKeyBytesTold ? "..." : "", "\"");
}

bool IsTransferMark(absl::string_view bytes) {
  return bytes.size() == kTransferMarkDigits &&
         std::all_of(bytes.begin(), bytes.end(), absl::ascii_isxdigit);
}

}  // namespace

bool Reader::Next(Entry* entry) {
  if (!begun_) ReadHeader();
  begun_ = true;
  if (inside_set_) return ReadMembers(entry);
  while (input_.ok() && !done_) {
    start_ = input_.offset();
    const uint8_t first = input_.Byte();
    if (!input_.ok()) break;
    if (first >= kSlotInfo) {
      ReadOpcode(first);
    } else if (ReadKey(first, entry)) {
      return true;
    }
  }
  return false;
}

void Reader::ReadHeader() {
  std::string scratch;
  absl::string_view header =
      input_.Bytes(kMagic.size() + kVersionDigits, &scratch);
  if (!input_.ok()) return;
  if (!absl::ConsumePrefix(&header, kMagic) ||
      !absl::SimpleAtoi(header, &summary_.version) || summary_.version < 1) {
    return input_.FailAt(
        0, "not an RDB file: it does not begin with REDIS and a version");
  }
  if (summary_.version > kNewestVersion) {
    input_.FailAt(0, absl::StrCat("the file is of RDB version ",
                                  summary_.version, "; this program reads ",
                                  kNewestVersion, " and those before"));
  }
}

void Reader::ReadOpcode(uint8_t opcode) {
  switch (opcode) {
    case kSlotInfo:
      ReadLength(input_);
      ReadLength(input_);
      ReadLength(input_);
      return;
    case kFunction2:
      ++summary_.functions;
      return SkipString(input_);
    case kFunctionPreGa:
      return ReadFunctionPreGa();
    case kModuleAux:
      return SkipModuleAux(input_);
    case kIdle:
      ReadLength(input_);
      return;
    case kFrequency:
      return input_.Skip(1);
    case kAux:
      SkipString(input_);
      return SkipString(input_);
    case kResizeDb:
      ReadLength(input_);
      ReadLength(input_);
      return;
    case kExpireTimeMs:
      next_expiry_ms_ = static_cast<int64_t>(input_.LittleEndianNumber(8));
      return;
    case kExpireTime:
      next_expiry_ms_ = SignExtended(input_.LittleEndianNumber(4), 32) * 1000;
      return;
    case kSelectDb:
      database_ = ReadLength(input_);
      return;
    case kEndOfFile:
      return ReadEnd();
  }
}

void Reader::ReadFunctionPreGa() {
  ++summary_.functions;
  SkipString(input_);                               // name
  SkipString(input_);                               // engine
  if (ReadLength(input_) != 0) SkipString(input_);  // description
  SkipString(input_);
}

void Reader::ReadEnd() {
  done_ = true;
  if (summary_.version >= kFirstChecksumVersion) {
    const uint64_t computed = input_.Checksum();
    const uint64_t start = input_.offset();
    const uint64_t stored = input_.LittleEndianNumber(8);
    if (!input_.ok()) return;
    if (stored != 0 && stored != computed) {
      return input_.FailAt(
          start, absl::StrFormat("the checksum is %016x and should be %016x: "
                                 "the file is damaged somewhere",
                                 stored, computed));
    }
  }
  const uint64_t end = input_.offset();
  std::string rest;
  while (rest.size() <= kTransferMarkDigits && !input_.AtEnd()) {
    rest += static_cast<char>(input_.Byte());
  }
  if (!rest.empty() && !IsTransferMark(rest)) {
    input_.FailAt(end,
                  "something follows the end of the RDB file, as the log of an "
                  "append-only file does, which is not read");
  }
}

bool Reader::ReadKey(uint8_t number, Entry* entry) {
  const absl::optional<Type> type = FindType(number);
  ReadString(input_, &key_);
  expire_time_ms_ = std::exchange(next_expiry_ms_, absl::nullopt);
  if (!input_.ok()) return false;
  if (!type.has_value()) {
    FailKey(absl::StrCat("has the type ", number, ", which is unknown"));
  } else if (type->layout == Layout::kOpaque) {
    FailKey("has a module's value of the old form that cannot be skipped");
  } else if (!Wanted(*type)) {
    SkipValue(input_, *type);
  } else if (type->kind == Kind::kSortedSet) {
    members_.Begin(input_, *type);
    return ReadMembers(entry);
  } else {
    DescribeKey(Kind::kString, entry);
    ReadString(input_, &entry->value);
    if (input_.ok()) ++summary_.entries;
    return input_.ok();
  }
  return false;
}

bool Reader::ReadMembers(Entry* entry) {
  inside_set_ = members_.ReadBatch(input_, &entry->members);
  if (!input_.ok()) return false;
  if (entry->members.empty()) {
    ++summary_.empty;
    return false;
  }
  DescribeKey(Kind::kSortedSet, entry);
  entry->continues = inside_set_;
  if (!inside_set_) ++summary_.entries;
  return true;
}

void Reader::DescribeKey(Kind kind, Entry* entry) const {
  entry->offset = start_;
  entry->key = key_;
  entry->expire_time_ms = expire_time_ms_;
  entry->kind = kind;
  if (kind != Kind::kString) entry->value.clear();
  if (kind != Kind::kSortedSet) entry->members.clear();
  entry->continues = false;
}

void Reader::FailKey(absl::string_view why) {
  input_.FailAt(start_, absl::StrCat("key ", Quoted(key_), " ", why));
}

bool Reader::Wanted(const Type& type) {
  if (database_ != options_.database) {
    ++summary_.elsewhere;
    if (summary_.databases.size() < kMaxDatabasesTold ||
        summary_.databases.count(database_) > 0) {
      ++summary_.databases[database_];
    }
    return false;
  }
  if (expire_time_ms_.has_value() && *expire_time_ms_ <= options_.now_ms) {
    ++summary_.expired;
    return false;
  }
  if (type.kind == Kind::kString || type.kind == Kind::kSortedSet) return true;
  ++summary_.skipped[static_cast<int>(type.kind)];
  return false;
}

}  // namespace kv::rdb
