"""Where everything of a computation graph goes: columns are set side by side, long rows wrapped.

A column has three parts: its head (gates and the names of leaves), its trunk (wires with their numbers) and
a channel in which the wires change places on their way to the next column. All lengths are in points.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from dlcourse.drawing.layout import Columns, Spot, arrange
from dlcourse.drawing.signs import ARROW, Measure, Sign, Sizes, make_label, make_sign, make_spot
from dlcourse.drawing.tape import Gate, Tape, Wire

WIDEST = 8.4 * 72
MARGIN = 8.0
OVERHANG = 2.5  # of a number over the end of its trunk, where the wires still run level

# Sizes of letters, and how roomy the columns stand. The first that fits into one row is taken; if none does,
# the one of WRAPPED that takes the fewest rows.
FITS = ((11, 1.0), (10, 1.0), (10, 0.6), (9, 0.6), (9, 0.3), (9, 0.15))
WRAPPED = ((10, 0.8), (9, 0.6))


@dataclass(eq=False)
class Band:
    """Columns in one row: where each begins, and how far down the band is moved."""

    columns: range
    lefts: dict[int, float]
    shift: float


@dataclass(eq=False)
class Plan:
    """A graph with all its places, `width` and `height` without margins at the right and the bottom."""

    sizes: Sizes
    columns: Columns
    signs: dict[Spot, Sign]  # passing wires have none
    heads: list[float]
    trunks: list[float]
    channels: list[float]
    bands: list[Band]
    width: float = 0.0
    height: float = 0.0


def make_plan(tape: Tape, measure: Measure, *, values: bool, gradients: bool, top: float) -> Plan:
    """Choose the largest letters with which the graph fits the width, and wrap it when it fits with none.

    Parameters
    ----------
    tape : Tape
    measure : callable
        ``measure(text, size) -> (width, height)``
    values, gradients : bool
        Which numbers are written.
    top : float
        Where the graph may begin.
    """
    name = tape.output.name if tape.output.gate else ""
    for sizes in itertools.starmap(Sizes, FITS):
        plan = _plan_at(sizes, tape, measure, values, gradients)
        end = measure(name, sizes.letters)[0] + 5 if name else 0.0
        widest = WIDEST - 2 * MARGIN - end
        if sum(_widths(plan)) <= widest:
            bands = [range(len(plan.columns))]
            break
    else:
        plans = [_plan_at(sizes, tape, measure, values, gradients) for sizes in itertools.starmap(Sizes, WRAPPED)]
        plan, bands = min(((plan, _wrapped(plan, widest)) for plan in plans), key=lambda pair: len(pair[1]))
    _set_bands(plan, bands, top)
    plan.width += end
    return plan


def stub(sizes: Sizes) -> float:
    """Length of the piece of wire, with its letter, where a band ends and the next begins."""
    return 2.2 * sizes.numbers


def entering(plan: Plan, column: int) -> list[tuple[Spot, int]]:
    """The wires that come into a column from the one before it, from top to bottom."""
    links = {link for spot in plan.columns[column] for link in spot.sources}
    return sorted(links, key=lambda link: link[0].y + link[0].rows[link[1]])


def _plan_at(sizes: Sizes, tape: Tape, measure: Measure, values: bool, gradients: bool) -> Plan:
    spots: dict[Wire | Gate, Spot] = {}
    signs = {}
    things: list[Wire | Gate] = [*tape.leaves, *tape.gates]
    for thing in things:
        wires = thing.outputs if isinstance(thing, Gate) else [thing]
        labels = [make_label(wire, tape, values, gradients) for wire in wires]
        sign = make_sign(thing, labels, sizes, measure)
        spots[thing] = spot = make_spot(sign, sizes)
        if isinstance(thing, Gate):
            spot.sources = [(spots[x.gate or x], x.row) for x in thing.wires]
        signs[spot] = sign
    columns = arrange(list(spots.values()), gap=0.45 * sizes.letters, passing=0.3 * sizes.letters)
    heads, trunks = [], []
    for column in columns:
        here = [signs[spot] for spot in column if spot in signs]
        heads.append(max((sign.width for sign in here), default=0.0))
        trunks.append(max((sign.trunk for sign in here), default=0.0) + sizes.room * sizes.letters - OVERHANG)
    channels = [_channel(column, sizes) for column in columns[1:]]
    return Plan(sizes, columns, signs, heads, trunks, [*channels, ARROW + 3], [])


def _channel(column: Sequence[Spot], sizes: Sizes) -> float:
    """The room wires need to change places: little where all run straight."""
    climbs = [
        abs(source.y + source.rows[row] - spot.y - port)
        for spot in column
        for port, (source, row) in zip(spot.ports, spot.sources, strict=True)
    ]
    steepest = max(climbs)
    return ARROW + 3 + max(0.2, 0.55 * sizes.room) * min(steepest, 7 * sizes.letters)


def _widths(plan: Plan) -> list[float]:
    return [sum(parts) for parts in zip(plan.heads, plan.trunks, plan.channels, strict=True)]


def _wrapped(plan: Plan, widest: float) -> list[range]:
    """Break a row of columns into as few bands as fit the width, about equally long."""
    widths = _widths(plan)
    widest -= 2 * stub(plan.sizes) + max(plan.channels)  # each band begins and ends with a piece of wire

    def bands(limit: float) -> list[range]:
        starts, used = [0], 0.0
        for i, width in enumerate(widths):
            if used and used + width > limit:
                starts.append(i)
                used = 0.0
            used += width
        return [range(a, b) for a, b in itertools.pairwise([*starts, len(widths)])]

    fewest, limit = len(bands(widest)), widest
    while limit > max(widths) and len(bands(limit - 5)) == fewest:
        limit -= 5
    return bands(limit)


def _set_bands(plan: Plan, ranges: Sequence[range], top: float) -> None:
    widths = _widths(plan)
    for columns in ranges:
        first = not plan.bands
        x = MARGIN + (0.0 if first else stub(plan.sizes) + plan.channels[columns[0] - 1])
        starts = itertools.accumulate((widths[c] for c in columns), initial=x)
        spots = [spot for c in columns for spot in plan.columns[c]]
        incoming = [] if first else [s.y + s.rows[row] for s, row in entering(plan, columns[0])]
        reach = 0.6 * plan.sizes.letters
        highest = min([spot.y - spot.up for spot in spots] + [y - reach for y in incoming])
        lowest = max([spot.y + spot.down for spot in spots] + [y + reach for y in incoming])
        plan.bands.append(Band(columns, dict(zip(columns, starts, strict=False)), top - highest))
        top += lowest - highest + 1.4 * plan.sizes.letters
        ends = x + sum(widths[c] for c in columns) + (0 if columns[-1] + 1 == len(widths) else stub(plan.sizes))
        plan.width = max(plan.width, ends)
    plan.height = top - 1.4 * plan.sizes.letters
