"""The README's first session, with netcat itself."""

import subprocess
import unittest

from server_process import HOST, PATIENCE_S, ServerProcess


class NcTest(unittest.TestCase):

    def nc(self, server, text):
        done = subprocess.run(["/bin/nc.openbsd", "-q1", HOST, str(server.port)], input=text,
                              stdout=subprocess.PIPE, timeout=PATIENCE_S, check=True)
        return done.stdout

    def test_a_value_set_through_nc_is_read_back(self):
        with ServerProcess() as server:
            self.assertEqual(self.nc(server, b"set mykey 0 5\r\nhello\r\nget mykey\r\n"),
                             b"+OK\r\n+VALUE 5\r\nhello\r\n")

    def test_a_person_who_types_plain_lines_is_answered_in_plain_lines(self):
        with ServerProcess() as server:
            self.assertEqual(self.nc(server, b"set k v\nget k\nquit\n"),
                             b"+OK\n+VALUE 1\nv\n+OK\n")


if __name__ == "__main__":
    unittest.main()
