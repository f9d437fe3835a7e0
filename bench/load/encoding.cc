#include "bench/load/encoding.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace kv::bench {

namespace {

using Kind = Operation::Kind;

// Words on a line.
class LineWriter {
 public:
  explicit LineWriter(std::string* out) : out_(out) {}

  void Begin(size_t) {}
  void Word(absl::string_view word) {
    if (!first_) out_->push_back(' ');
    first_ = false;
    absl::StrAppend(out_, word);
  }
  void End() { out_->append("\r\n"); }

 private:
  std::string* out_;
  bool first_ = true;
};

class RespWriter {
 public:
  explicit RespWriter(std::string* out) : out_(out) {}

  void Begin(size_t words) { absl::StrAppend(out_, "*", words, "\r\n"); }
  void Word(absl::string_view word) {
    absl::StrAppend(out_, "$", word.size(), "\r\n", word, "\r\n");
  }
  void End() {}

 private:
  std::string* out_;
};

// A request that is a row of words and numbers. Nothing is put together first:
// millions of requests are made before a clock starts.
template <typename Writer, typename... Words>
void Request(Writer writer, const Words&... words) {
  writer.Begin(sizeof...(words));
  (writer.Word(absl::AlphaNum(words).Piece()), ...);
  writer.End();
}

template <typename Writer>
void SetRequest(Writer writer, const Operation& op) {
  if (op.expire_time_ms > 0) {
    Request(writer, "SET", op.keys[0], op.value, "PXAT", op.expire_time_ms);
  } else if (op.ttl_s > 0) {
    Request(writer, "SET", op.keys[0], op.value, "EX", op.ttl_s);
  } else {
    Request(writer, "SET", op.keys[0], op.value);
  }
}

// The request's words, as Redis has them.
template <typename Writer>
void Write(const Operation& op, Writer writer) {
  switch (op.kind) {
    case Kind::kPing:
      return Request(writer, "PING");
    case Kind::kGet:
      return Request(writer, "GET", op.keys[0]);
    case Kind::kSet:
      return SetRequest(writer, op);
    case Kind::kIncrement:
      return Request(writer, "INCR", op.keys[0]);
    case Kind::kBatchGet:
      writer.Begin(1 + op.keys.size());
      writer.Word("MGET");
      for (const std::string& key : op.keys) writer.Word(key);
      return writer.End();
    case Kind::kBatchSet:
      writer.Begin(1 + 2 * op.keys.size());
      writer.Word("MSET");
      for (const std::string& key : op.keys) {
        writer.Word(key);
        writer.Word(op.value);
      }
      return writer.End();
    case Kind::kAdd:
      return Request(writer, "ZADD", op.keys[0], op.score, op.member);
    case Kind::kScore:
      return Request(writer, "ZSCORE", op.keys[0], op.member);
    case Kind::kRank:
      return Request(writer, "ZRANK", op.keys[0], op.member);
    case Kind::kRange:
      if (!op.with_scores) {
        return Request(writer, "ZRANGE", op.keys[0], op.start, op.stop);
      }
      return Request(writer, "ZRANGE", op.keys[0], op.start, op.stop,
                     "WITHSCORES");
    case Kind::kRangeByScore:
      return Request(writer, "ZRANGEBYSCORE", op.keys[0], op.score, "+inf",
                     "LIMIT", 0, op.limit);
  }
}

}  // namespace

void AppendText(const Operation& operation, std::string* out) {
  if (operation.kind == Kind::kSet && operation.expire_time_ms == 0) {
    // The data block: lines are limited, blocks are not.
    absl::StrAppend(out, "SET ", operation.keys[0], " ", operation.ttl_s, " ",
                    operation.value.size(), "\r\n", operation.value, "\r\n");
    return;
  }
  Write(operation, LineWriter(out));
}

void AppendResp(const Operation& operation, std::string* out) {
  Write(operation, RespWriter(out));
}

bool AppendMemcached(const Operation& op, std::string* out) {
  switch (op.kind) {
    case Kind::kPing:
      absl::StrAppend(out, "version\r\n");
      return true;
    case Kind::kGet:
      absl::StrAppend(out, "get ", op.keys[0], "\r\n");
      return true;
    case Kind::kSet: {
      // Whole seconds: a number above 30 days is a time, one below a duration.
      const int64_t expiry =
          op.expire_time_ms > 0 ? op.expire_time_ms / 1000 : op.ttl_s;
      absl::StrAppend(out, "set ", op.keys[0], " 0 ", expiry, " ",
                      op.value.size());
      absl::StrAppend(out, "\r\n", op.value, "\r\n");
      return true;
    }
    default:
      return false;
  }
}

}  // namespace kv::bench
