"""Figures: pictures for cells, views with knobs, computation graphs and networks, the style, a lint for layouts.

Matplotlib is loaded when the first figure is drawn, widgets when the first one is shown.
"""

from typing import Any

from dlcourse.drawing import style
from dlcourse.drawing.frozen import Player
from dlcourse.drawing.graphs import draw_graph
from dlcourse.drawing.lint import lint
from dlcourse.drawing.network import draw_network
from dlcourse.drawing.open_view import OpenView
from dlcourse.drawing.picture import Picture, picture
from dlcourse.drawing.plots import plot_lines
from dlcourse.drawing.shell import explore, show
from dlcourse.drawing.source import Source, show_source
from dlcourse.drawing.view import Control, View

_ON_DEMAND = ("Pointer", "Touch")  # widgets are classes of ipywidgets, which is slow to load

__all__ = [
    "Control",
    "OpenView",
    "Picture",
    "Player",
    "Pointer",
    "Source",
    "Touch",
    "View",
    "draw_graph",
    "draw_network",
    "explore",
    "lint",
    "picture",
    "plot_lines",
    "show",
    "show_source",
    "style",
]


def __getattr__(name: str) -> Any:
    if name in _ON_DEMAND:
        from dlcourse.drawing import pointer

        return getattr(pointer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
