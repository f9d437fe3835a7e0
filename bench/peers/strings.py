"""Strings: server CPU and throughput of GET and SET, latency at a fixed rate."""

from peers import FASTKV, FASTKV_TWO
from results import BEST, Table

PIPELINES = (1, 16, 64)
HOT_PIPELINE = 16
PERCENTILES = (("p50", "p50"), ("p99", "p99"), ("p99.9", "p999"), ("max", "max"))

TABLES = (
    Table("strings", "cpu", "Server CPU, us per operation", 2,
          ratios=(("FastKV / bare loop", FASTKV, "bare loop"),
                  ("FastKV / best peer", FASTKV, BEST))),
    Table("strings", "throughput", "Operations per second of the same runs", 0),
    Table("strings", "workers_cpu", "FastKV with two workers: server CPU, us per operation", 2,
          ratios=(("2 / 1", FASTKV_TWO, FASTKV),)),
    Table("strings", "workers_throughput", "The same: operations per second", 0),
    Table("latency", "latency", "Latency at a fixed rate, us", 0,
          ratios=(("FastKV / best peer", FASTKV, BEST),)),
)


def measure(peer, load, results, options):
    with peer.start(options.dir) as running:
        keys = "--keys=%d" % options.keys
        value = "--value_size=%d" % options.value_size
        if peer.stores:
            load.fill(running, "get", keys, value)
        if "strings" in options.only:
            _measure_cpu(running, load, results, options, keys, value)
        if "latency" in options.only and peer.name != FASTKV_TWO:
            # The bare loop counts requests by their length: one kind only.
            report = load.run(running, "--workload=" + ("mixed" if peer.stores else "get"),
                              keys, value, "--rate=%d" % options.rate,
                              "--seconds=%g" % options.latency_seconds)
            for title, name in PERCENTILES:
                results.add("latency", title, peer.name, report["latency_us_" + name])


def _measure_cpu(running, load, results, options, keys, value):
    name = running.peer.name
    for pipeline in PIPELINES:
        for workload in ("get", "set"):
            row = "%s, pipeline %d" % (workload.upper(), pipeline)
            report = load.run(running, "--workload=" + workload, keys, value,
                              "--pipeline=%d" % pipeline, "--seconds=%g" % options.seconds)
            _add(results, row, name, report, peers=name != FASTKV_TWO)
    if name in (FASTKV, FASTKV_TWO):
        for workload in ("get", "set"):
            row = "%s of one key, pipeline %d" % (workload.upper(), HOT_PIPELINE)
            report = load.run(running, "--workload=" + workload, "--keys=1", value,
                              "--pipeline=%d" % HOT_PIPELINE, "--seconds=%g" % options.seconds)
            _add(results, row, name, report, peers=False)


def _add(results, row, name, report, peers):
    """Into the tables of all peers, and into those of FastKV alone."""
    cpu, throughput = report["server_cpu_us_per_request"], report["requests_per_second"]
    if peers:
        results.add("cpu", row, name, cpu)
        results.add("throughput", row, name, throughput)
    if name in (FASTKV, FASTKV_TWO):
        results.add("workers_cpu", row, name, cpu)
        results.add("workers_throughput", row, name, throughput)
