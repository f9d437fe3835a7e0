package io.fastkv;

import static com.google.protobuf.ByteString.copyFromUtf8;

import com.google.gson.Gson;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.fastkv.v1.KeyInfo;
import io.fastkv.v1.KeyValueServiceGrpc;
import io.fastkv.v1.ListKeysRequest;
import io.fastkv.v1.ListKeysResponse;
import io.fastkv.v1.SortedSetServiceGrpc;
import io.fastkv.v1.SortedSetServiceScanRequest;
import io.fastkv.v1.SortedSetServiceScanResponse;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * A connection to a server; threads may share it.
 *
 * <pre>{@code
 * try (FastKvClient client = FastKvClient.connect("127.0.0.1:50051")) {
 *   client.set("greeting", "hello");
 * }
 * }</pre>
 *
 * <p>The methods here take text, sent as UTF-8. {@link Operations} and {@link SortedSetOperations}
 * have all that can be asked for, also of any bytes; {@link #run} and {@link #runAsync} call it.
 *
 * <p>Calls throw {@link FastKvException}, and futures fail with it. Those that the network loses
 * are sent again within the timeout; writes that are not idempotent carry a request id, so that
 * none is applied twice.
 */
public final class FastKvClient implements AutoCloseable {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final long CLOSE_SECONDS = 5;

  private final ManagedChannel channel;
  private final Optional<Duration> timeout;
  private final boolean requestIds;

  private FastKvClient(ManagedChannel channel, Optional<Duration> timeout, boolean requestIds) {
    this.channel = channel;
    this.timeout = timeout;
    this.requestIds = requestIds;
  }

  /** Without encryption. Does not wait for the server. */
  public static FastKvClient connect(String target) {
    return connect(target, InsecureChannelCredentials.create(), true);
  }

  /**
   * Does not wait for the server.
   *
   * @param requestIds false: only calls that are idempotent by themselves are sent again
   */
  public static FastKvClient connect(
      String target, ChannelCredentials credentials, boolean requestIds) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(target, credentials)
            .defaultServiceConfig(serviceConfig(requestIds))
            .enableRetry()
            // The server alone limits messages.
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
    return new FastKvClient(channel, Optional.of(DEFAULT_TIMEOUT), requestIds);
  }

  private static Map<String, ?> serviceConfig(boolean requestIds) {
    String name = requestIds ? "service_config_request_ids.json" : "service_config.json";
    try (InputStream file = FastKvClient.class.getResourceAsStream(name);
        Reader text = new InputStreamReader(file, StandardCharsets.UTF_8)) {
      @SuppressWarnings("unchecked")
      Map<String, ?> config = new Gson().fromJson(text, Map.class);
      return config;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** The same connection with another timeout of calls, 5 seconds unless given. */
  public FastKvClient withTimeout(Duration timeout) {
    return new FastKvClient(channel, Optional.of(timeout), requestIds);
  }

  /** The same connection without an end of calls. Streams and pipelines never have one. */
  public FastKvClient withoutTimeout() {
    return new FastKvClient(channel, Optional.empty(), requestIds);
  }

  /** Lets calls end for a moment, then ends them. */
  @Override
  public void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Calls the method that an operation is the request of. */
  public <T> T run(Operation<T> operation) {
    Operation<T> asked = prepare(operation);
    return asked.decode(call(asked.method(), asked.request()));
  }

  /** As {@link #run}; cancelling the future cancels the call. */
  public <T> CompletableFuture<T> runAsync(Operation<T> operation) {
    Operation<T> asked = prepare(operation);
    ClientCall<Message, Message> call = channel.newCall(asked.method(), callOptions());
    CompletableFuture<T> future = new CompletableFuture<>();
    future.whenComplete(
        (answer, error) -> {
          if (future.isCancelled()) {
            call.cancel("the future was cancelled", null);
          }
        });
    ClientCalls.asyncUnaryCall(
        call,
        asked.request(),
        new StreamObserver<>() {
          @Override
          public void onNext(Message response) {
            future.complete(asked.decode(response));
          }

          @Override
          public void onError(Throwable error) {
            future.completeExceptionally(FastKvException.of(error));
          }

          @Override
          public void onCompleted() {}
        });
    return future;
  }

  private <T> Operation<T> prepare(Operation<T> operation) {
    return requestIds && !operation.isIdempotent() ? operation.once() : operation;
  }

  private CallOptions callOptions() {
    return timeout
        .map(t -> CallOptions.DEFAULT.withDeadlineAfter(t.toNanos(), TimeUnit.NANOSECONDS))
        .orElse(CallOptions.DEFAULT);
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    try {
      return ClientCalls.blockingUnaryCall(channel, method, callOptions(), request);
    } catch (StatusRuntimeException error) {
      throw FastKvException.of(error);
    }
  }

  /** The string at a key. */
  public Optional<ByteString> get(String key) {
    return run(Operations.get(key));
  }

  /** Makes a key hold a string. */
  public Results.Set set(String key, String value) {
    return run(Operations.set(key, value));
  }

  /** Makes a key hold a string if the condition holds. */
  public Results.Set set(String key, String value, SetOptions options) {
    return run(Operations.set(key, value, options));
  }

  /** Removes a key; whether it was there. */
  public boolean delete(String key) {
    return run(Operations.delete(key)).deleted();
  }

  /** Whether there is such a key. */
  public boolean exists(String key) {
    return run(Operations.exists(key));
  }

  /** When a key expires; empty: there is no such key. */
  public Optional<Expiry> getExpiry(String key) {
    return run(Operations.getExpiry(key));
  }

  /** Sets when a key expires; false: there is no such key. */
  public boolean expire(String key, Expiry expiry) {
    return run(Operations.expire(key, expiry));
  }

  /** Makes a key stay for ever; whether an expiry was removed. */
  public boolean persist(String key) {
    return run(Operations.persist(key));
  }

  /** Adds to the integer at a key; the sum. */
  public long increment(String key, long delta) {
    return run(Operations.increment(key, delta));
  }

  /** Appends to the string at a key; the length of the whole. */
  public long append(String key, String suffix) {
    return run(Operations.append(key, suffix));
  }

  /** The strings at many keys as of one moment; empty: no string there. */
  public List<Optional<ByteString>> batchGet(String... keys) {
    return run(Operations.batchGet(keys));
  }

  /** Removes many keys at once; of each whether it was there. */
  public List<Boolean> batchDelete(String... keys) {
    return run(Operations.batchDelete(keys));
  }

  /** The sorted set at a key. */
  public SortedSet sortedSet(String key) {
    return new SortedSet(this, copyFromUtf8(key));
  }

  /** Does all that a transaction says at once, or nothing of it. */
  public Transaction.Result execute(Transaction transaction) {
    return run(transaction.operation());
  }

  /** Opens a stream for many operations, at little cost each. */
  public Pipeline pipeline() {
    return new Pipeline(channel);
  }

  /** Keys in no particular order, page by page as the stream is read. */
  public Stream<Results.KeyInfo> keys(Filter filter) {
    ListKeysRequest.Builder request = filter.toListKeys();
    Stream<ListKeysResponse> pages =
        pages(
            KeyValueServiceGrpc.getListKeysMethod(),
            (method, token) -> call(method, request.setPageToken(token).build()),
            ListKeysResponse::getNextPageToken);
    return pages.flatMap(page -> page.getKeysList().stream()).map(FastKvClient::toKeyInfo);
  }

  private static Results.KeyInfo toKeyInfo(KeyInfo info) {
    return new Results.KeyInfo(
        info.getKey(),
        info.getType(),
        info.getVersion(),
        Expiry.ttlOf(info.hasTtlMs(), info.getTtlMs()));
  }

  Stream<Results.Scored> scan(ByteString key) {
    SortedSetServiceScanRequest.Builder request =
        SortedSetServiceScanRequest.newBuilder().setKey(key);
    Stream<SortedSetServiceScanResponse> pages =
        pages(
            SortedSetServiceGrpc.getScanMethod(),
            (method, token) -> call(method, request.setPageToken(token).build()),
            SortedSetServiceScanResponse::getNextPageToken);
    return pages.flatMap(page -> SortedSetOperations.scored(page.getMembersList()).stream());
  }

  /** Calls for page after page, until one names no next. */
  private static <Q, R> Stream<R> pages(
      MethodDescriptor<Q, R> method,
      BiFunction<MethodDescriptor<Q, R>, String, R> fetch,
      java.util.function.Function<R, String> next) {
    // Null ends the stream, after the page that has no next token.
    return Stream.iterate(
        fetch.apply(method, ""),
        page -> page != null,
        page -> next.apply(page).isEmpty() ? null : fetch.apply(method, next.apply(page)));
  }

  /**
   * Entries with what they hold, in no particular order, as fast as the stream is read. Has to be
   * closed unless it is read to its end.
   */
  public Stream<Results.StreamedEntry> entries(Filter filter) {
    return EntryStream.open(channel, filter.toStreamEntries());
  }

  /**
   * Reads a string of any length, as of one moment; empty: there is no such key.
   *
   * @param length 0: to the end
   */
  public Optional<ValueReader> readValue(String key, long offset, long length) {
    return ValueReader.open(channel, copyFromUtf8(key), offset, length);
  }

  /** Makes a key hold the next `length` bytes of a stream, at once when the last is there. */
  public Results.Set writeValue(String key, InputStream value, long length, SetOptions options)
      throws IOException {
    ByteString id = requestIds ? Operation.newRequestId() : ByteString.EMPTY;
    return ValueWriter.write(
        channel,
        options
            .toHeader()
            .setKey(copyFromUtf8(key))
            .setLength(length)
            .setRequestId(id)
            .build(),
        value);
  }
}
