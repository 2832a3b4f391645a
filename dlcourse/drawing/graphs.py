"""The computation graph of a Tensor as a picture: values above the wires, gradients below."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from dlcourse.drawing import style
from dlcourse.drawing.description import describe
from dlcourse.drawing.pen import Pen
from dlcourse.drawing.picture import Picture, picture
from dlcourse.drawing.plan import MARGIN, make_plan
from dlcourse.drawing.signs import LINE, Measure
from dlcourse.drawing.tape import read_tape

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
    gradients = gradients and tape.output.gradient is not None
    with style.context():
        measure = _measure()
        top = MARGIN + (LINE * TITLE + 6 if title else 0)
        plan = make_plan(tape, measure, values=values, gradients=gradients, top=top)
        legend = _legend(values, gradients)
        least = max(measure(title or "", TITLE)[0], sum(measure(text, LEGEND)[0] for text, _ in legend))
    width = max(plan.width, MARGIN + least) + MARGIN
    height = plan.height + MARGIN + (LINE * LEGEND + 8 if legend else 0)

    def draw(fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        Pen(axes, plan).draw(tape.output)
        if title:
            axes.text(MARGIN, MARGIN, title, size=TITLE, va="top")
        x = MARGIN
        for text, look in legend:
            axes.text(x, height - MARGIN, text, size=LEGEND, va="bottom", **look)
            x += measure(text, LEGEND)[0]

    return picture(draw, alt or describe(tape, values=values), size=(width / 72, height / 72))


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
