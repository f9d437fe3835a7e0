#include "tests/tcp_gateway/wire/framer_driver.h"

#include <algorithm>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace kv::gateway {

namespace {

// Adds what one call of Parse says; false if the connection would end.
bool Record(const FrameResult& result, RequestBatch* batch, Framed* framed) {
  for (const Request& request : batch->Requests()) {
    framed->events.push_back(absl::StrJoin(request.args, "|"));
    if (request.ending == LineEnding::kLf) framed->events.back() += " (LF)";
  }
  switch (result.status) {
    case FrameResult::Status::kOk:
      return true;
    case FrameResult::Status::kRejected:
      framed->events.push_back(absl::StrCat("! ", result.error));
      return true;
    case FrameResult::Status::kBroken:
      framed->events.push_back(absl::StrCat("!! ", result.error));
      return false;
  }
  return false;
}

}  // namespace

Framed Frame(const Framer& framer, absl::string_view input,
             const FrameLimits& limits,
             const std::function<size_t(size_t position)>& piece_size) {
  Framed framed;
  RequestBatch batch;
  std::unique_ptr<PartialRequest> partial;
  size_t begin = 0;
  size_t arrived = 0;
  size_t needed = 1;
  while (arrived < input.size()) {
    arrived = std::min(input.size(), arrived + piece_size(arrived));
    while (arrived - begin >= needed) {
      absl::string_view seen = input.substr(begin, arrived - begin);
      // A copy that ends where the bytes do: reading on would be noticed.
      std::string copy;
      if (input.size() < 10'000) seen = copy = std::string(seen);
      batch.Clear();
      const FrameResult result = framer.Parse(seen, limits, &partial, &batch);
      ++framed.calls;
      EXPECT_LE(result.consumed, seen.size());
      begin += result.consumed;
      if (!Record(result, &batch, &framed)) {
        framed.rest = input.size() - begin;
        return framed;
      }
      const size_t rest = arrived - begin;
      EXPECT_TRUE(result.needed == 0 || result.needed > rest)
          << "needs " << result.needed << " and has " << rest;
      needed = std::max<size_t>(result.needed, 1);
    }
  }
  framed.rest = input.size() - begin;
  return framed;
}

Framed FrameWhole(const Framer& framer, absl::string_view input,
                  const FrameLimits& limits) {
  return Frame(framer, input, limits, [&](size_t) { return input.size(); });
}

Framed FramePieces(const Framer& framer, absl::string_view input, size_t size,
                   const FrameLimits& limits) {
  return Frame(framer, input, limits, [size](size_t) { return size; });
}

void ExpectSameAtEverySplit(const Framer& framer, absl::string_view input,
                            const FrameLimits& limits) {
  const Framed whole = FrameWhole(framer, input, limits);
  for (size_t split = 1; split < input.size(); ++split) {
    const Framed framed = Frame(framer, input, limits, [&](size_t position) {
      return position == 0 ? split : input.size() - split;
    });
    ASSERT_EQ(framed.events, whole.events) << "split at " << split;
    ASSERT_EQ(framed.rest, whole.rest) << "split at " << split;
  }
  for (size_t size = 1; size < input.size(); ++size) {
    const Framed framed = FramePieces(framer, input, size, limits);
    ASSERT_EQ(framed.events, whole.events) << "pieces of " << size;
    ASSERT_EQ(framed.rest, whole.rest) << "pieces of " << size;
  }
}

void FeedGarbage(const Framer& framer, absl::string_view alphabet, int rounds,
                 unsigned seed) {
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    std::string input(random() % 400, '\0');
    for (char& c : input) c = alphabet[random() % alphabet.size()];
    Frame(framer, input, FrameLimits(),
          [&](size_t) { return 1 + random() % 40; });
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace kv::gateway
