package io.fastkv;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.fastkv.v1.OperationResult;
import io.grpc.MethodDescriptor;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a call asks for, apart from making it, and how to read its answer.
 *
 * <p>Made by {@link Operations} and {@link SortedSetOperations}; called by {@link FastKvClient#run}
 * and {@link FastKvClient#runAsync}, part of a {@link Transaction}, or sent with many others through
 * a {@link Pipeline}. It does not change and may be used again.
 */
public final class Operation<T> {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int REQUEST_ID_BYTES = 16;
  // The fields of fastkv.v1.Operation by what they hold.
  private static final Map<Descriptor, FieldDescriptor> FIELDS =
      io.fastkv.v1.Operation.getDescriptor().getFields().stream()
          .collect(Collectors.toMap(FieldDescriptor::getMessageType, Function.identity()));

  private final MethodDescriptor<Message, Message> method;
  private final Message request;
  private final Function<Message, T> decode;
  private final boolean idempotent;

  private Operation(
      MethodDescriptor<Message, Message> method,
      Message request,
      Function<Message, T> decode,
      boolean idempotent) {
    this.method = method;
    this.request = request;
    this.decode = decode;
    this.idempotent = idempotent;
  }

  /** One that must not be repeated without a request id. */
  @SuppressWarnings("unchecked")
  static <Q extends Message, R extends Message, T> Operation<T> write(
      MethodDescriptor<Q, R> method, Q request, Function<R, T> decode) {
    return new Operation<>(
        (MethodDescriptor<Message, Message>) (MethodDescriptor<?, ?>) method,
        request,
        (Function<Message, T>) (Function<?, T>) decode,
        false);
  }

  /** One whose repeat does no harm. */
  static <Q extends Message, R extends Message, T> Operation<T> idempotent(
      MethodDescriptor<Q, R> method, Q request, Function<R, T> decode) {
    Operation<T> operation = write(method, request, decode);
    return new Operation<>(operation.method, operation.request, operation.decode, true);
  }

  /**
   * The same with a request id: however often the operation that this returns is run within the
   * server's window, it is applied once and answered alike.
   */
  public Operation<T> once() {
    FieldDescriptor field = request.getDescriptorForType().findFieldByName("request_id");
    if (field == null || !((ByteString) request.getField(field)).isEmpty()) {
      return this;
    }
    Message marked = request.toBuilder().setField(field, newRequestId()).build();
    return new Operation<>(method, marked, decode, idempotent);
  }

  static ByteString newRequestId() {
    byte[] id = new byte[REQUEST_ID_BYTES];
    RANDOM.nextBytes(id);
    return ByteString.copyFrom(id);
  }

  /** Whether a repeat does no harm even without a request id. */
  boolean isIdempotent() {
    return idempotent;
  }

  MethodDescriptor<Message, Message> method() {
    return method;
  }

  Message request() {
    return request;
  }

  T decode(Message response) {
    return decode.apply(response);
  }

  io.fastkv.v1.Operation toMessage() {
    FieldDescriptor field = FIELDS.get(request.getDescriptorForType());
    return io.fastkv.v1.Operation.newBuilder().setField(field, request).build();
  }

  T decode(OperationResult result) {
    // Requests and answers have the same numbers.
    int number = FIELDS.get(request.getDescriptorForType()).getNumber();
    return decode(
        (Message)
            result.getField(OperationResult.getDescriptor().findFieldByNumber(number)));
  }
}
