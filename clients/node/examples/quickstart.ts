import {byRank, Client} from '@fastkv/client';

const client = new Client('127.0.0.1:50051');
await client.set('greeting', 'hello', {ttlMs: 60_000});
console.log((await client.get('greeting'))?.toString());
const board = client.sortedSet('board');
await board.add({alice: 120, bob: 95});
for (const {member, score} of await board.range({range: byRank(0, 9), reverse: true})) {
  console.log(member.toString(), score);
}
client.close();
