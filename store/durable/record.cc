#include "store/durable/record.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "absl/base/internal/endian.h"
#include "store/base/limits.h"
#include "store/base/time.h"
#include "store/database_map.h"

namespace kv::store {
namespace {

namespace endian = ::absl::little_endian;
using Kind = Effect::Kind;

constexpr uint8_t kKindMask = 0x1F;
constexpr uint8_t kSameKey = 0x20;
constexpr uint8_t kDeadline = 0x40;
constexpr uint8_t kCreated = 0x80;

constexpr size_t kMaxVarintBytes = 10;
// Of an effect, without the bytes of key and value.
constexpr size_t kMaxEffectBytes = 3 + 3 * kMaxVarintBytes + sizeof(uint64_t);

uint8_t CodeOf(Kind kind) {
  switch (kind) {
    case Kind::kPutString:
      return 1;
    case Kind::kErase:
      return 2;
    case Kind::kSetDeadline:
      return 3;
    case Kind::kZPut:
      return 4;
    case Kind::kZErase:
      return 5;
    case Kind::kClear:
      return 6;
    case Kind::kMapDatabases:
      return 7;
    case Kind::kSplice:
      return 8;
  }
  return 0;
}

bool KindOf(uint8_t code, Kind* kind) {
  constexpr Kind kKinds[] = {
      Kind::kPutString, Kind::kErase, Kind::kSetDeadline,  Kind::kZPut,
      Kind::kZErase,    Kind::kClear, Kind::kMapDatabases, Kind::kSplice};
  if (code == 0 || code > std::size(kKinds)) return false;
  *kind = kKinds[code - 1];
  return true;
}

// Which fields an effect has, and so all that is known of them here.
struct Fields {
  bool key = true;
  bool value = false;
  bool score = false;
  bool offset = false;
};

Fields FieldsOf(Kind kind) {
  switch (kind) {
    case Kind::kPutString:
    case Kind::kZErase:
      return {.value = true};
    case Kind::kErase:
    case Kind::kSetDeadline:
      return {};
    case Kind::kZPut:
      return {.value = true, .score = true};
    case Kind::kClear:
      return {.key = false};
    case Kind::kMapDatabases:
      return {.key = false, .value = true};
    case Kind::kSplice:
      return {.value = true, .offset = true};
  }
  return {};
}

char* PutVarint(uint64_t value, char* to) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

char* PutString(absl::string_view bytes, char* to) {
  to = PutVarint(bytes.size(), to);
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

void EncodeEffect(const Effect& effect, bool same_key, LogBuffer* buffer) {
  const Fields fields = FieldsOf(effect.kind);
  const bool has_deadline = effect.deadline != kNoDeadline;
  same_key = same_key && fields.key;
  char* to = buffer->Room(kMaxEffectBytes + effect.key.size() +
                          (effect.blob == nullptr ? effect.value.size() : 0));
  *to++ = static_cast<char>(CodeOf(effect.kind) | (same_key ? kSameKey : 0) |
                            (has_deadline ? kDeadline : 0) |
                            (effect.created ? kCreated : 0));
  *to++ = static_cast<char>(effect.place);
  *to++ = static_cast<char>(effect.event);
  if (fields.key && !same_key) to = PutString(effect.key, to);
  if (fields.offset) to = PutVarint(effect.offset, to);
  if (fields.value && effect.blob == nullptr) to = PutString(effect.value, to);
  if (fields.value && effect.blob != nullptr) {
    buffer->Grow(PutVarint(effect.value.size(), to));
    buffer->Add(effect.blob);
    to = buffer->Room(2 * sizeof(uint64_t));
  }
  if (fields.score) {
    endian::Store64(to, std::bit_cast<uint64_t>(effect.score));
    to += sizeof(uint64_t);
  }
  if (has_deadline) {
    endian::Store64(to, static_cast<uint64_t>(effect.deadline));
    to += sizeof(uint64_t);
  }
  buffer->Grow(to);
}

// Takes fields from the front of bytes. Each function is false if there is no
// such field.
class Decoder {
 public:
  explicit Decoder(absl::string_view* bytes) : bytes_(*bytes) {}

  bool Byte(uint8_t* value) {
    if (bytes_.empty()) return false;
    *value = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return true;
  }

  bool Varint(uint64_t* value) {
    *value = 0;
    uint8_t byte = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!Byte(&byte)) return false;
      if (shift == 63 && byte > 1) return false;  // more than 64 bits
      *value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool Fixed64(uint64_t* value) {
    if (bytes_.size() < sizeof(*value)) return false;
    *value = endian::Load64(bytes_.data());
    bytes_.remove_prefix(sizeof(*value));
    return true;
  }

  bool String(absl::string_view* value) {
    uint64_t size = 0;
    if (!Varint(&size) || size > kMaxValueBytes || size > bytes_.size()) {
      return false;
    }
    *value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }

  bool Score(double* value) {
    uint64_t bits = 0;
    if (!Fixed64(&bits)) return false;
    *value = std::bit_cast<double>(bits);
    return !std::isnan(*value);
  }

  bool Deadline(TimeMs* value) {
    uint64_t bits = 0;
    if (!Fixed64(&bits) || bits >= static_cast<uint64_t>(kNoDeadline)) {
      return false;
    }
    *value = static_cast<TimeMs>(bits);
    return true;
  }

 private:
  absl::string_view& bytes_;
};

bool MakesSense(const Effect& effect) {
  switch (effect.kind) {
    case Kind::kMapDatabases:
      return DatabaseMap().Assign(effect.value);
    case Kind::kSplice:
      return effect.offset <= kMaxValueBytes - effect.value.size();
    default:
      return true;
  }
}

bool DecodeEffect(Decoder& in, const Effect* before, Effect* effect) {
  uint8_t head = 0;
  uint8_t event = 0;
  if (!in.Byte(&head) || !KindOf(head & kKindMask, &effect->kind) ||
      !in.Byte(&effect->place) || effect->place >= kDatabases ||
      !in.Byte(&event)) {
    return false;
  }
  effect->db = effect->place;
  effect->event = static_cast<Event>(event);
  effect->created = (head & kCreated) != 0;
  const Fields fields = FieldsOf(effect->kind);
  if ((head & kSameKey) != 0) {
    if (before == nullptr || !fields.key) return false;
    effect->key = before->key;
  } else if (fields.key && !in.String(&effect->key)) {
    return false;
  }
  if (fields.offset && !in.Varint(&effect->offset)) return false;
  if (fields.value && !in.String(&effect->value)) return false;
  if (fields.score && !in.Score(&effect->score)) return false;
  if ((head & kDeadline) != 0 && !in.Deadline(&effect->deadline)) return false;
  return MakesSense(*effect);
}

}  // namespace

void EncodeRecord(uint64_t sequence, absl::Span<const Effect> effects,
                  LogBuffer* buffer) {
  char* to = buffer->Room(2 * kMaxVarintBytes);
  buffer->Grow(PutVarint(effects.size(), PutVarint(sequence, to)));
  const Effect* before = nullptr;
  for (const Effect& effect : effects) {
    const bool same_key = before != nullptr && before->key == effect.key;
    EncodeEffect(effect, same_key, buffer);
    before = &effect;
  }
}

bool DecodeRecord(absl::string_view* bytes, uint64_t* sequence,
                  std::vector<Effect>* effects) {
  effects->clear();
  Decoder in(bytes);
  uint64_t count = 0;
  if (!in.Varint(sequence) || !in.Varint(&count) || count == 0) return false;
  for (; count > 0; --count) {
    Effect effect;
    const Effect* before = effects->empty() ? nullptr : &effects->back();
    if (!DecodeEffect(in, before, &effect)) return false;
    effects->push_back(effect);
  }
  return true;
}

}  // namespace kv::store
