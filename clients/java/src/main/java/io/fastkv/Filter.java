package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.ListKeysRequest;
import io.fastkv.v1.StreamEntriesRequest;
import io.fastkv.v1.ValueType;
import java.util.Optional;

/**
 * Which keys.
 *
 * @param prefix those that begin with it; excludes glob
 * @param glob those that match the pattern
 * @param type those that hold this type; unspecified: any
 */
public record Filter(Optional<ByteString> prefix, Optional<ByteString> glob, ValueType type) {
  public static final Filter ALL =
      new Filter(Optional.empty(), Optional.empty(), ValueType.VALUE_TYPE_UNSPECIFIED);

  /** Keys that begin with some text. */
  public static Filter prefix(String prefix) {
    return new Filter(Optional.of(ByteString.copyFromUtf8(prefix)), Optional.empty(), ALL.type);
  }

  /** Keys that match a pattern. */
  public static Filter glob(String glob) {
    return new Filter(Optional.empty(), Optional.of(ByteString.copyFromUtf8(glob)), ALL.type);
  }

  /** Of these, the keys that hold a type. */
  public Filter holding(ValueType type) {
    return new Filter(prefix, glob, type);
  }

  ListKeysRequest.Builder toListKeys() {
    ListKeysRequest.Builder request = ListKeysRequest.newBuilder().setType(type);
    prefix.ifPresent(request::setPrefix);
    glob.ifPresent(request::setGlob);
    return request;
  }

  StreamEntriesRequest toStreamEntries() {
    StreamEntriesRequest.Builder request = StreamEntriesRequest.newBuilder().setType(type);
    prefix.ifPresent(request::setPrefix);
    glob.ifPresent(request::setGlob);
    return request.build();
  }
}
