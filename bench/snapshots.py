#!/usr/bin/env python3
"""What snapshots cost while they are taken, and how fast a start reads data.

    bazel build --config=release //server:fastkv //bench/load:fastkv_load
    bench/snapshots.py latency --dir /var/tmp/bench --keys 5000000
    bench/snapshots.py loading --dir /var/tmp/bench --keys 5000000

`latency` puts a load of a fixed rate on a server with so many keys, in turn
without and with snapshots, one after the other; latencies count from when each
request was due.  `loading` starts FastKV and redis-server, in turn, on files of
the same data: a log and an append-only file, a snapshot and an RDB file.
Medians, with the smallest and the largest value beside them.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

from servers import FASTKV, LOAD, Server, cell, fastkv_command, redis_command


def fill(server, options):
    """Puts the keys into it, in an order that is the same for every server."""
    subprocess.run([options.load, "--protocol=resp", "--workload=get", "--requests=1",
                    "--port=%d" % server.port, "--keys=%d" % options.keys,
                    "--value_size=%d" % options.value_size],
                   check=True, stdout=subprocess.DEVNULL)


class Saver(threading.Thread):
    """Has one snapshot taken after the other, until told to stop."""

    def __init__(self, server):
        super().__init__()
        self._server = server
        self._done = threading.Event()
        self.taken = 0

    def run(self):
        while not self._done.is_set():
            self._server.call("SAVE")
            self.taken += 1

    def stop(self):
        self._done.set()
        self.join()


def run_load(server, options):
    command = [options.load, "--json", "--protocol=resp", "--workload=mixed", "--fill=false",
               "--port=%d" % server.port, "--server_pid=%d" % server.pid,
               "--keys=%d" % options.keys, "--value_size=%d" % options.value_size,
               "--rate=%d" % options.rate, "--seconds=%g" % options.seconds]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    report = json.loads(run.stdout)
    if report["errors"]:
        raise SystemExit("%d errors" % report["errors"])
    return report


def measure_latency(options, folder):
    flags = ["--data_dir=" + os.path.join(folder, "data"), "--fsync=everysec",
             "--snapshot_log_bytes=0", *options.server_flag]
    runs = {"without": [], "with snapshots": []}
    growth, taken = [], 0
    with Server(fastkv_command(options.server, *flags),
                os.path.join(folder, "server.log")) as server:
        fill(server, options)
        run_load(server, options)  # warms up
        for number in range(options.rounds):
            runs["without"].append(run_load(server, options))
            server.forget_peak_memory()
            before = server.memory_bytes("VmRSS")
            saver = Saver(server)
            saver.start()
            runs["with snapshots"].append(run_load(server, options))
            saver.stop()
            growth.append(100 * (server.memory_bytes("VmHWM") / before - 1))
            taken += saver.taken
            print("round %d of %d" % (number + 1, options.rounds), file=sys.stderr)
    print("%d keys with values of %d bytes, %d requests/s, a tenth of them SET; %d runs of %g s, "
          "%d snapshots\n" % (options.keys, options.value_size, options.rate, options.rounds,
                              options.seconds, taken))
    print("| | p50 us | p99 us | p99.9 us | max us |\n| --- | --- | --- | --- | --- |")
    for row, reports in runs.items():
        print("| %s | %s |" % (row, " | ".join(
            cell([report["latency_us_" + name] for report in reports], 0)
            for name in ("p50", "p99", "p999", "max"))))
    ratios = [a["latency_us_p999"] / b["latency_us_p999"]
              for a, b in zip(runs["with snapshots"], runs["without"])]
    print("\np99.9 with / without: %s" % cell(ratios, 2))
    print("resident memory grows by: %s %%" % cell(growth, 1))


def prepare(options, folder):
    """Commands that load a file each, by name."""
    log, snapshot = os.path.join(folder, "log"), os.path.join(folder, "snapshot")
    aof, rdb = os.path.join(folder, "aof"), os.path.join(folder, "rdb")
    for path in (aof, rdb):
        os.mkdir(path)
    off = ["--snapshot_log_bytes=0"]
    with Server(fastkv_command(options.server, "--data_dir=" + log, "--fsync=no", *off),
                log + ".txt") as server:
        fill(server, options)
    shutil.copytree(log, snapshot)
    with Server(fastkv_command(options.server, "--data_dir=" + snapshot, *off),
                snapshot + ".txt") as server:
        server.call("SAVE")
    commands = {
        "fastkv, log": fastkv_command(options.server, "--data_dir=" + log, *off),
        "fastkv, snapshot": fastkv_command(options.server, "--data_dir=" + snapshot, *off),
    }
    if not options.redis:
        return commands
    append = ["--save", "", "--appendonly", "yes", "--appendfsync", "no",
              "--aof-use-rdb-preamble", "no", "--auto-aof-rewrite-percentage", "0"]
    with Server(redis_command(options.redis, aof, *append), aof + ".txt") as server:
        fill(server, options)
    with Server(redis_command(options.redis, rdb, "--save", ""), rdb + ".txt") as server:
        fill(server, options)
        server.call("SAVE")
    commands["redis, append-only file"] = redis_command(options.redis, aof, *append)
    commands["redis, RDB file"] = redis_command(options.redis, rdb, "--save", "")
    return commands


def measure_loading(options, folder):
    commands = prepare(options, folder)
    seconds = {row: [] for row in commands}
    cpu = {row: [] for row in commands}
    for number in range(options.rounds):
        for row, command in commands.items():
            with Server(command, os.path.join(folder, "start.txt")) as server:
                seconds[row].append(server.start_s)
                cpu[row].append(server.cpu_s())
                count = server.call("DBSIZE")
                if count != ":%d" % options.keys:
                    raise SystemExit("%s: %s keys" % (row, count))
        print("round %d of %d" % (number + 1, options.rounds), file=sys.stderr)
    print("%d keys with values of %d bytes; from the start of the process until it is ready\n"
          % (options.keys, options.value_size))
    print("| | seconds | CPU seconds |\n| --- | --- | --- |")
    for row in commands:
        print("| %s | %s | %s |" % (row, cell(seconds[row], 2), cell(cpu[row], 2)))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("what", choices=("latency", "loading"))
    add("--dir", required=True, help="a directory on the disk to measure")
    add("--keys", type=int, default=5_000_000, help="(%(default)s)")
    add("--value_size", type=int, default=64, help="bytes (%(default)s)")
    add("--rounds", type=int, default=3, help="(%(default)s)")
    add("--seconds", type=float, default=10, help="of each run of latency (%(default)s)")
    add("--rate", type=int, default=20_000, help="requests/s of latency (%(default)s)")
    add("--server", default=FASTKV)
    add("--server_flag", action="append", default=[], help="one more flag for fastkv")
    add("--load", default=LOAD)
    add("--redis", default=shutil.which("redis-server") or "", help="(%(default)s)")
    return parser.parse_args()


def main():
    options = parse_options()
    with tempfile.TemporaryDirectory(prefix="snapshots-", dir=options.dir) as folder:
        if options.what == "latency":
            measure_latency(options, folder)
        else:
            measure_loading(options, folder)


if __name__ == "__main__":
    main()
