package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.SetRequest;
import io.fastkv.v1.WriteValueHeader;
import java.util.function.Consumer;

/**
 * When an entry expires, and what must hold for it to be set. Options that say the same thing
 * replace each other.
 *
 * <pre>{@code SetOptions.ttl(Duration.ofMinutes(1)).mustNotExist()}</pre>
 */
public final class SetOptions {
  private static final Consumer<SetRequest.Builder> NOTHING = request -> {};

  private final Expiry expiry;
  private final Consumer<SetRequest.Builder> condition;
  private final boolean returnPrevious;

  private SetOptions(
      Expiry expiry, Consumer<SetRequest.Builder> condition, boolean returnPrevious) {
    this.expiry = expiry;
    this.condition = condition;
    this.returnPrevious = returnPrevious;
  }

  /** Never expires, set whatever there is. */
  public static final SetOptions NONE = new SetOptions(Expiry.NEVER, NOTHING, false);

  public static SetOptions expiring(Expiry expiry) {
    return new SetOptions(expiry, NOTHING, false);
  }

  public static SetOptions ttl(java.time.Duration ttl) {
    return expiring(Expiry.after(ttl));
  }

  private SetOptions when(Consumer<SetRequest.Builder> condition) {
    return new SetOptions(expiry, condition, returnPrevious);
  }

  public SetOptions mustExist() {
    return when(request -> request.setMustExist(true));
  }

  public SetOptions mustNotExist() {
    return when(request -> request.setMustNotExist(true));
  }

  /** The entry has this version; 0: there is none. */
  public SetOptions versionEquals(long version) {
    return when(request -> request.setVersionEquals(version));
  }

  /** Not for values that are written in pieces. */
  public SetOptions valueEquals(ByteString value) {
    return when(request -> request.setValueEquals(value));
  }

  /** Answer with the value from before. Not for values that are written in pieces. */
  public SetOptions returnPrevious() {
    return new SetOptions(expiry, condition, true);
  }

  SetRequest.Builder toRequest() {
    SetRequest.Builder request = SetRequest.newBuilder().setReturnPrevious(returnPrevious);
    expiry.ttl().ifPresent(ttl -> request.setTtlMs(Expiry.toMillis(ttl)));
    expiry.time().ifPresent(time -> request.setExpireTimeMs(time.toEpochMilli()));
    if (expiry.keep()) {
      request.setKeepExpiry(true);
    }
    condition.accept(request);
    return request;
  }

  WriteValueHeader.Builder toHeader() {
    SetRequest.Builder request = toRequest();
    if (request.hasValueEquals() || returnPrevious) {
      throw new IllegalArgumentException("no option of values that are written in pieces");
    }
    WriteValueHeader.Builder header = WriteValueHeader.newBuilder();
    switch (request.getExpiryCase()) {
      case TTL_MS -> header.setTtlMs(request.getTtlMs());
      case EXPIRE_TIME_MS -> header.setExpireTimeMs(request.getExpireTimeMs());
      case KEEP_EXPIRY -> header.setKeepExpiry(true);
      default -> {}
    }
    switch (request.getConditionCase()) {
      case MUST_EXIST -> header.setMustExist(true);
      case MUST_NOT_EXIST -> header.setMustNotExist(true);
      case VERSION_EQUALS -> header.setVersionEquals(request.getVersionEquals());
      default -> {}
    }
    return header;
  }
}
