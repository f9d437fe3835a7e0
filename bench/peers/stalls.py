"""The longest stalls: what a connection waits for while another's work goes on.

A probe gets a key every 0.2 ms and counts from when each request was due.  On a
machine of few cores it also waits for a core: the row "idle" says how long,
with nothing else going on, and servers that keep note of what took long
(LATENCY LATEST, in whole ms, from 1 ms on) tell what was theirs.
"""

import time

from results import Table

TABLES = (
    Table("stalls", "stalls", "Longest waits of another connection, ms", 2),
    Table("stalls", "own_stalls", "The longest that the server itself noted, ms", 0),
    Table("stalls", "freed", "Resident memory that is given back, % of what it had grown", 0),
)
IDLE_S = 3
# Servers look for what has expired in turns; memcached's thread takes seconds.
AFTER_EXPIRY_S = 6


def measure_inserting(running, load, results, options, fill):
    """While `fill` puts keys into an empty server, and then nothing happens."""
    running.watch_pauses()
    with load.probe(running) as probe:
        fill()
    _add(results, "{:,} keys are inserted".format(options.memory_keys), running, probe)
    running.watch_pauses()
    with load.probe(running) as probe:
        time.sleep(min(IDLE_S, options.stall_seconds))
    _add(results, "idle, with these keys", running, probe)


def measure(peer, load, results, options):
    _measure_expiry(peer, load, results, options)
    if peer.sorted_sets:
        _measure_deletion(peer, load, results, options)


def _measure_expiry(peer, load, results, options):
    row = "{:,} keys expire within a second".format(options.expiring_keys)
    with peer.start(options.dir) as running:
        empty = running.resident_bytes()
        deadline_ms = _fill_to_expire(running, load, options)
        full = running.resident_bytes()
        running.watch_pauses()
        time.sleep(max(deadline_ms / 1000 - time.time() - 2, 0))
        with load.probe(running) as probe:
            time.sleep(max(deadline_ms / 1000 - time.time(), 0) + 1
                       + min(AFTER_EXPIRY_S, options.stall_seconds))
        _add(results, row, running, probe)
        _add_freed(results, row, running, empty, full)


def _fill_to_expire(running, load, options):
    """Fills the server before the first key expires; returns when that is."""
    sample = max(options.expiring_keys // 50, 1)
    seconds = load.fill(running, "setex", "--keys=%d" % sample)
    lead_s = seconds * options.expiring_keys / sample + 3
    for _ in range(4):
        # In whole seconds, as memcached has them.
        deadline_s = int(time.time() + lead_s)
        load.fill(running, "setex", "--keys=%d" % options.expiring_keys,
                  "--value_size=32", "--expire_time_ms=%d" % (deadline_s * 1000))
        if time.time() < deadline_s:
            return deadline_s * 1000
        lead_s *= 2
    raise SystemExit("%s is filled too slowly" % running.peer.name)


def _measure_deletion(peer, load, results, options):
    row = "a set of {:,} members is deleted".format(options.deleted_members)
    with peer.start(options.dir) as running:
        empty = running.resident_bytes()
        load.fill(running, "zscore", "--sets=1", "--keys=%d" % options.deleted_members)
        full = running.resident_bytes()
        running.watch_pauses()
        with load.probe(running) as probe:
            if running.call("DEL", "set:000000000000") != 1:
                raise SystemExit("%s: there is no set" % peer.name)
            time.sleep(min(IDLE_S, options.stall_seconds))
        _add(results, row, running, probe)
        _add_freed(results, row, running, empty, full)


def _add(results, row, running, probe):
    name = running.peer.name
    results.add("stalls", row + ": p99.99", name, probe.report["latency_us_p9999"] / 1000)
    results.add("stalls", row + ": max", name, probe.report["latency_us_max"] / 1000)
    noted = running.longest_pause_ms()
    if noted is not None:
        results.add("own_stalls", row, name, noted)


def _add_freed(results, row, running, empty, full):
    if full > empty:
        freed = full - running.resident_bytes()
        results.add("freed", row, running.peer.name, 100 * freed / (full - empty))
