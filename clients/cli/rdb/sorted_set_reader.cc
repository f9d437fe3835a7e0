#include "clients/cli/rdb/sorted_set_reader.h"

#include <cmath>

#include "clients/cli/rdb/encoding.h"

namespace kv::rdb {

void SortedSetReader::Begin(Input& input, const Type& type) {
  start_ = input.offset();
  layout_ = type.layout;
  if (layout_ != Layout::kString) {
    left_ = ReadLength(input);
    return;
  }
  ReadString(input, &packed_);
  if (type.number == kSortedSetZiplist) {
    list_ = Ziplist(packed_);
  } else {
    list_ = Listpack(packed_);
  }
}

bool SortedSetReader::ReadBatch(Input& input,
                                std::vector<ScoredMember>* members) {
  members->clear();
  size_t bytes = 0;
  while (members->size() < kBatchMembers && bytes < kBatchBytes) {
    ScoredMember member;
    const bool got = layout_ == Layout::kString ? ReadPacked(input, &member)
                                                : ReadPlain(input, &member);
    if (!got) return false;
    bytes += member.member.size();
    members->push_back(std::move(member));
  }
  // Looked for here, so that the last batch is known to be the last one.
  if (!AtEnd()) return true;
  ScoredMember none;
  return layout_ == Layout::kString && ReadPacked(input, &none);
}

bool SortedSetReader::ReadPlain(Input& input, ScoredMember* member) {
  if (left_ == 0) return false;
  --left_;
  ReadString(input, &member->member);
  const uint64_t start = input.offset();
  member->score = layout_ == Layout::kTextScores ? ReadTextScore(input)
                                                 : ReadBinaryScore(input);
  if (std::isnan(member->score)) {
    input.FailAt(start, "the score of a member is not a number");
  }
  return input.ok();
}

bool SortedSetReader::ReadPacked(Input& input, ScoredMember* member) {
  if (!input.ok()) return false;
  PackedElement element;
  const PackedStep first = Step(&element);
  if (first == PackedStep::kEnd) return false;
  if (first == PackedStep::kElement) {
    member->member = element.ToString();
    if (Step(&element) == PackedStep::kElement) {
      member->score = element.is_integer ? static_cast<double>(element.integer)
                                         : ParseScore(element.string);
      if (!std::isnan(member->score)) return true;
    }
  }
  input.FailAt(start_, "a sorted set is damaged");
  return false;
}

PackedStep SortedSetReader::Step(PackedElement* element) {
  return std::visit([&](auto& list) { return list.Next(element); }, list_);
}

bool SortedSetReader::AtEnd() const {
  if (layout_ != Layout::kString) return left_ == 0;
  return std::visit([](const auto& list) { return list.AtEnd(); }, list_);
}

}  // namespace kv::rdb
