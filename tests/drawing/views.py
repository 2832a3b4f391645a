"""Is a view fit to be shown? Every lesson's figures are held to this."""

import itertools

import numpy as np

from dlcourse.drawing import lint
from dlcourse.drawing.canvas import Canvas, full_redraw
from dlcourse.drawing.picture import checked_alt

MOST_DIFFERENT = 0.005  # of the pixels
MOST_STATES = 81


def check_view(view):
    """Assert that a view keeps the rules in every state of `swept`; return the states that were looked at.

    Its numbers are finite, its sentence is an alternative text, its letters are legible, and what the screen shows
    follows from the state alone: it equals a drawing from scratch and doesn't remember the states before.
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
    return states


def swept(view):
    """Return all combinations of the controls' ends and middles, or, where they are many, one control at a time."""
    view.state()  # refuses two controls of one name
    thinned = {c.name: sorted({0, len(c.values) // 2, len(c.values) - 1}) for c in view.controls}
    kept = {c.name: [c.values[i] for i in thinned[c.name]] for c in view.controls}
    if np.prod([len(values) for values in kept.values()]) <= MOST_STATES:
        return [dict(zip(kept, values, strict=True)) for values in itertools.product(*kept.values())]
    return [view.state(), *(view.state(**{name: value}) for name, values in kept.items() for value in values)]


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
