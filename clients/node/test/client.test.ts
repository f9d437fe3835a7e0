// The client against the server at FASTKV_TARGET.

import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {after, test} from 'node:test';
import {status} from '@grpc/grpc-js';
import {
  append, batchDelete, batchSet, byRank, byScore, Client, compare, del, expire, FastKVError, get, increment, persist,
  set, sortedSetAdd, sortedSetCombineStore, sortedSetCount, sortedSetIncrement, sortedSetPop, Transaction,
} from '@fastkv/client';

const target = process.env['FASTKV_TARGET'];
assert.ok(target, 'FASTKV_TARGET names no server');
const client = new Client(target);
after(() => client.close());

// Tests may share the server: each has keys of its own.
function prefix(): string {
  return `${randomBytes(8).toString('hex')}:`;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function named(members: {member: Buffer; score: number}[]): [string, number][] {
  return members.map(({member, score}) => [member.toString(), score]);
}

function failsWith(reason: string) {
  return (error: unknown) => error instanceof FastKVError && error.reason === reason;
}

test('strings are bytes and text is UTF-8', async () => {
  const key = prefix();
  assert.equal(await client.get(key), undefined);
  await client.set(key, 'gr\u00fc\u00df');
  assert.deepEqual(await client.get(key), Buffer.from('gr\u00fc\u00df'));
  await client.set(Buffer.from(key), new Uint8Array([0, 255]));
  assert.deepEqual(await client.get(key), Buffer.from([0, 255]));
  await client.set(key, '');
  assert.equal((await client.get(key))?.length, 0);
});

test('conditions decide and previous values return', async () => {
  const key = prefix();
  assert.equal((await client.set(key, '1', {mustExist: true})).applied, false);
  const first = await client.set(key, '1', {mustNotExist: true});
  assert.equal(first.applied, true);
  const second = await client.set(key, '2', {versionEquals: first.version, returnPrevious: true});
  assert.equal(second.previous?.toString(), '1');
  assert.ok(second.version > first.version);
  assert.equal((await client.set(key, '3', {valueEquals: '1'})).applied, false);
  assert.deepEqual(await client.delete(key, {returnPrevious: true}),
                   {deleted: true, existed: true, previous: Buffer.from('2')});
  assert.throws(() => set(key, '4', {mustExist: true, valueEquals: '3'}), RangeError);
});

test('expiry is a duration or a date', async () => {
  const key = prefix();
  await client.set(key, 'v', {ttlMs: 60_000});
  const ttlMs = (await client.getEntry(key))?.ttlMs ?? 0;
  assert.ok(ttlMs > 0 && ttlMs <= 60_000);
  assert.equal(await client.expire(key, {ttlMs: 1000}, 'none'), false);
  const time = new Date('2100-01-01T00:00:00Z');
  assert.equal(await client.expire(key, {expireAt: time}), true);
  assert.deepEqual((await client.getExpiry(key))?.time, time);
  assert.equal(await client.persist(key), true);
  assert.equal((await client.getExpiry(key))?.ttlMs, undefined);
  assert.equal(await client.getExpiry(`${key}nothing`), undefined);
});

test('calls overlap, and counters have 64 bits', async () => {
  const key = prefix();
  const sums = await Promise.all(Array.from({length: 200}, () => client.increment(key)));
  assert.equal(new Set(sums).size, 200);
  assert.equal(await client.increment(key, 2n ** 62n), 2n ** 62n + 200n);
  assert.equal(await client.append(`${key}s`, 'abc'), 3);
});

test('batches answer in order', async () => {
  const p = prefix();
  await client.batchSet({[`${p}a`]: '1', [`${p}b`]: '2'}, {ttlMs: 60_000});
  const values = await client.batchGet([`${p}b`, `${p}nothing`, `${p}a`]);
  assert.deepEqual(values.map(value => value?.toString()), ['2', undefined, '1']);
  assert.deepEqual(await client.batchDelete([`${p}a`, `${p}a`]), [true, false]);
  assert.equal(await client.exists(`${p}a`), false);
  assert.equal((await client.keyStatus(`${p}b`))?.type, 'string');
});

test('keys come from all pages', async () => {
  const p = prefix();
  await client.batchSet(Array.from({length: 2500}, (_, i) => [`${p}${i}`, 'v'] as const));
  const keys = await all(client.keys({prefix: p, type: 'string'}));
  assert.equal(new Set(keys.map(({key}) => key.toString())).size, 2500);
});

test('errors have their reason', async () => {
  const key = prefix();
  await client.set(key, 'text');
  await assert.rejects(client.increment(key), (error: unknown) =>
    failsWith('VALUE_NOT_INTEGER')(error) && (error as FastKVError).code === status.FAILED_PRECONDITION);
  await assert.rejects(client.sortedSet(key).count(), failsWith('WRONG_TYPE'));
});

test('timeouts and signals end calls', async () => {
  const hasCode = (code: status) => (error: unknown) => error instanceof FastKVError && error.code === code;
  await assert.rejects(client.with({timeoutMs: -1}).get('k'), hasCode(status.DEADLINE_EXCEEDED));
  await assert.rejects(client.with({signal: AbortSignal.abort()}).get('k'), hasCode(status.CANCELLED));
  await client.with({timeoutMs: Infinity}).get('k');
});

test('a server that is not there is an error', async () => {
  const nobody = new Client('127.0.0.1:1', {timeoutMs: 2000});
  await assert.rejects(nobody.get('k'), (error: unknown) =>
    error instanceof FastKVError && error.reason === undefined);
  nobody.close();
});

test('a repeat is harmless or carries a request id', () => {
  for (const harmless of [get('k'), set('k', 'v'), batchSet({k: 'v'}), sortedSetCount('k')]) {
    assert.equal(harmless.idempotent, true);
  }
  const writes = [
    set('k', 'v', {mustExist: true}), set('k', 'v', {returnPrevious: true}), del('k'), increment('k'),
    append('k', 'v'), expire('k', {ttlMs: 1}), persist('k'), batchDelete(['k']), sortedSetAdd('k', {m: 1}),
    sortedSetIncrement('k', 'm'), sortedSetPop('k'), sortedSetCombineStore('union', 'k', ['k']),
  ];
  for (const write of writes) {
    assert.equal(write.idempotent, false);
    const once = write.once();
    assert.equal((once.request as {requestId: Buffer}).requestId.length, 16);
    assert.equal((write.request as {requestId: Buffer}).requestId.length, 0);
    assert.equal(once.once(), once);
  }
});

test('sorted sets are kept in order', async () => {
  const board = client.sortedSet(prefix());
  assert.equal((await board.add({a: 1, b: 2.5, c: 3})).added, 3);
  assert.equal((await board.add(new Map([['a', 5], ['b', 0]]), {scores: 'greater'})).updated, 1);
  assert.deepEqual(named(await board.range({reverse: true})), [['a', 5], ['c', 3], ['b', 2.5]]);
  assert.deepEqual(named(await board.range({range: byRank(0, 0)})), [['b', 2.5]]);
  assert.deepEqual(named(await board.range({range: byScore({min: 2}), offset: 1, limit: 1})), [['c', 3]]);
  assert.deepEqual(await board.scores('a', 'nobody'), [5, undefined]);
  assert.deepEqual(await board.rank('a', {reverse: true}), {rank: 0, score: 5});
  assert.equal(await board.rank('nobody'), undefined);
  assert.equal(await board.increment('c', -0.5), 2.5);
  assert.equal(await board.increment('new', 1, {only: 'existing'}), undefined);
  assert.equal(await board.count(byScore({max: 2.5})), 2);
  assert.equal(await board.remove('a', 'nobody'), 1);
});

test('sorted sets are taken from and combined', async () => {
  const p = prefix();
  const [a, b, d] = [`${p}a`, `${p}b`, `${p}d`];
  const one = client.sortedSet(a);
  await one.add({x: 1, y: 2, z: 3});
  await client.sortedSet(b).add({y: 10, w: 4});
  assert.deepEqual(named(await client.combine('intersection', [a, b])), [['y', 12]]);
  assert.deepEqual(named(await client.combine('intersection', {[a]: 2, [b]: 0.5}, {aggregate: 'min'})), [['y', 4]]);
  assert.equal(await client.combineCount('union', [a, b]), 4);
  assert.equal(await client.combineStore('difference', d, [a, b]), 2);
  const popped = await client.pop([`${p}none`, d], {count: 2, highest: true});
  assert.equal(popped?.key.toString(), d);
  assert.deepEqual(named(popped?.members ?? []), [['z', 3], ['x', 1]]);
  assert.equal(await client.sortedSet(d).pop(), undefined);
  assert.equal(await one.storeRange(`${p}s`, {range: byRank(1)}), 2);
  assert.equal(await one.removeRange(byScore({max: 2})), 2);
  assert.deepEqual(named(await one.sample()), [['z', 3]]);
  assert.deepEqual(named(await all(one.scan())), [['z', 3]]);
});

test('transactions compare and do all or nothing', async () => {
  const p = prefix();
  const [key, board] = [`${p}k`, `${p}z`];
  const create = Transaction.create()
      .when(compare.exists(key, false))
      .ifSo(set(key, '1'), increment(key, 41), sortedSetAdd(board, {m: 1}))
      .otherwise(get(key));
  const created = await client.execute(create);
  assert.ok(created.succeeded);
  const sum: bigint = created.results[1];
  assert.equal(sum, 42n);
  const again = await client.execute(create);
  assert.ok(!again.succeeded);
  assert.equal(again.results[0]?.toString(), '42');
  const holds = await client.execute(Transaction.create().when(
      compare.version(key, '==', created.version), compare.value(key, '>', '41'),
      compare.type(board, '==', 'sortedSet'), compare.score(board, 'm', '<', 2)));
  assert.equal(holds.succeeded, true);
  await assert.rejects(client.execute(Transaction.create().ifSo(set(key, ''), increment(board))), (error: unknown) =>
    failsWith('WRONG_TYPE')(error) && (error as FastKVError).metadata['operation'] === 'then_operations[1]');
  assert.equal((await client.get(key))?.toString(), '42');
});

test('pipelines answer in order and survive errors', async () => {
  const key = prefix();
  const sums = await all(client.pipeline(Array.from({length: 1000}, () => increment(key)), {batchSize: 64}));
  assert.deepEqual(sums, Array.from({length: 1000}, (_, i) => BigInt(i + 1)));
  const [wrong, right] = await all(client.pipeline<unknown>([sortedSetCount(key), get(key)]));
  assert.ok(failsWith('WRONG_TYPE')(wrong));
  assert.deepEqual(right, Buffer.from('1000'));
  async function* broken() {
    yield increment(key);
    throw new Error('my own');
  }
  await assert.rejects(all(client.pipeline(broken())), /my own/);
});

test('an operation made once is applied once', async () => {
  const step = increment(prefix()).once();
  assert.deepEqual([await client.run(step), await client.run(step)], [1n, 1n]);
  assert.deepEqual(await all(client.pipeline([step, step])), [1n, 1n]);
});

// Through a proxy that cuts connections.
const unreliableTarget = process.env['FASTKV_UNRELIABLE_TARGET'];
test('what the network loses is applied once', {skip: !unreliableTarget}, async () => {
  const key = prefix();
  const unreliable = new Client(unreliableTarget ?? '', {timeoutMs: 20_000});
  for (let i = 0; i < 300; i++) {
    const step = increment(key).once();
    for (;;) {
      try {
        await unreliable.run(step);
        break;
      } catch (error) {
        // gRPC has tried a few times; we go on.
        if (!(error instanceof FastKVError) || error.code !== status.UNAVAILABLE) throw error;
      }
    }
  }
  unreliable.close();
  assert.equal((await client.get(key))?.toString(), '300');
});

test('entries come whole', async () => {
  const p = prefix();
  const long = randomBytes(300_000);
  await client.set(`${p}long`, long, {ttlMs: 3_600_000});
  const members = new Map(Array.from({length: 20_000}, (_, i) => [`m${i}`, i] as const));
  await client.sortedSet(`${p}set`).add(members);
  const entries = await all(client.entries({prefix: p}));
  assert.equal(entries.length, 2);
  const text = entries.find(entry => entry.value);
  assert.ok(text?.value?.equals(long));
  assert.ok(text?.expireTime);
  assert.deepEqual(new Map(named(entries.find(entry => entry.members)?.members ?? [])), members);
  // Who stops early ends the stream.
  for await (const entry of client.entries({prefix: p})) {
    assert.ok(entry);
    break;
  }
});

test('values of any length go in pieces', async () => {
  const key = prefix();
  const value = randomBytes(5 << 20);
  assert.equal((await client.writeValue(key, value, {ttlMs: 3_600_000})).applied, true);
  const reader = await client.readValue(key);
  assert.ok(reader);
  assert.equal(reader.length, value.length);
  assert.ok(Buffer.concat(await all(reader)).equals(value));
  const part = await client.readValue(key, {offset: 10, length: 5});
  assert.ok(part && Buffer.concat(await all(part)).equals(value.subarray(10, 15)));
  assert.equal(await client.readValue(`${key}nothing`), undefined);
  const pieces = [Buffer.from('a'), Buffer.from('b')];
  assert.equal((await client.writeValue(key, pieces, {length: 2})).applied, true);
  assert.equal((await client.get(key))?.toString(), 'ab');
  await assert.rejects(client.writeValue(key, pieces, {length: 3}), failsWith('MALFORMED_REQUEST'));
});
