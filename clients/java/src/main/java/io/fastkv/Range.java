package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.MemberRange;
import io.fastkv.v1.RankRange;
import io.fastkv.v1.ScoreRange;

/** Which members of a sorted set. Ends that are not given are open. */
public sealed interface Range {
  /** All of them. */
  Range ALL = new All();

  /** All of them. */
  record All() implements Range {}

  /** By rank. */
  record ByRank(RankRange message) implements Range {}

  /** By score. */
  record ByScore(ScoreRange message) implements Range {}

  /** By the members' bytes. */
  record ByMember(MemberRange message) implements Range {}

  /** From the start-th to the stop-th member, both included; -1 is the last. */
  static Range byRank(long start, long stop) {
    return new ByRank(RankRange.newBuilder().setStart(start).setStop(stop).build());
  }

  /** The members whose scores are from min to max; infinities are allowed. */
  static Range byScore(double min, double max) {
    return new ByScore(ScoreRange.newBuilder().setMin(min).setMax(max).build());
  }

  /** The members whose scores lie between min and max. */
  static Range betweenScores(double min, double max) {
    return new ByScore(
        ScoreRange.newBuilder()
            .setMin(min)
            .setMax(max)
            .setExcludeMin(true)
            .setExcludeMax(true)
            .build());
  }

  /** The members from min to max by their bytes, for sets of equal scores. */
  static Range byMember(ByteString min, ByteString max) {
    return new ByMember(MemberRange.newBuilder().setMin(min).setMax(max).build());
  }
}
