"""A view without a kernel: all its frames in one page, for the book and for whoever reads offline."""

from __future__ import annotations

import base64
import html
import json
import math
from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from dlcourse.drawing import style
from dlcourse.drawing.canvas import Canvas, data_url
from dlcourse.drawing.open_view import OpenView, Session
from dlcourse.drawing.picture import checked_alt
from dlcourse.drawing.view import Control, View, checked_play, choices, is_choice, restricted_controls

MOST_FRAMES = 80
MOST_BYTES = 1_000_000
_INTERVAL = 200  # milliseconds from one step of the play button to the next


class Player:
    """A frozen view: every combination of its controls drawn beforehand, in an iframe that asks nobody for anything.

    The knobs are the browser's own, so that keyboard and screen reader work.

    Parameters
    ----------
    view : View
        Of an open-ended one, the recorded session is shown.
    play : str, optional
        The control that a play button moves.
    grid : dict of name -> values, optional
        The values to keep of a control that has too many.
    **state
        Where the controls start.

    Attributes
    ----------
    controls : list of Control
        With the values that were kept.
    frames : list of bytes
        The pictures (PNG), the last control changing fastest.
    captions : list of str
        The sentence about each of them.

    Raises
    ------
    ValueError
        When there are more than 80 frames or 1 MB, a name is no control's, a value is not on its grid, or a sentence
        is no alternative text.
    """

    def __init__(
        self,
        view: View,
        *,
        play: str | None = None,
        grid: Mapping[str, Sequence[Any]] | None = None,
        **state: Any,
    ) -> None:
        if isinstance(view, OpenView):
            view, state = Session(view, state), {}
            play = None if is_choice(view.controls[0]) else "moment"
        checked_play(view, play)
        self.title = view.title or type(view).__name__
        self.controls = restricted_controls(view, grid, state)
        self._play = play
        _check_count(self.controls)
        self._draw(view)
        size = len(self.page().encode())
        if size > MOST_BYTES:
            raise ValueError(
                f"Player: {len(self.frames)} frames are {size / 1e6:.1f} MB; the most is {MOST_BYTES / 1e6:g} MB, "
                "so keep fewer values with grid="
            )

    def _draw(self, view: View) -> None:
        canvas = Canvas(view)
        self.width, self.height = canvas.width, canvas.height
        self.frames, self.captions = [], []
        for chosen in choices(self.controls):
            canvas.draw(chosen)
            self.frames.append(canvas.small_png())
            self.captions.append(checked_alt(canvas.alt))

    @property
    def start(self) -> int:
        """The number of the frame that is shown first."""
        number = 0
        for control in self.controls:
            number = number * len(control.values) + control.index(control.default)
        return number

    def page(self) -> str:
        """Return the whole page as HTML."""
        data = {
            "controls": [_knob(control, played=control.name == self._play) for control in self.controls],
            "frames": [data_url(png) for png in self.frames],
            "captions": self.captions,
            "interval": _INTERVAL,
        }
        return _PAGE.substitute(
            title=html.escape(self.title),
            width=self.width,
            height=self.height,
            card=style.CARD,
            ink=style.INK,
            data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        )

    def __repr__(self) -> str:
        return self.captions[self.start]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        knobs = sum(len(control.values) > 1 for control in self.controls)
        page = (
            f'<iframe title="{html.escape(self.title, quote=True)}" width="{self.width}" '
            f'height="{self.height + 40 * knobs + 80}" style="border:0;max-width:100%;background:{style.CARD}" '
            f'srcdoc="{html.escape(self.page(), quote=True)}"></iframe>'
        )
        # Where a notebook is not trusted, iframes are dropped and the picture is left.
        picture = base64.b64encode(self.frames[self.start]).decode()
        about = {"alt": repr(self), "width": self.width, "height": self.height}
        return {"text/plain": repr(self), "text/html": page, "image/png": picture}, {"image/png": about}


def _check_count(controls: Sequence[Control]) -> None:
    sizes = [len(control.values) for control in controls]
    if math.prod(sizes) > MOST_FRAMES:
        product = " x ".join(f"{len(control.values)} {control.name}" for control in controls)
        raise ValueError(
            f"Player: {product} are {math.prod(sizes)} frames; the most is {MOST_FRAMES}, "
            f"so keep fewer values, as in grid={{{controls[0].name!r}: [...]}}"
        )


def _knob(control: Control, *, played: bool) -> dict[str, Any]:
    return {
        "label": control.label,
        "texts": [control.text(value) for value in control.values],
        "start": control.index(control.default),
        "buttons": is_choice(control) and not played,
        "play": played,
    }


_PAGE = Template("""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>$title</title>
<style>
:root { color-scheme: light }
body { margin: 0; background: $card; color: $ink; font: 15px/1.4 system-ui, sans-serif }
.knob { display: flex; flex-wrap: wrap; gap: .2em .7em; align-items: center; min-height: 2em }
.name { width: 9em }
input[type=range] { width: 20em; max-width: 60vw }
img { display: block; max-width: 100%; height: auto }
figure { margin: .3em 0 0 }
</style>
<div id="knobs"></div>
<figure>
<img id="picture" width="$width" height="$height" alt="">
<figcaption id="caption" role="status"></figcaption>
</figure>
<script>
const data = $data;
const at = data.controls.map(c => c.start), moves = [];
const get = id => document.getElementById(id);
const make = (tag, settings, parent) => parent.appendChild(Object.assign(document.createElement(tag), settings));

function show() {
  const n = data.controls.reduce((n, c, k) => n * c.texts.length + at[k], 0);
  get('picture').src = data.frames[n];
  get('picture').alt = get('caption').textContent = data.captions[n];
  fit();
}
function fit() {
  try { frameElement.style.height = document.body.scrollHeight + 8 + 'px'; } catch { /* a frame of another site */ }
}
function slider(c, k, row) {
  const label = make('label', { className: 'knob' }, row);
  make('span', { className: 'name', textContent: c.label }, label);
  const range = make('input', { type: 'range', min: 0, max: c.texts.length - 1, value: c.start }, label);
  const output = make('output', {}, row);
  moves[k] = i => {
    at[k] = +(range.value = i);
    output.value = c.texts[i];
    range.setAttribute('aria-valuetext', c.texts[i]);
    show();
  };
  range.oninput = () => moves[k](+range.value);
  if (c.play) player(c, k, row);
}
function player(c, k, row) {
  const button = make('button', { type: 'button' }, row), last = c.texts.length - 1;
  let timer = 0;
  const stop = () => { clearInterval(timer); timer = 0; button.textContent = '\u25b6 Play ' + c.label; };
  const step = () => { moves[k](at[k] + 1); if (at[k] >= last) stop(); };
  button.onclick = () => {
    if (timer) return stop();
    if (at[k] >= last) moves[k](0);
    timer = setInterval(step, data.interval);
    button.textContent = '\u23f8 Pause';
  };
  row.addEventListener('input', stop);
  stop();
}
function buttons(c, k, row) {
  row.setAttribute('role', 'radiogroup');
  row.setAttribute('aria-label', c.label);
  make('span', { className: 'name', textContent: c.label }, row);
  moves[k] = i => { at[k] = i; show(); };
  c.texts.forEach((text, i) => {
    const label = make('label', {}, row);
    make('input', { type: 'radio', name: 'knob' + k, checked: i === c.start, onchange: () => moves[k](i) }, label);
    label.append(' ' + text);
  });
}
data.controls.forEach((c, k) => {
  if (c.texts.length < 2) return;
  (c.buttons ? buttons : slider)(c, k, make('div', { className: 'knob' }, get('knobs')));
  moves[k](c.start);
});
show();
addEventListener('resize', fit);
</script>
</html>
""")
