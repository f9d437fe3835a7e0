#include "clients/cli/entry_json.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/json_bytes.h"

namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

absl::Status Bad(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

// Takes what PutBytes wrote.
absl::Status TakeBytes(const Json& object, const std::string& name,
                       std::string* bytes) {
  const auto text = object.find(name);
  const auto base64 = object.find(name + "_base64");
  if ((text == object.end()) == (base64 == object.end())) {
    return Bad(
        absl::StrCat("needs either \"", name, "\" or \"", name, "_base64\""));
  }
  if (text != object.end()) {
    if (!text->is_string()) {
      return Bad(absl::StrCat("\"", name, "\" is not a string"));
    }
    *bytes = text->get_ref<const std::string&>();
    return absl::OkStatus();
  }
  if (!base64->is_string() ||
      !absl::Base64Unescape(base64->get_ref<const std::string&>(), bytes)) {
    return Bad(absl::StrCat("\"", name, "_base64\" is not base64"));
  }
  return absl::OkStatus();
}

absl::Status TakeScore(const Json& object, double* score) {
  const auto found = object.find("score");
  if (found == object.end()) return Bad("a member has no \"score\"");
  if (found->is_number()) {
    *score = found->get<double>();
  } else if (!found->is_string() ||
             !absl::SimpleAtod(found->get_ref<const std::string&>(), score)) {
    return Bad("a score is not a number");
  }
  return std::isnan(*score) ? Bad("a score is not a number") : absl::OkStatus();
}

absl::Status TakeMembers(const Json& object, v1::ScoredMembers* members) {
  const auto found = object.find("members");
  if (found == object.end() || !found->is_array() || found->empty()) {
    return Bad("a sorted set needs \"members\", a list that is not empty");
  }
  for (const Json& item : *found) {
    if (!item.is_object()) return Bad("a member is not an object");
    v1::ScoredMember* member = members->add_members();
    double score;
    absl::Status status = TakeBytes(item, "member", member->mutable_member());
    status.Update(TakeScore(item, &score));
    if (!status.ok()) return status;
    member->set_score(score);
  }
  return absl::OkStatus();
}

absl::Status TakeExpiry(const Json& object, v1::EntryPiece* entry) {
  const auto found = object.find("expire_time_ms");
  if (found == object.end() || found->is_null()) return absl::OkStatus();
  if (!found->is_number_integer() || found->get<int64_t>() <= 0) {
    return Bad("\"expire_time_ms\" is not a positive whole number");
  }
  entry->set_expire_time_ms(found->get<int64_t>());
  return absl::OkStatus();
}

}  // namespace

std::string EntryToLine(v1::EntryPiece* entry) {
  Json object;
  PutBytes("key", entry->key(), &object);
  if (entry->has_sorted_set()) {
    object["type"] = "sorted_set";
    auto* members = entry->mutable_sorted_set()->mutable_members();
    std::sort(members->begin(), members->end(),
              [](const v1::ScoredMember& a, const v1::ScoredMember& b) {
                return std::forward_as_tuple(a.score(), a.member()) <
                       std::forward_as_tuple(b.score(), b.member());
              });
    Json list = Json::array();
    for (const v1::ScoredMember& member : *members) {
      Json item;
      PutBytes("member", member.member(), &item);
      item["score"] = NumberJson(member.score());
      list.push_back(std::move(item));
    }
    object["members"] = std::move(list);
  } else {
    object["type"] = "string";
    PutBytes("value", entry->string_value(), &object);
  }
  if (entry->has_expire_time_ms()) {
    object["expire_time_ms"] = entry->expire_time_ms();
  }
  return object.dump();
}

absl::StatusOr<v1::EntryPiece> LineToEntry(absl::string_view line) {
  const Json object = Json::parse(line.begin(), line.end(), nullptr,
                                  /*allow_exceptions=*/false);
  if (!object.is_object()) return Bad("not an object of JSON");
  v1::EntryPiece entry;
  absl::Status status = TakeBytes(object, "key", entry.mutable_key());
  const auto type = object.find("type");
  if (type != object.end() && *type == "sorted_set") {
    status.Update(TakeMembers(object, entry.mutable_sorted_set()));
  } else if (type == object.end() || *type == "string") {
    status.Update(TakeBytes(object, "value", entry.mutable_string_value()));
  } else {
    status.Update(Bad("\"type\" is neither \"string\" nor \"sorted_set\""));
  }
  status.Update(TakeExpiry(object, &entry));
  if (!status.ok()) return status;
  return entry;
}

}  // namespace kv::cli
