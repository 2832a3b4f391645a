"""An open-ended view in a notebook: knobs, a text field, buttons, a picture that is touched, work beside the page."""

from __future__ import annotations

import asyncio
import html
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from typing import Any

import ipywidgets

from dlcourse.drawing.background import Job
from dlcourse.drawing.canvas import Canvas
from dlcourse.drawing.live import LABEL, knob
from dlcourse.drawing.open_view import OpenView
from dlcourse.drawing.pointer import Pointer, Touch

MOST_REDRAWS = 15  # a second, by work beside the page


class Workbench(ipywidgets.VBox):
    """Knobs, field and buttons above a surface; ``text/plain`` is the sentence about it. Made by `explore`.

    Attributes
    ----------
    knobs : dict of name -> widget
    field : ipywidgets.Text or None
    buttons : dict of label -> ipywidgets.Button
    surface : Pointer
    progress : ipywidgets.HTML
    """

    def __init__(self, view: OpenView, *, state: Mapping[str, Any] | None = None) -> None:
        self._view = view
        self._lock = threading.RLock()  # messages of the browser and the job may come in several threads
        self._job: Job | None = None
        self._done, self._began, self._drawn = 0.0, 0.0, 0.0
        self._unseen: set[str] = set()  # entries that work has changed since the last picture
        self._loop = _running_loop()
        start = view.state(**(state or {}))
        self.surface = _Surface(self._by_hand, view, start)
        self.knobs = {control.name: knob(control, start[control.name]) for control in view.controls}
        self.field = _field(view.field, start.get("text", "")) if view.field else None
        self.buttons = {label: ipywidgets.Button(description=label) for label in view.buttons}
        self.progress = ipywidgets.HTML(layout=ipywidgets.Layout(visibility="hidden", min_height="2em"))
        self._listen()
        super().__init__(self._rows())
        self._begin()

    def _listen(self) -> None:
        for name, widget in self.knobs.items():
            widget.observe(lambda change, name=name: self._turned(name, change.new), "value")
        if self.field is not None:
            self.field.observe(lambda change: self._typed(change.new), "value")
        for label, button in self.buttons.items():
            button.on_click(lambda _, label=label: self._change(lambda state: self._view.pressed(label, state)))

    def _rows(self) -> list[Any]:
        rows = [*self.knobs.values(), *filter(None, [self.field])]
        if self.buttons:
            rows.append(ipywidgets.HBox(list(self.buttons.values()), layout=ipywidgets.Layout(flex_flow="row wrap")))
        return [*rows, self.surface, *([self.progress] if self._view.works else [])]

    @property
    def state(self) -> dict[str, Any]:
        """What is shown, a drawing or a text included."""
        return self.surface.state

    @property
    def canvas(self) -> Canvas:
        return self.surface.canvas

    # By hand ----------------------------------------------------------------------------------------------

    def _turned(self, name: str, value: Any) -> None:
        if value != self.state[name] or self.surface.error:  # else it only follows the state
            self._change(lambda state: self._view.turned(name, state))

    def _typed(self, text: str) -> None:
        if text != self.state.get("text") or self.surface.error:
            self._change(lambda state: self._view.typed(text, state))

    def _change(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Put what `change` returns into the state; what goes wrong is shown where the picture was."""
        try:
            with self._by_hand():
                state = self.state | {name: widget.value for name, widget in self.knobs.items()}
                self.surface.draw({**state, **change(state)})
        except Exception:
            self.surface.fail()

    @contextmanager
    def _by_hand(self) -> Iterator[None]:
        """Change the state inside the ``with`` block: work that goes on from an older one ends, and begins again."""
        with self._lock:
            self._stop()
            before = self.state
            yield
            self._follow(self._unseen | {name for name in self.state if self.state[name] is not before.get(name)})
            self._begin()

    def _follow(self, changed: Set[str]) -> None:
        """Let knobs and field show what has changed; no others, or a knob would jump back under the hand."""
        for name in changed & self.knobs.keys():
            self.knobs[name].value = self.state[name]
        if self.field is not None and "text" in changed:
            self.field.value = self.state["text"]

    # Beside the page --------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if not self._view.works or os.environ.get("DLCOURSE_RECORDING") == "1":  # what is recorded must not depend on
            return  # how fast the machine is
        with self._lock:
            state = dict(self.state)
            self._done, self._began, self._unseen = 0.0, time.monotonic(), set()
            self._job = Job(lambda: self._view.work(state), self._advanced, self._ended)
            self._job.start()

    def _stop(self) -> None:
        with self._lock:
            if self._job is not None:
                self._job.cancel()
            self._job = None
            self.progress.layout.visibility = "hidden"

    def _advanced(self, job: Job, step: tuple[float, Mapping[str, Any]]) -> None:
        done, changes = step
        with self._lock:
            if job is not self._job:
                return
            self.surface.state = {**self.state, **changes}
            self._unseen |= changes.keys()
            self._done = done
            now = time.monotonic()
            if now - self._drawn < 1 / MOST_REDRAWS:
                return
            self._drawn = now
        self._soon(self._redraw, job)

    def _ended(self, job: Job, error: str) -> None:
        self._soon(self._finish, job, error)

    def _soon(self, act: Callable[..., None], *arguments: Any) -> None:
        """Call where the cells run, between two of them: matplotlib's settings are the notebook's, too."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, *arguments)
        else:
            act(*arguments)

    def _redraw(self, job: Job) -> None:
        with self._lock:
            if job is not self._job:
                return
            try:
                self.surface.draw(self.state)
                self._follow(self._unseen)
                self._unseen = set()
                self.progress.value = self._bar()
                self.progress.layout.visibility = "visible"
            except Exception:
                self._stop()
                self.surface.fail()
            self._drawn = time.monotonic()  # a slow picture must not fill the queue

    def _finish(self, job: Job, error: str) -> None:
        with self._lock:
            if job is not self._job:
                return
            if self._unseen:
                self._redraw(job)
            self._stop()
            if error:
                self.surface.error = error

    def _bar(self) -> str:
        done = min(max(self._done, 0.0), 1.0)
        took = time.monotonic() - self._began
        left = f", about {took * (1 - done) / done:.0f} s left" if done > 0.02 and took > 1 else ""
        task = html.escape(self._view.task)
        return (
            f'<label style="display:flex;gap:.7em;align-items:center">{task} <progress max="1" value="{done:.3f}">'
            f"</progress> {100 * done:.0f} %{left}</label>"
        )

    def close(self) -> None:
        """Take the widget off the page; its work ends."""
        self._stop()
        super().close()

    def __repr__(self) -> str:
        return self.canvas.alt

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        return self.canvas.in_bundle(super()._repr_mimebundle_(**kwargs))


class _Surface(Pointer):
    """A Pointer whose touches are changes by hand, as those of a knob are."""

    def __init__(self, by_hand: Callable[[], Any], view: OpenView, state: Mapping[str, Any]) -> None:
        self._by_hand = by_hand
        super().__init__(view, view.touched, gesture=view.gesture, at=view.at, **state)

    def touch(self, *touches: Touch) -> None:
        with self._by_hand():
            super().touch(*touches)


def _field(label: str, text: str) -> Any:
    return ipywidgets.Text(
        value=text,
        description=label,
        style={"description_width": LABEL},
        layout=ipywidgets.Layout(width="440px", max_width="100%"),
    )


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
