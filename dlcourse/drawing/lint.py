"""A mechanical look at the text of a figure: is it on the canvas, on its own, and large enough?"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

from dlcourse.drawing import style


class Line(NamedTuple):
    """A line of text as it was drawn, with its box in pixels from the upper left corner."""

    text: str
    points: float
    left: float
    top: float
    right: float
    bottom: float


def lint(fig: Any, *, tolerance: float = 1.0) -> list[str]:
    """Return what is wrong with the text of a figure: outside the canvas, on other text, under 8 pt.

    Parameters
    ----------
    fig : matplotlib Figure
    tolerance : float
        Pixels by which text may leave the canvas or enter the box of other text.

    Returns
    -------
    list of str
        Empty when all is well. Text drawn with path effects is not seen.
    """
    lines = drawn_text(fig)
    width, height = fig.bbox.size
    problems = []
    for line in lines:
        out = max(-line.left, -line.top, line.right - width, line.bottom - height)
        if out > tolerance:
            problems.append(f"{line.text!r} leaves the canvas by {out:.0f} pixels")
        if line.points < style.SMALLEST:
            problems.append(f"{line.text!r} has {line.points:g} pt; the least is {style.SMALLEST}")
    for a, b in itertools.combinations(lines, 2):
        shared = min(min(a.right, b.right) - max(a.left, b.left), min(a.bottom, b.bottom) - max(a.top, b.top))
        if shared > tolerance:
            problems.append(f"{a.text!r} and {b.text!r} overlap by {shared:.0f} pixels")
    return problems


def drawn_text(fig: Any) -> list[Line]:
    """Draw the figure and return every line of text that reached the canvas, hidden tick labels left out."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.transforms import Affine2D

    lines = []

    class Recorder(RendererAgg):
        def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
            width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
            corners = list(itertools.product((x, x + width), (y + descent - height, y + descent)))
            turned = Affine2D().rotate_deg_around(x, y, -angle).transform(corners)
            if s.strip():
                lines.append(Line(s, prop.get_size_in_points(), *turned.min(axis=0), *turned.max(axis=0)))

    with style.context():
        width, height = fig.bbox.size
        fig.draw(Recorder(width, height, fig.dpi))
    return lines
