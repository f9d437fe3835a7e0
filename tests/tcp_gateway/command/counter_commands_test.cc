#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kWrongType[] =
    "-WRONGTYPE Operation against a key holding the wrong kind of value";

class CounterCommands : public CommandTest {};

TEST_F(CounterCommands, CountersCountAndRefuse) {
  EXPECT_EQ(client_.Run("INCR n"), ":1");
  EXPECT_EQ(client_.Run("INCRBY n 41"), ":42");
  EXPECT_EQ(client_.Run("DECR n"), ":41");
  EXPECT_EQ(client_.Run("DECRBY n 1"), ":40");
  EXPECT_EQ(client_.Run("INCRBY n x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("SET n 9223372036854775807"), "+OK");
  EXPECT_EQ(client_.Run("INCR n"),
            "-ERR increment or decrement would overflow");
  EXPECT_EQ(client_.Run("DECRBY n -9223372036854775808"),
            "-ERR decrement would overflow");
  EXPECT_EQ(client_.Run("ZADD z 1 a"), ":1");
  EXPECT_EQ(client_.Run("INCR z"), kWrongType);
}

TEST_F(CounterCommands, FractionsAreAddedExactly) {
  EXPECT_EQ(client_.Run("SET f 10.50"), "+OK");
  EXPECT_EQ(client_.Run("INCRBYFLOAT f 0.1"), "\"10.6\"");
  EXPECT_EQ(client_.Run("INCRBYFLOAT f -5"), "\"5.6\"");
  EXPECT_EQ(client_.Run("SET f 5.0e3"), "+OK");
  EXPECT_EQ(client_.Run("INCRBYFLOAT f 2.0e2"), "\"5200\"");
  EXPECT_EQ(client_.Run("INCRBYFLOAT new 3"), "\"3\"");
  EXPECT_EQ(client_.Run("INCR new"), ":4");
}

TEST_F(CounterCommands, WhatIsNoNumberIsRefused) {
  EXPECT_EQ(client_.Run("INCRBYFLOAT f x"), "-ERR value is not a valid float");
  EXPECT_EQ(client_.Run("INCRBYFLOAT f inf"),
            "-ERR increment would produce NaN or Infinity");
  EXPECT_EQ(client_.Run("SET f text"), "+OK");
  EXPECT_EQ(client_.Run("INCRBYFLOAT f 1"), "-ERR value is not a valid float");
  EXPECT_EQ(client_.Run("ZADD z 1 a"), ":1");
  EXPECT_EQ(client_.Run("INCRBYFLOAT z x"), kWrongType);
}

}  // namespace
}  // namespace kv::gateway
