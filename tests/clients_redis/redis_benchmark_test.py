"""redis-benchmark's tests of the families served, one by one and pipelined."""

import subprocess
import unittest

from server_process import HOST, PATIENCE_S, ServerProcess

# The rest is about lists, hashes and sets.
TESTS = "ping_inline,ping_mbulk,set,get,incr,mset,zadd,zpopmin"
NAMES = {"PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)", "ZADD", "ZPOPMIN"}


class RedisBenchmarkTest(unittest.TestCase):

    def run_benchmark(self, *flags):
        with ServerProcess() as server:
            done = subprocess.run(
                ["redis-benchmark", "-h", HOST, "-p", str(server.port), "-n", "2000", "-c", "20",
                 "-r", "1000", "--csv", *flags], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, timeout=3 * PATIENCE_S, check=False,
                universal_newlines=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # Also that it could read CONFIG: else it warns.
        self.assertNotRegex(done.stdout + done.stderr, "(?i)error|warning")
        lines = [line.split('","') for line in done.stdout.strip().split("\n")[1:]]
        for line in lines:
            self.assertGreater(float(line[1]), 0, line)
        return {line[0].strip('"') for line in lines}

    def test_one_by_one(self):
        self.assertEqual(self.run_benchmark("-t", TESTS, "-P", "1"), NAMES)

    def test_pipelined(self):
        self.assertEqual(self.run_benchmark("-t", TESTS, "-P", "16"), NAMES)

    def test_resp3(self):
        self.assertEqual(self.run_benchmark("-t", TESTS, "-P", "16", "-3"), NAMES)

    def test_command_of_ones_own(self):
        self.run_benchmark("-P", "16", "ZRANGE", "key:__rand_int__", "0", "-1", "WITHSCORES")

    def test_large_values(self):
        self.assertEqual(self.run_benchmark("-t", "set,get", "-d", "100000"), {"SET", "GET"})


if __name__ == "__main__":
    unittest.main()
