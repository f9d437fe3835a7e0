#ifndef FASTKV_STORE_DURABLE_INSPECTION_H_
#define FASTKV_STORE_DURABLE_INSPECTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/durable/data_directory.h"
#include "store/durable/recovery.h"

namespace kv::store {

// One file of a data directory, for people.
struct FileReport {
  std::string name;
  uint64_t bytes = 0;
  std::string what;  // what is in it, and what is wrong with it
};

// What there is in a data directory, and what a start would make of it.
struct Inspection {
  std::vector<FileReport> files;  // snapshots and segments, by position
  // As Recover's: what a start would load, or why it would refuse.
  absl::StatusOr<Recovery> start;
  // If it would refuse: whether a Repair can help.
  bool can_be_repaired = false;
};

// Reads all of it and changes nothing. An error: something cannot be read at
// all.
absl::StatusOr<Inspection> Inspect(const DataDirectory& directory);

// Makes a directory that a start would refuse one that it loads, if its log is
// damaged but whole up to there: cuts the log off at the damage, which gives up
// every write from there on. What is cut and what came behind it is kept, in
// the directory "lost" below. Returns what was done, a line each; none if
// nothing was wrong.
//
// An error: it cannot be repaired, and nothing was changed; or a file could not
// be.
absl::StatusOr<std::vector<std::string>> Repair(const DataDirectory& directory);

}  // namespace kv::store

#endif  // FASTKV_STORE_DURABLE_INSPECTION_H_
