"""GrpcDriver: commands as RPCs of fastkv.v1, as far as they mean the same.

Each translation reads a command's arguments and returns a function that makes
the call and says the response as the command's reply.  Inexpressible is raised
before any call is made.
"""

import grpc

import expected_value
from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import operation_pb2
from fastkv.v1 import sorted_set_pb2_grpc
from fastkv.v1 import transaction_pb2
from fastkv.v1 import transaction_pb2_grpc
from fastkv.v1 import types_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_arguments import INT64, Inexpressible, exactly, integer, some, words
from grpc_sorted_sets import SORTED_SET_TRANSLATIONS
from resp_client import Status
from server_process import PATIENCE_S
from text_client import ReplyError

_REDIS_ERRORS = {
    "WRONG_TYPE": "WRONGTYPE Operation against a key holding the wrong kind of value",
    "VALUE_NOT_INTEGER": "ERR value is not an integer or out of range",
    "INTEGER_OVERFLOW": "ERR increment or decrement would overflow",
    "SCORE_NOT_A_NUMBER": "ERR resulting score is not a number (NaN)",
}


class _Stubs:

    def __init__(self, channel):
        self.values = key_value_pb2_grpc.KeyValueServiceStub(channel)
        self.sets = sorted_set_pb2_grpc.SortedSetServiceStub(channel)
        self.transactions = transaction_pb2_grpc.TransactionServiceStub(channel)


def _get(args):
    exactly(args, 1)

    def call(stubs):
        response = stubs.values.Get(kv.GetRequest(key=args[0]))
        return response.value if response.HasField("value") else None

    return call


_EXPIRY_UNITS = {b"EX": ("ttl_ms", 1000), b"PX": ("ttl_ms", 1),
                 b"EXAT": ("expire_time_ms", 1000), b"PXAT": ("expire_time_ms", 1)}


def _expiry(word, arg):
    """The field of a request for, say, EX 10."""
    field, unit = _EXPIRY_UNITS[word]
    value = integer(arg) * unit
    if value not in INT64 or value <= 0:
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
    exactly(args, 2)
    return lambda stubs: int(stubs.values.Set(
        kv.SetRequest(key=args[0], value=args[1], must_not_exist=True)).applied)


def _set_for(unit):

    def translate(args):
        exactly(args, 3)
        return _set([args[0], args[2], unit, args[1]])

    return translate


def _getset(args):
    exactly(args, 2)
    return _set([*args, b"GET"])


def _getdel(args):
    exactly(args, 1)

    def call(stubs):
        response = stubs.values.Delete(kv.DeleteRequest(key=args[0], return_previous=True))
        return response.previous_value if response.HasField("previous_value") else None

    return call


def _del(args):
    some(args)
    if len(args) == 1:
        return lambda stubs: int(stubs.values.Delete(kv.DeleteRequest(key=args[0])).deleted)
    return lambda stubs: sum(stubs.values.BatchDelete(kv.BatchDeleteRequest(keys=args)).deleted)


def _exists(args):
    some(args)
    return lambda stubs: sum(
        stubs.values.Exists(kv.ExistsRequest(key=key)).exists for key in args)


def _type(args):
    exactly(args, 1)
    names = {types_pb2.VALUE_TYPE_UNSPECIFIED: "none", types_pb2.VALUE_TYPE_STRING: "string",
             types_pb2.VALUE_TYPE_SORTED_SET: "zset"}
    return lambda stubs: Status(
        names[stubs.values.Exists(kv.ExistsRequest(key=args[0])).type])


def _ttl(field, round_to):

    def translate(args):
        exactly(args, 1)

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
        value = integer(args[1]) * unit
        if abs(value) > 2**62:
            raise Inexpressible
        request = kv.ExpireRequest(key=args[0], **{field: value})
        for word in words(args[2:], _EXPIRE_CONDITIONS):
            request.condition = _EXPIRE_CONDITIONS[word]
        return lambda stubs: int(stubs.values.Expire(request).applied)

    return translate


def _persist(args):
    exactly(args, 1)
    return lambda stubs: int(stubs.values.Persist(kv.PersistRequest(key=args[0])).applied)


def _increment(sign, has_delta):

    def translate(args):
        exactly(args, 2 if has_delta else 1)
        delta = sign * (integer(args[1]) if has_delta else 1)
        if delta not in INT64:
            raise Inexpressible
        return lambda stubs: stubs.values.Increment(
            kv.IncrementRequest(key=args[0], delta=delta)).value

    return translate


def _append(args):
    exactly(args, 2)
    return lambda stubs: stubs.values.Append(
        kv.AppendRequest(key=args[0], suffix=args[1])).length


def _mget(args):
    some(args)
    return lambda stubs: [
        result.value if result.HasField("value") else None
        for result in stubs.values.BatchGet(kv.BatchGetRequest(keys=args)).results]


def _mset(args):
    some(args)
    if len(args) % 2:
        raise Inexpressible
    request = kv.BatchSetRequest(entries=[
        kv.BatchSetEntry(key=key, value=value) for key, value in zip(args[::2], args[1::2])])

    def call(stubs):
        stubs.values.BatchSet(request)
        return Status("OK")

    return call


def _msetnx(args):
    some(args)
    if len(args) % 2:
        raise Inexpressible
    pairs = list(zip(args[::2], args[1::2]))
    request = transaction_pb2.ExecuteRequest(
        compares=[transaction_pb2.Compare(key=key, exists=False) for key, _ in pairs],
        then_operations=[operation_pb2.Operation(batch_set=kv.BatchSetRequest(
            entries=[kv.BatchSetEntry(key=key, value=value) for key, value in pairs]))])
    return lambda stubs: int(stubs.transactions.Execute(request).succeeded)


def _getex(args):
    some(args)
    operations = [operation_pb2.Operation(get=kv.GetRequest(key=args[0]))]
    option = [arg.upper() for arg in args[1:2]]
    if option == [b"PERSIST"]:
        exactly(args, 2)
        operations.append(operation_pb2.Operation(persist=kv.PersistRequest(key=args[0])))
    elif option:
        exactly(args, 3)
        if option[0] not in _EXPIRY_UNITS:
            raise Inexpressible
        operations.append(operation_pb2.Operation(
            expire=kv.ExpireRequest(key=args[0], **_expiry(option[0], args[2]))))
    request = transaction_pb2.ExecuteRequest(then_operations=operations)

    def call(stubs):
        response = stubs.transactions.Execute(request).results[0].get
        return response.value if response.HasField("value") else None

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
    exactly(args, 1)
    return lambda stubs: _list_keys(stubs, glob=args[0])


def _dbsize(args):
    exactly(args, 0)
    return lambda stubs: len(_list_keys(stubs))


_TRANSLATIONS = {
    **SORTED_SET_TRANSLATIONS,
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
    b"GETEX": _getex,
    b"GETSET": _getset,
    b"INCR": _increment(1, False),
    b"INCRBY": _increment(1, True),
    b"KEYS": _keys,
    b"MGET": _mget,
    b"MSET": _mset,
    b"MSETNX": _msetnx,
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
        self._stubs.transactions = _Deadline(self._stubs.transactions)
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
