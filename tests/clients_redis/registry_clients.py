"""Clients from the registries of npm and Go against the server.

    python3 tests/clients_redis/registry_clients.py bazel-bin/server/fastkv

Not a Bazel test: the packages come over the network.  tools/test runs it.  The
versions are those of package-lock.json and go.sum.  Where node or go is
missing, or the packages cannot be fetched, a line says so and the rest runs.
Exits with the number of failures.
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

# Name, folder, programs needed, how to fetch the packages, how to test.
CLIENTS = [
    ("node-redis and ioredis", "node", ["node", "npm"],
     ["npm", "ci", "--no-audit", "--no-fund"], ["node", "--test", "--test-timeout=60000"]),
    ("go-redis", "go", ["go"], ["go", "mod", "download"], ["go", "test", "-count=1", "./..."]),
]


def run(command, folder, **variables):
    """Whether the command succeeds, and its output."""
    try:
        done = subprocess.run(command, cwd=folder, env=dict(os.environ, PATH=_PATH, **variables),
                              timeout=_BOUND_S, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired:
        return False, "took longer than %d s" % _BOUND_S
    return done.returncode == 0, done.stdout.decode("utf-8", "replace")


def outcome(folder, programs, fetch, test):
    """"passed", or what was skipped or FAILED."""
    missing = [p for p in programs if shutil.which(p, path=_PATH) is None]
    if missing:
        return "skipped, without " + " and ".join(missing)
    with tempfile.TemporaryDirectory() as copy:
        work = os.path.join(copy, "test")
        shutil.copytree(os.path.join(_FOLDER, folder), work)
        fetched, output = run(fetch, work)
        if not fetched:
            return "skipped, without its packages: %s\n%s" % (" ".join(fetch), output)
        with ServerProcess() as server:
            passed, output = run(test, work, FASTKV_PORT=str(server.port))
    return "passed" if passed else "FAILED\n" + output


def main():
    os.environ["FASTKV_SERVER"] = sys.argv[1]
    failures = 0
    for name, *how in CLIENTS:
        result = outcome(*how)
        print("%s: %s" % (name, result), flush=True)
        failures += result.startswith("FAILED")
    return failures


if __name__ == "__main__":
    sys.exit(main())
