#ifndef FASTKV_STORE_DURABLE_KEYSPACE_WALKER_H_
#define FASTKV_STORE_DURABLE_KEYSPACE_WALKER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "store/base/blob.h"
#include "store/base/key.h"
#include "store/base/time.h"
#include "store/durable/log_buffer.h"
#include "store/effect/effect.h"
#include "store/entry.h"
#include "store/keyspace.h"
#include "store/shard.h"

namespace kv::store {

// How much of the keyspace is taken at once.
struct WalkLimits {
  // What is encoded while a shard is held, more or less.
  size_t scan_bytes = 256 << 10;
  size_t min_scan_entries = 64;
  size_t max_scan_entries = 1024;
  // Each scan looks at the whole table of a shard, so one with many entries is
  // taken in no more scans than this, if its entries are small.
  size_t max_scans = 16;
  // Of a large value, in one record.
  size_t piece_bytes = 256 << 10;
  size_t piece_members = 1024;
};

// KeyspaceWalker: all entries as records, a few at a time, while others change
// them: what a snapshot is made of.
//
// Each piece is as its entry was at some moment of the walk. An entry that did
// not change meanwhile is there once and whole; of any other there may be
// nothing, everything or parts of different age, which the log puts right.
//
// A shard is held for some hundred microseconds, or a millisecond or two if it
// has a hundred thousand entries: for a part of them, or of a large sorted set.
// Large strings are encoded without it, from a reference.
//
// Borrows    the keyspace.
// Threads    compatible; others may use the keyspace.
// Format     store/durable/FORMAT.md section 3.2.
class KeyspaceWalker {
 public:
  explicit KeyspaceWalker(Keyspace& keyspace, const WalkLimits& limits = {})
      : keyspace_(keyspace), limits_(limits) {}

  // Adds the next records to the buffer, at most some hundred kilobytes, unless
  // one key or member is larger; maybe none. Returns how many; nullopt: the
  // walk is complete.
  absl::optional<uint32_t> Next(LogBuffer* buffer);

 private:
  // Of an entry that is encoded outside of its shard's scan.
  struct LargeString {
    std::string key;
    uint8_t place;
    TimeMs deadline;
    uint64_t version;
    BlobRef blob;
    size_t left;  // bytes that have not been encoded: those at the front
  };
  struct LargeSet {
    std::string key;
    uint8_t place;
    bool begun = false;
    // The last member that was encoded.
    double score = 0;
    std::string member;
  };

  // How many of a table's entries to take at once.
  size_t ScanEntries(size_t table_size) const;
  // The next entries of the current shard.
  uint32_t ScanShard(LogBuffer* buffer);
  void EncodeEntry(const Entry& entry, TimeMs deadline, LogBuffer* buffer);
  // The piece that ends where `left` does.
  void EncodePiece(LargeString& string, LogBuffer* buffer);
  // The next members; false, and nothing: there are none any more.
  bool EncodeMembers(LargeSet& set, LogBuffer* buffer);
  // Effects of members from this rank on, up to a limit; returns how many.
  size_t AddMembers(const SortedSet& set, size_t rank, size_t count);
  void AddDeadline(TimeMs deadline);
  void Encode(uint64_t version, LogBuffer* buffer);

  Keyspace& keyspace_;
  const WalkLimits limits_;
  int shard_ = 0;
  int place_ = 0;
  uint64_t hash_ = 0;
  // Bytes of an entry, as a moving average, so that large ones come in smaller
  // numbers.
  size_t entry_bytes_ = 64;
  uint32_t encoded_ = 0;  // by the current scan
  std::deque<LargeString> strings_;
  std::deque<LargeSet> sets_;
  // The record that is being made. Its effects borrow from the entry.
  Effect common_;  // key and place
  std::vector<Effect> effects_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_KEYSPACE_WALKER_H_
