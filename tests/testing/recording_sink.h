#ifndef FASTKV_TESTS_TESTING_RECORDING_SINK_H_
#define FASTKV_TESTS_TESTING_RECORDING_SINK_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "store/base/time.h"
#include "store/effect/effect.h"

namespace kv::test {

// An effect with bytes of its own.
struct RecordedEffect {
  RecordedEffect(uint64_t number, const store::Effect& effect)
      : sequence(number),
        kind(effect.kind),
        db(effect.db),
        place(effect.place),
        score(effect.score),
        deadline(effect.deadline),
        key(effect.key),
        value(effect.value),
        offset(effect.offset),
        event(effect.event),
        created(effect.created) {}

  store::Effect Borrow() const {
    return {.kind = kind,
            .db = db,
            .place = place,
            .score = score,
            .deadline = deadline,
            .key = key,
            .value = value,
            .offset = offset,
            .event = event,
            .created = created};
  }

  uint64_t sequence;
  store::Effect::Kind kind;
  uint8_t db;
  uint8_t place;
  double score;
  store::TimeMs deadline;
  std::string key;
  std::string value;
  uint64_t offset;
  store::Event event;
  bool created;
};

// RecordingSink: keeps every effect until it is taken.
//
// Threads    safe.
class RecordingSink : public store::EffectSink {
 public:
  void Append(uint64_t sequence,
              absl::Span<const store::Effect> effects) override {
    std::lock_guard<std::mutex> lock(mutex_);
    ++transactions_;
    for (const store::Effect& effect : effects) {
      effects_.emplace_back(sequence, effect);
    }
  }

  // What was appended since the last call.
  std::vector<RecordedEffect> Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(effects_, {});
  }

  // How often Append was called.
  size_t transactions() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return transactions_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<RecordedEffect> effects_;
  size_t transactions_ = 0;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_TESTING_RECORDING_SINK_H_
