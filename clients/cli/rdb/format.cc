#include "clients/cli/rdb/format.h"

namespace kv::rdb {
namespace {

constexpr Type kTypes[] = {
    {0, Kind::kString, Layout::kString},
    {1, Kind::kList, Layout::kStrings},
    {2, Kind::kSet, Layout::kStrings},
    {3, Kind::kSortedSet, Layout::kTextScores},
    {4, Kind::kHash, Layout::kPairsOfStrings},
    {5, Kind::kSortedSet, Layout::kBinaryScores},
    {6, Kind::kModule, Layout::kOpaque},
    {7, Kind::kModule, Layout::kModule},
    {9, Kind::kHash, Layout::kString},   // zipmap
    {10, Kind::kList, Layout::kString},  // ziplist
    {11, Kind::kSet, Layout::kString},   // intset
    {kSortedSetZiplist, Kind::kSortedSet, Layout::kString},
    {13, Kind::kHash, Layout::kString},   // ziplist
    {14, Kind::kList, Layout::kStrings},  // quicklist of ziplists
    {kStream1, Kind::kStream, Layout::kStream},
    {16, Kind::kHash, Layout::kString},  // listpack
    {kSortedSetListpack, Kind::kSortedSet, Layout::kString},
    {18, Kind::kList, Layout::kNodes},  // quicklist of listpacks and strings
    {19, Kind::kStream, Layout::kStream},
    {20, Kind::kSet, Layout::kString},  // listpack
    {kStream3, Kind::kStream, Layout::kStream},
    // Hashes with fields that expire: of 7.4's release candidates, and since,
    // when the time of the first one to expire came to stand in front.
    {22, Kind::kHash, Layout::kFieldsThatExpire},
    {23, Kind::kHash, Layout::kString},
    {24, Kind::kHash, Layout::kFieldsThatExpire, /*prefix_bytes=*/8},
    {25, Kind::kHash, Layout::kString, /*prefix_bytes=*/8},
};

}  // namespace

absl::string_view NameOf(Kind kind, bool plural) {
  switch (kind) {
    case Kind::kString:
      return plural ? "strings" : "string";
    case Kind::kSortedSet:
      return plural ? "sorted sets" : "sorted set";
    case Kind::kList:
      return plural ? "lists" : "list";
    case Kind::kSet:
      return plural ? "sets" : "set";
    case Kind::kHash:
      return plural ? "hashes" : "hash";
    case Kind::kStream:
      return plural ? "streams" : "stream";
    case Kind::kModule:
      return plural ? "module values" : "module value";
  }
  return "";
}

absl::optional<Type> FindType(uint8_t number) {
  for (const Type& type : kTypes) {
    if (type.number == number) return type;
  }
  return absl::nullopt;
}

}  // namespace kv::rdb
