"""Many connections at once."""

import resource
import unittest

from server_process import SANITIZED, ServerProcess
from text_client import ReplyError

CONNECTIONS = 1000
IDLE_CONNECTIONS = 10000
IDLE_BYTES = 1024


class ConnectionsTest(unittest.TestCase):

    def test_a_thousand_connections_are_served_side_by_side(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with ServerProcess("--workers=2") as server:
            clients = [server.client() for _ in range(CONNECTIONS)]
            for i, client in enumerate(clients):
                client.send(b"SET k%d 0 4\r\n%04d\r\nGET k%d\r\n" % (i, i, i))
            for i, client in enumerate(clients):
                self.assertEqual(client.read_reply(), "OK")
                self.assertEqual(client.read_reply(), b"%04d" % i)
            # In the other order, now that all are known to be open.
            for i, client in reversed(list(enumerate(clients))):
                self.assertEqual(client.call("INCR", "sum"), CONNECTIONS - i)
            for client in clients:
                client.close()

    @unittest.skipIf(SANITIZED, "a sanitizer's allocator keeps its own books")
    def test_ten_thousand_idle_connections_cost_less_than_a_kilobyte_each(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = IDLE_CONNECTIONS + 500
        if hard < needed:
            self.skipTest("%d open files are needed, the hard limit is %d" % (needed, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        greeting = {"text": b"PING\r\n", "resp": b"*1\r\n$4\r\nPING\r\n"}
        with ServerProcess("--workers=2", "--max_connections=%d" % (needed - 100)) as server:
            def connect(count):
                clients = [server.client() for _ in range(count)]
                for i, client in enumerate(clients):
                    client.send(greeting["resp" if i % 2 else "text"])
                for client in clients:
                    self.assertEqual(client.read_reply(), "PONG")
                return clients

            # What the first connections bring with them is not theirs.
            clients = connect(200)
            before = server.resident_bytes()
            clients += connect(IDLE_CONNECTIONS - len(clients))
            each = (server.resident_bytes() - before) / (IDLE_CONNECTIONS - 200)
            print("%d idle connections: %.0f bytes each" % (IDLE_CONNECTIONS, each))
            self.assertLess(each, IDLE_BYTES)
            for client in clients:
                client.close()

    def test_connections_beyond_the_limit_are_refused_and_come_back_when_others_leave(self):
        with ServerProcess("--workers=2", "--max_connections=10") as server:
            clients = [server.client() for _ in range(10)]
            for client in clients:
                self.assertEqual(client.call("PING"), "PONG")
            with server.client() as refused:
                self.assertIn(refused.read_to_end(),
                              (b"", b"-ERR max number of clients reached\r\n"))
            clients.pop().close()
            self.assertEqual(clients[0].call("PING"), "PONG")
            self.assertEqual(self.connect_until_served(server), "PONG")
            for client in clients:
                client.close()

    def test_the_limit_can_be_changed_while_clients_are_served(self):
        with ServerProcess("--workers=2", "--max_connections=2") as server:
            with server.client() as first, server.client() as second:
                self.assertEqual(first.call("CONFIG", "SET", "maxclients", "3"), "OK")
                self.assertEqual(first.call("CONFIG", "GET", "maxclients"), [b"maxclients", b"3"])
                with server.client() as third:
                    self.assertEqual(third.call("PING"), "PONG")
                self.assertEqual(second.call("CONFIG", "SET", "maxclients", "1"), "OK")
                with server.client() as refused:
                    self.assertIn(refused.read_to_end(),
                                  (b"", b"-ERR max number of clients reached\r\n"))
                self.assertEqual(first.call("PING"), "PONG")
                for number in ("0", "1000000000000"):
                    with self.assertRaises(ReplyError):
                        first.call("CONFIG", "SET", "maxclients", number)
                self.assertEqual(first.call("CONFIG", "GET", "maxclients"), [b"maxclients", b"1"])

    def test_a_timeout_that_is_set_closes_those_that_are_idle_already(self):
        with ServerProcess("--workers=2") as server:
            with server.client() as idle, server.client() as busy:
                self.assertEqual(idle.call("PING"), "PONG")
                self.assertEqual(busy.call("CONFIG", "SET", "timeout", "1"), "OK")
                self.assertEqual(busy.call("CONFIG", "GET", "timeout"), [b"timeout", b"1"])
                self.wait_for_end_of(idle, busy)
                self.assertEqual(busy.call("CONFIG", "SET", "timeout", "0"), "OK")

    def test_resetstat_counts_traffic_from_now_on(self):
        with ServerProcess() as server, server.client() as client:
            client.call("SET", "k", "x" * 10000)
            before = self.statistics(client)
            self.assertGreater(int(before[b"total_net_input_bytes"]), 10000)
            self.assertEqual(client.call("CONFIG", "RESETSTAT"), "OK")
            after = self.statistics(client)
            self.assertLess(int(after[b"total_net_input_bytes"]), 1000)
            self.assertEqual(after[b"total_connections_received"], b"0")

    def statistics(self, client):
        lines = client.call("INFO", "stats").split(b"\r\n")
        return dict(line.split(b":", 1) for line in lines if b":" in line)

    def connect_until_served(self, server):
        # The server notices a close in its own time.
        for _ in range(200):
            with server.client() as client:
                try:
                    return client.call("PING")
                except Exception as refused:  # pylint: disable=broad-except
                    last = refused
        raise last

    def test_an_idle_connection_is_closed_and_a_busy_one_is_not(self):
        with ServerProcess("--workers=2", "--idle_timeout=1s") as server:
            with server.client() as idle, server.client() as busy:
                self.assertEqual(idle.call("PING"), "PONG")
                self.wait_for_end_of(idle, busy)

    def wait_for_end_of(self, idle, busy):
        idle.socket.settimeout(0.1)
        for _ in range(100):
            self.assertEqual(busy.call("PING"), "PONG")
            try:
                self.assertEqual(idle.socket.recv(1), b"")
                return
            except TimeoutError:
                pass
        self.fail("still open after ten seconds")


if __name__ == "__main__":
    unittest.main()
