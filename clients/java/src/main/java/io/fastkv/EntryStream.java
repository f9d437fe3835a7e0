package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.EntryPiece;
import io.fastkv.v1.KeyValueServiceGrpc;
import io.fastkv.v1.ScoredMember;
import io.fastkv.v1.StreamEntriesRequest;
import io.fastkv.v1.StreamEntriesResponse;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Puts the pieces of streamed entries together. Its own thread's only. */
final class EntryStream extends Spliterators.AbstractSpliterator<Results.StreamedEntry> {
  private final Iterator<StreamEntriesResponse> responses;
  private Iterator<EntryPiece> pieces = Spliterators.iterator(Spliterators.emptySpliterator());
  private ByteString value = ByteString.EMPTY;
  private Map<ByteString, Double> members = new HashMap<>();

  private EntryStream(Iterator<StreamEntriesResponse> responses) {
    super(Long.MAX_VALUE, Spliterator.DISTINCT | Spliterator.NONNULL);
    this.responses = responses;
  }

  static Stream<Results.StreamedEntry> open(Channel channel, StreamEntriesRequest request) {
    Context.CancellableContext context = Context.current().withCancellation();
    try {
      Iterator<StreamEntriesResponse> responses =
          context.call(
              () -> KeyValueServiceGrpc.newBlockingStub(channel).streamEntries(request));
      return StreamSupport.stream(new EntryStream(responses), false)
          .onClose(() -> context.cancel(null));
    } catch (Exception error) {
      context.cancel(null);
      throw FastKvException.of(error);
    }
  }

  @Override
  public boolean tryAdvance(Consumer<? super Results.StreamedEntry> action) {
    while (true) {
      EntryPiece piece = nextPiece();
      if (piece == null) {
        return false;
      }
      boolean isString = piece.getContentCase() == EntryPiece.ContentCase.STRING_VALUE;
      if (isString) {
        value = value.concat(piece.getStringValue());
      } else {
        for (ScoredMember each : piece.getSortedSet().getMembersList()) {
          members.put(each.getMember(), each.getScore());
        }
      }
      if (piece.getContinues()) {
        continue;
      }
      action.accept(
          new Results.StreamedEntry(
              piece.getKey(),
              piece.getVersion(),
              Expiry.timeOf(piece.hasExpireTimeMs(), piece.getExpireTimeMs()),
              isString ? Optional.of(value) : Optional.empty(),
              members));
      value = ByteString.EMPTY;
      members = new HashMap<>();
      return true;
    }
  }

  private EntryPiece nextPiece() {
    try {
      while (!pieces.hasNext()) {
        if (!responses.hasNext()) {
          return null;
        }
        pieces = responses.next().getEntriesList().iterator();
      }
      return pieces.next();
    } catch (StatusRuntimeException error) {
      throw FastKvException.of(error);
    }
  }
}
