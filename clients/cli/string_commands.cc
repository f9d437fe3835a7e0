#include "absl/strings/numbers.h"
#include "absl/types/span.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command_groups.h"
#include "clients/cpp/client.h"

namespace kv::cli {
namespace {

using fastkv::Condition;
using fastkv::Expiry;
using fastkv::v1::Operation;

// --nx, --xx, --if_version and --if_value, at most one of them.
Condition ConditionOf(Arguments& arguments) {
  Condition condition;
  for (const auto& [name, value] : arguments.options()) {
    const bool is_set = condition.kind() != Condition::Kind::kNone;
    Condition given;
    if (name == "nx") given = Condition::MustNotExist();
    if (name == "xx") given = Condition::MustExist();
    if (name == "if_version") {
      given = Condition::VersionEquals(arguments.ToVersion(value));
    }
    if (name == "if_value") given = Condition::ValueEquals(value);
    if (given.kind() == Condition::Kind::kNone) continue;
    if (is_set) arguments.Fail("one condition at most");
    condition = given;
  }
  return condition;
}

// --ttl, --at and --keep_ttl, at most one of them.
Expiry ExpiryOf(Arguments& arguments) {
  if (arguments.Has("ttl") + arguments.Has("at") + arguments.Has("keep_ttl") >
      1) {
    arguments.Fail("one of --ttl, --at and --keep_ttl at most");
  }
  if (arguments.Has("keep_ttl")) return Expiry::Keep();
  if (const auto at = arguments.Text("at")) {
    return Expiry::At(arguments.ToTime(*at));
  }
  if (const auto ttl = arguments.Duration("ttl")) return Expiry::In(*ttl);
  return Expiry::Never();
}

void GetOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_get() = fastkv::Get(arguments.operand(0));
}

void SetOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_set() =
      fastkv::Set(arguments.operand(0), arguments.operand(1),
                  {.expiry = ExpiryOf(arguments),
                   .condition = ConditionOf(arguments),
                   .return_previous = arguments.Has("previous")});
}

void DelOperation(Arguments& arguments, Operation* operation) {
  if (arguments.operands().size() == 1) {
    *operation->mutable_delete_() = fastkv::Delete(
        arguments.operand(0), {.condition = ConditionOf(arguments),
                               .return_previous = arguments.Has("previous")});
    return;
  }
  if (!arguments.options().empty()) arguments.Fail("options go with one key");
  *operation->mutable_batch_delete() =
      fastkv::BatchDelete(arguments.operands());
}

void ExistsOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_exists() = fastkv::Exists(arguments.operand(0));
}

void TtlOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_get_ttl() = fastkv::GetTtl(arguments.operand(0));
}

fastkv::v1::ExpireCondition ExpireConditionOf(Arguments& arguments) {
  const auto name = arguments.Text("if");
  if (!name) return fastkv::v1::EXPIRE_CONDITION_UNSPECIFIED;
  if (*name == "none") return fastkv::v1::EXPIRE_CONDITION_NONE;
  if (*name == "some") return fastkv::v1::EXPIRE_CONDITION_SOME;
  if (*name == "later") return fastkv::v1::EXPIRE_CONDITION_LATER;
  if (*name == "earlier") return fastkv::v1::EXPIRE_CONDITION_EARLIER;
  arguments.Fail("--if is none, some, later or earlier");
  return fastkv::v1::EXPIRE_CONDITION_UNSPECIFIED;
}

void ExpireOperation(Arguments& arguments, Operation* operation) {
  const std::string& when = arguments.operand(1);
  absl::Duration ttl;
  const Expiry expiry = absl::ParseDuration(when, &ttl)
                            ? Expiry::In(ttl)
                            : Expiry::At(arguments.ToTime(when));
  *operation->mutable_expire() = fastkv::Expire(arguments.operand(0), expiry,
                                                ExpireConditionOf(arguments));
}

void PersistOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_persist() = fastkv::Persist(arguments.operand(0));
}

void IncrOperation(Arguments& arguments, Operation* operation) {
  const int64_t delta = arguments.operands().size() > 1
                            ? arguments.ToInt("DELTA", arguments.operand(1))
                            : 1;
  *operation->mutable_increment() =
      fastkv::Increment(arguments.operand(0), delta);
}

void AppendOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_append() =
      fastkv::Append(arguments.operand(0), arguments.operand(1));
}

void MgetOperation(Arguments& arguments, Operation* operation) {
  *operation->mutable_batch_get() = fastkv::BatchGet(arguments.operands());
}

void MsetOperation(Arguments& arguments, Operation* operation) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (size_t i = 0; i + 1 < arguments.operands().size(); i += 2) {
    entries.emplace_back(arguments.operand(i), arguments.operand(i + 1));
  }
  *operation->mutable_batch_set() =
      fastkv::BatchSet(entries, ExpiryOf(arguments));
}

constexpr OptionSpec kTtl = {"ttl", "DURATION", "expires after so long"};
constexpr OptionSpec kAt = {"at", "TIME", "expires then"};
constexpr OptionSpec kKeepTtl = {"keep_ttl", "", "expires when it does now"};
constexpr OptionSpec kIfVersion = {"if_version", "N", "only at this version"};
constexpr OptionSpec kIfValue = {"if_value", "BYTES", "only from this value"};
constexpr OptionSpec kPrevious = {"previous", "", "prints the value before"};

constexpr OptionSpec kSetOptions[] = {
    kTtl,
    kAt,
    kKeepTtl,
    {"nx", "", "only if there is no such key"},
    {"xx", "", "only if there is such a key"},
    kIfVersion,
    kIfValue,
    kPrevious};
constexpr OptionSpec kDelOptions[] = {kIfVersion, kIfValue, kPrevious};
constexpr OptionSpec kExpireOptions[] = {
    {"if", "none|some|later|earlier", "what must hold of the present expiry"}};
constexpr OptionSpec kMsetOptions[] = {kTtl, kAt, kKeepTtl};

constexpr char kGroup[] = "strings and keys";
constexpr Command kCommands[] = {
    {"get", kGroup, "KEY", "prints a string", {}, GetOperation},
    {"set", kGroup, "KEY VALUE", "sets a string; VALUE - reads standard input",
     kSetOptions, SetOperation},
    {"del", kGroup, "KEY [KEY ...]", "removes keys", kDelOptions, DelOperation},
    {"exists",
     kGroup,
     "KEY",
     "tells what a key holds, and its version",
     {},
     ExistsOperation},
    {"ttl", kGroup, "KEY", "tells when a key expires", {}, TtlOperation},
    {"expire", kGroup, "KEY WHEN",
     "makes a key expire after a duration or at a time", kExpireOptions,
     ExpireOperation},
    {"persist",
     kGroup,
     "KEY",
     "makes a key stay for ever",
     {},
     PersistOperation},
    {"incr",
     kGroup,
     "KEY [DELTA]",
     "adds to a whole number",
     {},
     IncrOperation},
    {"append", kGroup, "KEY VALUE", "appends to a string", {}, AppendOperation},
    {"mget",
     kGroup,
     "KEY [KEY ...]",
     "prints strings of one moment",
     {},
     MgetOperation},
    {"mset", kGroup, "KEY VALUE [KEY VALUE ...]", "sets strings at once",
     kMsetOptions, MsetOperation},
};

}  // namespace

absl::Span<const Command> StringCommands() { return kCommands; }

}  // namespace kv::cli
