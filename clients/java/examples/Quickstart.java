import io.fastkv.FastKvClient;
import io.fastkv.SetOptions;
import java.time.Duration;
import java.util.Map;

public class Quickstart {
  public static void main(String[] args) {
    try (FastKvClient client = FastKvClient.connect("127.0.0.1:50051")) {
      client.set("greeting", "hello", SetOptions.ttl(Duration.ofMinutes(1)));
      client.get("greeting").ifPresent(value -> System.out.println(value.toStringUtf8()));
      client.sortedSet("board").add(Map.of("alice", 120.0, "bob", 95.0));
      client.sortedSet("board").highest(10)
          .forEach(each -> System.out.println(each.member().toStringUtf8() + " " + each.score()));
    }
  }
}
