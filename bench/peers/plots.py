"""The plots of a run: which table becomes which file."""

from peers import FASTKV, FLOOR
from svg import BOUND, OTHER, OURS, Bar, Panel, draw

_KINDS = {FASTKV: OURS, FLOOR: BOUND}


class _Plot:

    def __init__(self, file, table, title, note, ending=None):
        self.file = file
        self.table = table
        self.title = title
        self.note = note
        self.ending = ending  # of the names of the rows to show; None: of all


def _plots(options):
    return (
        _Plot("cpu.svg", "cpu", "Server CPU per operation, µs",
              "{} connections, {:,} random keys of 16 bytes, values of {} bytes, one server thread"
              .format(options.connections, options.keys, options.value_size)),
        _Plot("latency.svg", "latency", "Latency at a fixed rate, µs",
              "{:,} requests a second, one in ten SET; {} connections"
              .format(options.rate, options.connections)),
        _Plot("sets.svg", "sets_cpu", "Sorted sets: server CPU per operation, µs",
              "One set of {:,} members, pipeline 16".format(options.set_members)),
        _Plot("memory.svg", "memory", "Resident memory, bytes",
              "{:,} keys of 16 bytes with values of 32; members of 16 bytes"
              .format(options.memory_keys)),
        _Plot("stalls.svg", "stalls", "The longest wait of another connection, ms",
              "A request every 0.2 ms beside the load, from when it was due",
              ending=": max"),
    )


def write_plots(results, options, write):
    """Calls write(name, text) for every plot that there are figures for."""
    for plot in _plots(options):
        if _has_part(plot, options) and results.rows(plot.table):
            panels = _panels(results.rows(plot.table), plot.ending)
            write(plot.file, draw(plot.title, plot.note + "; less is better", panels))


def _has_part(plot, options):
    # Filling a server for one part also fills tables of another.
    return plot.table != "memory" or "memory" in options.only


def _panels(rows, ending):
    panels = []
    for row, by_column in rows.items():
        if ending is not None and not row.endswith(ending):
            continue
        title = row[:-len(ending)] if ending else row
        panels.append(Panel(_capital(title),
                            [Bar(column, values, _KINDS.get(column, OTHER))
                             for column, values in by_column.items()]))
    return panels


def _capital(text):
    """A sentence's first word in its form; p99 keeps its own."""
    return text if text[1:2].isdigit() else text[:1].upper() + text[1:]
