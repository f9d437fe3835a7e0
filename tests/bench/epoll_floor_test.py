"""The bare loop answers every request once, however its bytes come."""

import os
import socket
import subprocess
import time
import unittest

FLOOR = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                     "bench/floor/epoll_floor")
PATIENCE_S = 60
GET = b"*2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\n"
SET = b"*3\r\n$3\r\nSET\r\n$5\r\nkey:1\r\n$3\r\nabc\r\n"
PING = b"*1\r\n$4\r\nPING\r\n"
VALUE = b"$5\r\nvvvvv\r\n"


class EpollFloorTest(unittest.TestCase):

    def setUp(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.process = subprocess.Popen([FLOOR, str(self.port), "5", *self.file()],
                                        stderr=subprocess.PIPE)
        self.addCleanup(self.process.communicate)
        self.addCleanup(self.process.kill)

    def file(self):
        return []

    def connect(self):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                client = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.addCleanup(client.close)
                return client
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def answers(self, client, size):
        """So many bytes, and that there are no more."""
        received = b""
        while len(received) < size:
            received += client.recv(size - len(received)) or self.fail("closed")
        client.setblocking(False)
        with self.assertRaises(BlockingIOError):
            client.recv(1)
        client.settimeout(PATIENCE_S)
        return received

    def test_each_kind_has_its_reply(self):
        for request, reply in ((GET, VALUE), (SET, b"+OK\r\n"), (PING, b"+PONG\r\n")):
            client = self.connect()
            client.sendall(request * 3)
            self.assertEqual(self.answers(client, 3 * len(reply)), reply * 3)
            client.sendall(request)
            self.assertEqual(self.answers(client, len(reply)), reply)

    def test_requests_that_are_cut_are_answered_once_they_end(self):
        client = self.connect()
        client.sendall(GET)
        self.answers(client, len(VALUE))
        for cut in range(1, len(GET)):
            client.sendall(GET + GET[:cut])
            self.assertEqual(self.answers(client, len(VALUE)), VALUE)
            client.sendall(GET[cut:])
            self.assertEqual(self.answers(client, len(VALUE)), VALUE)

    def test_more_than_a_buffer_at_once(self):
        client = self.connect()
        client.sendall(PING * 6_000)
        self.assertEqual(self.answers(client, 7 * 6_000), b"+PONG\r\n" * 6_000)

    def test_a_client_that_leaves_is_forgotten(self):
        self.connect().close()
        client = self.connect()
        client.sendall(SET)
        self.assertEqual(self.answers(client, 5), b"+OK\r\n")

    def test_what_it_cannot_count_ends_it(self):
        self.connect().sendall(GET[:9])
        self.assertEqual(self.process.wait(PATIENCE_S), 1)


class DurableFloorTest(EpollFloorTest):
    """So it does when each answer waits for the disk."""

    def file(self):
        self.path = os.path.join(os.environ["TEST_TMPDIR"], self.id())
        return [self.path]

    def test_what_it_writes_goes_round(self):
        client = self.connect()
        size = os.stat(self.path).st_size
        for _ in range(2 * size // (6_000 * len(PING))):
            client.sendall(PING * 6_000)
            self.answers(client, 7 * 6_000)
        self.assertEqual(os.stat(self.path).st_size, size)


if __name__ == "__main__":
    unittest.main()
