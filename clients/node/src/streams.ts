// What goes over streams: filters, entries in pieces, values in chunks.

import {randomBytes} from 'node:crypto';
import type {
  ListKeysRequest, ListKeysResponse, StreamEntriesResponse, WriteValueRequest,
} from './gen/fastkv/v1/key_value.js';
import {toExpiry, toWriteCondition, type ExpiryOptions, type WriteConditions} from './options.js';
import {
  EMPTY, toBuffer, toDate, toNumber, VALUE_TYPES,
  type Bytes, type KeyInfo, type Scored, type StreamedEntry, type ValueType,
} from './values.js';

// What a message of WriteValue carries.
const CHUNK_BYTES = 1 << 20;

/** Which keys; without fields: all. Prefix and glob exclude each other. */
export interface Filter {
  prefix?: Bytes;
  glob?: Bytes;
  type?: ValueType;
}

export interface WriteValueOptions extends ExpiryOptions, WriteConditions {
  /** Of the whole, in bytes. */
  length?: number;
}

export function toFilter({prefix, glob}: Filter): ListKeysRequest['filter'] {
  if (prefix !== undefined && glob !== undefined) throw new RangeError('prefix and glob exclude each other');
  if (prefix !== undefined) return {$case: 'prefix', value: toBuffer(prefix)};
  return glob === undefined ? undefined : {$case: 'glob', value: toBuffer(glob)};
}

export function* keyInfos(page: ListKeysResponse): Generator<KeyInfo> {
  for (const {key, type, version, ttlMs} of page.keys) {
    yield {key, type: VALUE_TYPES[type] ?? 'string', version, ttlMs: toNumber(ttlMs)};
  }
}

/** Puts the pieces of long entries together. */
export class EntryAssembler {
  #strings: Buffer[] = [];
  #members: Scored[] = [];

  *entries(response: StreamEntriesResponse): Generator<StreamedEntry> {
    for (const {key, version, expireTimeMs, content, continues} of response.entries) {
      if (content?.$case === 'stringValue') this.#strings.push(content.value);
      else for (const member of content?.value.members ?? []) this.#members.push(member);
      if (continues) continue;
      const entry = {key, version, expireTime: toDate(expireTimeMs)};
      yield content?.$case === 'stringValue'
        ? {...entry, value: Buffer.concat(this.#strings)}
        : {...entry, members: this.#members};
      this.#strings = [];
      this.#members = [];
    }
  }
}

/** The messages of WriteValue: a header, then the pieces in chunks. */
export function writeRequests(
  key: Bytes, value: Bytes | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: WriteValueOptions, requestIds: boolean): AsyncGenerator<WriteValueRequest> {
  const whole = typeof value === 'string' || value instanceof Uint8Array ? toBuffer(value) : undefined;
  const length = whole?.length ?? options.length;
  if (length === undefined) throw new RangeError('the length of the whole is needed');
  const header = {
    key: toBuffer(key), length: BigInt(length), expiry: toExpiry(options),
    condition: toWriteCondition(options), requestId: requestIds ? randomBytes(16) : EMPTY,
  };
  const pieces = whole ? [whole] : value as Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  return (async function* () {
    yield {header, chunk: EMPTY};
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
        yield {header: undefined, chunk: toBuffer(piece.subarray(at, at + CHUNK_BYTES))};
      }
    }
  })();
}
