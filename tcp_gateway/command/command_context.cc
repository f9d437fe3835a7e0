#include "tcp_gateway/command/command_context.h"

#include "absl/strings/str_cat.h"

namespace kv::gateway {

void CommandContext::Execute() {
  if ((command_.flags & kReadOnly) != 0 && !keys_.empty() &&
      server_.keyspace_events.wants_misses()) {
    server_.keyspace_events.NoteMisses(*txn_, keys_);
  }
  command_.handler(*this);
}

void CommandContext::ReplyNames(absl::Span<const absl::string_view> names) {
  reply_.Array(names.size());
  for (const absl::string_view name : names) reply_.Bulk(name);
}

void CommandContext::ReplyWrongArity() {
  reply_.Error(ErrorKind::kWrongArity,
               absl::StrCat("ERR wrong number of arguments for '",
                            command_.name, "' command"));
}

void CommandContext::ReplyError(store::OpStatus status) {
  using store::OpStatus;
  switch (status) {
    case OpStatus::kOk:
      break;
    case OpStatus::kWrongType:
      return reply_.Error(
          ErrorKind::kWrongType,
          "WRONGTYPE Operation against a key holding the wrong kind of value");
    case OpStatus::kNotInteger:
      return reply_.Error("ERR value is not an integer or out of range");
    case OpStatus::kNotFloat:
      return reply_.Error("ERR value is not a valid float");
    case OpStatus::kOverflow:
      return reply_.Error("ERR increment or decrement would overflow");
    case OpStatus::kNotANumber:
      return reply_.Error("ERR resulting score is not a number (NaN)");
    case OpStatus::kTooLarge:
      return reply_.Error(ErrorKind::kTooBig,
                          "ERR string exceeds maximum allowed size "
                          "(proto-max-bulk-len)");
    case OpStatus::kBadDeadline:
      return reply_.Error(absl::StrCat("ERR invalid expire time in '",
                                       command_.name, "' command"));
    case OpStatus::kBadOptions:
      return reply_.Error("ERR syntax error");
    case OpStatus::kNoSuchKey:
      return reply_.Error("ERR no such key");
    case OpStatus::kOutOfRange:
      return reply_.Error("ERR index out of range");
  }
  assert(false && "an error without a status");
}

}  // namespace kv::gateway
