"""What a peer may send before it has given the password: little."""

import resource
import unittest

from server_process import SANITIZED, ServerProcess

PASSWORD = b"secret"
MAX_ARGS = 10
MAX_BYTES = 16384
CONNECTIONS = 1000
# A request may have ten arguments of the greatest length, and what is read of
# one more: no peer makes the server keep more than this.
BYTES_EACH = 256 << 10


def request(*args):
    return b"*%d\r\n" % len(args) + b"".join(b"$%d\r\n%s\r\n" % (len(a), a) for a in args)


AUTH = request(b"AUTH", PASSWORD)
TOO_LONG = [
    (b"*%d\r\n" % (MAX_ARGS + 1), b"unauthenticated multibulk length"),
    (b"*1048576\r\n", b"unauthenticated multibulk length"),
    (b"*2\r\n$4\r\nAUTH\r\n$%d\r\n" % (MAX_BYTES + 1), b"unauthenticated bulk length"),
    (b"*1\r\n$536870912\r\n", b"unauthenticated bulk length"),
    (b"*0\r\n" + b"x" * (MAX_BYTES + 2), b"too big inline request"),
    (b"ECHO" + b" x" * MAX_ARGS + b"\r\n", b"unauthenticated multibulk length"),
    (b"SET k 0 %d\r\n" % (MAX_BYTES + 1), b"invalid bulk length"),
]


class BeforeAuthenticationTest(unittest.TestCase):

    def setUp(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.server = ServerProcess("--workers=2", "--requirepass=" + PASSWORD.decode())
        self.addCleanup(self.stop)
        self.witness = self.server.client()
        self.assertEqual(self.witness.call("AUTH", PASSWORD), "OK")

    def stop(self):
        self.witness.close()
        self.server.__exit__(None, None, None)

    def test_what_is_too_long_is_refused_in_redis_words_and_ends_the_connection(self):
        for data, reason in TOO_LONG:
            with self.subTest(data[:40]), self.server.client() as client:
                client.send(data)
                self.assertEqual(client.read_to_end(), b"-ERR Protocol error: %s\r\n" % reason)
        self.assertEqual(self.witness.call("PING"), "PONG")

    def test_the_limits_themselves_are_allowed(self):
        with self.server.client() as client:
            client.send(request(b"AUTH", b"x" * MAX_BYTES) + request(*[b"PING"] * MAX_ARGS))
            self.assertRegex(client.read_line(), b"^-WRONGPASS ")
            self.assertRegex(client.read_line(), b"^-")
            self.assertEqual(client.call("AUTH", PASSWORD), "OK")

    def test_authentication_lifts_the_limits_within_one_write(self):
        value = b"v" * (100 * MAX_BYTES)
        mset = [b"MSET"] + [b"%d" % i for i in range(100 * MAX_ARGS)]  # keys and values
        with self.server.client() as client:
            client.send(AUTH + request(b"SET", b"k", value) + request(*mset)
                        + request(b"STRLEN", b"k"))
            self.assertEqual(client.read_reply(), "OK")
            self.assertEqual(client.read_reply(), "OK")
            self.assertEqual(client.read_reply(), "OK")
            self.assertEqual(client.read_reply(), len(value))

    def test_a_wrong_password_lifts_nothing(self):
        with self.server.client() as client:
            client.send(request(b"AUTH", b"wrong") + b"*%d\r\n" % (MAX_ARGS + 1))
            self.assertRegex(client.read_line(), b"^-WRONGPASS ")
            self.assertEqual(client.read_to_end(),
                             b"-ERR Protocol error: unauthenticated multibulk length\r\n")

    def test_a_thousand_that_send_all_they_may_and_stop_cost_bounded_memory(self):
        most = request(*[b"x" * MAX_BYTES] * MAX_ARGS)
        self.assertLess(len(most), BYTES_EACH)
        before = self.server.resident_bytes()
        clients = [self.server.client() for _ in range(CONNECTIONS)]
        for client in clients:
            client.send(most[:-1])
        for _ in range(20):
            self.assertEqual(self.witness.call("PING"), "PONG")
        grown = self.server.resident_bytes() - before
        print("%d connections: %d KiB each" % (CONNECTIONS, grown // CONNECTIONS >> 10))
        if not SANITIZED:
            self.assertLess(grown, CONNECTIONS * BYTES_EACH)
        for client in clients:
            client.send(most[-1:])
        for client in clients:
            self.assertRegex(client.read_line(), b"^-")
            client.close()


if __name__ == "__main__":
    unittest.main()
