"""Which shapes fit together, and what comes out."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from dlcourse.drawing import Control, View, style
from dlcourse.orientation.figures.cells import Cell, Cells, moving_text, number


class _Pair(NamedTuple):
    """Two arrays, what is done with them, and when that happens."""

    a: np.ndarray
    sign: str
    b: np.ndarray
    when: str


_TABLE = np.arange(1, 13).reshape(4, 3)
_ROW, _FOUR = np.array([10, 20, 30]), np.array([10, 20, 30, 40])
_ONE_TO_FOUR = np.arange(1, 5)

PAIRS = {
    "(4, 3) + (3,)": _Pair(_TABLE, "+", _ROW, "A layer adds one bias per unit to each of four examples."),
    "(4, 3) + (4,)": _Pair(_TABLE, "+", _FOUR, "Four numbers, meant for the four rows."),
    "(4, 3) + (4, 1)": _Pair(_TABLE, "+", _FOUR[:, None], "Four numbers as a column: one for each row."),
    "(4, 1) + (1, 3)": _Pair(_ONE_TO_FOUR[:, None], "+", _ROW[None], "A column and a row make a table."),
    "(4,) - (4, 1)": _Pair(
        _ONE_TO_FOUR, "-", _ONE_TO_FOUR[:, None], "Four outputs minus a column of four labels, each output right."
    ),
}
_RULE = (
    "Line the shapes up from the right.",
    "Two sizes fit when they are equal, or when one is 1 or missing:",
    "that array is stretched, drawn dashed. Everything else is refused.",
)
_DO: Mapping[str, Callable] = {"+": operator.add, "-": operator.sub}


def axis_by_axis(a: tuple[int, ...], b: tuple[int, ...]) -> list[str]:
    """Say of each axis, the last one first, how two shapes get along: equal, stretched or clash."""
    verdicts = []
    for m, n in itertools.zip_longest(reversed(a), reversed(b)):
        if m == n:
            verdicts.append("equal")
        else:
            verdicts.append("stretched" if m in (1, None) or n in (1, None) else "clash")
    return verdicts


class BroadcastShapes(View):
    """Two arrays lined up from the right: what is stretched, what comes out, or why NumPy refuses."""

    size = (8.2, 4.05)
    title = "Shapes line up from the right"
    controls = (Control("pair", tuple(PAIRS), "(4, 3) + (3,)", label="shapes"),)

    _SIDE, _TOP, _RIGHTS = 0.42, 0.55, (2.13, 4.78, 7.43)
    _TABLE_TOP, _TABLE_X, _TABLE_STEP = 2.9, (1.35, 2.45), 0.29

    def frame(self, *, pair: str) -> dict[str, Any]:
        a, sign, b, when = PAIRS[pair]
        frame = {"pair": pair, "when": when, "a": a, "sign": sign, "b": b, "axes": axis_by_axis(a.shape, b.shape)}
        try:
            result = _DO[sign](a, b)
        except ValueError as error:
            refusal = f"ValueError: {str(error).strip()}."
            return frame | {"shape": (), "result": np.zeros(0, int), "refusal": refusal}
        return frame | {"shape": result.shape, "result": result, "refusal": ""}

    def build(self, fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, self.size[0]), ylim=(self.size[1], 0))
        axes.axis("off")
        self._cells = Cells(axes, side=self._SIDE)
        middles = [right - 2 * self._SIDE for right in self._RIGHTS]
        self._names = [moving_text(axes, x, 0.3, ha="center") for x in middles]
        middle = self._TOP + 2 * self._SIDE
        self._sign = moving_text(axes, 2.6, middle, size=16, ha="center")
        axes.text(5.25, middle, "=", size=16, ha="center", va="center")
        self._refused = moving_text(axes, middles[2], middle, size=14, ha="center", color=style.GRADIENT)
        self._build_table(axes)

    def _build_table(self, axes: Any) -> None:
        xs, top, step = self._TABLE_X, self._TABLE_TOP, self._TABLE_STEP
        for row, name in enumerate(("a", "b", "result")):
            axes.text(0.78, top + row * step, name, ha="right", va="center")
        axes.plot([0.2, 3.0], [top + 1.5 * step] * 2, color=style.WIRE, linewidth=1, marker="")
        for x, name in zip(xs, ("axis before", "last axis"), strict=True):
            axes.text(x, top - step, name, size=10, color=style.MUTED, ha="center", va="center")
        self._table = [[moving_text(axes, x, top + row * step, size=12, ha="center") for x in xs] for row in range(3)]
        self._verdicts = [moving_text(axes, x, top + 3 * step, size=10, ha="center") for x in xs]
        for row, line in enumerate(_RULE):
            axes.text(3.55, top + row * step, line, size=10, va="center")

    def moving(self) -> list[Any]:
        table = itertools.chain(*self._table)
        return [*self._cells.artists, *self._names, self._sign, self._refused, *table, *self._verdicts]

    def update(self, frame: Mapping[str, Any]) -> None:
        a, b, result = frame["a"], frame["b"], frame["result"]
        fits = not frame["refusal"]
        shapes = [a.shape, b.shape, frame["shape"]]
        shown = [a, b, result] if fits else [a, b]
        cells = [self._of(array, right, frame["shape"]) for array, right in zip(shown, self._RIGHTS, strict=False)]
        self._cells.show(itertools.chain(*cells))
        for text, name, shape in zip(self._names, ("a", "b", "result"), shapes, strict=True):
            text.set_text(f"{name}  {shape}" if fits or name != "result" else "")
        self._sign.set_text(frame["sign"].replace("-", "−"))
        self._refused.set_text("" if fits else "refused")
        self._update_table(shapes, frame)

    def _of(self, array: np.ndarray, right: float, shape: tuple[int, ...]) -> Iterator[Cell]:
        """Yield the cells of an array and, paler, the copies that stretch it to a shape."""
        full = np.broadcast_to(array, shape) if shape else array
        rows, columns = np.atleast_2d(array).shape
        full = np.atleast_2d(full)
        for i, j in np.ndindex(full.shape):
            x, y = right - (full.shape[1] - j) * self._SIDE, self._TOP + i * self._SIDE
            yield Cell(x, y, number(float(full[i, j])), ghost=i >= rows or j >= columns)

    def _update_table(self, shapes: list[tuple[int, ...]], frame: Mapping[str, Any]) -> None:
        verdicts = frame["axes"]
        for row, shape in enumerate(shapes):
            entries = [""] * (2 - len(shape)) + [str(n) for n in shape]
            for column, entry in enumerate(entries):
                text = self._table[row][column]
                clash = verdicts[1 - column] == "clash"
                text.set(text=entry, color=style.GRADIENT if clash else style.INK, weight="bold" if clash else "normal")
        for text, verdict in zip(self._verdicts, reversed(verdicts), strict=True):
            shown = "fits" if verdict == "stretched" and frame["refusal"] else verdict
            text.set(text=shown, color=style.GRADIENT if verdict == "clash" else style.INK)

    def describe(self, frame: Mapping[str, Any]) -> str:
        if frame["refusal"]:
            return f"{frame['when']} Shapes {frame['pair']}: {frame['refusal']}".replace(" - ", " − ")
        stretched = [name for name in "ab" if frame[name].shape != frame["shape"]]
        how = f"{' and '.join(stretched)} {'are' if len(stretched) > 1 else 'is'} stretched"
        pair = frame["pair"].replace("-", "−")
        return f"{frame['when']} Shapes {pair}: {how}, the result is {frame['shape']}, {frame['result'].size} numbers."
