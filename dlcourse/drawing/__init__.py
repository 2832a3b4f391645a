"""Figures: pictures for notebook cells, computation graphs and networks, the style, and a lint for layouts.

Matplotlib is loaded when the first figure is drawn.
"""

from dlcourse.drawing import style
from dlcourse.drawing.graphs import draw_graph
from dlcourse.drawing.lint import lint
from dlcourse.drawing.network import draw_network
from dlcourse.drawing.picture import Picture, picture
from dlcourse.drawing.plots import plot_lines
from dlcourse.drawing.source import Source, show_source

__all__ = ["Picture", "Source", "draw_graph", "draw_network", "lint", "picture", "plot_lines", "show_source", "style"]
