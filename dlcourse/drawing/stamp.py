"""Text that is cheap to draw again: set in type once, then copied."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text


class Stamp(Text):
    """A text of a view that moves: its pixels are kept for each of its forms and copied from then on.

    Setting a text takes about a millisecond, copying one a hundredth of that.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(*text.get_position(), text.get_text())
        self.update_from(text)
        self.set_linespacing(text._linespacing)  # type: ignore[attr-defined]
        self._kept: dict[Any, tuple[int, int, np.ndarray]] = {}

    def draw(self, renderer: Any) -> None:
        """Copy the pixels; whoever wants to know what is written (the lint) is told as by any text."""
        if type(renderer) is not RendererAgg:
            super().draw(renderer)
        elif self.get_visible() and self.get_text():
            key = (self.get_text(), self.get_position(), self.get_color(), self.get_fontweight(), self.get_fontsize())
            if key not in self._kept:
                self._kept[key] = self._set(renderer)
            x, y, pixels = self._kept[key]
            gc = renderer.new_gc()
            renderer.draw_image(gc, x, y, pixels)
            gc.restore()

    def _set(self, renderer: Any) -> tuple[int, int, np.ndarray]:
        """Draw the text on an empty canvas; return left, bottom and the pixels, the lowest row first."""
        canvas = RendererAgg(renderer.width, renderer.height, renderer.dpi)
        super().draw(canvas)
        pixels = np.asarray(canvas.buffer_rgba())[::-1]
        inked = pixels[..., 3] > 0
        if not inked.any():
            return 0, 0, pixels[:1, :1].copy()
        rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
        box = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return int(columns[0]), int(rows[0]), np.ascontiguousarray(box)


def stamped(text: Text) -> Stamp:
    """Put a Stamp in the place of a text on its axes."""
    stamp, axes = Stamp(text), text.axes
    if axes is None:
        raise ValueError("stamped: expected a text on axes, got one that is on none")
    axes.add_artist(stamp)
    text.remove()
    return stamp
