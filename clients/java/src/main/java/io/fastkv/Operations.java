package io.fastkv;

import static com.google.protobuf.ByteString.copyFromUtf8;

import com.google.protobuf.ByteString;
import io.fastkv.v1.AppendRequest;
import io.fastkv.v1.AppendResponse;
import io.fastkv.v1.BatchDeleteRequest;
import io.fastkv.v1.BatchDeleteResponse;
import io.fastkv.v1.BatchGetRequest;
import io.fastkv.v1.BatchSetEntry;
import io.fastkv.v1.BatchSetRequest;
import io.fastkv.v1.BatchSetResponse;
import io.fastkv.v1.DeleteRequest;
import io.fastkv.v1.ExistsRequest;
import io.fastkv.v1.ExistsResponse;
import io.fastkv.v1.ExpireCondition;
import io.fastkv.v1.ExpireRequest;
import io.fastkv.v1.ExpireResponse;
import io.fastkv.v1.GetRequest;
import io.fastkv.v1.GetTtlRequest;
import io.fastkv.v1.IncrementRequest;
import io.fastkv.v1.IncrementResponse;
import io.fastkv.v1.KeyValueServiceGrpc;
import io.fastkv.v1.PersistRequest;
import io.fastkv.v1.PersistResponse;
import io.fastkv.v1.SetRequest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operations on keys. Text is UTF-8; for other bytes there is a method with {@link ByteString}. */
public final class Operations {
  private Operations() {}

  /** The string at a key. */
  public static Operation<Optional<ByteString>> get(String key) {
    return get(copyFromUtf8(key));
  }

  /** The string at a key. */
  public static Operation<Optional<ByteString>> get(ByteString key) {
    return Operation.idempotent(
        KeyValueServiceGrpc.getGetMethod(),
        GetRequest.newBuilder().setKey(key).build(),
        answer -> optional(answer.hasValue(), answer.getValue()));
  }

  /** The string at a key with its version and time to live. */
  public static Operation<Optional<Results.Entry>> getEntry(String key) {
    return getEntry(copyFromUtf8(key));
  }

  /** The string at a key with its version and time to live. */
  public static Operation<Optional<Results.Entry>> getEntry(ByteString key) {
    return Operation.idempotent(
        KeyValueServiceGrpc.getGetMethod(),
        GetRequest.newBuilder().setKey(key).build(),
        answer ->
            optional(
                answer.hasValue(),
                new Results.Entry(
                    answer.getValue(),
                    answer.getVersion(),
                    Expiry.ttlOf(answer.hasTtlMs(), answer.getTtlMs()))));
  }

  /** Makes a key hold a string. */
  public static Operation<Results.Set> set(String key, String value) {
    return set(copyFromUtf8(key), copyFromUtf8(value), SetOptions.NONE);
  }

  /** Makes a key hold a string if the condition holds. */
  public static Operation<Results.Set> set(String key, String value, SetOptions options) {
    return set(copyFromUtf8(key), copyFromUtf8(value), options);
  }

  /** Makes a key hold a string if the condition holds. */
  public static Operation<Results.Set> set(ByteString key, ByteString value, SetOptions options) {
    SetRequest request = options.toRequest().setKey(key).setValue(value).build();
    boolean plain =
        request.getConditionCase() == SetRequest.ConditionCase.CONDITION_NOT_SET
            && !request.getReturnPrevious();
    Operation<Results.Set> operation =
        plain
            ? Operation.idempotent(KeyValueServiceGrpc.getSetMethod(), request, Operations::decode)
            : Operation.write(KeyValueServiceGrpc.getSetMethod(), request, Operations::decode);
    return operation;
  }

  private static Results.Set decode(io.fastkv.v1.SetResponse answer) {
    return new Results.Set(
        answer.getApplied(),
        answer.getVersion(),
        optional(answer.hasPreviousValue(), answer.getPreviousValue()));
  }

  /** Removes a key. */
  public static Operation<Results.Delete> delete(String key) {
    return delete(copyFromUtf8(key));
  }

  /** Removes a key. */
  public static Operation<Results.Delete> delete(ByteString key) {
    return delete(DeleteRequest.newBuilder().setKey(key));
  }

  /** Removes a key, and answers with the string that it held. */
  public static Operation<Results.Delete> getAndDelete(String key) {
    return delete(
        DeleteRequest.newBuilder().setKey(copyFromUtf8(key)).setReturnPrevious(true));
  }

  /** Removes a key if its entry has this version. */
  public static Operation<Results.Delete> deleteIfVersion(String key, long version) {
    return delete(
        DeleteRequest.newBuilder().setKey(copyFromUtf8(key)).setVersionEquals(version));
  }

  /** Removes a key if it holds exactly this string. */
  public static Operation<Results.Delete> deleteIfValue(String key, ByteString value) {
    return delete(DeleteRequest.newBuilder().setKey(copyFromUtf8(key)).setValueEquals(value));
  }

  private static Operation<Results.Delete> delete(DeleteRequest.Builder request) {
    return Operation.write(
        KeyValueServiceGrpc.getDeleteMethod(),
        request.build(),
        answer ->
            new Results.Delete(
                answer.getDeleted(),
                answer.getExisted(),
                optional(answer.hasPreviousValue(), answer.getPreviousValue())));
  }

  /** Whether there is such a key. */
  public static Operation<Boolean> exists(String key) {
    return exists(copyFromUtf8(key));
  }

  /** Whether there is such a key. */
  public static Operation<Boolean> exists(ByteString key) {
    return Operation.idempotent(
        KeyValueServiceGrpc.getExistsMethod(),
        ExistsRequest.newBuilder().setKey(key).build(),
        ExistsResponse::getExists);
  }

  /** What a key holds, and its version; empty: there is no such key. */
  public static Operation<Optional<Results.KeyStatus>> status(String key) {
    return status(copyFromUtf8(key));
  }

  /** What a key holds, and its version; empty: there is no such key. */
  public static Operation<Optional<Results.KeyStatus>> status(ByteString key) {
    return Operation.idempotent(
        KeyValueServiceGrpc.getExistsMethod(),
        ExistsRequest.newBuilder().setKey(key).build(),
        answer ->
            optional(
                answer.getExists(),
                new Results.KeyStatus(answer.getType(), answer.getVersion())));
  }

  /** When a key expires; empty: there is no such key. */
  public static Operation<Optional<Expiry>> getExpiry(String key) {
    return getExpiry(copyFromUtf8(key));
  }

  /** When a key expires; empty: there is no such key. */
  public static Operation<Optional<Expiry>> getExpiry(ByteString key) {
    return Operation.idempotent(
        KeyValueServiceGrpc.getGetTtlMethod(),
        GetTtlRequest.newBuilder().setKey(key).build(),
        answer ->
            optional(
                answer.getExists(),
                new Expiry(
                    Expiry.ttlOf(answer.hasTtlMs(), answer.getTtlMs()),
                    Expiry.timeOf(answer.hasExpireTimeMs(), answer.getExpireTimeMs()),
                    false)));
  }

  /** Sets when a key expires; false: there is no such key. */
  public static Operation<Boolean> expire(String key, Expiry expiry) {
    return expire(
        copyFromUtf8(key), expiry, ExpireCondition.EXPIRE_CONDITION_UNSPECIFIED);
  }

  /** Sets when a key expires, if the condition holds of its present expiry. */
  public static Operation<Boolean> expire(
      ByteString key, Expiry expiry, ExpireCondition condition) {
    ExpireRequest.Builder request =
        ExpireRequest.newBuilder().setKey(key).setCondition(condition);
    expiry.ttl().ifPresent(ttl -> request.setTtlMs(Expiry.toMillis(ttl)));
    expiry.time().ifPresent(time -> request.setExpireTimeMs(time.toEpochMilli()));
    return Operation.write(
        KeyValueServiceGrpc.getExpireMethod(), request.build(), ExpireResponse::getApplied);
  }

  /** Makes a key stay for ever; whether an expiry was removed. */
  public static Operation<Boolean> persist(String key) {
    return persist(copyFromUtf8(key));
  }

  /** Makes a key stay for ever; whether an expiry was removed. */
  public static Operation<Boolean> persist(ByteString key) {
    return Operation.write(
        KeyValueServiceGrpc.getPersistMethod(),
        PersistRequest.newBuilder().setKey(key).build(),
        PersistResponse::getApplied);
  }

  /** Adds to the integer at a key; the sum. */
  public static Operation<Long> increment(String key, long delta) {
    return increment(copyFromUtf8(key), delta);
  }

  /** Adds to the integer at a key; the sum. */
  public static Operation<Long> increment(ByteString key, long delta) {
    return Operation.write(
        KeyValueServiceGrpc.getIncrementMethod(),
        IncrementRequest.newBuilder().setKey(key).setDelta(delta).build(),
        IncrementResponse::getValue);
  }

  /** Appends to the string at a key; the length of the whole. */
  public static Operation<Long> append(String key, String suffix) {
    return append(copyFromUtf8(key), copyFromUtf8(suffix));
  }

  /** Appends to the string at a key; the length of the whole. */
  public static Operation<Long> append(ByteString key, ByteString suffix) {
    return Operation.write(
        KeyValueServiceGrpc.getAppendMethod(),
        AppendRequest.newBuilder().setKey(key).setSuffix(suffix).build(),
        AppendResponse::getLength);
  }

  /** The strings at many keys as of one moment; empty: no string there. */
  public static Operation<List<Optional<ByteString>>> batchGet(String... keys) {
    return batchGet(List.of(keys).stream().map(ByteString::copyFromUtf8).toList());
  }

  /** The strings at many keys as of one moment; empty: no string there. */
  public static Operation<List<Optional<ByteString>>> batchGet(Collection<ByteString> keys) {
    return Operation.idempotent(
        KeyValueServiceGrpc.getBatchGetMethod(),
        BatchGetRequest.newBuilder().addAllKeys(keys).build(),
        answer ->
            answer.getResultsList().stream()
                .map(result -> optional(result.hasValue(), result.getValue()))
                .toList());
  }

  /** Makes many keys hold strings, all or none; the version that all of them get. */
  public static Operation<Long> batchSet(Map<ByteString, ByteString> entries, Expiry expiry) {
    BatchSetRequest.Builder request = BatchSetRequest.newBuilder();
    entries.forEach(
        (key, value) -> {
          BatchSetEntry.Builder entry =
              request.addEntriesBuilder().setKey(key).setValue(value);
          expiry.ttl().ifPresent(ttl -> entry.setTtlMs(Expiry.toMillis(ttl)));
          expiry.time().ifPresent(time -> entry.setExpireTimeMs(time.toEpochMilli()));
          if (expiry.keep()) {
            entry.setKeepExpiry(true);
          }
        });
    return Operation.idempotent(
        KeyValueServiceGrpc.getBatchSetMethod(), request.build(), BatchSetResponse::getVersion);
  }

  /** Removes many keys at once; of each whether it was there. */
  public static Operation<List<Boolean>> batchDelete(String... keys) {
    return batchDelete(List.of(keys).stream().map(ByteString::copyFromUtf8).toList());
  }

  /** Removes many keys at once; of each whether it was there. */
  public static Operation<List<Boolean>> batchDelete(Collection<ByteString> keys) {
    return Operation.write(
        KeyValueServiceGrpc.getBatchDeleteMethod(),
        BatchDeleteRequest.newBuilder().addAllKeys(keys).build(),
        BatchDeleteResponse::getDeletedList);
  }

  static <T> Optional<T> optional(boolean has, T value) {
    return has ? Optional.of(value) : Optional.empty();
  }
}
