"""RespClient: RESP2 and RESP3 over a raw socket, for tests.

A reply becomes a Python value that keeps what the bytes said, so that a test
can tell `$-1` from `*-1` and a set from an array:

    +OK    Status          $..     bytes        :1     int
    $-1    None            *-1     NIL_ARRAY    *..    list
    -ERR   ReplyError (returned by read_reply, raised by call)
    ,1.5   Double          #t      bool         (..    BigNumber
    %..    Map             ~..     Set          >..    Push     =.. bytes
"""

import socket

from text_client import ReplyError, to_bytes


class Status(str):
    """A reply of one line that is not data."""


class Double(float):
    """A double with the text that stood for it."""

    def __new__(cls, text):
        double = super().__new__(cls, text)
        double.text = text
        return double


class BigNumber(int):
    pass


class Set(list):
    pass


class Push(list):
    pass


class Map(list):
    """A list of (key, value)."""


class _NilArray:

    def __repr__(self):
        return "NIL_ARRAY"


NIL_ARRAY = _NilArray()


def request(*args):
    args = [to_bytes(arg) for arg in args]
    return b"*%d\r\n" % len(args) + b"".join(b"$%d\r\n%b\r\n" % (len(a), a) for a in args)


class RespClient:
    """One connection.  Every wait is bounded by `timeout` seconds."""

    def __init__(self, host, port, timeout=20, version=2):
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = self.socket.makefile("rb")
        if version == 3:
            self.call("HELLO", 3)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self._input.close()
        self.socket.close()

    def send(self, *args):
        self.socket.sendall(request(*args))

    def call(self, *args):
        """Sends one request and returns its reply; an error is raised."""
        self.send(*args)
        reply = self.read_reply()
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def pipeline(self, commands):
        """Sends all commands at once; returns their replies, errors included."""
        self.socket.sendall(b"".join(request(*command) for command in commands))
        return [self.read_reply() for _ in commands]

    def read_reply(self):
        line = self._read_line()
        kind, rest = line[:1], line[1:]
        read = _READERS.get(kind)
        if read is None:
            raise ValueError("not a reply: %r" % line)
        return read(self, rest)

    def _read_line(self):
        line = self._input.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the server closed the connection")
        if not line.endswith(b"\r\n"):
            raise ValueError("a line without CR: %r" % line)
        return line[:-2]

    def _read_bytes(self, size):
        data = self._input.read(size + 2)
        if len(data) < size + 2:
            raise ConnectionError("the server closed the connection")
        if data[-2:] != b"\r\n":
            raise ValueError("a string is not followed by CRLF")
        return data[:-2]

    def _read_bulk(self, rest):
        size = int(rest)
        return None if size < 0 else self._read_bytes(size)

    def _read_array(self, rest):
        size = int(rest)
        return NIL_ARRAY if size < 0 else [self.read_reply() for _ in range(size)]

    def _read_map(self, rest):
        return Map((self.read_reply(), self.read_reply()) for _ in range(int(rest)))


_READERS = {
    b"+": lambda client, rest: Status(rest.decode()),
    b"-": lambda client, rest: ReplyError(rest.decode()),
    b":": lambda client, rest: int(rest),
    b"$": RespClient._read_bulk,
    b"*": RespClient._read_array,
    b"_": lambda client, rest: None,
    b",": lambda client, rest: Double(rest.decode()),
    b"#": lambda client, rest: {b"t": True, b"f": False}[rest],
    b"(": lambda client, rest: BigNumber(rest),
    b"=": lambda client, rest: client._read_bytes(int(rest))[4:],
    b"%": RespClient._read_map,
    b"~": lambda client, rest: Set(client.read_reply() for _ in range(int(rest))),
    b">": lambda client, rest: Push(client.read_reply() for _ in range(int(rest))),
}
