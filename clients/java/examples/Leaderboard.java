import io.fastkv.FastKvClient;
import io.fastkv.FastKvException;
import io.fastkv.Results;
import io.fastkv.SetOptions;
import io.fastkv.SortedSet;
import io.fastkv.SortedSetOperations.Conditions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A leaderboard with rate-limited submissions: a player may submit once an interval; the best score
 * counts.
 *
 * <pre>
 * java -cp ... Leaderboard submit alice 120
 * java -cp ... Leaderboard top 10
 * java -cp ... Leaderboard rank alice
 * </pre>
 */
public final class Leaderboard {
  private static final String USAGE =
      "leaderboard [--target HOST:PORT] [--name NAME] [--interval SECONDS] "
          + "submit PLAYER SCORE | top [COUNT] | rank PLAYER";

  private final FastKvClient client;
  private final String name;
  private final Duration interval;
  private final SortedSet scores;

  public Leaderboard(FastKvClient client, String name, Duration interval) {
    this.client = client;
    this.name = name;
    this.interval = interval;
    scores = client.sortedSet(name + ":scores");
  }

  /** Whether the player was allowed to submit now. */
  public boolean submit(String player, double score) {
    // The key is there as long as the player has to wait. A retry of this call carries the same
    // request id, so it cannot lock the player out.
    Results.Set turn =
        client.set(
            name + ":submitted:" + player, "", SetOptions.ttl(interval).mustNotExist());
    if (!turn.applied()) {
      return false;
    }
    scores.add(Map.of(player, score), Conditions.GREATER);
    return true;
  }

  public List<Results.Scored> top(long count) {
    return scores.highest(count);
  }

  /** Counted from the best, which is 0. */
  public Optional<Results.Rank> rank(String player) {
    return scores.rankFromHighest(player);
  }

  private static String text(double score) {
    return score == Math.rint(score) ? Long.toString((long) score) : Double.toString(score);
  }

  /** One command; whether it did what was asked. */
  private boolean run(List<String> arguments) {
    String command = arguments.isEmpty() ? "" : arguments.get(0);
    if (command.equals("submit") && arguments.size() == 3) {
      String player = arguments.get(1);
      double score = Double.parseDouble(arguments.get(2));
      boolean done = submit(player, score);
      System.out.println(done ? player + " submitted " + text(score) : player + " has to wait");
      return done;
    }
    if (command.equals("top") && arguments.size() <= 2) {
      long place = 0;
      for (Results.Scored each : top(arguments.size() == 2 ? Long.parseLong(arguments.get(1)) : 10)) {
        place++;
        System.out.println(place + ". " + each.member().toStringUtf8() + " " + text(each.score()));
      }
      return true;
    }
    if (command.equals("rank") && arguments.size() == 2) {
      String player = arguments.get(1);
      Optional<Results.Rank> found = rank(player);
      System.out.println(
          found
              .map(r -> player + " is number " + (r.rank() + 1) + " with " + text(r.score()))
              .orElse(player + " has no score"));
      return found.isPresent();
    }
    System.err.println(USAGE);
    return false;
  }

  public static void main(String[] args) {
    Map<String, String> flags =
        new HashMap<>(
            Map.of("--target", "127.0.0.1:50051", "--name", "leaderboard", "--interval", "1"));
    ArrayDeque<String> arguments = new ArrayDeque<>(List.of(args));
    while (arguments.size() >= 2 && flags.containsKey(arguments.peek())) {
      flags.put(arguments.remove(), arguments.remove());
    }
    boolean done = false;
    try (FastKvClient client = FastKvClient.connect(flags.get("--target"))) {
      Duration interval =
          Duration.ofMillis(Math.round(Double.parseDouble(flags.get("--interval")) * 1000));
      done = new Leaderboard(client, flags.get("--name"), interval).run(List.copyOf(arguments));
    } catch (FastKvException | NumberFormatException error) {
      System.err.println(error.getMessage());
    }
    System.exit(done ? 0 : 1);
  }
}
