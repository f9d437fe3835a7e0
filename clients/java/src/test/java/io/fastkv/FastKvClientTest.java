package io.fastkv;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.fastkv.Compare.Relation;
import io.fastkv.SortedSetOperations.Combination;
import io.fastkv.SortedSetOperations.Conditions;
import io.fastkv.SortedSetOperations.Window;
import io.fastkv.v1.ErrorReason;
import io.fastkv.v1.ExpireCondition;
import io.fastkv.v1.ValueType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against the server at FASTKV_TARGET. */
class FastKvClientTest {
  private static FastKvClient client;
  // Tests may share the server: each has keys of its own.
  private String key;

  @BeforeAll
  static void connect() {
    String target = System.getenv("FASTKV_TARGET");
    Assumptions.assumeTrue(target != null, "FASTKV_TARGET names no server");
    client = FastKvClient.connect(target);
  }

  @AfterAll
  static void close() {
    if (client != null) {
      client.close();
    }
  }

  @BeforeEach
  void chooseKeys() {
    key = UUID.randomUUID() + ":";
  }

  private static ByteString bytes(String text) {
    return copyFromUtf8(text);
  }

  private static Results.Scored scored(String member, double score) {
    return new Results.Scored(bytes(member), score);
  }

  private static ErrorReason reasonOf(Throwable error) {
    return ((FastKvException) error).reason();
  }

  @Test
  void aMissIsEmptyAndAnEmptyValueIsNot() {
    assertEquals(Optional.empty(), client.get(key));
    client.set(key, "");
    assertEquals(Optional.of(ByteString.EMPTY), client.get(key));
    ByteString binary = ByteString.copyFrom(new byte[] {0, -1});
    client.run(Operations.set(binary.concat(bytes(key)), binary, SetOptions.NONE));
    assertEquals(
        Optional.of(binary), client.run(Operations.get(binary.concat(bytes(key)))));
  }

  @Test
  void conditionsDecideAndPreviousValuesReturn() {
    assertFalse(client.set(key, "1", SetOptions.NONE.mustExist()).applied());
    Results.Set first = client.set(key, "1", SetOptions.NONE.mustNotExist());
    assertTrue(first.applied());
    Results.Set second =
        client.set(key, "2", SetOptions.NONE.versionEquals(first.version()).returnPrevious());
    assertEquals(Optional.of(bytes("1")), second.previous());
    assertFalse(client.set(key, "3", SetOptions.NONE.versionEquals(first.version())).applied());
    assertTrue(client.set(key, "3", SetOptions.NONE.valueEquals(bytes("2"))).applied());
    assertFalse(client.run(Operations.deleteIfValue(key, bytes("2"))).deleted());
    assertEquals(
        new Results.Delete(true, true, Optional.of(bytes("3"))),
        client.run(Operations.getAndDelete(key)));
  }

  @Test
  void expiryIsADurationOrATime() {
    client.set(key, "v", SetOptions.ttl(Duration.ofMinutes(1)));
    Duration ttl = client.run(Operations.getEntry(key)).orElseThrow().ttl().orElseThrow();
    assertTrue(ttl.compareTo(Duration.ZERO) > 0 && ttl.compareTo(Duration.ofMinutes(1)) <= 0);
    Expiry later = Expiry.after(Duration.ofHours(1));
    assertFalse(
        client.run(
            Operations.expire(bytes(key), later, ExpireCondition.EXPIRE_CONDITION_NONE)));
    Instant time = Instant.parse("2100-01-01T00:00:00Z");
    assertTrue(client.expire(key, Expiry.at(time)));
    assertEquals(Optional.of(time), client.getExpiry(key).orElseThrow().time());
    assertTrue(client.persist(key));
    assertEquals(Optional.of(Expiry.NEVER), client.getExpiry(key));
    assertEquals(Optional.empty(), client.getExpiry(key + "nothing"));
  }

  @Test
  void callsOverlap() {
    List<CompletableFuture<Long>> sums =
        IntStream.range(0, 200)
            .mapToObj(i -> client.runAsync(Operations.increment(key, 1)))
            .toList();
    assertEquals(200, sums.stream().map(CompletableFuture::join).distinct().count());
    assertEquals(200, client.increment(key, 0));
    assertEquals(4, client.append(key, "0"));
  }

  @Test
  void batchesAnswerInOrder() {
    client.run(
        Operations.batchSet(
            Map.of(bytes(key + "a"), bytes("1"), bytes(key + "b"), bytes("2")), Expiry.NEVER));
    assertEquals(
        List.of(Optional.of(bytes("2")), Optional.empty(), Optional.of(bytes("1"))),
        client.batchGet(key + "b", key + "nothing", key + "a"));
    assertEquals(List.of(true, false), client.batchDelete(key + "a", key + "a"));
    assertFalse(client.exists(key + "a"));
  }

  @Test
  void keysComeFromAllPages() {
    Map<ByteString, ByteString> entries = new HashMap<>();
    for (int i = 0; i < 2500; i++) {
      entries.put(bytes(key + i), bytes("v"));
    }
    client.run(Operations.batchSet(entries, Expiry.NEVER));
    List<ByteString> keys =
        client
            .keys(Filter.prefix(key).holding(ValueType.VALUE_TYPE_STRING))
            .map(Results.KeyInfo::key)
            .toList();
    assertEquals(2500, keys.size());
    assertEquals(entries.keySet(), java.util.Set.copyOf(keys));
  }

  @Test
  void errorsHaveTheirReason() {
    client.set(key, "text");
    FastKvException error =
        assertThrows(FastKvException.class, () -> client.increment(key, 1));
    assertEquals(ErrorReason.ERROR_REASON_VALUE_NOT_INTEGER, error.reason());
    assertEquals(Status.Code.FAILED_PRECONDITION, error.code());
    ExecutionException failed =
        assertThrows(
            ExecutionException.class,
            () -> client.runAsync(SortedSetOperations.count(bytes(key), Range.ALL)).get());
    assertEquals(ErrorReason.ERROR_REASON_WRONG_TYPE, reasonOf(failed.getCause()));
  }

  @Test
  void timeoutsHoldAndAServerThatIsNotThereIsAnError() {
    FastKvException late =
        assertThrows(
            FastKvException.class, () -> client.withTimeout(Duration.ofNanos(1)).get(key));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, late.code());
    assertEquals(Optional.empty(), client.withoutTimeout().get(key));
    try (FastKvClient nobody = FastKvClient.connect("127.0.0.1:1")) {
      FastKvException error =
          assertThrows(
              FastKvException.class, () -> nobody.withTimeout(Duration.ofSeconds(2)).get(key));
      assertEquals(ErrorReason.ERROR_REASON_UNSPECIFIED, error.reason());
    }
  }

  @Test
  void aRepeatIsHarmlessOrCarriesARequestId() {
    List<Operation<?>> harmless =
        List.of(
            Operations.get("k"),
            Operations.set("k", "v"),
            Operations.batchSet(Map.of(), Expiry.NEVER),
            SortedSetOperations.count(bytes("k"), Range.ALL));
    harmless.forEach(each -> assertTrue(each.isIdempotent()));
    List<Operation<?>> writes =
        List.of(
            Operations.set("k", "v", SetOptions.NONE.mustExist()),
            Operations.set("k", "v", SetOptions.NONE.returnPrevious()),
            Operations.delete("k"),
            Operations.increment("k", 1),
            Operations.append("k", "v"),
            Operations.expire("k", Expiry.after(Duration.ofSeconds(1))),
            Operations.persist("k"),
            Operations.batchDelete("k"),
            SortedSetOperations.add("k", "m", 1, Conditions.NONE),
            SortedSetOperations.increment(bytes("k"), bytes("m"), 1, Conditions.NONE),
            SortedSetOperations.pop(List.of(bytes("k")), 1, true),
            SortedSetOperations.combineStore("k", Combination.union("k")),
            new Transaction().then(Operations.increment("k", 1)).operation());
    for (Operation<?> write : writes) {
      assertFalse(write.isIdempotent());
      Operation<?> once = write.once();
      assertNotEquals(write.request(), once.request());
      assertSame(once, once.once());
    }
    Operation<?> read = Operations.get("k");
    assertSame(read, read.once());
  }

  @Test
  void sortedSetsAreKeptInOrder() {
    SortedSet board = client.sortedSet(key);
    assertEquals(3, board.add(Map.of("a", 1.0, "b", 2.5, "c", 3.0)).added());
    assertEquals(1, board.add(Map.of("a", 5.0, "b", 0.0), Conditions.GREATER).updated());
    assertEquals(
        List.of(scored("a", 5), scored("c", 3), scored("b", 2.5)), board.highest(3));
    assertEquals(
        List.of(scored("b", 2.5)), board.range(Range.byRank(0, 0), Window.ASCENDING));
    assertEquals(
        List.of(scored("c", 3)),
        board.range(Range.betweenScores(2.5, 5), new Window(false, 0, 2)));
    assertEquals(List.of(Optional.of(5.0), Optional.empty()), board.scores("a", "nobody"));
    assertEquals(Optional.of(new Results.Rank(0, 5)), board.rankFromHighest("a"));
    assertEquals(Optional.empty(), board.rank("nobody"));
    assertEquals(2.5, board.increment("c", -0.5));
    assertEquals(2, board.count(Range.byScore(Double.NEGATIVE_INFINITY, 2.5)));
    assertEquals(1, board.remove("a", "nobody"));
  }

  @Test
  void sortedSetsAreTakenFromAndCombined() {
    String a = key + "a";
    String b = key + "b";
    String d = key + "d";
    client.sortedSet(a).add(Map.of("x", 1.0, "y", 2.0, "z", 3.0));
    client.sortedSet(b).add(Map.of("y", 10.0, "w", 4.0));
    assertEquals(
        List.of(scored("y", 12)),
        client.run(SortedSetOperations.combine(Combination.intersection(a, b))));
    assertEquals(
        4L, client.run(SortedSetOperations.combineCount(Combination.union(a, b), 0)));
    assertEquals(
        2L, client.run(SortedSetOperations.combineStore(d, Combination.difference(a, b))));
    assertEquals(
        Optional.of(new Results.Popped(bytes(d), List.of(scored("z", 3), scored("x", 1)))),
        client.run(SortedSetOperations.pop(List.of(bytes(key + "none"), bytes(d)), 2, true)));
    assertEquals(List.of(), client.sortedSet(d).popLowest(1));
    SortedSet set = client.sortedSet(a);
    assertEquals(2, set.storeRange(key + "s", Range.byRank(1, -1), Window.ASCENDING));
    assertEquals(2, set.removeRange(Range.byScore(0, 2)));
    assertEquals(List.of(scored("z", 3)), set.sample(1));
    assertEquals(List.of(scored("z", 3)), set.scan().toList());
  }

  @Test
  void transactionsCompareAndDoAllOrNothing() {
    String board = key + "z";
    Operation<Long> increment = Operations.increment(key, 41);
    Operation<Optional<ByteString>> read = Operations.get(key);
    Transaction create =
        new Transaction()
            .when(Compare.exists(key, false))
            .then(
                Operations.set(key, "1"),
                increment,
                SortedSetOperations.add(board, "m", 1, Conditions.NONE))
            .otherwise(read);
    Transaction.Result created = client.execute(create);
    assertTrue(created.succeeded());
    assertEquals(42L, created.of(increment));
    assertEquals(3, created.all().size());
    Transaction.Result again = client.execute(create);
    assertFalse(again.succeeded());
    assertEquals(Optional.of(bytes("42")), again.of(read));
    assertThrows(IllegalArgumentException.class, () -> again.of(increment));
    assertTrue(
        client
            .execute(
                new Transaction()
                    .when(
                        Compare.version(key, Relation.EQUAL, created.version()),
                        Compare.value(key, Relation.GREATER, "41"),
                        Compare.type(board, Relation.EQUAL, ValueType.VALUE_TYPE_SORTED_SET),
                        Compare.score(board, "m", Relation.LESS, 2)))
            .succeeded());
    FastKvException error =
        assertThrows(
            FastKvException.class,
            () ->
                client.execute(
                    new Transaction()
                        .then(Operations.set(key, ""), Operations.increment(board, 1))));
    assertEquals(ErrorReason.ERROR_REASON_WRONG_TYPE, error.reason());
    assertEquals(Map.of("operation", "then_operations[1]"), error.metadata());
    assertEquals(Optional.of(bytes("42")), client.get(key));
  }

  @Test
  void pipelinesAnswerInOrderAndSurviveErrors() {
    List<CompletableFuture<Long>> sums = new ArrayList<>();
    CompletableFuture<Long> wrong;
    CompletableFuture<Optional<ByteString>> right;
    try (Pipeline pipeline = client.pipeline()) {
      for (int i = 0; i < 10_000; i++) {
        sums.add(pipeline.add(Operations.increment(key, 1)));
      }
      wrong = pipeline.add(SortedSetOperations.count(bytes(key), Range.ALL));
      right = pipeline.add(Operations.get(key));
    }
    for (int i = 0; i < sums.size(); i++) {
      assertEquals(i + 1, sums.get(i).join());
    }
    assertEquals(
        ErrorReason.ERROR_REASON_WRONG_TYPE,
        reasonOf(assertThrows(ExecutionException.class, wrong::get).getCause()));
    assertEquals(Optional.of(bytes("10000")), right.join());
  }

  @Test
  void anOperationMadeOnceIsAppliedOnce() {
    Operation<Long> step = Operations.increment(key, 1).once();
    assertEquals(1, client.run(step));
    assertEquals(1, client.run(step));
    try (Pipeline pipeline = client.pipeline()) {
      CompletableFuture<Long> again = pipeline.add(step);
      pipeline.flush();
      assertEquals(1, again.join());
    }
  }

  /** Through a proxy that cuts connections, at FASTKV_UNRELIABLE_TARGET. */
  @Test
  void whatTheNetworkLosesIsAppliedOnce() {
    String target = System.getenv("FASTKV_UNRELIABLE_TARGET");
    Assumptions.assumeTrue(target != null, "FASTKV_UNRELIABLE_TARGET names no proxy");
    try (FastKvClient connection = FastKvClient.connect(target)) {
      FastKvClient unreliable = connection.withTimeout(Duration.ofSeconds(20));
      for (int i = 0; i < 300; i++) {
        Operation<Long> step = Operations.increment(key, 1).once();
        while (true) {
          try {
            unreliable.run(step);
            break;
          } catch (FastKvException error) {
            // gRPC has tried a few times; we go on.
            assertEquals(Status.Code.UNAVAILABLE, error.code());
          }
        }
      }
    }
    assertEquals(Optional.of(bytes("300")), client.get(key));
  }

  @Test
  void entriesComeWhole() {
    byte[] random = new byte[300_000];
    new Random(1).nextBytes(random);
    ByteString longValue = ByteString.copyFrom(random);
    client.run(
        Operations.set(
            bytes(key + "long"), longValue, SetOptions.ttl(Duration.ofHours(1))));
    Map<ByteString, Double> members = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      members.put(bytes("m" + i), (double) i);
    }
    client.run(SortedSetOperations.add(bytes(key + "set"), members, Conditions.NONE));
    Map<ByteString, Results.StreamedEntry> found = new HashMap<>();
    try (Stream<Results.StreamedEntry> entries = client.entries(Filter.prefix(key))) {
      entries.forEach(entry -> found.put(entry.key(), entry));
    }
    assertEquals(2, found.size());
    assertEquals(Optional.of(longValue), found.get(bytes(key + "long")).value());
    assertTrue(found.get(bytes(key + "long")).expireTime().isPresent());
    assertEquals(members, found.get(bytes(key + "set")).members());
    // Who stops early ends the stream.
    try (Stream<Results.StreamedEntry> entries = client.entries(Filter.prefix(key))) {
      assertTrue(entries.findFirst().isPresent());
    }
  }

  @Test
  void valuesOfAnyLengthGoInPieces() throws IOException {
    byte[] value = new byte[5 << 20];
    new Random(2).nextBytes(value);
    SetOptions hour = SetOptions.ttl(Duration.ofHours(1));
    Results.Set written =
        client.writeValue(key, new ByteArrayInputStream(value), value.length, hour);
    assertTrue(written.applied());
    try (ValueReader reader = client.readValue(key, 0, 0).orElseThrow()) {
      assertEquals(value.length, reader.length());
      assertTrue(reader.ttl().isPresent());
      assertArrayEquals(value, reader.readAllBytes());
    }
    try (ValueReader part = client.readValue(key, 10, 5).orElseThrow()) {
      assertArrayEquals(java.util.Arrays.copyOfRange(value, 10, 15), part.readAllBytes());
    }
    assertEquals(Optional.empty(), client.readValue(key + "nothing", 0, 0));
    assertThrows(
        EOFException.class,
        () -> client.writeValue(key, new ByteArrayInputStream(value), value.length + 1L, hour));
    assertEquals(
        written.version(), client.run(Operations.status(key)).orElseThrow().version());
  }
}
