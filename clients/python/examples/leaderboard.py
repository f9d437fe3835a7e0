"""A leaderboard with rate-limited submissions.

    python examples/leaderboard.py submit alice 120
    python examples/leaderboard.py top 10
    python examples/leaderboard.py rank alice

A player may submit once an interval; the best score counts.
"""

from __future__ import annotations

import argparse
import sys

import fastkv


class Leaderboard:
    def __init__(self, client: fastkv.Client, name: str, interval: float) -> None:
        self._client = client
        self._name = name
        self._interval = interval
        self._scores = client.sorted_set(f"{name}:scores")

    def submit(self, player: str, score: float) -> bool:
        """Whether the player was allowed to submit now."""
        # The key is there as long as the player has to wait.  A retry of this call
        # carries the same request_id, so it cannot lock the player out.
        turn = self._client.set(f"{self._name}:submitted:{player}", "", ttl=self._interval,
                                must_not_exist=True)
        if not turn:
            return False
        self._scores.add({player: score}, scores="greater")
        return True

    def top(self, count: int) -> list[fastkv.Scored]:
        return self._scores.range(fastkv.by_rank(0, count - 1), reverse=True)

    def rank(self, player: str) -> fastkv.Rank | None:
        """Counted from the best, which is 0."""
        return self._scores.rank(player, reverse=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="A leaderboard in FastKV.")
    parser.add_argument("--target", default="127.0.0.1:50051")
    parser.add_argument("--name", default="leaderboard")
    parser.add_argument("--interval", type=float, default=1, help="seconds between submissions")
    commands = parser.add_subparsers(dest="command", required=True)
    submit = commands.add_parser("submit")
    submit.add_argument("player")
    submit.add_argument("score", type=float)
    top = commands.add_parser("top")
    top.add_argument("count", type=int, nargs="?", default=10)
    rank = commands.add_parser("rank")
    rank.add_argument("player")
    arguments = parser.parse_args()

    with fastkv.Client(arguments.target) as client:
        board = Leaderboard(client, arguments.name, arguments.interval)
        if arguments.command == "submit":
            if not board.submit(arguments.player, arguments.score):
                print(f"{arguments.player} has to wait")
                return 1
            print(f"{arguments.player} submitted {arguments.score:g}")
        elif arguments.command == "top":
            for place, each in enumerate(board.top(arguments.count), start=1):
                print(f"{place}. {each.member.decode()} {each.score:g}")
        else:
            found = board.rank(arguments.player)
            if found is None:
                print(f"{arguments.player} has no score")
                return 1
            print(f"{arguments.player} is number {found.rank + 1} with {found.score:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
