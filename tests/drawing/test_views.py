"""Controls, views and their canvas; the check that every lesson's views must pass."""

import copy
import subprocess
import sys

import matplotlib
import numpy as np
import pytest

from dlcourse.drawing import Control, View
from dlcourse.drawing.canvas import Canvas, full_redraw
from dlcourse.drawing.view import choices
from tests.drawing.example_views import Blur, Descent, Dots
from tests.drawing.views import check_view, swept, troubles_in

# Controls ------------------------------------------------------------------------------------------------


def test_a_control_keeps_plain_values_and_is_labelled_by_its_name():
    control = Control("lr", np.linspace(0, 1, 11), default=0.3, format="{:.1f}")
    assert control.values[3] == control.default
    assert {type(value) for value in control.values} == {float}
    assert (control.label, control.text(control.default), control.index(0.7)) == ("lr", "0.3", 7)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("learning rate", (1, 2), 1), "expected a name that can be a keyword, got 'learning rate'"),
        (("lr", (), 1), "expected at least one value, got none"),
        (("lr", "abc", "a"), "expected a sequence of values, got the string 'abc'"),
        (("lr", (1, 2), 3), "expected one of 1, 2, got 3"),
        (("lr", range(100), -1), r"expected one of 0, 1, 2, 3, \.\.\., 99, got -1"),
        (("lr", (1, 2, 1), 1), "two values read '1'; they need another format"),
        (("lr", (0.01, 0.02), 0.01, "", "{:.1f}"), "two values read '0.0'"),
        (("lr", ("a", "b"), "a", "", "{:.1f}"), "format '{:.1f}' does not fit the values"),
        (("lr", (1.0, float("nan")), 1.0), "expected numbers, strings or truth values, got nan"),
        (("lr", ((1, 2), (3, 4)), (1, 2)), r"expected numbers, strings or truth values, got \(1, 2\)"),
    ],
)
def test_a_control_that_cannot_work_is_refused(arguments, words):
    with pytest.raises(ValueError, match=f"Control.*{words}"):
        Control(*arguments)


# States --------------------------------------------------------------------------------------------------


def test_a_state_is_the_defaults_but_for_what_is_given():
    assert Descent().defaults() == Descent().state() == {"lr": 0.1, "step": 20}
    assert Descent().state(lr=0.1 + 1e-17, step=np.int64(3)) == {"lr": 0.1, "step": 3}


def test_an_unknown_control_and_a_value_off_the_grid_are_refused():
    with pytest.raises(ValueError, match="Descent: there is no control 'rate'; its controls are lr, step"):
        Descent().state(rate=0.1)
    with pytest.raises(ValueError, match="Control lr: expected one of"):
        Descent().state(lr=0.2)
    with pytest.raises(ValueError, match="Dots: there is no control 'x'; it has no controls"):
        Dots().state(x=1)


def test_two_controls_of_one_name_are_refused():
    class Twice(Descent):
        controls = (*Descent.controls, Control("lr", (1, 2), 1))

    with pytest.raises(ValueError, match="Twice: two controls have the same name"):
        Twice().state()


@pytest.mark.parametrize("method", ["frame", "build", "update", "describe"])
def test_what_a_view_lacks_is_named(method):
    arguments = () if method == "frame" else ({},)
    with pytest.raises(NotImplementedError, match=f"View.{method} is not written"):
        getattr(View(), method)(*arguments)


def test_all_choices_are_counted_with_the_last_control_fastest():
    controls = [Control("a", (1, 2), 1), Control("b", ("x", "y"), "x")]
    assert [tuple(state.values()) for state in choices(controls)] == [(1, "x"), (1, "y"), (2, "x"), (2, "y")]
    assert list(choices([])) == [{}]


# The canvas ----------------------------------------------------------------------------------------------


def test_one_view_may_be_on_two_canvases():
    view = Descent()
    first, second = Canvas(view), Canvas(view)
    first.draw({"lr": 0.1, "step": 20})
    second.draw({"lr": 1.0, "step": 3})
    first.draw({"lr": 0.9, "step": 5})
    _, scratch = full_redraw(view, {"lr": 0.9, "step": 5})
    assert (first.pixels() != scratch).any(axis=-1).mean() < 0.005
    assert vars(view) == {}


def test_when_drawing_fails_the_old_picture_stays():
    canvas = Canvas(Descent())
    canvas.draw({"lr": 0.1, "step": 20})
    before, alt = canvas.pixels(), canvas.alt
    with pytest.raises(TypeError):
        canvas.draw({"lr": 0.1, "step": "three"})
    assert (canvas.pixels() == before).all() and canvas.alt == alt


def test_a_view_of_which_nothing_is_said_to_move_is_drawn_whole():
    class Whole(Descent):
        def moving(self):
            return ()

    check_view(Whole())


def test_settings_of_the_notebook_do_not_reach_a_canvas():
    canvas = Canvas(Descent())
    canvas.draw(Descent().defaults())
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9}):
        other = Canvas(Descent())
        other.draw(Descent().defaults())
    assert (canvas.pixels() == other.pixels()).all()


def test_the_page_escapes_its_sentence():
    canvas = Canvas(Dots())
    canvas.view.describe = lambda frame: 'If a < b & "c" then <script> is text.'
    canvas.draw({})
    page = canvas.page()
    assert 'alt="If a &lt; b &amp; &quot;c&quot; then &lt;script&gt; is text."' in page and "<script" not in page
    assert '<figcaption role="status"' in page and 'width="400" height="300"' in page


# The check -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [Descent(), Blur(), Dots()], ids=lambda view: type(view).__name__)
def test_the_examples_pass(view):
    assert len(check_view(view)) == 3 ** len(view.controls)


def test_many_controls_are_swept_one_at_a_time():
    class Many(Descent):
        controls = tuple(Control(name, range(5), 1) for name in "abcde")

    states = swept(Many())
    assert len(states) == 1 + 5 * 3
    assert all({state[name] for state in states} == {0, 1, 2, 4} for name in "abcde")


class InfiniteLoss(Descent):
    def frame(self, *, lr, step):
        return super().frame(lr=lr, step=step) | {"more": [{"loss": np.array([1.0, np.inf])}]}


class LongSentence(Descent):
    def describe(self, frame):
        return "The loss falls. " * 20


class NanSentence(Descent):
    def describe(self, frame):
        return f"At step {frame['step']} the loss is {float('nan')}."


class SmallLetters(Descent):
    def build(self, fig):
        super().build(fig)
        fig.text(0.5, 0.95, "small", fontsize=6)


class ForgottenArtist(Descent):
    def moving(self):
        return [self._path]

    def update(self, frame):
        super().update(frame)
        self._history.set(linewidth=60)


class Covered(Descent):
    """What moves is drawn over what stays, in a full redraw it is the other way round."""

    def build(self, fig):
        super().build(fig)
        self._path.axes.axhspan(-0.05, 1.2, zorder=5)
        self._path.set(linewidth=40)


class LeftBehind(Descent):
    def update(self, frame):
        if frame["step"]:
            super().update(frame)


class Counting(Descent):
    calls = [0]

    def frame(self, *, lr, step):
        self.calls[0] += 1
        return super().frame(lr=lr, step=step) | {"calls": self.calls[0]}


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (InfiniteLoss(), r"frame\['more'\]\[0\]\['loss'\] is not finite"),
        (LongSentence(), "expected alt to have 20 to 260 characters"),
        (NanSentence(), "alt holds nan"),
        (SmallLetters(), "'small' has 6 pt"),
        (ForgottenArtist(), "of the pixels differ from a full redraw"),
        (Covered(), "of the pixels differ from a full redraw"),
        (LeftBehind(), "the picture depends on the states before|differ from a full redraw"),
        (Counting(), "frame is not pure"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_wrong_with_a_view_is_found(view, words):
    with pytest.raises((AssertionError, ValueError), match=words):
        check_view(view)


def test_strings_and_whole_numbers_are_finite():
    assert troubles_in({"a": "nan", "b": 3, "c": [True, ("x", 1.5)]}) == []


def test_checking_leaves_a_view_as_it_was():
    view = Blur()
    before = copy.copy(vars(view))
    check_view(view)
    assert vars(view) == before


def test_importing_drawing_loads_no_widgets():
    code = "import sys, dlcourse.drawing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"matplotlib", "PIL", "ipywidgets", "anywidget", "traitlets", "IPython"}
    assert heavy & {name.split(".")[0] for name in done.stdout.split()} == set()
