// Options that several operations share, and what they are in messages.

import type {SetRequest} from './gen/fastkv/v1/key_value.js';
import {toBuffer, type Bytes} from './values.js';

/** When an entry expires; without any of these: never. */
export interface ExpiryOptions {
  ttlMs?: number;
  expireAt?: Date;
  keepExpiry?: boolean;
}

/** What must hold for a value to be written. */
export interface WriteConditions {
  mustExist?: boolean;
  mustNotExist?: boolean;
  /** 0: the key does not exist. */
  versionEquals?: bigint;
}

export function atMostOne<T>(given: (T | undefined)[]): T | undefined {
  const present = given.filter(each => each !== undefined);
  if (present.length > 1) throw new RangeError('options exclude each other');
  return present[0];
}

/** The oneof that all messages with an expiry have. */
export function toExpiry(options: ExpiryOptions): SetRequest['expiry'] {
  const {ttlMs, expireAt, keepExpiry} = options;
  return atMostOne<NonNullable<SetRequest['expiry']>>([
    ttlMs === undefined ? undefined : {$case: 'ttlMs', value: BigInt(Math.ceil(ttlMs))},
    expireAt === undefined ? undefined : {$case: 'expireTimeMs', value: BigInt(expireAt.getTime())},
    keepExpiry ? {$case: 'keepExpiry', value: true} : undefined,
  ]);
}

export type Condition = NonNullable<SetRequest['condition']>;

/** The oneof of conditions that Set and WriteValue share. */
export function toWriteCondition(
  options: WriteConditions): Exclude<Condition, {$case: 'valueEquals'}> | undefined {
  const {mustExist, mustNotExist, versionEquals} = options;
  return atMostOne<Exclude<Condition, {$case: 'valueEquals'}>>([
    mustExist ? {$case: 'mustExist', value: true} : undefined,
    mustNotExist ? {$case: 'mustNotExist', value: true} : undefined,
    versionEquals === undefined ? undefined : {$case: 'versionEquals', value: versionEquals},
  ]);
}

export function toValueCondition(value: Bytes | undefined): Extract<Condition, {$case: 'valueEquals'}> | undefined {
  return value === undefined ? undefined : {$case: 'valueEquals', value: toBuffer(value)};
}

/** Of a Map, an object or whatever else has pairs. */
export function pairs<V>(
  from: Record<string, V> | Iterable<readonly [Bytes, V]>): (readonly [Bytes, V])[] {
  return Symbol.iterator in from
    ? [...from as Iterable<readonly [Bytes, V]>]
    : Object.entries(from as Record<string, V>);
}
