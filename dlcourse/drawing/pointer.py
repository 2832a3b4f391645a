"""A view that is touched: the browser sends where, Python draws."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import traitlets

from dlcourse.drawing.canvas import Canvas
from dlcourse.drawing.picture import checked_alt
from dlcourse.drawing.view import View

GESTURES = ("drag", "click", "paint")


class Touch(NamedTuple):
    """One place that was touched, in the units of the axes there.

    `axes` counts the figure's axes from 0 in the order in which they were added; `first` is true where a finger or
    button goes down, where it comes into these axes from outside, and where a key makes a single step; it is false on
    the way of a stroke.
    """

    x: float
    y: float
    axes: int
    first: bool


class Pointer(anywidget.AnyWidget):
    """A view that is dragged, clicked or painted on, with a mouse, a finger, a pen or the keyboard.

    Parameters
    ----------
    view : View
        Its state may hold what no slider could, such as a drawing: values are not held against the controls.
    act : callable
        ``act(touch, state)`` returns the entries of the state that change, a dict; it must not change `state` in
        place. It is called once for each `Touch`, in order, and the picture is drawn after the last one.
    gesture : {"drag", "click", "paint"} or None
        What is sent: where the pointer goes while it is down; where it goes down; all the way between. Arrow keys
        move (drag); or they move a ring, Enter or Space touches there, and Shift with an arrow draws a line (paint).
        Alt makes the steps small. With None nothing is sent: the picture is only looked at.
    at : (x, y)
        Where the keyboard starts, in units of the first axes; the middle of the picture unless given.
    **state
        Where the view starts.

    Attributes
    ----------
    state : dict
    canvas : Canvas
    """

    _esm = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    png = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    gesture = traitlets.Unicode().tag(sync=True)
    size = traitlets.List(traitlets.Int()).tag(sync=True)
    ring = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(
        self,
        view: View,
        act: Callable[[Touch, Mapping[str, Any]], Mapping[str, Any]],
        *,
        gesture: str | None = "drag",
        at: tuple[float, float] | None = None,
        **state: Any,
    ) -> None:
        if gesture not in (*GESTURES, None):
            raise ValueError(f"Pointer: expected a gesture of {', '.join(GESTURES)}, got {gesture!r}")
        self.canvas, self._act = Canvas(view), act
        self._last_axes: int | None = None
        self.state = view.defaults() | state
        self.canvas.draw(self.state)
        super().__init__(
            png=self.canvas.png(),
            alt=checked_alt(self.canvas.alt),
            title=view.title or type(view).__name__,
            gesture=gesture or "",
            size=[self.canvas.width, self.canvas.height],
            ring=self._fraction(at),
        )
        self.on_msg(self._received)

    def touch(self, *touches: Touch) -> None:
        """Act on touches as if the browser had sent them, and draw."""
        state = self.state
        for touch in touches:
            state = {**state, **self._act(touch, state)}
        self.draw(state)

    def draw(self, state: Mapping[str, Any]) -> None:
        """Show another state; when that fails, state and picture stay what they were."""
        self.canvas.draw(state)
        self.state = dict(state)
        with self.hold_sync():
            self.error, self.alt, self.png = "", self.canvas.alt, self.canvas.png()

    def fail(self) -> None:
        """Show the error that is being handled in the place of the picture, until the next one is drawn."""
        self.error = traceback.format_exc(limit=-3)

    def _received(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Act on a message ``{"points": [[x, y, first], ...]}`` in fractions of the picture, and acknowledge it."""
        try:
            touches = [touch for point in content["points"] if (touch := self._touch(*point))]
            if touches:
                self.touch(*touches)
        except Exception:
            self.fail()
        finally:
            self.send({"done": True})  # the browser holds the next touches back until it knows

    def _touch(self, x: float, y: float, first: bool) -> Touch | None:
        """Return where a place of the picture, from its lower left corner, lies in the axes there, if any."""
        pixel = (x * self.canvas.width, y * self.canvas.height)
        before, self._last_axes = self._last_axes, None
        for i, axes in enumerate(self.canvas.figure.axes):
            if axes.bbox.contains(*pixel):
                self._last_axes = i
                across, up = axes.transData.inverted().transform(pixel)
                return Touch(float(across), float(up), i, bool(first) or i != before)
        return None

    def _fraction(self, at: tuple[float, float] | None) -> list[float]:
        if at is None or not self.canvas.figure.axes:
            return [0.5, 0.5]
        x, y = self.canvas.figure.axes[0].transData.transform(at)
        return [float(x) / self.canvas.width, float(y) / self.canvas.height]

    def __repr__(self) -> str:
        return self.canvas.alt

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        return self.canvas.in_bundle(super()._repr_mimebundle_(**kwargs))
