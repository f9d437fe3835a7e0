"""Operations on sorted sets: see operations.  Keys come first."""

from __future__ import annotations

from typing import Any, Iterable, Literal, Mapping, Sequence

from fastkv.operations import Operation, optional
from fastkv.v1 import sorted_set_pb2 as pb
from fastkv.v1 import types_pb2
from fastkv.values import AddResult, Bytes, Popped, Rank, Scored, to_bytes

# Which members a write may touch, and how it may change their scores.
Members = Literal["any", "new", "existing"]
Scores = Literal["any", "greater", "less"]
Combination = Literal["union", "intersection", "difference"]
Aggregate = Literal["sum", "min", "max"]

_MEMBERS = {"any": pb.MEMBER_CONDITION_UNSPECIFIED, "new": pb.MEMBER_CONDITION_NEW,
            "existing": pb.MEMBER_CONDITION_EXISTING}
_SCORES = {"any": pb.SCORE_CONDITION_UNSPECIFIED, "greater": pb.SCORE_CONDITION_GREATER,
           "less": pb.SCORE_CONDITION_LESS}
_COMBINATIONS = {"union": pb.COMBINE_OPERATION_UNION,
                 "intersection": pb.COMBINE_OPERATION_INTERSECTION,
                 "difference": pb.COMBINE_OPERATION_DIFFERENCE}
_AGGREGATES = {"sum": pb.COMBINE_AGGREGATE_SUM, "min": pb.COMBINE_AGGREGATE_MIN,
               "max": pb.COMBINE_AGGREGATE_MAX}


class Range:
    """Which members of a set; one of by_rank, by_score and by_member makes it."""

    def __init__(self, field: str, message: Any) -> None:
        self._field = field
        self._message = message

    def put_into(self, request: Any) -> None:
        getattr(request, self._field).CopyFrom(self._message)


def by_rank(start: int = 0, stop: int = -1) -> Range:
    """From the start-th to the stop-th member, both included; -1 is the last."""
    return Range("by_rank", types_pb2.RankRange(start=start, stop=stop))


def by_score(min: float | None = None, max: float | None = None, *,
             exclude_min: bool = False, exclude_max: bool = False) -> Range:
    """The members whose scores lie in a range."""
    return Range("by_score", types_pb2.ScoreRange(
        min=min, max=max, exclude_min=exclude_min, exclude_max=exclude_max))


def by_member(min: Bytes | None = None, max: Bytes | None = None, *,
              exclude_min: bool = False, exclude_max: bool = False) -> Range:
    """The members whose bytes lie in a range, for sets of equal scores."""
    message = types_pb2.MemberRange(exclude_min=exclude_min, exclude_max=exclude_max)
    if min is not None:
        message.min = to_bytes(min)
    if max is not None:
        message.max = to_bytes(max)
    return Range("by_member", message)


def scored(members: Iterable[types_pb2.ScoredMember]) -> list[Scored]:
    return [Scored(each.member, each.score) for each in members]


def sorted_set_add(key: Bytes, members: Mapping[Any, float], *, only: Members = "any",
                   scores: Scores = "any") -> Operation[AddResult]:
    """Adds members or changes their scores."""
    request = pb.SortedSetServiceAddRequest(
        key=to_bytes(key), member_condition=_MEMBERS[only], score_condition=_SCORES[scores])
    for member, score in members.items():
        request.members.add(member=to_bytes(member), score=score)
    return Operation("sorted_set_add", request,
                     lambda answer: AddResult(answer.added, answer.updated, answer.version))


def sorted_set_remove(key: Bytes, *members: Bytes) -> Operation[int]:
    """Removes members; how many there were."""
    request = pb.SortedSetServiceRemoveRequest(key=to_bytes(key), members=map(to_bytes, members))
    return Operation("sorted_set_remove", request, lambda answer: answer.removed)


def sorted_set_range(key: Bytes, range: Range | None = None, *, reverse: bool = False,
                     offset: int = 0, limit: int = 0) -> Operation[list[Scored]]:
    """Members in order; by default all.  Reverse: from the highest score down."""
    request = pb.SortedSetServiceRangeRequest(
        key=to_bytes(key), reverse=reverse, offset=offset, limit=limit, with_scores=True)
    if range is not None:
        range.put_into(request)
    return Operation("sorted_set_range", request, lambda answer: scored(answer.members),
                     idempotent=True)


def sorted_set_scores(key: Bytes, *members: Bytes) -> Operation[list[float | None]]:
    """The scores of members; None: there is no such member."""
    request = pb.SortedSetServiceGetScoresRequest(key=to_bytes(key),
                                                  members=map(to_bytes, members))
    return Operation("sorted_set_get_scores", request,
                     lambda answer: [optional(each, "score") for each in answer.scores],
                     idempotent=True)


def sorted_set_score(key: Bytes, member: Bytes) -> Operation[float | None]:
    """The score of a member; None: there is no such member."""
    request = pb.SortedSetServiceGetScoresRequest(key=to_bytes(key), members=[to_bytes(member)])
    return Operation("sorted_set_get_scores", request,
                     lambda answer: optional(answer.scores[0], "score"), idempotent=True)


def sorted_set_rank(key: Bytes, member: Bytes, *, reverse: bool = False) -> Operation[Rank | None]:
    """A member's place; None: there is no such member."""
    request = pb.SortedSetServiceGetRankRequest(key=to_bytes(key), member=to_bytes(member),
                                                reverse=reverse)
    return Operation(
        "sorted_set_get_rank", request,
        lambda answer: Rank(answer.rank, answer.score) if answer.HasField("rank") else None,
        idempotent=True)


def sorted_set_increment(key: Bytes, member: Bytes, delta: float = 1, *, only: Members = "any",
                         scores: Scores = "any") -> Operation[float | None]:
    """Adds to a member's score; the new one, or None if a condition did not hold."""
    request = pb.SortedSetServiceIncrementRequest(
        key=to_bytes(key), member=to_bytes(member), delta=delta,
        member_condition=_MEMBERS[only], score_condition=_SCORES[scores])
    return Operation("sorted_set_increment", request, lambda answer: optional(answer, "score"))


def sorted_set_count(key: Bytes, range: Range | None = None) -> Operation[int]:
    """How many members there are, by score or by member; by default all."""
    request = pb.SortedSetServiceCountRequest(key=to_bytes(key))
    if range is not None:
        range.put_into(request)
    return Operation("sorted_set_count", request, lambda answer: answer.count, idempotent=True)


def sorted_set_pop(keys: Bytes | Sequence[Bytes], count: int = 1, *,
                   highest: bool = False) -> Operation[Popped | None]:
    """Takes members of lowest or highest score from the first set that has any."""
    several = [keys] if isinstance(keys, (bytes, bytearray, memoryview, str)) else keys
    request = pb.SortedSetServicePopRequest(keys=map(to_bytes, several), highest=highest,
                                            count=count)

    def decode(answer: pb.SortedSetServicePopResponse) -> Popped | None:
        return Popped(answer.key, scored(answer.members)) if answer.HasField("key") else None
    return Operation("sorted_set_pop", request, decode)


def sorted_set_remove_range(key: Bytes, range: Range) -> Operation[int]:
    """Removes the members of a range; how many there were."""
    request = pb.SortedSetServiceRemoveRangeRequest(key=to_bytes(key))
    range.put_into(request)
    return Operation("sorted_set_remove_range", request, lambda answer: answer.removed)


def sorted_set_store_range(key: Bytes, destination: Bytes, range: Range | None = None, *,
                           reverse: bool = False, offset: int = 0,
                           limit: int = 0) -> Operation[int]:
    """Makes another key hold the members of a range; how many it has now."""
    request = pb.SortedSetServiceStoreRangeRequest(
        source=to_bytes(key), destination=to_bytes(destination), reverse=reverse,
        offset=offset, limit=limit)
    if range is not None:
        range.put_into(request)
    return Operation("sorted_set_store_range", request, lambda answer: answer.count)


def sorted_set_sample(key: Bytes, count: int = 1, *,
                      repeats: bool = False) -> Operation[list[Scored]]:
    """Draws members at random."""
    request = pb.SortedSetServiceSampleRequest(key=to_bytes(key), count=count, repeats=repeats,
                                               with_scores=True)
    return Operation("sorted_set_sample", request, lambda answer: scored(answer.members),
                     idempotent=True)


def _combine_request(combination: Combination, sets: Sequence[Bytes] | Mapping[Any, float],
                     aggregate: Aggregate | None) -> Any:
    request = pb.SortedSetServiceCombineRequest(operation=_COMBINATIONS[combination],
                                                with_scores=True)
    if aggregate is not None:
        request.aggregate = _AGGREGATES[aggregate]
    if isinstance(sets, Mapping):
        for key, weight in sets.items():
            request.inputs.add(key=to_bytes(key), weight=weight)
    else:
        for key in sets:
            request.inputs.add(key=to_bytes(key))
    return request


def sorted_set_combine(combination: Combination, sets: Sequence[Bytes] | Mapping[Any, float], *,
                       aggregate: Aggregate | None = None) -> Operation[list[Scored]]:
    """Unites, intersects or subtracts sets, given as keys or as {key: weight}."""
    request = _combine_request(combination, sets, aggregate)
    # Answers with members: nothing is written.
    return Operation("sorted_set_combine", request, lambda answer: scored(answer.members),
                     idempotent=True)


def sorted_set_combine_count(combination: Combination, sets: Sequence[Bytes], *,
                             up_to: int = 0) -> Operation[int]:
    """How many members the combination of sets has; stops at up_to, if that is not 0."""
    request = _combine_request(combination, sets, None)
    request.count_up_to = up_to
    return Operation("sorted_set_combine", request, lambda answer: answer.count, idempotent=True)


def sorted_set_combine_store(combination: Combination, destination: Bytes,
                             sets: Sequence[Bytes] | Mapping[Any, float], *,
                             aggregate: Aggregate | None = None) -> Operation[int]:
    """Makes a key hold the combination of sets; how many members it has."""
    request = _combine_request(combination, sets, aggregate)
    request.destination = to_bytes(destination)
    return Operation("sorted_set_combine", request, lambda answer: answer.count)
