#include "store/sorted_set.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "store/base/check.h"

namespace kv::store {

SortedSet SortedSet::Clone() const {
  SortedSet copy;
  copy.flat_ = flat_.Clone();
  if (is_flat()) return copy;
  copy.indexed_ = std::make_unique<IndexedSet>();
  indexed_->Visit(0, size(), false,
                  [&copy](absl::string_view member, double score) {
                    copy.indexed_->Append(member, score);
                  });
  return copy;
}

absl::optional<double> SortedSet::Score(absl::string_view member) const {
  if (is_flat()) {
    const auto place = flat_.Find(member);
    if (!place.has_value()) return absl::nullopt;
    return place->score;
  }
  const Member* found = indexed_->Find(member);
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
  if (!indexed_->Upsert(member, score, &added)) return Upserted::kUnchanged;
  return added ? Upserted::kAdded : Upserted::kUpdated;
}

void SortedSet::Append(absl::string_view member, double score) {
  assert(!std::isnan(score));
  if (is_flat()) {
    if (flat_.HasRoomFor(member)) return flat_.Insert(member, score);
    BuildIndex();
  }
  indexed_->Append(member, score);
}

void SortedSet::BuildIndex() {
  indexed_ = std::make_unique<IndexedSet>();
  flat_.Visit(0, flat_.size(), false,
              [this](absl::string_view member, double score) {
                indexed_->Append(member, score);
              });
  flat_.Clear();
}

bool SortedSet::Erase(absl::string_view member) {
  if (!is_flat()) return indexed_->Erase(member);
  const auto place = flat_.Find(member);
  if (place.has_value()) flat_.Erase(*place);
  return place.has_value();
}

size_t SortedSet::EraseRange(size_t first, size_t count,
                             MemberFunction about_to_erase) {
  if (!is_flat()) return indexed_->EraseRange(first, count, about_to_erase);
  const size_t size_before = flat_.size();
  flat_.Visit(first, count, false, about_to_erase);
  flat_.EraseRange(first, count);
  return size_before - flat_.size();
}

absl::optional<size_t> SortedSet::Rank(absl::string_view member) const {
  if (is_flat()) {
    const auto place = flat_.Find(member);
    if (!place.has_value()) return absl::nullopt;
    return place->rank;
  }
  const Member* found = indexed_->Find(member);
  if (found == nullptr) return absl::nullopt;
  return indexed_->Rank(found);
}

SortedSet::Item SortedSet::At(size_t rank) const {
  assert(rank < size());
  if (!is_flat()) {
    const Member* member = indexed_->At(rank);
    return {member->view(), member->score};
  }
  Item item{};
  flat_.Visit(rank, 1, false, [&](absl::string_view member, double score) {
    item = {member, score};
  });
  return item;
}

size_t SortedSet::RankOfScore(double score, bool after_equals) const {
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
  if (!is_flat()) return indexed_->Scan(cursor, count, f);
  flat_.Visit(0, flat_.size(), false, f);
  return 0;
}

void SortedSet::CheckInvariants() const {
  flat_.CheckInvariants();
  if (is_flat()) return;
  FASTKV_CHECK(flat_.size() == 0, "two representations");
  indexed_->CheckInvariants();
}

}  // namespace kv::store
