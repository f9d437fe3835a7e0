"""Panels of horizontal bars as an SVG file, for light and for dark pages.

A drawing brings its own background, so that it can be read on any page; where
the reader prefers dark it turns dark.  No scripts and no fonts of its own.
"""

import statistics
from xml.sax.saxutils import escape

# The bar of the server that the plot is about, of the others, and of what is
# no server but a bound.
OURS, OTHER, BOUND = "ours", "other", "bound"

_STYLE = """
text { font-family: -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial,
  sans-serif; fill: #1f2328; font-size: 14px }
.title { font-size: 21px; font-weight: 600 }
.note { font-size: 14px; fill: #59636e }
.panel { font-size: 15px; font-weight: 600 }
.name { text-anchor: end; fill: #59636e }
.name-ours, .value-ours { font-weight: 700 }
.name-ours { text-anchor: end }
.card { fill: #ffffff; stroke: #d1d9e0 }
.axis { stroke: #d1d9e0 }
.ours { fill: #0969da }
.other { fill: #afb8c1 }
.bound { fill: #ffffff; stroke: #afb8c1; stroke-width: 1.5; stroke-dasharray: 4 3 }
.spread { stroke: #1f2328; stroke-opacity: .55; stroke-width: 1.5; fill: none }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .note, .name { fill: #9198a1 }
  .card { fill: #0d1117; stroke: #3d444d }
  .axis { stroke: #3d444d }
  .ours { fill: #4493f8 }
  .other { fill: #525b66 }
  .bound { fill: #0d1117; stroke: #656c76 }
  .spread { stroke: #f0f6fc }
}
"""

_MARGIN = 24
_HEAD = 76  # title and note
_TITLE_LETTER, _NOTE_LETTER = 12, 8  # nearly the widest; fonts differ
_GAP = 36  # between panels
_PANEL_HEAD = 28
_ROW, _BAR = 27, 17
_NAME = 96
_BARS = 186
_VALUE = 72
_PANEL = _NAME + _BARS + _VALUE


class Bar:
    """Several runs of one server: the bar is their median."""

    def __init__(self, name, values, kind=OTHER):
        self.name = name
        self.low, self.middle, self.high = min(values), statistics.median(values), max(values)
        self.kind = kind


class Panel:

    def __init__(self, title, bars):
        self.title = title
        self.bars = bars

    def height(self):
        return _PANEL_HEAD + _ROW * len(self.bars)

    def draw(self, left, top, text_of):
        out = ['<text class="panel" x="%d" y="%d">%s</text>'
               % (left, top + 14, escape(self.title))]
        axis = left + _NAME
        out.append('<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>'
                   % (axis, top + _PANEL_HEAD - 3, axis, top + self.height() - 3))
        scale = _BARS / max(1e-9, *(bar.high for bar in self.bars))
        for number, bar in enumerate(self.bars):
            y = top + _PANEL_HEAD + number * _ROW
            middle = y + _BAR / 2
            ours = "-ours" if bar.kind == OURS else ""
            out.append('<text class="name%s" x="%d" y="%.1f">%s</text>'
                       % (ours, axis - 8, middle + 5, escape(bar.name)))
            out.append(_bar(axis, y, max(bar.middle * scale, 1), bar.kind))
            low, high = axis + bar.low * scale, axis + bar.high * scale
            if high - low > 3:
                out.append(_spread(low, high, middle))
            out.append('<text class="value%s" x="%.1f" y="%.1f">%s</text>'
                       % (ours, max(high, axis) + 7, middle + 5,
                          escape(text_of(bar.middle))))
        return out


def _bar(x, y, width, kind):
    """Square at the axis, round at its end."""
    radius = min(3, width)
    return ('<path class="%s" d="M%d %.1fh%.1fa%g %g 0 0 1 %g %gv%.1fa%g %g 0 0 1 %g %gh-%.1fz"/>'
            % (kind, x, y, width - radius, radius, radius, radius, radius,
               _BAR - 2 * radius, radius, radius, -radius, radius, width - radius))


def _spread(low, high, y):
    return ('<path class="spread" d="M%.1f %.1fV%.1fM%.1f %.1fH%.1fM%.1f %.1fV%.1f"/>'
            % (low, y - 3, y + 3, low, y, high, high, y - 3, y + 3))


def short_number(value):
    """Three digits that mean something, and a comma at thousands."""
    if value >= 100:
        return "{:,.0f}".format(value)
    return "%.1f" % value if value >= 10 else "%.2f" % value


def draw(title, note, panels, columns=2, text_of=short_number):
    """The text of a file: the panels from left to right, row below row.

    Two columns are as wide as a page of GitHub, so that text keeps its size.
    """
    rows = [panels[i:i + columns] for i in range(0, len(panels), columns)]
    columns = min(columns, len(panels))
    width = 2 * _MARGIN + max(columns * _PANEL + (columns - 1) * _GAP,
                              len(title) * _TITLE_LETTER, len(note) * _NOTE_LETTER)
    heights = [max(panel.height() for panel in row) for row in rows]
    height = _MARGIN + _HEAD + sum(heights) + _GAP * (len(rows) - 1) + _MARGIN - 8
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
           'role="img">' % (width, height, width, height),
           "<title>%s</title><style>%s</style>" % (escape(title), _STYLE),
           '<rect class="card" x=".5" y=".5" width="%d" height="%d" rx="8"/>'
           % (width - 1, height - 1),
           '<text class="title" x="%d" y="%d">%s</text>' % (_MARGIN, _MARGIN + 20, escape(title)),
           '<text class="note" x="%d" y="%d">%s</text>' % (_MARGIN, _MARGIN + 45, escape(note))]
    top = _MARGIN + _HEAD
    for row, row_height in zip(rows, heights):
        for number, panel in enumerate(row):
            out += panel.draw(_MARGIN + number * (_PANEL + _GAP), top, text_of)
        top += row_height + _GAP
    return "\n".join(out) + "\n</svg>\n"
