// Operation: what a call asks for, apart from making it.

import {randomBytes} from 'node:crypto';
import {KeyValueServiceService} from './gen/fastkv/v1/key_value.js';
import type * as pb from './gen/fastkv/v1/operation.js';
import {SortedSetServiceService} from './gen/fastkv/v1/sorted_set.js';

type Asked = NonNullable<pb.Operation['operation']>;
type Answered = NonNullable<pb.OperationResult['result']>;

/** The field of fastkv.v1.Operation. */
export type Field = Asked['$case'];
export type RequestOf<F extends Field> = Extract<Asked, {$case: F}>['value'];
export type ResponseOf<F extends Field> = Extract<Answered, {$case: F}>['value'];

/** How gRPC calls a method. */
export interface Method<Q, R> {
  path: string;
  requestSerialize: (request: Q) => Buffer;
  responseDeserialize: (bytes: Buffer) => R;
}

const SORTED_SET = 'sortedSet';

/** The method of the same name as a field: get, sortedSetAdd. */
function methodOf(field: Field): Method<unknown, unknown> {
  if (!field.startsWith(SORTED_SET)) {
    return KeyValueServiceService[field as keyof typeof KeyValueServiceService] as Method<unknown, unknown>;
  }
  const name = field.charAt(SORTED_SET.length).toLowerCase() + field.slice(SORTED_SET.length + 1);
  return SortedSetServiceService[name as keyof typeof SortedSetServiceService] as Method<unknown, unknown>;
}

/** A request, and how to read its answer. It does not change and may be used again. */
export class Operation<T> {
  private constructor(
    private readonly field: Field,
    readonly request: object,
    private readonly read: (response: never) => T,
    /** Whether a repeat does no harm even without a request id. */
    readonly idempotent: boolean,
  ) {}

  /** What the functions of operations.ts are made of. */
  static of<F extends Field, T>(field: F, request: RequestOf<F>, read: (response: ResponseOf<F>) => T,
                                idempotent = false): Operation<T> {
    return new Operation(field, request, read, idempotent);
  }

  /**
   * The same with a request id: however often the operation that this returns is run within
   * the server's window, it is applied once and answered alike.
   */
  once(): Operation<T> {
    if (!needsRequestId(this.request)) return this;
    const request = {...this.request, requestId: randomBytes(16)};
    return new Operation(this.field, request, this.read, this.idempotent);
  }

  get method(): Method<unknown, unknown> {
    return methodOf(this.field);
  }

  get message(): pb.Operation {
    return {operation: {$case: this.field, value: this.request} as Asked};
  }

  decode(response: unknown): T {
    return this.read(response as never);
  }
}

function needsRequestId(request: object): boolean {
  return 'requestId' in request && (request.requestId as Buffer).length === 0;
}
