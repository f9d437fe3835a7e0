"""The commands of sorted sets as RPCs of fastkv.v1: part of grpc_driver.py."""

from fastkv.v1 import sorted_set_pb2 as zset
from fastkv.v1 import types_pb2
from grpc_arguments import Inexpressible, exactly, integer, score, some, words
from resp_client import NIL_ARRAY


def _increment(key, args, **options):
    exactly(args, 2)
    request = zset.SortedSetServiceIncrementRequest(
        key=key, delta=score(args[0]), member=args[1], **options)

    def call(stubs):
        response = stubs.sets.Increment(request)
        return response.score if response.HasField("score") else None

    return call


def _zadd(args):
    if not args:
        raise Inexpressible
    options, found, rest = {}, [], args[1:]
    while rest and rest[0].upper() in (b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR"):
        found.append(rest.pop(0).upper())
    if not rest or len(rest) % 2 or {b"NX", b"XX"} <= set(found) or {
            b"GT", b"LT"} <= set(found) or (b"NX" in found and {b"GT", b"LT"} & set(found)):
        raise Inexpressible
    if b"NX" in found:
        options["member_condition"] = zset.MEMBER_CONDITION_NEW
    if b"XX" in found:
        options["member_condition"] = zset.MEMBER_CONDITION_EXISTING
    if b"GT" in found:
        options["score_condition"] = zset.SCORE_CONDITION_GREATER
    if b"LT" in found:
        options["score_condition"] = zset.SCORE_CONDITION_LESS
    if b"INCR" in found:
        if b"CH" in found:
            raise Inexpressible
        return _increment(args[0], rest, **options)
    request = zset.SortedSetServiceAddRequest(key=args[0], members=[
        types_pb2.ScoredMember(score=score(number), member=member)
        for number, member in zip(rest[::2], rest[1::2])], **options)

    def call(stubs):
        response = stubs.sets.Add(request)
        return response.added + (response.updated if b"CH" in found else 0)

    return call


def _zincrby(args):
    exactly(args, 3)
    return _increment(args[0], args[1:])


def _zrem(args):
    if len(args) < 2:
        raise Inexpressible
    return lambda stubs: stubs.sets.Remove(
        zset.SortedSetServiceRemoveRequest(key=args[0], members=args[1:])).removed


def _scores(stubs, key, members):
    response = stubs.sets.GetScores(
        zset.SortedSetServiceGetScoresRequest(key=key, members=members))
    return [item.score if item.HasField("score") else None for item in response.scores]


def _zscore(args):
    exactly(args, 2)
    return lambda stubs: _scores(stubs, args[0], args[1:])[0]


def _zmscore(args):
    if len(args) < 2:
        raise Inexpressible
    return lambda stubs: _scores(stubs, args[0], args[1:])


def _zcard(args):
    exactly(args, 1)
    return lambda stubs: stubs.sets.Count(
        zset.SortedSetServiceCountRequest(key=args[0])).count


def _score_range(low, high):
    score_range = types_pb2.ScoreRange()
    for name, arg in (("min", low), ("max", high)):
        if arg.startswith(b"("):
            setattr(score_range, "exclude_" + name, True)
            arg = arg[1:]
        setattr(score_range, name, score(arg))
    return score_range


def _member_range(low, high):
    member_range = types_pb2.MemberRange()
    for name, arg, open_end in (("min", low, b"-"), ("max", high, b"+")):
        if arg == open_end:
            continue
        if arg[:1] not in (b"[", b"("):
            raise Inexpressible
        setattr(member_range, name, arg[1:])
        setattr(member_range, "exclude_" + name, arg[:1] == b"(")
    return member_range


def _rank_range(start, stop):
    return types_pb2.RankRange(start=integer(start), stop=integer(stop))


# What reads the two ends of each kind of range.
_RANGES = {"by_rank": _rank_range, "by_score": _score_range, "by_member": _member_range}


def _count(kind):

    def translate(args):
        exactly(args, 3)
        request = zset.SortedSetServiceCountRequest(
            key=args[0], **{kind: _RANGES[kind](*args[1:])})
        return lambda stubs: stubs.sets.Count(request).count

    return translate


def _remove_range(kind):

    def translate(args):
        exactly(args, 3)
        request = zset.SortedSetServiceRemoveRangeRequest(
            key=args[0], **{kind: _RANGES[kind](*args[1:])})
        return lambda stubs: stubs.sets.RemoveRange(request).removed

    return translate


def _zrank(reverse):

    def translate(args):
        exactly(args, 2)
        request = zset.SortedSetServiceGetRankRequest(
            key=args[0], member=args[1], reverse=reverse)

        def call(stubs):
            response = stubs.sets.GetRank(request)
            return response.rank if response.HasField("rank") else None

        return call

    return translate


def _flat(members, with_scores=True):
    if not with_scores:
        return [item.member for item in members]
    return [part for item in members for part in (item.member, item.score)]


def _read_range(request, kind, ends, options):
    """Reads the ends of a range, the greater one first if a range by score or
    member goes down, and the words behind them."""
    while options:
        word = options.pop(0).upper()
        if word == b"WITHSCORES" and hasattr(request, "with_scores"):
            request.with_scores = True
        elif word == b"REV":
            request.reverse = True
        elif word == b"BYSCORE":
            kind = "by_score"
        elif word == b"BYLEX":
            kind = "by_member"
        elif word == b"LIMIT" and len(options) >= 2:
            request.offset, request.limit = integer(options.pop(0)), integer(options.pop(0))
            if request.offset < 0 or request.limit < 1:
                raise Inexpressible
        else:
            raise Inexpressible
    if kind == "by_rank" and request.limit:
        raise Inexpressible
    if kind != "by_rank" and request.reverse:
        ends = reversed(ends)
    getattr(request, kind).CopyFrom(_RANGES[kind](*ends))


def _zrange(kind="by_rank", reverse=False):

    def translate(args):
        if len(args) < 3:
            raise Inexpressible
        request = zset.SortedSetServiceRangeRequest(key=args[0], reverse=reverse)
        _read_range(request, kind, args[1:3], args[3:])
        return lambda stubs: _flat(stubs.sets.Range(request).members, request.with_scores)

    return translate


def _zrangestore(args):
    if len(args) < 4:
        raise Inexpressible
    request = zset.SortedSetServiceStoreRangeRequest(destination=args[0], source=args[1])
    _read_range(request, "by_rank", args[2:4], args[4:])
    return lambda stubs: stubs.sets.StoreRange(request).count


def _zpop(highest):

    def translate(args):
        if len(args) not in (1, 2):
            raise Inexpressible
        request = zset.SortedSetServicePopRequest(keys=args[:1], highest=highest)
        if len(args) == 2:
            request.count = integer(args[1])
            if request.count < 0:
                raise Inexpressible
        return lambda stubs: _flat(stubs.sets.Pop(request).members)

    return translate


def _counted_keys(args):
    """Reads the number of keys and the keys; returns them and what follows."""
    some(args)
    count = integer(args[0])
    if not 1 <= count < len(args):
        raise Inexpressible
    return args[1:1 + count], args[1 + count:]


def _zmpop(args):
    keys, rest = _counted_keys(args)
    if len(rest) not in (1, 3) or rest[0].upper() not in (b"MIN", b"MAX"):
        raise Inexpressible
    request = zset.SortedSetServicePopRequest(keys=keys, highest=rest[0].upper() == b"MAX")
    if len(rest) == 3:
        words(rest[1:2], [b"COUNT"])
        request.count = integer(rest[2])
        if request.count < 1:
            raise Inexpressible

    def call(stubs):
        response = stubs.sets.Pop(request)
        if not response.HasField("key"):
            return NIL_ARRAY
        return [response.key, [[item.member, item.score] for item in response.members]]

    return call


_AGGREGATES = {b"SUM": zset.COMBINE_AGGREGATE_SUM, b"MIN": zset.COMBINE_AGGREGATE_MIN,
               b"MAX": zset.COMBINE_AGGREGATE_MAX}


def _combine(operation, stores):

    def translate(args):
        destination, args = (args[:1], args[1:]) if stores else ([], args)
        keys, options = _counted_keys(args)
        request = zset.SortedSetServiceCombineRequest(
            operation=operation, inputs=[zset.CombineInput(key=key) for key in keys])
        weighs = operation != zset.COMBINE_OPERATION_DIFFERENCE
        for key in destination:
            request.destination = key
        while options:
            word = options.pop(0).upper()
            if word == b"WITHSCORES" and not stores:
                request.with_scores = True
            elif word == b"WEIGHTS" and weighs and len(options) >= len(keys):
                for item in request.inputs:
                    item.weight = score(options.pop(0))
            elif word == b"AGGREGATE" and weighs and options:
                word = options.pop(0).upper()
                words([word], _AGGREGATES)
                request.aggregate = _AGGREGATES[word]
            else:
                raise Inexpressible

        def call(stubs):
            response = stubs.sets.Combine(request)
            return response.count if stores else _flat(response.members, request.with_scores)

        return call

    return translate


def _zintercard(args):
    keys, rest = _counted_keys(args)
    request = zset.SortedSetServiceCombineRequest(
        operation=zset.COMBINE_OPERATION_INTERSECTION, count_up_to=0,
        inputs=[zset.CombineInput(key=key) for key in keys])
    if rest:
        exactly(rest, 2)
        words(rest[:1], [b"LIMIT"])
        request.count_up_to = integer(rest[1])
        if request.count_up_to < 0:
            raise Inexpressible
    return lambda stubs: stubs.sets.Combine(request).count


def _zrandmember(args):
    if len(args) not in (1, 2, 3):
        raise Inexpressible
    request = zset.SortedSetServiceSampleRequest(key=args[0])
    if len(args) > 1:
        count = integer(args[1])
        # Sample takes 0 as 1.
        if count == 0 or abs(count) > 1 << 20:
            raise Inexpressible
        request.count, request.repeats = abs(count), count < 0
        request.with_scores = bool(words(args[2:], [b"WITHSCORES"]))

    def call(stubs):
        members = stubs.sets.Sample(request).members
        if len(args) > 1:
            return _flat(members, request.with_scores)
        return members[0].member if members else None

    return call


def _zscan(args):
    """All pages at once: a cursor and a page token are not the same."""
    if len(args) < 2 or args[1] != b"0" or len(args) % 2:
        raise Inexpressible
    request = zset.SortedSetServiceScanRequest(key=args[0])
    for word, arg in zip(args[2::2], args[3::2]):
        if word.upper() == b"MATCH":
            request.glob = arg
        elif word.upper() == b"COUNT" and 1 <= integer(arg) <= 10000:
            request.page_size = integer(arg)
        else:
            raise Inexpressible

    def call(stubs):
        found = []
        request.page_token = ""
        while True:
            page = stubs.sets.Scan(request)
            found += [part for item in page.members
                      for part in (item.member, b"%.17g" % item.score)]
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return [b"0", found]

    return call


SORTED_SET_TRANSLATIONS = {
    b"ZADD": _zadd,
    b"ZCARD": _zcard,
    b"ZCOUNT": _count("by_score"),
    b"ZDIFF": _combine(zset.COMBINE_OPERATION_DIFFERENCE, stores=False),
    b"ZDIFFSTORE": _combine(zset.COMBINE_OPERATION_DIFFERENCE, stores=True),
    b"ZINCRBY": _zincrby,
    b"ZINTER": _combine(zset.COMBINE_OPERATION_INTERSECTION, stores=False),
    b"ZINTERCARD": _zintercard,
    b"ZINTERSTORE": _combine(zset.COMBINE_OPERATION_INTERSECTION, stores=True),
    b"ZLEXCOUNT": _count("by_member"),
    b"ZMPOP": _zmpop,
    b"ZMSCORE": _zmscore,
    b"ZPOPMAX": _zpop(True),
    b"ZPOPMIN": _zpop(False),
    b"ZRANDMEMBER": _zrandmember,
    b"ZRANGE": _zrange(),
    b"ZRANGEBYLEX": _zrange("by_member"),
    b"ZRANGEBYSCORE": _zrange("by_score"),
    b"ZRANGESTORE": _zrangestore,
    b"ZRANK": _zrank(False),
    b"ZREM": _zrem,
    b"ZREMRANGEBYLEX": _remove_range("by_member"),
    b"ZREMRANGEBYRANK": _remove_range("by_rank"),
    b"ZREMRANGEBYSCORE": _remove_range("by_score"),
    b"ZREVRANGE": _zrange(reverse=True),
    b"ZREVRANGEBYLEX": _zrange("by_member", reverse=True),
    b"ZREVRANGEBYSCORE": _zrange("by_score", reverse=True),
    b"ZREVRANK": _zrank(True),
    b"ZSCAN": _zscan,
    b"ZSCORE": _zscore,
    b"ZUNION": _combine(zset.COMBINE_OPERATION_UNION, stores=False),
    b"ZUNIONSTORE": _combine(zset.COMBINE_OPERATION_UNION, stores=True),
}
