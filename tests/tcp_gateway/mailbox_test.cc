#include "tcp_gateway/mailbox.h"

#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tcp_gateway/net/event_loop.h"

namespace kv::gateway {
namespace {

class MailboxTest : public testing::Test {
 protected:
  static ConnectionRef::Task Task() {
    return [](Session&, ReplyWriter&) {};
  }
  std::vector<Mailbox::Order> Take() {
    std::vector<Mailbox::Order> orders;
    mailbox_.Take(&orders);
    return orders;
  }

  // Never run: as if it were busy.
  std::shared_ptr<EventLoop> loop_ = *EventLoop::Create();
  Mailbox mailbox_{loop_, /*max_backlog_bytes=*/500, [] {}};
};

TEST_F(MailboxTest, KeepsTheOrder) {
  mailbox_.Post(1, Task(), 0);
  mailbox_.Post(2, Task(), 10);
  mailbox_.Post(1, Task(), 10);
  const auto orders = Take();
  ASSERT_EQ(orders.size(), 3u);
  EXPECT_EQ(orders[0].connection, 1u);
  EXPECT_EQ(orders[1].connection, 2u);
  EXPECT_EQ(orders[2].connection, 1u);
  EXPECT_TRUE(Take().empty());
}

TEST_F(MailboxTest, WhatWaitsForOneConnectionIsBounded) {
  for (int i = 0; i < 100; ++i) mailbox_.Post(1, Task(), 100);
  mailbox_.Post(2, Task(), 100);
  const auto orders = Take();
  // Five that fit, one that says that it was too much, and the other's.
  ASSERT_EQ(orders.size(), 7u);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(orders[i].task != nullptr);
  EXPECT_TRUE(orders[5].task == nullptr);
  EXPECT_EQ(orders[6].connection, 2u);
  mailbox_.Post(1, Task(), 100);
  EXPECT_TRUE(Take()[0].task != nullptr);
}

TEST_F(MailboxTest, TakesNothingOnceTheLoopHasEnded) {
  auto token = std::make_shared<int>(0);
  mailbox_.Post(
      1, [token](Session&, ReplyWriter&) {}, 0);
  EXPECT_EQ(token.use_count(), 2);
  mailbox_.End();
  EXPECT_EQ(token.use_count(), 1);
  mailbox_.Post(
      1, [token](Session&, ReplyWriter&) {}, 0);
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace kv::gateway
