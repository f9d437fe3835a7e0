#include "tests/server/rpc/execute_model.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

namespace kv::test {
namespace {

namespace pb = fastkv::v1;
constexpr pb::ErrorReason kOk = pb::ERROR_REASON_UNSPECIFIED;
constexpr pb::ErrorReason kWrongType = pb::ERROR_REASON_WRONG_TYPE;

using Members = ExecuteModel::Members;
using Pair = std::pair<double, std::string>;

// By score, then by member.
std::vector<Pair> Sorted(const Members& members) {
  std::vector<Pair> sorted;
  for (const auto& [member, score] : members)
    sorted.emplace_back(score, member);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

template <typename Response>
void AddMember(const Pair& pair, bool with_scores, Response* response) {
  pb::ScoredMember* member = response->add_members();
  member->set_member(pair.second);
  if (with_scores) member->set_score(pair.first);
}

// What is left of the members in ranks [start, stop].
std::pair<size_t, size_t> Ranks(const pb::RankRange& range, size_t size) {
  int64_t start = range.start(), stop = range.has_stop() ? range.stop() : -1;
  const int64_t n = static_cast<int64_t>(size);
  if (start < 0) start = std::max<int64_t>(start + n, 0);
  if (stop < 0) stop += n;
  stop = std::min(stop, n - 1);
  if (start > stop) return {0, 0};
  return {start, stop + 1};
}

template <typename T>
bool Related(pb::CompareRelation relation, const T& found, const T& wanted) {
  switch (relation) {
    case pb::COMPARE_RELATION_NOT_EQUAL:
      return found != wanted;
    case pb::COMPARE_RELATION_LESS:
      return found < wanted;
    case pb::COMPARE_RELATION_GREATER:
      return found > wanted;
    default:
      return found == wanted;
  }
}

}  // namespace

const ExecuteModel::Entry* ExecuteModel::Find(const std::string& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  const int64_t time = found->second.expire_time_ms;
  return time != 0 && time <= now_ ? nullptr : &found->second;
}

const std::string* ExecuteModel::FindString(const std::string& key) const {
  const Entry* entry = Find(key);
  return entry == nullptr ? nullptr : std::get_if<std::string>(&entry->value);
}

const Members* ExecuteModel::FindMembers(const std::string& key) const {
  static const Members kNone;
  const Entry* entry = Find(key);
  return entry == nullptr ? &kNone : std::get_if<Members>(&entry->value);
}

void ExecuteModel::Put(const std::string& key,
                       std::variant<std::string, Members> value,
                       int64_t expire_time_ms) {
  entries_[key] = {std::move(value), expire_time_ms, version_};
  changed_ = true;
}

void ExecuteModel::PutMembers(const std::string& key, Members members) {
  const Entry* entry = Find(key);
  const int64_t time = entry == nullptr ? 0 : entry->expire_time_ms;
  if (members.empty()) {
    Erase(key);
  } else {
    Put(key, std::move(members), time);
  }
}

bool ExecuteModel::Erase(const std::string& key) {
  if (Find(key) == nullptr) return false;
  entries_.erase(key);
  changed_ = true;
  return true;
}

std::map<std::string, ExecuteModel::Entry> ExecuteModel::entries() const {
  std::map<std::string, Entry> entries;
  for (const auto& [key, entry] : entries_) {
    if (Find(key) != nullptr) entries[key] = entry;
  }
  return entries;
}

bool ExecuteModel::Holds(const pb::Compare& compare) const {
  const Entry* entry = Find(compare.key());
  const bool differs = compare.relation() == pb::COMPARE_RELATION_NOT_EQUAL;
  switch (compare.target_case()) {
    case pb::Compare::kExists:
      return Related(compare.relation(), entry != nullptr, compare.exists());
    case pb::Compare::kVersion:
      return Related<uint64_t>(compare.relation(),
                               entry == nullptr ? 0 : entry->version,
                               compare.version());
    case pb::Compare::kValue: {
      const std::string* value = FindString(compare.key());
      if (value == nullptr) return differs;
      return Related(compare.relation(), *value, compare.value());
    }
    case pb::Compare::kScore: {
      const Members* members = FindMembers(compare.key());
      if (members == nullptr) return differs;
      const auto found = members->find(compare.score().member());
      if (found == members->end()) return differs;
      return Related(compare.relation(), found->second,
                     compare.score().score());
    }
    default:
      std::abort();  // the test draws no others
  }
}

pb::ErrorReason ExecuteModel::Execute(const pb::ExecuteRequest& request,
                                      uint64_t version,
                                      pb::ExecuteResponse* response) {
  const auto before = entries_;
  version_ = version;
  changed_ = false;
  response->set_succeeded(std::all_of(
      request.compares().begin(), request.compares().end(),
      [this](const pb::Compare& compare) { return Holds(compare); }));
  for (const pb::Operation& operation : response->succeeded()
                                            ? request.then_operations()
                                            : request.else_operations()) {
    const Reason reason = Run(operation, response->add_results());
    if (reason != kOk) {
      entries_ = before;
      return reason;
    }
  }
  if (changed_) response->set_version(version);
  return kOk;
}

pb::ErrorReason ExecuteModel::Run(const pb::Operation& operation,
                                  pb::OperationResult* result) {
  switch (operation.operation_case()) {
    case pb::Operation::kDelete: {
      auto* response = result->mutable_delete_();
      const auto& request = operation.delete_();
      const Entry* entry = Find(request.key());
      response->set_existed(entry != nullptr);
      if (request.has_version_equals() &&
          (entry == nullptr || entry->version != request.version_equals())) {
        return kOk;
      }
      response->set_deleted(Erase(request.key()));
      return kOk;
    }
    case pb::Operation::kExpire: {
      const Entry* entry = Find(operation.expire().key());
      result->mutable_expire()->set_applied(entry != nullptr);
      if (entry == nullptr) return kOk;
      const int64_t ttl = operation.expire().ttl_ms();
      if (ttl <= 0) {
        Erase(operation.expire().key());
      } else {
        Put(operation.expire().key(),
            std::variant<std::string, Members>(entry->value), now_ + ttl);
      }
      return kOk;
    }
    case pb::Operation::kPersist: {
      const Entry* entry = Find(operation.persist().key());
      const bool applies = entry != nullptr && entry->expire_time_ms != 0;
      result->mutable_persist()->set_applied(applies);
      if (applies)
        Put(operation.persist().key(),
            std::variant<std::string, Members>(entry->value));
      return kOk;
    }
    case pb::Operation::kBatchSet:
      for (const auto& entry : operation.batch_set().entries()) {
        if (entry.has_ttl_ms() && entry.ttl_ms() <= 0) {
          return pb::ERROR_REASON_INVALID_EXPIRY;
        }
      }
      for (const auto& entry : operation.batch_set().entries()) {
        Put(entry.key(), entry.value(),
            entry.has_ttl_ms() ? now_ + entry.ttl_ms() : 0);
      }
      result->mutable_batch_set()->set_version(version_);
      return kOk;
    case pb::Operation::kBatchDelete:
      for (const std::string& key : operation.batch_delete().keys()) {
        result->mutable_batch_delete()->add_deleted(Erase(key));
      }
      return kOk;
    default:
      return operation.operation_case() < pb::Operation::kSortedSetAdd
                 ? RunString(operation, result)
                 : RunSortedSet(operation, result);
  }
}

pb::ErrorReason ExecuteModel::RunString(const pb::Operation& operation,
                                        pb::OperationResult* result) {
  switch (operation.operation_case()) {
    case pb::Operation::kGet: {
      auto* response = result->mutable_get();
      const Entry* entry = Find(operation.get().key());
      if (entry == nullptr) return kOk;
      const auto* value = std::get_if<std::string>(&entry->value);
      if (value == nullptr) return kWrongType;
      response->set_value(*value);
      response->set_version(entry->version);
      if (entry->expire_time_ms != 0) {
        response->set_ttl_ms(entry->expire_time_ms - now_);
      }
      return kOk;
    }
    case pb::Operation::kSet: {
      const auto& request = operation.set();
      auto* response = result->mutable_set();
      const Entry* entry = Find(request.key());
      if (request.return_previous() && entry != nullptr) {
        const auto* value = std::get_if<std::string>(&entry->value);
        if (value == nullptr) return kWrongType;
        response->set_previous_value(*value);
      }
      if ((request.must_exist() && entry == nullptr) ||
          (request.must_not_exist() && entry != nullptr)) {
        if (entry != nullptr) response->set_version(entry->version);
        return kOk;
      }
      int64_t time = 0;
      if (request.has_ttl_ms()) time = now_ + request.ttl_ms();
      if (request.keep_expiry() && entry != nullptr) {
        time = entry->expire_time_ms;
      }
      Put(request.key(), request.value(), time);
      response->set_applied(true);
      response->set_version(version_);
      return kOk;
    }
    case pb::Operation::kIncrement: {
      const auto& request = operation.increment();
      const Entry* entry = Find(request.key());
      int64_t sum = 0;
      if (entry != nullptr) {
        const auto* value = std::get_if<std::string>(&entry->value);
        if (value == nullptr) return kWrongType;
        char* end = nullptr;
        sum = std::strtoll(value->c_str(), &end, 10);
        if (std::to_string(sum) != *value) {
          return pb::ERROR_REASON_VALUE_NOT_INTEGER;
        }
      }
      if (__builtin_add_overflow(sum, request.delta(), &sum)) {
        return pb::ERROR_REASON_INTEGER_OVERFLOW;
      }
      Put(request.key(), std::to_string(sum),
          entry == nullptr ? 0 : entry->expire_time_ms);
      result->mutable_increment()->set_value(sum);
      result->mutable_increment()->set_version(version_);
      return kOk;
    }
    case pb::Operation::kAppend: {
      const auto& request = operation.append();
      const Entry* entry = Find(request.key());
      std::string value;
      if (entry != nullptr) {
        const std::string* old = FindString(request.key());
        if (old == nullptr) return kWrongType;
        value = *old;
      }
      value += request.suffix();
      result->mutable_append()->set_length(value.size());
      result->mutable_append()->set_version(version_);
      Put(request.key(), value, entry == nullptr ? 0 : entry->expire_time_ms);
      return kOk;
    }
    default:
      std::abort();
  }
}

pb::ErrorReason ExecuteModel::RunSortedSet(const pb::Operation& operation,
                                           pb::OperationResult* result) {
  switch (operation.operation_case()) {
    case pb::Operation::kSortedSetAdd: {
      const auto& request = operation.sorted_set_add();
      auto* response = result->mutable_sorted_set_add();
      const Members* old = FindMembers(request.key());
      if (old == nullptr) return kWrongType;
      Members members = *old;
      for (const pb::ScoredMember& member : request.members()) {
        const auto [place, added] =
            members.try_emplace(member.member(), member.score());
        response->set_added(response->added() + added);
        if (!added && place->second != member.score()) {
          place->second = member.score();
          response->set_updated(response->updated() + 1);
        }
      }
      if (members != *old) PutMembers(request.key(), members);
      const Entry* entry = Find(request.key());
      if (entry != nullptr) response->set_version(entry->version);
      return kOk;
    }
    case pb::Operation::kSortedSetIncrement: {
      const auto& request = operation.sorted_set_increment();
      const Members* old = FindMembers(request.key());
      if (old == nullptr) return kWrongType;
      Members members = *old;
      members[request.member()] += request.delta();
      result->mutable_sorted_set_increment()->set_score(
          members[request.member()]);
      if (members != *old) PutMembers(request.key(), members);
      return kOk;
    }
    case pb::Operation::kSortedSetRemove: {
      const auto& request = operation.sorted_set_remove();
      const Members* old = FindMembers(request.key());
      if (old == nullptr) return kWrongType;
      Members members = *old;
      int64_t removed = 0;
      for (const std::string& member : request.members()) {
        removed += members.erase(member);
      }
      if (removed > 0) PutMembers(request.key(), members);
      result->mutable_sorted_set_remove()->set_removed(removed);
      return kOk;
    }
    case pb::Operation::kSortedSetRange: {
      const auto& request = operation.sorted_set_range();
      auto* response = result->mutable_sorted_set_range();
      const Members* members = FindMembers(request.key());
      if (members == nullptr) return kWrongType;
      std::vector<Pair> sorted = Sorted(*members);
      if (request.reverse()) std::reverse(sorted.begin(), sorted.end());
      const auto [first, end] = Ranks(request.by_rank(), sorted.size());
      for (size_t i = first; i < end; ++i) {
        AddMember(sorted[i], request.with_scores(), response);
      }
      return kOk;
    }
    case pb::Operation::kSortedSetPop: {
      const auto& request = operation.sorted_set_pop();
      auto* response = result->mutable_sorted_set_pop();
      for (const std::string& key : request.keys()) {
        const Members* old = FindMembers(key);
        if (old == nullptr) return kWrongType;
        if (old->empty()) continue;
        Members members = *old;
        std::vector<Pair> sorted = Sorted(members);
        if (request.highest()) std::reverse(sorted.begin(), sorted.end());
        sorted.resize(std::min<size_t>(sorted.size(), request.count()));
        response->set_key(key);
        for (const Pair& pair : sorted) {
          members.erase(pair.second);
          AddMember(pair, /*with_scores=*/true, response);
        }
        PutMembers(key, members);
        return kOk;
      }
      return kOk;
    }
    case pb::Operation::kSortedSetRemoveRange: {
      const auto& request = operation.sorted_set_remove_range();
      const Members* old = FindMembers(request.key());
      if (old == nullptr) return kWrongType;
      Members members = *old;
      const std::vector<Pair> sorted = Sorted(members);
      const auto [first, end] = Ranks(request.by_rank(), sorted.size());
      for (size_t i = first; i < end; ++i) members.erase(sorted[i].second);
      if (end > first) PutMembers(request.key(), members);
      result->mutable_sorted_set_remove_range()->set_removed(end - first);
      return kOk;
    }
    case pb::Operation::kSortedSetCombine: {
      const auto& request = operation.sorted_set_combine();
      Members united;
      for (const pb::CombineInput& input : request.inputs()) {
        const Members* members = FindMembers(input.key());
        if (members == nullptr) return kWrongType;
        for (const auto& [member, score] : *members) united[member] += score;
      }
      Erase(request.destination());
      result->mutable_sorted_set_combine()->set_count(united.size());
      PutMembers(request.destination(), united);
      return kOk;
    }
    default:
      std::abort();
  }
}

}  // namespace kv::test
