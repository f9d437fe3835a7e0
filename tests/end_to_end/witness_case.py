"""WitnessCase: tests of what must not disturb others, with another to ask."""

import unittest

from server_process import ServerProcess


class WitnessCase(unittest.TestCase):

    def setUp(self):
        self.server = ServerProcess("--workers=2")
        self.addCleanup(self.stop)
        self.witness = self.server.client()

    def stop(self):
        self.witness.close()
        self.server.__exit__(None, None, None)

    def tearDown(self):
        # Whatever the test did, another client is served as before.
        self.assertEqual(self.witness.call("PING"), "PONG")

    def answer(self, data):
        """What the server sends to `data`, up to the close that it decides on."""
        with self.server.client() as client:
            try:
                client.send(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it closed before it had read everything
            return client.read_to_end()
