// node-redis (RESP2 and RESP3) and ioredis against the server at FASTKV_PORT.
// What both offer is tested through both.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import Redis from 'ioredis';
import {createClient, WatchError} from 'redis';

const port = Number(process.env.FASTKV_PORT);
const SCANNED_KEYS = 100000;

async function withNodeRedis(RESP, body) {
  const client = createClient({socket: {host: '127.0.0.1', port}, RESP});
  client.on('error', () => {});
  await client.connect();
  try {
    await client.flushAll();
    await body(client);
  } finally {
    client.destroy();
  }
}

for (const RESP of [2, 3]) {
  test(`node-redis ${RESP}: strings and expiry`, () => withNodeRedis(RESP, async client => {
    assert.equal(await client.set('k', 'v', {expiration: {type: 'EX', value: 100}}), 'OK');
    assert.equal(await client.get('k'), 'v');
    assert.equal(await client.get('nothing'), null);
    assert.equal(await client.ttl('k'), 100);
    assert.equal(await client.incrBy('n', 5), 5);
    assert.deepEqual(await client.mGet(['k', 'nothing']), ['v', null]);
    await assert.rejects(client.incr('k'), /not an integer/);
  }));

  test(`node-redis ${RESP}: sorted sets`, () => withNodeRedis(RESP, async client => {
    assert.equal(await client.zAdd('z', [{score: 1.5, value: 'a'}, {score: 2, value: 'b'}]), 2);
    assert.deepEqual(await client.zRangeWithScores('z', 0, -1),
                     [{value: 'a', score: 1.5}, {value: 'b', score: 2}]);
    assert.equal(await client.zScore('z', 'a'), 1.5);
    assert.deepEqual(await client.zPopMax('z'), {value: 'b', score: 2});
  }));

  test(`node-redis ${RESP}: pipelines and transactions`, () => withNodeRedis(RESP, async client => {
    const counts = await Promise.all(Array.from({length: 1000}, () => client.incr('n')));
    assert.deepEqual(counts, Array.from({length: 1000}, (_, i) => i + 1));
    assert.deepEqual(await client.multi().set('k', 'v').get('k').incr('n').exec(),
                     ['OK', 'v', 1001]);
    const other = client.duplicate();
    other.on('error', () => {});
    await other.connect();
    await client.watch('n');
    await other.incr('n');
    await assert.rejects(client.multi().incr('n').exec(), WatchError);
    await other.close();
  }));

  test(`node-redis ${RESP}: publish and subscribe`, () => withNodeRedis(RESP, async client => {
    const subscriber = client.duplicate();
    subscriber.on('error', () => {});
    await subscriber.connect();
    let deliver;
    const message = new Promise(resolve => deliver = resolve);
    await subscriber.subscribe('news', deliver);
    assert.equal(await client.publish('news', 'hello'), 1);
    assert.equal(await message, 'hello');
    await subscriber.close();
  }));
}

test('node-redis: SCAN finds every key while others write', () => withNodeRedis(3, async client => {
  for (let at = 0; at < SCANNED_KEYS; at += 10000) {
    await client.mSet(Array.from({length: 10000}, (_, i) => [`stable:${at + i}`, '1']));
  }
  let writing = true;
  const writer = (async () => {
    const other = client.duplicate();
    other.on('error', () => {});
    await other.connect();
    for (let n = 0; writing; n += 100) {
      const keys = Array.from({length: 100}, (_, i) => `passing:${n + i}`);
      await other.mSet(keys.map(key => [key, '1']));
      await other.del(keys.slice(50));
    }
    await other.close();
  })();
  const found = new Set();
  for await (const keys of client.scanIterator({COUNT: 1000})) {
    for (const key of keys) if (key.startsWith('stable:')) found.add(key);
  }
  writing = false;
  await writer;
  assert.equal(found.size, SCANNED_KEYS);
}));

async function withIoredis(body) {
  const client = new Redis({host: '127.0.0.1', port});
  try {
    await client.flushall();
    await body(client);
  } finally {
    client.disconnect();
  }
}

test('ioredis: strings, expiry, sorted sets', () => withIoredis(async client => {
  assert.equal(await client.set('k', 'v', 'EX', 100), 'OK');
  assert.equal(await client.get('k'), 'v');
  assert.equal(await client.ttl('k'), 100);
  assert.equal(await client.zadd('z', 1.5, 'a', 2, 'b'), 2);
  assert.deepEqual(await client.zrange('z', 0, -1, 'WITHSCORES'), ['a', '1.5', 'b', '2']);
}));

test('ioredis: pipelines and transactions', () => withIoredis(async client => {
  const pipeline = client.pipeline();
  for (let i = 0; i < 1000; ++i) pipeline.incr('n');
  assert.deepEqual((await pipeline.exec()).at(-1), [null, 1000]);
  assert.deepEqual(await client.multi().incr('n').get('n').exec(), [[null, 1001], [null, '1001']]);
}));

test('ioredis: publish and subscribe', () => withIoredis(async client => {
  const subscriber = client.duplicate();
  await subscriber.psubscribe('n*');
  const message = new Promise(resolve => subscriber.on('pmessage', (...args) => resolve(args)));
  assert.equal(await client.publish('news', 'hello'), 1);
  assert.deepEqual(await message, ['n*', 'news', 'hello']);
  subscriber.disconnect();
}));
