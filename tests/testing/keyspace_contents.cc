#include "tests/testing/keyspace_contents.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "store/base/check.h"
#include "store/base/key.h"
#include "store/base/limits.h"
#include "store/entry.h"
#include "store/key_ops.h"
#include "store/sorted_set_range.h"
#include "store/transaction.h"

namespace kv::test {

using store::Effect;
using store::Key;
using store::Keyspace;
using store::TimeMs;
using store::Transaction;

std::ostream& operator<<(std::ostream& out, const PlainEntry& entry) {
  if (entry.is_string()) {
    const absl::string_view bytes = entry.string();
    out << bytes.size() << " bytes \"" << absl::CHexEscape(bytes.substr(0, 40))
        << '"';
  } else {
    out << "members";
    for (const auto& [member, score] : entry.members()) {
      out << ' ' << absl::CHexEscape(member) << '=' << score;
    }
  }
  return out << " until " << entry.deadline;
}

Contents ContentsOf(Keyspace& keyspace, TimeMs now) {
  Contents contents;
  for (int db = 0; db < store::kDatabases; ++db) {
    uint64_t cursor = 0;
    do {
      cursor = store::keys::Scan(
          keyspace, now, db, cursor, 3,
          [&contents, db](const store::keys::ScannedKey& scanned) {
            contents[{db, std::string(scanned.key)}] = {};
          },
          /*within=*/nullptr);
    } while (cursor != 0);
  }
  for (auto& [place, plain] : contents) {
    const Key key(place.second, place.first);
    const Transaction txn(keyspace, now, key);
    const store::Entry& entry = *txn.Find(key);
    plain.deadline = txn.DeadlineOf(key, entry);
    if (entry.type() == store::ValueType::kString) {
      plain.value = std::string(entry.string().bytes);
      continue;
    }
    Members& members = plain.value.emplace<Members>();
    store::sorted_sets::RangeByRank(txn, key, 0, -1, false)
        ->Visit([&members](absl::string_view member, double score) {
          members.emplace(member, score);
        });
  }
  return contents;
}

Contents VisibleAt(const Contents& contents, TimeMs now) {
  Contents visible;
  for (const auto& item : contents) {
    if (item.second.deadline > now) visible.insert(item);
  }
  return visible;
}

Contents Replica::contents() const {
  Contents contents;
  for (const auto& [place, entry] : by_place_) {
    contents[{map_.NumberOf(place.first), place.second}] = entry;
  }
  return contents;
}

void Replica::Apply(const Effect& effect) {
  Contents& contents = by_place_;
  const std::pair<int, std::string> place(effect.place, effect.key);
  const auto found = contents.find(place);
  switch (effect.kind) {
    case Effect::Kind::kPutString:
      contents[place] = {std::string(effect.value), effect.deadline};
      return;
    case Effect::Kind::kErase:
      contents.erase(place);
      return;
    case Effect::Kind::kSetDeadline:
      if (found != contents.end()) found->second.deadline = effect.deadline;
      return;
    case Effect::Kind::kZPut: {
      PlainEntry& entry = contents[place];
      if (entry.is_string()) entry = {Members(), store::kNoDeadline};
      entry.members()[std::string(effect.value)] = effect.score;
      return;
    }
    case Effect::Kind::kZErase:
      if (found != contents.end() && !found->second.is_string()) {
        found->second.members().erase(std::string(effect.value));
      }
      return;
    case Effect::Kind::kClear:
      std::erase_if(contents, [&effect](const auto& item) {
        return item.first.first == effect.place;
      });
      return;
    case Effect::Kind::kMapDatabases:
      FASTKV_CHECK(map_.Assign(effect.value), "not a map of databases");
      return;
    case Effect::Kind::kSplice: {
      PlainEntry& entry = contents[place];
      if (!entry.is_string()) entry = {std::string(), store::kNoDeadline};
      std::string& string = entry.string();
      string.resize(
          std::max<size_t>(string.size(), effect.offset + effect.value.size()));
      string.replace(effect.offset, effect.value.size(),
                     std::string(effect.value));
      return;
    }
  }
}

}  // namespace kv::test
