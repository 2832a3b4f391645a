"""Lines and source code, as lessons show them."""

import numpy as np
import pytest

from dlcourse.activations import relu
from dlcourse.drawing import lint, plot_lines, show_source

ALT = "Two lines of slopes 1 and 2, to tell apart."


def lines(n, **settings):
    x = np.arange(1, 11)
    return plot_lines(
        {f"slope {i}": (x, i * x) for i in range(1, n + 1)}, x_label="x", y_label="y", alt=ALT, **settings
    )


def test_series_differ_in_colour_line_style_and_marker():
    drawn = lines(4).figure.axes[0].lines
    for look in ("get_color", "get_linestyle", "get_marker"):
        assert len({getattr(line, look)() for line in drawn}) == 4


@pytest.mark.parametrize("log", ["", "x", "y", "xy"])
def test_axes_are_labelled_and_scaled_as_asked(log):
    axes = lines(2, log=log, title="Two lines").figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title("left")) == ("x", "y", "Two lines")
    assert (axes.get_xscale() == "log", axes.get_yscale() == "log") == ("x" in log, "y" in log)
    assert lint(axes.figure) == []


def test_whole_numbers_get_whole_ticks():
    assert all(tick == round(tick) for tick in lines(1).figure.axes[0].get_xticks())


def test_only_several_series_have_a_legend():
    assert lines(1).figure.axes[0].get_legend() is None
    assert [text.get_text() for text in lines(2).figure.axes[0].get_legend().get_texts()] == ["slope 1", "slope 2"]


@pytest.mark.parametrize("n", [0, 5])
def test_more_series_than_can_be_told_apart_are_refused(n):
    with pytest.raises(ValueError, match=f"one to four series, got {n}"):
        lines(n)


def test_source_is_shown_without_its_docstring_unless_asked_for():
    shown = repr(show_source(relu))
    assert shown.startswith("@differentiable\ndef relu(x):")
    assert "return np.maximum(x, 0), backward" in shown
    assert '"""' not in shown
    assert '"""' in repr(show_source(relu, docstrings=True))
    assert show_source(relu)._repr_markdown_() == f"```python\n{shown}\n```"
