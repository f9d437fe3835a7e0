"""What was measured, and the tables that show it."""

import statistics

from servers import cell


class Table:
    """`ratios` are further columns: a title, the column above the line and the
    one below, or BEST for the least of the other servers that keep data."""

    def __init__(self, part, key, title, decimals, ratios=()):
        self.part = part
        self.key = key
        self.title = title
        self.decimals = decimals
        self.ratios = ratios


BEST = object()


class Results:

    def __init__(self):
        self._values = {}  # table -> row -> column -> values, one a round

    def add(self, table, row, column, value):
        rows = self._values.setdefault(table, {})
        rows.setdefault(row, {}).setdefault(column, []).append(value)

    def rows(self, table):
        return self._values.get(table, {})

    def columns(self, table):
        """All columns of a table, in the order in which they came."""
        found = {}
        for columns in self.rows(table).values():
            found.update(dict.fromkeys(columns))
        return list(found)

    def as_dict(self):
        return self._values

    def markdown(self, table, not_best=(), spread=True):
        """One row a line. Without `spread`, of the figures only the medians."""
        columns = self.columns(table.key)
        titles = ["", *columns, *(title for title, _, _ in table.ratios)]
        lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
        for row, by_column in self.rows(table.key).items():
            cells = [_cell(by_column.get(column, ()), table.decimals, spread)
                     for column in columns]
            for _, above, below in table.ratios:
                if below is BEST:
                    below = _best(by_column, (above, *not_best))
                cells.append(_ratio(by_column.get(above), by_column.get(below)))
            lines.append("| %s | %s |" % (row, " | ".join(cells)))
        return "\n".join(lines)


def _cell(values, decimals, spread=True):
    if spread and len(values) > 1:
        return cell(values, decimals)
    # Not "-0".
    return "{:,.{}f}".format(round(statistics.median(values), decimals) + 0, decimals) \
        if values else ""


def _best(by_column, without):
    medians = {column: statistics.median(values) for column, values in by_column.items()
               if column not in without}
    return min(medians, key=medians.get, default=None)


def _ratio(above, below):
    """Round by round: what else the machine did met both."""
    if not above or not below or len(above) != len(below) or 0 in below:
        return ""
    return _cell([a / b for a, b in zip(above, below)], 2)
