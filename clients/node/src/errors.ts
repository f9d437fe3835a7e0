// Errors of calls: the status of gRPC with the reason that FastKV gives.

import {status, type ServiceError} from '@grpc/grpc-js';
import {ErrorReason} from './gen/fastkv/v1/error_reason.js';
import {ErrorInfo, RetryInfo} from './gen/google/rpc/error_details.js';
import {Status} from './gen/google/rpc/status.js';

const DOMAIN = 'fastkv';
const DETAILS = 'grpc-status-details-bin';

/** Why FastKV refused a call; proto/fastkv/v1/error_reason.proto explains each. */
export type Reason = keyof typeof ErrorReason extends infer Name
  ? Name extends `ERROR_REASON_${infer Short}` ? Exclude<Short, 'UNSPECIFIED'> : never
  : never;

/** A call that failed. After an error that has a reason nothing has changed. */
export class FastKVError extends Error {
  override readonly name = 'FastKVError';

  constructor(
    /** The status code of gRPC. */
    readonly code: status,
    message: string,
    /**
     * Undefined: the error is not from FastKV but from what is between, as UNAVAILABLE and
     * DEADLINE_EXCEEDED mostly are.
     */
    readonly reason: Reason | undefined,
    /** As "operation", which of a transaction's operations failed. */
    readonly metadata: Readonly<Record<string, string>>,
    /** When to try again, where the server says so. */
    readonly retryAfterMs: number | undefined,
    options?: ErrorOptions,
  ) {
    super(`${reason ?? status[code]}: ${message}`, options);
  }
}

export function errorFromStatus(from: Status, options?: ErrorOptions): FastKVError {
  let reason: Reason | undefined;
  let metadata: Record<string, string> = {};
  let retryAfterMs: number | undefined;
  for (const {typeUrl, value} of from.details) {
    const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
    if (type === 'google.rpc.ErrorInfo') {
      const info = ErrorInfo.decode(value);
      if (info.domain !== DOMAIN) continue;
      reason = info.reason as Reason;
      metadata = info.metadata;
    } else if (type === 'google.rpc.RetryInfo') {
      const delay = RetryInfo.decode(value).retryDelay;
      if (delay) retryAfterMs = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
    }
  }
  return new FastKVError(from.code, from.message, reason, metadata, retryAfterMs, options);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error && 'details' in error;
}

/** Translates an error of gRPC; others pass. */
export function toError(error: unknown): unknown {
  if (error instanceof FastKVError || !isServiceError(error)) return error;
  const [details] = error.metadata.get(DETAILS);
  const from = Buffer.isBuffer(details)
    ? Status.decode(details)
    : {code: error.code, message: error.details, details: []};
  return errorFromStatus(from, {cause: error});
}
