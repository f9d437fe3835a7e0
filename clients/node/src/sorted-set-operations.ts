// Operations on sorted sets, like those of operations.ts. Keys come first.

import {
  CombineAggregate, CombineOperation, MemberCondition, ScoreCondition,
  type SortedSetServiceRangeRequest,
} from './gen/fastkv/v1/sorted_set.js';
import {Operation} from './operation.js';
import {pairs} from './options.js';
import {EMPTY, toBuffer, toNumber, type Bytes, type Scored} from './values.js';

export interface AddResult {
  added: number;
  updated: number;
  /** The set's; 0: there is none. */
  version: bigint;
}

/** A member's place, from 0, and its score. */
export interface Rank {
  rank: number;
  score: number;
}

/** The members that were taken, and the set that they were taken from. */
export interface Popped {
  key: Buffer;
  members: Scored[];
}

const MEMBERS = {
  any: MemberCondition.MEMBER_CONDITION_UNSPECIFIED,
  new: MemberCondition.MEMBER_CONDITION_NEW,
  existing: MemberCondition.MEMBER_CONDITION_EXISTING,
};
const SCORES = {
  any: ScoreCondition.SCORE_CONDITION_UNSPECIFIED,
  greater: ScoreCondition.SCORE_CONDITION_GREATER,
  less: ScoreCondition.SCORE_CONDITION_LESS,
};

/** Which members a write may touch, and how it may change their scores. */
export interface AddOptions {
  only?: keyof typeof MEMBERS;
  scores?: keyof typeof SCORES;
}

function toConditions({only = 'any', scores = 'any'}: AddOptions) {
  return {memberCondition: MEMBERS[only], scoreCondition: SCORES[scores]};
}

type RangeOneof = NonNullable<SortedSetServiceRangeRequest['range']>;
export type RankRange = Extract<RangeOneof, {$case: 'byRank'}>;
export type ScoreRange = Extract<RangeOneof, {$case: 'byScore'}>;
export type MemberRange = Extract<RangeOneof, {$case: 'byMember'}>;
/** Which members of a set: made by byRank, byScore or byMember. */
export type Range = RankRange | ScoreRange | MemberRange;

interface Ends<T> {
  min?: T;
  max?: T;
  excludeMin?: boolean;
  excludeMax?: boolean;
}

/** From the start-th to the stop-th member, both included; -1 is the last. */
export function byRank(start = 0, stop = -1): RankRange {
  return {$case: 'byRank', value: {start: BigInt(start), stop: BigInt(stop)}};
}

/** The members whose scores lie in a range. */
export function byScore({min, max, excludeMin = false, excludeMax = false}: Ends<number> = {}): ScoreRange {
  return {$case: 'byScore', value: {min, max, excludeMin, excludeMax}};
}

/** The members whose bytes lie in a range, for sets of equal scores. */
export function byMember({min, max, excludeMin = false, excludeMax = false}: Ends<Bytes> = {}): MemberRange {
  return {$case: 'byMember', value: {
    min: min === undefined ? undefined : toBuffer(min),
    max: max === undefined ? undefined : toBuffer(max),
    excludeMin, excludeMax,
  }};
}

export interface RangeOptions {
  range?: Range;
  /** From the highest score down. */
  reverse?: boolean;
  offset?: number;
  limit?: number;
}

function toWindow({range, reverse = false, offset = 0, limit = 0}: RangeOptions) {
  return {range, reverse, offset: BigInt(offset), limit: BigInt(limit)};
}

/** Adds members or changes their scores. */
export function sortedSetAdd(key: Bytes, members: Record<string, number> | Iterable<readonly [Bytes, number]>,
                             options: AddOptions = {}): Operation<AddResult> {
  const request = {
    key: toBuffer(key), ...toConditions(options), requestId: EMPTY,
    members: pairs(members).map(([member, score]) => ({member: toBuffer(member), score})),
  };
  return Operation.of('sortedSetAdd', request, ({added, updated, version}) =>
    ({added: Number(added), updated: Number(updated), version}));
}

/** Removes members; how many there were. */
export function sortedSetRemove(key: Bytes, ...members: Bytes[]): Operation<number> {
  const request = {key: toBuffer(key), members: members.map(toBuffer), requestId: EMPTY};
  return Operation.of('sortedSetRemove', request, answer => Number(answer.removed));
}

/** Members in order; by default all. */
export function sortedSetRange(key: Bytes, options: RangeOptions = {}): Operation<Scored[]> {
  const request = {key: toBuffer(key), ...toWindow(options), withScores: true};
  return Operation.of('sortedSetRange', request, answer => answer.members, true);
}

/** The scores of members; undefined: there is no such member. */
export function sortedSetScores(key: Bytes, ...members: Bytes[]): Operation<(number | undefined)[]> {
  const request = {key: toBuffer(key), members: members.map(toBuffer)};
  return Operation.of('sortedSetGetScores', request,
                      answer => answer.scores.map(each => each.score), true);
}

/** A member's place; undefined: there is no such member. */
export function sortedSetRank(key: Bytes, member: Bytes,
                              {reverse = false} = {}): Operation<Rank | undefined> {
  const request = {key: toBuffer(key), member: toBuffer(member), reverse};
  return Operation.of('sortedSetGetRank', request, answer => {
    const rank = toNumber(answer.rank);
    return rank === undefined ? undefined : {rank, score: answer.score ?? 0};
  }, true);
}

/** Adds to a member's score; the new one, or undefined if a condition did not hold. */
export function sortedSetIncrement(key: Bytes, member: Bytes, delta = 1,
                                   options: AddOptions = {}): Operation<number | undefined> {
  const request = {
    key: toBuffer(key), member: toBuffer(member), delta, ...toConditions(options), requestId: EMPTY,
  };
  return Operation.of('sortedSetIncrement', request, answer => answer.score);
}

/** How many members there are, by score or by member; by default all. */
export function sortedSetCount(key: Bytes, range?: ScoreRange | MemberRange): Operation<number> {
  return Operation.of('sortedSetCount', {key: toBuffer(key), range},
                      answer => Number(answer.count), true);
}

/** Takes members of lowest or highest score from the first set that has any. */
export function sortedSetPop(keys: Bytes | readonly Bytes[],
                             {count = 1, highest = false} = {}): Operation<Popped | undefined> {
  const several = typeof keys === 'string' || keys instanceof Uint8Array ? [keys] : keys;
  const request = {keys: several.map(toBuffer), highest, count: BigInt(count), requestId: EMPTY};
  return Operation.of('sortedSetPop', request, ({key, members}) => key && {key, members});
}

/** Removes the members of a range; how many there were. */
export function sortedSetRemoveRange(key: Bytes, range: Range): Operation<number> {
  return Operation.of('sortedSetRemoveRange', {key: toBuffer(key), range, requestId: EMPTY},
                      answer => Number(answer.removed));
}

/** Makes another key hold the members of a range; how many it has now. */
export function sortedSetStoreRange(key: Bytes, destination: Bytes,
                                    options: RangeOptions = {}): Operation<number> {
  const request = {
    source: toBuffer(key), destination: toBuffer(destination), ...toWindow(options), requestId: EMPTY,
  };
  return Operation.of('sortedSetStoreRange', request, answer => Number(answer.count));
}

/** Draws members at random; with repeats a member may be drawn again. */
export function sortedSetSample(key: Bytes, {count = 1, repeats = false} = {}): Operation<Scored[]> {
  const request = {key: toBuffer(key), count: BigInt(count), repeats, withScores: true};
  return Operation.of('sortedSetSample', request, answer => answer.members, true);
}

const COMBINATIONS = {
  union: CombineOperation.COMBINE_OPERATION_UNION,
  intersection: CombineOperation.COMBINE_OPERATION_INTERSECTION,
  difference: CombineOperation.COMBINE_OPERATION_DIFFERENCE,
};
const AGGREGATES = {
  sum: CombineAggregate.COMBINE_AGGREGATE_SUM,
  min: CombineAggregate.COMBINE_AGGREGATE_MIN,
  max: CombineAggregate.COMBINE_AGGREGATE_MAX,
};

export type Combination = keyof typeof COMBINATIONS;
/** The keys of the sets, or keys with weights. */
export type Sets = readonly Bytes[] | Record<string, number> | Map<Bytes, number>;

export interface CombineOptions {
  aggregate?: keyof typeof AGGREGATES;
}

function toCombination(combination: Combination, sets: Sets, aggregate: keyof typeof AGGREGATES | undefined) {
  const inputs = Array.isArray(sets)
    ? (sets as readonly Bytes[]).map(key => ({key: toBuffer(key), weight: undefined}))
    : pairs(sets as Record<string, number>).map(([key, weight]) => ({key: toBuffer(key), weight}));
  return {
    operation: COMBINATIONS[combination], inputs, withScores: true, requestId: EMPTY,
    aggregate: aggregate ? AGGREGATES[aggregate] : CombineAggregate.COMBINE_AGGREGATE_UNSPECIFIED,
  };
}

/** Unites, intersects or subtracts sets. */
export function sortedSetCombine(combination: Combination, sets: Sets,
                                 options: CombineOptions = {}): Operation<Scored[]> {
  const request = {...toCombination(combination, sets, options.aggregate), output: undefined};
  // Answers with members: nothing is written.
  return Operation.of('sortedSetCombine', request, answer => answer.members, true);
}

/** How many members the combination has; stops at upTo, if that is not 0. */
export function sortedSetCombineCount(combination: Combination, sets: Sets, upTo = 0): Operation<number> {
  return Operation.of('sortedSetCombine', {
    ...toCombination(combination, sets, undefined),
    output: {$case: 'countUpTo', value: BigInt(upTo)},
  }, answer => Number(answer.count), true);
}

/** Makes a key hold the combination; how many members it has. */
export function sortedSetCombineStore(combination: Combination, destination: Bytes, sets: Sets,
                                      options: CombineOptions = {}): Operation<number> {
  return Operation.of('sortedSetCombine', {
    ...toCombination(combination, sets, options.aggregate),
    output: {$case: 'destination', value: toBuffer(destination)},
  }, answer => Number(answer.count));
}
