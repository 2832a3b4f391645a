"""One layer as this course and each of the five decks write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.drawing import Control, View, style
from dlcourse.orientation.figures.cells import Cell, Cells, moving_text, number

X = np.array([1.0, 2.0, 3.0])
W = np.array([[2.0, -1.0], [1.0, 0.0], [-1.0, 1.0]])  # (inputs, units)

_SIDE, _GAP, _UNITS_APART = 0.3, 0.34, 0.12


class _Convention(NamedTuple):
    """How a deck writes a layer; an empty string for what it does not write."""

    formula: str
    layout: str  # rows: x W; columns: W x; units: one unit after the other; words: no formula
    sum: str
    output: str
    bias: str
    remark: str


COURSE = _Convention("z = xW + b,  h = f(z)", "rows", "z", "h", "b", "")

DECKS = {
    "deck 1": _Convention(
        "ŷ = f(xW + b)", "rows", "h₁", "z₁", "b",
        "Its letters change places: h₁ is the sum, z₁ the output.",
    ),
    "deck 2": _Convention(
        "in words: all inputs to every unit", "words", "", "", "in words",
        "It calls the layer fully connected, linear or dense.",
    ),
    "deck 3": _Convention(
        "y = wᵀx + b", "units", "y", "x of the next layer", "b",
        "Its matrix of slopes (lesson 01) has a row for each input.",
    ),
    "deck 4": _Convention(
        "y = σ(Wx)", "columns", "z", "y", "left out here, + b₁ later",
        "W has a row for each unit; the page explains φ and means its σ.",
    ),
    "deck 5": _Convention(
        "I = Wx,  O = σ(I)", "columns", "I", "O", "“We ignore the bias term”",
        "W has a row for each unit, as PyTorch stores it.",
    ),
}  # fmt: skip


class Notation(View):
    """The same layer of three inputs and two units, written here and in a deck; both give the same two numbers."""

    size = (8.2, 4.2)
    title = "One layer, five ways to write it"
    controls = (Control("deck", tuple(DECKS), "deck 5"),)

    _COLUMNS = (1.35, 4.75)
    _ROWS: Mapping[str, float] = {
        "formula": 0.82, "numbers": 1.72, "sum": 2.86, "output": 3.19, "bias": 3.52,
    }  # fmt: skip

    def frame(self, *, deck: str) -> dict[str, Any]:
        convention = DECKS[deck]
        here, there = _SUMS[COURSE.layout](X, W), _SUMS[convention.layout](X, W)
        frame = {"deck": deck, **convention._asdict(), "W": W if convention.layout == "rows" else W.T}
        return frame | {"here_sum": here, "there_sum": there, "h": sigmoid(here), "there_output": sigmoid(there)}

    def build(self, fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, self.size[0]), ylim=(self.size[1], 0))
        axes.axis("off")
        axes.plot([4.5, 4.5], [0.2, 3.75], color=style.FAINT, linewidth=1.5, marker="")
        here, there = self._COLUMNS
        axes.text(here, 0.38, "this course", size=13, weight="bold", va="center")
        self._name = moving_text(axes, there, 0.38, size=13, weight="bold", color=style.VALUE)
        names = {"formula": "a layer", "sum": "weighted sum", "output": "output"}
        for row, name in (names | {"numbers": "in numbers", "bias": "bias"}).items():
            axes.text(0.15, self._ROWS[row], name, size=10, va="center", color=style.MUTED)
        self._texts = {row: moving_text(axes, there, y) for row, y in self._ROWS.items() if row != "numbers"}
        self._texts["formula"].set(size=13, color=style.VALUE)
        self._words = moving_text(axes, there, self._ROWS["numbers"], size=10, linespacing=1.8)
        self._build_here(axes)
        self._cells = Cells(axes, side=_SIDE)
        self._labels = [moving_text(axes, 0, 0, size=10, ha="center") for _ in range(8)]

    def _build_here(self, axes: Any) -> None:
        here = self._COLUMNS[0]
        sums = _SUMS["rows"](X, W)
        cells, labels = _laid_out(COURSE, sums, here, self._ROWS["numbers"])
        Cells(axes, side=_SIDE).show(cells)
        for x, y, text in labels:
            axes.text(x, y, text, size=10, ha="center", va="center")
        for row, text in _column(COURSE, sums).items():
            axes.text(here, self._ROWS[row], text, va="center", size=13 if row == "formula" else 11)
        remark = "In the example b = 0, since some decks leave it out, and f is the sigmoid σ."
        axes.text(0.15, 3.95, remark, size=10, va="center")

    def moving(self) -> list[Any]:
        return [*self._cells.artists, *self._labels, self._name, *self._texts.values(), self._words]

    def update(self, frame: Mapping[str, Any]) -> None:
        convention = DECKS[frame["deck"]]
        sums = frame["there_sum"]
        self._name.set_text(frame["deck"])
        for row, text in _column(convention, sums).items():
            self._texts[row].set_text(text)
        cells, labels = _laid_out(convention, sums, self._COLUMNS[1], self._ROWS["numbers"])
        self._cells.show(cells)
        for artist in self._labels:
            artist.set_text("")
        for artist, (x, y, text) in zip(self._labels, labels, strict=False):
            artist.set(position=(x, y), text=text)
        self._words.set_text("\n".join(_in_words(sums)) if convention.layout == "words" else "")

    def describe(self, frame: Mapping[str, Any]) -> str:
        z, h = (", ".join(f"{v:.3g}" for v in frame[name]) for name in ("there_sum", "there_output"))
        shape = {"rows": "W (3, 2)", "columns": "W (2, 3)", "units": "one w of 3 numbers per unit"}
        how = f"{frame['formula']}, {shape[frame['layout']]}" if frame["layout"] in shape else frame["formula"]
        return (
            f"This course: z = xW + b, W (3, 2); {frame['deck']}: {how}. {frame['remark']} "
            f"Both turn (1, 2, 3) into the sums {z} and the outputs {h}."
        )


def _by_rows(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return (x[None] @ w)[0]


def _by_columns(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    upright = w.T.copy()  # (units, inputs)
    return (upright @ x[:, None])[:, 0]


def _unit_by_unit(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.array([unit.T @ x for unit in w.T])


def _in_loops(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.array([sum(x[i] * w[i, j] for i in range(len(x))) for j in range(w.shape[1])])


_SUMS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "rows": _by_rows, "columns": _by_columns, "units": _unit_by_unit, "words": _in_loops,
}  # fmt: skip


def _column(convention: _Convention, sums: np.ndarray) -> dict[str, str]:
    """Return what stands in the rows of the table that hold text."""
    outputs = sigmoid(sums)
    sum_name, output_name = convention.sum or "no letter", convention.output or "no letter"
    return {
        "formula": convention.formula,
        "sum": f"{sum_name}   ({number(sums[0])}, {number(sums[1])})",
        "output": f"{output_name}   ({outputs[0]:.3f}, {outputs[1]:.3f})",
        "bias": convention.bias,
    }


def _laid_out(
    convention: _Convention, sums: np.ndarray, left: float, middle: float
) -> tuple[list[Cell], list[tuple[float, float, str]]]:
    """Return cells and labels of the product in numbers, from left to right."""
    if convention.layout == "words":
        return [], []
    if convention.layout == "rows":
        factors = [("x", X[None]), ("W", W), (convention.sum, sums[None])]
    else:
        factors = [("W" if convention.layout == "columns" else "wᵀ", W.T), ("x", X[:, None])]
        factors.append((convention.sum, sums[:, None]))
    apart = _UNITS_APART if convention.layout == "units" else 0.0
    cells: list[Cell] = []
    labels = []
    for (name, array), sign in zip(factors, ("", "=", ""), strict=True):
        width = array.shape[1] * _SIDE
        cells += _grid(array, left, middle, apart if len(array) == 2 else 0.0)
        below = middle + 1.5 * _SIDE + 0.22
        shape = "(3,) each" if apart and name == "wᵀ" else str(array.shape)
        labels += [(left + width / 2, middle - 1.5 * _SIDE - 0.15, name), (left + width / 2, below, shape)]
        gap = _GAP + 0.15 * (array.shape[1] == 1)  # the shape below is wider than a single column
        if sign:
            labels.append((left + width + gap / 2, middle, sign))
        left += width + gap
    return cells, labels


def _grid(array: np.ndarray, left: float, middle: float, apart: float) -> Iterator[Cell]:
    top = middle - (len(array) * _SIDE + (len(array) - 1) * apart) / 2
    for i, j in np.ndindex(array.shape):
        yield Cell(left + j * _SIDE, top + i * (_SIDE + apart), number(float(array[i, j])))


def _in_words(sums: Sequence[float]) -> Iterator[str]:
    """Yield a line for each unit: what it multiplies and adds."""
    for j, total in enumerate(sums):
        terms = [f"{number(x)}·{number(w) if w >= 0 else f'({number(w)})'}" for x, w in zip(X, W[:, j], strict=True)]
        yield f"unit {j + 1}:  {' + '.join(terms)} = {number(total)}"
