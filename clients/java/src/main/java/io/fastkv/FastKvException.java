package io.fastkv;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.fastkv.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A call that failed. After one that has a reason nothing has changed. */
public final class FastKvException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final String DOMAIN = "fastkv";
  private static final String REASON_PREFIX = "ERROR_REASON_";

  private final Status.Code code;
  private final String reason;
  private final transient Map<String, String> metadata;
  private final Duration retryAfter;

  private FastKvException(com.google.rpc.Status status, Details details, Throwable cause) {
    super(
        (details.reason.isEmpty() ? codeOf(status).name() : details.reason)
            + ": "
            + status.getMessage(),
        cause);
    code = codeOf(status);
    reason = details.reason;
    metadata = details.metadata;
    retryAfter = details.retryAfter;
  }

  private record Details(String reason, Map<String, String> metadata, Duration retryAfter) {}

  static FastKvException of(com.google.rpc.Status status, Throwable cause) {
    String reason = "";
    Map<String, String> metadata = Map.of();
    Duration retryAfter = null;
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo info = detail.unpack(ErrorInfo.class);
          if (info.getDomain().equals(DOMAIN)) {
            reason = info.getReason();
            metadata = Map.copyOf(info.getMetadataMap());
          }
        } else if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
        }
      }
    } catch (InvalidProtocolBufferException broken) {
      // Details that cannot be read are as good as none.
      reason = "";
    }
    return new FastKvException(status, new Details(reason, metadata, retryAfter), cause);
  }

  /** Of what a call of gRPC ended with. */
  static FastKvException of(Throwable cause) {
    return of(StatusProto.fromStatusAndTrailers(
        Status.fromThrowable(cause), Status.trailersFromThrowable(cause)), cause);
  }

  private static Status.Code codeOf(com.google.rpc.Status status) {
    return Status.fromCodeValue(status.getCode()).getCode();
  }

  /** The status code of gRPC. */
  public Status.Code code() {
    return code;
  }

  /**
   * Why FastKV refused the call; error_reason.proto explains each. Unspecified: the error is not
   * from FastKV but from what is between, as UNAVAILABLE and DEADLINE_EXCEEDED mostly are.
   */
  public ErrorReason reason() {
    if (reason.isEmpty()) {
      return ErrorReason.ERROR_REASON_UNSPECIFIED;
    }
    try {
      return ErrorReason.valueOf(REASON_PREFIX + reason);
    } catch (IllegalArgumentException newer) {
      return ErrorReason.UNRECOGNIZED;
    }
  }

  /** As "operation", which of a transaction's operations failed. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** When to try again, where the server says so. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
