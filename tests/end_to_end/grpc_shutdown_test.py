"""SIGTERM while gRPC clients call: the server ends soon, and every call that it
ran was answered."""

import os
import signal
import tempfile
import threading
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from fastkv.v1 import operation_pb2
from fastkv.v1 import pipeline_pb2
from fastkv.v1 import pipeline_pb2_grpc
from server_process import PATIENCE_S, ServerProcess, temporary_folder

# Of each kind.
CALLERS = 6
ENDED = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


class Caller(threading.Thread):
    """Calls until the server is gone; counts what it was told to be done."""

    def __init__(self, key, call):
        super().__init__()
        self.key = key
        self.done = 0
        self.failure = None
        self._call = call

    def run(self):
        try:
            while True:
                for amount in self._call(self.key):
                    self.done += amount
        except grpc.RpcError as error:
            if error.code() not in ENDED:
                self.failure = error
        except Exception as error:  # Reported where the test can see it.
            self.failure = error


def unary(values):
    def call(key):
        values.Increment(kv.IncrementRequest(key=key), timeout=PATIENCE_S)
        yield 1
    return call


def pipelined(pipelines):
    def call(key):
        operation = operation_pb2.Operation(increment=kv.IncrementRequest(key=key))
        request = pipeline_pb2.PipelineRequest(operations=[operation] * 10)
        for response in pipelines.Pipeline(iter([request] * 5), timeout=PATIENCE_S):
            yield len(response.results)
    return call


def in_pieces(values):
    """A value's length is how often it was written, since each time it is longer."""
    def call(key):
        length = call.lengths.get(key, 0) + 1
        header = kv.WriteValueHeader(key=key, length=100_000 + length)
        requests = [kv.WriteValueRequest(header=header, chunk=bytes(50_000)),
                    kv.WriteValueRequest(chunk=bytes(50_000 + length))]
        values.WriteValue(iter(requests), timeout=PATIENCE_S)
        call.lengths[key] = length
        yield 1
    call.lengths = {}
    return call


class GrpcShutdownTest(unittest.TestCase):

    def start(self, data):
        return ServerProcess("--data_dir=" + data, "--shutdown_grace=1h", "--grpc_threads=2")

    def run_until_stopped(self, server, answers):
        """What each caller was told to be done, by its key."""
        with grpc.insecure_channel(server.grpc_address) as channel:
            values = key_value_pb2_grpc.KeyValueServiceStub(channel)
            pipelines = pipeline_pb2_grpc.PipelineServiceStub(channel)
            callers = [Caller(b"%s%d" % (kind, i), call)
                       for kind, call in ((b"unary", unary(values)),
                                          (b"pipeline", pipelined(pipelines)),
                                          (b"pieces", in_pieces(values)))
                       for i in range(CALLERS)]
            for caller in callers:
                caller.start()
            deadline = time.monotonic() + PATIENCE_S
            while sum(caller.done for caller in callers) < answers:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.001)
            server.signal(signal.SIGTERM)
            # Much sooner than the grace, which would let the test hang.
            self.assertEqual(server.wait(), 0, server.log())
            for caller in callers:
                caller.join(PATIENCE_S)
                self.assertIsNone(caller.failure)
            return {caller.key: caller.done for caller in callers}

    def test_what_was_run_was_answered(self):
        with tempfile.TemporaryDirectory(dir=temporary_folder()) as data:
            with self.start(data) as server:
                told = self.run_until_stopped(server, 1000)
            with self.start(data) as server, grpc.insecure_channel(server.grpc_address) as channel:
                values = key_value_pb2_grpc.KeyValueServiceStub(channel)
                found = {}
                for key in told:
                    value = values.Get(kv.GetRequest(key=key), timeout=PATIENCE_S).value
                    found[key] = (len(value) - 100_000 if key.startswith(b"pieces")
                                  else int(value or 0))
            self.assertEqual(found, told)


if __name__ == "__main__":
    unittest.main()
