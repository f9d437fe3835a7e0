"""A start with much to load: what the ports answer meanwhile, and how it ends."""

import os
import tempfile
import threading
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from google.rpc import error_details_pb2
from google.rpc import status_pb2
from legacy_client import LegacyClient, LegacyError
from resp_client import RespClient
from server_process import HOST, PATIENCE_S, SANITIZED, ServerProcess, temporary_folder
from text_client import ReplyError

KEYS = 200_000 if SANITIZED else 1_000_000
BATCH = 1000
LOADING = "LOADING Redis is loading the dataset in memory"
# A busy machine may load it before a client has said its first word.
STARTS = 20
HEALTH = "/grpc.health.v1.Health/Check"
SERVICE = b"\x0a\x19fastkv.v1.KeyValueService"
SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"


def reason_of(error):
    """The reason in the details of an RpcError, and the seconds to wait."""
    details = status_pb2.Status.FromString(
        dict(error.trailing_metadata())["grpc-status-details-bin"])
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    for detail in details.details:
        detail.Unpack(info) or detail.Unpack(retry)
    return info.reason, retry.retry_delay.ToTimedelta().total_seconds()


class Probe(threading.Thread):
    """Asks for a key until it is there; remembers whether it was told to wait."""

    def __init__(self, name, ask):
        super().__init__(name=name)
        self._ask = ask
        self.waited = False
        self.value = None
        self.problem = None

    def run(self):
        deadline = time.monotonic() + PATIENCE_S
        try:
            while self.value is None and time.monotonic() < deadline:
                self.value = self._ask()
                self.waited |= self.value is None
        except Exception as problem:  # shown by the test
            self.problem = problem


def ask_text(server):
    client = server.client()
    def ask():
        try:
            return client.call("GET", "key:7")
        except ReplyError as error:
            if str(error) != LOADING:
                raise
    return ask


def ask_resp(server):
    client = RespClient(HOST, server.port, timeout=PATIENCE_S)
    def ask():
        try:
            return client.call("GET", "key:7")
        except ReplyError as error:
            if str(error) != LOADING:
                raise
    return ask


def ask_legacy(server):
    client = LegacyClient(HOST, server.port)
    def ask():
        try:
            return client.call("get", "key:7")
        except LegacyError as error:
            if (error.code, error.text) != (4, LOADING):
                raise
    return ask


def ask_grpc(server):
    channel = grpc.insecure_channel(server.grpc_address)
    values = key_value_pb2_grpc.KeyValueServiceStub(channel)
    def ask():
        try:
            return values.Get(kv.GetRequest(key=b"key:7"), timeout=PATIENCE_S).value
        except grpc.RpcError as error:
            reason, delay_s = reason_of(error)
            if (error.code(), reason) != (grpc.StatusCode.UNAVAILABLE, "LOADING"):
                raise
            if not 0.1 <= delay_s <= 2:
                raise AssertionError("a delay of %f s" % delay_s) from error
    return ask


def ask_health(server):
    check = grpc.insecure_channel(server.grpc_address).unary_unary(HEALTH)
    def ask():
        if check(b"", timeout=PATIENCE_S) != SERVING:
            raise AssertionError("not alive")
        return b"v7" if check(SERVICE, timeout=PATIENCE_S) == SERVING else None
    return ask


PROBES = {"text": ask_text, "resp": ask_resp, "legacy": ask_legacy, "grpc": ask_grpc,
          "health": ask_health}


class LoadingTest(unittest.TestCase):

    snapshot = False

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(dir=temporary_folder())
        cls.addClassCleanup(folder.cleanup)
        cls.data = os.path.join(folder.name, "data")
        with cls.start("--fsync=no", loaded=True) as server, server.client() as client:
            for first in range(0, KEYS, BATCH):
                pairs = " ".join("key:%d v%d" % (i, i) for i in range(first, first + BATCH))
                client.send(b"MSET %b\r\n" % pairs.encode())
                client.read_reply()
            if cls.snapshot:
                client.call("SAVE")

    @classmethod
    def start(cls, *flags, loaded=False):
        return ServerProcess("--data_dir=" + cls.data, *flags, loaded=loaded)

    def files(self):
        return {name: os.path.getsize(os.path.join(self.data, name))
                for name in os.listdir(self.data)}

    def start_loading(self):
        """A server that was loading a moment ago."""
        for _ in range(STARTS):
            server = self.start()
            with server.client() as client:
                try:
                    client.call("GET", "key:7")
                except ReplyError:
                    return server
            server.stop()
        raise AssertionError("the data was loaded at once, %d times" % STARTS)

    def test_every_way_in_says_so_and_then_serves(self):
        told = set()
        for _ in range(STARTS):
            with self.start() as server:
                probes = [Probe(name, ask(server)) for name, ask in PROBES.items()]
                for probe in probes:
                    probe.start()
                for probe in probes:
                    probe.join(PATIENCE_S)
                    self.assertIsNone(probe.problem, probe.name)
                    self.assertEqual(probe.value, b"v7", probe.name)
                with server.client() as client:
                    self.assertEqual(client.call("DBSIZE"), KEYS)
            told.update(probe.name for probe in probes if probe.waited)
            if told == set(PROBES):
                return
        self.assertEqual(told, set(PROBES))

    def check_ends_while_loading(self, end):
        before = self.files()
        for _ in range(STARTS):
            server = self.start_loading()
            begin = time.monotonic()
            end(server)
            self.assertEqual(server.wait(), 0, server.log())
            took_s = time.monotonic() - begin
            if "before the data was loaded" in server.log():
                self.assertNotIn("ready", server.log())
                self.assertLess(took_s, 5)
                self.assertEqual(self.files(), before)
                return
            before = self.files()  # it has begun a segment
        raise AssertionError("the data was loaded first, %d times" % STARTS)

    def test_sigterm_gives_the_load_up_and_changes_nothing(self):
        self.check_ends_while_loading(lambda server: server.signal())

    def test_shutdown_gives_the_load_up_as_well(self):
        def shutdown(server):
            with server.client() as client:
                client.send(b"SHUTDOWN NOSAVE\r\n")
                client.read_to_end()
        self.check_ends_while_loading(shutdown)

    def test_a_second_server_is_refused_while_the_first_loads(self):
        with self.start_loading():
            with self.assertRaisesRegex(AssertionError, "one server per data directory"):
                self.start()


class SnapshotLoadingTest(LoadingTest):
    """The same, where what there is to load is a snapshot."""

    snapshot = True


if __name__ == "__main__":
    unittest.main()
