"""Puts a planned computation graph on a canvas: gates, wires, arrows, numbers."""

from __future__ import annotations

import math
from typing import Any

from dlcourse.drawing import style
from dlcourse.drawing.layout import LEVEL, Spot
from dlcourse.drawing.plan import MARGIN, OVERHANG, Band, Plan, entering, stub
from dlcourse.drawing.signs import ARROW, Label, Sign
from dlcourse.drawing.tape import Gate, Wire

THICKNESS = 1.2
HALF_ARROW = 2.6
LIFT = 3.0  # between a wire and what stands above or below it


class Pen:
    """Draws a plan on axes that count points from the upper left corner, and remembers what may change later.

    Attributes
    ----------
    outlines : dict of Gate -> patch
    values, gradients : dict of Wire -> text
        Of the wires that have one.
    """

    def __init__(self, axes: Any, plan: Plan) -> None:
        self.axes = axes
        self.plan = plan
        self.sizes = plan.sizes
        self.outlines: dict[Gate, Any] = {}
        self.values: dict[Wire, Any] = {}
        self.gradients: dict[Wire, Any] = {}

    def draw(self, output: Wire) -> None:
        """Draw all bands; `output` is the wire that leaves the graph."""
        for band in self.plan.bands:
            starts = self.begin(band)
            for column in band.columns:
                for spot in self.plan.columns[column]:
                    self.sources(spot, band, starts)
                    self.spot(spot, band)
                starts = {}
            self.end(band, output)

    def begin(self, band: Band) -> dict[tuple[Spot, int], float]:
        """Take up the wires of the band before; return where those that come from outside start."""
        column = band.columns[0]
        if column == 0:
            return {}
        links = self.crossing(column)
        x = MARGIN + stub(self.sizes)
        for (spot, row), number in links.items():
            y = spot.y + spot.rows[row] + band.shift
            begin = MARGIN + 0.5 * stub(self.sizes)
            self.text(begin, y, _circled(number), self.sizes.letters + 1, style.MUTED, ha="right")
            self.wire([(begin + 1, y), (x, y)])
        return dict.fromkeys(links, x)

    def end(self, band: Band, output: Wire) -> None:
        """Let the result leave to the right, or the wires go on in the next band."""
        last = band.columns[-1]
        x = self.trunk(last, band)[1]
        if last + 1 == len(self.plan.columns):
            (spot,) = self.plan.columns[last]
            y = spot.y + spot.rows[output.row] + band.shift
            self.wire([(x, y), (x + ARROW + 3, y)], arrow=True)
            if output.gate is not None:
                self.text(x + ARROW + 6, y, output.name, self.sizes.letters, ha="left")
            return
        for (spot, row), number in self.crossing(last + 1).items():
            y = spot.y + spot.rows[row] + band.shift
            tip = x + self.plan.channels[last] + 0.4 * stub(self.sizes)
            self.wire([(x, y), (tip, y)], arrow=True)
            self.text(tip + 2, y, _circled(number), self.sizes.letters + 1, style.MUTED, ha="left")

    def crossing(self, column: int) -> dict[tuple[Spot, int], int]:
        """The wires that a break before `column` cuts, numbered through all breaks."""
        breaks = [band.columns[0] for band in self.plan.bands[1:] if band.columns[0] < column]
        first = sum(len(entering(self.plan, c)) for c in breaks)
        return {link: first + i for i, link in enumerate(entering(self.plan, column))}

    def trunk(self, column: int, band: Band) -> tuple[float, float]:
        """Where the trunk of a column begins and ends."""
        begin = band.lefts[column] + self.plan.heads[column]
        return begin, begin + self.plan.trunks[column]

    def sources(self, spot: Spot, band: Band, starts: dict[tuple[Spot, int], float]) -> None:
        """Draw what comes in: a bend in the channel, then straight into the spot."""
        left = band.lefts[spot.column]
        sign = self.plan.signs.get(spot)
        for port, link in zip(spot.ports, spot.sources, strict=True):
            source, row = link
            x = starts[link] if link in starts else self.trunk(source.column, band)[1]
            begin = (x, source.y + source.rows[row] + band.shift)
            y = spot.y + port + band.shift
            y = begin[1] if abs(y - begin[1]) < LEVEL else y
            if sign is None:
                self.wire([begin, (left, y), (self.trunk(spot.column, band)[1], y)])
            else:
                edge = left + self.plan.heads[spot.column] / 2 - _half_width(sign, port)
                self.wire([begin, (min(left, edge - ARROW), y), (edge, y)], arrow=True)
            if sum(x == link for target in self.plan.columns[spot.column] for x in target.sources) > 1:
                self.dot(*begin)

    def spot(self, spot: Spot, band: Band) -> None:
        """Draw a gate or the name of a leaf, and its wires with their labels."""
        sign = self.plan.signs.get(spot)
        if sign is None:
            return
        y = spot.y + band.shift
        begin, end = self.trunk(spot.column, band)
        if isinstance(sign.thing, Gate):
            centre = begin - self.plan.heads[spot.column] / 2
            self.gate(sign, sign.thing, centre, y)
            start = centre + sign.outline[0] / 2
        else:
            start = begin
            if sign.thing.name:
                self.text(begin - 4, y, sign.thing.name, self.sizes.letters, ha="right")
            else:
                self.dot(begin, y)
        wires = sign.thing.outputs if isinstance(sign.thing, Gate) else [sign.thing]
        for row, label, wire in zip(spot.rows, sign.labels, wires, strict=True):
            self.wire([(start, y + row), (end, y + row)])
            self.label(wire, label, (begin + end + OVERHANG) / 2, y + row)

    def gate(self, sign: Sign, gate: Gate, x: float, y: float) -> None:
        from matplotlib.patches import Circle, FancyBboxPatch

        width, height = sign.outline
        look: dict[str, Any] = {"facecolor": style.FILL, "edgecolor": style.INK, "linewidth": THICKNESS, "zorder": 2}
        if width == height:
            outline: Any = Circle((x, y), width / 2, **look)
        else:
            shape = f"round,pad=0,rounding_size={_corner(sign)}"
            outline = FancyBboxPatch((x - width / 2, y - height / 2), width, height, boxstyle=shape, **look)
        self.outlines[gate] = self.axes.add_patch(outline)
        size = self.sizes.symbol(gate.symbol)
        if "\n" in gate.symbol:
            self.text(x, y, gate.symbol, size)
        else:
            self.text(x, y + _middle(gate.symbol, size), gate.symbol, size, va="baseline")
        for text, side in [(sign.above, -1), (sign.below, 1)]:
            if text:
                tip = y + side * height / 2
                self.wire([(x, tip + side * (ARROW + 2)), (x, tip)], arrow=True, colour=style.MUTED)
                va = "bottom" if side < 0 else "top"
                self.text(x, tip + side * (ARROW + 2.5), text, self.sizes.numbers, style.MUTED, va=va)

    def label(self, wire: Wire, label: Label, x: float, y: float) -> None:
        top = y - LIFT
        if label.value:
            self.values[wire] = self.text(x, top, label.value, self.sizes.numbers, style.VALUE, va="baseline")
            top -= 1.2 * self.sizes.numbers
        if label.name:
            self.text(x, top, label.name, self.sizes.letters, va="baseline")
        if label.gradient:
            below = y + LIFT + 0.76 * self.sizes.numbers  # the height of a digit
            look = {"va": "baseline", "style": "italic"}
            self.gradients[wire] = self.text(x, below, label.gradient, self.sizes.numbers, style.GRADIENT, **look)

    def text(self, x: float, y: float, text: str, size: float, colour: str = style.INK, **look: Any) -> Any:
        look = {"ha": "center", "va": "center_baseline", **look}
        return self.axes.text(x, y, text, size=size, color=colour, zorder=3, linespacing=1.05, **look)

    def dot(self, x: float, y: float) -> None:
        from matplotlib.patches import Circle

        self.axes.add_patch(Circle((x, y), 2.2, facecolor=style.WIRE, edgecolor="none", zorder=2))

    def wire(self, points: list[tuple[float, float]], *, arrow: bool = False, colour: str = style.WIRE) -> None:
        """Draw a wire through points: bent between the first two when it changes height, then straight."""
        from matplotlib.patches import PathPatch, Polygon
        from matplotlib.path import Path

        (x0, y0), (x1, y1) = points[:2]
        tip = points[-1]
        if arrow:
            dx, dy = (float((b > a) - (b < a)) for a, b in zip(points[-2], tip, strict=True))
            foot = (tip[0] - ARROW * dx, tip[1] - ARROW * dy)
            wings = [(foot[0] + s * HALF_ARROW * dy, foot[1] + s * HALF_ARROW * dx) for s in (-1, 1)]
            self.axes.add_patch(Polygon([tip, *wings], facecolor=colour, edgecolor="none", zorder=1))
            points = [*points[:-1], foot]
        codes = [Path.MOVETO] + [Path.LINETO] * (len(points) - 1)
        if len(points) > 2 and y0 != y1:
            middle = (x0 + x1) / 2
            points = [(x0, y0), (middle, y0), (middle, y1), *points[1:]]
            codes = [Path.MOVETO, *[Path.CURVE4] * 3] + [Path.LINETO] * (len(points) - 4)
        look = {"facecolor": "none", "edgecolor": colour, "linewidth": THICKNESS, "capstyle": "butt"}
        self.axes.add_patch(PathPatch(Path(points, codes), zorder=1, **look))


def _corner(sign: Sign) -> float:
    return min(*sign.outline, 24.0) / 2


def _half_width(sign: Sign, dy: float) -> float:
    """Half the width of a gate's outline at a height above or below its middle."""
    width, height = sign.outline
    corner = _corner(sign) if width != height else width / 2
    over = max(0.0, abs(dy) - (height / 2 - corner))
    return width / 2 - corner + math.sqrt(corner**2 - over**2)


def _middle(text: str, size: float) -> float:
    """How far the middle of the letters, without what hangs below the line, is above the baseline."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    ink = TextPath((0, 0), text, size=size, prop=FontProperties(family="DejaVu Sans")).get_extents()
    return float(ink.y1 + max(ink.y0, 0.0)) / 2


def _circled(number: int) -> str:
    return chr(ord("①") + number) if number < 10 else str(number + 1)  # the font has ten
