"""bench/snapshots.py runs what it compares, and prints what it saw."""

import os
import shutil
import subprocess
import sys
import unittest

RUNFILES = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])
# Under a sanitizer each of the servers takes seconds to start.
PATIENCE_S = 240


class SnapshotsBenchTest(unittest.TestCase):

    def run_script(self, *flags):
        folder = os.environ["TEST_TMPDIR"]
        done = subprocess.run(
            [sys.executable, os.path.join(RUNFILES, "bench/snapshots.py"), *flags,
             "--dir", folder, "--rounds=1", "--keys=2000",
             "--server", os.path.join(RUNFILES, "server/fastkv"),
             "--load", os.path.join(RUNFILES, "bench/load/fastkv_load")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        output = done.stdout.decode()
        self.assertEqual(done.returncode, 0, output)
        self.assertEqual([name for name in os.listdir(folder) if name.startswith("snapshots-")],
                         [], "something was left behind")
        return output

    def test_latency_with_and_without_snapshots(self):
        output = self.run_script("latency", "--seconds=0.5", "--rate=1000")
        self.assertRegex(output, r"[1-9]\d* snapshots\n")
        for row in ("without", "with snapshots"):
            self.assertRegex(output, r"(?m)^\| %s \| [1-9][\d,]* \(" % row)
        self.assertRegex(output, r"resident memory grows by: ")

    def test_loading_of_every_kind_of_file(self):
        output = self.run_script("loading")
        rows = ["fastkv, log", "fastkv, snapshot"]
        if shutil.which("redis-server"):
            rows += ["redis, append-only file", "redis, RDB file"]
        for row in rows:
            self.assertRegex(output, r"(?m)^\| %s \| \d+\.\d\d \(" % row)


if __name__ == "__main__":
    unittest.main()
