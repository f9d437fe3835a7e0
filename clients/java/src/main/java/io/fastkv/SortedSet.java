package io.fastkv;

import static com.google.protobuf.ByteString.copyFromUtf8;

import com.google.protobuf.ByteString;
import io.fastkv.SortedSetOperations.Conditions;
import io.fastkv.SortedSetOperations.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sorted set at a key, whether it is there yet or not. Text is UTF-8; {@link
 * SortedSetOperations} has the same for any bytes.
 */
public final class SortedSet {
  private final FastKvClient client;
  private final ByteString key;

  SortedSet(FastKvClient client, ByteString key) {
    this.client = client;
    this.key = key;
  }

  /** Adds members or changes their scores. */
  public Results.Add add(Map<String, Double> members) {
    return add(members, Conditions.NONE);
  }

  /** Adds members or changes their scores, where the conditions allow it. */
  public Results.Add add(Map<String, Double> members, Conditions conditions) {
    Map<ByteString, Double> bytes =
        members.entrySet().stream()
            .collect(Collectors.toMap(e -> copyFromUtf8(e.getKey()), Map.Entry::getValue));
    return client.run(SortedSetOperations.add(key, bytes, conditions));
  }

  /** Removes members; how many there were. */
  public long remove(String... members) {
    return client.run(SortedSetOperations.remove(key, bytesOf(members)));
  }

  /** Members in order. */
  public List<Results.Scored> range(Range range, Window window) {
    return client.run(SortedSetOperations.range(key, range, window));
  }

  /** The members of highest score, from the highest down. */
  public List<Results.Scored> highest(long count) {
    return range(Range.byRank(0, count - 1), Window.DESCENDING);
  }

  /** The scores of members; empty: there is no such member. */
  public List<Optional<Double>> scores(String... members) {
    return client.run(SortedSetOperations.scores(key, bytesOf(members)));
  }

  /** A member's place counted from the lowest score; empty: there is no such member. */
  public Optional<Results.Rank> rank(String member) {
    return client.run(SortedSetOperations.rank(key, copyFromUtf8(member), false));
  }

  /** A member's place counted from the highest score; empty: there is no such member. */
  public Optional<Results.Rank> rankFromHighest(String member) {
    return client.run(SortedSetOperations.rank(key, copyFromUtf8(member), true));
  }

  /** Adds to a member's score; the new one. */
  public double increment(String member, double delta) {
    return client
        .run(SortedSetOperations.increment(key, copyFromUtf8(member), delta, Conditions.NONE))
        .orElseThrow();
  }

  /** How many members a range by score or by member has. */
  public long count(Range range) {
    return client.run(SortedSetOperations.count(key, range));
  }

  /** Takes members of lowest score. */
  public List<Results.Scored> popLowest(long count) {
    return client
        .run(SortedSetOperations.pop(List.of(key), count, false))
        .map(Results.Popped::members)
        .orElse(List.of());
  }

  /** Takes members of highest score. */
  public List<Results.Scored> popHighest(long count) {
    return client
        .run(SortedSetOperations.pop(List.of(key), count, true))
        .map(Results.Popped::members)
        .orElse(List.of());
  }

  /** Removes the members of a range, which is not all; how many there were. */
  public long removeRange(Range range) {
    return client.run(SortedSetOperations.removeRange(key, range));
  }

  /** Makes another key hold the members of a range; how many it has now. */
  public long storeRange(String destination, Range range, Window window) {
    return client.run(
        SortedSetOperations.storeRange(key, copyFromUtf8(destination), range, window));
  }

  /** Draws members at random. */
  public List<Results.Scored> sample(long count) {
    return client.run(SortedSetOperations.sample(key, count, false));
  }

  /** All members, page by page, in no particular order; one that moves may come twice. */
  public Stream<Results.Scored> scan() {
    return client.scan(key);
  }

  private static List<ByteString> bytesOf(String... members) {
    return List.of(members).stream().map(ByteString::copyFromUtf8).toList();
  }
}
