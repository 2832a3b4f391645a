"""Lines against axes, in the one style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.drawing.picture import Picture, picture


def plot_lines(
    lines: Mapping[str, tuple[Any, Any]],
    *,
    x_label: str,
    y_label: str,
    alt: str,
    log: str = "",
    title: str = "",
    size: tuple[float, float] = (7.0, 3.4),
) -> Picture:
    """Draw up to four series, told apart by colour, line style and marker.

    Parameters
    ----------
    lines : dict of name -> (x, y)
        A single series needs no legend and gets none.
    x_label, y_label : str
    alt : str
        The message of the figure in a sentence.
    log : {"", "x", "y", "xy"}
        Axes with a logarithmic scale.
    title : str
    size : (width, height) in inches
    """
    if not 1 <= len(lines) <= 4:
        raise ValueError(f"plot_lines: expected one to four series, got {len(lines)}; more can't be told apart")

    def draw(fig: Any) -> None:
        axes = fig.add_axes((0.11, 0.17, 0.86, 0.71 if title else 0.78))
        for name, (x, y) in lines.items():
            axes.plot(x, y, label=name, markevery=max(1, len(np.atleast_1d(x)) // 12))
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        axes.set_xscale("log" if "x" in log else "linear")
        axes.set_yscale("log" if "y" in log else "linear")
        if "x" not in log and all(np.asarray(x).dtype.kind in "iu" for x, _ in lines.values()):
            axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(True, which="major")
        if len(lines) > 1:
            axes.legend()

    return picture(draw, alt, size=size)
