#include "store/indexed_set.h"

#include "store/base/check.h"

namespace kv::store {
namespace {

bool IsBefore(const Member* a, const Member* b) {
  return a->score < b->score || (a->score == b->score && a->view() < b->view());
}

}  // namespace

IndexedSet::~IndexedSet() {
  while (ClearSome()) {
  }
}

// Members first, as long as the tree leads to them; of those in the slab only
// that they are is read. Then the tree, the index and the slab's chunks.
bool IndexedSet::ClearSome() {
  constexpr size_t kMembersAStep = 2048;
  constexpr size_t kNodesAStep = 128;
  constexpr size_t kChunksAStep = 16;
  if (!clearing_) {
    clearing_ = true;
    next_cleared_ = tree_.First();
  }
  if (!next_cleared_.at_end()) {
    Tree::Iterator ahead = next_cleared_;
    for (size_t i = 0; i < kPrefetchAhead && !ahead.at_end(); ++i) ++ahead;
    for (size_t i = 0; i < kMembersAStep && !next_cleared_.at_end(); ++i) {
      if (!ahead.at_end()) {
        __builtin_prefetch(*ahead);
        ++ahead;
      }
      Member* member = *next_cleared_;
      ++next_cleared_;
      if (!member->in_slab) Member::Delete(member);
    }
    return true;
  }
  return tree_.ClearSome(kNodesAStep) || index_.ClearSome() ||
         (slab_ != nullptr && slab_->ReleaseSome(kChunksAStep));
}

IndexedSet::Tree::Iterator IndexedSet::Locate(const Member* member) const {
  return tree_.Find(
      const_cast<Member*>(member), [member](double score, const Member* other) {
        return score < member->score ||
               (score == member->score && other->view() <= member->view());
      });
}

void IndexedSet::InsertIntoTree(Member* member) {
  tree_.Insert(member, [member](double score, const Member* other) {
    return score < member->score ||
           (score == member->score && other->view() < member->view());
  });
}

void IndexedSet::Prefetch(absl::Span<const absl::string_view> members,
                          bool with_places) const {
  constexpr size_t kBatch = 16;
  uint32_t hashes[kBatch];
  const Member* found[kBatch];
  double scores[kBatch];
  while (!members.empty()) {
    const size_t count = std::min(members.size(), kBatch);
    for (size_t i = 0; i < count; ++i) {
      hashes[i] = MemberIndex::HashOf(members[i]);
      index_.PrefetchSlot(hashes[i]);
    }
    size_t scored = 0;
    for (size_t i = 0; i < count; ++i) {
      found[scored] = index_.PrefetchMember(hashes[i]);
      if (found[scored] != nullptr) ++scored;
    }
    if (with_places) {
      for (size_t i = 0; i < scored; ++i) scores[i] = found[i]->score;
      tree_.PrefetchPaths(scores, scored);
    }
    members.remove_prefix(count);
  }
}

bool IndexedSet::Upsert(absl::string_view member, double score, bool* added) {
  const uint32_t hash = MemberIndex::HashOf(member);
  Member* found = index_.Find(hash, member);
  *added = found == nullptr;
  if (found != nullptr) {
    if (found->score == score) return false;
    SetScore(found, score);
    return true;
  }
  InsertIntoTree(NewMember(hash, member, score));
  return true;
}

Member* IndexedSet::NewMember(uint32_t hash, absl::string_view member,
                              double score) {
  if (slab_ == nullptr && size() >= kSlabFrom) {
    slab_ = std::make_unique<Slab>();
    tree_.UseSlab(slab_.get());
    index_.UseSlab(slab_.get());
  }
  Member* fresh = Member::New(member, score, slab_.get());
  member_bytes_ += Member::AllocatedBytes(member.size());
  index_.Insert(hash, fresh);
  return fresh;
}

void IndexedSet::DeleteMember(Member* member) {
  member_bytes_ -= Member::AllocatedBytes(member->size);
  if (member->in_slab) {
    slab_->Delete(member);
  } else {
    Member::Delete(member);
  }
}

void IndexedSet::Append(absl::string_view member, double score) {
  Member* fresh = NewMember(MemberIndex::HashOf(member), member, score);
  tree_.Insert(fresh, [](double, const Member*) { return true; });
}

// A small change of the score often leaves the member between the same
// neighbours; then the tree stays as it is.
void IndexedSet::SetScore(Member* member, double score) {
  const Tree::Iterator it = Locate(member);
  Tree::Iterator neighbour = it;
  const bool up = score > member->score;
  up ? ++neighbour : --neighbour;
  // Compared by score alone: a tie is left to the tree.
  const bool stays = neighbour.at_end() || (up ? score < (*neighbour)->score
                                               : (*neighbour)->score < score);
  if (stays) {
    member->score = score;
    tree_.UpdatePrefix(it);
    return;
  }
  tree_.Erase(it);
  member->score = score;
  InsertIntoTree(member);
}

bool IndexedSet::Erase(absl::string_view member) {
  const uint32_t hash = MemberIndex::HashOf(member);
  Member* found = index_.Find(hash, member);
  if (found == nullptr) return false;
  tree_.Erase(Locate(found));
  index_.Erase(hash, found);
  DeleteMember(found);
  return true;
}

// By batches, because the tree may read members that it is about to give up:
// they are deleted when it has let them go.
size_t IndexedSet::EraseRange(
    size_t first, size_t count,
    absl::FunctionRef<void(absl::string_view, double)> about_to_erase) {
  constexpr size_t kBatch = 128;
  Member* batch[kBatch];
  const size_t size_before = size();
  Tree::Iterator it = tree_.Select(first);
  while (count > 0 && !it.at_end()) {
    size_t taken = 0;
    Tree::Iterator end = it;
    for (; taken < std::min(count, kBatch) && !end.at_end(); ++end) {
      __builtin_prefetch(*end);
      batch[taken++] = *end;
    }
    for (size_t i = 0; i < taken; ++i) {
      about_to_erase(batch[i]->view(), batch[i]->score);
      index_.Erase(MemberIndex::HashOf(batch[i]->view()), batch[i]);
    }
    it = tree_.Erase(it, taken);
    for (size_t i = 0; i < taken; ++i) DeleteMember(batch[i]);
    count -= taken;
  }
  return size_before - size();
}

uint64_t IndexedSet::Scan(
    uint64_t cursor, size_t count,
    absl::FunctionRef<void(absl::string_view, double)> f) const {
  return index_.Scan(cursor, count, [f](const Member& member) {
    f(member.view(), member.score);
  });
}

void IndexedSet::CheckInvariants() const {
  tree_.CheckInvariants(IsBefore);
  index_.CheckInvariants();
  FASTKV_CHECK(tree_.size() == index_.size(), "tree and index sizes");
  size_t member_bytes = 0;
  for (Tree::Iterator it = tree_.First(); !it.at_end(); ++it) {
    FASTKV_CHECK(Find((*it)->view()) == *it, "tree and index members");
    member_bytes += Member::AllocatedBytes((*it)->size);
  }
  FASTKV_CHECK(member_bytes == member_bytes_, "member bytes");
  if (slab_ != nullptr) slab_->CheckInvariants();
}

}  // namespace kv::store
