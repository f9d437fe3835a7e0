#include "store/indexed_set.h"

#include "store/base/check.h"

namespace kv::store {
namespace {

bool IsBefore(const Member* a, const Member* b) {
  return a->score < b->score || (a->score == b->score && a->view() < b->view());
}

}  // namespace

IndexedSet::~IndexedSet() {
  Tree::Iterator it = tree_.First(), ahead = it;
  for (size_t i = 0; i < kPrefetchAhead && !ahead.at_end(); ++i) ++ahead;
  while (!it.at_end()) {
    if (!ahead.at_end()) {
      __builtin_prefetch(*ahead, /*rw=*/1);
      ++ahead;
    }
    Member* member = *it;
    ++it;
    Member::Delete(member);
  }
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

bool IndexedSet::Upsert(absl::string_view member, double score, bool* added) {
  const uint32_t hash = MemberIndex::HashOf(member);
  Member* found = index_.Find(hash, member);
  *added = found == nullptr;
  if (found != nullptr) {
    if (found->score == score) return false;
    SetScore(found, score);
    return true;
  }
  Member* fresh = Member::New(member, score);
  member_bytes_ += Member::AllocatedBytes(member.size());
  index_.Insert(hash, fresh);
  InsertIntoTree(fresh);
  return true;
}

void IndexedSet::Append(absl::string_view member, double score) {
  Member* fresh = Member::New(member, score);
  member_bytes_ += Member::AllocatedBytes(member.size());
  index_.Insert(MemberIndex::HashOf(member), fresh);
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
  member_bytes_ -= Member::AllocatedBytes(found->size);
  Member::Delete(found);
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
    for (size_t i = 0; i < taken; ++i) {
      member_bytes_ -= Member::AllocatedBytes(batch[i]->size);
      Member::Delete(batch[i]);
    }
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
}

}  // namespace kv::store
