"""The layout lint finds what it should and nothing else."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dlcourse.drawing import lint, style
from dlcourse.drawing.lint import drawn_text


@pytest.fixture
def axes():
    return Figure(figsize=(4, 3), dpi=100).add_axes((0.15, 0.2, 0.8, 0.7))


def problems(axes):
    return lint(axes.figure)


def test_a_plain_plot_is_clean(axes):
    axes.plot([0, 1], [0, 1], label="loss")
    axes.set(xlabel="epoch", ylabel="loss", title="A run")
    axes.legend()
    assert problems(axes) == []


@pytest.mark.parametrize("at", [(-0.4, 0.5), (1.0, 0.5), (0.5, 1.2), (0.5, -0.4)])
def test_text_outside_the_canvas_is_found(axes, at):
    axes.text(*at, "far out")
    assert any("'far out' leaves the canvas by" in problem for problem in problems(axes))


def test_text_on_text_is_found_once(axes):
    axes.text(0.5, 0.5, "one")
    axes.text(0.51, 0.5, "other")
    (problem,) = problems(axes)
    assert "'one' and 'other' overlap by" in problem


def test_small_text_is_found(axes):
    axes.text(0.5, 0.5, "tiny", size=7.5)
    assert problems(axes) == ["'tiny' has 7.5 pt; the least is 8"]
    axes.texts[0].set_size(8)
    assert problems(axes) == []


def test_the_tolerance_is_in_pixels():
    fig = Figure(figsize=(4, 3), dpi=100)
    fig.text(-0.01, 0.5, "four pixels out")
    assert lint(fig) == ["'four pixels out' leaves the canvas by 4 pixels"]
    assert lint(fig, tolerance=5) == []


def test_what_is_not_drawn_is_not_judged(axes):
    axes.text(0.5, 0.5, "one")
    axes.text(0.5, 0.5, "hidden", visible=False)
    axes.text(0.5, 0.5, "")
    axes.set_xlim(0, 1e9)
    axes.set_xticks([0, 5e8, 9e9])  # the last is beyond the axis
    axes.set_xlim(0, 1e9)
    assert problems(axes) == []
    axes.axis("off")
    assert problems(axes) == []


@pytest.mark.parametrize("angle", [0, 30, 90, 180, 270])
def test_the_box_of_a_text_is_where_matplotlib_draws_it(angle):
    fig = Figure(figsize=(4, 3), dpi=100)
    canvas = FigureCanvasAgg(fig)
    text = fig.text(0.5, 0.5, "a long text, turned", rotation=angle, ha="center", va="center")
    (line,) = drawn_text(fig)
    with style.context():
        box = text.get_window_extent(canvas.get_renderer())
    assert line[2:] == pytest.approx((box.x0, 300 - box.y1, box.x1, 300 - box.y0), abs=3)


@pytest.mark.parametrize(
    ("at", "clean"), [((0.5, 0.85), False), ((0.5, 0.15), False), ((0.7, 0.5), True), ((0.3, 0.5), True)]
)
@pytest.mark.parametrize("angle", [90, 270])
def test_turned_text_is_judged_by_where_it_stands(axes, angle, at, clean):
    axes.text(0.5, 0.5, "a long text that has been turned", rotation=angle, ha="center", va="center")
    axes.text(*at, "near", ha="center", va="center")
    assert (problems(axes) == []) == clean


def test_tick_labels_that_run_into_each_other_are_found(axes):
    axes.set_xticks([0, 0.01, 0.02], ["first", "second", "third"])
    axes.set_xlim(0, 1)
    assert sum("overlap" in problem for problem in problems(axes)) >= 2


def test_every_line_of_a_text_counts(axes):
    axes.text(0.1, 0.4, "first\nsecond\nthird")
    assert problems(axes) == []
    axes.text(0.1, 0.4, "again")
    assert len(problems(axes)) == 1
