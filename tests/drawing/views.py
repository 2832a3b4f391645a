"""Is a view fit to be shown? Every lesson's figures are held to this."""

import copy
import itertools

import numpy as np

from dlcourse.drawing import OpenView, Player, Touch, lint
from dlcourse.drawing.canvas import Canvas, full_redraw
from dlcourse.drawing.picture import checked_alt

MOST_DIFFERENT = 0.005  # of the pixels
MOST_STATES = 81


def check_view(view):
    """Assert that a view keeps the rules in every state of `swept`; return the states that were looked at.

    Its numbers are finite, its sentence is an alternative text, its letters are legible, and what the screen shows
    follows from the state alone: it equals a drawing from scratch and doesn't remember the states before.
    Of an open-ended view the states of its session are looked at, too, and what changes them is pure.
    """
    states = swept(view)
    canvas, before = Canvas(view), []
    for state in states:
        frame = view.frame(**state)
        assert troubles_in(frame) == [], f"{state}: {troubles_in(frame)}"
        checked_alt(view.describe(frame))
        figure, scratch = full_redraw(view, state)
        assert lint(figure) == [], f"{state}: {lint(figure)}"
        canvas.draw(state)
        before.append((state, frame, canvas.pixels()))
        different = (canvas.pixels() != scratch).any(axis=-1).mean()
        assert different < MOST_DIFFERENT, f"{state}: {different:.2%} of the pixels differ from a full redraw"
    for state, frame, pixels in reversed(before):
        canvas.draw(state)
        np.testing.assert_equal(canvas.frame, frame, err_msg=f"{state}: frame is not pure")
        assert (canvas.pixels() == pixels).all(), f"{state}: the picture depends on the states before"
    if isinstance(view, OpenView):
        check_open(view, canvas)
    return states


def check_open(view, canvas):
    """Assert that a session begins where the figure starts and fits the book, and that changes are pure and valid."""
    session = [dict(state) for _, state in view.session()]
    Player(view)
    np.testing.assert_equal(session[0], view.state(), err_msg="the session starts elsewhere than the figure")
    for state in (session[0], session[-1]):
        for name, change in changes_of(view, canvas.figure):
            before = copy.deepcopy(state)
            changed = {**state, **change(state)}
            np.testing.assert_equal(state, before, err_msg=f"{name} changes the state in place")
            assert set(changed) <= set(view.state()), f"{name} adds to the state what `start` does not have"
            frame = view.frame(**changed)
            assert troubles_in(frame) == [], f"{name}: {troubles_in(frame)}"
            checked_alt(view.describe(frame))


def changes_of(view, figure):
    """Yield a name for, and a function of, everything that a hand can do."""
    for button in view.buttons:
        yield f"the button {button}", lambda state, button=button: view.pressed(button, state)
    for control in view.controls:
        yield f"the knob {control.name}", lambda state, name=control.name: view.turned(name, state)
    for text in ("", "a word <and> another") if view.field else ():
        yield f"the text {text!r}", lambda state, text=text: view.typed(text, state)
    for i, axes in enumerate(figure.axes) if view.gesture else ():
        x, y = axes.transData.inverted().transform(axes.transAxes.transform((0.5, 0.6)))
        for first in (True, False):
            touch = Touch(float(x), float(y), i, first)
            yield f"the touch {touch}", lambda state, touch=touch: view.touched(touch, state)


def swept(view):
    """Return all combinations of the controls' ends and middles, or, where they are many, one control at a time."""
    view.state()  # refuses two controls of one name
    session = [dict(state) for _, state in view.session()] if isinstance(view, OpenView) else []
    thinned = {c.name: sorted({0, len(c.values) // 2, len(c.values) - 1}) for c in view.controls}
    kept = {c.name: [c.values[i] for i in thinned[c.name]] for c in view.controls}
    if np.prod([len(values) for values in kept.values()]) <= MOST_STATES:
        chosen = [dict(zip(kept, values, strict=True)) for values in itertools.product(*kept.values())]
        return [view.state(**state) for state in chosen] + session
    one_by_one = [view.state(**{name: value}) for name, values in kept.items() for value in values]
    return [view.state(), *one_by_one, *session]


def troubles_in(frame, path="frame"):
    """Return where a frame holds a number that is not finite."""
    if isinstance(frame, dict):
        return [trouble for key, value in frame.items() for trouble in troubles_in(value, f"{path}[{key!r}]")]
    if isinstance(frame, list | tuple):
        return [trouble for i, value in enumerate(frame) for trouble in troubles_in(value, f"{path}[{i}]")]
    numbers = np.asarray(frame)
    if numbers.dtype.kind in "fc" and not np.isfinite(numbers).all():
        return [f"{path} is not finite"]
    return []
