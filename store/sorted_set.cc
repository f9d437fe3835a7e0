#include "store/sorted_set.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <memory>

namespace kv::store {

SortedSet SortedSet::Clone() const {
  SortedSet copy;
  if (is_flat()) {
    copy.flat_ = flat_.Clone();
    return copy;
  }
  auto fresh = std::make_unique<IndexedSet>();
  indexed()->Visit(0, size(), false,
                   [&fresh](absl::string_view member, double score) {
                     fresh->Append(member, score);
                   });
  copy.set_bits(reinterpret_cast<uintptr_t>(fresh.release()) | kIndexed);
  return copy;
}

void SortedSet::Clear() {
  if (is_flat()) {
    flat_.Clear();
  } else {
    delete indexed();
  }
}

absl::optional<double> SortedSet::Score(absl::string_view member) const {
  if (is_flat()) {
    const auto place = flat_.Find(member);
    if (!place.has_value()) return absl::nullopt;
    return place->score;
  }
  const Member* found = indexed()->Find(member);
  if (found == nullptr) return absl::nullopt;
  return found->score;
}

Upserted SortedSet::Upsert(absl::string_view member, double score) {
  assert(!std::isnan(score));
  return is_flat() ? UpsertFlat(member, score) : UpsertIndexed(member, score);
}

Upserted SortedSet::UpsertFlat(absl::string_view member, double score) {
  const auto place = flat_.Find(member);
  if (place.has_value()) {
    if (place->score == score) return Upserted::kUnchanged;
    flat_.Erase(*place);
    flat_.Insert(member, score);
    return Upserted::kUpdated;
  }
  if (!flat_.HasRoomFor(member)) {
    BuildIndex();
    return UpsertIndexed(member, score);
  }
  flat_.Insert(member, score);
  return Upserted::kAdded;
}

Upserted SortedSet::UpsertIndexed(absl::string_view member, double score) {
  bool added = false;
  if (!indexed()->Upsert(member, score, &added)) return Upserted::kUnchanged;
  return added ? Upserted::kAdded : Upserted::kUpdated;
}

void SortedSet::Append(absl::string_view member, double score) {
  assert(!std::isnan(score));
  if (is_flat()) {
    if (flat_.HasRoomFor(member)) return flat_.Insert(member, score);
    BuildIndex();
  }
  indexed()->Append(member, score);
}

void SortedSet::BuildIndex() {
  auto fresh = std::make_unique<IndexedSet>();
  flat_.Visit(0, flat_.size(), false,
              [&fresh](absl::string_view member, double score) {
                fresh->Append(member, score);
              });
  flat_.Clear();
  set_bits(reinterpret_cast<uintptr_t>(fresh.release()) | kIndexed);
}

bool SortedSet::Erase(absl::string_view member) {
  if (!is_flat()) return indexed()->Erase(member);
  const auto place = flat_.Find(member);
  if (place.has_value()) flat_.Erase(*place);
  return place.has_value();
}

size_t SortedSet::EraseRange(size_t first, size_t count,
                             MemberFunction about_to_erase) {
  if (!is_flat()) return indexed()->EraseRange(first, count, about_to_erase);
  const size_t size_before = flat_.size();
  flat_.Visit(first, count, false, about_to_erase);
  flat_.EraseRange(first, count);
  return size_before - flat_.size();
}

absl::optional<SortedSet::Standing> SortedSet::Find(
    absl::string_view member) const {
  if (is_flat()) {
    const auto place = flat_.Find(member);
    if (!place.has_value()) return absl::nullopt;
    return Standing{place->rank, place->score};
  }
  const Member* found = indexed()->Find(member);
  if (found == nullptr) return absl::nullopt;
  return Standing{indexed()->Rank(found), found->score};
}

absl::optional<size_t> SortedSet::Rank(absl::string_view member) const {
  const absl::optional<Standing> standing = Find(member);
  if (!standing.has_value()) return absl::nullopt;
  return standing->rank;
}

SortedSet::Item SortedSet::At(size_t rank) const {
  assert(rank < size());
  if (!is_flat()) {
    const Member* member = indexed()->At(rank);
    return {member->view(), member->score};
  }
  Item item{};
  flat_.Visit(rank, 1, false, [&](absl::string_view member, double score) {
    item = {member, score};
  });
  return item;
}

size_t SortedSet::RankOfScore(double score, bool after_equals) const {
  // The open ends of ranges.
  if (std::isinf(score) && (score > 0) == after_equals) {
    return after_equals ? size() : 0;
  }
  return CountBefore([=](double other, auto) {
    return after_equals ? other <= score : other < score;
  });
}

size_t SortedSet::RankOfPair(double score, absl::string_view member) const {
  return CountBefore([=](double other, auto other_member) {
    return other < score || (other == score && other_member() < member);
  });
}

size_t SortedSet::RankOfMember(absl::string_view member,
                               bool after_equals) const {
  return CountBefore([=](double, auto other_member) {
    return after_equals ? other_member() <= member : other_member() < member;
  });
}

// A run is visited whole, whatever the cursor: a cursor other than 0 comes from
// a tree that has been deleted since, or from nowhere.
uint64_t SortedSet::Scan(uint64_t cursor, size_t count,
                         MemberFunction f) const {
  if (!is_flat()) return indexed()->Scan(cursor, count, f);
  flat_.Visit(0, flat_.size(), false, f);
  return 0;
}

void SortedSet::CheckInvariants() const {
  is_flat() ? flat_.CheckInvariants() : indexed()->CheckInvariants();
}

}  // namespace kv::store
