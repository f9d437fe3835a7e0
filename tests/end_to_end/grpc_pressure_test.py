"""gRPC calls and streams under pressure: clients that leave, that do not read,
that have no time; each against a real server."""

import os
import signal
import threading
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import operation_pb2
from fastkv.v1 import pipeline_pb2
from fastkv.v1 import pipeline_pb2_grpc
from server_process import PATIENCE_S, SANITIZED, ServerProcess

MIB = 1 << 20


def connect(server):
    """A channel with a connection of its own."""
    return grpc.insecure_channel(
        server.grpc_address,
        options=[("grpc.max_send_message_length", -1),
                 ("grpc.max_receive_message_length", -1),
                 ("grpc.use_local_subchannel_pool", 1)])


def get(key):
    return operation_pb2.Operation(get=kv.GetRequest(key=key))


def pieces(key, total, piece):
    yield kv.WriteValueRequest(header=kv.WriteValueHeader(key=key, length=total))
    for begin in range(0, total, piece):
        yield kv.WriteValueRequest(chunk=bytes(min(piece, total - begin)))


class GrpcPressureTest(unittest.TestCase):

    def test_a_call_that_a_stalled_server_finds_cancelled_writes_nothing(self):
        with ServerProcess() as server, connect(server) as channel:
            values = key_value_pb2_grpc.KeyValueServiceStub(channel)
            values.Set(kv.SetRequest(key=b"warm", value=b"v"), timeout=PATIENCE_S)
            server.signal(signal.SIGSTOP)
            os.waitid(os.P_PID, server.pid, os.WSTOPPED | os.WNOWAIT)
            try:
                # More than a queue awaits at a time, so that some have to wait.
                calls = [values.Set.future(kv.SetRequest(key=b"late%d" % i, value=b"v"),
                                           timeout=0.001) for i in range(100)]
                for call in calls:
                    self.assertEqual(call.exception(timeout=PATIENCE_S).code(),
                                     grpc.StatusCode.DEADLINE_EXCEEDED)
            finally:
                server.signal(signal.SIGCONT)
            # Behind all of them on the same connection.
            values.Set(kv.SetRequest(key=b"after", value=b"v"), timeout=PATIENCE_S)
            listed = values.ListKeys(kv.ListKeysRequest(prefix=b"late"), timeout=PATIENCE_S)
            self.assertEqual(list(listed.keys), [])

    def test_a_client_that_does_not_read_costs_bounded_memory(self):
        with ServerProcess() as server, connect(server) as channel:
            values = key_value_pb2_grpc.KeyValueServiceStub(channel)
            values.Set(kv.SetRequest(key=b"big", value=bytes(8 * MIB)), timeout=PATIENCE_S)
            before = server.resident_bytes()
            sent, enough = 0, threading.Event()

            def requests():
                nonlocal sent
                while not enough.is_set() and sent < 1000:
                    # Each answer is eight copies of the value.
                    yield pipeline_pb2.PipelineRequest(operations=[get(b"big")] * 8)
                    sent += 1

            with connect(server) as other:
                stream = pipeline_pb2_grpc.PipelineServiceStub(other).Pipeline(requests())
                first = next(stream)
                self.assertEqual(len(first.results), 8)
                # Others are served meanwhile.
                for _ in range(100):
                    values.Get(kv.GetRequest(key=b"none"), timeout=PATIENCE_S)
                grown = server.resident_bytes() - before
                enough.set()
                stream.cancel()
            self.assertLess(grown, (512 if SANITIZED else 200) * MIB)

    def test_a_value_longer_than_a_message_comes_and_goes_in_pieces(self):
        total = (64 if SANITIZED else 200) * MIB
        with ServerProcess("--grpc_max_message_bytes=%d" % (2 * MIB)) as server, \
                connect(server) as channel:
            values = key_value_pb2_grpc.KeyValueServiceStub(channel)
            answer = values.WriteValue(pieces(b"k", total, MIB), timeout=4 * PATIENCE_S)
            self.assertTrue(answer.applied)
            with self.assertRaises(grpc.RpcError) as raised:
                values.Get(kv.GetRequest(key=b"k"), timeout=PATIENCE_S)
            self.assertEqual(raised.exception.code(), grpc.StatusCode.OUT_OF_RANGE)
            length = 0
            for part in values.ReadValue(kv.ReadValueRequest(key=b"k"), timeout=4 * PATIENCE_S):
                if part.HasField("header"):
                    self.assertEqual(part.header.length, total)
                length += len(part.chunk)
            self.assertEqual(length, total)

    def test_announcements_cost_nothing_and_uploads_are_bounded(self):
        with ServerProcess("--grpc_max_upload_bytes=%d" % (64 * MIB)) as server, \
                connect(server) as channel:
            values = key_value_pb2_grpc.KeyValueServiceStub(channel)
            for length, code in ((513 * MIB, grpc.StatusCode.INVALID_ARGUMENT),
                                 (65 * MIB, grpc.StatusCode.INVALID_ARGUMENT),
                                 (64 * MIB, None)):
                answer = values.WriteValue.future(pieces(b"k", length, MIB), timeout=PATIENCE_S)
                error = answer.exception(timeout=PATIENCE_S)
                self.assertEqual(error.code() if error else None, code)
            before = server.resident_bytes()
            hold, streams = threading.Event(), []

            def announce(key):
                yield kv.WriteValueRequest(
                    header=kv.WriteValueHeader(key=key, length=60 * MIB), chunk=b"x")
                hold.wait(PATIENCE_S)

            for i in range(100):
                streams.append(values.WriteValue.future(announce(b"a%d" % i)))
            # They are served in order of arrival on this connection.
            values.Exists(kv.ExistsRequest(key=b"k"), timeout=PATIENCE_S)
            self.assertLess(server.resident_bytes() - before, (256 if SANITIZED else 64) * MIB)
            for stream in streams:
                stream.cancel()
            hold.set()
            self.assertFalse(values.Exists(kv.ExistsRequest(key=b"a0")).exists)

    def test_the_server_stops_although_streams_are_open(self):
        hold = threading.Event()

        def one_then_wait():
            yield pipeline_pb2.PipelineRequest(operations=[get(b"k")])
            hold.wait(PATIENCE_S)

        with ServerProcess("--shutdown_grace=1h") as server, connect(server) as channel:
            stub = pipeline_pb2_grpc.PipelineServiceStub(channel)
            streams = [stub.Pipeline(one_then_wait()) for _ in range(100)]
            for stream in streams:
                self.assertEqual(len(next(stream).results), 1)
            began = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - began, 3600)
            for stream in streams:
                with self.assertRaises(grpc.RpcError) as raised:
                    next(stream)
                self.assertEqual(raised.exception.code(), grpc.StatusCode.UNAVAILABLE)
            hold.set()

    def test_a_connection_of_age_is_replaced(self):
        flags = ("--grpc_max_connection_age=100ms", "--grpc_max_connection_age_grace=10s")
        with ServerProcess(*flags) as server, connect(server) as channel:
            values = key_value_pb2_grpc.KeyValueServiceStub(channel)
            seen = []
            channel.subscribe(seen.append)
            for _ in range(1000):
                values.Increment(kv.IncrementRequest(key=b"n"), timeout=PATIENCE_S,
                                 wait_for_ready=True)
                if grpc.ChannelConnectivity.IDLE in seen[1:]:
                    break
                time.sleep(0.01)
            self.assertIn(grpc.ChannelConnectivity.IDLE, seen[1:])


if __name__ == "__main__":
    unittest.main()
