"""The leaderboard of clients/cpp/examples, against the real server."""

import os
import subprocess
import unittest

from server_process import PATIENCE_S, ServerProcess

PROGRAM = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                       "clients/cpp/examples/leaderboard")


class ExampleTest(unittest.TestCase):

    def run_example(self, server, *words):
        done = subprocess.run([PROGRAM, server.grpc_address, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        return done.returncode, done.stdout.decode()

    def test_the_best_score_counts_and_the_hasty_wait(self):
        with ServerProcess() as server:
            self.assertEqual(self.run_example(server, "submit", "ann", "10"),
                             (0, "ann has 10, place 1\n"))
            self.assertEqual(self.run_example(server, "submit", "bob", "20"),
                             (0, "bob has 20, place 1\n"))
            with server.client() as client:
                # However slow the machine: her wait has not ended.
                client.call("PEXPIRE", "leaderboard:turn:ann", "3600000")
            code, text = self.run_example(server, "submit", "ann", "30")
            self.assertEqual(code, 0)
            self.assertRegex(text, "^too fast: wait ")
            with server.client() as client:
                client.call("DEL", "leaderboard:turn:ann")
            self.assertEqual(self.run_example(server, "submit", "ann", "5"),
                             (0, "ann has 10, place 2\n"))
            self.assertEqual(self.run_example(server, "top"), (0, "1. bob 20\n2. ann 10\n"))
            self.assertEqual(self.run_example(server, "rank", "ann"), (0, "2\n"))
            self.assertEqual(self.run_example(server, "rank", "nobody")[0], 1)


if __name__ == "__main__":
    unittest.main()
