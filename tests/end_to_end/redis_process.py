"""RedisProcess: a real redis-server on a free port, to compare with.

It persists nothing.  Leaving the block stops it.
"""

import shutil
import socket
import subprocess
import tempfile
import time

from server_process import HOST, PATIENCE_S, temporary_folder

_BINARY = "/usr/bin/redis-server"


def free_port():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


class RedisProcess:

    def __init__(self, *flags):
        self._folder = tempfile.mkdtemp(prefix="redis-", dir=temporary_folder())
        # The port may be taken between the choice and the start.
        for attempt in range(5):
            self.port = free_port()
            self._process = self._start(flags)
            if self._wait_until_ready():
                return
        raise AssertionError("redis-server did not start")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, flags):
        return subprocess.Popen(
            [_BINARY, "--port", str(self.port), "--bind", HOST, "--dir", self._folder,
             "--save", "", "--appendonly", "no", "--enable-debug-command", "local",
             *[word for flag in flags for word in flag.split("=", 1)]],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def _wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), 1).close()
                return True
            except OSError:
                time.sleep(0.02)
        self.stop()
        return False
