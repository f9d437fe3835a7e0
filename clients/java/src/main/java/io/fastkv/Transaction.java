package io.fastkv;

import io.fastkv.v1.ExecuteRequest;
import io.fastkv.v1.ExecuteResponse;
import io.fastkv.v1.OperationResult;
import io.fastkv.v1.TransactionServiceGrpc;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what {@link FastKvClient#execute} shall do at once.
 *
 * <pre>{@code
 * new Transaction()
 *     .when(Compare.exists("a", true))
 *     .then(Operations.delete("a"), Operations.set("b", "value"))
 * }</pre>
 */
public final class Transaction {
  private final List<Compare> compares = new ArrayList<>();
  private final List<Operation<?>> then = new ArrayList<>();
  private final List<Operation<?>> otherwise = new ArrayList<>();

  /** What must hold, all of it; nothing: always. */
  public Transaction when(Compare... compares) {
    this.compares.addAll(List.of(compares));
    return this;
  }

  /** What to do if it holds. */
  public Transaction then(Operation<?>... operations) {
    then.addAll(List.of(operations));
    return this;
  }

  /** What to do if it does not. */
  public Transaction otherwise(Operation<?>... operations) {
    otherwise.addAll(List.of(operations));
    return this;
  }

  /** The whole as something to run; {@link FastKvClient#execute} does. */
  public Operation<Result> operation() {
    ExecuteRequest request =
        ExecuteRequest.newBuilder()
            .addAllCompares(compares.stream().map(Compare::toMessage).toList())
            .addAllThenOperations(then.stream().map(Operation::toMessage).toList())
            .addAllElseOperations(otherwise.stream().map(Operation::toMessage).toList())
            .build();
    List<Operation<?>> ifSo = List.copyOf(then);
    List<Operation<?>> ifNot = List.copyOf(otherwise);
    return Operation.write(
        TransactionServiceGrpc.getExecuteMethod(),
        request,
        answer -> new Result(answer, answer.getSucceeded() ? ifSo : ifNot));
  }

  /** What became of a transaction. */
  public static final class Result {
    private final ExecuteResponse answer;
    private final List<Operation<?>> ran;

    private Result(ExecuteResponse answer, List<Operation<?>> ran) {
      this.answer = answer;
      this.ran = ran;
    }

    /** Whether all compares held. */
    public boolean succeeded() {
      return answer.getSucceeded();
    }

    /** Of every entry that was changed; 0: none was. */
    public long version() {
      return answer.getVersion();
    }

    /** What the operations that ran answer with, in order. */
    public List<Object> all() {
      List<Object> answers = new ArrayList<>();
      for (int i = 0; i < ran.size(); i++) {
        answers.add(ran.get(i).decode(answer.getResults(i)));
      }
      return answers;
    }

    /** What one of the operations that ran, this very object, answers with. */
    public <T> T of(Operation<T> operation) {
      List<OperationResult> results = answer.getResultsList();
      for (int i = 0; i < ran.size(); i++) {
        if (ran.get(i) == operation) {
          return operation.decode(results.get(i));
        }
      }
      throw new IllegalArgumentException("the operation did not run in this transaction");
    }
  }
}
