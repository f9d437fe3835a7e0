"""bench/durability.py runs every server it compares, and prints what it saw."""

import os
import shutil
import subprocess
import sys
import unittest

RUNFILES = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
# Under a sanitizer each of the servers takes seconds to start.
PATIENCE_S = 240


class DurabilityBenchTest(unittest.TestCase):

    def test_a_row_for_each_server_and_policy(self):
        folder = os.environ["TEST_TMPDIR"]
        done = subprocess.run(
            [sys.executable, os.path.join(RUNFILES, "bench/durability.py"), "--dir", folder,
             "--rounds=1", "--seconds=0.2", "--warm_up=0.1", "--connections=3",
             "--server", os.path.join(RUNFILES, "server/fastkv"),
             "--floor", os.path.join(RUNFILES, "bench/floor/epoll_floor"),
             "--load", os.path.join(RUNFILES, "bench/load/fastkv_load")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        output = done.stdout.decode()
        self.assertEqual(done.returncode, 0, output)
        servers = ["fastkv"] + (["redis"] if shutil.which("redis-server") else [])
        for server in servers:
            for policy in ("off", "no", "everysec", "always"):
                self.assertRegex(output, r"(?m)^\| %s, %s \| [1-9][\d,]* \(" % (server, policy))
        self.assertRegex(output, r"(?m)^\| bare loop, always \| [1-9][\d,]* \(")
        self.assertRegex(output, r"(?m)^CPU, fastkv: always / no +\d+\.\d\d")
        self.assertRegex(output, r"(?m)^SET/s, always: fastkv / bare loop +\d+\.\d\d")
        self.assertEqual([name for name in os.listdir(folder) if name.startswith("durability-")],
                         [], "something was left behind")


if __name__ == "__main__":
    unittest.main()
