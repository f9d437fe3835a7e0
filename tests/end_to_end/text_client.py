"""TextClient: the text protocol of tcp_gateway/PROTOCOL.md, for tests."""

import socket

_ESCAPES = {ord("\\"): b"\\\\", ord('"'): b'\\"', ord("\n"): b"\\n", ord("\r"): b"\\r"}


class ReplyError(Exception):
    """The server answered with an error line."""


def to_bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def quote(token):
    """A token as a request's line may hold it, whatever its bytes."""
    return b'"' + b"".join(_ESCAPES.get(c, bytes([c])) for c in token) + b'"'


def request(*args):
    return b" ".join(quote(to_bytes(arg)) for arg in args) + b"\r\n"


def set_request(key, value, expiry_s=0):
    value = to_bytes(value)
    return request("SET", key, expiry_s, len(value)) + value + b"\r\n"


class TextClient:
    """One connection.  Every wait is bounded by `timeout` seconds."""

    def __init__(self, host, port, timeout=20):
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self._input.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def call(self, *args):
        """Sends one request and returns its reply.

        Status lines are str, values bytes, no value None, integers int, arrays
        lists; an error line raises ReplyError, one in a list is a ReplyError.
        """
        self.send(request(*args))
        return self.read_reply()

    def set(self, key, value, expiry_s=0):
        self.send(set_request(key, value, expiry_s))
        return self.read_reply()

    def read_reply(self):
        reply = self._read_value()
        if isinstance(reply, ReplyError):
            raise reply
        return reply

    def _read_value(self):
        line = self.read_line()
        kind, rest = line[:1], line[1:]
        if kind == b":":
            return int(rest)
        if kind == b"*":
            return [self._read_value() for _ in range(int(rest))]
        if kind == b"-":
            return ReplyError(rest.decode())
        if line == b"+NIL":
            return None
        if line.startswith(b"+VALUE "):
            length = int(line[len(b"+VALUE "):])
            value = self._input.read(length)
            if len(value) < length or self.read_line():
                raise ConnectionError("a value was cut short")
            return value
        if kind == b"+":
            return rest.decode()
        raise ValueError("not a reply: %r" % line)

    def read_to_end(self):
        """What the server still sends before it closes the connection."""
        received = b""
        try:
            while True:
                data = self._input.read1(65536)
                if not data:
                    return received
                received += data
        except ConnectionResetError:
            # It closed with bytes of ours unread.
            return received

    def read_line(self):
        line = self._input.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the server closed the connection")
        return line.rstrip(b"\r\n")
