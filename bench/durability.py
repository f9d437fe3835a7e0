#!/usr/bin/env python3
r"""What it costs to keep data: FastKV and redis-server, by when they sync.

    bazel build --config=release //server:fastkv //bench/load:fastkv_load \
        //bench/floor:epoll_floor
    bench/durability.py --dir /var/tmp/bench --rounds 5

Every round starts each server once, on an empty directory below --dir, so that
all write to the same disk; puts SET on it; and stops it.  Taking turns spreads
whatever else the machine does over all rows.  Prints medians over the rounds,
the smallest and the largest value beside them.  Redis runs if it is installed.
The bare loop, epoll_floor, answers without doing anything but to write as many
bytes as come in a turn, durably: what `always` can cost at least on this machine.

CPU is that of the server's process alone, which also pays for the network: the
rows differ by what keeping the data costs.  And by how busy they are: what waits
for the disk finds fewer requests at a time, and pays more for each than a server
that never rests.  --rate compares them at the same load.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from servers import (EPOLL_FLOOR, FASTKV, LOAD, Server, cell, fastkv_command, floor_command,
                     free_port, redis_command)

# What a row is called, and the server's flags; {} is its directory.
FASTKV_ROWS = {
    "fastkv, off": [],
    "fastkv, no": ["--data_dir={}", "--fsync=no"],
    "fastkv, everysec": ["--data_dir={}", "--fsync=everysec"],
    "fastkv, always": ["--data_dir={}", "--fsync=always"],
}
REDIS_ROWS = {
    "redis, off": ["--appendonly", "no"],
    "redis, no": ["--appendonly", "yes", "--appendfsync", "no"],
    "redis, everysec": ["--appendonly", "yes", "--appendfsync", "everysec"],
    "redis, always": ["--appendonly", "yes", "--appendfsync", "always"],
}

FLOOR_ROW = "bare loop, always"

# Of fastkv_load's report: what is printed, its name there, how many decimals.
COLUMNS = (
    ("SET/s", "requests_per_second", 0),
    ("CPU us", "server_cpu_us_per_request", 2),
    ("p50 us", "latency_us_p50", 0),
    ("p99 us", "latency_us_p99", 0),
    ("p99.9 us", "latency_us_p999", 0),
)


def server_of(row, options, folder):
    log = os.path.join(folder, "server.log")
    if row == FLOOR_ROW:
        port = free_port()
        return Server(floor_command(options.floor, port, options.value_size,
                                    os.path.join(folder, "data")), log, port=port)
    return Server(command_of(row, options, folder), log)


def command_of(row, options, folder):
    if row in FASTKV_ROWS:
        flags = [flag.format(os.path.join(folder, "data")) for flag in FASTKV_ROWS[row]]
        return fastkv_command(options.server, *flags, *options.server_flag)
    return redis_command(options.redis, folder, "--save", "",
                         "--auto-aof-rewrite-percentage", "0", *REDIS_ROWS[row])


def measure(row, options):
    """fastkv_load's report of one run against a server of its own."""
    folder = tempfile.mkdtemp(prefix="durability-", dir=options.dir)
    try:
        with server_of(row, options, folder) as server:
            load = [options.load, "--json", "--protocol=resp", "--workload=set",
                    "--port=%d" % server.port, "--server_pid=%d" % server.pid,
                    "--connections=%d" % options.connections,
                    "--pipeline=%d" % options.pipeline, "--threads=%d" % options.threads,
                    "--value_size=%d" % options.value_size, "--rate=%d" % options.rate]
            # The first writes find cold caches, an empty table and new files.
            subprocess.run([*load, "--seconds=%g" % options.warm_up], check=True,
                           stdout=subprocess.DEVNULL)
            run = subprocess.run([*load, "--seconds=%g" % options.seconds], check=True,
                                 stdout=subprocess.PIPE)
        report = json.loads(run.stdout)
        if report["errors"]:
            raise SystemExit("%s: %d errors" % (row, report["errors"]))
        return report
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def syncs_per_second(folder, ready, size=4096, seconds=0.5):
    """Writes of `size` bytes, each followed by fdatasync(): behind the end of a
    file, or over bytes that are ready on the disk."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        if ready:
            file.write(bytes(4 << 20))
            os.fsync(file.fileno())
        count, start = 0, time.monotonic()
        while time.monotonic() - start < seconds:
            os.pwrite(file.fileno(), bytes(size), count * size % (4 << 20) if ready
                      else count * size)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.monotonic() - start)


def print_table(reports):
    print("| | " + " | ".join(title for title, _, _ in COLUMNS) + " |")
    print("|" + " --- |" * (len(COLUMNS) + 1))
    for row, runs in reports.items():
        cells = [cell([run[name] for run in runs], decimals) for _, name, decimals in COLUMNS]
        print("| %s | %s |" % (row, " | ".join(cells)))


def print_ratios(reports):
    """Each of two rows of the same round."""
    def ratio(title, name, row, beside):
        if row in reports and beside in reports:
            values = [a[name] / b[name] for a, b in zip(reports[row], reports[beside])]
            print("%-46s %s" % (title, cell(values, 2)))

    print()
    for policy in ("off", "no", "everysec", "always"):
        ratio("SET/s, %s: fastkv / redis" % policy, "requests_per_second",
              "fastkv, " + policy, "redis, " + policy)
    for name, column in (("SET/s", "requests_per_second"),
                         ("CPU", "server_cpu_us_per_request")):
        ratio(name + ", always: fastkv / bare loop", column, "fastkv, always", FLOOR_ROW)
    ratio("SET/s, always: bare loop / redis", "requests_per_second", FLOOR_ROW,
          "redis, always")
    ratio("CPU, fastkv: always / no", "server_cpu_us_per_request",
          "fastkv, always", "fastkv, no")
    ratio("CPU, fastkv: everysec / off", "server_cpu_us_per_request",
          "fastkv, everysec", "fastkv, off")
    ratio("SET/s, fastkv: off / everysec", "requests_per_second",
          "fastkv, off", "fastkv, everysec")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--dir", required=True, help="a directory on the disk to measure")
    add("--rounds", type=int, default=5, help="(%(default)s)")
    add("--seconds", type=float, default=4, help="of each run (%(default)s)")
    add("--warm_up", type=float, default=1, help="seconds before each run (%(default)s)")
    add("--connections", type=int, default=50, help="(%(default)s)")
    add("--pipeline", type=int, default=1, help="(%(default)s)")
    add("--threads", type=int, default=1, help="of the load generator (%(default)s)")
    add("--rate", type=int, default=0,
        help="requests a second, the same for each row; 0: as many as there can be")
    add("--value_size", type=int, default=64, help="bytes (%(default)s)")
    add("--only", default="", help="rows whose names contain this regular expression")
    add("--server", default=FASTKV)
    add("--server_flag", action="append", default=[], help="one more flag for fastkv")
    add("--floor", default=EPOLL_FLOOR)
    add("--load", default=LOAD)
    add("--redis", default=shutil.which("redis-server") or "", help="(%(default)s)")
    return parser.parse_args()


def main():
    options = parse_options()
    rows = [row for row in [*FASTKV_ROWS, FLOOR_ROW, *(REDIS_ROWS if options.redis else ())]
            if re.search(options.only, row)]
    reports = {row: [] for row in rows}
    appended, overwritten = [], []
    for number in range(options.rounds):
        appended.append(syncs_per_second(options.dir, ready=False))
        overwritten.append(syncs_per_second(options.dir, ready=True))
        for row in rows:
            reports[row].append(measure(row, options))
        print("round %d of %d" % (number + 1, options.rounds), file=sys.stderr)
    rate = "%d requests a second, " % options.rate if options.rate else ""
    print("%s%d connections, pipeline %d, values of %d bytes, %d rounds of %g s"
          % (rate, options.connections, options.pipeline, options.value_size, options.rounds,
             options.seconds))
    print("the disk alone: 4 KiB and fdatasync, %s a second appended, %s overwritten\n"
          % (cell(appended, 0), cell(overwritten, 0)))
    print_table(reports)
    print_ratios(reports)


if __name__ == "__main__":
    main()
