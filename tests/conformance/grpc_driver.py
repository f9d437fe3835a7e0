"""GrpcDriver: commands as RPCs of fastkv.v1, as far as they mean the same.

Each translation reads a command's arguments and returns a function that makes
the call and says the response as the command's reply.  Inexpressible is raised
before any call is made.
"""

import math

import grpc

import expected_value
from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import sorted_set_pb2 as zset
from fastkv.v1 import sorted_set_pb2_grpc
from fastkv.v1 import types_pb2
from google.rpc import error_details_pb2, status_pb2
from resp_client import Status
from server_process import PATIENCE_S
from text_client import ReplyError

_INT64 = range(-2**63, 2**63)
_REDIS_ERRORS = {
    "WRONG_TYPE": "WRONGTYPE Operation against a key holding the wrong kind of value",
    "VALUE_NOT_INTEGER": "ERR value is not an integer or out of range",
    "INTEGER_OVERFLOW": "ERR increment or decrement would overflow",
}


class Inexpressible(Exception):
    """There is no RPC for this command, or for this form of it."""


class _Stubs:

    def __init__(self, channel):
        self.values = key_value_pb2_grpc.KeyValueServiceStub(channel)
        self.sets = sorted_set_pb2_grpc.SortedSetServiceStub(channel)


def _integer(arg):
    try:
        number = int(arg)
    except ValueError:
        raise Inexpressible from None
    if number not in _INT64 or b"%d" % number != arg:
        raise Inexpressible
    return number


def _score(arg):
    try:
        score = float(arg)
    except ValueError:
        raise Inexpressible from None
    if math.isnan(score):
        raise Inexpressible
    return score


def _words(args, allowed):
    words = [arg.upper() for arg in args]
    if not set(words) <= set(allowed):
        raise Inexpressible
    return words


def _exactly(args, count):
    if len(args) != count:
        raise Inexpressible


def _get(args):
    _exactly(args, 1)

    def call(stubs):
        response = stubs.values.Get(kv.GetRequest(key=args[0]))
        return response.value if response.HasField("value") else None

    return call


_EXPIRY_UNITS = {b"EX": ("ttl_ms", 1000), b"PX": ("ttl_ms", 1),
                 b"EXAT": ("expire_time_ms", 1000), b"PXAT": ("expire_time_ms", 1)}


def _expiry(word, arg):
    """The field of a request for, say, EX 10."""
    field, unit = _EXPIRY_UNITS[word]
    value = _integer(arg) * unit
    if value not in _INT64 or value <= 0:
        raise Inexpressible
    return {field: value}


def _set(args):
    if len(args) < 2:
        raise Inexpressible
    request = kv.SetRequest(key=args[0], value=args[1])
    options = args[2:]
    while options:
        word = options.pop(0).upper()
        if word in _EXPIRY_UNITS and options and not request.WhichOneof("expiry"):
            request.MergeFrom(kv.SetRequest(**_expiry(word, options.pop(0))))
        elif word == b"KEEPTTL" and not request.WhichOneof("expiry"):
            request.keep_expiry = True
        elif word == b"NX" and not request.WhichOneof("condition"):
            request.must_not_exist = True
        elif word == b"XX" and not request.WhichOneof("condition"):
            request.must_exist = True
        elif word == b"GET":
            request.return_previous = True
        else:
            raise Inexpressible

    def call(stubs):
        response = stubs.values.Set(request)
        if request.return_previous:
            return response.previous_value if response.HasField("previous_value") else None
        return Status("OK") if response.applied else None

    return call


def _setnx(args):
    _exactly(args, 2)
    return lambda stubs: int(stubs.values.Set(
        kv.SetRequest(key=args[0], value=args[1], must_not_exist=True)).applied)


def _set_for(unit):

    def translate(args):
        _exactly(args, 3)
        return _set([args[0], args[2], unit, args[1]])

    return translate


def _getset(args):
    _exactly(args, 2)
    return _set([*args, b"GET"])


def _getdel(args):
    _exactly(args, 1)

    def call(stubs):
        response = stubs.values.Delete(kv.DeleteRequest(key=args[0], return_previous=True))
        return response.previous_value if response.HasField("previous_value") else None

    return call


def _some(args):
    if not args:
        raise Inexpressible


def _del(args):
    _some(args)
    if len(args) == 1:
        return lambda stubs: int(stubs.values.Delete(kv.DeleteRequest(key=args[0])).deleted)
    return lambda stubs: sum(stubs.values.BatchDelete(kv.BatchDeleteRequest(keys=args)).deleted)


def _exists(args):
    _some(args)
    return lambda stubs: sum(
        stubs.values.Exists(kv.ExistsRequest(key=key)).exists for key in args)


def _type(args):
    _exactly(args, 1)
    names = {types_pb2.VALUE_TYPE_UNSPECIFIED: "none", types_pb2.VALUE_TYPE_STRING: "string",
             types_pb2.VALUE_TYPE_SORTED_SET: "zset"}
    return lambda stubs: Status(
        names[stubs.values.Exists(kv.ExistsRequest(key=args[0])).type])


def _ttl(field, round_to):

    def translate(args):
        _exactly(args, 1)

        def call(stubs):
            response = stubs.values.GetTtl(kv.GetTtlRequest(key=args[0]))
            if not response.exists:
                return -2
            if not response.HasField(field):
                return -1
            return round_to(getattr(response, field))

        return call

    return translate


def _to_seconds(milliseconds):
    return (milliseconds + 500) // 1000


_EXPIRE_CONDITIONS = {b"NX": kv.EXPIRE_CONDITION_NONE, b"XX": kv.EXPIRE_CONDITION_SOME,
                      b"GT": kv.EXPIRE_CONDITION_LATER, b"LT": kv.EXPIRE_CONDITION_EARLIER}


def _expire(field, unit):

    def translate(args):
        if len(args) not in (2, 3):
            raise Inexpressible
        value = _integer(args[1]) * unit
        if abs(value) > 2**62:
            raise Inexpressible
        request = kv.ExpireRequest(key=args[0], **{field: value})
        for word in _words(args[2:], _EXPIRE_CONDITIONS):
            request.condition = _EXPIRE_CONDITIONS[word]
        return lambda stubs: int(stubs.values.Expire(request).applied)

    return translate


def _persist(args):
    _exactly(args, 1)
    return lambda stubs: int(stubs.values.Persist(kv.PersistRequest(key=args[0])).applied)


def _increment(sign, has_delta):

    def translate(args):
        _exactly(args, 2 if has_delta else 1)
        delta = sign * (_integer(args[1]) if has_delta else 1)
        if delta not in _INT64:
            raise Inexpressible
        return lambda stubs: stubs.values.Increment(
            kv.IncrementRequest(key=args[0], delta=delta)).value

    return translate


def _append(args):
    _exactly(args, 2)
    return lambda stubs: stubs.values.Append(
        kv.AppendRequest(key=args[0], suffix=args[1])).length


def _mget(args):
    _some(args)
    return lambda stubs: [
        result.value if result.HasField("value") else None
        for result in stubs.values.BatchGet(kv.BatchGetRequest(keys=args)).results]


def _mset(args):
    _some(args)
    if len(args) % 2:
        raise Inexpressible
    request = kv.BatchSetRequest(entries=[
        kv.BatchSetEntry(key=key, value=value) for key, value in zip(args[::2], args[1::2])])

    def call(stubs):
        stubs.values.BatchSet(request)
        return Status("OK")

    return call


def _list_keys(stubs, **filters):
    keys, token = [], ""
    while True:
        page = stubs.values.ListKeys(kv.ListKeysRequest(page_token=token, **filters))
        keys += [info.key for info in page.keys]
        token = page.next_page_token
        if not token:
            return keys


def _keys(args):
    _exactly(args, 1)
    return lambda stubs: _list_keys(stubs, glob=args[0])


def _dbsize(args):
    _exactly(args, 0)
    return lambda stubs: len(_list_keys(stubs))


def _zadd(args):
    if not args:
        raise Inexpressible
    options, words, rest = {}, [], args[1:]
    while rest and rest[0].upper() in (b"NX", b"XX", b"GT", b"LT", b"CH", b"INCR"):
        words.append(rest.pop(0).upper())
    if b"INCR" in words or not rest or len(rest) % 2 or {b"NX", b"XX"} <= set(words) or {
            b"GT", b"LT"} <= set(words) or (b"NX" in words and {b"GT", b"LT"} & set(words)):
        raise Inexpressible
    if b"NX" in words:
        options["member_condition"] = zset.MEMBER_CONDITION_NEW
    if b"XX" in words:
        options["member_condition"] = zset.MEMBER_CONDITION_EXISTING
    if b"GT" in words:
        options["score_condition"] = zset.SCORE_CONDITION_GREATER
    if b"LT" in words:
        options["score_condition"] = zset.SCORE_CONDITION_LESS
    request = zset.SortedSetServiceAddRequest(key=args[0], members=[
        types_pb2.ScoredMember(score=_score(score), member=member)
        for score, member in zip(rest[::2], rest[1::2])], **options)

    def call(stubs):
        response = stubs.sets.Add(request)
        return response.added + (response.updated if b"CH" in words else 0)

    return call


def _zincrby(args):
    _exactly(args, 3)
    request = zset.SortedSetServiceIncrementRequest(
        key=args[0], delta=_score(args[1]), member=args[2])

    def call(stubs):
        return stubs.sets.Increment(request).score

    return call


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
    _exactly(args, 2)
    return lambda stubs: _scores(stubs, args[0], args[1:])[0]


def _zmscore(args):
    if len(args) < 2:
        raise Inexpressible
    return lambda stubs: _scores(stubs, args[0], args[1:])


def _zcard(args):
    _exactly(args, 1)
    return lambda stubs: stubs.sets.Count(
        zset.SortedSetServiceCountRequest(key=args[0])).count


def _score_range(low, high):
    score_range = types_pb2.ScoreRange()
    for name, arg in (("min", low), ("max", high)):
        if arg.startswith(b"("):
            setattr(score_range, "exclude_" + name, True)
            arg = arg[1:]
        setattr(score_range, name, _score(arg))
    return score_range


def _zcount(args):
    _exactly(args, 3)
    request = zset.SortedSetServiceCountRequest(
        key=args[0], by_score=_score_range(args[1], args[2]))
    return lambda stubs: stubs.sets.Count(request).count


def _zrank(reverse):

    def translate(args):
        _exactly(args, 2)
        request = zset.SortedSetServiceGetRankRequest(
            key=args[0], member=args[1], reverse=reverse)

        def call(stubs):
            response = stubs.sets.GetRank(request)
            return response.rank if response.HasField("rank") else None

        return call

    return translate


def _range_call(request):

    def call(stubs):
        members = stubs.sets.Range(request).members
        if not request.with_scores:
            return [item.member for item in members]
        return [part for item in members for part in (item.member, item.score)]

    return call


def _zrange(by_score=False, reverse=False):
    """ZRANGE and its older forms; those by score take the greater end first
    when they go down."""

    def translate(args):
        if len(args) < 3:
            raise Inexpressible
        request = zset.SortedSetServiceRangeRequest(key=args[0], reverse=reverse)
        scores, options = by_score, args[3:]
        while options:
            word = options.pop(0).upper()
            if word == b"WITHSCORES":
                request.with_scores = True
            elif word == b"REV":
                request.reverse = True
            elif word == b"BYSCORE":
                scores = True
            elif word == b"LIMIT" and len(options) >= 2:
                request.offset, request.limit = _integer(options.pop(0)), _integer(options.pop(0))
                if request.offset < 0 or request.limit < 1:
                    raise Inexpressible
            else:
                raise Inexpressible
        first, last = args[1], args[2]
        if scores:
            ends = (last, first) if request.reverse else (first, last)
            request.by_score.CopyFrom(_score_range(*ends))
        else:
            if request.limit:
                raise Inexpressible
            request.by_rank.start, request.by_rank.stop = _integer(first), _integer(last)
        return _range_call(request)

    return translate


_TRANSLATIONS = {
    b"APPEND": _append,
    b"DBSIZE": _dbsize,
    b"DECR": _increment(-1, False),
    b"DECRBY": _increment(-1, True),
    b"DEL": _del,
    b"EXISTS": _exists,
    b"EXPIRE": _expire("ttl_ms", 1000),
    b"EXPIREAT": _expire("expire_time_ms", 1000),
    b"EXPIRETIME": _ttl("expire_time_ms", _to_seconds),
    b"GET": _get,
    b"GETDEL": _getdel,
    b"GETSET": _getset,
    b"INCR": _increment(1, False),
    b"INCRBY": _increment(1, True),
    b"KEYS": _keys,
    b"MGET": _mget,
    b"MSET": _mset,
    b"PERSIST": _persist,
    b"PEXPIRE": _expire("ttl_ms", 1),
    b"PEXPIREAT": _expire("expire_time_ms", 1),
    b"PEXPIRETIME": _ttl("expire_time_ms", int),
    b"PSETEX": _set_for(b"PX"),
    b"PTTL": _ttl("ttl_ms", int),
    b"SET": _set,
    b"SETEX": _set_for(b"EX"),
    b"SETNX": _setnx,
    b"TTL": _ttl("ttl_ms", _to_seconds),
    b"TYPE": _type,
    b"UNLINK": _del,
    b"ZADD": _zadd,
    b"ZCARD": _zcard,
    b"ZCOUNT": _zcount,
    b"ZINCRBY": _zincrby,
    b"ZMSCORE": _zmscore,
    b"ZRANGE": _zrange(),
    b"ZRANGEBYSCORE": _zrange(by_score=True),
    b"ZRANK": _zrank(False),
    b"ZREM": _zrem,
    b"ZREVRANGE": _zrange(reverse=True),
    b"ZREVRANGEBYSCORE": _zrange(by_score=True, reverse=True),
    b"ZREVRANK": _zrank(True),
    b"ZSCORE": _zscore,
}


def _translate(args):
    translation = _TRANSLATIONS.get(args[0].upper())
    if translation is None:
        raise Inexpressible
    return translation(args[1:])


class _Deadline:
    """A stub's method with a bound on its time."""

    def __init__(self, stubs):
        self._stubs = stubs

    def __getattr__(self, method):
        return lambda request: getattr(self._stubs, method)(request, timeout=PATIENCE_S)


class GrpcConnection:

    def __init__(self, address):
        self._channel = grpc.insecure_channel(address)
        self._stubs = _Stubs(self._channel)
        self._stubs.values = _Deadline(self._stubs.values)
        self._stubs.sets = _Deadline(self._stubs.sets)
        self._reply = None

    def send(self, args):
        try:
            self._reply = _translate(args)(self._stubs)
        except grpc.RpcError as error:
            self._reply = ReplyError(_redis_error(error))

    def read(self):
        return self._reply

    def close(self):
        self._channel.close()


def _redis_error(error):
    """The error that Redis gives for the reason of this one."""
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return _REDIS_ERRORS.get(info.reason, "ERR " + info.reason)
    return "STATUS %s" % error


class GrpcDriver:
    name = "grpc"
    protocol = expected_value.Protocol(exact_errors=False)

    def can_express(self, args):
        try:
            _translate(args)
        except Inexpressible:
            return False
        return True

    def connect(self, server):
        return GrpcConnection(server.grpc_address)
