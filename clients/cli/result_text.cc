#include "clients/cli/result_text.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cli/text.h"

namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;
using Result = v1::OperationResult;

constexpr char kNone[] = "(none)\n";

template <typename Number>
std::string Line(const Number& number) {
  return absl::StrCat(number, "\n");
}

template <typename Answer>
std::string PreviousText(const Answer& answer, BytesStyle style) {
  return answer.has_previous_value()
             ? BytesText(answer.previous_value(), style) + "\n"
             : "";
}

std::string SetText(const v1::SetResponse& set, BytesStyle style) {
  return PreviousText(set, style) +
         (set.applied() ? absl::StrCat("set, version ", set.version(), "\n")
          : set.version() > 0
              ? absl::StrCat("not set, version is ", set.version(), "\n")
              : "not set, there is no such key\n");
}

std::string DeleteText(const v1::DeleteResponse& removed, BytesStyle style) {
  return PreviousText(removed, style) +
         (removed.deleted()   ? "removed\n"
          : removed.existed() ? "not removed, the condition does not hold\n"
                              : "not removed, there is no such key\n");
}

std::string DurationText(int64_t ttl_ms) {
  return absl::FormatDuration(absl::Milliseconds(ttl_ms));
}

std::string TtlText(const v1::GetTtlResponse& ttl) {
  if (!ttl.exists()) return kNone;
  if (!ttl.has_ttl_ms()) return "never\n";
  return absl::StrCat(
      DurationText(ttl.ttl_ms()), ", at ",
      absl::FormatTime(absl::RFC3339_full,
                       absl::FromUnixMillis(ttl.expire_time_ms()),
                       absl::UTCTimeZone()),
      "\n");
}

std::string BatchGetText(const v1::BatchGetResponse& batch, BytesStyle style) {
  std::string text;
  for (const v1::BatchGetResult& result : batch.results()) {
    if (result.has_value()) {
      absl::StrAppend(&text, BytesText(result.value(), style), "\n");
    } else {
      text += result.wrong_type() ? "(not a string)\n" : kNone;
    }
  }
  return text;
}

int CountDeleted(const v1::BatchDeleteResponse& batch) {
  int count = 0;
  for (const bool deleted : batch.deleted()) count += deleted;
  return count;
}

template <typename Members>
std::string MembersText(const Members& members, bool with_scores,
                        BytesStyle style) {
  std::string text;
  for (const v1::ScoredMember& member : members) {
    text += MemberText(member, with_scores, style);
  }
  return text;
}

std::string ScoresText(const v1::SortedSetServiceGetScoresResponse& scores) {
  std::string text;
  for (const v1::MemberScore& score : scores.scores()) {
    text += score.has_score() ? ScoreText(score.score()) + "\n" : kNone;
  }
  return text;
}

}  // namespace

std::string BytesText(absl::string_view bytes, BytesStyle style) {
  if (style == BytesStyle::kExact || IsPrintable(bytes)) {
    return std::string(bytes);
  }
  return Quoted(bytes);
}

std::string ScoreText(double score) {
  // The shortest text that reads back as the same number.
  char text[32];
  const std::to_chars_result end =
      std::to_chars(text, text + sizeof(text), score);
  return std::string(text, end.ptr);
}

std::string TypeText(v1::ValueType type) {
  switch (type) {
    case v1::VALUE_TYPE_STRING:
      return "string";
    case v1::VALUE_TYPE_SORTED_SET:
      return "sorted set";
    default:
      return "unknown type";  // of a newer server
  }
}

std::string MemberText(const v1::ScoredMember& member, bool with_score,
                       BytesStyle style) {
  return absl::StrCat(with_score ? ScoreText(member.score()) + "\t" : "",
                      BytesText(member.member(), style), "\n");
}

std::string ToText(const v1::Operation& operation, const Result& result,
                   BytesStyle style) {
  switch (result.result_case()) {
    case Result::kGet:
      return result.get().has_value()
                 ? BytesText(result.get().value(), style) + "\n"
                 : kNone;
    case Result::kSet:
      return SetText(result.set(), style);
    case Result::kDelete:
      return DeleteText(result.delete_(), style);
    case Result::kExists:
      return result.exists().exists()
                 ? absl::StrCat(TypeText(result.exists().type()), ", version ",
                                result.exists().version(), "\n")
                 : kNone;
    case Result::kGetTtl:
      return TtlText(result.get_ttl());
    case Result::kExpire:
      return result.expire().applied() ? "set\n" : "not set\n";
    case Result::kPersist:
      return result.persist().applied() ? "set\n" : "not set\n";
    case Result::kIncrement:
      return Line(result.increment().value());
    case Result::kAppend:
      return Line(result.append().length());
    case Result::kBatchGet:
      return BatchGetText(result.batch_get(), style);
    case Result::kBatchSet:
      return absl::StrCat("set, version ", result.batch_set().version(), "\n");
    case Result::kBatchDelete:
      return absl::StrCat("removed ", CountDeleted(result.batch_delete()),
                          "\n");
    case Result::kSortedSetAdd:
      return absl::StrCat("added ", result.sorted_set_add().added(),
                          ", updated ", result.sorted_set_add().updated(),
                          "\n");
    case Result::kSortedSetRemove:
      return absl::StrCat("removed ", result.sorted_set_remove().removed(),
                          "\n");
    case Result::kSortedSetRange:
      return MembersText(result.sorted_set_range().members(),
                         operation.sorted_set_range().with_scores(), style);
    case Result::kSortedSetGetScores:
      return ScoresText(result.sorted_set_get_scores());
    case Result::kSortedSetGetRank:
      return result.sorted_set_get_rank().has_rank()
                 ? Line(result.sorted_set_get_rank().rank())
                 : kNone;
    case Result::kSortedSetIncrement:
      return result.sorted_set_increment().has_score()
                 ? ScoreText(result.sorted_set_increment().score()) + "\n"
                 : "not set\n";
    case Result::kSortedSetCount:
      return Line(result.sorted_set_count().count());
    case Result::kSortedSetPop:
      return result.sorted_set_pop().has_key()
                 ? MembersText(result.sorted_set_pop().members(), true, style)
                 : kNone;
    case Result::kSortedSetRemoveRange:
      return absl::StrCat("removed ",
                          result.sorted_set_remove_range().removed(), "\n");
    case Result::kSortedSetStoreRange:
      return Line(result.sorted_set_store_range().count());
    case Result::kSortedSetCombine:
      return operation.sorted_set_combine().output_case() ==
                     v1::SortedSetServiceCombineRequest::OUTPUT_NOT_SET
                 ? MembersText(result.sorted_set_combine().members(),
                               operation.sorted_set_combine().with_scores(),
                               style)
                 : Line(result.sorted_set_combine().count());
    case Result::kSortedSetSample:
      return MembersText(result.sorted_set_sample().members(),
                         operation.sorted_set_sample().with_scores(), style);
    case Result::kError:
      return absl::StrCat("error: ", result.error().message(), "\n");
    case Result::RESULT_NOT_SET:
      return "(unknown answer)\n";  // of a newer server
  }
  return "";
}

std::string ToText(const v1::ExecuteRequest& request,
                   const v1::ExecuteResponse& response, BytesStyle style) {
  std::string text = response.succeeded() ? "then:\n" : "else:\n";
  const auto& operations = response.succeeded() ? request.then_operations()
                                                : request.else_operations();
  for (int i = 0; i < std::min(operations.size(), response.results_size());
       ++i) {
    text += ToText(operations[i], response.results(i), style);
  }
  return text;
}

bool IsYes(const Result& result) {
  switch (result.result_case()) {
    case Result::kGet:
      return result.get().has_value();
    case Result::kSet:
      return result.set().applied();
    case Result::kDelete:
      return result.delete_().deleted();
    case Result::kExists:
      return result.exists().exists();
    case Result::kGetTtl:
      return result.get_ttl().exists();
    case Result::kExpire:
      return result.expire().applied();
    case Result::kPersist:
      return result.persist().applied();
    case Result::kBatchDelete:
      return CountDeleted(result.batch_delete()) > 0;
    case Result::kSortedSetRemove:
      return result.sorted_set_remove().removed() > 0;
    case Result::kSortedSetGetScores:
      for (const auto& score : result.sorted_set_get_scores().scores()) {
        if (score.has_score()) return true;
      }
      return false;
    case Result::kSortedSetGetRank:
      return result.sorted_set_get_rank().has_rank();
    case Result::kSortedSetIncrement:
      return result.sorted_set_increment().has_score();
    case Result::kSortedSetPop:
      return result.sorted_set_pop().has_key();
    default:
      return true;  // answers that are neither
  }
}

}  // namespace kv::cli
