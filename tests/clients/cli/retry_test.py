"""fastkv-cli, and the C++ client below it, over connections that break."""

import os
import random
import subprocess
import unittest

from cli_process import PROGRAM, FastkvCli
from server_process import PATIENCE_S, ServerProcess
from unreliable_proxy import UnreliableProxy

INCREMENTS = 2000


class RetryTest(unittest.TestCase):

    def setUp(self):
        seed = os.environ.get("FASTKV_TEST_SEED")
        self.seed = int(seed) if seed else random.randrange(1 << 32)
        print("FASTKV_TEST_SEED=%d" % self.seed)

    def increment(self, server, *flags):
        """Increments "n" through a proxy that loses every 50th answer."""
        with UnreliableProxy(server.grpc_port, self.seed, answers_per_cut=50,
                             cut_chance=0) as proxy:
            done = subprocess.run([PROGRAM, "--port", str(proxy.port), *flags],
                                  input=b"incr n\n" * INCREMENTS, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=3 * PATIENCE_S, check=False)
        self.assertGreater(proxy.answers_lost, 0)
        return done, proxy.answers_lost

    def test_every_increment_counts_once(self):
        with ServerProcess() as server:
            done, _ = self.increment(server)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertEqual(done.stdout.split(),
                             [b"%d" % i for i in range(1, INCREMENTS + 1)])

    def test_without_retries_what_is_lost_shows_as_an_error(self):
        with ServerProcess() as server:
            done, lost = self.increment(server, "--no_retry")
            self.assertEqual(done.returncode, 4)
            self.assertEqual(len(done.stderr.splitlines()), lost)
            self.assertEqual(len(done.stdout.splitlines()), INCREMENTS - lost)
            # Applied all the same: the client cannot know.
            self.assertEqual(FastkvCli(server).text("get", "n"), "%d\n" % INCREMENTS)


if __name__ == "__main__":
    unittest.main()
