#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "store/base/number.h"
#include "store/bit_string.h"
#include "store/bitmap_ops.h"
#include "tcp_gateway/command/arg_reader.h"
#include "tcp_gateway/command/command_context.h"
#include "tcp_gateway/command/command_families.h"

namespace kv::gateway {
namespace {

using store::OpStatus;
using store::bitmaps::FieldStep;
using store::bitmaps::Overflow;
using store::bitmaps::Range;

constexpr absl::string_view kBadOffset =
    "ERR bit offset is not an integer or out of range";
constexpr absl::string_view kBadBit =
    "ERR bit is not an integer or out of range";

void ReplyStatus(CommandContext& ctx, OpStatus status) {
  if (status == OpStatus::kOutOfRange) return ctx.ReplyError(kBadOffset);
  ctx.ReplyError(status);
}

// A bit's number, or, for a field of `width` bits, # and the field's number.
uint64_t ReadOffset(ArgReader& args, int width = 0) {
  absl::string_view text = args.Next();
  const bool in_fields = width > 0 && !text.empty() && text[0] == '#';
  if (in_fields) text.remove_prefix(1);
  int64_t offset = 0;
  if (!store::ParseInt64(text, &offset) ||
      __builtin_mul_overflow(offset, in_fields ? width : 1, &offset) ||
      offset < 0 || static_cast<uint64_t>(offset) >= store::bitmaps::kMaxBits) {
    args.Fail(kBadOffset);
  }
  return static_cast<uint64_t>(offset);
}

void ReadUnit(ArgReader& args, Range* range) {
  if (args.Match("BIT")) {
    range->unit = Range::Unit::kBit;
  } else if (!args.Match("BYTE")) {
    args.Fail();
  }
}

void SetBit(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const uint64_t offset = ReadOffset(args);
  const int64_t bit = args.Int(kBadBit);
  if (bit != 0 && bit != 1) args.Fail(kBadBit);
  if (!args.Finish()) return;
  const auto result =
      store::bitmaps::SetBit(ctx.txn(), ctx.key(), offset, bit == 1);
  if (!result.ok()) return ReplyStatus(ctx, result.status());
  ctx.reply().Integer(*result);
}

void GetBit(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const uint64_t offset = ReadOffset(args);
  if (!args.Finish()) return;
  const auto result = store::bitmaps::GetBit(ctx.txn(), ctx.key(), offset);
  if (!result.ok()) return ReplyStatus(ctx, result.status());
  ctx.reply().Integer(*result);
}

void BitCount(CommandContext& ctx) {
  Range range;
  if (ctx.args() > 2) {
    if (ctx.args() != 4 && ctx.args() != 5) return ctx.ReplySyntaxError();
    ArgReader args(ctx, 2);
    range.first = args.Int();
    range.last = args.Int();
    if (args.HasNext()) ReadUnit(args, &range);
    if (!args.Finish()) return;
  }
  const auto result = store::bitmaps::Count(ctx.txn(), ctx.key(), range);
  if (!result.ok()) return ReplyStatus(ctx, result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

void BitPos(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  const int64_t bit = args.Int();
  if (bit != 0 && bit != 1) {
    args.Fail("ERR The bit argument must be 1 or 0.");
  }
  if (ctx.args() > 6) args.Fail();
  Range range;
  if (args.HasNext()) range.first = args.Int();
  if (ctx.args() == 6) {
    // Redis looks at the unit before it looks at the end.
    ArgReader unit(ctx, 5);
    if (args.HasNext()) ReadUnit(unit, &range);
    if (!unit.Finish()) return;
  }
  const bool open_ended = !args.HasNext();
  if (!open_ended) range.last = args.Int();
  if (!args.Finish()) return;
  const auto result =
      store::bitmaps::Find(ctx.txn(), ctx.key(), bit == 1, range, open_ended);
  if (!result.ok()) return ReplyStatus(ctx, result.status());
  ctx.reply().Integer(result->has_value() ? static_cast<int64_t>(**result)
                                          : -1);
}

void BitOp(CommandContext& ctx) {
  using store::bits::Operation;
  Operation operation;
  ArgReader args(ctx, 1);
  if (args.Match("AND")) {
    operation = Operation::kAnd;
  } else if (args.Match("OR")) {
    operation = Operation::kOr;
  } else if (args.Match("XOR")) {
    operation = Operation::kXor;
  } else if (args.Match("NOT")) {
    operation = Operation::kNot;
  } else {
    return ctx.ReplySyntaxError();
  }
  const absl::Span<const store::Key> sources = ctx.keys().subspan(1);
  if (operation == Operation::kNot && sources.size() != 1) {
    return ctx.ReplyError(
        "ERR BITOP NOT must be called with a single source key.");
  }
  const auto result =
      store::bitmaps::Combine(ctx.txn(), operation, ctx.key(), sources);
  if (!result.ok()) return ReplyStatus(ctx, result.status());
  ctx.reply().Integer(static_cast<int64_t>(*result));
}

// i5, u63...
void ReadFieldType(ArgReader& args, FieldStep* step) {
  constexpr int kMaxSigned = 64, kMaxUnsigned = 63;
  const absl::string_view text = args.Next();
  int64_t width = 0;
  step->is_signed = !text.empty() && text[0] == 'i';
  if (text.empty() || (text[0] != 'i' && text[0] != 'u') ||
      !store::ParseInt64(text.substr(1), &width) || width < 1 ||
      width > (step->is_signed ? kMaxSigned : kMaxUnsigned)) {
    args.Fail(
        "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 "
        "is not supported but i64 is.");
    return;
  }
  step->width = static_cast<int>(width);
}

Overflow ReadOverflow(ArgReader& args) {
  if (args.Match("WRAP")) return Overflow::kWrap;
  if (args.Match("SAT")) return Overflow::kSaturate;
  if (args.Match("FAIL")) return Overflow::kFail;
  args.Fail("ERR Invalid OVERFLOW type specified");
  return Overflow::kWrap;
}

using FieldSteps = absl::InlinedVector<FieldStep, 4>;

void ReadFieldSteps(ArgReader& args, FieldSteps* steps) {
  Overflow overflow = Overflow::kWrap;
  while (args.HasNext()) {
    FieldStep step;
    size_t needs = 2;  // type and offset, and the number to write
    if (args.Match("GET")) {
      step.kind = FieldStep::Kind::kGet;
    } else if (args.Match("SET")) {
      step.kind = FieldStep::Kind::kSet;
      needs = 3;
    } else if (args.Match("INCRBY")) {
      step.kind = FieldStep::Kind::kIncrement;
      needs = 3;
    } else if (args.Match("OVERFLOW") && args.left() > 0) {
      overflow = ReadOverflow(args);
      continue;
    } else {
      return args.Fail();
    }
    if (args.left() < needs) return args.Fail();
    step.overflow = overflow;
    ReadFieldType(args, &step);
    step.offset = ReadOffset(args, step.width);
    if (step.kind != FieldStep::Kind::kGet) step.operand = args.Int();
    steps->push_back(step);
  }
}

void RunFieldSteps(CommandContext& ctx, FieldSteps& steps) {
  const OpStatus status = store::bitmaps::RunFieldSteps(ctx.txn(), ctx.key(),
                                                        absl::MakeSpan(steps));
  if (status != OpStatus::kOk) return ReplyStatus(ctx, status);
  ctx.reply().Array(steps.size());
  for (const FieldStep& step : steps) {
    if (step.result.has_value()) {
      ctx.reply().Integer(*step.result);
    } else {
      ctx.reply().Null();
    }
  }
}

void BitField(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  FieldSteps steps;
  ReadFieldSteps(args, &steps);
  if (args.Finish()) RunFieldSteps(ctx, steps);
}

void BitFieldRo(CommandContext& ctx) {
  ArgReader args(ctx, 2);
  FieldSteps steps;
  ReadFieldSteps(args, &steps);
  for (const FieldStep& step : steps) {
    if (step.kind != FieldStep::Kind::kGet) {
      args.Fail("ERR BITFIELD_RO only supports the GET subcommand");
    }
  }
  if (args.Finish()) RunFieldSteps(ctx, steps);
}

constexpr KeyPositions kFromSecondArgument = {2, -1};

using G = CommandGroup;

// clang-format off
constexpr Command kCommands[] = {
    {"bitcount", "key [start end [BYTE | BIT]]", "Counts the ones in a string.",
     G::kBitmap, -2, kReadOnly, Scope::kKeys, kOneKey, BitCount},
    {"bitfield", "key [GET encoding offset | [OVERFLOW <WRAP | SAT | FAIL>] "
                 "<SET encoding offset value | INCRBY encoding offset increment> ...]",
     "Reads and changes numbers of any width within a string.",
     G::kBitmap, -2, kWrite | kDenyOom, Scope::kKeys, kOneKey, BitField},
    {"bitfield_ro", "key [GET encoding offset [GET encoding offset ...]]",
     "Reads numbers of any width within a string.",
     G::kBitmap, -2, kReadOnly | kFast, Scope::kKeys, kOneKey, BitFieldRo},
    {"bitop", "<AND | OR | XOR | NOT> destkey key [key ...]",
     "Combines strings bit by bit and stores the result.",
     G::kBitmap, -4, kWrite | kDenyOom, Scope::kKeys, kFromSecondArgument, BitOp},
    {"bitpos", "key bit [start [end [BYTE | BIT]]]",
     "Finds the first bit of a string that is set, or clear.",
     G::kBitmap, -3, kReadOnly, Scope::kKeys, kOneKey, BitPos},
    {"getbit", "key offset", "Returns a bit of a string.",
     G::kBitmap, 3, kReadOnly | kFast, Scope::kKeys, kOneKey, GetBit},
    {"setbit", "key offset value", "Sets or clears a bit of a string.",
     G::kBitmap, 4, kWrite | kDenyOom, Scope::kKeys, kOneKey, SetBit},
};
// clang-format on

}  // namespace

absl::Span<const Command> BitmapCommands() { return kCommands; }

}  // namespace kv::gateway
