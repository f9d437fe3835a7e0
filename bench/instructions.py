#!/usr/bin/env python3
"""Instructions of the server's own code for each GET and SET, by function.

    bazel build --config=release //server:fastkv //bench/load:fastkv_load
    bench/instructions.py > bench/results/instructions.md

Runs the server under valgrind's callgrind, which counts what it executes outside
of the kernel and is not disturbed by what else the machine does: a change of a
few instructions shows.  Instructions say nothing of cache misses.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers"))

# pylint: disable=wrong-import-position
import machine
from servers import FASTKV, LOAD, ROOT, Server, fastkv_command

# A line of callgrind_annotate: count, share, where, "file:function [object]".
_LINE = re.compile(r"^\s*([\d,]+) \([^)]*\)\s+(?:\S*?:)?(.+?)(?: \[[^]]*\])?$")


def put_load(server, options, *flags):
    subprocess.run([options.load, "--protocol=resp", "--port=%d" % server.port,
                    "--connections=10", "--keys=%d" % options.keys, *flags],
                   check=True, stdout=subprocess.DEVNULL)


def switch(server, word):
    subprocess.run(["callgrind_control", "-i", word, str(server.pid)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def count(options, folder, workload, pipeline):
    """Of one request: all instructions, and those of each function."""
    out = os.path.join(folder, "%s-%d" % (workload, pipeline))
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
               "--callgrind-out-file=" + out,
               *fastkv_command(options.server, "--workers=1")]
    with Server(command, out + ".log") as server:
        put_load(server, options, "--workload=get", "--requests=1000")  # fills it, too
        switch(server, "on")
        put_load(server, options, "--workload=" + workload, "--fill=false",
                 "--requests=%d" % options.requests, "--pipeline=%d" % pipeline)
        switch(server, "off")
    annotated = subprocess.run(["callgrind_annotate", "--threshold=100", out], check=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    functions = {}
    for line in annotated.splitlines():
        found = _LINE.match(line)
        if found:
            name = found.group(2).replace("(anonymous namespace)::", "")
            name = re.sub(r"\(.*", "", name).replace("absl::debian3::", "absl::")
            each = int(found.group(1).replace(",", "")) / options.requests
            functions[name] = functions.get(name, 0) + each
    total = functions.pop("PROGRAM TOTALS", None)
    if total is None:
        raise SystemExit("callgrind_annotate says no total")
    return total, functions


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--requests", type=int, default=100_000, help="of each run (%(default)s)")
    add("--keys", type=int, default=20_000, help="(%(default)s)")
    add("--pipelines", default="1,16,64", help="(%(default)s)")
    add("--functions", type=int, default=25, help="as many are listed (%(default)s)")
    add("--server", default=FASTKV)
    add("--load", default=LOAD)
    return parser.parse_args()


def main():
    options = parse_options()
    pipelines = [int(word) for word in options.pipelines.split(",")]
    where = machine.describe(ROOT)
    print("Instructions per request outside of the kernel, by `bench/instructions.py`: commit %s, %s."
          % (where["commit"], where["compiler"]))
    with tempfile.TemporaryDirectory(prefix="instructions-") as folder:
        runs = {(workload, pipeline): count(options, folder, workload, pipeline)
                for workload in ("get", "set") for pipeline in pipelines}
    print("\n| | %s |\n|%s" % (" | ".join("pipeline %d" % p for p in pipelines),
                                " --- |" * (len(pipelines) + 1)))
    for workload in ("get", "set"):
        print("| %s | %s |" % (workload.upper(), " | ".join(
            "%.0f" % runs[workload, pipeline][0] for pipeline in pipelines)))
    for workload in ("get", "set"):
        _, functions = runs[workload, pipelines[-1]]
        print("\n%s, pipeline %d, where they are:\n" % (workload.upper(), pipelines[-1]))
        most = sorted(functions.items(), key=lambda item: -item[1])[:options.functions]
        for name, each in most:
            print("    %6.1f  %s" % (each, name[:88]))


if __name__ == "__main__":
    main()
