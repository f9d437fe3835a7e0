"""What clients send that they should not: the server answers once or hangs up,
serves everybody else, and keeps no memory for it."""

import socket
import struct
import threading
import time
import unittest

from server_process import PATIENCE_S
from text_client import request, set_request
from witness_case import WitnessCase

MIB = 1 << 20
LINE_LIMIT = 64 << 10


class MalformedInputTest(WitnessCase):

    def test_a_line_at_the_limit_is_served_and_one_beyond_it_is_not(self):
        message = b"x" * (LINE_LIMIT - len(b"ECHO "))
        with self.server.client() as client:
            client.send(b"ECHO " + message + b"\r\n")
            self.assertEqual(client.read_reply(), message)
        self.assertEqual(self.answer(b"ECHO x" + message + b"\r\n"),
                         b"-ERR Protocol error: too big inline request\r\n")

    def test_a_line_without_an_end_is_refused_at_the_limit(self):
        self.assertEqual(self.answer(b"x" * (LINE_LIMIT + 2)),
                         b"-ERR Protocol error: too big inline request\r\n")

    def test_an_announced_length_costs_nothing_until_bytes_arrive(self):
        before = self.server.resident_bytes()
        clients = [self.server.client() for _ in range(20)]
        for client in clients:
            client.send(b"SET k 0 536870912\r\nonly this")
        self.witness.call("PING")
        self.assertLess(self.server.resident_bytes() - before, 64 * MIB)
        for client in clients:
            client.close()
        self.assertIsNone(self.witness.call("GET", "k"))

    def test_a_request_cut_off_by_a_close_is_not_executed(self):
        for data in (b"SET k 0 5\r\nhel", b"SET k 0 5\r\nhello", b"SET k v", b"INCR k"):
            with self.server.client() as client:
                client.send(data)
                client.socket.shutdown(socket.SHUT_WR)
                self.assertEqual(client.read_to_end(), b"")
        self.assertEqual(self.witness.call("EXISTS", "k"), 0)

    def test_requests_before_a_broken_one_are_answered(self):
        self.assertEqual(self.answer(b"SET k 0 1\r\nv\r\nGET k\r\nSET k 0 -7\r\n"),
                         b"+OK\r\n+VALUE 1\r\nv\r\n-ERR Protocol error: invalid bulk length\r\n")

    def test_noise_is_survived(self):
        # Text, HTTP, TLS, nothing, and each framing's first bytes, cut anywhere.
        noise = [b"", b"\n", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                 b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\xff" * 100, b"\"" * 100 + b"\r\n",
                 b"*-1\r\n", b"*1\r\n$-1\r\n", b"*99999999999\r\n", b"\0\0\0\0", b"\x04\0\0\0",
                 b"\xff\xff\xff\x00" * 4, b"SET\r\n", b"SET a b c d e f g\r\n"]
        for data in noise:
            for cut in {len(data), len(data) // 2, min(len(data), 3)}:
                with self.server.client() as client:
                    client.send(data[:cut])
                    client.socket.shutdown(socket.SHUT_WR)
                    client.read_to_end()

    def test_abrupt_closes_at_any_point_are_survived(self):
        exchange = set_request("k", b"v" * 5000) + request("GET", "k") * 20
        for i in range(300):
            client = self.server.client()
            sent = 1 + i * len(exchange) // 300
            client.send(exchange[:sent])
            if sent > 5100 and i % 3 == 0:
                client.socket.recv(1)  # in the middle of the replies
            # A reset instead of an orderly close.
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                     struct.pack("ii", 1, 0))
            client.close()

    def test_a_client_that_never_reads_is_bounded_and_harms_nobody(self):
        self.witness.set("big", b"v" * MIB)
        before = self.server.resident_bytes()
        greedy = self.server.client(timeout=2)
        stopped = threading.Event()

        def ask():
            try:
                # 10,000 MiB of replies, asked for in 200 KiB.
                greedy.send(request("GET", "big") * 10000)
                while True:
                    greedy.send(request("GET", "big") * 10000)
            except OSError:
                stopped.set()  # not read any more, or dropped

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        deadline = time.monotonic() + PATIENCE_S
        peak = 0
        while not stopped.is_set() and time.monotonic() < deadline:
            self.assertEqual(self.witness.call("PING"), "PONG")
            peak = max(peak, self.server.resident_bytes() - before)
            time.sleep(0.01)
        self.assertTrue(stopped.is_set(), "the server took requests without end")
        self.assertLess(peak, 128 * MIB)
        greedy.close()
        thread.join()


if __name__ == "__main__":
    unittest.main()
