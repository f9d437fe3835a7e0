package io.fastkv;

import static com.google.protobuf.ByteString.copyFromUtf8;

import com.google.protobuf.ByteString;
import io.fastkv.v1.CombineAggregate;
import io.fastkv.v1.CombineInput;
import io.fastkv.v1.CombineOperation;
import io.fastkv.v1.MemberCondition;
import io.fastkv.v1.ScoreCondition;
import io.fastkv.v1.ScoredMember;
import io.fastkv.v1.SortedSetServiceAddRequest;
import io.fastkv.v1.SortedSetServiceCombineRequest;
import io.fastkv.v1.SortedSetServiceCombineResponse;
import io.fastkv.v1.SortedSetServiceCountRequest;
import io.fastkv.v1.SortedSetServiceCountResponse;
import io.fastkv.v1.SortedSetServiceGetRankRequest;
import io.fastkv.v1.SortedSetServiceGetScoresRequest;
import io.fastkv.v1.SortedSetServiceGrpc;
import io.fastkv.v1.SortedSetServiceIncrementRequest;
import io.fastkv.v1.SortedSetServicePopRequest;
import io.fastkv.v1.SortedSetServiceRangeRequest;
import io.fastkv.v1.SortedSetServiceRemoveRangeRequest;
import io.fastkv.v1.SortedSetServiceRemoveRangeResponse;
import io.fastkv.v1.SortedSetServiceRemoveRequest;
import io.fastkv.v1.SortedSetServiceRemoveResponse;
import io.fastkv.v1.SortedSetServiceSampleRequest;
import io.fastkv.v1.SortedSetServiceStoreRangeRequest;
import io.fastkv.v1.SortedSetServiceStoreRangeResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Operations on sorted sets; keys come first. {@link SortedSet} has them with text for keys. */
public final class SortedSetOperations {
  private SortedSetOperations() {}

  /** Conditions of add and increment. */
  public record Conditions(MemberCondition members, ScoreCondition scores) {
    public static final Conditions NONE =
        new Conditions(
            MemberCondition.MEMBER_CONDITION_UNSPECIFIED,
            ScoreCondition.SCORE_CONDITION_UNSPECIFIED);
    /** Only members that are new. */
    public static final Conditions NEW =
        new Conditions(
            MemberCondition.MEMBER_CONDITION_NEW, ScoreCondition.SCORE_CONDITION_UNSPECIFIED);
    /** Only members that are there. */
    public static final Conditions EXISTING =
        new Conditions(
            MemberCondition.MEMBER_CONDITION_EXISTING,
            ScoreCondition.SCORE_CONDITION_UNSPECIFIED);
    /** Scores only rise. */
    public static final Conditions GREATER =
        new Conditions(
            MemberCondition.MEMBER_CONDITION_UNSPECIFIED, ScoreCondition.SCORE_CONDITION_GREATER);
    /** Scores only fall. */
    public static final Conditions LESS =
        new Conditions(
            MemberCondition.MEMBER_CONDITION_UNSPECIFIED, ScoreCondition.SCORE_CONDITION_LESS);
  }

  /**
   * Which of a range's members, in which order.
   *
   * @param reverse from the highest score down
   * @param offset how many to leave out at the beginning; not by rank
   * @param limit how many at most; 0: all; not by rank
   */
  public record Window(boolean reverse, long offset, long limit) {
    public static final Window ASCENDING = new Window(false, 0, 0);
    public static final Window DESCENDING = new Window(true, 0, 0);
  }

  /** Adds members or changes their scores. */
  public static Operation<Results.Add> add(
      ByteString key, Map<ByteString, Double> members, Conditions conditions) {
    SortedSetServiceAddRequest.Builder request =
        SortedSetServiceAddRequest.newBuilder()
            .setKey(key)
            .setMemberCondition(conditions.members())
            .setScoreCondition(conditions.scores());
    members.forEach(
        (member, score) -> request.addMembersBuilder().setMember(member).setScore(score));
    return Operation.write(
        SortedSetServiceGrpc.getAddMethod(),
        request.build(),
        answer ->
            new Results.Add(answer.getAdded(), answer.getUpdated(), answer.getVersion()));
  }

  /** Adds a member or changes its score. */
  public static Operation<Results.Add> add(
      String key, String member, double score, Conditions conditions) {
    return add(copyFromUtf8(key), Map.of(copyFromUtf8(member), score), conditions);
  }

  /** Removes members; how many there were. */
  public static Operation<Long> remove(ByteString key, Collection<ByteString> members) {
    return Operation.write(
        SortedSetServiceGrpc.getRemoveMethod(),
        SortedSetServiceRemoveRequest.newBuilder().setKey(key).addAllMembers(members).build(),
        SortedSetServiceRemoveResponse::getRemoved);
  }

  /** Members in order. */
  public static Operation<List<Results.Scored>> range(
      ByteString key, Range range, Window window) {
    SortedSetServiceRangeRequest.Builder request =
        SortedSetServiceRangeRequest.newBuilder()
            .setKey(key)
            .setReverse(window.reverse())
            .setOffset(window.offset())
            .setLimit(window.limit())
            .setWithScores(true);
    if (range instanceof Range.ByRank rank) {
      request.setByRank(rank.message());
    } else if (range instanceof Range.ByScore score) {
      request.setByScore(score.message());
    } else if (range instanceof Range.ByMember member) {
      request.setByMember(member.message());
    }
    return Operation.idempotent(
        SortedSetServiceGrpc.getRangeMethod(),
        request.build(),
        answer -> scored(answer.getMembersList()));
  }

  /** The scores of members; empty: there is no such member. */
  public static Operation<List<Optional<Double>>> scores(
      ByteString key, Collection<ByteString> members) {
    return Operation.idempotent(
        SortedSetServiceGrpc.getGetScoresMethod(),
        SortedSetServiceGetScoresRequest.newBuilder().setKey(key).addAllMembers(members).build(),
        answer ->
            answer.getScoresList().stream()
                .map(each -> Operations.optional(each.hasScore(), each.getScore()))
                .toList());
  }

  /** A member's place; empty: there is no such member. */
  public static Operation<Optional<Results.Rank>> rank(
      ByteString key, ByteString member, boolean reverse) {
    return Operation.idempotent(
        SortedSetServiceGrpc.getGetRankMethod(),
        SortedSetServiceGetRankRequest.newBuilder()
            .setKey(key)
            .setMember(member)
            .setReverse(reverse)
            .build(),
        answer ->
            Operations.optional(
                answer.hasRank(), new Results.Rank(answer.getRank(), answer.getScore())));
  }

  /** Adds to a member's score; the new one, or empty if a condition did not hold. */
  public static Operation<Optional<Double>> increment(
      ByteString key, ByteString member, double delta, Conditions conditions) {
    return Operation.write(
        SortedSetServiceGrpc.getIncrementMethod(),
        SortedSetServiceIncrementRequest.newBuilder()
            .setKey(key)
            .setMember(member)
            .setDelta(delta)
            .setMemberCondition(conditions.members())
            .setScoreCondition(conditions.scores())
            .build(),
        answer -> Operations.optional(answer.hasScore(), answer.getScore()));
  }

  /** How many members a range by score or by member has. */
  public static Operation<Long> count(ByteString key, Range range) {
    SortedSetServiceCountRequest.Builder request =
        SortedSetServiceCountRequest.newBuilder().setKey(key);
    if (range instanceof Range.ByScore score) {
      request.setByScore(score.message());
    } else if (range instanceof Range.ByMember member) {
      request.setByMember(member.message());
    } else if (range instanceof Range.ByRank) {
      throw new IllegalArgumentException("ranks need no counting");
    }
    return Operation.idempotent(
        SortedSetServiceGrpc.getCountMethod(),
        request.build(),
        SortedSetServiceCountResponse::getCount);
  }

  /** Takes members of lowest or highest score from the first set that has any. */
  public static Operation<Optional<Results.Popped>> pop(
      Collection<ByteString> keys, long count, boolean highest) {
    return Operation.write(
        SortedSetServiceGrpc.getPopMethod(),
        SortedSetServicePopRequest.newBuilder()
            .addAllKeys(keys)
            .setCount(count)
            .setHighest(highest)
            .build(),
        answer ->
            Operations.optional(
                answer.hasKey(),
                new Results.Popped(answer.getKey(), scored(answer.getMembersList()))));
  }

  /** Removes the members of a range, which is not all; how many there were. */
  public static Operation<Long> removeRange(ByteString key, Range range) {
    SortedSetServiceRemoveRangeRequest.Builder request =
        SortedSetServiceRemoveRangeRequest.newBuilder().setKey(key);
    if (range instanceof Range.ByRank rank) {
      request.setByRank(rank.message());
    } else if (range instanceof Range.ByScore score) {
      request.setByScore(score.message());
    } else if (range instanceof Range.ByMember member) {
      request.setByMember(member.message());
    }
    return Operation.write(
        SortedSetServiceGrpc.getRemoveRangeMethod(),
        request.build(),
        SortedSetServiceRemoveRangeResponse::getRemoved);
  }

  /** Makes another key hold the members of a range; how many it has now. */
  public static Operation<Long> storeRange(
      ByteString key, ByteString destination, Range range, Window window) {
    SortedSetServiceStoreRangeRequest.Builder request =
        SortedSetServiceStoreRangeRequest.newBuilder()
            .setSource(key)
            .setDestination(destination)
            .setReverse(window.reverse())
            .setOffset(window.offset())
            .setLimit(window.limit());
    if (range instanceof Range.ByRank rank) {
      request.setByRank(rank.message());
    } else if (range instanceof Range.ByScore score) {
      request.setByScore(score.message());
    } else if (range instanceof Range.ByMember member) {
      request.setByMember(member.message());
    }
    return Operation.write(
        SortedSetServiceGrpc.getStoreRangeMethod(),
        request.build(),
        SortedSetServiceStoreRangeResponse::getCount);
  }

  /** Draws members at random; with repeats a member may be drawn again. */
  public static Operation<List<Results.Scored>> sample(
      ByteString key, long count, boolean repeats) {
    return Operation.idempotent(
        SortedSetServiceGrpc.getSampleMethod(),
        SortedSetServiceSampleRequest.newBuilder()
            .setKey(key)
            .setCount(count)
            .setRepeats(repeats)
            .setWithScores(true)
            .build(),
        answer -> scored(answer.getMembersList()));
  }

  /** Sets to be united, intersected or subtracted. */
  public record Combination(
      CombineOperation operation, List<CombineInput> inputs, CombineAggregate aggregate) {
    /** The members that are in any of the sets. */
    public static Combination union(String... keys) {
      return of(CombineOperation.COMBINE_OPERATION_UNION, keys);
    }

    /** The members that are in all of the sets. */
    public static Combination intersection(String... keys) {
      return of(CombineOperation.COMBINE_OPERATION_INTERSECTION, keys);
    }

    /** The members of the first set that are in none of the others. */
    public static Combination difference(String... keys) {
      return of(CombineOperation.COMBINE_OPERATION_DIFFERENCE, keys);
    }

    private static Combination of(CombineOperation operation, String... keys) {
      List<CombineInput> inputs =
          List.of(keys).stream()
              .map(key -> CombineInput.newBuilder().setKey(copyFromUtf8(key)).build())
              .toList();
      return new Combination(operation, inputs, CombineAggregate.COMBINE_AGGREGATE_UNSPECIFIED);
    }

    /** What becomes of a member's scores; unless it is said, their sum. */
    public Combination aggregatedBy(CombineAggregate by) {
      return new Combination(operation, inputs, by);
    }

    private SortedSetServiceCombineRequest.Builder toRequest() {
      return SortedSetServiceCombineRequest.newBuilder()
          .setOperation(operation)
          .addAllInputs(inputs)
          .setAggregate(aggregate)
          .setWithScores(true);
    }
  }

  /** The members of a combination by ascending score. */
  public static Operation<List<Results.Scored>> combine(Combination combination) {
    // Answers with members: nothing is written.
    return Operation.idempotent(
        SortedSetServiceGrpc.getCombineMethod(),
        combination.toRequest().build(),
        answer -> scored(answer.getMembersList()));
  }

  /** How many members a combination has; stops at upTo, if that is not 0. */
  public static Operation<Long> combineCount(Combination combination, long upTo) {
    return Operation.idempotent(
        SortedSetServiceGrpc.getCombineMethod(),
        combination.toRequest().setCountUpTo(upTo).build(),
        SortedSetServiceCombineResponse::getCount);
  }

  /** Makes a key hold a combination; how many members it has. */
  public static Operation<Long> combineStore(String destination, Combination combination) {
    return Operation.write(
        SortedSetServiceGrpc.getCombineMethod(),
        combination.toRequest().setDestination(copyFromUtf8(destination)).build(),
        SortedSetServiceCombineResponse::getCount);
  }

  static List<Results.Scored> scored(List<ScoredMember> members) {
    return members.stream()
        .map(each -> new Results.Scored(each.getMember(), each.getScore()))
        .toList();
  }
}
