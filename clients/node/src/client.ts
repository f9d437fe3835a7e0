// Client: a connection to a server.

import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Readable} from 'node:stream';
import * as grpc from '@grpc/grpc-js';
import {errorFromStatus, FastKVError, toError} from './errors.js';
import {
  KeyValueServiceService, type ListKeysResponse, type ReadValueResponse, type StreamEntriesResponse,
  type WriteValueRequest, type WriteValueResponse,
} from './gen/fastkv/v1/key_value.js';
import {PipelineServiceService, type PipelineRequest, type PipelineResponse} from './gen/fastkv/v1/pipeline.js';
import {SortedSetServiceService, type SortedSetServiceScanResponse} from './gen/fastkv/v1/sorted_set.js';
import {TransactionServiceService, type ExecuteResponse} from './gen/fastkv/v1/transaction.js';
import type {Method, Operation} from './operation.js';
import * as op from './operations.js';
import * as zop from './sorted-set-operations.js';
import {EntryAssembler, keyInfos, toFilter, writeRequests, type Filter, type WriteValueOptions} from './streams.js';
import type {Transaction, TransactionResult} from './transaction.js';
import {toBuffer, toNumber, toValueType, type Bytes, type KeyInfo, type Scored, type SetResult, type StreamedEntry} from './values.js';

const DEFAULT_TARGET = '127.0.0.1:50051';
const DEFAULT_TIMEOUT_MS = 5000;
// With so many operations a message, most of the cost is theirs; the server takes
// ten thousand.
const BATCH_SIZE = 256;

/** How calls are made. */
export interface CallOptions {
  /**
   * Of a call, retries included; 5,000 unless given, Infinity: no end. Streams and pipelines
   * have no end.
   */
  timeoutMs?: number;
  /** Cancels calls and streams. */
  signal?: AbortSignal;
}

export interface ClientOptions extends CallOptions {
  /** Unless given, the connection is not encrypted. */
  credentials?: grpc.ChannelCredentials;
  /** False: only calls that are idempotent by themselves are sent again. */
  requestIds?: boolean;
  channelOptions?: grpc.ChannelOptions;
}

function serviceConfig(requestIds: boolean): string {
  const name = requestIds ? 'service_config_request_ids.json' : 'service_config.json';
  return readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');
}

/**
 * A connection to a server. Methods answer with what operations.ts and sorted-set-operations.ts
 * say, and reject with FastKVError. Calls that the network loses are sent again within the
 * timeout; writes that are not idempotent carry a request id, so that none is applied twice.
 */
export class Client {
  readonly #grpc: grpc.Client;
  readonly #requestIds: boolean;
  readonly #call: CallOptions;

  /** Does not wait for the server. */
  constructor(target?: string, options?: ClientOptions);
  /** Another view of the same connection. */
  constructor(of: Client, options: CallOptions);
  constructor(target: string | Client = DEFAULT_TARGET, options: ClientOptions = {}) {
    if (target instanceof Client) {
      this.#grpc = target.#grpc;
      this.#requestIds = target.#requestIds;
      this.#call = {...target.#call, ...options};
      return;
    }
    this.#requestIds = options.requestIds ?? true;
    this.#call = options;
    this.#grpc = new grpc.Client(target, options.credentials ?? grpc.credentials.createInsecure(), {
      'grpc.service_config': serviceConfig(this.#requestIds),
      'grpc.max_send_message_length': -1,
      'grpc.max_receive_message_length': -1,
      ...options.channelOptions,
    });
  }

  /** Ends all calls. */
  close(): void {
    this.#grpc.close();
  }

  /** The same connection with another timeout or signal. */
  with(options: CallOptions): Client {
    return new Client(this, options);
  }

  /** Calls the method that an operation is the request of. */
  async run<T>(operation: Operation<T>): Promise<T> {
    const asked = this.#requestIds && !operation.idempotent ? operation.once() : operation;
    return asked.decode(await this.#unary(asked.method, asked.request));
  }

  #method<A extends unknown[], T>(make: (...args: A) => Operation<T>): (...args: A) => Promise<T> {
    return (...args) => this.run(make(...args));
  }

  readonly get = this.#method(op.get);
  readonly getEntry = this.#method(op.getEntry);
  readonly set = this.#method(op.set);
  readonly delete = this.#method(op.del);
  readonly exists = this.#method(op.exists);
  readonly keyStatus = this.#method(op.keyStatus);
  readonly getExpiry = this.#method(op.getExpiry);
  readonly expire = this.#method(op.expire);
  readonly persist = this.#method(op.persist);
  readonly increment = this.#method(op.increment);
  readonly append = this.#method(op.append);
  readonly batchGet = this.#method(op.batchGet);
  readonly batchSet = this.#method(op.batchSet);
  readonly batchDelete = this.#method(op.batchDelete);
  readonly pop = this.#method(zop.sortedSetPop);
  readonly combine = this.#method(zop.sortedSetCombine);
  readonly combineCount = this.#method(zop.sortedSetCombineCount);
  readonly combineStore = this.#method(zop.sortedSetCombineStore);

  /** The sorted set at a key, whether it is there yet or not. */
  sortedSet(key: Bytes): SortedSet {
    return new SortedSet(this, key);
  }

  /** Does all that a transaction says at once, or nothing of it. */
  async execute<Then extends unknown[], Otherwise extends unknown[]>(
    transaction: Transaction<Then, Otherwise>): Promise<TransactionResult<Then, Otherwise>> {
    const request = transaction.request();
    if (this.#requestIds) request.requestId = randomBytes(16);
    const method = TransactionServiceService.execute as Method<unknown, unknown>;
    return transaction.decode(await this.#unary(method, request) as ExecuteResponse);
  }

  /**
   * Runs many operations, as fast as the results are taken: one for each, in order; an
   * operation that failed yields its FastKVError. Each is atomic by itself.
   *
   * If the stream breaks, an error is thrown and operations without a result may have run or
   * not: those made with once() can be sent again.
   */
  async *pipeline<T>(operations: Iterable<Operation<T>> | AsyncIterable<Operation<T>>,
                     {batchSize = BATCH_SIZE} = {}): AsyncGenerator<T | FastKVError, void, undefined> {
    const sent: Operation<T>[][] = [];
    async function* requests(): AsyncGenerator<PipelineRequest> {
      let batch: Operation<T>[] = [];
      const flush = (): PipelineRequest => {
        const request = {operations: batch.map(each => each.message)};
        sent.push(batch);
        batch = [];
        return request;
      };
      for await (const operation of operations) {
        if (batch.push(operation) >= batchSize) yield flush();
      }
      if (batch.length > 0) yield flush();
    }
    const {path, requestSerialize, responseDeserialize} = PipelineServiceService.pipeline;
    const call = this.#grpc.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const responses = this.#stream<PipelineResponse>(call, feed(call, requests()));
    for await (const response of responses) {
      const batch = sent.shift() ?? [];
      for (const [i, {result}] of response.results.entries()) {
        const operation = batch[i];
        if (operation === undefined) throw new Error('more results than operations');
        yield result?.$case === 'error' ? errorFromStatus(result.value) : operation.decode(result?.value);
      }
    }
  }

  /** All keys, or those that begin with or match something, in no particular order. */
  async *keys(filter: Filter = {}): AsyncGenerator<KeyInfo, void, undefined> {
    const method = KeyValueServiceService.listKeys as Method<unknown, unknown>;
    let pageToken = '';
    do {
      const request = {filter: toFilter(filter), type: toValueType(filter.type), pageSize: 0, pageToken};
      const page = await this.#unary(method, request) as ListKeysResponse;
      yield* keyInfos(page);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** What SortedSet.scan does. */
  async *scan(key: Bytes, glob?: Bytes): AsyncGenerator<Scored, void, undefined> {
    const method = SortedSetServiceService.scan as Method<unknown, unknown>;
    const request = {key: toBuffer(key), glob: glob === undefined ? undefined : toBuffer(glob), pageSize: 0};
    let pageToken = '';
    do {
      const page = await this.#unary(method, {...request, pageToken}) as SortedSetServiceScanResponse;
      yield* page.members;
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** All entries with what they hold, in no particular order, as fast as they are taken. */
  async *entries(filter: Filter = {}): AsyncGenerator<StreamedEntry, void, undefined> {
    const {path, requestSerialize, responseDeserialize} = KeyValueServiceService.streamEntries;
    const request = {filter: toFilter(filter), type: toValueType(filter.type), messageBytes: 0};
    const call = this.#grpc.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
    const assembler = new EntryAssembler();
    for await (const response of this.#stream<StreamEntriesResponse>(call)) yield* assembler.entries(response);
  }

  /**
   * Reads a string of any length, as of one moment; length 0: to its end. Undefined: there is
   * no such key. Iterate over the chunks to the end or break, which ends the stream.
   */
  async readValue(key: Bytes, {offset = 0, length = 0} = {}): Promise<ValueReader | undefined> {
    const {path, requestSerialize, responseDeserialize} = KeyValueServiceService.readValue;
    const request = {key: toBuffer(key), offset: BigInt(offset), length: BigInt(length), chunkBytes: 0};
    const call = this.#grpc.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
    const responses = this.#stream<ReadValueResponse>(call);
    const first = await responses.next();
    if (first.done || !first.value.header) {
      await responses.return();
      return undefined;
    }
    const {length: whole, version, ttlMs} = first.value.header;
    async function* chunks(chunk: Buffer): AsyncGenerator<Buffer, void, undefined> {
      try {
        if (chunk.length > 0) yield chunk;
        for await (const response of responses) yield response.chunk;
      } finally {
        await responses.return();
      }
    }
    return {
      length: Number(whole), version, ttlMs: toNumber(ttlMs),
      [Symbol.asyncIterator]: () => chunks(first.value.chunk),
    };
  }

  /**
   * Makes a key hold a string of any length, at once when its last piece is there. The length
   * of the whole is needed unless the value is a string or bytes.
   */
  async writeValue(key: Bytes, value: Bytes | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
                   options: WriteValueOptions = {}): Promise<SetResult> {
    const requests = writeRequests(key, value, options, this.#requestIds);
    const {path, requestSerialize, responseDeserialize} = KeyValueServiceService.writeValue;
    return new Promise((resolve, reject) => {
      const call: grpc.ClientWritableStream<WriteValueRequest> = this.#grpc.makeClientStreamRequest(
        path, requestSerialize, responseDeserialize,
        (error: grpc.ServiceError | null, response?: WriteValueResponse) => {
          stop();
          if (error) reject(source.errored ?? toError(error));
          else if (response) resolve({applied: response.applied, version: response.version});
        });
      const stop = this.#cancelOnSignal(call);
      const source = feed(call, requests);
    });
  }

  #unary(method: Method<unknown, unknown>, request: unknown): Promise<unknown> {
    const {timeoutMs = DEFAULT_TIMEOUT_MS} = this.#call;
    return new Promise((resolve, reject) => {
      const call = this.#grpc.makeUnaryRequest(
        method.path, method.requestSerialize, method.responseDeserialize, request,
        new grpc.Metadata(), {deadline: Date.now() + timeoutMs}, (error, response) => {
          stop();
          if (error) reject(toError(error));
          else resolve(response);
        });
      const stop = this.#cancelOnSignal(call);
    });
  }

  /** What a call streams; who stops reading ends it. */
  async *#stream<R>(call: grpc.ClientReadableStream<R>, source?: Readable): AsyncGenerator<R, void, undefined> {
    const stop = this.#cancelOnSignal(call);
    try {
      for await (const response of call) yield response as R;
    } catch (error) {
      throw source?.errored ?? toError(error);
    } finally {
      stop();
      // Its end may come as an error that nobody waits for any more.
      call.on('error', () => {});
      call.cancel();
    }
  }

  #cancelOnSignal(call: {cancel(): void}): () => void {
    const {signal} = this.#call;
    if (signal === undefined) return () => {};
    const cancel = (): void => call.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, {once: true});
    return () => signal.removeEventListener('abort', cancel);
  }
}

/** Writes requests as fast as the call takes them; if they fail, so does the call. */
function feed<Q>(call: grpc.ClientWritableStream<Q> | grpc.ClientDuplexStream<Q, unknown>,
                 requests: AsyncGenerator<Q>): Readable {
  const source = Readable.from(requests);
  source.on('error', () => call.cancel());
  source.pipe(call as unknown as NodeJS.WritableStream);
  return source;
}

/** The chunks of a value, and what is known of its entry. */
export interface ValueReader extends AsyncIterable<Buffer> {
  /** Of the whole value, in bytes. */
  length: number;
  version: bigint;
  ttlMs: number | undefined;
}

/** The sorted set at a key; sorted-set-operations.ts says what its methods do. */
export class SortedSet {
  constructor(private readonly client: Client, readonly key: Bytes) {}

  #method<A extends unknown[], T>(make: (key: Bytes, ...args: A) => Operation<T>): (...args: A) => Promise<T> {
    return (...args) => this.client.run(make(this.key, ...args));
  }

  readonly add = this.#method(zop.sortedSetAdd);
  readonly remove = this.#method(zop.sortedSetRemove);
  readonly range = this.#method(zop.sortedSetRange);
  readonly scores = this.#method(zop.sortedSetScores);
  readonly rank = this.#method(zop.sortedSetRank);
  readonly increment = this.#method(zop.sortedSetIncrement);
  readonly count = this.#method(zop.sortedSetCount);
  readonly pop = this.#method(zop.sortedSetPop);
  readonly removeRange = this.#method(zop.sortedSetRemoveRange);
  readonly storeRange = this.#method(zop.sortedSetStoreRange);
  readonly sample = this.#method(zop.sortedSetSample);

  /** All members, page by page, in no particular order; one that moves may come twice. */
  scan(glob?: Bytes): AsyncGenerator<Scored, void, undefined> {
    return this.client.scan(this.key, glob);
  }
}
