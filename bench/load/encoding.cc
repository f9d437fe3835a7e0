#include "bench/load/encoding.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kv::bench {

namespace {

using Kind = Operation::Kind;

// The request's words, as Redis has them.
std::vector<std::string> Words(const Operation& op) {
  std::vector<std::string> words;
  switch (op.kind) {
    case Kind::kPing:
      return {"PING"};
    case Kind::kGet:
      return {"GET", op.keys[0]};
    case Kind::kSet:
      return {"SET", op.keys[0], op.value};
    case Kind::kIncrement:
      return {"INCR", op.keys[0]};
    case Kind::kBatchGet:
      words = op.keys;
      words.insert(words.begin(), "MGET");
      return words;
    case Kind::kBatchSet:
      words.push_back("MSET");
      for (const std::string& key : op.keys) {
        words.push_back(key);
        words.push_back(op.value);
      }
      return words;
    case Kind::kAdd:
      return {"ZADD", op.keys[0], absl::StrCat(op.score), op.member};
    case Kind::kScore:
      return {"ZSCORE", op.keys[0], op.member};
    case Kind::kRank:
      return {"ZRANK", op.keys[0], op.member};
    case Kind::kRange:
      return {"ZRANGE", op.keys[0], absl::StrCat(op.start),
              absl::StrCat(op.stop), "WITHSCORES"};
  }
  return words;
}

}  // namespace

void AppendText(const Operation& operation, std::string* out) {
  if (operation.kind == Kind::kSet) {
    // The data block: lines are limited, blocks are not.
    absl::StrAppend(out, "SET ", operation.keys[0], " 0 ",
                    operation.value.size(), "\r\n", operation.value, "\r\n");
    return;
  }
  absl::StrAppend(out, absl::StrJoin(Words(operation), " "), "\r\n");
}

void AppendResp(const Operation& operation, std::string* out) {
  const std::vector<std::string> words = Words(operation);
  absl::StrAppend(out, "*", words.size(), "\r\n");
  for (const std::string& word : words) {
    absl::StrAppend(out, "$", word.size(), "\r\n", word, "\r\n");
  }
}

}  // namespace kv::bench
