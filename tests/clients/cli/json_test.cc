#include <limits>
#include <string>

#include "clients/cli/entry_json.h"
#include "clients/cli/message_json.h"
#include "fastkv/v1/key_value.pb.h"
#include "fastkv/v1/operation.pb.h"
#include "fastkv/v1/sorted_set.pb.h"
#include "fastkv/v1/transaction.pb.h"
#include "gtest/gtest.h"

namespace kv::cli {
namespace {

namespace v1 = fastkv::v1;

TEST(MessageJsonTest, WhatIsNotThereIsNull) {
  EXPECT_EQ(ToJson(v1::GetResponse()),
            R"({"value":null,"version":0,"ttl_ms":null})");
}

TEST(MessageJsonTest, BytesAreTextOrBase64) {
  v1::GetResponse got;
  got.set_value("gr\xc3\xbcn\n");
  got.set_version(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(ToJson(got),
            "{\"value\":\"gr\xc3\xbcn\\n\",\"version\":18446744073709551615,"
            "\"ttl_ms\":null}");
  got.set_value(std::string("\0\xff", 2));
  EXPECT_EQ(ToJson(got),
            R"({"value_base64":"AP8=","version":18446744073709551615,)"
            R"("ttl_ms":null})");
}

TEST(MessageJsonTest, EnumsAndListsAreReadable) {
  v1::ExistsResponse exists;
  exists.set_type(v1::VALUE_TYPE_SORTED_SET);
  EXPECT_EQ(ToJson(exists),
            R"({"exists":false,"type":"sorted_set","version":0})");
  v1::BatchDeleteResponse deleted;
  deleted.add_deleted(true);
  deleted.add_deleted(false);
  EXPECT_EQ(ToJson(deleted), R"({"deleted":[true,false]})");
}

TEST(MessageJsonTest, NumbersThatAreNotFiniteAreText) {
  v1::OperationResult result;
  v1::ScoredMember* member = result.mutable_sorted_set_range()->add_members();
  member->set_member("m");
  member->set_score(-std::numeric_limits<double>::infinity());
  EXPECT_EQ(ToJson(result), R"({"members":[{"member":"m","score":"-inf"}]})");
}

TEST(MessageJsonTest, AOneofShowsWhatIsSetOnly) {
  v1::ExecuteResponse response;
  response.add_results()->mutable_increment()->set_value(3);
  EXPECT_EQ(ToJson(response),
            R"({"succeeded":false,"results":[{"increment":{"value":3,)"
            R"("version":0}}],"version":0})");
}

TEST(EntryJsonTest, EntriesComeBack) {
  for (
      const char* line : {
          R"({"key":"k","type":"string","value":"v"})",
          R"({"key":"","type":"string","value":""})",
          R"({"key_base64":"/wA=","type":"string","value_base64":"gA=="})",
          R"({"key":"k","type":"string","value":"v","expire_time_ms":1500})",
          R"({"key":"z","type":"sorted_set","members":[)"
          R"({"member":"c","score":"-inf"},{"member":"a","score":0.1},)"
          R"({"member":"b","score":0.1},{"member_base64":"/w==","score":"inf"}]})",
      }) {
    auto entry = LineToEntry(line);
    ASSERT_TRUE(entry.ok()) << line << ": " << entry.status();
    EXPECT_EQ(EntryToLine(&*entry), line);
  }
}

TEST(EntryJsonTest, MembersAreOrdered) {
  auto entry =
      LineToEntry(R"({"key":"z","type":"sorted_set","members":[)"
                  R"({"member":"b","score":1},{"member":"a","score":1},)"
                  R"({"member":"z","score":-1}]})");
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(EntryToLine(&*entry),
            R"({"key":"z","type":"sorted_set","members":[)"
            R"({"member":"z","score":-1.0},{"member":"a","score":1.0},)"
            R"({"member":"b","score":1.0}]})");
}

TEST(EntryJsonTest, TheTypeMayBeLeftOutOfAString) {
  const auto entry = LineToEntry(R"({"key":"k","value":"v"})");
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(entry->string_value(), "v");
}

TEST(EntryJsonTest, WhatIsNoEntryIsRefused) {
  for (
      const char* line : {
          "",
          "null",
          "[]",
          "{",
          R"({"key":"k"})",
          R"({"value":"v"})",
          R"({"key":"k","value":1})",
          R"({"key":1,"value":"v"})",
          R"({"key":"k","key_base64":"aw==","value":"v"})",
          R"({"key_base64":"?","value":"v"})",
          R"({"key":"k","type":"list","value":"v"})",
          R"({"key":"k","type":7,"value":"v"})",
          R"({"key":"k","value":"v","expire_time_ms":0})",
          R"({"key":"k","value":"v","expire_time_ms":1.5})",
          R"({"key":"k","value":"v","expire_time_ms":"1"})",
          R"({"key":"z","type":"sorted_set"})",
          R"({"key":"z","type":"sorted_set","members":[]})",
          R"({"key":"z","type":"sorted_set","members":[1]})",
          R"({"key":"z","type":"sorted_set","members":[{"member":"m"}]})",
          R"({"key":"z","type":"sorted_set","members":[{"score":1}]})",
          R"({"key":"z","type":"sorted_set","members":[{"member":"m","score":"nan"}]})",
          R"({"key":"k","value":"v"} trailing)",
      }) {
    EXPECT_FALSE(LineToEntry(line).ok()) << line;
  }
}

}  // namespace
}  // namespace kv::cli
