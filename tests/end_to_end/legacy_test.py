"""The original project's clients, unchanged, on the same port as all others."""

import contextlib
import struct
import time
import unittest

from legacy_client import LegacyClient, LegacyError, request
from server_process import HOST, ServerProcess


class LegacyTest(unittest.TestCase):

    def setUp(self):
        self.server = ServerProcess("--workers=2")
        self.addCleanup(self.server.__exit__, None, None, None)
        closing = contextlib.ExitStack()
        self.addCleanup(closing.close)
        self.client = closing.enter_context(LegacyClient(HOST, self.server.port))
        self.text = closing.enter_context(self.server.client())

    def assert_error(self, code, text, *args):
        with self.assertRaises(LegacyError) as raised:
            self.client.call(*args)
        self.assertEqual((raised.exception.code, raised.exception.text), (code, text))

    def test_what_the_originals_benchmark_does_runs_clean(self):
        # A smoke test of each command, then a thousand writes, one at a time.
        call = self.client.call
        self.assertIsNone(call("set", "mykey", "hello"))
        self.assertEqual(call("get", "mykey"), b"hello")
        self.assertEqual(call("zadd", "myset", "1.5", "alice"), 1)
        self.assertEqual(call("zscore", "myset", "alice"), 1.5)
        self.assertEqual(sorted(call("keys")), [b"mykey", b"myset"])
        for i in range(1000):
            self.assertIsNone(call("set", "key%d" % i, "value%d" % i))
        self.assertEqual(len(call("keys")), 1002)
        self.assertEqual(call("get", "key999"), b"value999")

    def test_a_thousand_pipelined_sets_are_answered_in_order(self):
        self.client.send(b"".join(request("set", "k%d" % i, i) + request("get", "k%d" % i)
                                  for i in range(1000)))
        for i in range(1000):
            self.assertIsNone(self.client.read_reply())
            self.assertEqual(self.client.read_reply(), b"%d" % i)

    def test_strings_and_expiry(self):
        call = self.client.call
        self.assertIsNone(call("get", "k"))
        call("set", "k", b"\0\r\n\xff")
        self.assertEqual(call("get", "k"), b"\0\r\n\xff")
        self.assertEqual(call("pttl", "k"), -1)
        self.assertEqual(call("pexpire", "k", 60000), 1)
        call("set", "k", "kept")
        self.assertIn(call("pttl", "k"), range(30000, 60001))
        self.assertEqual(call("pexpire", "k", -1), 1)
        self.assertEqual(call("pttl", "k"), -1)
        self.assertEqual(call("pexpire", "k", 20), 1)
        time.sleep(0.05)
        self.assertEqual(call("pttl", "k"), -2)
        self.assertEqual(call("pexpire", "k", 20), 0)
        self.assertEqual(call("del", "k"), 0)

    def test_sorted_sets(self):
        call = self.client.call
        self.assertIsNone(call("zrem", "z", "a"))
        for score, name in ((2, "b"), (1, "a"), (2, "c")):
            self.assertEqual(call("zadd", "z", score, name), 1)
        self.assertEqual(call("zadd", "z", 3, "c"), 0)
        self.assertEqual(call("zquery", "z", 1, "", 0, 100), [b"a", 1.0, b"b", 2.0, b"c", 3.0])
        self.assertEqual(call("zquery", "z", 1, "aa", 0, 2), [b"b", 2.0])
        self.assertEqual(call("zquery", "z", 3, "d", 0, 10), [])
        self.assertEqual(call("zquery", "none", 1, "", 0, 10), [])
        self.assertEqual(call("zrem", "z", "a"), 1)
        self.assertIsNone(call("zscore", "z", "a"))
        self.assertEqual(call("del", "z"), 1)

    def test_errors_have_the_originals_numbers_and_words(self):
        self.client.call("set", "s", "v")
        self.client.call("zadd", "z", 1, "a")
        self.assert_error(1, "Unknown cmd", "fly")
        self.assert_error(1, "Unknown cmd")
        self.assert_error(1, "Unknown cmd", "get")
        self.assert_error(3, "expect string type", "get", "z")
        self.assert_error(3, "expect zset", "zscore", "s", "a")
        self.assert_error(4, "expect int64", "pexpire", "s", "soon")
        self.assert_error(4, "expect int", "zquery", "z", 1, "a", "x", 10)
        self.assert_error(4, "expect fp number", "zadd", "z", "x", "a")
        self.assertEqual(self.client.call("get", "s"), b"v")

    def test_the_other_commands_are_served_too(self):
        call = self.client.call
        self.assertEqual(call("incr", "n"), 1)
        self.assertEqual(call("mget", "n", "none"), [b"1", None])
        self.assertEqual(call("ZRANGEBYSCORE", "z", "-inf", "inf"), [])
        self.assertEqual(call("PING"), b"PONG")

    def test_a_key_is_the_same_from_every_framing(self):
        self.client.call("set", "shared", "1")
        self.assertEqual(self.text.call("INCR", "shared"), 2)
        self.assertEqual(self.client.call("get", "shared"), b"2")
        self.text.call("SET", "shared", "5", "EX", "100")
        self.client.call("set", "shared", "6")
        self.assertEqual(self.text.call("TTL", "shared"), 100)

    def test_a_broken_frame_closes_only_its_connection(self):
        def word(number):
            return struct.pack("<I", number)

        good = request("set", "k", "v")
        for broken in (word(3) + b"abc",                         # no room for the count
                       word(8) + word(1) + word(1),              # an argument beyond the end
                       word(9) + word(1) + word(0) + b"x",       # a byte behind the last one
                       word(8) + word(0xffffffff) + word(0),     # too many arguments
                       word(0x3fffff00) + word(1025)):           # one argument too many
            with LegacyClient(HOST, self.server.port) as client:
                client.send(good + broken)
                self.assertIsNone(client.read_reply())
                self.assertEqual(client.read_to_end(), b"")
        self.assertEqual(self.client.call("get", "k"), b"v")

    def test_a_thousand_and_twenty_four_arguments_are_served(self):
        self.assertEqual(self.client.call("del", *range(1023)), 0)
        with LegacyClient(HOST, self.server.port) as client:
            client.send(request("del", *range(1024)))
            self.assertEqual(client.read_to_end(), b"")


if __name__ == "__main__":
    unittest.main()
