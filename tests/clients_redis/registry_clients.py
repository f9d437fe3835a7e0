"""Clients from the registries of npm and Go against the server.

    python3 tests/clients_redis/registry_clients.py bazel-bin/server/fastkv

Not a Bazel test: the packages come over the network.  tools/test runs it.  The
versions are those of package-lock.json and go.sum.  Where node or go is
missing, a line says so and the rest runs.  Exits with the number of failures.
"""

import os
import shutil
import subprocess
import sys
import tempfile

_FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(_FOLDER, "..", "end_to_end"))

from server_process import ServerProcess  # noqa: E402

_BOUND_S = 300
# Where Go's own archive is unpacked; few put it on the PATH of a script.
_PATH = os.environ.get("PATH", "") + ":/usr/local/go/bin"

# Name, folder, programs needed, commands.
CLIENTS = [
    ("node-redis and ioredis", "node", ["node", "npm"],
     [["npm", "ci", "--no-audit", "--no-fund"], ["node", "--test", "--test-timeout=60000"]]),
    ("go-redis", "go", ["go"], [["go", "test", "-count=1", "./..."]]),
]


def run(folder, commands, port):
    """The output of the command that failed; None if all went well."""
    environment = dict(os.environ, FASTKV_PORT=str(port), PATH=_PATH)
    with tempfile.TemporaryDirectory() as copy:
        work = os.path.join(copy, "test")
        shutil.copytree(os.path.join(_FOLDER, folder), work)
        for command in commands:
            try:
                done = subprocess.run(command, cwd=work, env=environment, timeout=_BOUND_S,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, check=False)
            except subprocess.TimeoutExpired as late:
                return (late.stdout or b"").decode("utf-8", "replace") + "\ntook too long"
            if done.returncode:
                return done.stdout.decode("utf-8", "replace")
    return None


def main():
    os.environ["FASTKV_SERVER"] = sys.argv[1]
    failures = 0
    for name, folder, programs, commands in CLIENTS:
        missing = [p for p in programs if shutil.which(p, path=_PATH) is None]
        if missing:
            print("%s: skipped, without %s" % (name, " and ".join(missing)))
            continue
        with ServerProcess() as server:
            output = run(folder, commands, server.port)
        print("%s: %s" % (name, "passed" if output is None else "FAILED\n" + output), flush=True)
        failures += output is not None
    return failures


if __name__ == "__main__":
    sys.exit(main())
