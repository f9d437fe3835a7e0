"""bench/instructions.py counts the instructions of GET and SET."""

import os
import re
import shutil
import subprocess
import sys
import unittest

RUNFILES = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"])


def of(path):
    return os.path.join(RUNFILES, path)


class InstructionsBenchTest(unittest.TestCase):

    def test_counts_get_and_set_by_function(self):
        self.assertTrue(shutil.which("callgrind_control"), "valgrind is not installed")
        done = subprocess.run(
            [sys.executable, of("bench/instructions.py"), "--requests=2000", "--keys=500",
             "--pipelines=1,16", "--server", of("server/fastkv"),
             "--load", of("bench/load/fastkv_load")],
            stdout=subprocess.PIPE, check=True)
        text = done.stdout.decode()
        for workload in ("GET", "SET"):
            row = re.search(r"^\| %s \| (\d+) \| (\d+) \|$" % workload, text, re.MULTILINE)
            self.assertTrue(row, text)
            alone, together = int(row.group(1)), int(row.group(2))
            # A batch shares what a read costs.
            self.assertGreater(alone, together)
            self.assertGreater(together, 100)
        self.assertIn("kv::store::Transaction::", text)


if __name__ == "__main__":
    unittest.main()
