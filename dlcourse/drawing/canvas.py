"""A figure that is drawn once and then changed: only the artists that move are drawn again."""

from __future__ import annotations

import base64
import copy
import html
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.drawing import style
from dlcourse.drawing.picture import quantised
from dlcourse.drawing.view import View


class Canvas:
    """A view on a figure of its own, which shows one state after the other.

    Parameters
    ----------
    view : View
        A copy of it is used: its artists belong to this canvas.

    Attributes
    ----------
    view : View
        The copy.
    figure : matplotlib Figure
    width, height : int
        In pixels.
    frame : dict
        What is shown; empty before the first `draw`.
    alt : str
        The sentence about it.
    """

    def __init__(self, view: View) -> None:
        self.view = copy.copy(view)
        self.figure, self._agg = _empty(view)
        self.width, self.height = self._agg.get_width_height()
        self.frame: Mapping[str, Any] = {}
        self.alt = ""
        with style.context():
            self.view.build(self.figure)
            self._moving = with_spines(self.view.moving())
            for artist in self._moving:
                artist.set_animated(True)
            self._agg.draw()
            self._still = self._agg.copy_from_bbox(self.figure.bbox)

    def draw(self, state: Mapping[str, Any]) -> None:
        """Show a state; when that fails, the picture and its sentence stay what they were."""
        frame = self.view.frame(**state)
        alt = self.view.describe(frame)
        with style.context():
            self.view.update(frame)
            if self._moving:
                self._agg.restore_region(self._still)
                for artist in sorted(self._moving, key=lambda artist: artist.zorder):
                    self.figure.draw_artist(artist)
            else:
                self._agg.draw()
        self.frame, self.alt = frame, alt

    def pixels(self) -> np.ndarray:
        """Return a copy of the picture, (height, width, 3)."""
        return np.array(self._agg.buffer_rgba())[..., :3]

    def png(self) -> bytes:
        """Return the picture, compressed fast."""
        return fast_png(self.pixels())

    def small_png(self) -> bytes:
        """Return the picture in few colours, compressed well."""
        return quantised(self._agg.buffer_rgba())

    def page(self) -> str:
        """Return the picture and its sentence as HTML."""
        alt = html.escape(self.alt, quote=True)
        return (
            f'<figure style="margin:0"><img alt="{alt}" width="{self.width}" height="{self.height}" decoding="sync" '
            f'style="max-width:100%;height:auto;background:{style.CARD}" src="{data_url(self.png())}">'
            f'<figcaption role="status" style="max-width:{max(self.width, 600)}px;line-height:1.4">{alt}'
            "</figcaption></figure>"
        )

    def in_bundle(self, bundle: Any) -> tuple[dict, dict]:
        """Return a widget's bundle with sentence and picture in it, for where no widget runs."""
        data, about = bundle if isinstance(bundle, tuple) else (bundle, {})
        picture = {"text/plain": self.alt, "image/png": base64.b64encode(self.small_png()).decode()}
        size = {"alt": self.alt, "width": self.width, "height": self.height}
        return {**(data or {}), **picture}, {**about, "image/png": size}


def full_redraw(view: View, state: Mapping[str, Any]) -> tuple[Any, np.ndarray]:
    """Draw a state on a new figure, nothing left from before; return the figure and its pixels (height, width, 3)."""
    view = copy.copy(view)
    figure, agg = _empty(view)
    with style.context():
        view.build(figure)
        view.update(view.frame(**state))
        agg.draw()
    return figure, np.array(agg.buffer_rgba())[..., :3]


def with_spines(artists: Sequence[Any]) -> list[Any]:
    """Return the artists with the spines of their axes, which lie above lines and images."""
    chosen = list(artists)
    axes = {artist.axes: None for artist in chosen if artist.axes not in (None, *chosen)}
    spines = [spine for one in axes if one.axison for spine in one.spines.values() if spine.get_visible()]
    return [*chosen, *(spine for spine in spines if spine not in chosen)]


def fast_png(pixels: np.ndarray) -> bytes:
    """Return pixels (height, width, 3) as a PNG, without the filters that other encoders try on each row.

    They take half of the time, and leave line art no smaller.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with the number of its filter: none
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # eight bits each of red, green and blue
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def data_url(png: bytes) -> str:
    """Return a PNG as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _empty(view: View) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with style.context():
        figure = Figure(figsize=view.size, dpi=style.DPI)
    return figure, FigureCanvasAgg(figure)
