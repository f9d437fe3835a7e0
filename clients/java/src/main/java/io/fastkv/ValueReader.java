package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.KeyValueServiceGrpc;
import io.fastkv.v1.ReadValueRequest;
import io.fastkv.v1.ReadValueResponse;
import io.fastkv.v1.ValueHeader;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/** The bytes of a value, and what is known of its entry. Has to be closed. */
public final class ValueReader extends InputStream {
  private final Context.CancellableContext context;
  private final Iterator<ReadValueResponse> responses;
  private final ValueHeader header;
  private InputStream chunk;

  private ValueReader(
      Context.CancellableContext context,
      Iterator<ReadValueResponse> responses,
      ReadValueResponse first) {
    this.context = context;
    this.responses = responses;
    header = first.getHeader();
    chunk = first.getChunk().newInput();
  }

  static Optional<ValueReader> open(Channel channel, ByteString key, long offset, long length) {
    ReadValueRequest request =
        ReadValueRequest.newBuilder().setKey(key).setOffset(offset).setLength(length).build();
    Context.CancellableContext context = Context.current().withCancellation();
    try {
      Iterator<ReadValueResponse> responses =
          context.call(() -> KeyValueServiceGrpc.newBlockingStub(channel).readValue(request));
      ReadValueResponse first = responses.hasNext() ? responses.next() : null;
      if (first != null && first.hasHeader()) {
        return Optional.of(new ValueReader(context, responses, first));
      }
      context.cancel(null);
      return Optional.empty();
    } catch (Exception error) {
      context.cancel(null);
      throw FastKvException.of(error);
    }
  }

  /** Of the whole value, in bytes. */
  public long length() {
    return header.getLength();
  }

  public long version() {
    return header.getVersion();
  }

  /** How long it lives from now; empty: for ever. */
  public Optional<Duration> ttl() {
    return Expiry.ttlOf(header.hasTtlMs(), header.getTtlMs());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      int count = chunk.read(into, offset, length);
      while (count < 0 && responses.hasNext()) {
        chunk = responses.next().getChunk().newInput();
        count = chunk.read(into, offset, length);
      }
      return count;
    } catch (StatusRuntimeException error) {
      throw new IOException(FastKvException.of(error));
    }
  }

  /** Ends the stream. */
  @Override
  public void close() {
    context.cancel(null);
  }
}
