"""Servers to measure: FastKV, Redis and the bare loop as processes, for the
scripts beside."""

import os
import re
import socket
import statistics
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOST = "127.0.0.1"
EPOLL_FLOOR = os.path.join(ROOT, "bazel-bin/bench/floor/epoll_floor")
FASTKV = os.path.join(ROOT, "bazel-bin/server/fastkv")
LOAD = os.path.join(ROOT, "bazel-bin/bench/load/fastkv_load")

# Both name their port once they listen, or nearly; and say when data is loaded.
_PORT = re.compile(r"tcp on %s:(\d+)|, port=(\d+)|Port: (\d+)" % re.escape(HOST))
_READY = re.compile(r"INFO +ready|Ready to accept connections")


def free_port():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


class Server:
    """A process that serves on .port, with its data loaded, until the block ends.

    One that does not log its port and that it is ready is given the port: it is
    ready once it accepts.
    """

    def __init__(self, command, log_path, patience_s=600, port=None):
        self._log_path = log_path
        self._patience_s = patience_s
        self._started = time.monotonic()
        with open(log_path, "wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log)
        self.pid = self._process.pid
        self._given_port = port
        self.port = None
        self.start_s = None  # until it was ready

    def __enter__(self):
        while not self._is_ready():
            waited = time.monotonic() - self._started
            if self._process.poll() is not None or waited > self._patience_s:
                self.stop()
                raise SystemExit("the server does not start:\n" + self.log())
            time.sleep(0.01)
        self.start_s = time.monotonic() - self._started
        return self

    def __exit__(self, *unused):
        self.stop()

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self):
        with open(self._log_path, errors="replace") as log:
            return log.read()

    def cpu_s(self):
        """CPU time of all its threads so far."""
        with open("/proc/%d/stat" % self.pid, encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self, name):
        """VmRSS or VmHWM, its peak."""
        with open("/proc/%d/status" % self.pid, encoding="ascii") as status:
            return int(re.search(name + r":\s+(\d+) kB", status.read()).group(1)) << 10

    def forget_peak_memory(self):
        with open("/proc/%d/clear_refs" % self.pid, "w", encoding="ascii") as refs:
            refs.write("5")

    def call(self, *words):
        """One command in RESP, with nothing but a line for an answer."""
        with socket.create_connection((HOST, self.port), 600) as client:
            client.sendall(b"*%d\r\n" % len(words) + b"".join(
                b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words))
            answer = client.makefile("rb").readline().decode().strip()
        if answer.startswith("-"):
            raise SystemExit("%s: %s" % (" ".join(words), answer))
        return answer

    def _is_ready(self):
        if self._given_port is not None:
            try:
                socket.create_connection((HOST, self._given_port), 1).close()
            except OSError:
                return False
            self.port = self._given_port
            return True
        log = self.log()
        found = _PORT.search(log)
        if found is None or _READY.search(log) is None:
            return False
        self.port = int(next(group for group in found.groups() if group))
        return True


def fastkv_command(binary, *flags):
    return [binary, "--bind=" + HOST, "--port=0", "--grpc_port=0", *flags]


def redis_command(binary, folder, *flags):
    return [binary, "--bind", HOST, "--port", str(free_port()), "--dir", folder, *flags]


def floor_command(binary, port, value_size, file):
    return [binary, str(port), str(value_size), file]


def cell(values, decimals):
    """The median, with the smallest and the largest."""
    low, middle, high = ("{:,.{}f}".format(value, decimals)
                         for value in (min(values), statistics.median(values), max(values)))
    return "%s (%s-%s)" % (middle, low, high)
