"""Resident memory per key and member, and what a probe sees while keys come.

These are one module, for filling a server with so many keys takes long, and
tells both.
"""

import stalls
from load import settled_memory
from peers import FASTKV
from results import BEST, Table

SETS, MEMBERS_EACH = 100_000, 10
VALUE_BYTES = 32

TABLES = (
    Table("memory", "memory", "Resident memory, bytes", 1,
          ratios=(("FastKV / best peer", FASTKV, BEST),)),
)


def measure(peer, load, results, options):
    size = ("--keys=%d" % options.memory_keys, "--value_size=%d" % VALUE_BYTES)
    _measure_keys(peer, load, results, options, "per key", "get", size)
    if "memory" not in options.only:
        return
    _measure_keys(peer, load, results, options, "per key with a TTL", "setex", size)
    if not peer.sorted_sets:
        return
    members = options.set_members
    _measure_sets(peer, load, results, options,
                  "per member, one set of {:,}".format(members), 1, members, members)
    count = max(SETS * options.set_members // 1_000_000, 1)
    _measure_sets(peer, load, results, options,
                  "per set, {:,} sets of {}".format(count, MEMBERS_EACH),
                  count, count * MEMBERS_EACH, count)


def _measure_keys(peer, load, results, options, row, workload, size):
    with peer.start(options.dir) as running:
        before = settled_memory(running)
        if workload == "get" and "stalls" in options.only:
            stalls.measure_inserting(running, load, results, options,
                                     lambda: load.fill(running, workload, *size))
        else:
            load.fill(running, workload, *size)
        _add(results, row, running, before, options.memory_keys, options.memory_keys)


def _measure_sets(peer, load, results, options, row, sets, members, divisor):
    with peer.start(options.dir) as running:
        before = settled_memory(running)
        load.fill(running, "zscore", "--sets=%d" % sets, "--keys=%d" % members, "--fill_by_set")
        _add(results, row, running, before, sets, divisor)


def _add(results, row, running, before, keys, divisor):
    growth = settled_memory(running) - before
    if running.count() != keys:
        raise SystemExit("%s holds %d keys, not %d" % (running.peer.name, running.count(), keys))
    results.add("memory", row, running.peer.name, growth / divisor)
