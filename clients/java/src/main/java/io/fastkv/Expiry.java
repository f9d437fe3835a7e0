package io.fastkv;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When an entry expires, asked for or answered.
 *
 * @param ttl from now
 * @param time by the server's clock
 * @param keep when the entry that is there does; only asked for
 */
public record Expiry(Optional<Duration> ttl, Optional<Instant> time, boolean keep) {
  public static final Expiry NEVER = new Expiry(Optional.empty(), Optional.empty(), false);
  /** The expiry that the entry has. */
  public static final Expiry KEEP = new Expiry(Optional.empty(), Optional.empty(), true);

  /** After a duration, rounded up to milliseconds. */
  public static Expiry after(Duration ttl) {
    return new Expiry(Optional.of(ttl), Optional.empty(), false);
  }

  public static Expiry at(Instant time) {
    return new Expiry(Optional.empty(), Optional.of(time), false);
  }

  static long toMillis(Duration duration) {
    return duration.plusNanos(999_999).toMillis();
  }

  static Optional<Duration> ttlOf(boolean has, long millis) {
    return has ? Optional.of(Duration.ofMillis(millis)) : Optional.empty();
  }

  static Optional<Instant> timeOf(boolean has, long millis) {
    return has ? Optional.of(Instant.ofEpochMilli(millis)) : Optional.empty();
  }
}
