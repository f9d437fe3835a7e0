#include "tcp_gateway/command/command_executor.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/testing/command_client.h"
#include "tests/testing/command_test.h"
#include "tests/testing/reply_text.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandClient;
using ::kv::testing::CommandTest;
using ::kv::testing::ReplyText;

// Several connections' requests in one batch.
class CommandExecutorTest : public CommandTest {
 protected:
  struct Asked {
    CommandClient* client;
    std::vector<std::string> requests;
  };
  struct Answered {
    std::string replies;
    size_t done = 0;
    bool operator==(const Answered& other) const {
      return replies == other.replies && done == other.done;
    }
    friend std::ostream& operator<<(std::ostream& out, const Answered& a) {
      return out << a.done << " done: " << a.replies;
    }
  };

  std::vector<Answered> Execute(const std::vector<Asked>& asked) {
    std::vector<std::vector<absl::string_view>> args;
    std::vector<Portion> portions;
    for (const Asked& each : asked) {
      for (const std::string& words : each.requests) {
        args.push_back(absl::StrSplit(words, ' '));
      }
      portions.push_back({&each.client->session(), each.requests.size()});
    }
    std::vector<Request> batch(args.size());
    for (size_t i = 0; i < batch.size(); ++i) batch[i].args = args[i];
    Recorder recorder;
    server_.executor.Execute(batch, portions, server_.now_ms, recorder);
    return recorder.answered;
  }

  CommandClient a_{server_};
  CommandClient b_{server_};

 private:
  struct Recorder final : PortionReplies {
    ReplyWriter& Begin(size_t portion) override {
      EXPECT_EQ(portion, answered.size());
      return text;
    }
    void End(size_t, size_t done) override {
      answered.push_back({text.Take(), done});
    }
    ReplyText text;
    std::vector<Answered> answered;
  };
};

TEST_F(CommandExecutorTest, PortionsMayBeEmpty) {
  EXPECT_EQ(Execute({}), std::vector<Answered>());
  EXPECT_EQ(Execute({{&a_, {}}}), std::vector<Answered>({{"", 0}}));
  EXPECT_EQ(Execute({{&a_, {}}, {&b_, {"SET k v"}}, {&client_, {}}}),
            std::vector<Answered>({{"", 0}, {"+OK", 1}, {"", 0}}));
}

TEST_F(CommandExecutorTest, ThoseBehindSeeWhatThoseBeforeHaveDone) {
  EXPECT_EQ(
      Execute({{&a_, {"INCR n", "INCR n"}},
               {&b_, {"INCR n", "GET n"}},
               {&a_, {"GET n"}}}),
      std::vector<Answered>({{":1 :2", 2}, {":3 \"3\"", 2}, {"\"3\"", 1}}));
}

TEST_F(CommandExecutorTest, EachHasItsOwnDatabaseTransactionAndEnd) {
  EXPECT_EQ(Execute({{&a_, {"SELECT 1", "SET k one", "MULTI", "GET k"}},
                     {&b_, {"SET k zero", "QUIT", "GET k"}},
                     {&client_, {"GET k", "NOSUCH", "GET"}},
                     {&a_, {"EXEC"}}}),
            std::vector<Answered>(
                {{"+OK +OK +OK +QUEUED", 4},
                 {"+OK +OK", 2},
                 {"\"zero\" -ERR unknown command 'NOSUCH', with args beginning "
                  "with:  -ERR wrong number of arguments for 'get' command",
                  3},
                 {"[\"one\"]", 1}}));
}

// The original's SET answers nil.
TEST_F(CommandExecutorTest, TheSameWordMayBeAnotherCommandInAnotherFraming) {
  a_.session().set_protocol(Protocol::kLegacy);
  EXPECT_EQ(
      Execute({{&b_, {"set k v"}}, {&a_, {"set k v"}}, {&b_, {"set k v"}}}),
      std::vector<Answered>({{"+OK", 1}, {"nil", 1}, {"+OK", 1}}));
}

TEST_F(CommandExecutorTest, TheSlowLogNamesTheClientThatWasSlow) {
  a_.Run("CLIENT SETNAME a");
  b_.Run("CLIENT SETNAME b");
  a_.Run("CONFIG SET slowlog-log-slower-than 0");
  a_.Run("SLOWLOG RESET");
  Execute({{&a_, {"GET x"}}, {&b_, {"GET y"}}});
  a_.Run("CONFIG SET slowlog-log-slower-than -1");
  const std::string log = b_.Run("SLOWLOG GET 2");
  EXPECT_NE(log.find("[\"GET\", \"y\"], \"127.0.0.1:50003\", \"b\"]"),
            std::string::npos)
      << log;
  EXPECT_NE(log.find("[\"GET\", \"x\"], \"127.0.0.1:50002\", \"a\"]"),
            std::string::npos)
      << log;
}

}  // namespace
}  // namespace kv::gateway
