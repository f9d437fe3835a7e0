#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "store/base/check.h"
#include "store/flat_run.h"
#include "tests/fuzz/fuzz_input.h"

namespace kv::fuzz {
namespace {

using Pairs = std::vector<std::pair<double, std::string>>;

constexpr size_t kMaxSteps = 400;

Pairs Listed(const store::FlatRun& run) {
  Pairs pairs;
  run.Visit(0, run.size(), /*reverse=*/false,
            [&](absl::string_view member, double score) {
              pairs.emplace_back(score, member);
            });
  return pairs;
}

Pairs ListedDown(const store::FlatRun& run) {
  Pairs pairs;
  if (run.size() == 0) return pairs;
  run.Visit(run.size() - 1, run.size(), /*reverse=*/true,
            [&](absl::string_view member, double score) {
              pairs.emplace_back(score, member);
            });
  std::reverse(pairs.begin(), pairs.end());
  return pairs;
}

// A score whose packed form may have any of its lengths.
double Score(FuzzInput& input) {
  const absl::string_view bytes = input.Bytes(input.Below(9));
  int64_t integer = 0;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&integer));
  double score;
  if (input.Below(2) == 0) return static_cast<double>(integer);
  static_assert(sizeof(score) == sizeof(integer));
  std::copy_n(reinterpret_cast<const char*>(&integer), sizeof(score),
              reinterpret_cast<char*>(&score));
  return score != score ? 0 : score + 0.0;  // no NaN, no -0
}

void Step(FuzzInput& input, store::FlatRun& run, Pairs& model) {
  const uint8_t action = input.Byte();
  if (action % 8 == 0) {
    const size_t first = input.Byte(), count = input.Byte() % 8;
    run.EraseRange(first, count);
    const size_t begin = std::min(first, model.size());
    model.erase(model.begin() + begin,
                model.begin() + std::min(begin + count, model.size()));
    return;
  }
  const std::string member(input.Bytes(action % 70));
  const auto known =
      std::find_if(model.begin(), model.end(),
                   [&](const auto& pair) { return pair.second == member; });
  const auto place = run.Find(member);
  FASTKV_CHECK(place.has_value() == (known != model.end()), "Find");
  if (place.has_value()) {
    FASTKV_CHECK(
        place->rank == known - model.begin() && place->score == known->first,
        "Find gave another place");
    run.Erase(*place);
    model.erase(known);
  } else if (run.HasRoomFor(member)) {
    const double score = Score(input);
    run.Insert(member, score);
    model.emplace_back(score, member);
    std::sort(model.begin(), model.end());
  }
}

}  // namespace
}  // namespace kv::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kv::fuzz::FuzzInput input(data, size);
  kv::store::FlatRun run;
  kv::fuzz::Pairs model;
  for (size_t step = 0; step < kv::fuzz::kMaxSteps && !input.empty(); ++step) {
    kv::fuzz::Step(input, run, model);
    run.CheckInvariants();
    FASTKV_CHECK(kv::fuzz::Listed(run) == model, "not the model's members");
    FASTKV_CHECK(kv::fuzz::ListedDown(run) == model, "not so downwards");
  }
  return 0;
}
