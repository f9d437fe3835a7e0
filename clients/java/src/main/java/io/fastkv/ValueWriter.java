package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.KeyValueServiceGrpc;
import io.fastkv.v1.WriteValueHeader;
import io.fastkv.v1.WriteValueRequest;
import io.fastkv.v1.WriteValueResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Sends a value in pieces, as fast as the connection takes them. */
final class ValueWriter implements ClientResponseObserver<WriteValueRequest, WriteValueResponse> {
  private static final int CHUNK_BYTES = 1 << 20;

  private final CompletableFuture<WriteValueResponse> answer = new CompletableFuture<>();
  private ClientCallStreamObserver<WriteValueRequest> requests;

  static Results.Set write(Channel channel, WriteValueHeader header, InputStream value)
      throws IOException {
    ValueWriter writer = new ValueWriter();
    KeyValueServiceGrpc.newStub(channel).writeValue(writer);
    return writer.send(header, value);
  }

  private Results.Set send(WriteValueHeader header, InputStream value) throws IOException {
    try {
      requests.onNext(WriteValueRequest.newBuilder().setHeader(header).build());
      for (long left = header.getLength(); left > 0 && awaitReady(); ) {
        ByteString chunk =
            ByteString.copyFrom(value.readNBytes((int) Math.min(left, CHUNK_BYTES)));
        if (chunk.isEmpty()) {
          throw new EOFException("the value ended " + left + " bytes early");
        }
        requests.onNext(WriteValueRequest.newBuilder().setChunk(chunk).build());
        left -= chunk.size();
      }
    } catch (IOException | RuntimeException error) {
      // What has been sent must not become a value.
      requests.cancel("the value could not be read", error);
      throw error;
    }
    if (!answer.isDone()) {
      requests.onCompleted();
    }
    try {
      WriteValueResponse response = answer.join();
      return new Results.Set(response.getApplied(), response.getVersion(), Optional.empty());
    } catch (CompletionException error) {
      throw FastKvException.of(error.getCause());
    }
  }

  /** False: the call has ended. */
  private synchronized boolean awaitReady() {
    while (!requests.isReady() && !answer.isDone()) {
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", interrupted);
      }
    }
    return !answer.isDone();
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WriteValueRequest> requests) {
    this.requests = requests;
    requests.setOnReadyHandler(this::wake);
  }

  @Override
  public void onNext(WriteValueResponse response) {
    answer.complete(response);
    wake();
  }

  @Override
  public void onError(Throwable error) {
    answer.completeExceptionally(error);
    wake();
  }

  @Override
  public void onCompleted() {}
}
