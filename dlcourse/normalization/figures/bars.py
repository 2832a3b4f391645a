"""Histograms that move, for views that compare shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcourse.drawing import style

PALE = "#A9C4E6"


def heights(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many values each bin holds, the fullest bin as 1; a wide and a narrow shape are then both legible."""
    counts, _ = np.histogram(values, edges)
    return counts / max(counts.max(), 1)


def histogram(axes: Any, edges: np.ndarray, **look: Any) -> Any:
    """An empty artist for `heights`: ``set_data(values)`` fills it."""
    look = {"fill": True, "facecolor": PALE, "edgecolor": style.VALUE, "linewidth": 1.0, "zorder": 2} | look
    return axes.stairs(np.zeros(len(edges) - 1), edges, **look)


def spread(axes: Any, **look: Any) -> Any:
    """An empty artist for a mean with one standard deviation to either side: three points on a line."""
    look = {"color": style.GRADIENT, "linestyle": "-", "marker": "D", "markevery": [1], "clip_on": False} | look
    return axes.plot([], [], **look)[0]


def short(number: float) -> str:
    """As few digits as it has, with a real minus."""
    return f"{number:g}".replace("-", "−")


def two(number: float) -> str:
    """Two decimals, with a real minus, and 0.00 without one."""
    return f"{round(float(number), 2) + 0.0:.2f}".replace("-", "−")
