// Operations on keys. Each function makes an Operation, which can be called
// (client.run(operation); client.get(key) is that), be part of a Transaction, or
// be sent with many others through client.pipeline. Of options that exclude each
// other one may be given; else a RangeError is thrown.

import {ExpireCondition, type SetRequest} from './gen/fastkv/v1/key_value.js';
import {Operation} from './operation.js';
import {
  atMostOne, pairs, toExpiry, toValueCondition, toWriteCondition,
  type Condition, type ExpiryOptions, type WriteConditions,
} from './options.js';
import {
  EMPTY, toBuffer, toDate, toNumber, VALUE_TYPES,
  type Bytes, type DeleteResult, type Entry, type Expiry, type KeyStatus, type SetResult,
} from './values.js';

export interface SetOptions extends ExpiryOptions, WriteConditions {
  valueEquals?: Bytes;
  returnPrevious?: boolean;
}

export interface DeleteOptions {
  versionEquals?: bigint;
  valueEquals?: Bytes;
  returnPrevious?: boolean;
}

/** The string at a key. */
export function get(key: Bytes): Operation<Buffer | undefined> {
  return Operation.of('get', {key: toBuffer(key)}, answer => answer.value, true);
}

/** The string at a key with its version and time to live. */
export function getEntry(key: Bytes): Operation<Entry | undefined> {
  return Operation.of('get', {key: toBuffer(key)}, ({value, version, ttlMs}) =>
    value && {value, version, ttlMs: toNumber(ttlMs)}, true);
}

/** Makes a key hold a string if the condition holds. */
export function set(key: Bytes, value: Bytes, options: SetOptions = {}): Operation<SetResult> {
  const condition = atMostOne<Condition>([
    toWriteCondition(options), toValueCondition(options.valueEquals)]);
  const returnPrevious = options.returnPrevious ?? false;
  const request = {
    key: toBuffer(key), value: toBuffer(value), expiry: toExpiry(options), condition,
    returnPrevious, requestId: EMPTY,
  };
  return Operation.of('set', request, ({applied, version, previousValue}) =>
    ({applied, version, previous: previousValue}), !condition && !returnPrevious);
}

/** Removes a key if the condition holds. The name keeps clear of the keyword. */
export function del(key: Bytes, options: DeleteOptions = {}): Operation<DeleteResult> {
  const {versionEquals} = options;
  const condition = atMostOne<Extract<Condition, {$case: 'versionEquals' | 'valueEquals'}>>([
    versionEquals === undefined ? undefined : {$case: 'versionEquals', value: versionEquals},
    toValueCondition(options.valueEquals),
  ]);
  const request = {
    key: toBuffer(key), condition, returnPrevious: options.returnPrevious ?? false, requestId: EMPTY,
  };
  return Operation.of('delete', request, ({deleted, existed, previousValue}) =>
    ({deleted, existed, previous: previousValue}));
}

/** Whether there is such a key. */
export function exists(key: Bytes): Operation<boolean> {
  return Operation.of('exists', {key: toBuffer(key)}, answer => answer.exists, true);
}

/** What a key holds, and its version; undefined: there is no such key. */
export function keyStatus(key: Bytes): Operation<KeyStatus | undefined> {
  return Operation.of('exists', {key: toBuffer(key)}, ({type, version}) => {
    const name = VALUE_TYPES[type];
    return name && {type: name, version};
  }, true);
}

/** When a key expires; undefined: there is no such key. */
export function getExpiry(key: Bytes): Operation<Expiry | undefined> {
  return Operation.of('getTtl', {key: toBuffer(key)}, ({exists, ttlMs, expireTimeMs}) =>
    exists ? {ttlMs: toNumber(ttlMs), time: toDate(expireTimeMs)} : undefined, true);
}

const EXPIRE_CONDITIONS = {
  always: ExpireCondition.EXPIRE_CONDITION_UNSPECIFIED,
  none: ExpireCondition.EXPIRE_CONDITION_NONE,
  some: ExpireCondition.EXPIRE_CONDITION_SOME,
  later: ExpireCondition.EXPIRE_CONDITION_LATER,
  earlier: ExpireCondition.EXPIRE_CONDITION_EARLIER,
};

/**
 * Sets when a key expires, if it has no or some expiry, or the new one is later or earlier;
 * whether it was set.
 */
export function expire(key: Bytes, when: {ttlMs: number} | {expireAt: Date},
                       onlyIf: keyof typeof EXPIRE_CONDITIONS = 'always'): Operation<boolean> {
  const expiry = toExpiry(when) as Exclude<SetRequest['expiry'], {$case: 'keepExpiry'}>;
  const request = {key: toBuffer(key), expiry, condition: EXPIRE_CONDITIONS[onlyIf], requestId: EMPTY};
  return Operation.of('expire', request, answer => answer.applied);
}

/** Makes a key stay for ever; whether an expiry was removed. */
export function persist(key: Bytes): Operation<boolean> {
  return Operation.of('persist', {key: toBuffer(key), requestId: EMPTY}, answer => answer.applied);
}

/** Adds to the integer at a key; the sum. */
export function increment(key: Bytes, delta: bigint | number = 1): Operation<bigint> {
  const request = {key: toBuffer(key), delta: BigInt(delta), requestId: EMPTY};
  return Operation.of('increment', request, answer => answer.value);
}

/** Appends to the string at a key; the length of the whole. */
export function append(key: Bytes, suffix: Bytes): Operation<number> {
  const request = {key: toBuffer(key), suffix: toBuffer(suffix), requestId: EMPTY};
  return Operation.of('append', request, answer => Number(answer.length));
}

/** The strings at many keys as of one moment; undefined: no string there. */
export function batchGet(keys: readonly Bytes[]): Operation<(Buffer | undefined)[]> {
  return Operation.of('batchGet', {keys: keys.map(toBuffer)},
                      answer => answer.results.map(each => each.value), true);
}

/** Makes many keys hold strings, all or none; the version that all of them get. */
export function batchSet(entries: Record<string, Bytes> | Iterable<readonly [Bytes, Bytes]>,
                         options: ExpiryOptions = {}): Operation<bigint> {
  const expiry = toExpiry(options);
  const request = {
    entries: pairs(entries).map(([key, value]) => ({key: toBuffer(key), value: toBuffer(value), expiry})),
    requestId: EMPTY,
  };
  return Operation.of('batchSet', request, answer => answer.version, true);
}

/** Removes many keys at once; of each whether it was there. */
export function batchDelete(keys: readonly Bytes[]): Operation<boolean[]> {
  return Operation.of('batchDelete', {keys: keys.map(toBuffer), requestId: EMPTY},
                      answer => answer.deleted);
}
