"""A view in a notebook: sliders and buttons in the kernel's hands, redrawn within a few milliseconds."""

from __future__ import annotations

import html
import traceback
from collections.abc import Mapping
from typing import Any

import ipywidgets

from dlcourse.drawing.canvas import Canvas
from dlcourse.drawing.picture import checked_alt
from dlcourse.drawing.view import Control, View, checked_play, is_choice

LABEL = "9em"
_INTERVAL = 100  # milliseconds from one step of Play to the next


class Explorer(ipywidgets.VBox):
    """Knobs above a picture; ``text/plain`` is the sentence about it. Made by `explore`.

    Attributes
    ----------
    knobs : dict of name -> widget
    canvas : Canvas
    """

    def __init__(self, view: View, *, play: str | None = None, state: Mapping[str, Any] | None = None) -> None:
        start = view.state(**(state or {}))
        checked_play(view, play)
        self.canvas = Canvas(view)
        self.knobs = {control.name: knob(control, start[control.name]) for control in view.controls}
        self._picture = ipywidgets.HTML(layout=ipywidgets.Layout(width="auto", max_width="100%"))
        self.canvas.draw(start)
        checked_alt(self.canvas.alt)
        self._picture.value = self.canvas.page()
        for widget in self.knobs.values():
            widget.observe(self._changed, "value")
        rows = [with_play(widget) if name == play else widget for name, widget in self.knobs.items()]
        super().__init__([*rows, self._picture])

    @property
    def state(self) -> dict[str, Any]:
        """The value of each control."""
        return {name: widget.value for name, widget in self.knobs.items()}

    def _changed(self, _change: Any) -> None:
        """Draw again; what goes wrong is shown where the picture was, for nobody reads the kernel's log."""
        try:
            self.canvas.draw(self.state)
            self._picture.value = self.canvas.page()
        except Exception:
            self._picture.value = f'<pre role="alert">{html.escape(traceback.format_exc(limit=-3))}</pre>'

    def __repr__(self) -> str:
        return self.canvas.alt

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        return self.canvas.in_bundle(super()._repr_mimebundle_(**kwargs))


def knob(control: Control, value: Any) -> Any:
    """Return buttons for a few strings, otherwise a slider over the grid."""
    options = [(control.text(known), known) for known in control.values]
    style = {"description_width": LABEL}
    if is_choice(control):
        style["button_width"] = "auto"
        layout = ipywidgets.Layout(width="auto", display="flex", flex_flow="row wrap", align_items="center")
        return ipywidgets.ToggleButtons(
            options=options, value=value, description=control.label, style=style, layout=layout
        )
    layout = ipywidgets.Layout(width="440px", max_width="100%")
    return ipywidgets.SelectionSlider(
        options=options, value=value, description=control.label, style=style, layout=layout, continuous_update=True
    )


def with_play(slider: Any) -> Any:
    """Return a slider beside a button that moves it, from where it is; it is still until it is pressed."""
    play = ipywidgets.Play(value=slider.index, min=0, max=len(slider.options) - 1, interval=_INTERVAL)
    ipywidgets.jslink((play, "value"), (slider, "index"))
    return ipywidgets.HBox([slider, play])
