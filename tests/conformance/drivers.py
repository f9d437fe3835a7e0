"""Drivers: one for each way of sending a command and reading its reply.

A driver has a `protocol` (how its replies are to be compared), says which
commands it can express, and makes connections: `send(args)`, `read()`,
`port()`, `is_silent(seconds)`, `leave()`, `close()`.
"""

import select
import socket

import expected_value
import legacy_client
import text_client
from legacy_client import LegacyClient, LegacyError
from resp_client import RespClient, Status
from server_process import HOST, PATIENCE_S
from text_client import ReplyError, TextClient

_MAX_LINE_BYTES = 64 * 1024
_LEGACY_WRONG_TYPE = 3


class SocketConnection:
    """A client of tests/end_to_end as a driver's connection."""

    def __init__(self, client):
        self._client = client

    def send(self, args):
        self._client.send(*args)

    def read(self):
        return self._client.read_reply()

    def port(self):
        """This side's, by which the server knows the connection."""
        return self._client.socket.getsockname()[1]

    def is_silent(self, seconds):
        """Whether nothing arrives for so long."""
        return not select.select([self._client.socket], [], [], seconds)[0]

    def leave(self):
        """Says that nothing more comes, and waits until the server has seen it."""
        self._client.socket.shutdown(socket.SHUT_WR)
        while self._client.socket.recv(4096):
            pass

    def close(self):
        self._client.__exit__()


class TextConnection(SocketConnection):

    def send(self, args):
        self._client.send(text_client.request(*args))

    def read(self):
        try:
            reply = self._client.read_reply()
        except ReplyError as error:
            return error
        return _with_statuses(reply)


def _with_statuses(reply):
    if isinstance(reply, list):
        return [_with_statuses(item) for item in reply]
    return Status(reply) if isinstance(reply, str) else reply


class TextDriver:
    name = "text"
    protocol = expected_value.Protocol()

    def can_express(self, args):
        """SET with three arguments announces a block; the rest are lines."""
        if args[0].upper() == b"SET" and len(args) == 4:
            return False
        return len(text_client.request(*args)) <= _MAX_LINE_BYTES

    def connect(self, server):
        return TextConnection(TextClient(HOST, server.port, timeout=PATIENCE_S))


class RespDriver:

    def __init__(self, version, name=None, **protocol):
        self.name = name or "resp%d" % version
        self.protocol = expected_value.Protocol(types=version == 3, **protocol)
        self._version = version

    def can_express(self, unused_args):
        return True

    def connect(self, server):
        client = RespClient(HOST, server.port, timeout=PATIENCE_S)
        if self._version == 3:
            client.send("HELLO", 3)
            client.read_reply()  # an error where a password is wanted first
        return SocketConnection(client)


class LegacyConnection(SocketConnection):
    """Undoes what the original's commands answer otherwise than Redis'."""

    def __init__(self, client):
        super().__init__(client)
        self._sent = []

    def send(self, args):
        self._sent.append(args)
        self._client.send(legacy_client.request(*args))

    def read(self):
        try:
            reply = _with_codes(super().read())
        except LegacyError as error:
            return _with_codes(error)
        args = self._sent.pop(0) if self._sent else [b""]
        if reply is None:
            if args[0].upper() == b"SET" and len(args) == 3:
                return Status("OK")
            if args[0].upper() == b"ZREM":
                return 0
        return reply


def _with_codes(reply):
    """Errors with the codes that Redis begins them with."""
    if isinstance(reply, list):
        return [_with_codes(item) for item in reply]
    if not isinstance(reply, LegacyError):
        return reply
    if reply.code == _LEGACY_WRONG_TYPE:
        return ReplyError("WRONGTYPE " + reply.text)
    if reply.text.partition(" ")[0].isupper():
        return ReplyError(reply.text)
    return ReplyError("ERR " + reply.text)


class LegacyDriver:
    name = "legacy"
    protocol = expected_value.Protocol(statuses=False, exact_errors=False)

    def can_express(self, unused_args):
        return True

    def connect(self, server):
        return LegacyConnection(LegacyClient(HOST, server.port, timeout=PATIENCE_S))
