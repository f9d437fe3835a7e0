// Framers and writers without sockets: nanoseconds per request, parsed in
// batches as a connection does.
//
//   bazel run --config=release //bench/tcp_gateway:framer_benchmark

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "tcp_gateway/wire/framer.h"
#include "tcp_gateway/wire/legacy_framer.h"
#include "tcp_gateway/wire/output_buffer.h"
#include "tcp_gateway/wire/resp_framer.h"
#include "tcp_gateway/wire/resp_writer.h"
#include "tcp_gateway/wire/text_framer.h"
#include "tcp_gateway/wire/text_writer.h"

namespace kv::gateway {
namespace {

constexpr int kRequests = 64;

// What one read of a pipeline of kRequests holds.
std::string Repeat(const std::string& request) {
  std::string input;
  for (int i = 0; i < kRequests; ++i) input += request;
  return input;
}

void Parse(benchmark::State& state, const Framer& framer,
           const std::string& input) {
  RequestBatch batch;
  std::unique_ptr<PartialRequest> partial;
  const FrameLimits limits;
  for (auto _ : state) {
    batch.Clear();
    const FrameResult result = framer.Parse(input, limits, &partial, &batch);
    if (result.consumed != input.size()) state.SkipWithError("not consumed");
    benchmark::DoNotOptimize(batch.Requests().data());
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}

const char kKey[] = "key:0000000000ab";

std::string Value(benchmark::State& state) {
  return std::string(state.range(0), 'v');
}

void BM_TextGet(benchmark::State& state) {
  Parse(state, TextFramer(), Repeat(absl::StrCat("GET ", kKey, "\r\n")));
}
BENCHMARK(BM_TextGet);

void BM_TextSetBlock(benchmark::State& state) {
  const std::string value = Value(state);
  Parse(state, TextFramer(),
        Repeat(absl::StrCat("SET ", kKey, " 0 ", value.size(), "\r\n", value,
                            "\r\n")));
}
BENCHMARK(BM_TextSetBlock)->Arg(64)->Arg(4096);

void BM_TextQuoted(benchmark::State& state) {
  Parse(state, TextFramer(), Repeat("ECHO \"two words \\\"quoted\\\"\"\r\n"));
}
BENCHMARK(BM_TextQuoted);

void BM_RespGet(benchmark::State& state) {
  Parse(state, RespFramer(),
        Repeat(absl::StrCat("*2\r\n$3\r\nGET\r\n$16\r\n", kKey, "\r\n")));
}
BENCHMARK(BM_RespGet);

void BM_RespSet(benchmark::State& state) {
  const std::string value = Value(state);
  Parse(state, RespFramer(),
        Repeat(absl::StrCat("*3\r\n$3\r\nSET\r\n$16\r\n", kKey, "\r\n$",
                            value.size(), "\r\n", value, "\r\n")));
}
BENCHMARK(BM_RespSet)->Arg(64)->Arg(4096);

void BM_LegacyGet(benchmark::State& state) {
  const std::string request("\x1f\0\0\0\2\0\0\0\3\0\0\0get\x10\0\0\0", 19);
  Parse(state, LegacyFramer(), Repeat(request + kKey));
}
BENCHMARK(BM_LegacyGet);

template <typename Writer>
void BM_WriteBulk(benchmark::State& state) {
  const std::string value = Value(state);
  OutputBuffer output;
  Writer writer;
  writer.SetOutput(&output);
  for (auto _ : state) {
    for (int i = 0; i < kRequests; ++i) {
      writer.BeginReply(LineEnding::kCrLf);
      static_cast<ReplyWriter&>(writer).Bulk(value);
    }
    output.Consume(output.pending());
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}
BENCHMARK_TEMPLATE(BM_WriteBulk, TextWriter)->Arg(64);
BENCHMARK_TEMPLATE(BM_WriteBulk, RespWriter)->Arg(64)->Arg(4096);

void BM_WriteInteger(benchmark::State& state) {
  OutputBuffer output;
  RespWriter writer;
  writer.SetOutput(&output);
  for (auto _ : state) {
    for (int i = 0; i < kRequests; ++i) writer.Integer(i);
    output.Consume(output.pending());
  }
  state.SetItemsProcessed(state.iterations() * kRequests);
}
BENCHMARK(BM_WriteInteger);

}  // namespace
}  // namespace kv::gateway
