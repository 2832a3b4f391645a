"""A static figure as a notebook cell shows it: drawn once, small, with a sentence in its place."""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Callable
from typing import Any

from dlcourse.drawing import style

SHORTEST, LONGEST = 20, 260  # characters of an alternative text
COLOURS = 128


class Picture:
    """A static figure as a notebook cell shows it.

    It is rendered once, on a fixed white canvas of 100 dots per inch; the same input gives the same bytes.

    Parameters
    ----------
    fig_or_draw : matplotlib Figure, or a function that draws on one
        A function is called with an empty figure, in the course's style.
    alt : str
        The message of the figure with its numbers: a sentence of 20 to 260 characters without nan.
    size : (width, height) in inches
        Of the figure handed to a function.

    Attributes
    ----------
    figure : matplotlib Figure
    png : bytes
    alt : str
    width, height : int
        In pixels.

    Raises
    ------
    ValueError
        When `alt` is too short, too long or holds nan.
    """

    def __init__(self, fig_or_draw: Any, alt: str, *, size: tuple[float, float] = (6.4, 3.6)) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.alt = checked_alt(alt)
        with style.context():
            if isinstance(fig_or_draw, Figure):
                self.figure = fig_or_draw
            else:
                self.figure = Figure(figsize=size)
                fig_or_draw(self.figure)
            self.figure.set_dpi(style.DPI)
            canvas = FigureCanvasAgg(self.figure)
            canvas.draw()
        self.width, self.height = canvas.get_width_height()
        self.png = quantised(canvas.buffer_rgba())

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = base64.b64encode(self.png).decode()
        alt = html.escape(self.alt, quote=True)
        page = (
            f'<figure style="margin:0"><img alt="{alt}" width="{self.width}" height="{self.height}" '
            f'style="max-width:100%;height:auto;background:{style.CARD}" src="data:image/png;base64,{data}">'
            f'<figcaption style="max-width:{max(self.width, 600)}px;color:inherit">{alt}</figcaption></figure>'
        )
        about = {"alt": self.alt, "width": self.width, "height": self.height}
        return {"text/plain": self.alt, "text/html": page, "image/png": data}, {"image/png": about}


def picture(draw: Callable[[Any], object], alt: str, size: tuple[float, float] = (6.4, 3.6)) -> Picture:
    """Call ``draw(fig)`` on an empty figure, in the course's style.

    Parameters
    ----------
    draw : callable
    alt : str
        The message of the figure in a sentence of 20 to 260 characters.
    size : (width, height) in inches

    Examples
    --------
    >>> def draw(fig):
    ...     fig.add_axes((0.1, 0.1, 0.8, 0.8)).plot([0, 1], [0, 2])
    >>> picture(draw, "A straight line of slope 2.")
    A straight line of slope 2.
    """
    return Picture(draw, alt, size=size)


def checked_alt(alt: str) -> str:
    """Return an alternative text, or say what is wrong with it."""
    if not isinstance(alt, str):
        raise TypeError(f"Picture: expected alt to be a sentence, got {type(alt).__name__}")
    if len(alt.strip()) < SHORTEST or len(alt) > LONGEST:
        raise ValueError(f"Picture: expected alt to have {SHORTEST} to {LONGEST} characters, got {len(alt)}: {alt!r}")
    if re.search(r"\bnan\b", alt, re.IGNORECASE):
        raise ValueError(f"Picture: alt holds nan, a number that went wrong before it was drawn: {alt!r}")
    return alt


def quantised(rgba: Any) -> bytes:
    """A PNG of few colours, without any metadata."""
    from PIL import Image

    image = Image.frombytes("RGBA", rgba.shape[1::-1], bytes(rgba)).convert("RGB")
    image = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()
