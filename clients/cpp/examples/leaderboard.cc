// leaderboard: scores of players, where nobody submits too often.
//
//   leaderboard HOST:PORT submit PLAYER SCORE
//   leaderboard HOST:PORT top [COUNT]
//   leaderboard HOST:PORT rank PLAYER
//
// A player's best score counts. Who has submitted waits two seconds until the
// next submission: a key that expires by itself stands for the wait.

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cpp/client.h"

namespace {

constexpr char kBoard[] = "leaderboard";
constexpr absl::Duration kWait = absl::Seconds(2);

// The turn and the score are taken in one transaction: a submission that is
// refused leaves no trace, and one that fails does not cost the turn.
absl::Status Submit(fastkv::Client& client, const std::string& player,
                    double score) {
  const std::string turn = absl::StrCat("leaderboard:turn:", player);
  fastkv::v1::SortedSetServiceAddRequest add =
      fastkv::SortedSetAdd(kBoard, {{player, score}});
  add.set_score_condition(fastkv::v1::SCORE_CONDITION_GREATER);
  const auto done = client.Execute(
      fastkv::Transaction()
          .If(fastkv::KeyIsAbsent(turn))
          .Then(fastkv::Set(turn, "", {.expiry = fastkv::Expiry::In(kWait)}))
          .Then(std::move(add))
          .Then(fastkv::SortedSetGetRank(kBoard, player, /*reverse=*/true))
          .Else(fastkv::GetTtl(turn)));
  if (!done.ok()) return done.status();
  if (!done->succeeded()) {
    std::cout << "too fast: wait "
              << absl::Milliseconds(done->results(0).get_ttl().ttl_ms())
              << "\n";
    return absl::OkStatus();
  }
  const auto& place = done->results(2).sorted_set_get_rank();
  std::cout << player << " has " << place.score() << ", place "
            << place.rank() + 1 << "\n";
  return absl::OkStatus();
}

absl::Status PrintTop(fastkv::Client& client, int64_t count) {
  fastkv::v1::SortedSetServiceRangeRequest best =
      fastkv::SortedSetRange(kBoard, fastkv::ByRank(0, count - 1));
  best.set_reverse(true);
  const auto range = client.Call(best);
  if (!range.ok()) return range.status();
  int place = 0;
  for (const fastkv::v1::ScoredMember& player : range->members()) {
    std::cout << ++place << ". " << player.member() << " " << player.score()
              << "\n";
  }
  return absl::OkStatus();
}

absl::Status PrintRank(fastkv::Client& client, const std::string& player) {
  const auto place =
      client.Call(fastkv::SortedSetGetRank(kBoard, player, /*reverse=*/true));
  if (!place.ok()) return place.status();
  if (!place->has_rank()) return absl::NotFoundError("no such player");
  std::cout << place->rank() + 1 << "\n";
  return absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& words) {
  if (words.size() < 2) {
    return absl::InvalidArgumentError("HOST:PORT submit|top|rank ...");
  }
  const auto client = fastkv::Client::Connect({.target = words[0]});
  if (!client.ok()) return client.status();
  double score;
  int64_t count = 10;
  if (words[1] == "submit" && words.size() == 4 &&
      absl::SimpleAtod(words[3], &score)) {
    return Submit(**client, words[2], score);
  }
  if (words[1] == "rank" && words.size() == 3) {
    return PrintRank(**client, words[2]);
  }
  if (words[1] == "top" &&
      (words.size() == 2 || absl::SimpleAtoi(words[2], &count))) {
    return PrintTop(**client, count);
  }
  return absl::InvalidArgumentError(
      "submit PLAYER SCORE, top [COUNT], rank PLAYER");
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run({argv + 1, argv + argc});
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "leaderboard: " << status.message() << "\n";
  return EXIT_FAILURE;
}
