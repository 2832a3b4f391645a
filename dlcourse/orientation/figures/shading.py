"""The plane in the colours of a neuron's output, and the line where it is one half."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcourse.drawing import style

SHADES = 21
SHARES = np.arange(1, SHADES) / SHADES
STARTS = np.append(-np.inf, SHARES)  # the outputs above which each shade lies
SUMS = np.append(-np.inf, np.log(SHARES / (1 - SHARES)))  # the weighted sums that give them


def shades() -> Any:
    """Colours for an output: light blue at 0, white at 0.5, light red at 1."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("output", ["#A9C4E6", style.CARD, "#F2B8A8"], N=SHADES)


def shade(axes: Any) -> Any:
    """An empty artist for the polygons of `half_planes`, which lie on each other like roof tiles."""
    from matplotlib.collections import PolyCollection

    # Much faster than an image, and the next shade is too near for a jagged edge to be seen.
    colours = shades()(np.arange(SHADES))
    tiles = PolyCollection([], facecolors=colours, edgecolors="none", antialiaseds=False, zorder=0)
    axes.add_collection(tiles, autolim=False)
    return tiles


def half_planes(w: np.ndarray, distance: float, starts: np.ndarray, *, reach: float = 12.0) -> np.ndarray:
    """Where w · x + distance is above each of `starts`, as polygons (starts, 4, 2) that reach beyond the picture."""
    length = np.hypot(*w)
    ahead = w / length if length else np.array([1.0, 0.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        begin = (starts - distance) / length  # of weights 0: everywhere or nowhere
    begin = np.clip(np.where(np.isnan(begin), -reach, begin), -reach, reach)[:, None]
    near, far, aside = begin * ahead, reach * ahead + 0 * begin, reach * np.array([-ahead[1], ahead[0]])
    return np.stack([near - aside, near + aside, far + aside, far - aside], axis=1)


def line_of_half(w: np.ndarray, distance: float, *, half_length: float = 10.0) -> np.ndarray:
    """Two points (2, 2) of the line w · x + distance = 0; none, (0, 2), where the weights are zero."""
    if not w.any():
        return np.zeros((0, 2))
    foot = -distance * w / (w @ w)
    along = half_length * np.array([-w[1], w[0]]) / np.sqrt(w @ w)
    return np.stack([foot - along, foot + along])
