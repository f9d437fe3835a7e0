#include "clients/cli/compare_text.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/text.h"
#include "clients/cpp/transaction.h"

namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

bool SetRelation(absl::string_view text, v1::Compare* compare) {
  constexpr struct {
    absl::string_view text;
    v1::CompareRelation relation;
  } kRelations[] = {{"=", v1::COMPARE_RELATION_EQUAL},
                    {"!=", v1::COMPARE_RELATION_NOT_EQUAL},
                    {"<", v1::COMPARE_RELATION_LESS},
                    {">", v1::COMPARE_RELATION_GREATER}};
  for (const auto& [name, relation] : kRelations) {
    if (name != text) continue;
    compare->set_relation(relation);
    return true;
  }
  return false;
}

bool SetTarget(absl::string_view what, const std::string& text,
               v1::Compare* compare) {
  if (what == "version") {
    uint64_t version;
    if (!absl::SimpleAtoi(text, &version)) return false;
    compare->set_version(version);
    return true;
  }
  if (what == "value") {
    compare->set_value(text);
    return true;
  }
  if (what == "type" && (text == "string" || text == "sorted_set")) {
    compare->set_type(text == "string" ? v1::VALUE_TYPE_STRING
                                       : v1::VALUE_TYPE_SORTED_SET);
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<v1::Compare> ParseCompare(absl::string_view line) {
  const auto words = SplitLine(line);
  if (!words.ok()) return UsageError(words.status().message());
  const std::vector<std::string>& w = *words;
  if (w.size() == 2 && w[0] == "exists") return fastkv::KeyExists(w[1]);
  if (w.size() == 2 && w[0] == "absent") return fastkv::KeyIsAbsent(w[1]);

  v1::Compare compare;
  double score;
  if (w.size() == 4 && SetRelation(w[2], &compare) &&
      SetTarget(w[0], w[3], &compare)) {
    compare.set_key(w[1]);
    return compare;
  }
  if (w.size() == 5 && w[0] == "score" && SetRelation(w[3], &compare) &&
      absl::SimpleAtod(w[4], &score)) {
    compare.set_key(w[1]);
    compare.mutable_score()->set_member(w[2]);
    compare.mutable_score()->set_score(score);
    return compare;
  }
  return UsageError(absl::StrCat(
      "not a compare, as \"version KEY = 7\" or \"exists KEY\": ", line));
}

}  // namespace kv::cli
