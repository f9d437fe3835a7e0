#include "store/dump_ops.h"

#include <utility>
#include <variant>

#include "store/dump.h"

namespace kv::store::keys {

OpResult<absl::optional<std::string>> Dump(const Transaction& txn,
                                           const Key& key) {
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return absl::optional<std::string>();
  absl::optional<std::string> dump = EncodeDump(*entry);
  if (!dump.has_value()) return OpStatus::kTooLarge;
  return dump;
}

RestoreOutcome Restore(Transaction& txn, const Key& key, absl::string_view dump,
                       const RestoreOptions& options) {
  if (!options.replace && txn.Find(key) != nullptr) {
    return RestoreOutcome::kKeyExists;
  }
  absl::optional<DumpedValue> value = DecodeDump(dump);
  if (!value.has_value()) return RestoreOutcome::kBadDump;
  const NamedEvent named(txn, Event::kRestore);
  if (SortedSet* set = std::get_if<SortedSet>(&*value)) {
    txn.PutSortedSet(key, std::move(*set), options.deadline);
  } else {
    txn.PutString(key, std::get<absl::string_view>(*value), options.deadline);
  }
  return RestoreOutcome::kDone;
}

}  // namespace kv::store::keys
