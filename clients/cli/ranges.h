#ifndef FASTKV_CLIENTS_CLI_RANGES_H_
#define FASTKV_CLIENTS_CLI_RANGES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "clients/cli/arguments.h"
#include "clients/cpp/requests.h"

// Ranges of a sorted set as they are typed.
//
//   ranks     0 -1                      -1 is the last
//   scores    1.5 inf    (1.5 2         "(": without the end itself
//   members   [a (c      - +            "-", "+": before the first, behind the
//                                       last
namespace kv::cli {

fastkv::v1::ScoreRange ScoreRangeOf(Arguments& arguments, absl::string_view min,
                                    absl::string_view max);
fastkv::v1::MemberRange MemberRangeOf(Arguments& arguments,
                                      absl::string_view min,
                                      absl::string_view max);

// Reads two operands, from the first-th on, as --by says: by default "rank".
template <typename Request>
void SetRangeFrom(Arguments& arguments, size_t first, Request* request) {
  const std::string by = arguments.Text("by").value_or("rank");
  const std::string& min = arguments.operand(first);
  const std::string& max = arguments.operand(first + 1);
  if (by == "rank") {
    fastkv::SetRange(request, fastkv::ByRank(arguments.ToInt("START", min),
                                             arguments.ToInt("STOP", max)));
  } else if (by == "score") {
    fastkv::SetRange(request, ScoreRangeOf(arguments, min, max));
  } else if (by == "member") {
    fastkv::SetRange(request, MemberRangeOf(arguments, min, max));
  } else {
    arguments.Fail("--by is rank, score or member");
  }
}

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_RANGES_H_
