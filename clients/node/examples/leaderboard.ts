// A leaderboard with rate-limited submissions.
//
//   npm run build
//   npm run leaderboard -- submit alice 120
//   npm run leaderboard -- top 10
//   npm run leaderboard -- rank alice
//
// A player may submit once an interval; the best score counts.

import {parseArgs} from 'node:util';
import {byRank, Client, type Rank, type Scored, type SortedSet} from '@fastkv/client';

class Leaderboard {
  readonly #scores: SortedSet;

  constructor(readonly client: Client, readonly name: string, readonly intervalMs: number) {
    this.#scores = client.sortedSet(`${name}:scores`);
  }

  /** Whether the player was allowed to submit now. */
  async submit(player: string, score: number): Promise<boolean> {
    // The key is there as long as the player has to wait. A retry of this call carries the
    // same request id, so it cannot lock the player out.
    const turn = await this.client.set(`${this.name}:submitted:${player}`, '',
                                       {ttlMs: this.intervalMs, mustNotExist: true});
    if (!turn.applied) return false;
    await this.#scores.add({[player]: score}, {scores: 'greater'});
    return true;
  }

  top(count: number): Promise<Scored[]> {
    return this.#scores.range({range: byRank(0, count - 1), reverse: true});
  }

  /** Counted from the best, which is 0. */
  rank(player: string): Promise<Rank | undefined> {
    return this.#scores.rank(player, {reverse: true});
  }
}

const USAGE = 'leaderboard [--target HOST:PORT] [--name NAME] [--interval SECONDS] ' +
    'submit PLAYER SCORE | top [COUNT] | rank PLAYER';

/** One command; whether it did what was asked. */
async function run(board: Leaderboard, [command, ...rest]: string[]): Promise<boolean> {
  const [player = '', score = ''] = rest;
  if (command === 'submit' && rest.length === 2 && Number.isFinite(Number(score))) {
    const done = await board.submit(player, Number(score));
    console.log(done ? `${player} submitted ${Number(score)}` : `${player} has to wait`);
    return done;
  }
  if (command === 'top' && rest.length <= 1) {
    for (const [i, each] of (await board.top(Number(rest[0] ?? 10))).entries()) {
      console.log(`${i + 1}. ${each.member} ${each.score}`);
    }
    return true;
  }
  if (command === 'rank' && rest.length === 1) {
    const found = await board.rank(player);
    console.log(found ? `${player} is number ${found.rank + 1} with ${found.score}` : `${player} has no score`);
    return found !== undefined;
  }
  console.error(USAGE);
  return false;
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    target: {type: 'string', default: '127.0.0.1:50051'},
    name: {type: 'string', default: 'leaderboard'},
    interval: {type: 'string', default: '1'},
  },
});
const client = new Client(values.target ?? '');
try {
  const board = new Leaderboard(client, values.name ?? '', Number(values.interval) * 1000);
  process.exitCode = await run(board, positionals) ? 0 : 1;
} finally {
  client.close();
}
