"""LegacyClient: the legacy framing of tcp_gateway/PROTOCOL.md, for tests."""

import socket
import struct

from text_client import to_bytes

NIL, ERROR, STRING, INTEGER, DOUBLE, ARRAY = range(6)


class LegacyError(Exception):
    """The server answered with an error value."""

    def __init__(self, code, text):
        super().__init__("%d %s" % (code, text))
        self.code = code
        self.text = text


def request(*args):
    payload = struct.pack("<I", len(args))
    for arg in map(to_bytes, args):
        payload += struct.pack("<I", len(arg)) + arg
    return struct.pack("<I", len(payload)) + payload


def parse_value(payload, at=0):
    """The value at `at` and where it ends; errors inside arrays are values."""
    tag = payload[at]
    at += 1
    if tag == NIL:
        return None, at
    if tag == INTEGER:
        return struct.unpack_from("<q", payload, at)[0], at + 8
    if tag == DOUBLE:
        return struct.unpack_from("<d", payload, at)[0], at + 8
    if tag == STRING:
        (size,) = struct.unpack_from("<I", payload, at)
        at += 4
        return payload[at:at + size], at + size
    if tag == ERROR:
        code, size = struct.unpack_from("<iI", payload, at)
        at += 8
        return LegacyError(code, payload[at:at + size].decode()), at + size
    if tag == ARRAY:
        (count,) = struct.unpack_from("<I", payload, at)
        at += 4
        values = []
        for _ in range(count):
            value, at = parse_value(payload, at)
            values.append(value)
        return values, at
    raise ValueError("no tag of a value: %d" % tag)


class LegacyClient:
    """One connection.  Every wait is bounded by `timeout` seconds."""

    def __init__(self, host, port, timeout=20):
        self.socket = socket.create_connection((host, port), timeout)
        self._input = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._input.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def call(self, *args):
        """Sends one request and returns its reply; an error is raised."""
        self.send(request(*args))
        return self.read_reply()

    def read_reply(self):
        (size,) = struct.unpack("<I", self._read(4))
        payload = self._read(size)
        value, end = parse_value(payload)
        if end != size:
            raise ValueError("%d bytes behind the value" % (size - end))
        if isinstance(value, LegacyError):
            raise value
        return value

    def read_to_end(self):
        try:
            return self._input.read()
        except ConnectionResetError:
            return b""

    def _read(self, size):
        data = self._input.read(size)
        if len(data) < size:
            raise ConnectionError("the server closed the connection")
        return data
