// TEMPORARY stand-in
#pragma once
#include <map>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
namespace kv::store {
enum class Upserted : uint8_t { kAdded, kUpdated, kUnchanged };
class SortedSet {
 public:
  size_t size() const { return m_.size(); }
  absl::optional<double> Score(absl::string_view m) const {
    auto it = m_.find(std::string(m));
    if (it == m_.end()) return absl::nullopt;
    return it->second;
  }
  Upserted Upsert(absl::string_view m, double s) {
    auto [it, in] = m_.try_emplace(std::string(m), s);
    if (in) {
      o_.emplace(s, m);
      return Upserted::kAdded;
    }
    if (it->second == s) return Upserted::kUnchanged;
    o_.erase({it->second, std::string(m)});
    o_.emplace(s, m);
    it->second = s;
    return Upserted::kUpdated;
  }
  bool Erase(absl::string_view m) {
    auto it = m_.find(std::string(m));
    if (it == m_.end()) return false;
    o_.erase({it->second, it->first});
    m_.erase(it);
    return true;
  }
  size_t RankOfScore(double s, bool after) const {
    size_t n = 0;
    for (auto& p : o_) n += after ? p.first <= s : p.first < s;
    return n;
  }
  size_t RankOfPair(double s, absl::string_view m) const {
    size_t n = 0;
    for (auto& p : o_) n += p < std::pair<double, std::string>(s, m);
    return n;
  }
  template <typename F>
  void Visit(size_t first, size_t count, bool rev, F&& f) const {
    auto it = o_.begin();
    std::advance(it, first);
    while (count--) {
      f(it->second, it->first);
      if (rev) {
        if (count) --it;
      } else
        ++it;
    }
  }
  size_t MemoryBytes() const { return m_.size() * 100; }

 private:
  std::map<std::string, double> m_;
  std::set<std::pair<double, std::string>> o_;
};
}  // namespace kv::store
