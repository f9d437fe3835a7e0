"""ServerProcess: a real server on free ports, for one test.

    with ServerProcess("--workers=2") as server:
        with server.client() as client:
            client.call("PING")

Leaving the block stops the server with SIGTERM and fails the test if it does
not exit with 0 in time: that is also where a sanitizer's report is noticed.
Every wait is bounded.  FASTKV_SERVER names another binary to test, outside
Bazel.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from text_client import TextClient

HOST = "127.0.0.1"
# Whether the server under test is slowed down by a sanitizer.
SANITIZED = bool(os.environ.get("FASTKV_SANITIZED"))
# Bounds are meant to end a test that hangs, not to measure.
PATIENCE_S = 60 if SANITIZED else 20

# The start-up log: "INFO  tcp on 127.0.0.1:1234, 2 workers".
_LISTENS = re.compile(r"INFO +(tcp|grpc) on %s:(\d+)" % re.escape(HOST))
_READY = re.compile(r"INFO +ready$", re.MULTILINE)


def server_binary():
    binary = os.environ.get("FASTKV_SERVER")
    if binary:
        return os.path.abspath(binary)
    return os.path.join(os.environ["TEST_SRCDIR"], os.environ["TEST_WORKSPACE"],
                        "server/fastkv")


def temporary_folder():
    return os.environ.get("TEST_TMPDIR") or tempfile.gettempdir()


class ServerProcess:

    def __init__(self, *flags, preexec=None, loaded=True):
        """Waits until the server is ready, or (loaded=False) its ports are open."""
        handle, self._log_path = tempfile.mkstemp(
            prefix="server-", suffix=".log", dir=temporary_folder())
        with os.fdopen(handle, "wb") as log:
            self._process = subprocess.Popen(
                [server_binary(), "--port=0", "--grpc_port=0", "--bind=" + HOST, *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=preexec)
        self.pid = self._process.pid
        self.port, self.grpc_port = self._wait_for_ports(loaded)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        try:
            code = self.stop()
        finally:
            if kind is not None:
                print("The server's log:\n" + self.log(), file=sys.stderr)
        if kind is None and code != 0:
            raise AssertionError("the server exited with %d:\n%s" % (code, self.log()))

    def client(self, **options):
        return TextClient(HOST, self.port, **options)

    @property
    def grpc_address(self):
        return "%s:%d" % (HOST, self.grpc_port)

    def signal(self, number=signal.SIGTERM):
        self._process.send_signal(number)

    def wait(self, timeout=PATIENCE_S):
        """The exit code; kills and fails if there is none in time."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError("the server did not exit:\n" + self.log()) from None

    def stop(self):
        if self._process.poll() is None:
            self.signal()
        return self.wait()

    def running(self):
        return self._process.poll() is None

    def log(self):
        with open(self._log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def resident_bytes(self):
        with open("/proc/%d/statm" % self.pid, encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _wait_for_ports(self, loaded):
        """The ports, which the start-up log names once they are open."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            exited = self._process.poll() is not None
            log = self.log()
            ports = dict(_LISTENS.findall(log))
            if len(ports) == 2 and (not loaded or _READY.search(log)):
                return int(ports["tcp"]), int(ports["grpc"])
            if exited:
                break
            time.sleep(0.02 if loaded else 0.002)
        self._process.kill()
        self._process.wait()
        raise AssertionError("the server did not start:\n" + self.log())


def run_to_exit(*flags, timeout=PATIENCE_S, preexec=None):
    """Starts the server with flags that it should refuse: exit code, output."""
    done = subprocess.run([server_binary(), *flags], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                          preexec_fn=preexec, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")
