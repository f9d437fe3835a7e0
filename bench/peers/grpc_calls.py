"""gRPC: what a call costs beside an empty service on the same API."""

import re
import subprocess

from results import Table

TABLES = (
    Table("grpc", "grpc", "gRPC: server CPU, us per call", 2,
          ratios=(("FastKV / empty service", "FastKV", "empty service"),)),
)
# "empty Get   12.34 us/call   (12.34 .. 12.34)", of grpc_floor's report.
_LINE = re.compile(r"(?m)^(empty|fastkv|callback) (Get|Set) +([\d.]+) us/call")
_COLUMNS = {"empty": "empty service", "fastkv": "FastKV",
            "callback": "empty service, callback API"}


def measure(results, options):
    """One round of grpc_floor, which runs its own servers and clients."""
    done = subprocess.run([options.grpc_floor, str(options.seconds), "1"], check=True,
                          stdout=subprocess.PIPE)
    found = _LINE.findall(done.stdout.decode())
    if not found:
        raise SystemExit("grpc_floor says: " + done.stdout.decode())
    for server, row, us in found:
        results.add("grpc", row, _COLUMNS[server], float(us))
