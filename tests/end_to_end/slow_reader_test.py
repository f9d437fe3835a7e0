"""Unary calls of clients that do not take their answers: HTTP/2 clients whose
windows are closed, so that the server cannot send what it has."""

import socket
import struct
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from server_process import HOST, PATIENCE_S, ServerProcess

VALUE_BYTES = 1 << 20

# RFC 9113, section 6.
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, ACK, END_HEADERS = 1, 1, 4
INITIAL_WINDOW_SIZE = 4


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def header(name, value):
    """A literal that is not indexed: RFC 7541, section 6.2.2."""
    return b"\x00%c%s%c%s" % (len(name), name, len(value), value)


class SlowReader:
    """Has called Get for the key "long" so often, and takes no byte of the answers
    while the context is open."""

    def __init__(self, server, count):
        self._socket = socket.create_connection((HOST, server.grpc_port), PATIENCE_S)
        headers = b"".join(header(*pair) for pair in (
            (b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"test"),
            (b":path", b"/fastkv.v1.KeyValueService/Get"),
            (b"content-type", b"application/grpc"), (b"te", b"trailers")))
        request = kv.GetRequest(key=b"long").SerializeToString()
        message = b"\x00" + struct.pack("!I", len(request)) + request
        closed = struct.pack("!HI", INITIAL_WINDOW_SIZE, 0)
        self._socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, closed))
        for stream in range(1, 2 * count, 2):
            self._socket.sendall(frame(HEADERS, END_HEADERS, stream, headers) +
                                 frame(DATA, END_STREAM, stream, message))
        # Each call is answered when the head of its answer is there.
        answered = 0
        while answered < count:
            length, kind, flags, _ = struct.unpack("!IBBI", b"\x00" + self._read(9))
            self._read(length)
            answered += kind == HEADERS
            if kind == SETTINGS and not flags & ACK:
                self._socket.sendall(frame(SETTINGS, ACK, 0, b""))

    def _read(self, size):
        data = b""
        while len(data) < size:
            more = self._socket.recv(size - len(data))
            if not more:
                raise AssertionError("the server closed the connection")
            data += more
        return data

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self._socket.close()


class SlowReaderTest(unittest.TestCase):

    def _serve(self, *flags):
        server = ServerProcess(*flags)
        self.addCleanup(server.__exit__, None, None, None)
        server.__enter__()
        channel = grpc.insecure_channel(server.grpc_address)
        self.addCleanup(channel.close)
        values = key_value_pb2_grpc.KeyValueServiceStub(channel)
        values.Set(kv.SetRequest(key=b"long", value=bytes(VALUE_BYTES)), timeout=PATIENCE_S)
        return server, values

    def _answer(self, values):
        """None if a call is served, else its error."""
        return values.Exists.future(kv.ExistsRequest(key=b"k")).exception(timeout=PATIENCE_S)

    def _expect_overloaded(self, error):
        self.assertIsNotNone(error)
        self.assertEqual(error.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        trailers = dict(error.trailing_metadata())
        self.assertIn(b"OVERLOADED", trailers["grpc-status-details-bin"])
        self.assertIn(b"google.rpc.RetryInfo", trailers["grpc-status-details-bin"])

    def _expect_served(self, values):
        """The server has to notice first that a connection is gone."""
        deadline = time.monotonic() + PATIENCE_S
        while (error := self._answer(values)) is not None:
            self._expect_overloaded(error)
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_answers_that_are_not_taken_are_bounded(self):
        server, values = self._serve("--grpc_max_answer_bytes=%d" % (4 * VALUE_BYTES))
        with SlowReader(server, 3):
            self.assertIsNone(self._answer(values))
        with SlowReader(server, 8):
            self._expect_overloaded(self._answer(values))
        self._expect_served(values)

    def test_calls_whose_answers_are_not_taken_are_bounded(self):
        server, values = self._serve("--grpc_max_calls=8")
        with SlowReader(server, 4):
            self.assertIsNone(self._answer(values))
        with SlowReader(server, 16):
            self._expect_overloaded(self._answer(values))
        self._expect_served(values)

    def test_slow_readers_do_not_hold_up_calls_of_the_same_method(self):
        # More of them than a queue awaits calls of a method at a time.
        server, values = self._serve()
        with SlowReader(server, 200):
            for _ in range(100):
                values.Get(kv.GetRequest(key=b"none"), timeout=PATIENCE_S)


if __name__ == "__main__":
    unittest.main()
