#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "clients/cli/arguments.h"
#include "clients/cli/command_groups.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/message_json.h"
#include "clients/cli/session.h"

// Commands that read page by page.
namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

// Asks for page after page, and prints what `items` finds on each, until there
// are `limit` items. The answer: whether there was any.
template <typename Request, typename Items, typename Text>
absl::StatusOr<bool> PrintPages(Session& session, Request request,
                                int64_t limit, Items items, Text text) {
  const auto client = session.client();
  if (!client.ok()) return client.status();
  int64_t printed = 0;
  do {
    const auto page = (*client)->Call(request);
    if (!page.ok()) return page.status();
    for (const auto& item : items(*page)) {
      if (printed == limit) return true;
      session.Print(session.options().json ? ToJson(item) + "\n" : text(item));
      ++printed;
    }
    request.set_page_token(page->next_page_token());
    // Whoever reads may have seen enough, as in `keys | head`.
    const absl::Status flushed = session.Flush();
    if (!flushed.ok()) return flushed;
  } while (!request.page_token().empty() && printed < limit);
  return printed > 0;
}

int64_t LimitOf(Arguments& arguments) {
  const int64_t limit =
      arguments.Int("limit", std::numeric_limits<int64_t>::max());
  if (limit < 1) arguments.Fail("--limit is at least 1");
  return limit;
}

// Pages no longer than what is wanted of them.
int32_t PageSizeFor(int64_t limit) {
  return static_cast<int32_t>(std::min<int64_t>(limit, 1000));
}

absl::StatusOr<bool> RunKeys(Arguments& arguments, Session& session) {
  v1::ListKeysRequest request;
  if (arguments.Has("prefix") && arguments.Has("glob")) {
    arguments.Fail("--prefix and --glob exclude each other");
  }
  if (const auto prefix = arguments.Text("prefix")) request.set_prefix(*prefix);
  if (const auto glob = arguments.Text("glob")) request.set_glob(*glob);
  const std::string type = arguments.Text("type").value_or("");
  if (type == "string") {
    request.set_type(v1::VALUE_TYPE_STRING);
  } else if (type == "sorted_set") {
    request.set_type(v1::VALUE_TYPE_SORTED_SET);
  } else if (!type.empty()) {
    arguments.Fail("--type is string or sorted_set");
  }
  const int64_t limit = LimitOf(arguments);
  if (!arguments.status().ok()) return arguments.status();
  request.set_page_size(PageSizeFor(limit));
  const bool details = arguments.Has("long");
  return PrintPages(
      session, std::move(request), limit,
      [](const v1::ListKeysResponse& page) { return page.keys(); },
      [&](const v1::KeyInfo& info) {
        const std::string key =
            BytesText(info.key(), session.bytes_style()) + "\n";
        if (!details) return key;
        return absl::StrCat(
            TypeText(info.type()), "\t", info.version(), "\t",
            info.has_ttl_ms()
                ? absl::FormatDuration(absl::Milliseconds(info.ttl_ms()))
                : "never",
            "\t", key);
      });
}

absl::StatusOr<bool> RunZscan(Arguments& arguments, Session& session) {
  v1::SortedSetServiceScanRequest request;
  request.set_key(arguments.operand(0));
  if (const auto glob = arguments.Text("glob")) request.set_glob(*glob);
  const int64_t limit = LimitOf(arguments);
  if (!arguments.status().ok()) return arguments.status();
  request.set_page_size(PageSizeFor(limit));
  return PrintPages(
      session, std::move(request), limit,
      [](const v1::SortedSetServiceScanResponse& page) {
        return page.members();
      },
      [&](const v1::ScoredMember& member) {
        return MemberText(member, true, session.bytes_style());
      });
}

constexpr OptionSpec kGlob = {"glob", "PATTERN", "as *, ?, [a-z], [^a]"};
constexpr OptionSpec kLimit = {"limit", "N", "at most N"};
constexpr OptionSpec kKeysOptions[] = {
    {"prefix", "BYTES", "only those that begin so"},
    kGlob,
    {"type", "string|sorted_set", "only those that hold it"},
    kLimit,
    {"long", "", "prints type, version and time to live too"}};
constexpr OptionSpec kZscanOptions[] = {kGlob, kLimit};

constexpr char kGroup[] = "lists, in no particular order";
constexpr Command kCommands[] = {
    {"keys", kGroup, "", "prints keys", kKeysOptions, nullptr, RunKeys},
    {"zscan", kGroup, "KEY", "prints the members of a set and their scores",
     kZscanOptions, nullptr, RunZscan},
};

}  // namespace

absl::Span<const Command> ListCommands() { return kCommands; }

}  // namespace kv::cli
