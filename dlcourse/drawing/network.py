"""A fully connected network as circles and lines."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.drawing import style
from dlcourse.drawing.picture import LONGEST, Picture, picture

MOST_UNITS = 8
# Points.
_WIDEST, _COLUMN, _ROW, _RADIUS = 8.4 * 72, 108.0, 33.0, 11.0
_SIDE, _MARGIN, _LINE = 34.0, 9.0, 15.0


@dataclass(eq=False)
class _Network:
    """What to draw: sizes of the layers, which units are kept, and the weights between the layers."""

    sizes: list[int]
    kept: list[np.ndarray]
    weights: list[np.ndarray] | None

    @property
    def xs(self) -> list[float]:
        """Where the layers are from left to right."""
        step = min(_COLUMN, (_WIDEST - 2 * _SIDE) / (len(self.sizes) - 1))
        return [_SIDE + step * layer for layer in range(len(self.sizes))]

    @property
    def rows(self) -> float:
        """Height of the tallest layer."""
        return max(_height(len(self.shown(layer)), size) for layer, size in enumerate(self.sizes))

    def shown(self, layer: int) -> list[int]:
        """The units that are drawn; from a large layer its two ends."""
        n = self.sizes[layer]
        if n <= MOST_UNITS:
            return list(range(n))
        return [*range(MOST_UNITS // 2), *range(n - MOST_UNITS // 2, n)]


def draw_network(
    sizes: Sequence[int],
    mask: Sequence[Any] | None = None,
    *,
    labels: Sequence[str] | None = None,
    weights: Sequence[Any] | None = None,
    alt: str | None = None,
) -> Picture:
    """Draw a fully connected network, from its inputs on the left to its outputs on the right.

    At most eight units of a layer are drawn, the first four and the last four, with dots between them; the sizes
    stand below. A unit that is struck out is dashed and crossed, and its connections are gone.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, inputs first.
    mask : sequence, optional
        For each layer a boolean array with True for a kept unit, or None where all are kept.
    labels : sequence of str, optional
        A name for each layer, below its size.
    weights : sequence of arrays, optional
        One of shape (units, units of the next layer) between each two layers: wider lines for larger weights,
        dashed red ones for negative.
    alt : str, optional
        A sentence in place of the one made from the sizes.

    Raises
    ------
    ValueError
        When a mask, the labels or the weights don't match the sizes.

    Examples
    --------
    >>> draw_network([3, 4, 1])
    Fully connected network with layers of 3, 4 and 1 units and 16 connections.
    """
    sizes = [int(n) for n in sizes]
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"draw_network: expected two or more layers of at least one unit, got sizes {sizes}")
    network = _Network(sizes, _checked_mask(sizes, mask), _checked_weights(sizes, weights))
    if labels is not None and len(labels) != len(sizes):
        raise ValueError(f"draw_network: expected a label for each of {len(sizes)} layers, got {len(labels)}")
    width, below = network.xs[-1] + _SIDE, _MARGIN + network.rows + 8
    height = below + _LINE + (_LINE if labels else 0) + _MARGIN

    def draw(fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        places = [_places(network, layer) for layer in range(len(sizes))]
        for layer in range(len(sizes) - 1):
            _connect(axes, network, layer, places)
        for layer, size in enumerate(sizes):
            _draw_layer(axes, network, layer, places[layer])
            x = network.xs[layer]
            axes.text(x, below, str(size), size=11, ha="center", va="top")
            if labels:
                axes.text(x, below + _LINE + 1, labels[layer], size=10, ha="center", va="top", color=style.MUTED)

    return picture(draw, alt or _describe(network), size=(width / 72, height / 72))


def _checked_mask(sizes: Sequence[int], mask: Sequence[Any] | None) -> list[np.ndarray]:
    given = [None] * len(sizes) if mask is None else list(mask)
    if len(given) != len(sizes):
        raise ValueError(f"draw_network: expected a mask for each of {len(sizes)} layers, got {len(given)}")
    kept = []
    for layer, (size, entries) in enumerate(zip(sizes, given, strict=True)):
        array = np.ones(size, bool) if entries is None else np.asarray(entries)
        if array.shape != (size,) or array.dtype != bool:
            raise ValueError(
                f"draw_network: expected mask[{layer}] to be {size} booleans, True = kept, "
                f"got {array.dtype} of shape {array.shape}"
            )
        kept.append(array)
    return kept


def _checked_weights(sizes: Sequence[int], weights: Sequence[Any] | None) -> list[np.ndarray] | None:
    if weights is None:
        return None
    arrays = [np.asarray(w, dtype=float) for w in weights]
    expected, got = list(itertools.pairwise(sizes)), [w.shape for w in arrays]
    if got != expected:
        raise ValueError(f"draw_network: expected weights of shapes {expected}, got {got}")
    return arrays


def _height(drawn: int, size: int) -> float:
    return _ROW * (drawn - 1 + (size > drawn)) + 2 * _RADIUS


def _places(network: _Network, layer: int) -> dict[int, tuple[float, float]]:
    """Where the units of a layer are; the dots of a large one take the place of a unit."""
    units, size = network.shown(layer), network.sizes[layer]
    first = _MARGIN + (network.rows - _height(len(units), size)) / 2 + _RADIUS
    steps = [i + (size > len(units) and i >= MOST_UNITS // 2) for i in range(len(units))]
    return {unit: (network.xs[layer], first + _ROW * step) for unit, step in zip(units, steps, strict=True)}


def _connect(axes: Any, network: _Network, layer: int, places: Sequence[dict[int, tuple[float, float]]]) -> None:
    """Draw the connections between kept units of a layer and of the next."""
    weights = None if network.weights is None else network.weights[layer]
    largest = 1.0 if weights is None else float(np.abs(weights).max()) or 1.0
    for (i, (x0, y0)), (j, (x1, y1)) in itertools.product(places[layer].items(), places[layer + 1].items()):
        if not (network.kept[layer][i] and network.kept[layer + 1][j]):
            continue
        look: dict[str, Any] = {"color": style.WIRE, "linewidth": 0.8, "linestyle": "-"}
        if weights is not None:
            w = float(weights[i, j])
            look = {"color": style.VALUE, "linewidth": 0.3 + 2.7 * abs(w) / largest, "linestyle": "-"}
            if w < 0:
                look |= {"color": style.GRADIENT, "linestyle": (0, (4, 2))}
        axes.plot([x0, x1], [y0, y1], marker="", zorder=1, **look)


def _draw_layer(axes: Any, network: _Network, layer: int, places: dict[int, tuple[float, float]]) -> None:
    from matplotlib.patches import Circle

    for unit, (x, y) in places.items():
        look: dict[str, Any] = {"facecolor": style.FILL, "edgecolor": style.INK, "linestyle": "-"}
        if not network.kept[layer][unit]:
            look = {"facecolor": style.CARD, "edgecolor": style.MUTED, "linestyle": (0, (2.5, 1.5))}
            d = _RADIUS * 0.71
            for slope in (-1, 1):
                ends = [x - d, x + d], [y - slope * d, y + slope * d]
                axes.plot(*ends, color=style.MUTED, linestyle="-", linewidth=1.2, marker="", zorder=3)
        axes.add_patch(Circle((x, y), _RADIUS, linewidth=1.2, zorder=2, **look))
    if network.sizes[layer] > len(places):
        x, above = places[MOST_UNITS // 2 - 1]
        for shift in (-7, 0, 7):
            axes.add_patch(Circle((x, above + _ROW + shift), 1.8, facecolor=style.INK, linewidth=0, zorder=2))


def _describe(network: _Network) -> str:
    sizes = network.sizes
    connections = sum(int(a.sum() * b.sum()) for a, b in itertools.pairwise(network.kept))
    links = f"{connections} connection" + "s" * (connections != 1)
    text = f"Fully connected network with layers of {_listed(sizes)} units"
    dropped = [int((~kept).sum()) for kept in network.kept]
    if any(dropped):
        text += f"; struck out are {_listed(dropped)} of them; left: {links}."
    else:
        text += f" and {links}."
    if len(text) > LONGEST:
        return f"Fully connected network of {len(sizes)} layers, {sum(sizes)} units and {links}."
    return text


def _listed(numbers: Sequence[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}"
