// What the client takes and what it answers with.

import type * as types from './gen/fastkv/v1/types.js';

/** Text is sent as UTF-8. Answers are always Buffers. */
export type Bytes = string | Uint8Array;

/** What a key holds. */
export type ValueType = 'string' | 'sortedSet';

export interface Entry {
  value: Buffer;
  version: bigint;
  /** How long it lives from now; undefined: for ever. */
  ttlMs?: number | undefined;
}

export interface SetResult {
  /** False: the condition did not hold. */
  applied: boolean;
  /** Of the entry that the key has now; 0: there is none. */
  version: bigint;
  /** With returnPrevious: the value from before, if there was one. */
  previous?: Buffer | undefined;
}

export interface DeleteResult {
  deleted: boolean;
  existed: boolean;
  /** With returnPrevious: the value from before, if there was one. */
  previous?: Buffer | undefined;
}

export interface KeyStatus {
  type: ValueType;
  version: bigint;
}

/** When a key that exists expires; without fields: never. */
export interface Expiry {
  ttlMs?: number | undefined;
  /** By the server's clock. */
  time?: Date | undefined;
}

export interface KeyInfo {
  key: Buffer;
  type: ValueType;
  version: bigint;
  /** How long it lives from now; undefined: for ever. */
  ttlMs?: number | undefined;
}

/** A member of a sorted set with its score. */
export interface Scored {
  member: Buffer;
  score: number;
}

/** An entry with what it holds: one of value and members. */
export interface StreamedEntry {
  key: Buffer;
  version: bigint;
  expireTime?: Date | undefined;
  value?: Buffer;
  /** In no particular order. */
  members?: Scored[];
}

export const EMPTY = Buffer.alloc(0);

export function toBuffer(data: Bytes): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** The numbers of types.ValueType, as words. */
export const VALUE_TYPES: readonly (ValueType | undefined)[] = [undefined, 'string', 'sortedSet'];

export function toValueType(type: ValueType | undefined): types.ValueType {
  return VALUE_TYPES.indexOf(type);
}

/** Durations and lengths fit into a number; versions and counters are bigint. */
export function toNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

export function toDate(ms: bigint | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(Number(ms));
}
