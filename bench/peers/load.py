"""Runs of fastkv_load against a server, and waits for its memory."""

import json
import signal
import subprocess
import time

# A probe asks so often: every 0.2 ms.
PROBE_RATE = 5000


class Load:
    """fastkv_load, with what is the same for all runs; keeps all reports."""

    def __init__(self, options):
        self._options = options
        self.runs = []

    def _command(self, running, *flags):
        return [self._options.load, "--json", "--protocol=" + running.peer.protocol,
                "--port=%d" % running.port, "--server_pid=%d" % running.pid,
                "--connections=%d" % self._options.connections, *flags]

    def _report(self, running, output):
        report = json.loads(output)
        report["server"] = running.peer.name
        self.runs.append(report)
        if report["errors"]:
            raise SystemExit("%s, %s: %d errors"
                             % (running.peer.name, report["workload"], report["errors"]))
        return report

    def run(self, running, *flags):
        """The report of one run on data that is there."""
        done = subprocess.run(self._command(running, "--fill=false", *flags), check=True,
                              stdout=subprocess.PIPE)
        return self._report(running, done.stdout)

    def fill(self, running, workload, *flags):
        """Writes what the workload reads; returns the seconds that took.

        It leaves the cores to the server and to a probe if they want them.
        """
        started = time.monotonic()
        subprocess.run(["nice", "-n", "10",
                        *self._command(running, "--workload=" + workload, "--requests=1", *flags)],
                       check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - started

    def probe(self, running):
        """Gets keys at a steady pace beside whatever else happens, in a block;
        then .report is there."""
        return Probe(self._report, running, self._command(
            running, "--workload=get", "--fill=false", "--connections=1", "--keys=1000",
            "--rate=%d" % PROBE_RATE, "--seconds=3600"))


class Probe:

    def __init__(self, take_report, running, command):
        self._take_report = take_report
        self._running = running
        self._command = command
        self.report = None

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        time.sleep(1)  # it makes its requests first
        return self

    def __exit__(self, kind, *unused):
        # What was held up is to be answered and so to be counted.
        time.sleep(0.2)
        self._process.send_signal(signal.SIGTERM)
        output, _ = self._process.communicate()
        if kind is None:
            self.report = self._take_report(self._running, output)


def settled_memory(running, steady_s=2, patience_s=20):
    """Resident bytes, once they have hardly changed for a while: allocators give
    back what is free only after some time, and tables grow on when idle."""
    deadline = time.monotonic() + patience_s
    last, since = running.resident_bytes(), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - since < steady_s:
        time.sleep(0.1)
        now = running.resident_bytes()
        if abs(now - last) > max(last // 1000, 65536):
            last, since = now, time.monotonic()
    return running.resident_bytes()
