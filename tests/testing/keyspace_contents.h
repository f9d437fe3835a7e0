#ifndef FASTKV_TESTS_TESTING_KEYSPACE_CONTENTS_H_
#define FASTKV_TESTS_TESTING_KEYSPACE_CONTENTS_H_

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <variant>

#include "store/base/time.h"
#include "store/database_map.h"
#include "store/effect/effect.h"
#include "store/keyspace.h"

namespace kv::test {

using Members = std::map<std::string, double>;

// What an entry is to everybody outside, as plain values.
struct PlainEntry {
  std::variant<std::string, Members> value;
  store::TimeMs deadline = store::kNoDeadline;

  bool is_string() const { return value.index() == 0; }
  std::string& string() { return std::get<std::string>(value); }
  const std::string& string() const { return std::get<std::string>(value); }
  Members& members() { return std::get<Members>(value); }
  const Members& members() const { return std::get<Members>(value); }

  friend bool operator==(const PlainEntry&, const PlainEntry&) = default;
};
std::ostream& operator<<(std::ostream& out, const PlainEntry& entry);

// Entries by database and key.
using Contents = std::map<std::pair<int, std::string>, PlainEntry>;

// Everything visible at `now`, read through scans and operations. Exact while
// nobody writes.
Contents ContentsOf(store::Keyspace& keyspace, store::TimeMs now);

// Those entries of `contents` whose deadline has not passed.
Contents VisibleAt(const Contents& contents, store::TimeMs now);

// Replica: what effects say, replayed the naive way: no clock, no earlier state
// needed.
class Replica {
 public:
  void Apply(const store::Effect& effect);

  // By number of the database, as clients see it.
  Contents contents() const;

  friend bool operator==(const Replica& a, const Replica& b) {
    return a.by_place_ == b.by_place_ && a.map_.bytes() == b.map_.bytes();
  }

 private:
  Contents by_place_;
  store::DatabaseMap map_;
};

}  // namespace kv::test

#endif  // FASTKV_TESTS_TESTING_KEYSPACE_CONTENTS_H_
