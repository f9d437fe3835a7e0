package io.fastkv;

import com.google.protobuf.ByteString;
import io.fastkv.v1.CompareRelation;
import io.fastkv.v1.CompareScore;
import io.fastkv.v1.ValueType;

/** Something that must hold of a key. What is not there compares as unequal. */
public final class Compare {
  /** How what is there relates to what is asked for. */
  public enum Relation {
    EQUAL(CompareRelation.COMPARE_RELATION_EQUAL),
    NOT_EQUAL(CompareRelation.COMPARE_RELATION_NOT_EQUAL),
    LESS(CompareRelation.COMPARE_RELATION_LESS),
    GREATER(CompareRelation.COMPARE_RELATION_GREATER);

    private final CompareRelation number;

    Relation(CompareRelation number) {
      this.number = number;
    }
  }

  private final io.fastkv.v1.Compare message;

  private Compare(io.fastkv.v1.Compare.Builder builder) {
    message = builder.build();
  }

  private static io.fastkv.v1.Compare.Builder of(String key, Relation relation) {
    return io.fastkv.v1.Compare.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setRelation(relation.number);
  }

  /** The key exists, or with false: it does not. */
  public static Compare exists(String key, boolean exists) {
    return new Compare(of(key, Relation.EQUAL).setExists(exists));
  }

  /** The entry's version; that of a key that does not exist is 0. */
  public static Compare version(String key, Relation relation, long version) {
    return new Compare(of(key, relation).setVersion(version));
  }

  /** The string at the key, by its bytes. */
  public static Compare value(String key, Relation relation, String value) {
    return value(key, relation, ByteString.copyFromUtf8(value));
  }

  /** The string at the key, by its bytes. */
  public static Compare value(String key, Relation relation, ByteString value) {
    return new Compare(of(key, relation).setValue(value));
  }

  /** What the key holds; EQUAL or NOT_EQUAL. */
  public static Compare type(String key, Relation relation, ValueType type) {
    return new Compare(of(key, relation).setType(type));
  }

  /** The score of a sorted set's member. */
  public static Compare score(String key, String member, Relation relation, double score) {
    CompareScore target =
        CompareScore.newBuilder()
            .setMember(ByteString.copyFromUtf8(member))
            .setScore(score)
            .build();
    return new Compare(of(key, relation).setScore(target));
  }

  io.fastkv.v1.Compare toMessage() {
    return message;
  }
}
