#include "store/durable/record.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "store/base/blob.h"
#include "store/base/time.h"
#include "store/durable/log_buffer.h"
#include "store/effect/effect.h"
#include "tests/testing/random.h"
#include "tests/testing/recording_sink.h"

namespace kv::store {
namespace {

using Kind = Effect::Kind;
using test::RecordedEffect;

std::string BytesOf(const LogBuffer& buffer) {
  std::vector<absl::string_view> pieces;
  buffer.AppendPieces(&pieces);
  std::string bytes;
  for (const absl::string_view piece : pieces) bytes += std::string(piece);
  EXPECT_EQ(bytes.size(), buffer.size());
  return bytes;
}

std::string Encoded(uint64_t sequence, const std::vector<Effect>& effects) {
  LogBuffer buffer;
  EncodeRecord(sequence, effects, &buffer);
  return BytesOf(buffer);
}

bool Same(const Effect& a, const Effect& b) {
  return a.kind == b.kind && a.place == b.place && a.score == b.score &&
         a.deadline == b.deadline && a.key == b.key && a.value == b.value &&
         a.offset == b.offset && a.event == b.event && a.created == b.created;
}

std::string Map() {
  std::string map(16, '\0');
  for (int i = 0; i < 16; ++i) map[i] = static_cast<char>(15 - i);
  return map;
}

// One of every kind, with every field at an edge.
std::vector<RecordedEffect> EveryKind() {
  const std::string map = Map();
  const std::string large(300, 'v');
  const Effect effects[] = {
      {.kind = Kind::kPutString,
       .place = 15,
       .deadline = 1,
       .key = "",
       .value = "",
       .created = true},
      {.kind = Kind::kPutString,
       .deadline = kNoDeadline - 1,
       .key = large,
       .value = large,
       .event = Event::kZdiffstore},
      {.kind = Kind::kErase, .key = large, .event = Event::kExpired},
      {.kind = Kind::kSetDeadline, .deadline = 7, .key = "k"},
      {.kind = Kind::kSetDeadline, .key = "k"},
      {.kind = Kind::kZPut,
       .score = -0.5,
       .key = "z",
       .value = "m",
       .created = true},
      {.kind = Kind::kZErase, .key = "z", .value = ""},
      {.kind = Kind::kClear, .place = 3},
      {.kind = Kind::kMapDatabases, .value = map},
      {.kind = Kind::kSplice, .key = "", .value = "xy", .offset = 500'000'000},
  };
  std::vector<RecordedEffect> all;
  for (const Effect& effect : effects) all.emplace_back(0, effect);
  return all;
}

TEST(RecordTest, EveryKindComesBackAsItWas) {
  const std::vector<RecordedEffect> all = EveryKind();
  std::vector<Effect> effects;
  for (const RecordedEffect& effect : all) effects.push_back(effect.Borrow());
  for (const uint64_t sequence : {uint64_t{1}, uint64_t{127}, UINT64_MAX}) {
    const std::string bytes = Encoded(sequence, effects) + "rest";
    absl::string_view rest = bytes;
    uint64_t decoded_sequence = 0;
    std::vector<Effect> decoded;
    ASSERT_TRUE(DecodeRecord(&rest, &decoded_sequence, &decoded));
    EXPECT_EQ(rest, "rest");
    EXPECT_EQ(decoded_sequence, sequence);
    ASSERT_EQ(decoded.size(), effects.size());
    for (size_t i = 0; i < effects.size(); ++i) {
      EXPECT_TRUE(Same(decoded[i], effects[i])) << i;
    }
  }
}

TEST(RecordTest, ABlobIsReferencedAndReadAsAnyValue) {
  const BlobRef blob = BlobRef::Adopt(Blob::New(std::string(5000, 'b')));
  LogBuffer buffer;
  const std::vector<Effect> effects = {{.kind = Kind::kPutString,
                                        .deadline = 9,
                                        .key = "k",
                                        .value = blob.view(),
                                        .blob = blob.get()},
                                       {.kind = Kind::kErase, .key = "k"}};
  EncodeRecord(5, effects, &buffer);
  EXPECT_FALSE(blob.get()->unique());
  const std::string bytes = BytesOf(buffer);
  LogBuffer other;
  EncodeRecord(4, effects, &other);
  other.Add(buffer);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(BytesOf(other).substr(bytes.size()), bytes);
  other.Clear(0);
  EXPECT_TRUE(blob.get()->unique());

  absl::string_view rest = bytes;
  uint64_t sequence = 0;
  std::vector<Effect> decoded;
  ASSERT_TRUE(DecodeRecord(&rest, &sequence, &decoded));
  EXPECT_EQ(decoded[0].value, blob.view());
  EXPECT_EQ(decoded[0].deadline, 9);
  EXPECT_EQ(decoded[1].key, "k");
}

TEST(RecordTest, NoPrefixOfARecordIsARecord) {
  std::vector<Effect> effects;
  const std::vector<RecordedEffect> all = EveryKind();
  for (const RecordedEffect& effect : all) effects.push_back(effect.Borrow());
  const std::string bytes = Encoded(1, effects);
  for (size_t size = 0; size < bytes.size(); ++size) {
    absl::string_view rest = absl::string_view(bytes).substr(0, size);
    uint64_t sequence = 0;
    std::vector<Effect> decoded;
    EXPECT_FALSE(DecodeRecord(&rest, &sequence, &decoded)) << size;
  }
}

TEST(RecordTest, WhatDecodesIsWithinTheLimitsOfTheStore) {
  const uint64_t seed = test::SeedOr(4);
  SCOPED_TRACE(testing::Message() << "FASTKV_TEST_SEED=" << seed);
  test::Random random(seed);
  std::vector<Effect> effects;
  const std::vector<RecordedEffect> all = EveryKind();
  for (const RecordedEffect& effect : all) effects.push_back(effect.Borrow());
  const std::string bytes = Encoded(1, effects);
  for (int i = 0; i < 20000; ++i) {
    std::string changed = bytes;
    for (size_t n = random.Below(3); n < 3; ++n) {
      changed[random.Below(changed.size())] =
          static_cast<char>(random.Below(256));
    }
    absl::string_view rest = changed;
    uint64_t sequence = 0;
    std::vector<Effect> decoded;
    if (!DecodeRecord(&rest, &sequence, &decoded)) continue;
    for (const Effect& effect : decoded) {
      ASSERT_LT(effect.place, 16);
      ASSERT_EQ(effect.score, effect.score);
      ASSERT_LE(effect.offset + effect.value.size(), size_t{512} << 20);
    }
  }
}

}  // namespace
}  // namespace kv::store
