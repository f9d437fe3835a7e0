#include "store/durable/record_applier.h"

#include <algorithm>

#include "store/durable/record.h"

namespace kv::store {

uint32_t RecordApplier::Apply(absl::string_view* bytes, uint32_t count) {
  uint32_t applied = 0;
  while (applied < count) {
    const size_t wanted = std::min<size_t>(kWindow, count - applied);
    size_t found = 0;
    while (found < wanted && DecodeRecord(bytes, &window_[found].sequence,
                                          &window_[found].effects)) {
      ++found;
    }
    if (keyspace_ != nullptr) ApplyFirst(found);
    applied += static_cast<uint32_t>(found);
    if (found < wanted) break;
  }
  return applied;
}

void RecordApplier::ApplyFirst(size_t count) {
  keys_.clear();
  for (size_t i = 0; i < count; ++i) {
    // Of a record about several keys the first is as good as any.
    const Effect& first = window_[i].effects.front();
    const Key key(first.key, first.place);
    if (replayer_->IsMine(key)) keys_.push_back(key);
  }
  keyspace_->Prefetch(keys_);
  for (size_t i = 0; i < count; ++i) {
    replayer_->Apply(window_[i].sequence, window_[i].effects);
  }
}

}  // namespace kv::store
