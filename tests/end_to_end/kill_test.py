"""The real process is killed under load again and again, and started again.

FASTKV_KILL_ROUNDS sets how often; FASTKV_TEST_SEED when.
"""

import os
import queue
import random
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
from fastkv.v1 import transaction_pb2
from fastkv.v1 import transaction_pb2_grpc
from legacy_client import LegacyClient
from resp_client import RespClient
from server_process import HOST, PATIENCE_S, SANITIZED, ServerProcess, temporary_folder

ROUNDS = int(os.environ.get("FASTKV_KILL_ROUNDS", "2" if SANITIZED else "4"))
WRITERS = 2  # for each protocol
# A round is killed after so long, at most.
MAX_ROUND_S = 1.0
# What a process that is killed may lose, where nobody waits for the disk.
MAX_LOSS_S = 1.0


class Writer(threading.Thread):
    """Counts in keys of its own, and remembers what was acknowledged.

    Every write changes two keys at once, to one number: a transaction that was
    half applied would leave them different.  Numbers only grow, so what is
    found must be at least what was acknowledged, and at most what was tried.
    """

    def __init__(self, name, write):
        super().__init__()
        self.key = name
        self._write = write
        self.acknowledged = []  # (when, number)
        self.tried = 0
        self.error = None

    def run(self):
        try:
            while True:
                self.tried += 1
                self._write(self.key, self.tried)
                self.acknowledged.append((time.monotonic(), self.tried))
        except (OSError, ValueError, IndexError, StopIteration, grpc.RpcError) as error:
            self.error = error  # the server is gone


def text_write(client):
    def write(key, number):
        if client.call("MSET", key + ":a", number, key + ":b", number) != "OK":
            raise ValueError("MSET")
    return write


def resp_write(client):
    """A transaction of several commands, a sorted set among them."""
    def write(key, number):
        replies = client.pipeline([
            ("MULTI",), ("SET", key + ":a", number), ("SET", key + ":b", number),
            ("ZADD", key + ":z", number, "m"), ("EXEC",)])
        if not isinstance(replies[-1], list):
            raise ValueError(replies[-1])
    return write


def legacy_write(client):
    def write(key, number):
        client.call("mset", key + ":a", str(number), key + ":b", str(number))
    return write


def batch_set(key, number):
    value = str(number).encode()
    return kv.BatchSetRequest(entries=[
        kv.BatchSetEntry(key=(key + end).encode(), value=value) for end in (":a", ":b")])


def grpc_write(values):
    def write(key, number):
        values.BatchSet(batch_set(key, number), timeout=PATIENCE_S)
    return write


def execute_write(transactions):
    def write(key, number):
        value = str(number).encode()
        answer = transactions.Execute(transaction_pb2.ExecuteRequest(then_operations=[
            operation_pb2.Operation(set=kv.SetRequest(key=(key + end).encode(), value=value))
            for end in (":a", ":b")]), timeout=PATIENCE_S)
        if not answer.succeeded:
            raise ValueError("Execute")
    return write


def pipeline_write(pipelines):
    requests = queue.Queue()
    answers = pipelines.Pipeline(iter(requests.get, None))
    def write(key, number):
        requests.put(pipeline_pb2.PipelineRequest(operations=[
            operation_pb2.Operation(batch_set=batch_set(key, number))]))
        next(answers)
    return write


def save_again_and_again(client):
    try:
        while True:
            client.call("SAVE")
    except (OSError, ValueError, IndexError):
        pass  # the server is gone


class KillTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=temporary_folder())
        self.addCleanup(folder.cleanup)
        self.data = os.path.join(folder.name, "data")
        self.acknowledged = {}  # numbers that must not be lost
        self.tried = {}
        self.writes = 0

    def start(self, *flags):
        return ServerProcess("--workers=2", "--data_dir=" + self.data, *flags)

    def writers(self, server, index):
        """The writers of one number, and what has to be closed after them."""
        channel = grpc.insecure_channel(server.grpc_address)
        text = server.client(timeout=PATIENCE_S)
        resp = RespClient(HOST, server.port, timeout=PATIENCE_S)
        legacy = LegacyClient(HOST, server.port, timeout=PATIENCE_S)
        writes = {
            "text": text_write(text),
            "resp": resp_write(resp),
            "legacy": legacy_write(legacy),
            "grpc": grpc_write(key_value_pb2_grpc.KeyValueServiceStub(channel)),
            "execute": execute_write(transaction_pb2_grpc.TransactionServiceStub(channel)),
            "pipeline": pipeline_write(pipeline_pb2_grpc.PipelineServiceStub(channel)),
        }
        return ([Writer("%s%d" % (name, index), write) for name, write in writes.items()],
                [channel.close, text.close, resp.close, lambda: legacy.__exit__(None, None, None)])

    def round_under_load(self, server, kill_after, lossy):
        writers, closes = [], []
        for index in range(WRITERS):
            more, close = self.writers(server, index)
            writers, closes = writers + more, closes + close
        saves = server.client(timeout=PATIENCE_S)
        closes.append(saves.close)
        saver = threading.Thread(target=save_again_and_again, args=(saves,))
        saver.start()
        for writer in writers:
            writer.tried = self.tried.get(writer.key, 0)
            writer.start()
        time.sleep(kill_after)
        killed = time.monotonic()
        server.signal(signal.SIGKILL)
        server.wait()
        saver.join(PATIENCE_S)
        for writer in writers:
            writer.join(PATIENCE_S)
            self.tried[writer.key] = writer.tried
            self.writes += len(writer.acknowledged)
            kept = [number for when, number in writer.acknowledged
                    if not lossy or when < killed - MAX_LOSS_S]
            if kept:
                self.acknowledged[writer.key] = kept[-1]
        for close in closes:
            close()

    def check(self, server, lossy):
        with server.client(timeout=PATIENCE_S) as client:
            for key, tried in self.tried.items():
                first, second = client.call("MGET", key + ":a", key + ":b")
                self.assertEqual(first, second, key)
                found = int(first or 0)
                self.assertLessEqual(found, tried, key)
                self.assertGreaterEqual(found, self.acknowledged.get(key, 0), key)
                if key.startswith("resp") and found:
                    self.assertEqual(float(client.call("ZSCORE", key + ":z", "m")), found, key)
                # What a round lost is lost; the next must find the rest.
                if lossy:
                    self.acknowledged[key] = self.tried[key] = found

    def kill_again_and_again(self, policy, lossy):
        seed = int(os.environ.get("FASTKV_TEST_SEED", "1"))
        draw = random.Random(seed)
        print("FASTKV_TEST_SEED=%d" % seed)
        # Small segments, so that kills also meet the change from one to the next.
        flags = ("--fsync=" + policy, "--log_segment_bytes=65536")
        for _ in range(ROUNDS):
            server = self.start(*flags)
            self.check(server, lossy)
            longest = 2 * MAX_LOSS_S if lossy else MAX_ROUND_S
            self.round_under_load(server, draw.uniform(0.02, longest), lossy)
        with self.start(*flags) as server:
            self.check(server, lossy)
        self.assertGreater(self.writes, 20 * ROUNDS)
        print("%s: %d rounds, %d acknowledged transactions" % (policy, ROUNDS, self.writes))

    def test_always_loses_nothing_acknowledged(self):
        self.kill_again_and_again("always", lossy=False)

    def test_everysec_loses_a_second_at_most_and_keeps_transactions_whole(self):
        self.kill_again_and_again("everysec", lossy=True)


if __name__ == "__main__":
    unittest.main()
