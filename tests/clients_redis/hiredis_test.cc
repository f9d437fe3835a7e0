// hiredis, Redis' C client, against the server, which runs in a process of its
// own: the test's only argument is its program.

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/server_process.h"

namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
using Context = std::unique_ptr<redisContext, FreeContext>;

const char* program = nullptr;

class HiredisTest : public testing::Test {
 protected:
  HiredisTest() : server_(program), client_(Connect()) {}

  Context Connect() {
    const timeval patience = {20, 0};
    Context context(
        redisConnectWithTimeout("127.0.0.1", server_.tcp_port(), patience));
    EXPECT_NE(context, nullptr);
    EXPECT_EQ(context->err, 0) << context->errstr;
    EXPECT_EQ(redisSetTimeout(context.get(), patience), REDIS_OK);
    return context;
  }

  template <typename... Args>
  Reply Call(const char* format, Args... args) {
    return Reply(
        static_cast<redisReply*>(redisCommand(client_.get(), format, args...)));
  }

  Reply Receive(const Context& context) {
    void* reply = nullptr;
    EXPECT_EQ(redisGetReply(context.get(), &reply), REDIS_OK)
        << context->errstr;
    return Reply(static_cast<redisReply*>(reply));
  }

  static std::string Text(const redisReply& reply) {
    return std::string(reply.str, reply.len);
  }

  kv::testing::ServerProcess server_;
  Context client_;
};

TEST_F(HiredisTest, StringsAreBinarySafeAndExpire) {
  const std::string value("a\0\r\n\xff", 5);
  EXPECT_EQ(Text(*Call("SET %s %b EX 100", "k", value.data(), value.size())),
            "OK");
  EXPECT_EQ(Text(*Call("GET k")), value);
  EXPECT_EQ(Call("TTL k")->integer, 100);
  EXPECT_EQ(Call("GET nothing")->type, REDIS_REPLY_NIL);
  EXPECT_EQ(Call("INCR k")->type, REDIS_REPLY_ERROR);
}

TEST_F(HiredisTest, SortedSetsComeAsArrays) {
  EXPECT_EQ(Call("ZADD z 1.5 a 2 b")->integer, 2);
  const Reply range = Call("ZRANGE z 0 -1 WITHSCORES");
  ASSERT_EQ(range->type, REDIS_REPLY_ARRAY);
  ASSERT_EQ(range->elements, 4u);
  EXPECT_EQ(Text(*range->element[0]), "a");
  EXPECT_EQ(Text(*range->element[1]), "1.5");
}

TEST_F(HiredisTest, PipelinedCommandsAreAnsweredInOrder) {
  constexpr int kCommands = 5000;
  for (int i = 0; i < kCommands; ++i) {
    ASSERT_EQ(redisAppendCommand(client_.get(), "INCR n"), REDIS_OK);
  }
  for (int i = 1; i <= kCommands; ++i) {
    ASSERT_EQ(Receive(client_)->integer, i);
  }
}

TEST_F(HiredisTest, TransactionsAnswerAtOnce) {
  EXPECT_EQ(Text(*Call("MULTI")), "OK");
  EXPECT_EQ(Text(*Call("INCR n")), "QUEUED");
  EXPECT_EQ(Text(*Call("GET n")), "QUEUED");
  const Reply replies = Call("EXEC");
  ASSERT_EQ(replies->elements, 2u);
  EXPECT_EQ(replies->element[0]->integer, 1);
  EXPECT_EQ(Text(*replies->element[1]), "1");
}

TEST_F(HiredisTest, SubscribersReceiveMessages) {
  const Context subscriber = Connect();
  const Reply subscribed(static_cast<redisReply*>(
      redisCommand(subscriber.get(), "SUBSCRIBE news")));
  ASSERT_EQ(subscribed->elements, 3u);
  EXPECT_EQ(Call("PUBLISH news hello")->integer, 1);
  const Reply message = Receive(subscriber);
  ASSERT_EQ(message->elements, 3u);
  EXPECT_EQ(Text(*message->element[2]), "hello");
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: hiredis_test <server>\n");
    return 2;
  }
  program = argv[1];
  return RUN_ALL_TESTS();
}
