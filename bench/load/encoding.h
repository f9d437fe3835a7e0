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

}  // namespace kv::bench

#endif  // FASTKV_BENCH_LOAD_ENCODING_H_
