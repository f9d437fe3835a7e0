#include "tcp_gateway/wire/legacy_framer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kv::gateway {

namespace {

using Status = FrameResult::Status;

constexpr size_t kWordBytes = sizeof(uint32_t);
// The original's own limit.
constexpr size_t kMaxArgs = 1024;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "integers are copied as they are");

uint32_t WordAt(absl::string_view bytes, size_t at) {
  uint32_t word;
  std::memcpy(&word, bytes.data() + at, kWordBytes);
  return word;
}

// Adds the arguments of a whole payload. False unless they fill it exactly.
bool AddArgs(absl::string_view payload, const FrameLimits& limits,
             RequestBatch* batch) {
  const size_t count = WordAt(payload, 0);
  size_t at = kWordBytes;
  for (size_t i = 0; i < count; ++i) {
    if (payload.size() - at < kWordBytes) return false;
    const size_t size = WordAt(payload, at);
    at += kWordBytes;
    if (size > limits.max_bulk || payload.size() - at < size) return false;
    batch->AddArg(payload.substr(at, size));
    at += size;
  }
  // The original took a frame without arguments for an unknown command.
  if (count == 0) batch->AddArg("");
  return at == payload.size();
}

}  // namespace

FrameResult LegacyFramer::Parse(absl::string_view input,
                                const FrameLimits& limits,
                                std::unique_ptr<PartialRequest>* /*partial*/,
                                RequestBatch* batch) const {
  FrameResult result;
  while (!batch->full()) {
    const absl::string_view rest = input.substr(result.consumed);
    if (rest.size() < 2 * kWordBytes) {
      // A payload too short for its count will not grow.
      if (rest.size() >= kWordBytes && WordAt(rest, 0) < kWordBytes) {
        result.status = Status::kBroken;
      } else {
        result.needed = rest.size() < kWordBytes ? kWordBytes : 2 * kWordBytes;
      }
      return result;
    }
    const size_t size = WordAt(rest, 0);
    const size_t count = WordAt(rest, kWordBytes);
    if (size < kWordBytes || size > limits.max_request ||
        count > std::min(kMaxArgs, limits.max_args)) {
      result.status = Status::kBroken;
      return result;
    }
    const size_t end = kWordBytes + size;
    if (rest.size() < end) {
      result.needed = end;
      return result;
    }
    if (!AddArgs(rest.substr(kWordBytes, size), limits, batch)) {
      batch->DropOpenArgs();
      result.status = Status::kBroken;
      return result;
    }
    result.consumed += end;
    batch->CloseRequest(result.consumed);
  }
  return result;
}

}  // namespace kv::gateway
