"""What survives an orderly stop, a snapshot, a full disk; and what is refused."""

import os
import resource
import subprocess
import tempfile
import time
import unittest

import grpc

from fastkv.v1 import key_value_pb2 as kv
from fastkv.v1 import key_value_pb2_grpc
from server_process import PATIENCE_S, ServerProcess, temporary_folder
from text_client import ReplyError

class DurabilityTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=temporary_folder())
        self.addCleanup(folder.cleanup)
        self.data = os.path.join(folder.name, "data")

    def start(self, *flags, **options):
        return ServerProcess("--workers=2", "--data_dir=" + self.data, *flags, **options)

    def test_everything_is_there_after_an_orderly_stop(self):
        with self.start("--fsync=no") as server, server.client() as client:
            client.call("SELECT", "3")
            client.set("k", b"\x00\xff" * 5000)
            client.call("APPEND", "k", "tail")
            client.call("PEXPIRE", "k", "600000")
            client.call("ZADD", "z", "1.5", "a", "-inf", "b")
            client.call("SWAPDB", "0", "3")
            client.set("gone", "v")
            client.call("PEXPIRE", "gone", "1")
        with self.start() as server, server.client() as client:
            self.assertIn("records", server.log())
            self.assertEqual(client.call("GET", "k"), b"\x00\xff" * 5000 + b"tail")
            self.assertGreater(client.call("PTTL", "k"), 0)
            self.assertEqual(client.call("ZRANGE", "z", "0", "-1"), [b"b", b"a"])
            client.call("SELECT", "3")
            self.assertIsNone(client.call("GET", "gone"))

    def test_a_snapshot_makes_the_log_before_it_unnecessary(self):
        with self.start("--fsync=no", "--log_segment_bytes=65536") as server, \
                server.client() as client:
            for i in range(2000):
                client.set("key%d" % i, b"v" * 100)
            client.call("ZADD", "z", "1.5", "a", "-inf", "b")
            self.assertEqual(client.call("SAVE"), "OK")
            self.assertGreater(int(client.call("LASTSAVE")), 1_600_000_000)
            client.set("after", "v")
            info = client.call("INFO", "persistence").decode()
            self.assertIn("rdb_last_bgsave_status:ok", info)
            self.assertIn("rdb_changes_since_last_save:1\r", info)
            names = sorted(os.listdir(self.data))
            self.assertEqual([os.path.splitext(name)[1] for name in names],
                             [".log", ".snapshot", ""])
        with self.start() as server, server.client() as client:
            self.assertIn("snapshot: 2001 records", server.log())
            self.assertIn("log: 1 records", server.log())
            self.assertEqual(client.call("DBSIZE"), 2002)
            self.assertEqual(client.call("GET", "key1999"), b"v" * 100)
            self.assertEqual(client.call("ZRANGE", "z", "0", "-1"), [b"b", b"a"])

    def test_a_snapshot_comes_by_itself_when_the_log_has_grown(self):
        with self.start("--fsync=no", "--snapshot_log_bytes=100000") as server, \
                server.client() as client:
            for i in range(2000):
                client.set("key", b"%d" % i * 100)
            deadline = time.monotonic() + PATIENCE_S
            while not any(name.endswith(".snapshot") for name in os.listdir(self.data)):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)

    def test_versions_go_on(self):
        def exchange(server, version):
            with grpc.insecure_channel(server.grpc_address) as channel:
                values = key_value_pb2_grpc.KeyValueServiceStub(channel)
                return values.Set(kv.SetRequest(key=b"k", value=b"v", version_equals=version))
        with self.start() as server:
            with grpc.insecure_channel(server.grpc_address) as channel:
                values = key_value_pb2_grpc.KeyValueServiceStub(channel)
                version = values.Set(kv.SetRequest(key=b"k", value=b"v")).version
        with self.start() as server:
            answer = exchange(server, version)
            self.assertTrue(answer.applied)
            self.assertGreater(answer.version, version)
            self.assertFalse(exchange(server, version).applied)

    def test_a_second_server_is_refused(self):
        with self.start():
            with self.assertRaisesRegex(AssertionError, "one server per data directory"):
                self.start()

    def check_directory(self, *flags):
        """fastkv-check's exit code and what it prints."""
        binary = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                              "server/check/fastkv-check")
        done = subprocess.run([binary, *flags, self.data], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        return done.returncode, done.stdout.decode()

    def test_damage_stops_the_start_until_it_is_repaired(self):
        with self.start() as server, server.client() as client:
            client.set("k", "v")
            code, output = self.check_directory()
            self.assertEqual(code, 2)
            self.assertIn("one server per data directory", output)
        code, output = self.check_directory()
        self.assertEqual(code, 0, output)
        self.assertIn("1 of the log", output)
        name = min(name for name in os.listdir(self.data) if name.endswith(".log"))
        path = os.path.join(self.data, name)
        with open(path, "r+b") as log:
            log.seek(40)
            byte = log.read(1)
            log.seek(40)
            log.write(bytes([byte[0] ^ 1]))
        with self.assertRaisesRegex(AssertionError, name + ": damaged at offset 32"):
            self.start()
        code, output = self.check_directory()
        self.assertEqual(code, 1, output)
        self.assertIn("damaged at offset 32", output)
        code, output = self.check_directory("--repair")
        self.assertEqual(code, 0, output)
        self.assertIn(name + ": cut off at offset 32", output)
        with self.start() as server, server.client() as client:
            self.assertIsNone(client.call("GET", "k"))
            self.assertEqual(client.set("k", "v"), "OK")

    def test_a_full_disk_refuses_writes_and_serves_reads(self):
        server = self.start("--fsync=always")
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (20_000, 20_000))
        with server, server.client() as client:
            acknowledged = 0
            with self.assertRaises((OSError, ValueError, IndexError)):
                while True:
                    client.set("key%d" % acknowledged, "v" * 100)
                    acknowledged += 1
            self.assertGreater(acknowledged, 10)
            with server.client() as again, grpc.insecure_channel(server.grpc_address) as channel:
                with self.assertRaisesRegex(ReplyError, "^MISCONF .*restart"):
                    again.set("k", "v")
                self.assertEqual(again.call("GET", "key0"), b"v" * 100)
                values = key_value_pb2_grpc.KeyValueServiceStub(channel)
                with self.assertRaises(grpc.RpcError) as refused:
                    values.Set(kv.SetRequest(key=b"k", value=b"v"))
                self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAVAILABLE)
                self.assertEqual(values.Get(kv.GetRequest(key=b"key0")).value, b"v" * 100)
                check = channel.unary_unary("/grpc.health.v1.Health/Check")
                self.assertEqual(check(b""), b"\x08\x02")  # NOT_SERVING
            self.assertIn("ERROR the log failed", server.log())
        with self.start() as server, server.client() as client:
            self.assertEqual(client.call("GET", "key%d" % (acknowledged - 1)), b"v" * 100)
            self.assertEqual(client.set("k", "v"), "OK")


if __name__ == "__main__":
    unittest.main()
