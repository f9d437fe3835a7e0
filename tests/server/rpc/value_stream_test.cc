// ReadValue and WriteValue, without a server.

#include <string>

#include "fastkv/v1/key_value.pb.h"
#include "gtest/gtest.h"
#include "server/rpc/budget.h"
#include "server/rpc/read_value.h"
#include "server/rpc/request_ids.h"
#include "server/rpc/rpc_limits.h"
#include "server/rpc/write_value.h"
#include "store/keyspace.h"
#include "tests/server/rpc/stream_driver.h"
#include "tests/testing/keyspace_fixture.h"
#include "tests/testing/random.h"

namespace kv::server {
namespace {

namespace pb = fastkv::v1;

class ValueStreamTest : public test::KeyspaceFixture {
 protected:
  struct Read {
    bool exists = false;
    pb::ValueHeader header;
    std::string bytes;
    std::vector<size_t> chunks;
    RpcStatus status;
  };

  Read ReadAll(
      const pb::ReadValueRequest& request,
      const std::function<void()>& between = [] {}) {
    ReadValue handler(keyspace_, limits_);
    StreamDriver<pb::ReadValueResponse> stream(&handler);
    stream.now = now_;
    stream.between = between;
    stream.Send(request);
    EXPECT_TRUE(stream.ended);
    Read read;
    read.status = stream.status;
    for (size_t i = 0; i < stream.received.size(); ++i) {
      const auto& response = stream.received[i];
      if (response.has_header()) {
        EXPECT_EQ(i, 0);
        read.exists = true;
        read.header = response.header();
      }
      EXPECT_LE(stream.sizes[i], limits_.response_bytes);
      read.bytes += response.chunk();
      read.chunks.push_back(response.chunk().size());
    }
    return read;
  }
  Read ReadAll(const std::string& key) {
    pb::ReadValueRequest request;
    request.set_key(key);
    return ReadAll(request);
  }

  pb::WriteValueHeader Header(const std::string& key, int64_t length) {
    pb::WriteValueHeader header;
    header.set_key(key);
    header.set_length(length);
    return header;
  }

  // Sends the value in pieces of this size and returns the answer.
  pb::WriteValueResponse Write(const pb::WriteValueHeader& header,
                               const std::string& value, size_t piece,
                               RpcStatus* status = nullptr) {
    WriteValue handler(keyspace_, &budget_, request_ids_);
    StreamDriver<pb::WriteValueResponse> stream(&handler);
    stream.now = now_;
    stream.block_size = 1000;
    pb::WriteValueRequest request;
    *request.mutable_header() = header;
    size_t sent = 0;
    do {
      request.set_chunk(value.substr(sent, piece));
      sent += request.chunk().size();
      stream.Send(request);
      request.clear_header();
    } while (sent < value.size() && !stream.ended);
    if (!stream.ended) stream.SendEnd();
    if (status != nullptr) {
      *status = stream.status;
    } else {
      EXPECT_TRUE(stream.status.ok()) << stream.status.message();
      EXPECT_EQ(stream.received.size(), 1);
    }
    return stream.received.empty() ? pb::WriteValueResponse()
                                   : stream.received[0];
  }

  RpcLimits limits_{size_t{1} << 20};
  Budget budget_{size_t{64} << 20};
  RequestIds request_ids_{RequestIdOptions()};
};

TEST_F(ValueStreamTest, ValuesOfAnyLengthAreReadInPieces) {
  test::Random random(1);
  for (const size_t size : {0, 1, 4096, 4097, 70'000, 3 << 20}) {
    const std::string value = random.Bytes(size);
    Set("k", value, now_ + 5000);
    for (const int chunk : {0, 1000, 4096, 1 << 30}) {
      if (chunk == 1000 && size > 100'000) continue;
      pb::ReadValueRequest request;
      request.set_key("k");
      request.set_chunk_bytes(chunk);
      const Read read = ReadAll(request);
      EXPECT_TRUE(read.exists);
      EXPECT_TRUE(read.bytes == value) << size << " by " << chunk;
      EXPECT_EQ(read.header.length(), size);
      EXPECT_EQ(read.header.ttl_ms(), 5000);
      EXPECT_EQ(read.header.version(), Describe("k")->version);
      for (const size_t bytes : read.chunks) {
        EXPECT_LE(bytes, static_cast<size_t>(chunk == 0 ? 1 << 20 : chunk));
      }
    }
  }
}

TEST_F(ValueStreamTest, AMissIsOneAnswerWithoutAHeader) {
  const Read read = ReadAll("none");
  EXPECT_FALSE(read.exists);
  EXPECT_EQ(read.chunks.size(), 1);
  EXPECT_TRUE(read.status.ok());
}

TEST_F(ValueStreamTest, APartIsReadByOffsetAndLength) {
  std::string value = test::Random(2).Bytes(10'000);
  for (const std::string& whole : {value, value.substr(0, 100)}) {
    Set("k", whole);
    for (const size_t offset :
         {size_t{0}, size_t{1}, size_t{99}, whole.size(), whole.size() + 1}) {
      for (const size_t length : {0, 1, 50, 100'000}) {
        pb::ReadValueRequest request;
        request.set_key("k");
        request.set_offset(static_cast<int64_t>(offset));
        request.set_length(static_cast<int64_t>(length));
        request.set_chunk_bytes(77);
        const Read read = ReadAll(request);
        EXPECT_EQ(read.header.length(), whole.size());
        EXPECT_EQ(
            read.bytes,
            offset > whole.size()
                ? ""
                : whole.substr(offset, length == 0 ? whole.size() : length));
      }
    }
  }
}

TEST_F(ValueStreamTest, WhatHappensToTheKeyMeanwhileDoesNotShow) {
  const std::string value = test::Random(3).Bytes(100'000);
  Set("k", value);
  pb::ReadValueRequest request;
  request.set_key("k");
  request.set_chunk_bytes(10'000);
  int step = 0;
  const Read read = ReadAll(request, [&] {
    if (++step == 1) Set("k", std::string(100'000, 'x'));
    if (step == 2) {
      const store::Key key("k");
      Run(key, [&](store::Transaction& txn) { txn.Erase(key); });
    }
  });
  EXPECT_GT(step, 2);
  EXPECT_TRUE(read.bytes == value);
}

TEST_F(ValueStreamTest, FieldsThatAreOutOfRangeAreRefused) {
  Set("k", "v");
  AddMember("z", "m", 1);
  pb::ReadValueRequest negative;
  negative.set_offset(-1);
  EXPECT_EQ(ReadAll(negative).status.reason(), pb::ERROR_REASON_INVALID_FIELD);
  negative.set_offset(0);
  negative.set_length(-1);
  EXPECT_EQ(ReadAll(negative).status.reason(), pb::ERROR_REASON_INVALID_FIELD);
  negative.set_length(0);
  negative.set_chunk_bytes(-1);
  EXPECT_EQ(ReadAll(negative).status.reason(), pb::ERROR_REASON_INVALID_FIELD);
  EXPECT_EQ(ReadAll("z").status.reason(), pb::ERROR_REASON_WRONG_TYPE);
}

TEST_F(ValueStreamTest, ValuesOfAnyLengthAreWrittenInPieces) {
  test::Random random(4);
  for (const size_t size :
       {0, 1, 4096, 4097, 65'536, 65'537, 200'000, 20 << 20}) {
    const std::string value = random.Bytes(size);
    for (const size_t piece : {size_t{1000}, size_t{1} << 20}) {
      if (piece == 1000 && size > (1 << 20)) continue;
      const auto response =
          Write(Header("k", static_cast<int64_t>(size)), value, piece);
      EXPECT_TRUE(response.applied());
      EXPECT_EQ(response.version(), Describe("k")->version);
      EXPECT_TRUE(Get("k") == value) << size << " by " << piece;
      EXPECT_EQ(budget_.used(), 0);
    }
  }
}

TEST_F(ValueStreamTest, AWrittenValueCanBeChanged) {
  const std::string value = test::Random(5).Bytes(100'000);
  Write(Header("k", 100'000), value, 10'000);
  const store::Key key("k");
  Run(key, [&](store::Transaction& txn) {
    EXPECT_TRUE(store::strings::Append(txn, key, "end").ok());
  });
  EXPECT_TRUE(Get("k") == value + "end");
}

TEST_F(ValueStreamTest, ConditionsAndExpiriesHoldAtTheEnd) {
  pb::WriteValueHeader header = Header("k", 3);
  header.set_must_exist(true);
  EXPECT_FALSE(Write(header, "abc", 2).applied());
  EXPECT_FALSE(Get("k").has_value());
  header.set_must_not_exist(true);
  header.set_ttl_ms(100);
  const auto first = Write(header, "abc", 2);
  EXPECT_TRUE(first.applied());
  EXPECT_EQ(Describe("k")->deadline, now_ + 100);
  EXPECT_FALSE(Write(header, "xyz", 2).applied());
  header.set_version_equals(first.version());
  header.set_keep_expiry(true);
  EXPECT_TRUE(Write(header, "xyz", 2).applied());
  EXPECT_EQ(Describe("k")->deadline, now_ + 100);
  EXPECT_FALSE(Write(header, "abc", 2).applied());
  EXPECT_EQ(Get("k"), "xyz");
}

TEST_F(ValueStreamTest, StreamsThatDoNotKeepToTheHeaderWriteNothing) {
  RpcStatus status;
  const auto reason = [&](const pb::WriteValueHeader& header,
                          const std::string& value) {
    Write(header, value, 2, &status);
    EXPECT_FALSE(Get("k").has_value());
    EXPECT_EQ(budget_.used(), 0);
    return status.reason();
  };
  EXPECT_EQ(reason(Header("k", 4), "abc"), pb::ERROR_REASON_MALFORMED_REQUEST);
  EXPECT_EQ(reason(Header("k", 2), "abc"), pb::ERROR_REASON_MALFORMED_REQUEST);
  EXPECT_EQ(reason(Header("k", -1), "abc"), pb::ERROR_REASON_INVALID_FIELD);
  EXPECT_EQ(reason(Header("k", int64_t{1} << 30), "abc"),
            pb::ERROR_REASON_VALUE_TOO_LARGE);
  pb::WriteValueHeader bad_expiry = Header("k", 3);
  bad_expiry.set_ttl_ms(-1);
  EXPECT_EQ(reason(bad_expiry, "abc"), pb::ERROR_REASON_INVALID_EXPIRY);

  // No header; two of them; nothing at all; no message.
  for (int headers : {0, 2}) {
    WriteValue handler(keyspace_, &budget_, request_ids_);
    StreamDriver<pb::WriteValueResponse> stream(&handler);
    pb::WriteValueRequest request;
    if (headers > 0) *request.mutable_header() = Header("k", 2);
    request.set_chunk("a");
    stream.Send(request);
    if (headers > 0) stream.Send(request);
    EXPECT_EQ(stream.status.reason(), pb::ERROR_REASON_MALFORMED_REQUEST);
  }
  for (const bool empty : {true, false}) {
    WriteValue handler(keyspace_, &budget_, request_ids_);
    StreamDriver<pb::WriteValueResponse> stream(&handler);
    empty ? stream.SendEnd() : stream.SendBytes("\x12\x05x");
    EXPECT_EQ(stream.status.reason(), pb::ERROR_REASON_MALFORMED_REQUEST);
  }
  EXPECT_FALSE(Get("k").has_value());
}

TEST_F(ValueStreamTest, ARepeatWithARequestIdIsAnsweredAndNotApplied) {
  pb::WriteValueHeader header = Header("k", 3);
  header.set_must_not_exist(true);
  header.set_request_id("id");
  const auto first = Write(header, "abc", 2);
  EXPECT_TRUE(first.applied());
  const auto again = Write(header, "abc", 1);
  EXPECT_TRUE(again.applied());
  EXPECT_EQ(again.version(), first.version());
  RpcStatus status;
  Write(header, "xyz", 2, &status);
  EXPECT_EQ(status.reason(), pb::ERROR_REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(Get("k"), "abc");
}

TEST_F(ValueStreamTest, AnAnnouncementCostsNothing) {
  WriteValue handler(keyspace_, &budget_, request_ids_);
  StreamDriver<pb::WriteValueResponse> stream(&handler);
  pb::WriteValueRequest request;
  *request.mutable_header() = Header("k", 60 << 20);
  stream.Send(request);
  EXPECT_EQ(budget_.used(), 0);
  request.clear_header();
  request.set_chunk("x");
  stream.Send(request);
  EXPECT_LE(budget_.used(), 64 << 10);
  request.set_chunk(std::string(1 << 20, 'x'));
  size_t sent = 1;
  for (int i = 0; i < 20; ++i) {
    stream.Send(request);
    sent += request.chunk().size();
    EXPECT_GE(budget_.used(), sent);
    EXPECT_LE(budget_.used(), 2 * sent + (64 << 10));
  }
}

TEST_F(ValueStreamTest, UnfinishedValuesShareABudget) {
  Budget budget(1 << 20);
  WriteValue first(keyspace_, &budget, request_ids_);
  auto second = std::make_unique<WriteValue>(keyspace_, &budget, request_ids_);
  StreamDriver<pb::WriteValueResponse> one(&first), other(second.get());
  pb::WriteValueRequest request;
  *request.mutable_header() = Header("k", 900'000);
  request.set_chunk(std::string(600'000, 'x'));
  other.Send(request);
  EXPECT_FALSE(other.ended);
  one.Send(request);
  EXPECT_EQ(one.status.reason(), pb::ERROR_REASON_OVERLOADED);
  EXPECT_GT(one.status.retry_delay_ms(), 0);
  // What the other one took is free when it ends, however it ends.
  second.reset();
  const size_t left = budget.used();
  WriteValue third(keyspace_, &budget, request_ids_);
  StreamDriver<pb::WriteValueResponse> again(&third);
  EXPECT_LT(left, 600'000);
}

}  // namespace
}  // namespace kv::server
