#include "tests/clients/cli/rdb/sample_files.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tests/clients/cli/rdb/rdb_bytes.h"

namespace kv::rdb::test {
namespace {

using absl::StrAppend;
using absl::StrCat;

// A stream of one of the three types, with a group and its consumers.
std::string StreamOf(int type) {
  const std::string id(16, 'i');
  const std::string time(8, 't');
  std::string stream =
      StrCat(Length(2), String(id), String("listpack"), String(id),
             String("another"), Length(10), Length(1700000000000), Length(0));
  if (type > 15) {
    StrAppend(&stream, Length(1), Length(2), Length(3), Length(4), Length(5));
  }
  StrAppend(&stream, Length(1), String("group"), Length(1), Length(2));
  if (type > 15) StrAppend(&stream, Length(~uint64_t{0}));
  StrAppend(&stream, Length(2), id, time, Length(1), id, time, Length(300));
  StrAppend(&stream, Length(2), String("alice"), time);
  if (type > 19) StrAppend(&stream, time);
  StrAppend(&stream, Length(2), id, id, String("bob"), time);
  if (type > 19) StrAppend(&stream, time);
  StrAppend(&stream, Length(0));
  return stream;
}

std::string ModuleValue() {
  return StrCat(Length(uint64_t{1} << 60), "\x01", Length(~uint64_t{0}), "\x02",
                Length(7), "\x03", "flt.", "\x04", "a double", "\x05",
                String("text"), "\x05", "\xc0\x07", std::string(1, '\0'));
}

}  // namespace

std::string OtherOpcodes() {
  const std::string number = "\x02" + Length(1);  // as modules write it
  return StrCat(
      Little(250, 1), String("redis-ver"), String("7.0.15"),  // AUX
      Little(250, 1), String("redis-bits"), "\xc0\x40",       // an integer
      Little(251, 1), Length(1), Length(0),                   // RESIZEDB
      Little(248, 1), Length(123456),                         // IDLE
      Little(249, 1), "\xff",                                 // FREQ
      Little(245, 1), String("#!lua name=f\n"),               // FUNCTION2
      Little(246, 1), String("f"), String("LUA"), Length(1), String("what"),
      String("source"),  // FUNCTION
      Little(246, 1), String("g"), String("LUA"), Length(0), String("source"),
      Little(247, 1), Length(uint64_t{1} << 60), number, number,  // MODULE_AUX
      "\x05", String("text"), std::string(1, '\0'), Little(244, 1), Length(5),
      Length(6), Length(7));  // SLOT_INFO
}

std::vector<OtherValue> OtherValues() {
  const std::string time(8, 't');
  return {
      {1, Kind::kList, StrCat(Length(2), String("a"), "\xc0\x05")},
      {2, Kind::kSet, StrCat(Length(2), String("a"), String("b"))},
      {4, Kind::kHash, StrCat(Length(1), String("field"), String("value"))},
      {7, Kind::kModule, ModuleValue()},
      {9, Kind::kHash,
       String(absl::string_view("\x01\x03"
                                "foo\x03\x00"
                                "bar\xff",
                                11))},
      {10, Kind::kList, String(Ziplist({"\xf2"}))},
      {11, Kind::kSet, String(StrCat(Little(2, 4), Little(1, 4), "\x07\x00"))},
      {13, Kind::kHash, String(Ziplist({"\xf2", "\xf3"}))},
      {14, Kind::kList,
       StrCat(Length(2), String(Ziplist({"\xf2"})),
              CompressedString(std::string(99, 'a')))},
      {15, Kind::kStream, StreamOf(15)},
      {16, Kind::kHash, String(Listpack({"\x01", "\x02"}))},
      {18, Kind::kList,
       StrCat(Length(2), Length(1), String("plain"), Length(2),
              String(Listpack({"\x01"})))},
      {19, Kind::kStream, StreamOf(19)},
      {20, Kind::kSet, String(Listpack({"\x01"}))},
      {21, Kind::kStream, StreamOf(21)},
      {22, Kind::kHash,
       StrCat(Length(1), Length(1700000000000), String("f"), String("v"))},
      {23, Kind::kHash, String(Listpack({"\x01", "\x02", "\x03"}))},
      {24, Kind::kHash,
       StrCat(time, Length(2), Length(0), String("f"), String("v"), Length(1),
              String("g"), String("w"))},
      {25, Kind::kHash,
       StrCat(time, String(Listpack({"\x01", "\x02", "\x03"})))},
  };
}

std::string EverythingFile() {
  const auto l = ListpackString;
  std::string file = Header() + OtherOpcodes();
  StrAppend(&file, Little(254, 1), Length(0), Key(0, "s", String("value")),
            Key(0, "n", "\xc1" + Little(300, 2)), Little(252, 1),
            Little(1900000000000, 8),
            Key(0, "c", CompressedString(std::string(300, 'x'))),
            Key(3, "z3",
                StrCat(Length(1), String("m"),
                       "\x03"
                       "1.5")),
            Key(5, "z5", StrCat(Length(1), String("m"), DoubleBytes(1.5))),
            Key(12, "z12", String(Ziplist({"\xf2", "\xf3"}))),
            Key(17, "z17", String(Listpack({l("m"), "\x03"}))),
            Key(5, "empty", Length(0)));
  for (const OtherValue& value : OtherValues()) {
    StrAppend(&file, Key(value.type, "k", value.bytes));
  }
  StrAppend(&file, Little(254, 1), Length(2), Key(0, "other", String("v")));
  return Ended(file);
}

}  // namespace kv::rdb::test
