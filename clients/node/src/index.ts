// What the package offers.

export {Client, SortedSet} from './client.js';
export type {CallOptions, ClientOptions, ValueReader} from './client.js';
export {FastKVError} from './errors.js';
export type {Reason} from './errors.js';
export {Operation} from './operation.js';
export * from './operations.js';
export type {ExpiryOptions, WriteConditions} from './options.js';
export * from './sorted-set-operations.js';
export type {Filter, WriteValueOptions} from './streams.js';
export {compare, Transaction} from './transaction.js';
export type {Compare, Relation, TransactionResult} from './transaction.js';
export type {
  Bytes, DeleteResult, Entry, Expiry, KeyInfo, KeyStatus, Scored, SetResult, StreamedEntry, ValueType,
} from './values.js';
