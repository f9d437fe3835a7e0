"""What clients of RESP send that they should not: Redis' protocol errors, a
closed connection, bounded memory, and everybody else served meanwhile."""

import resource
import threading
import unittest

from server_process import SANITIZED
from witness_case import WitnessCase

MIB = 1 << 20
HALF_OPEN = 2500
COMMANDS_IN_ONE_WRITE = 100000 if SANITIZED else 1000000


def bulk(arg):
    return b"$%d\r\n%s\r\n" % (len(arg), arg)


def request(*args):
    return b"*%d\r\n" % len(args) + b"".join(map(bulk, args))


def protocol_error(reason):
    return b"-ERR Protocol error: %s\r\n" % reason


BROKEN = [
    # Lengths of strings: negative, too large, no numbers.
    (b"*1\r\n$-1\r\n", b"invalid bulk length"),
    (b"*1\r\n$-9223372036854775808\r\n", b"invalid bulk length"),
    (b"*1\r\n$536870913\r\n", b"invalid bulk length"),
    (b"*1\r\n$99999999999999999999\r\n", b"invalid bulk length"),
    (b"*1\r\n$x\r\n", b"invalid bulk length"),
    (b"*1\r\n$\r\n", b"invalid bulk length"),
    (b"*1\r\n$ 4\r\n", b"invalid bulk length"),
    (b"*1\r\n$0x4\r\n", b"invalid bulk length"),
    (b"*1\r\n$4\0\r\n", b"invalid bulk length"),
    # Of requests.
    (b"*x\r\n", b"invalid multibulk length"),
    (b"*\r\n\r\n", b"invalid multibulk length"),
    (b"*99999999999999999999\r\n", b"invalid multibulk length"),
    (b"*1048577\r\n", b"invalid multibulk length"),
    (b"*1.5\r\n", b"invalid multibulk length"),
    # Lines that do not end.
    (b"*" + b"1" * 70000, b"too big mbulk count string"),
    (b"*1\r\n$" + b"1" * 70000, b"too big bulk count string"),
    (b"*0\r\n" + b"x" * 70000, b"too big inline request"),
    # Requests inside of requests, and what RESP3 has for replies only.
    (b"*1\r\n*1\r\n$4\r\nPING\r\n", b"expected '$', got '*'"),
    (b"*1\r\n" * 10000, b"expected '$', got '*'"),
    (b"*1\r\n:1\r\n", b"expected '$', got ':'"),
    (b"*1\r\n%1\r\n", b"expected '$', got '%'"),
    (b"*1\r\n\0\r\n", b"expected '$', got ' '"),
    (b"*2\r\n$4\r\nECHO\r\nhello\r\n", b"expected '$', got 'h'"),
    # Inline commands between requests.
    (b"*0\r\nECHO \"open\r\n", b"unbalanced quotes in request"),
]


class RespMalformedTest(WitnessCase):

    def setUp(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        super().setUp()

    def grown(self, before):
        """By how much the server's memory grew, once it has seen what was sent."""
        for _ in range(20):
            self.assertEqual(self.witness.call("PING"), "PONG")
        return self.server.resident_bytes() - before

    def test_protocol_errors_are_those_of_redis_and_end_the_connection(self):
        for data, reason in BROKEN:
            with self.subTest(data[:40]):
                self.assertEqual(self.answer(data), protocol_error(reason))
                self.assertEqual(self.witness.call("PING"), "PONG")

    def test_requests_before_the_broken_one_are_answered_and_none_behind_it(self):
        for data, reason in BROKEN:
            with self.subTest(data[:40]):
                answer = self.answer(request(b"PING") + data + request(b"SET", b"k", b"v"))
                self.assertEqual(answer, b"+PONG\r\n" + protocol_error(reason))
        self.assertEqual(self.witness.call("EXISTS", "k"), 0)

    def test_arrays_of_nothing_are_no_requests(self):
        with self.server.client() as client:
            client.send(b"*0\r\n*-1\r\n*-5\r\n\r\n" + request(b"PING"))
            self.assertEqual(client.read_reply(), "PONG")

    def test_nul_bytes_are_ordinary_ones_in_arguments(self):
        nuls = b"\0" * 100
        with self.server.client() as client:
            client.send(request(b"SET", nuls, nuls) + request(b"STRLEN", nuls)
                        + request(b"\0\0\0", nuls))
            self.assertEqual(client.read_reply(), "OK")
            self.assertEqual(client.read_reply(), 100)
            self.assertRegex(client.read_line(), b"^-ERR unknown command '   ', with")

    def test_thousands_of_half_commands_cost_little_and_are_served_when_they_go_on(self):
        whole = request(b"SET", b"key", b"v" * 200)
        before = self.server.resident_bytes()
        clients = [self.server.client() for _ in range(HALF_OPEN)]
        for i, client in enumerate(clients):
            client.send(whole[:4 + i % (len(whole) - 4)])
        grown = self.grown(before)
        print("%d half commands: %d bytes each" % (HALF_OPEN, grown // HALF_OPEN))
        if not SANITIZED:
            self.assertLess(grown, HALF_OPEN * 4096)
        for i, client in enumerate(clients):
            client.send(whole[4 + i % (len(whole) - 4):] + request(b"STRLEN", b"key"))
        for client in clients:
            self.assertEqual(client.read_reply(), "OK")
            self.assertEqual(client.read_reply(), 200)
            client.close()

    def test_announcements_allocate_nothing(self):
        announcements = [
            b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nand this is all",
            b"*1048576\r\n$1\r\na\r\n",
            b"*1048576\r\n" + b"$1\r\na\r\n" * 20 + b"$536870912\r\n",
        ]
        before = self.server.resident_bytes()
        clients = [self.server.client() for _ in range(300)]
        for i, client in enumerate(clients):
            client.send(announcements[i % 3])
        grown = self.grown(before)
        print("300 announcements of 512 MiB: %d KiB in all" % (grown >> 10))
        self.assertLess(grown, 16 * MIB)
        for client in clients:
            client.close()

    def test_a_million_commands_in_one_write_are_answered_in_bounded_memory(self):
        before = self.server.resident_bytes()
        client = self.server.client(timeout=120)
        everything = request(b"INCR", b"n") * COMMANDS_IN_ONE_WRITE
        sender = threading.Thread(target=client.send, args=(everything,))
        sender.start()
        peak = 0
        for i in range(COMMANDS_IN_ONE_WRITE):
            line = client.read_line()
            if i % 20000 == 0:
                self.assertEqual(line, b":%d" % (i + 1))
                self.assertEqual(self.witness.call("PING"), "PONG")
                peak = max(peak, self.server.resident_bytes() - before)
        sender.join()
        client.close()
        print("%d commands in one write: %d KiB at most" % (COMMANDS_IN_ONE_WRITE, peak >> 10))
        self.assertLess(peak, 32 * MIB)
        self.assertEqual(self.witness.call("GET", "n"), b"%d" % COMMANDS_IN_ONE_WRITE)

    def test_a_request_of_very_many_arguments_is_served(self):
        count = 200000
        with self.server.client() as client:
            client.send(b"*%d\r\n$3\r\nDEL\r\n" % (count + 1) + b"$1\r\na\r\n" * count)
            self.assertEqual(client.read_reply(), 0)


if __name__ == "__main__":
    unittest.main()
