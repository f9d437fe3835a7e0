#include "store/sort_ops.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

#include "store/entry.h"
#include "store/sorted_set.h"

namespace kv::store::sorting {
namespace {

using Value = absl::optional<StringValue>;

// A member with what it is sorted by.
struct Item {
  absl::string_view member;
  double score = 0;
  absl::optional<absl::string_view> text;
};

// What a pattern means for a member. `name` is scratch space.
Value Lookup(const Transaction& txn, uint8_t db, absl::string_view pattern,
             absl::string_view member, std::string* name) {
  if (pattern == "#") return StringValue{member};
  const size_t star = pattern.find('*');
  if (star == absl::string_view::npos) return absl::nullopt;
  const size_t arrow = pattern.find("->", star + 1);
  if (arrow != absl::string_view::npos && arrow + 2 < pattern.size()) {
    return absl::nullopt;
  }
  name->assign(pattern.data(), star);
  name->append(member.data(), member.size());
  name->append(pattern.data() + star + 1, pattern.size() - star - 1);
  const Entry* entry = txn.Find(Key(*name, db));
  if (entry == nullptr || entry->type() != ValueType::kString) {
    return absl::nullopt;
  }
  return entry->string();
}

// As Redis does it: with strtod, so that "", " 1" and "0x10" are numbers here.
bool ParseScore(absl::string_view text, std::string* scratch, double* score) {
  scratch->assign(text.data(), text.size());
  char* end = nullptr;
  errno = 0;
  *score = std::strtod(scratch->c_str(), &end);
  return *end == '\0' && errno != ERANGE && !std::isnan(*score);
}

// Fills in what the items are sorted by. False: something is not a number.
bool Evaluate(const Transaction& txn, uint8_t db, const SortOptions& options,
              std::vector<Item>* items) {
  std::string scratch;
  for (Item& item : *items) {
    if (!options.by.has_value()) {
      item.text = item.member;
    } else if (const Value value =
                   Lookup(txn, db, *options.by, item.member, &scratch)) {
      item.text = value->bytes;
    }
    if (options.alphabetic || !item.text.has_value()) continue;
    if (!ParseScore(*item.text, &scratch, &item.score)) return false;
  }
  return true;
}

// Puts the items from `first` to `last` in their place.
void Arrange(const SortOptions& options, size_t first, size_t last,
             std::vector<Item>* items) {
  const auto before = [&options](const Item& a, const Item& b) {
    if (options.alphabetic ? a.text != b.text : a.score != b.score) {
      // nullopt is less than everything.
      const bool less =
          options.alphabetic ? a.text < b.text : a.score < b.score;
      return less != options.descending;
    }
    return options.descending ? b.member < a.member : a.member < b.member;
  };
  const auto begin = items->begin();
  if (first > 0) {
    std::nth_element(begin, begin + first, items->end(), before);
  }
  std::partial_sort(begin + first, begin + last, items->end(), before);
}

}  // namespace

OpResult<std::vector<Value>> Sort(const Transaction& txn, const Key& key,
                                  const SortOptions& options) {
  std::vector<Value> values;
  const Entry* entry = txn.Find(key);
  if (entry == nullptr) return values;
  if (entry->type() != ValueType::kSortedSet) return OpStatus::kWrongType;
  const SortedSet& set = entry->sorted_set();

  const size_t size = set.size();
  const size_t first = static_cast<size_t>(
      std::clamp<int64_t>(options.offset, 0, static_cast<int64_t>(size)));
  const size_t count = options.limit < 0
                           ? size - first
                           : std::min<size_t>(options.limit, size - first);
  const bool as_they_are =
      options.by.has_value() && options.by->find('*') == std::string::npos;

  std::vector<Item> items;
  const auto take = [&items](absl::string_view member, double) {
    items.push_back({member});
  };
  if (as_they_are) {
    if (count > 0) {
      set.Visit(options.descending ? size - 1 - first : first, count,
                options.descending, take);
    }
  } else {
    items.reserve(size);
    set.Visit(0, size, false, take);
    if (!Evaluate(txn, key.db, options, &items)) return OpStatus::kNotFloat;
    if (count > 0) Arrange(options, first, first + count, &items);
    items.erase(items.begin() + first + count, items.end());
    items.erase(items.begin(), items.begin() + first);
  }

  std::string scratch;
  values.reserve(items.size() * std::max<size_t>(options.get.size(), 1));
  for (const Item& item : items) {
    if (options.get.empty()) values.push_back(StringValue{item.member});
    for (const absl::string_view pattern : options.get) {
      values.push_back(Lookup(txn, key.db, pattern, item.member, &scratch));
    }
  }
  return values;
}

}  // namespace kv::store::sorting
