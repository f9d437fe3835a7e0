"""redis-cli against the server: sessions, and the modes that people run."""

import os
import signal
import subprocess
import time
import unittest

from server_process import HOST, PATIENCE_S, ServerProcess


class RedisCliTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.server = ServerProcess()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def setUp(self):
        with self.server.client() as client:
            client.call("FLUSHALL")

    def command(self, *args):
        return ["redis-cli", "-h", HOST, "-p", str(self.server.port), *args]

    def run_cli(self, *args, text=None):
        """What it prints; it must succeed."""
        done = subprocess.run(self.command(*args), input=text or "", stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False,
                              universal_newlines=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def run_for(self, seconds, *args):
        """What it prints until it is interrupted, on a terminal of its own: to
        anything else it prints when its buffer is full."""
        ours, its = os.openpty()
        with subprocess.Popen(self.command(*args), stdin=subprocess.DEVNULL, stdout=its,
                              stderr=its) as process:
            os.close(its)
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
        output = b""
        try:
            while True:
                data = os.read(ours, 65536)
                if not data:
                    break
                output += data
        except OSError:
            pass  # how a terminal says that nobody writes to it any more
        os.close(ours)
        return output.decode().replace("\r", "")

    def fill(self, keys):
        with self.server.client() as client:
            for i in range(keys):
                client.set("key:%d" % i, "v" * i)
            client.call("ZADD", "board", 1, "alice", 2, "bob")

    def test_session(self):
        session = "SET k v\nGET k\nZADD z 1.5 m\nZRANGE z 0 -1 WITHSCORES\nMULTI\nINCR n\nEXEC\n"
        self.assertEqual(self.run_cli(text=session).split("\n"),
                         ["OK", "v", "1", "m", "1.5", "OK", "QUEUED", "1", ""])

    def test_resp3_session(self):
        session = "ZADD z 1.5 m\nZSCORE z m\nCONFIG GET maxmemory\n"
        self.assertEqual(self.run_cli("-3", text=session).split("\n"),
                         ["1", "1.5", "maxmemory 0", ""])

    def test_password(self):
        with ServerProcess("--requirepass=secret") as server:
            output = subprocess.run(
                ["redis-cli", "-h", HOST, "-p", str(server.port), "--no-auth-warning", "-a",
                 "secret", "PING"], stdout=subprocess.PIPE, timeout=PATIENCE_S, check=True,
                universal_newlines=True).stdout
        self.assertEqual(output, "PONG\n")

    def test_pipe_mode_loads_data(self):
        load = "".join("*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$1\r\nv\r\n" % (len(key), key)
                       for key in ("key:%d" % i for i in range(10000)))
        self.assertIn("errors: 0, replies: 10000", self.run_cli("--pipe", text=load))
        self.assertEqual(self.run_cli("DBSIZE"), "10000\n")

    def test_scan_lists_every_key(self):
        self.fill(500)
        keys = self.run_cli("--scan").split()
        self.assertEqual(set(keys), {"key:%d" % i for i in range(500)} | {"board"})
        self.assertEqual(self.run_cli("--scan", "--pattern", "b*"), "board\n")

    def test_bigkeys_finds_the_biggest(self):
        self.fill(100)
        output = self.run_cli("--bigkeys")
        self.assertIn("Sampled 101 keys in the keyspace!", output)
        self.assertRegex(output, 'Biggest string found .*"key:99"')
        self.assertRegex(output, 'Biggest +zset found .*"board"')

    def test_memkeys_finds_the_biggest(self):
        self.fill(100)
        self.assertIn("Sampled 101 keys in the keyspace!", self.run_cli("--memkeys"))

    def test_latency_is_measured(self):
        # Not to a terminal, it measures for a second and prints one line.
        low, high, average, samples = self.run_cli("--latency", "--raw").split()
        self.assertGreater(int(samples), 10)
        self.assertLessEqual(float(low), float(average))
        self.assertLessEqual(float(average), float(high))

    def test_stat_shows_keys(self):
        self.fill(10)
        lines = self.run_for(1.0, "--stat", "-i", "0.1").split("\n")
        self.assertIn("keys", lines[1])
        self.assertRegex(lines[2], r"^11 ")

    def test_monitor_shows_commands(self):
        with subprocess.Popen(self.command("MONITOR"), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, universal_newlines=True) as monitor:
            try:
                self.assertEqual(monitor.stdout.readline(), "OK\n")
                self.run_cli("SET", "k", "two words")
                shown = ""
                while '"SET"' not in shown:
                    shown = monitor.stdout.readline()
                    self.assertTrue(shown, "MONITOR ended")
            finally:
                monitor.send_signal(signal.SIGINT)
        self.assertRegex(shown, r'^\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] "SET" "k" "two words"$')

    def test_subscriber_sees_messages(self):
        with subprocess.Popen(self.command("SUBSCRIBE", "news"), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, universal_newlines=True) as subscriber:
            try:
                read = [subscriber.stdout.readline() for _ in range(3)]
                self.assertEqual(read, ["subscribe\n", "news\n", "1\n"])
                self.assertEqual(self.run_cli("PUBLISH", "news", "hello"), "1\n")
                read = [subscriber.stdout.readline() for _ in range(3)]
                self.assertEqual(read, ["message\n", "news\n", "hello\n"])
            finally:
                subscriber.send_signal(signal.SIGINT)


if __name__ == "__main__":
    os.environ.setdefault("HOME", "/")  # redis-cli looks for its settings
    unittest.main()
