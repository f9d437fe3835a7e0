#ifndef FASTKV_STORE_DATABASE_MAP_H_
#define FASTKV_STORE_DATABASE_MAP_H_

#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "store/base/limits.h"

namespace kv::store {

// DatabaseMap: which place of a shard holds the database that clients know by a
// number.
//
// Numbers are what clients say; places are where entries are and stay. SWAPDB
// exchanges the places of two numbers and moves no entry. That also makes it
// an absolute change: "the map is now this" can be replayed any number of
// times, while "these two were exchanged" would undo itself the second time,
// as it would for the shards that a snapshot taken meanwhile saw afterwards.
//
// Threads    a value.
// Invariant  a permutation: every place has one number.
class DatabaseMap {
 public:
  DatabaseMap() {
    for (int db = 0; db < kDatabases; ++db) places_[db] = db;
  }

  uint8_t PlaceOf(uint8_t db) const { return places_[db]; }
  uint8_t NumberOf(uint8_t place) const {
    uint8_t db = 0;
    while (places_[db] != place) ++db;
    return db;
  }

  void Exchange(uint8_t a, uint8_t b) { std::swap(places_[a], places_[b]); }

  // The places of all numbers, a byte each: kMapDatabases' value.
  absl::string_view bytes() const {
    return {reinterpret_cast<const char*>(places_.data()), places_.size()};
  }
  // Takes such bytes. False, and no change: they are no permutation.
  bool Assign(absl::string_view bytes) {
    if (bytes.size() != places_.size()) return false;
    uint32_t seen = 0;
    for (const char byte : bytes) {
      const uint8_t place = static_cast<uint8_t>(byte);
      if (place >= kDatabases) return false;
      seen |= uint32_t{1} << place;
    }
    if (seen != (uint32_t{1} << kDatabases) - 1) return false;
    for (int db = 0; db < kDatabases; ++db) places_[db] = bytes[db];
    return true;
  }

 private:
  std::array<uint8_t, kDatabases> places_;
};

}  // namespace kv::store

#endif  // FASTKV_STORE_DATABASE_MAP_H_
