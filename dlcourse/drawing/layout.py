"""A layered layout: columns from the longest paths, an order with few crossings, heights that straighten wires.

Nothing here knows what is drawn. A `Spot` is a place in a column with a size, wires that leave to the right
and sources to the left; a wire that passes several columns gets a spot of its own in each.
Method: Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures" (1981);
the heights are least squares under least distances, solved by pooling (isotonic regression).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

LEVEL = 2.0  # a climb of fewer points is hardly seen

Columns = list[list["Spot"]]


@dataclass(eq=False)
class Spot:
    """A place in a column, `y` growing downwards.

    Attributes
    ----------
    up, down : float
        How far it reaches above and below its middle.
    rows : sequence of float
        Where its wires leave, relative to its middle.
    sources : list of (Spot, int)
        Which spot, and which of its wires, comes in at each port.
    ports : sequence of float
        Where they arrive, relative to its middle.
    ordered : bool
        The first source must arrive at the first port.
    """

    up: float
    down: float
    rows: Sequence[float] = (0.0,)
    sources: list[tuple[Spot, int]] = field(default_factory=list)
    ports: Sequence[float] = ()
    ordered: bool = False
    column: int = 0
    place: int = 0
    y: float = 0.0
    passing: bool = False


def arrange(spots: Sequence[Spot], *, gap: float, passing: float) -> Columns:
    """Give every spot its column, its place in it and its height.

    Parameters
    ----------
    spots : sequence of Spot
        Sources before targets; the last is the output, which all others lead to.
    gap : float
        Least distance between two spots of a column.
    passing : float
        How far a passing wire reaches above and below its middle.

    Returns
    -------
    list of columns
        Each from top to bottom, with the passing wires put in.
    """
    _assign_columns(spots)
    columns = _with_passing_wires(spots, passing)
    _order(columns, spots[-1])
    for spot in itertools.chain(*columns):
        if not spot.ordered:
            spot.sources.sort(key=lambda link: (link[0].place, link[1]))
    _set_heights(columns, gap)
    return columns


def _assign_columns(spots: Sequence[Spot]) -> None:
    """As far right as the consumers let each spot go: the column is the longest path to the output."""
    depth = dict.fromkeys(spots, 0)
    for spot in reversed(spots):
        for source, _ in spot.sources:
            depth[source] = max(depth[source], depth[spot] + 1)
    for spot in spots:
        spot.column = max(depth.values()) - depth[spot]


def _with_passing_wires(spots: Sequence[Spot], reach: float) -> Columns:
    columns: Columns = [[] for _ in range(1 + max(spot.column for spot in spots))]
    passed: dict[tuple[Spot, int, int], Spot] = {}
    for spot in spots:
        columns[spot.column].append(spot)
    for spot in spots:
        for i, (source, row) in enumerate(spot.sources):
            last = (source, row)
            for column in range(source.column + 1, spot.column):
                key = (source, row, column)
                if key not in passed:
                    passed[key] = Spot(reach, reach, sources=[last], ports=(0.0,), column=column, passing=True)
                    columns[column].append(passed[key])
                last = (passed[key], 0)
            spot.sources[i] = last
    return columns


def _order(columns: Columns, output: Spot) -> None:
    """Begin with the order of a walk back from the output, which draws trees without crossings; then sweep."""
    seen: dict[Spot, int] = {}
    stack = [output]
    while stack:
        spot = stack.pop()
        if spot not in seen:
            seen[spot] = len(seen)
            stack += [source for source, _ in reversed(spot.sources)]
    for column in columns:
        _put(sorted(column, key=lambda spot: seen[spot]), column)
    best, fewest = [list(column) for column in columns], _crossings(columns)
    for sweep in range(12):
        if fewest == 0:
            break
        _sort_by_neighbours(columns, from_the_left=sweep % 2 == 0)
        _swap_neighbours(columns)
        if (n := _crossings(columns)) < fewest:
            best, fewest = [list(column) for column in columns], n
    for column, spots in zip(columns, best, strict=True):
        _put(spots, column)


def _put(spots: Sequence[Spot], column: list[Spot]) -> None:
    column[:] = spots
    for place, spot in enumerate(column):
        spot.place = place


def _sort_by_neighbours(columns: Columns, *, from_the_left: bool) -> None:
    """Put each spot where its sources (or targets) are on average."""
    targets = _targets(columns)
    for column in columns if from_the_left else reversed(columns):
        centres = {}
        for spot in column:
            if from_the_left:
                near = [source.place + 0.01 * row for source, row in spot.sources]
            else:
                near = [target.place + 0.01 * port for target, port in targets[spot]]
            centres[spot] = sum(near) / len(near) if near else spot.place
        _put(sorted(column, key=lambda spot: centres[spot]), column)


def _swap_neighbours(columns: Columns) -> None:
    """Swap two neighbours wherever that leaves fewer crossings to their left and right."""
    for c, column in enumerate(columns):
        near = columns[c : c + 2]
        for i in range(len(column) - 1):
            before, spots = _crossings(near), list(column)
            _put([*spots[:i], spots[i + 1], spots[i], *spots[i + 2 :]], column)
            if _crossings(near) >= before:
                _put(spots, column)


def _targets(columns: Columns) -> dict[Spot, list[tuple[Spot, int]]]:
    targets: dict[Spot, list[tuple[Spot, int]]] = {spot: [] for column in columns for spot in column}
    for spot in targets:
        for port, (source, _) in enumerate(spot.sources):
            targets[source].append((spot, port))
    return targets


def _crossings(columns: Columns) -> int:
    total = 0
    for column in columns:
        ends = [
            ((source.place, row), (spot.place, port if spot.ordered else 0))
            for spot in column
            for port, (source, row) in enumerate(spot.sources)
        ]
        for (a, c), (b, d) in itertools.combinations(ends, 2):
            total += (a < b and c > d) or (a > b and c < d)
    return total


def _set_heights(columns: Columns, gap: float, sweeps: int = 120) -> None:
    """Pull every spot to where its wires would be straight, keeping the least distances within the columns.

    The pull of a wire grows with its climb only up to `LEVEL`, so that few wires climb and the rest are level.
    """
    pulls = _pulls(columns)
    for column in columns:
        for above, below in itertools.pairwise(column):
            below.y = above.y + above.down + gap + below.up
    for sweep in range(sweeps):
        for column in columns if sweep % 2 else reversed(columns):
            gaps = [a.down + gap + b.up for a, b in itertools.pairwise(column)]
            targets, weights = [], []
            for spot in column:
                ends = [(other.y + shift, weight) for other, shift, weight in pulls[spot]]
                pull = [(weight / (LEVEL + abs(y - spot.y)), y) for y, weight in ends] or [(0.01, spot.y)]
                weights.append(sum(weight for weight, _ in pull))
                targets.append(sum(weight * y for weight, y in pull) / weights[-1])
            for spot, y in zip(column, _nearest(targets, weights, gaps), strict=True):
                spot.y = y
    for spot in itertools.chain(*columns):
        if spot.passing:
            (source, row), before = spot.sources[0], spot.y
            level = source.y + source.rows[row]
            spot.y = level if abs(level - before) < LEVEL else before


def _pulls(columns: Columns) -> dict[Spot, list[tuple[Spot, float, float]]]:
    """For each spot its neighbours, the shift at which the wire is straight, and how much that matters."""
    pulls: dict[Spot, list[tuple[Spot, float, float]]] = {spot: [] for column in columns for spot in column}
    for spot in pulls:
        for port, (source, row) in zip(spot.ports, spot.sources, strict=True):
            weight = 4.0 if len(spot.sources) == 1 else 1.0
            weight *= 2.0 if spot.passing or source.passing else 1.0
            shift = source.rows[row] - port
            pulls[spot].append((source, shift, weight))
            pulls[source].append((spot, -shift, weight))
    return pulls


def _nearest(targets: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The heights nearest to `targets` in weighted least squares, neighbours at least `gaps` apart."""
    least = np.concatenate([[0.0], np.cumsum(gaps)]) if len(targets) > 1 else np.zeros(len(targets))
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
    for target, weight in zip(np.asarray(targets) - least, weights, strict=True):
        mean, total, n = float(target), weight, 1
        while blocks and blocks[-1][0] > mean:
            above, w, k = blocks.pop()
            mean, total, n = (above * w + mean * total) / (w + total), w + total, n + k
        blocks.append((mean, total, n))
    flat = [mean for mean, _, n in blocks for _ in range(n)]
    return [y + shift for y, shift in zip(flat, least.tolist(), strict=True)]
