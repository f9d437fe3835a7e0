package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.ValueType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What operations answer with. */
public final class Results {
  private Results() {}

  /**
   * A string with what is known of its entry.
   *
   * @param ttl how long it lives from now; empty: for ever
   */
  public record Entry(ByteString value, long version, Optional<Duration> ttl) {}

  /**
   * What became of a set.
   *
   * @param applied false: the condition did not hold
   * @param version of the entry that the key has now; 0: there is none
   * @param previous with returnPrevious: the value from before
   */
  public record Set(boolean applied, long version, Optional<ByteString> previous) {}

  /**
   * What became of a delete.
   *
   * @param deleted false: there was no such key, or the condition did not hold
   * @param previous with returnPrevious: the value from before
   */
  public record Delete(boolean deleted, boolean existed, Optional<ByteString> previous) {}

  /** What is known of an entry, whatever it holds. */
  public record KeyStatus(ValueType type, long version) {}

  /**
   * A key and what is known of its entry.
   *
   * @param ttl how long it lives from now; empty: for ever
   */
  public record KeyInfo(ByteString key, ValueType type, long version, Optional<Duration> ttl) {}

  /**
   * An entry with what it holds.
   *
   * @param value of a string
   * @param members of a sorted set, in no particular order; empty for a string
   */
  public record StreamedEntry(
      ByteString key,
      long version,
      Optional<Instant> expireTime,
      Optional<ByteString> value,
      Map<ByteString, Double> members) {}

  /** A member of a sorted set with its score. */
  public record Scored(ByteString member, double score) {}

  /** A member's place, from 0, and its score. */
  public record Rank(long rank, double score) {}

  /**
   * How many members a sorted set got, and how many got another score.
   *
   * @param version the set's; 0: there is none
   */
  public record Add(long added, long updated, long version) {}

  /** Members that were taken, and the set that they were taken from. */
  public record Popped(ByteString key, List<Scored> members) {}
}
