package io.fastkv;

import io.fastkv.v1.OperationResult;
import io.fastkv.v1.PipelineRequest;
import io.fastkv.v1.PipelineResponse;
import io.fastkv.v1.PipelineServiceGrpc;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends many operations over one stream, at little cost each. Each is atomic by itself; results
 * come in order.
 *
 * <pre>{@code
 * try (Pipeline pipeline = client.pipeline()) {
 *   CompletableFuture<Long> sum = pipeline.add(Operations.increment("n", 1));
 *   pipeline.flush();
 * }
 * }</pre>
 *
 * <p>Threads may share it. {@link #add} waits while many batches are under way, so do not call it
 * where a result is handled. If the stream breaks, futures fail, and their operations may have run
 * or not: those made with {@link Operation#once} can be sent again.
 */
public final class Pipeline implements AutoCloseable {
  // With so many operations a message, most of the cost is theirs; the server takes ten thousand.
  private static final int BATCH_SIZE = 256;
  private static final int BATCHES_UNDER_WAY = 16;

  private record Pending<T>(Operation<T> operation, CompletableFuture<T> future) {
    void complete(OperationResult result) {
      if (result.hasError()) {
        future.completeExceptionally(FastKvException.of(result.getError(), null));
      } else {
        future.complete(operation.decode(result));
      }
    }
  }

  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private ClientCallStreamObserver<PipelineRequest> requests;

  // Guarded by this.
  private List<Pending<?>> batch = new ArrayList<>();
  private final ArrayDeque<List<Pending<?>>> sent = new ArrayDeque<>();
  private boolean closed;
  private Throwable broken;

  Pipeline(Channel channel) {
    PipelineServiceGrpc.newStub(channel).pipeline(new Responses());
  }

  /** Adds an operation; it is sent when its batch is full, or by {@link #flush}. */
  public synchronized <T> CompletableFuture<T> add(Operation<T> operation) {
    if (closed) {
      throw new IllegalStateException("the pipeline is closed");
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    batch.add(new Pending<>(operation, future));
    if (batch.size() >= BATCH_SIZE) {
      flush();
    }
    return future;
  }

  /** Sends what has been added. */
  public synchronized void flush() {
    while (sent.size() >= BATCHES_UNDER_WAY && broken == null) {
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", interrupted);
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    List<Pending<?>> full = batch;
    batch = new ArrayList<>();
    if (broken != null) {
      full.forEach(each -> each.future().completeExceptionally(FastKvException.of(broken)));
      return;
    }
    PipelineRequest.Builder request = PipelineRequest.newBuilder();
    full.forEach(each -> request.addOperations(each.operation().toMessage()));
    sent.add(full);
    requests.onNext(request.build());
  }

  /** Sends what has been added, and waits until all futures are done. */
  @Override
  public void close() {
    synchronized (this) {
      if (!closed) {
        flush();
        closed = true;
        if (broken == null) {
          requests.onCompleted();
        }
      }
    }
    end.join();
  }

  private final class Responses
      implements ClientResponseObserver<PipelineRequest, PipelineResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<PipelineRequest> stream) {
      requests = stream;
    }

    @Override
    public void onNext(PipelineResponse response) {
      List<Pending<?>> answered;
      synchronized (Pipeline.this) {
        answered = sent.remove();
        Pipeline.this.notifyAll();
      }
      // Outside the lock: what waits for a future may add to the pipeline.
      for (int i = 0; i < answered.size(); i++) {
        answered.get(i).complete(response.getResults(i));
      }
    }

    @Override
    public void onError(Throwable error) {
      finish(error);
    }

    @Override
    public void onCompleted() {
      finish(io.grpc.Status.CANCELLED.withDescription("the pipeline has ended").asException());
    }

    private void finish(Throwable error) {
      List<List<Pending<?>>> unanswered;
      synchronized (Pipeline.this) {
        broken = error;
        unanswered = List.copyOf(sent);
        sent.clear();
        Pipeline.this.notifyAll();
      }
      unanswered.forEach(
          each ->
              each.forEach(
                  one -> one.future().completeExceptionally(FastKvException.of(error))));
      end.complete(null);
    }
  }
}
