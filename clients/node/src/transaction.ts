// Transactions: compare, then do one list of operations or another, all at once.

import {CompareRelation, type Compare, type ExecuteRequest, type ExecuteResponse} from './gen/fastkv/v1/transaction.js';
import {Operation} from './operation.js';
import {EMPTY, toBuffer, toValueType, type Bytes, type ValueType} from './values.js';

export type {Compare};

const RELATIONS = {
  '==': CompareRelation.COMPARE_RELATION_EQUAL,
  '!=': CompareRelation.COMPARE_RELATION_NOT_EQUAL,
  '<': CompareRelation.COMPARE_RELATION_LESS,
  '>': CompareRelation.COMPARE_RELATION_GREATER,
};
export type Relation = keyof typeof RELATIONS;

function compareWith(key: Bytes, relation: Relation, target: Compare['target']): Compare {
  return {key: toBuffer(key), relation: RELATIONS[relation], target};
}

/** What must hold of a key. What is not there compares as unequal. */
export const compare = {
  /** The key exists, or with false: it does not. */
  exists: (key: Bytes, exists = true): Compare =>
    compareWith(key, '==', {$case: 'exists', value: exists}),
  /** The entry's version; that of a key that does not exist is 0. */
  version: (key: Bytes, relation: Relation, version: bigint): Compare =>
    compareWith(key, relation, {$case: 'version', value: version}),
  /** The string at the key, by its bytes. */
  value: (key: Bytes, relation: Relation, value: Bytes): Compare =>
    compareWith(key, relation, {$case: 'value', value: toBuffer(value)}),
  /** What the key holds. */
  type: (key: Bytes, relation: '==' | '!=', type: ValueType): Compare =>
    compareWith(key, relation, {$case: 'type', value: toValueType(type)}),
  /** The score of a sorted set's member. */
  score: (key: Bytes, member: Bytes, relation: Relation, score: number): Compare =>
    compareWith(key, relation, {$case: 'score', value: {member: toBuffer(member), score}}),
};

/** The answers of some operations. */
export type Results<Operations extends readonly Operation<unknown>[]> = {
  -readonly [I in keyof Operations]: Operations[I] extends Operation<infer T> ? T : never;
};

/** What became of a transaction: of the operations that ran, what they answer when called. */
export type TransactionResult<Then, Otherwise> = {version: bigint} & (
  {succeeded: true; results: Then} | {succeeded: false; results: Otherwise});

/** Collects what client.execute shall do at once. It does not change: each call makes another. */
export class Transaction<Then extends unknown[] = [], Otherwise extends unknown[] = []> {
  private constructor(private readonly compares: readonly Compare[],
                      private readonly thenDo: readonly Operation<unknown>[],
                      private readonly elseDo: readonly Operation<unknown>[]) {}

  static create(): Transaction {
    return new Transaction([], [], []);
  }

  /** What must hold, all of it; nothing: always. */
  when(...compares: Compare[]): Transaction<Then, Otherwise> {
    return new Transaction([...this.compares, ...compares], this.thenDo, this.elseDo);
  }

  /** What to do if it holds. Not called `then`, which would make this a promise. */
  ifSo<O extends readonly Operation<unknown>[]>(...operations: O): Transaction<[...Then, ...Results<O>], Otherwise> {
    return new Transaction([...this.compares], [...this.thenDo, ...operations], this.elseDo);
  }

  /** What to do if it does not. */
  otherwise<O extends readonly Operation<unknown>[]>(...operations: O): Transaction<Then, [...Otherwise, ...Results<O>]> {
    return new Transaction(this.compares, this.thenDo, [...this.elseDo, ...operations]);
  }

  request(): ExecuteRequest {
    return {
      compares: [...this.compares],
      thenOperations: this.thenDo.map(each => each.message),
      elseOperations: this.elseDo.map(each => each.message),
      requestId: EMPTY,
    };
  }

  decode({succeeded, results, version}: ExecuteResponse): TransactionResult<Then, Otherwise> {
    const ran = succeeded ? this.thenDo : this.elseDo;
    const answers = ran.map((each, i) => each.decode(results[i]?.result?.value));
    return {succeeded, version, results: answers} as unknown as TransactionResult<Then, Otherwise>;
  }
}
