"""Sorted sets: server CPU of commands on one large set."""

from peers import FASTKV
from results import BEST, Table

PIPELINE = 16

TABLES = (
    Table("sets", "sets_cpu", "One sorted set: server CPU, us per operation, pipeline %d"
          % PIPELINE, 2, ratios=(("FastKV / best peer", FASTKV, BEST),)),
    Table("sets", "sets_throughput", "Operations per second of the same runs", 0),
)


def rows(options):
    """What a row is called, its workload, and its flags."""
    middle = options.set_members // 2
    return (
        ("ZSCORE", "zscore", ()),
        ("ZRANK", "zrank", ()),
        ("ZRANGE of 100, start", "zmembers", ("--range_start=0",)),
        ("ZRANGE of 100 WITHSCORES, start", "zrange", ("--range_start=0",)),
        ("ZRANGE of 100 at {:,}".format(middle), "zmembers", ("--range_start=%d" % middle,)),
        ("ZRANGEBYSCORE LIMIT 0 10", "zbyscore", ()),
        # Last: it puts the members, which lie in order, in disorder.
        ("ZADD that moves a member", "zadd", ()),
    )


def measure(peer, load, results, options):
    with peer.start(options.dir) as running:
        size = ("--sets=1", "--keys=%d" % options.set_members)
        load.fill(running, "zscore", *size)
        # Members written in order lie in order; those of a set in use do not.
        load.run(running, "--workload=zadd", *size, "--requests=%d" % options.set_members,
                 "--pipeline=%d" % PIPELINE)
        for row, workload, flags in rows(options):
            report = load.run(running, "--workload=" + workload, *size, *flags,
                              "--pipeline=%d" % PIPELINE, "--seconds=%g" % options.seconds)
            results.add("sets_cpu", row, peer.name, report["server_cpu_us_per_request"])
            results.add("sets_throughput", row, peer.name, report["requests_per_second"])
