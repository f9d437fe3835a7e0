#include "gtest/gtest.h"
#include "tests/testing/command_test.h"

namespace kv::gateway {
namespace {

using ::kv::testing::CommandTest;

constexpr char kWrongType[] =
    "-WRONGTYPE Operation against a key holding the wrong kind of value";

class BitmapCommands : public CommandTest {};

constexpr char kBadOffset[] =
    "-ERR bit offset is not an integer or out of range";

TEST_F(BitmapCommands, BitsAreSetAndRead) {
  EXPECT_EQ(client_.Run("SETBIT k 7 1"), ":0");
  EXPECT_EQ(client_.Run("SETBIT k 7 0"), ":1");
  EXPECT_EQ(client_.Run("SETBIT k 1 1"), ":0");
  EXPECT_EQ(client_.Run("GET k"), "\"@\"");
  EXPECT_EQ(client_.Run("GETBIT k 1"), ":1");
  EXPECT_EQ(client_.Run("GETBIT k 4294967295"), ":0");
}

TEST_F(BitmapCommands, OffsetsAndBitsAreChecked) {
  EXPECT_EQ(client_.Run("SETBIT k 4294967296 1"), kBadOffset);
  EXPECT_EQ(client_.Run("SETBIT k -1 x"), kBadOffset);
  EXPECT_EQ(client_.Run("GETBIT k x"), kBadOffset);
  EXPECT_EQ(client_.Run("SETBIT k #1 1"), kBadOffset);
  EXPECT_EQ(client_.Run("SETBIT k 1 2"),
            "-ERR bit is not an integer or out of range");
  EXPECT_EQ(client_.Run("ZADD z 1 a"), ":1");
  EXPECT_EQ(client_.Run("SETBIT z 1 1"), kWrongType);
}

TEST_F(BitmapCommands, OnesAreCounted) {
  EXPECT_EQ(client_.Run("SET k foobar"), "+OK");
  EXPECT_EQ(client_.Run("BITCOUNT k"), ":26");
  EXPECT_EQ(client_.Run("BITCOUNT k 1 1 BYTE"), ":6");
  EXPECT_EQ(client_.Run("BITCOUNT k 5 30 BIT"), ":17");
  EXPECT_EQ(client_.Run("BITCOUNT k 1"), "-ERR syntax error");
  // Redis 7.2 looks at the arguments even where the key is absent.
  EXPECT_EQ(client_.Run("BITCOUNT absent 1 x"),
            "-ERR value is not an integer or out of range");
  EXPECT_EQ(client_.Run("BITCOUNT absent 0 1 FOO"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("BITCOUNT absent"), ":0");
}

TEST_F(BitmapCommands, BitsAreFound) {
  EXPECT_EQ(client_.Run({"SET", "k", "\xff\xf0"}), "+OK");
  EXPECT_EQ(client_.Run("BITPOS k 0"), ":12");
  EXPECT_EQ(client_.Run("BITPOS k 1 1"), ":8");
  EXPECT_EQ(client_.Run("BITPOS k 0 0 0"), ":-1");
  EXPECT_EQ(client_.Run("BITPOS k 1 12 -1 BIT"), ":-1");
  EXPECT_EQ(client_.Run("BITPOS k 2"), "-ERR The bit argument must be 1 or 0.");
  EXPECT_EQ(client_.Run("BITPOS k 1 0 x FOO"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("BITPOS k 1 0 x BIT"),
            "-ERR value is not an integer or out of range");
}

TEST_F(BitmapCommands, StringsAreCombined) {
  EXPECT_EQ(client_.Run("MSET a abc b ab"), "+OK");
  EXPECT_EQ(client_.Run("BITOP AND d a b"), ":3");
  EXPECT_EQ(client_.Run("GET d"), "\"ab\\x00\"");
  EXPECT_EQ(client_.Run("BITOP not d absent"), ":0");
  EXPECT_EQ(client_.Run("EXISTS d"), ":0");
  EXPECT_EQ(client_.Run("BITOP NOT d a b"),
            "-ERR BITOP NOT must be called with a single source key.");
  EXPECT_EQ(client_.Run("BITOP NAND d a b"), "-ERR syntax error");
}

TEST_F(BitmapCommands, FieldsAreReadAndChangedInOrder) {
  EXPECT_EQ(client_.Run("BITFIELD k INCRBY i5 100 1 GET u4 0"), "[:1, :0]");
  EXPECT_EQ(client_.Run("BITFIELD f SET u8 #1 255 OVERFLOW FAIL INCRBY u8 #1 1 "
                        "OVERFLOW SAT INCRBY u8 8 9 GET u8 #1"),
            "[:0, nil, :255, :255]");
  EXPECT_EQ(client_.Run("BITFIELD k"), "[]");
  EXPECT_EQ(client_.Run("BITFIELD_RO f GET u8 8 GET i8 8"), "[:255, :-1]");
}

TEST_F(BitmapCommands, FieldsAreCheckedBeforeAnythingChanges) {
  constexpr char kBadType[] =
      "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is "
      "not supported but i64 is.";
  EXPECT_EQ(client_.Run("BITFIELD k SET u8 0 1 GET u64 0"), kBadType);
  EXPECT_EQ(client_.Run("BITFIELD k SET u8 0 1 GET i0 0"), kBadType);
  EXPECT_EQ(client_.Run("BITFIELD k SET u8 0 1 GET u8 #9223372036854775807"),
            kBadOffset);
  EXPECT_EQ(client_.Run("BITFIELD k SET u8 0 1 OVERFLOW foo"),
            "-ERR Invalid OVERFLOW type specified");
  EXPECT_EQ(client_.Run("BITFIELD k SET u8 0 1 GET u8"), "-ERR syntax error");
  EXPECT_EQ(client_.Run("BITFIELD k SET i64 4294967295 1"), kBadOffset);
  EXPECT_EQ(client_.Run("BITFIELD_RO k GET u8 0 SET u8 0 1"),
            "-ERR BITFIELD_RO only supports the GET subcommand");
  EXPECT_EQ(client_.Run("EXISTS k"), ":0");
}

}  // namespace
}  // namespace kv::gateway
