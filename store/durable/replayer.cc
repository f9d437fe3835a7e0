#include "store/durable/replayer.h"

#include <algorithm>
#include <cstring>

#include "store/base/check.h"
#include "store/entry.h"
#include "store/transaction.h"

namespace kv::store {
namespace {

using Kind = Effect::Kind;

// A key that holds another type than the effect is about: what made it so comes
// later in the log, or it would not be an effect of this type.
void EraseUnless(ValueType type, Transaction& txn, const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry != nullptr && entry->type() != type) txn.Erase(key);
}

void Splice(Transaction& txn, const Key& key, const Effect& effect) {
  EraseUnless(ValueType::kString, txn, key);
  const Entry* entry = txn.Find(key);
  const size_t length = entry == nullptr ? 0 : entry->string().bytes.size();
  const size_t end = effect.offset + effect.value.size();
  txn.EditString(key, std::max(length, end), [&](char* bytes) {
    if (effect.value.empty()) return;
    std::memcpy(bytes + effect.offset, effect.value.data(),
                effect.value.size());
  });
}

void ApplyTo(Transaction& txn, const Key& key, const Effect& effect) {
  switch (effect.kind) {
    case Kind::kPutString:
      return txn.PutString(key, effect.value, effect.deadline);
    case Kind::kErase:
      txn.Erase(key);
      return;
    case Kind::kSetDeadline:
      txn.SetDeadline(key, effect.deadline);
      return;
    case Kind::kZPut:
      EraseUnless(ValueType::kSortedSet, txn, key);
      if (txn.PutMember(key, effect.value, effect.score) ==
          Upserted::kUnchanged) {
        txn.Touch(key);
      }
      return;
    case Kind::kZErase:
      EraseUnless(ValueType::kSortedSet, txn, key);
      if (!txn.EraseMember(key, effect.value)) txn.Touch(key);
      return;
    case Kind::kSplice:
      return Splice(txn, key, effect);
    case Kind::kClear:
    case Kind::kMapDatabases:
      return;  // about no key
  }
}

bool IsAboutKey(const Effect& effect) {
  return effect.kind != Kind::kClear && effect.kind != Kind::kMapDatabases;
}

}  // namespace

void Replayer::Apply(uint64_t sequence, absl::Span<const Effect> effects) {
  last_sequence_ = std::max(last_sequence_, sequence);
  while (!effects.empty()) {
    const Effect& effect = effects.front();
    if (IsAboutKey(effect)) {
      effects.remove_prefix(ApplyToKey(sequence, effects));
      continue;
    }
    if (effect.kind == Kind::kClear) {
      Clear(sequence, effect.place);
    } else {
      FASTKV_CHECK(map_.emplace().Assign(effect.value),
                   "a record is checked when read");
    }
    effects.remove_prefix(1);
  }
}

size_t Replayer::ApplyToKey(uint64_t sequence,
                            absl::Span<const Effect> effects) {
  const Effect& first = effects.front();
  size_t count = 1;
  while (count < effects.size() && IsAboutKey(effects[count]) &&
         effects[count].place == first.place &&
         effects[count].key == first.key) {
    ++count;
  }
  const Key key(first.key, first.place);
  if (!IsMine(key)) return count;
  Transaction txn(keyspace_, Transaction::Replay{sequence}, key);
  for (const Effect& effect : effects.first(count)) ApplyTo(txn, key, effect);
  return count;
}

void Replayer::Clear(uint64_t sequence, uint8_t place) {
  for (uint32_t i = share_.index; i < static_cast<uint32_t>(keyspace_.shards());
       i += share_.of) {
    Transaction txn(keyspace_, Transaction::Replay{sequence},
                    Transaction::ShardIndex{i});
    txn.Clear(place);
  }
}

}  // namespace kv::store
