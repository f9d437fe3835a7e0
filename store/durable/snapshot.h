#ifndef FASTKV_STORE_DURABLE_SNAPSHOT_H_
#define FASTKV_STORE_DURABLE_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "store/database_map.h"
#include "store/durable/segment.h"

namespace kv::store {

// The frames of a snapshot: its header, the headers of its blocks, its end, and
// how snapshots are named.
//
// Format     store/durable/FORMAT.md section 3.

inline constexpr uint16_t kSnapshotVersion = 1;

struct SnapshotHeader {
  static constexpr size_t kBytes = 40;

  uint64_t salt = 0;
  uint64_t begin = 0;    // the log is replayed from this position on
  uint64_t entries = 0;  // about so many are in it

  void Encode(char* to) const;
};

HeaderCheck DecodeSnapshotHeader(absl::string_view bytes,
                                 SnapshotHeader* header, uint16_t* version);

struct BlockHeader {
  static constexpr size_t kBytes = 32;
  // What LZ4 can pack; one record with a key and a value of the largest size
  // is half of it.
  static constexpr uint64_t kMaxRawBytes = (uint64_t{1} << 31) - 1;

  uint32_t body_checksum = 0;  // of the stored bytes
  uint32_t records = 0;        // 0: the end block
  uint64_t raw = 0;
  uint64_t stored = 0;

  bool is_end() const { return records == 0; }
  bool is_packed() const { return stored < raw; }

  void Encode(uint64_t salt, char* to) const;
};

// Nullopt if the bytes do not begin with a block header of this snapshot.
absl::optional<BlockHeader> DecodeBlockHeader(absl::string_view bytes,
                                              uint64_t salt);

struct SnapshotEnd {
  static constexpr size_t kBytes = 40;

  uint64_t end = 0;       // the log must reach at least to this position
  uint64_t sequence = 0;  // the last sequence number that was given out
  uint64_t records = 0;
  DatabaseMap map;

  void Encode(char* to) const;
};

// Nullopt if that is not the body of an end block.
absl::optional<SnapshotEnd> DecodeSnapshotEnd(absl::string_view bytes);

// "00000000000000004711.snapshot": names sort as positions do.
std::string SnapshotName(uint64_t begin);
// The position; nullopt if that is no snapshot's name.
absl::optional<uint64_t> ParseSnapshotName(absl::string_view name);

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_SNAPSHOT_H_
