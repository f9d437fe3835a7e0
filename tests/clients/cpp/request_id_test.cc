#include "clients/cpp/request_id.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace fastkv {
namespace {

TEST(RequestIdTest, IdsOfAllThreadsDiffer) {
  std::vector<std::set<std::string>> found(4);
  std::vector<std::thread> threads;
  for (std::set<std::string>& ids : found) {
    threads.emplace_back([&ids] {
      for (int i = 0; i < 1000; ++i) ids.insert(MakeRequestId());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::set<std::string>& ids : found) {
    all.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(all.size(), 4000u);
  EXPECT_EQ(all.begin()->size(), 16u);
}

TEST(RequestIdTest, WhatIsNotIdempotentGetsAnId) {
  v1::IncrementRequest increment;
  EnsureRequestId(&increment);
  EXPECT_EQ(increment.request_id().size(), 16u);
  v1::ExecuteRequest execute;
  EnsureRequestId(&execute);
  EXPECT_EQ(execute.request_id().size(), 16u);
}

TEST(RequestIdTest, APlainSetGetsNone) {
  v1::SetRequest request;
  EnsureRequestId(&request);
  EXPECT_TRUE(request.request_id().empty());
  request.set_must_exist(true);
  EnsureRequestId(&request);
  EXPECT_FALSE(request.request_id().empty());
}

TEST(RequestIdTest, AnIdThatIsThereStays) {
  v1::DeleteRequest request;
  request.set_request_id("mine");
  EnsureRequestId(&request);
  EXPECT_EQ(request.request_id(), "mine");
}

}  // namespace
}  // namespace fastkv
