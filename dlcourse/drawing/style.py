"""One style for every figure: colours that everybody can tell apart, a fixed canvas, readable letters.

The names of the colours are what lessons use; a colour is never the only sign of anything.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VALUE = "#004488"  # blue: what flows forward
GRADIENT = "#CC3311"  # red: what flows back
INK = "#222222"  # text and outlines
WIRE = "#555555"  # lines that carry something
MUTED = "#5F5F5F"  # constants, what was dropped, remarks
FAINT = "#D9D9D9"  # grids
FILL = "#EEF2F7"  # the inside of a gate or a unit
CARD = "#FFFFFF"  # what a picture is drawn on

# Every two of the four differ by ΔE2000 >= 26.6 for normal, protan, deutan and tritan eyes; contrast >= 3.55 on white.
CYCLE = (VALUE, GRADIENT, "#009988", "#000000")
DARK_CYCLE = ("#56B4E9", "#FFFFFF", "#CCBB44", "#CC6677")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D")

DPI = 100
SMALLEST = 8  # points

_TURN = threading.RLock()

_THEMES = {
    "light": {"ink": INK, "card": CARD, "faint": FAINT, "cycle": CYCLE},
    "dark": {"ink": "#E6E6E6", "card": "#111111", "faint": "#3A3A3A", "cycle": DARK_CYCLE},
}


def rc(theme: str = "light") -> dict[str, Any]:
    """Matplotlib's settings for a theme.

    Parameters
    ----------
    theme : {"light", "dark"}

    Returns
    -------
    dict
        For ``matplotlib.rc_context``. The cycle of four series changes line style and marker with the colour.

    Examples
    --------
    >>> rc()["font.size"]
    11
    """
    from cycler import cycler

    if theme not in _THEMES:
        raise ValueError(f"rc: expected a theme of {', '.join(_THEMES)}, got {theme!r}")
    colours = _THEMES[theme]
    ink, card = colours["ink"], colours["card"]
    return {
        **dict.fromkeys(["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"], ink),
        **dict.fromkeys(["figure.facecolor", "axes.facecolor", "savefig.facecolor"], card),
        **dict.fromkeys(["axes.spines.top", "axes.spines.right", "axes.grid", "legend.frameon"], False),
        **dict.fromkeys(["xtick.labelsize", "ytick.labelsize", "legend.fontsize"], 10),
        "grid.color": colours["faint"],
        "axes.axisbelow": True,
        "axes.prop_cycle": cycler(color=colours["cycle"]) + cycler(linestyle=LINE_STYLES) + cycler(marker=MARKERS),
        "image.cmap": "viridis",
        "font.family": "DejaVu Sans",
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.titlelocation": "left",
        "lines.linewidth": 2,
        "lines.markersize": 5,
        "figure.dpi": DPI,
        "savefig.dpi": DPI,
        "savefig.bbox": "standard",
        "svg.hashsalt": "dlcourse",
        "svg.fonttype": "path",
    }


@contextmanager
def context(theme: str = "light") -> Iterator[None]:
    """Draw in this style, whatever the notebook has set; outside the ``with`` block nothing changes.

    One thread at a time: the settings are the whole process's, and two that left out of turn would mix them up.

    Parameters
    ----------
    theme : {"light", "dark"}
    """
    import matplotlib.style

    with _TURN, matplotlib.style.context(rc(theme), after_reset=True):
        yield
