"""The server has no file descriptors left: it says so, and goes on serving."""

import os
import resource
import time
import unittest

from server_process import PATIENCE_S, ServerProcess

WARNING = "cannot accept a connection"
# So many that a server which pauses after each would be at it for minutes.
CALLERS = 5000
# Of one CPU, over WATCHED_S: a loop that spins takes all it can get.
CPU_SHARE = 0.5
WATCHED_S = 1


class OutOfFilesTest(unittest.TestCase):

    def setUp(self):
        self.server = ServerProcess("--workers=2")
        self.addCleanup(self.server.__exit__, None, None, None)
        self.witness = self.server.client(timeout=PATIENCE_S)
        self.addCleanup(self.witness.close)
        self.assertEqual(self.witness.call("PING"), "PONG")
        self.limits = resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE)

    def limit_files(self, count):
        """Lets the server have `count` descriptors more than it has; None: as at first."""
        soft = self.limits[0]
        if count is not None:
            used = max(int(fd) for fd in os.listdir("/proc/%d/fd" % self.server.pid))
            soft = used + 1 + count
        resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE, (soft, self.limits[1]))

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.server.pid, encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def check_that_it_rests(self):
        before = self.cpu_seconds()
        time.sleep(WATCHED_S)
        self.assertLess(self.cpu_seconds() - before, WATCHED_S * CPU_SHARE)

    def check_that_it_warned(self):
        warnings = self.server.log().count(WARNING)
        self.assertGreaterEqual(warnings, 1)
        self.assertLess(warnings, 10)

    def call_until_refused(self):
        """Clients that are served, until one more is not."""
        clients = []
        while True:
            client = self.server.client(timeout=PATIENCE_S)
            try:
                self.assertEqual(client.call("PING"), "PONG")
            except ConnectionError:
                client.close()
                return clients
            clients.append(client)

    def test_callers_are_turned_away_until_there_are_descriptors_again(self):
        self.limit_files(8)
        clients = self.call_until_refused()
        self.assertGreaterEqual(len(clients), 1)
        for _ in range(CALLERS):
            with self.server.client(timeout=PATIENCE_S) as refused:
                try:
                    self.assertEqual(refused.read_to_end(), b"")
                except ConnectionResetError:
                    pass
            self.assertEqual(self.witness.call("PING"), "PONG")
        self.check_that_it_rests()
        self.check_that_it_warned()
        for client in clients:
            self.assertEqual(client.call("PING"), "PONG")
        # One who leaves makes room for another; the server notices in its own time.
        clients.pop().close()
        deadline = time.monotonic() + PATIENCE_S
        more = []
        while not more and time.monotonic() < deadline:
            more = self.call_until_refused()
        self.assertGreaterEqual(len(more), 1)
        for client in clients + more:
            client.close()

    def test_without_even_the_spare_descriptor_callers_wait(self):
        resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE, (3, self.limits[1]))
        with self.server.client(timeout=PATIENCE_S) as waiting:
            waiting.send(b"PING\r\n")
            self.check_that_it_rests()
            self.check_that_it_warned()
            self.assertEqual(self.witness.call("PING"), "PONG")
            self.limit_files(None)
            self.assertEqual(waiting.read_reply(), "PONG")
        self.assertEqual(len(self.call_a_few()), 20)

    def call_a_few(self):
        replies = []
        for _ in range(20):
            with self.server.client(timeout=PATIENCE_S) as client:
                replies.append(client.call("PING"))
        return replies


if __name__ == "__main__":
    unittest.main()
