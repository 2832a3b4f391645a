"""A stamp looks like the text it stands for, whatever was drawn before, and the lint reads it."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dlcourse.drawing import style
from dlcourse.drawing.lint import drawn_text
from dlcourse.drawing.stamp import stamped

LOOKS = [
    {"text": "−0.0172", "style": "italic", "color": style.GRADIENT},
    {"text": "n_in = 3", "rotation": 90, "ha": "right", "va": "center"},
    {"text": "two\nlines", "linespacing": 1.6, "weight": "bold", "size": 14},
]


def page(text="", **look):
    figure = Figure(figsize=(2.0, 1.5), dpi=style.DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_facecolor(style.FILL)
    return figure, axes.text(0.5, 0.4, text, **look)


def pixels(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())[..., :3].astype(int)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: repr(look["text"]))
def test_a_stamp_looks_like_its_text(look):
    plain, _ = page(**look)
    figure, text = page(**look)
    stamped(text)
    assert np.abs(pixels(figure) - pixels(plain)).max() <= 2  # blended in two steps
    assert (pixels(figure) != pixels(page()[0])).any()


def test_a_stamp_follows_its_text_place_colour_and_weight():
    figure, text = page("1.00")
    stamp = stamped(text)
    for change in [{"text": "2.00"}, {"color": style.VALUE}, {"weight": "bold"}, {"position": (0.2, 0.7)}]:
        before = pixels(figure)
        stamp.set(**change)
        after = pixels(figure)
        assert (before != after).any(), change
        assert (pixels(figure) == after).all()  # this time copied


def test_a_form_that_comes_back_is_the_same_to_the_pixel():
    figure, text = page("1.00")
    stamp = stamped(text)
    first = pixels(figure)
    stamp.set_text("2.00")
    pixels(figure)
    stamp.set_text("1.00")
    assert (pixels(figure) == first).all()


def test_a_stamp_that_is_empty_or_hidden_leaves_nothing():
    blank = pixels(page()[0])
    figure, text = page("1.00")
    stamp = stamped(text)
    stamp.set_visible(False)
    assert (pixels(figure) == blank).all()
    stamp.set(visible=True, text="")
    assert (pixels(figure) == blank).all()


def test_a_stamp_off_the_canvas_leaves_nothing():
    figure, text = page("1.00")
    stamped(text).set_position((3.0, 3.0))
    assert (pixels(figure) == pixels(page()[0])).all()


def test_the_lint_reads_a_stamp_after_it_was_copied_too():
    figure, text = page("7.77")
    stamped(text)
    pixels(figure)
    assert [line.text for line in drawn_text(figure)].count("7.77") == 1


def test_a_text_without_axes_can_not_be_stamped():
    with pytest.raises(ValueError, match="expected a text on axes"):
        stamped(Figure().text(0.5, 0.5, "1.00"))
