"""Keys that expire unread: removed in time, their memory used again."""

import threading
import time
import unittest

from server_process import PATIENCE_S, SANITIZED, ServerProcess

KEYS = 20_000 if SANITIZED else 200_000
TTL_S = 1
# From the last write on: the TTL, and what the sweep may take.
GONE_WITHIN_S = 5 if SANITIZED else 1.2
ROUNDS = 4


class ExpiryTest(unittest.TestCase):

    def fill(self, client, generation):
        """Sets KEYS new keys; returns when the last one was acknowledged."""
        value = b"v" * 64
        data = b"".join(b"SET %d:%06d %d 64\r\n%s\r\n" % (generation, i, TTL_S, value)
                        for i in range(KEYS))
        sender = threading.Thread(target=client.send, args=(data,))
        sender.start()
        for _ in range(KEYS):
            self.assertEqual(client.read_reply(), "OK")
        written = time.monotonic()
        sender.join()
        return written

    def test_keys_are_gone_in_time_without_being_read_and_their_memory_is_reused(self):
        with ServerProcess("--workers=2") as server, server.client() as client:
            resident = []
            for generation in range(ROUNDS):
                written = self.fill(client, generation)
                resident.append(server.resident_bytes())
                size = client.call("DBSIZE")
                self.assertGreater(size, 0)
                while size > 0 and time.monotonic() < written + PATIENCE_S:
                    time.sleep(0.005)
                    size = client.call("DBSIZE")
                self.assertEqual(size, 0)
                self.assertLess(time.monotonic() - written, GONE_WITHIN_S)
            if not SANITIZED:  # a sanitizer keeps freed memory on purpose
                self.assertLess(resident[-1], resident[0] * 1.25, resident)


if __name__ == "__main__":
    unittest.main()
