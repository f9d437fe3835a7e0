"""FastkvCli: runs fastkv-cli against one server."""

import json
import os
import subprocess

from server_process import PATIENCE_S

PROGRAM = os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                       "clients/cli/fastkv-cli")


class FastkvCli:

    def __init__(self, server):
        self.flags = ["--port", str(server.grpc_port), "--timeout", "%ds" % PATIENCE_S]

    def run(self, *words, stdin=b"", flags=()):
        """Exit code, output and errors of one command."""
        done = subprocess.run([PROGRAM, *self.flags, *flags, *words], input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=3 * PATIENCE_S, check=False)
        return done.returncode, done.stdout, done.stderr.decode()

    def text(self, *words, **options):
        """The output of a command that must not fail; a "no" is no failure."""
        code, output, errors = self.run(*words, **options)
        if code > 1:
            raise AssertionError("%r: exit code %d: %s" % (words, code, errors))
        return output.decode()

    def json(self, *words, **options):
        return json.loads(self.text(*words, flags=["--json"], **options))
