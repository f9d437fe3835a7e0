#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "store/base/clock.h"
#include "store/base/key.h"
#include "store/transaction.h"
#include "tcp_gateway/notifications/event_classes.h"
#include "tests/tcp_gateway/served_engine.h"

namespace kv::gateway {
namespace {

TEST(EventClassesTest, ReadsAndWritesLetters) {
  EXPECT_EQ(ParseEventClasses(""), 0u);
  EXPECT_EQ(ParseEventClasses("KEA"),
            kAllEvents | kKeyspaceChannels | kKeyeventChannels);
  EXPECT_EQ(ParseEventClasses("Kq"), absl::nullopt);
  EXPECT_EQ(FormatEventClasses(*ParseEventClasses("KEA")), "AKE");
  EXPECT_EQ(FormatEventClasses(*ParseEventClasses("Kz$g")), "g$zK");
  EXPECT_EQ(FormatEventClasses(*ParseEventClasses("lshzxg$etdE")), "AE");
  EXPECT_EQ(FormatEventClasses(*ParseEventClasses("AmnK")), "AnKm");
}

class KeyspaceEventsTest : public ServedEngine {
 protected:
  void SetUp() override {
    Start();
    listener_ = std::make_unique<RespClient>(port());
    client_ = std::make_unique<RespClient>(port());
    listener_->Run("PSUBSCRIBE __keyevent@*");
  }
  void Want(absl::string_view letters) {
    context_.keyspace_events.SetClasses(*ParseEventClasses(letters));
  }
  // The events of a command, as "event:key ...".
  std::string EventsOf(absl::string_view words) {
    client_->Run(words);
    return TakeEvents();
  }
  std::string TakeEvents() {
    client_->Run("PUBLISH __keyevent@0__:end -");
    std::string events;
    while (true) {
      const std::string message = listener_->Read();
      const size_t name = message.find("__:") + 3;
      const std::vector<std::string> words =
          absl::StrSplit(message.substr(name, message.size() - name - 1), ' ');
      if (words.size() < 2 || words[0] == "end") return events;
      absl::StrAppend(&events, events.empty() ? "" : " ", words[0], ":",
                      words[1]);
    }
  }

  std::unique_ptr<RespClient> listener_;
  std::unique_ptr<RespClient> client_;
};

TEST_F(KeyspaceEventsTest, NothingIsToldUntilItIsWanted) {
  EXPECT_EQ(EventsOf("SET k v"), "");
  EXPECT_EQ(engine_.keyspace().sink(), nullptr);
  Want("A");  // no channels
  EXPECT_EQ(engine_.keyspace().sink(), nullptr);
  Want("E$");
  EXPECT_EQ(EventsOf("SET k v"), "set:k");
  EXPECT_EQ(EventsOf("DEL k"), "");
  Want("");
  EXPECT_EQ(EventsOf("SET k v"), "");
  EXPECT_EQ(engine_.keyspace().sink(), nullptr);
}

TEST_F(KeyspaceEventsTest, AreConfigured) {
  EXPECT_EQ(client_->Run("CONFIG SET notify-keyspace-events KE$"), "OK");
  EXPECT_EQ(client_->Run("CONFIG GET notify-keyspace-events"),
            "[notify-keyspace-events $KE]");
  EXPECT_EQ(EventsOf("SET k v"), "set:k");
  EXPECT_EQ(client_->Run("CONFIG SET notify-keyspace-events q"),
            "-ERR CONFIG SET failed (possibly related to argument "
            "'notify-keyspace-events') - Invalid event class character. Use "
            "'Ag$lshzxeKEtmdn'.");
  EXPECT_EQ(context_.keyspace_events.classes(), *ParseEventClasses("KE$"));
}

TEST_F(KeyspaceEventsTest, BothChannelsNameTheDatabase) {
  Want("KEA");
  RespClient both(port());
  both.Run("PSUBSCRIBE __key*");
  client_->Run("SELECT 3");
  client_->Run("SET k v");
  EXPECT_EQ(both.Read(), "[pmessage __key* __keyspace@3__:k set]");
  EXPECT_EQ(both.Read(), "[pmessage __key* __keyevent@3__:set k]");
}

TEST_F(KeyspaceEventsTest, Strings) {
  Want("EA");
  EXPECT_EQ(EventsOf("SET k 1"), "set:k");
  EXPECT_EQ(EventsOf("SET k 1 EX 100"), "set:k expire:k");
  EXPECT_EQ(EventsOf("SET k 1 KEEPTTL"), "set:k");
  EXPECT_EQ(EventsOf("SET k 1 NX"), "");
  EXPECT_EQ(EventsOf("SETEX k 100 1"), "set:k expire:k");
  EXPECT_EQ(EventsOf("INCR k"), "incrby:k");
  EXPECT_EQ(EventsOf("DECRBY k 4"), "incrby:k");
  EXPECT_EQ(EventsOf("INCRBYFLOAT k 0.5"), "incrbyfloat:k");
  EXPECT_EQ(EventsOf("APPEND k x"), "append:k");
  EXPECT_EQ(EventsOf("SETRANGE k 0 y"), "setrange:k");
  EXPECT_EQ(EventsOf("SETBIT b 7 1"), "setbit:b");
  EXPECT_EQ(EventsOf("MSET a 1 c 2"), "set:a set:c");
  EXPECT_EQ(EventsOf("GETEX a EX 100"), "expire:a");
  EXPECT_EQ(EventsOf("GETEX a PERSIST"), "persist:a");
  EXPECT_EQ(EventsOf("GETDEL a"), "del:a");
  EXPECT_EQ(EventsOf("GET c"), "");
}

TEST_F(KeyspaceEventsTest, Keys) {
  Want("EA");
  client_->Run("SET a 1");
  client_->Run("ZADD z 1 a 2 b");
  TakeEvents();
  EXPECT_EQ(EventsOf("EXPIRE a 100"), "expire:a");
  EXPECT_EQ(EventsOf("PERSIST a"), "persist:a");
  EXPECT_EQ(EventsOf("RENAME a b"), "rename_from:a rename_to:b");
  EXPECT_EQ(EventsOf("RENAME z y"), "rename_from:z rename_to:y");
  EXPECT_EQ(EventsOf("COPY b c"), "copy_to:c");
  EXPECT_EQ(EventsOf("COPY y b REPLACE"), "copy_to:b");
  EXPECT_EQ(EventsOf("MOVE c 1"), "move_from:c move_to:c");
  EXPECT_EQ(EventsOf("DEL b y nosuch"), "del:b del:y");
  client_->Run("SET a 1");
  TakeEvents();
  EXPECT_EQ(EventsOf("EXPIRE a -1"), "del:a");
}

TEST_F(KeyspaceEventsTest, SortedSets) {
  Want("EA");
  EXPECT_EQ(EventsOf("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f"), "zadd:z");
  EXPECT_EQ(EventsOf("ZADD z 1 a"), "");
  EXPECT_EQ(EventsOf("ZADD z INCR 1 a"), "zincr:z");
  EXPECT_EQ(EventsOf("ZINCRBY z -1 a"), "zincr:z");
  EXPECT_EQ(EventsOf("ZREM z f nosuch"), "zrem:z");
  EXPECT_EQ(EventsOf("ZPOPMIN z"), "zpopmin:z");
  EXPECT_EQ(EventsOf("ZPOPMAX z"), "zpopmax:z");
  EXPECT_EQ(EventsOf("BZPOPMIN z 0"), "zpopmin:z");
  EXPECT_EQ(EventsOf("ZREMRANGEBYRANK z 0 0"), "zremrangebyrank:z");
  EXPECT_EQ(EventsOf("ZREM z d"), "zrem:z del:z");
  client_->Run("ZADD z 1 a 2 b");
  TakeEvents();
  EXPECT_EQ(EventsOf("ZUNIONSTORE u 1 z"), "zunionstore:u");
  EXPECT_EQ(EventsOf("ZUNIONSTORE u 1 z"), "zunionstore:u");
  EXPECT_EQ(EventsOf("ZINTERSTORE i 1 z"), "zinterstore:i");
  EXPECT_EQ(EventsOf("ZDIFFSTORE d 1 z"), "zdiffstore:d");
  EXPECT_EQ(EventsOf("ZDIFFSTORE d 1 nosuch"), "del:d");
  EXPECT_EQ(EventsOf("ZRANGESTORE r z 0 -1"), "zrangestore:r");
  EXPECT_EQ(EventsOf("ZREMRANGEBYSCORE z 1 2"), "zremrangebyscore:z del:z");
  EXPECT_EQ(EventsOf("ZREMRANGEBYLEX r - +"), "zremrangebylex:r del:r");
  EXPECT_EQ(EventsOf("ZPOPMIN i 5"), "zpopmin:i del:i");
}

TEST_F(KeyspaceEventsTest, NewKeysAndMissesAreToldOnRequest) {
  Want("EAnm");
  EXPECT_EQ(EventsOf("GET k"), "keymiss:k");
  EXPECT_EQ(EventsOf("SET k 1"), "new:k set:k");
  EXPECT_EQ(EventsOf("SET k 2"), "set:k");
  EXPECT_EQ(EventsOf("MGET k a b"), "keymiss:a keymiss:b");
  EXPECT_EQ(EventsOf("INCR n"), "new:n incrby:n");
  EXPECT_EQ(EventsOf("ZADD z 1 a 2 b"), "new:z zadd:z");
  EXPECT_EQ(EventsOf("ZUNIONSTORE u 1 z"), "new:u zunionstore:u");
  EXPECT_EQ(EventsOf("ZUNIONSTORE u 1 z"), "zunionstore:u");
  EXPECT_EQ(EventsOf("DEL nosuch"), "");
  client_->Run("MULTI");
  client_->Run("GET nosuch");
  EXPECT_EQ(EventsOf("EXEC"), "keymiss:nosuch");
}

TEST_F(KeyspaceEventsTest, ExpiryIsToldBySweepAndByUse) {
  Want("Ex");
  client_->Run("SET k v PX 1");
  EXPECT_EQ(listener_->Read(),
            "[pmessage __keyevent@* __keyevent@0__:expired k]");
  // By a command that comes before the sweep.
  Want("EA");
  const store::Key key("lazy");
  const store::TimeMs far = store::WallTimeMs() + 1'000'000;
  {
    store::Transaction txn(engine_.keyspace(), far, key);
    txn.PutString(key, "1", far + 10);
  }
  EXPECT_EQ(TakeEvents(), "set:lazy expire:lazy");
  {
    store::Transaction txn(engine_.keyspace(), far + 10, key);
    txn.PutMember(key, "m", 1);
  }
  EXPECT_EQ(TakeEvents(), "expired:lazy zadd:lazy");
}

TEST_F(KeyspaceEventsTest, ATransactionTellsAllInOrder) {
  Want("EA");
  client_->Run("MULTI");
  client_->Run("INCR a");
  client_->Run("INCR a");
  client_->Run("SET b 1");
  client_->Run("EXPIRE b 100");
  client_->Run("FLUSHALL");
  EXPECT_EQ(EventsOf("EXEC"), "incrby:a incrby:a set:b expire:b");
}

}  // namespace
}  // namespace kv::gateway
