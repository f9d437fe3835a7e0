#ifndef FASTKV_CLIENTS_CLI_RDB_SKIP_H_
#define FASTKV_CLIENTS_CLI_RDB_SKIP_H_

#include "clients/cli/rdb/format.h"
#include "clients/cli/rdb/input.h"

namespace kv::rdb {

// Passes over a value, of any length, in little memory. Errors are the input's:
// those of what it meets, and for a value that is opaque.
void SkipValue(Input& input, const Type& type);

// Passes over what a module keeps beside its keys, behind kModuleAux.
void SkipModuleAux(Input& input);

}  // namespace kv::rdb

#endif  // FASTKV_CLIENTS_CLI_RDB_SKIP_H_
