"""Arrays as grids of cells, and text, for views in which both change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from dlcourse.drawing import style


class Cell(NamedTuple):
    """One number of an array: upper left corner, what is written in it, and whether it is only a copy."""

    x: float
    y: float
    text: str
    ghost: bool = False


class Cells:
    """Squares with a number each, a ghost dashed and pale; as many of them as a state needs.

    All numbers are drawn as two paths: fifty texts would take fifty times as long.

    Parameters
    ----------
    axes : matplotlib Axes
        Measured in inches, its y axis pointing down.
    side : float
        Of a square, in inches.
    points : float
        Size of the letters.
    """

    def __init__(self, axes: Any, *, side: float, points: float = 10) -> None:
        from matplotlib.collections import PolyCollection
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        self._side, self._points = side, points
        self._squares = [
            PolyCollection([], facecolors=style.FILL, edgecolors=style.INK, linewidths=1.2, zorder=2),
            PolyCollection(
                [], facecolors=style.CARD, edgecolors=style.MUTED, linewidths=0.9, linestyles=(0, (3, 2)), zorder=1.5
            ),
        ]
        empty = Path(np.zeros((0, 2)))
        self._letters = [PathPatch(empty, color=color, linewidth=0, zorder=3) for color in (style.INK, style.MUTED)]
        for squares, letters in zip(self._squares, self._letters, strict=True):
            axes.add_collection(squares, autolim=False)
            axes.add_artist(letters)

    @property
    def artists(self) -> list[Any]:
        """What moves."""
        return [*self._squares, *self._letters]

    def show(self, cells: Iterable[Cell]) -> None:
        """Show these cells and no others."""
        from matplotlib.path import Path

        cells = list(cells)
        for ghost, squares, letters in zip((False, True), self._squares, self._letters, strict=True):
            kind = [cell for cell in cells if cell.ghost == ghost]
            squares.set_verts([self._square(cell) for cell in kind])
            paths = [_written(cell.text, self._points) for cell in kind if cell.text]
            shifts = [(cell.x + self._side / 2, cell.y + self._side / 2) for cell in kind if cell.text]
            vertices = [vertices + shift for (vertices, _), shift in zip(paths, shifts, strict=True)]
            codes = [codes for _, codes in paths]
            letters.set_path(Path(np.concatenate(vertices), np.concatenate(codes)) if kind else Path(np.zeros((0, 2))))

    def _square(self, cell: Cell) -> Sequence[tuple[float, float]]:
        x, y, side = cell.x, cell.y, self._side
        return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


@lru_cache(maxsize=256)
def _written(text: str, points: float) -> tuple[np.ndarray, np.ndarray]:
    """Return vertices, in inches from the middle and y down, and codes of a text's outline."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    path = TextPath((0, 0), text, size=points, prop=FontProperties(family="DejaVu Sans"))
    vertices = np.array(path.vertices) / 72
    middle = (vertices[:, 0].min() + vertices[:, 0].max()) / 2
    return (vertices - (middle, 0.36 * points / 72)) * (1, -1), np.array(path.codes)


def moving_text(axes: Any, x: float, y: float, **look: Any) -> Any:
    """Return a text, empty at first and centred on `y`, that is cheap to draw again."""
    from dlcourse.drawing.stamp import stamped

    return stamped(axes.text(x, y, "", **{"va": "center"} | look))


def number(value: float) -> str:
    """Write a number as short as it is, with a real minus."""
    return f"{value:g}".replace("-", "−")
