"""The computation graph of a Tensor as a picture: values above the wires, gradients below."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlcourse.drawing import style
from dlcourse.drawing.description import describe
from dlcourse.drawing.pen import Pen
from dlcourse.drawing.picture import Picture, picture
from dlcourse.drawing.plan import MARGIN, Plan, make_plan
from dlcourse.drawing.signs import LINE, Measure
from dlcourse.drawing.tape import Tape, read_tape

TITLE, LEGEND = 12, 9


def draw_graph(
    tensor: Any,
    *,
    names: Mapping[str, Any] | None = None,
    values: bool = True,
    gradients: bool = True,
    alt: str | None = None,
    title: str | None = None,
) -> Picture:
    """Draw the graph that a Tensor was computed with, from the leaves on the left to the result on the right.

    Circles are gates. Above each wire stands the value of its Tensor, below it, in italics, the gradient of the
    result with respect to it. The upper wire into a gate is its first input wherever the order matters; constants
    are small and grey. No ``grad`` is read or written.

    Parameters
    ----------
    tensor : Tensor
    names : dict of name -> Tensor, optional
        Leaves, interior Tensors, the result.
    values, gradients : bool
        Which numbers to write. Gradients need a scalar as result.
    alt : str, optional
        A sentence in place of the one made from the graph.
    title : str, optional

    Raises
    ------
    TypeError
        When `tensor` or one of `names` is no Tensor.
    ValueError
        When the graph has more than 60 gates.

    Examples
    --------
    >>> from dlcourse.autodiff import Tensor
    >>> x, y, z = Tensor(-2.0), Tensor(5.0), Tensor(-4.0)
    >>> draw_graph((x + y) * z, names={"x": x, "y": y, "z": z})
    Graph of (x + y) × z: 3 inputs, 2 gates; output = -12; gradients x -4, y -4, z 3.
    """
    tape = read_tape(tensor, names or {}, gradients=gradients)
    sheet = make_sheet(tape, values=values, gradients=gradients, title=title or "")
    return picture(sheet.draw, alt or describe(tape, values=values), size=sheet.size)


@dataclass(eq=False)
class Sheet:
    """A planned graph with its title and its legend: all but the artists.

    Attributes
    ----------
    legend : list of (text, where it begins, look)
    width, height : float
        In points.
    """

    tape: Tape
    plan: Plan
    title: str
    legend: list[tuple[str, float, dict[str, str]]]
    width: float
    height: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return self.width / 72, self.height / 72

    def draw(self, fig: Any) -> Pen:
        """Draw on an empty figure; return the pen, which knows its artists."""
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, self.width), ylim=(self.height, 0))
        axes.axis("off")
        pen = Pen(axes, self.plan)
        pen.draw(self.tape.output)
        if self.title:
            axes.text(MARGIN, MARGIN, self.title, size=TITLE, va="top")
        for text, x, look in self.legend:
            axes.text(x, self.height - MARGIN, text, size=LEGEND, va="bottom", **look)
        return pen


def make_sheet(tape: Tape, *, values: bool = True, gradients: bool = True, title: str = "") -> Sheet:
    """Plan a graph with its title and its legend.

    Parameters
    ----------
    tape : Tape
    values, gradients : bool
        Which numbers to write; an output that is no scalar has no gradients.
    title : str
    """
    gradients = gradients and tape.output.gradient is not None
    with style.context():
        measure = _measure()
        top = MARGIN + (LINE * TITLE + 6 if title else 0)
        plan = make_plan(tape, measure, values=values, gradients=gradients, top=top)
        legend, end = [], MARGIN
        for text, look in _legend(values, gradients):
            legend.append((text, end, look))
            end += measure(text, LEGEND)[0]
        width = max(plan.width, end, MARGIN + measure(title, TITLE)[0]) + MARGIN
    height = plan.height + MARGIN + (LINE * LEGEND + 8 if legend else 0)
    return Sheet(tape, plan, title, legend, width, height)


def _legend(values: bool, gradients: bool) -> list[tuple[str, dict[str, str]]]:
    parts = []
    if values:
        parts.append(("value above the wire", {"color": style.VALUE}))
    if values and gradients:
        parts.append(("  ·  ", {}))
    if gradients:
        parts.append(("∇ gradient below", {"color": style.GRADIENT, "style": "italic"}))
    return parts


def _measure() -> Measure:
    """Return a function that gives width and height, in points, of a text of a size, in the style in force."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(dpi=style.DPI)
    renderer = FigureCanvasAgg(figure).get_renderer()

    @functools.cache
    def measure(text: str, size: float) -> tuple[float, float]:
        box = figure.text(0, 0, text, size=size).get_window_extent(renderer)
        return float(box.width) * 72 / style.DPI, float(box.height) * 72 / style.DPI

    return measure
