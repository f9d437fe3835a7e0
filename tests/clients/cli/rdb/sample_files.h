#ifndef FASTKV_TESTS_CLIENTS_CLI_RDB_SAMPLE_FILES_H_
#define FASTKV_TESTS_CLIENTS_CLI_RDB_SAMPLE_FILES_H_

#include <string>
#include <vector>

#include "clients/cli/rdb/format.h"

// Items of RDB files, one of each sort.
namespace kv::rdb::test {

// What stands between keys and means nothing to the reader.
std::string OtherOpcodes();

// Values of types that the reader skips: one of each number.
struct OtherValue {
  int type;
  Kind kind;
  std::string bytes;
};
std::vector<OtherValue> OtherValues();

// All of it: every opcode and every type, wanted and not. Seven entries are of
// database 0.
std::string EverythingFile();

}  // namespace kv::rdb::test

#endif  // FASTKV_TESTS_CLIENTS_CLI_RDB_SAMPLE_FILES_H_
