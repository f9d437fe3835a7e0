#include "clients/cli/ranges.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace kv::cli {

fastkv::v1::ScoreRange ScoreRangeOf(Arguments& arguments, absl::string_view min,
                                    absl::string_view max) {
  fastkv::v1::ScoreRange range;
  range.set_exclude_min(absl::ConsumePrefix(&min, "("));
  range.set_exclude_max(absl::ConsumePrefix(&max, "("));
  range.set_min(arguments.ToScore(min));
  range.set_max(arguments.ToScore(max));
  return range;
}

fastkv::v1::MemberRange MemberRangeOf(Arguments& arguments,
                                      absl::string_view min,
                                      absl::string_view max) {
  fastkv::v1::MemberRange range;
  const auto read_end = [&](absl::string_view text, absl::string_view open,
                            bool* excluded, auto set) {
    if (text == open) return;
    *excluded = absl::ConsumePrefix(&text, "(");
    if (!*excluded && !absl::ConsumePrefix(&text, "[")) {
      arguments.Fail(
          absl::StrCat("not an end of members, as [a, (a, - or +: ", text));
    }
    set(std::string(text));
  };
  bool excluded = false;
  read_end(min, "-", &excluded,
           [&](std::string end) { range.set_min(std::move(end)); });
  range.set_exclude_min(excluded);
  excluded = false;
  read_end(max, "+", &excluded,
           [&](std::string end) { range.set_max(std::move(end)); });
  range.set_exclude_max(excluded);
  return range;
}

}  // namespace kv::cli
