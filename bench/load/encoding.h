#ifndef FASTKV_BENCH_LOAD_ENCODING_H_
#define FASTKV_BENCH_LOAD_ENCODING_H_

#include <string>

#include "bench/load/workload.h"

namespace kv::bench {

// Appends the bytes of one request.
//
// Format     tcp_gateway/PROTOCOL.md, the text protocol.
void AppendText(const Operation& operation, std::string* out);

// Format     RESP, as Redis' clients send it: an array of bulk strings.
void AppendResp(const Operation& operation, std::string* out);

// Format     memcached's text protocol: get, set and version, for lack of PING.
// Returns false, and appends nothing, if it has no such request.
bool AppendMemcached(const Operation& operation, std::string* out);

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_ENCODING_H_
