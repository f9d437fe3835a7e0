#ifndef FASTKV_STORE_DURABLE_RECORD_H_
#define FASTKV_STORE_DURABLE_RECORD_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "store/durable/log_buffer.h"
#include "store/effect/effect.h"

namespace kv::store {

// Records: the effects of one transaction as bytes.
//
// Format     store/durable/FORMAT.md section 1.3.

// Adds a record. Values that are blobs are referenced, not copied.
// REQUIRES: there are effects.
void EncodeRecord(uint64_t sequence, absl::Span<const Effect> effects,
                  LogBuffer* buffer);

// Takes one record from the front of `bytes`; effects borrow from it. Their
// `db` is not in the record: it is their place as long as nobody maps it.
// False if that is no record; `bytes` then stand where decoding stopped.
bool DecodeRecord(absl::string_view* bytes, uint64_t* sequence,
                  std::vector<Effect>* effects);

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_RECORD_H_
