#include "bench/load/encoding.h"

#include <string>

#include "bench/load/workload.h"
#include "gtest/gtest.h"

namespace kv::bench {
namespace {

using Kind = Operation::Kind;

std::string Text(const Operation& operation) {
  std::string out;
  AppendText(operation, &out);
  return out;
}

std::string Resp(const Operation& operation) {
  std::string out;
  AppendResp(operation, &out);
  return out;
}

std::string Memcached(const Operation& operation) {
  std::string out;
  EXPECT_TRUE(AppendMemcached(operation, &out));
  return out;
}

Operation Set() {
  Operation set{.kind = Kind::kSet};
  set.keys = {"k"};
  set.value = "value";
  return set;
}

TEST(EncodingTest, ASetWithoutTtl) {
  EXPECT_EQ(Text(Set()), "SET k 0 5\r\nvalue\r\n");
  EXPECT_EQ(Resp(Set()), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n");
  EXPECT_EQ(Memcached(Set()), "set k 0 0 5\r\nvalue\r\n");
}

TEST(EncodingTest, ASetWithTtl) {
  Operation set = Set();
  set.ttl_s = 60;
  EXPECT_EQ(Text(set), "SET k 60 5\r\nvalue\r\n");
  EXPECT_EQ(Resp(set),
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n$2\r\nEX\r\n"
            "$2\r\n60\r\n");
  EXPECT_EQ(Memcached(set), "set k 0 60 5\r\nvalue\r\n");
}

TEST(EncodingTest, ASetThatExpiresAtATime) {
  Operation set = Set();
  set.expire_time_ms = 1800000000999;
  EXPECT_EQ(Text(set), "SET k value PXAT 1800000000999\r\n");
  EXPECT_EQ(Resp(set),
            "*5\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n$4\r\nPXAT\r\n"
            "$13\r\n1800000000999\r\n");
  EXPECT_EQ(Memcached(set), "set k 0 1800000000 5\r\nvalue\r\n");
}

TEST(EncodingTest, Gets) {
  Operation get{.kind = Kind::kGet};
  get.keys = {"k"};
  EXPECT_EQ(Text(get), "GET k\r\n");
  EXPECT_EQ(Resp(get), "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
  EXPECT_EQ(Memcached(get), "get k\r\n");
  EXPECT_EQ(Memcached({.kind = Kind::kPing}), "version\r\n");
}

TEST(EncodingTest, Batches) {
  Operation batch{.kind = Kind::kBatchGet};
  batch.keys = {"a", "b"};
  EXPECT_EQ(Text(batch), "MGET a b\r\n");
  EXPECT_EQ(Resp(batch), "*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\nb\r\n");
  batch.kind = Kind::kBatchSet;
  batch.value = "v";
  EXPECT_EQ(Text(batch), "MSET a v b v\r\n");
}

TEST(EncodingTest, SortedSets) {
  Operation operation{.kind = Kind::kAdd};
  operation.keys = {"z"};
  operation.member = "m";
  operation.score = 12;
  EXPECT_EQ(Text(operation), "ZADD z 12 m\r\n");
  operation.kind = Kind::kScore;
  EXPECT_EQ(Text(operation), "ZSCORE z m\r\n");
  operation.kind = Kind::kRank;
  EXPECT_EQ(Text(operation), "ZRANK z m\r\n");
  operation.kind = Kind::kRange;
  operation.start = 3;
  operation.stop = 102;
  EXPECT_EQ(Text(operation), "ZRANGE z 3 102\r\n");
  operation.with_scores = true;
  EXPECT_EQ(Text(operation), "ZRANGE z 3 102 WITHSCORES\r\n");
  operation.kind = Kind::kRangeByScore;
  operation.limit = 10;
  EXPECT_EQ(Text(operation), "ZRANGEBYSCORE z 12 +inf LIMIT 0 10\r\n");
  EXPECT_EQ(Resp(operation),
            "*7\r\n$13\r\nZRANGEBYSCORE\r\n$1\r\nz\r\n$2\r\n12\r\n$4\r\n+inf"
            "\r\n$5\r\nLIMIT\r\n$1\r\n0\r\n$2\r\n10\r\n");
}

TEST(EncodingTest, MemcachedHasNoSortedSets) {
  std::string out;
  Operation add{.kind = Kind::kAdd};
  add.keys = {"z"};
  EXPECT_FALSE(AppendMemcached(add, &out));
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace kv::bench
