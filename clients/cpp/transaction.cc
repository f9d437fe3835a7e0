#include "clients/cpp/transaction.h"

namespace fastkv {
namespace {

v1::Compare CompareExists(absl::string_view key, bool exists) {
  v1::Compare compare;
  compare.set_key(key.data(), key.size());
  compare.set_relation(v1::COMPARE_RELATION_EQUAL);
  compare.set_exists(exists);
  return compare;
}

}  // namespace

v1::Compare KeyExists(absl::string_view key) {
  return CompareExists(key, true);
}

v1::Compare KeyIsAbsent(absl::string_view key) {
  return CompareExists(key, false);
}

CompareTarget<uint64_t> VersionOf(absl::string_view key) {
  return {key, [](const std::string&, uint64_t version, v1::Compare* compare) {
            compare->set_version(version);
          }};
}

CompareTarget<std::string> ValueOf(absl::string_view key) {
  return {key, [](const std::string&, std::string value, v1::Compare* compare) {
            compare->set_value(std::move(value));
          }};
}

CompareTarget<v1::ValueType> TypeOf(absl::string_view key) {
  return {key, [](const std::string&, v1::ValueType type,
                  v1::Compare* compare) { compare->set_type(type); }};
}

CompareTarget<double> ScoreOf(absl::string_view key, absl::string_view member) {
  return {key,
          [](const std::string& member, double score, v1::Compare* compare) {
            compare->mutable_score()->set_member(member);
            compare->mutable_score()->set_score(score);
          },
          member};
}

}  // namespace fastkv
