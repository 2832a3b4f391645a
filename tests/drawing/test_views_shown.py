"""Views on the page: live, frozen, touched."""

import base64
import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import ipywidgets
import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

import dlcourse.drawing
from dlcourse.drawing import Control, Player, Pointer, Touch, explore, show
from dlcourse.drawing.frozen import MOST_BYTES
from tests.drawing.example_views import Blur, Descent, Dots

ROOT = Path(__file__).parents[2]
AT_TEN = "After 10 steps with learning rate 0.03 the loss is 0.29."


@pytest.fixture(autouse=True)
def live(monkeypatch):
    monkeypatch.delenv("DLCOURSE_DRAWING", raising=False)


def pixels(page):
    """The size of the picture inside a piece of HTML."""
    data = re.search(r"data:image/png;base64,([^\"&]+)", page)[1]
    return Image.open(io.BytesIO(base64.b64decode(data))).size


# Live ----------------------------------------------------------------------------------------------------


def test_a_live_view_says_and_shows_its_state():
    shown = explore(Descent(), lr=0.03, step=10)
    data, about = shown._repr_mimebundle_()
    assert data["text/plain"] == repr(shown) == AT_TEN
    assert "application/vnd.jupyter.widget-view+json" in data
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (640, 300)
    assert about["image/png"] == {"alt": AT_TEN, "width": 640, "height": 300}
    picture = shown.children[-1]
    assert isinstance(picture, ipywidgets.HTML)
    assert pixels(picture.value) == (640, 300)
    assert f'alt="{AT_TEN}"' in picture.value and f">{AT_TEN}</figcaption>" in picture.value


def test_a_moved_knob_changes_picture_sentence_and_state():
    shown = explore(Descent(), lr=0.03, step=10)
    before = shown.children[-1].value
    shown.knobs["lr"].value = 0.3
    assert shown.state == {"lr": 0.3, "step": 10}
    assert "learning rate 0.3 the loss is 1.1e-08" in repr(shown)
    assert repr(shown) in shown.children[-1].value != before
    shown.knobs["lr"].value = 0.03
    assert shown.children[-1].value == before


def test_few_strings_are_buttons_and_all_else_is_a_slider():
    shown = explore(Blur())
    assert isinstance(shown.knobs["pattern"], ipywidgets.ToggleButtons)
    assert isinstance(shown.knobs["width"], ipywidgets.SelectionSlider)
    rate = explore(Descent()).knobs["lr"]
    assert rate.description == "learning rate"
    assert [text for text, _ in rate.options][:2] == ["0.01", "0.03"]


def test_many_strings_are_a_slider_and_truth_values_are_buttons():
    from dlcourse.drawing.live import knob

    assert isinstance(knob(Control("letter", tuple("abcdef"), "a"), "a"), ipywidgets.SelectionSlider)
    assert isinstance(knob(Control("normed", (False, True), True), True), ipywidgets.ToggleButtons)


def test_play_starts_where_the_slider_is_and_does_not_run():
    shown = explore(Descent(), play="step", step=7)
    slider, play = shown.children[1].children
    assert isinstance(play, ipywidgets.Play)
    assert (play.value, play.min, play.max, slider.index) == (7, 0, 20, 7)
    assert not play.playing


@pytest.mark.parametrize(("view", "play"), [(Descent(), "epoch"), (Blur(), "pattern"), (Dots(), "x")])
@pytest.mark.parametrize("shell", [explore, Player])
def test_what_is_no_slider_cannot_be_played(shell, view, play):
    with pytest.raises(ValueError, match=f"cannot play '{play}'"):
        shell(view, play=play)


class Fragile(Descent):
    def frame(self, *, lr, step):
        if step == 13:
            raise ArithmeticError("13 is <unlucky>")
        return super().frame(lr=lr, step=step)


def test_an_error_is_shown_in_the_place_of_the_picture_until_the_knob_moves_on():
    shown = explore(Fragile(), step=12)
    shown.knobs["step"].value = 13
    page = shown.children[-1].value
    assert page.startswith('<pre role="alert">') and "ArithmeticError: 13 is &lt;unlucky&gt;" in page
    shown.knobs["step"].value = 14
    assert "After 14 steps" in shown.children[-1].value


def test_an_error_in_the_first_picture_stops_the_cell():
    with pytest.raises(ArithmeticError):
        explore(Fragile(), step=13)


# Frozen --------------------------------------------------------------------------------------------------


def data_of(page):
    return json.loads(re.search(r"^const data = (.*);$", page, re.MULTILINE)[1])


def test_a_player_holds_every_combination_and_starts_at_the_default():
    player = Player(Descent(), grid={"step": [0, 10, 20], "lr": [0.03, 0.1]}, lr=0.03, step=10)
    assert [control.values for control in player.controls] == [(0.03, 0.1), (0, 10, 20)]
    assert len(player.frames) == len(player.captions) == 6
    assert player.start == 1
    bundle, about = player._repr_mimebundle_()
    assert bundle["text/plain"] == repr(player) == player.captions[1] == AT_TEN
    assert base64.b64decode(bundle["image/png"]) == player.frames[1]
    assert about["image/png"]["alt"] == AT_TEN
    assert "learning rate 0.1" in player.captions[3] and "After 0 steps" in player.captions[3]


def test_a_player_is_one_iframe_that_asks_for_nothing():
    page = Player(Blur())._repr_mimebundle_()[0]["text/html"]
    source = re.fullmatch(r'<iframe title="Blurring a pattern" [^>]*srcdoc="([^"]*)"></iframe>', page)[1]
    inside = html.unescape(source)
    assert inside == Player(Blur()).page()
    assert not re.search(r"https?:|//[a-z]|import |fetch", re.sub(r"base64,[^\"]+", "", inside))
    data = data_of(inside)
    assert [(c["label"], c["start"], c["buttons"]) for c in data["controls"]] == [
        ("pattern", 0, True),
        ("width", 2, False),
    ]
    assert len(data["frames"]) == 15 and all(pixels(frame) == (500, 280) for frame in data["frames"])
    assert 'role="status"' in inside


def test_frames_have_few_colours_and_the_same_bytes_each_time():
    first, second = Player(Blur()), Player(Blur())
    assert first.frames == second.frames
    for png in first.frames:
        assert 2 < len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(1000)) <= 128


def test_a_sentence_cannot_end_the_script():
    class Sly(Dots):
        title = 'A "title" of <b>'

        def describe(self, frame):
            return "This sentence holds </script><script> and <!-- a comment."

    page = Player(Sly()).page()
    assert page.count("</script>") == 1 and "<!-- a" not in page
    assert data_of(page)["captions"] == ["This sentence holds </script><script> and <!-- a comment."]
    assert "<title>A &quot;title&quot; of &lt;b&gt;</title>" in page


def test_more_frames_than_80_are_refused_before_one_is_drawn():
    with pytest.raises(ValueError, match="Player: 6 lr x 21 step are 126 frames; the most is 80, so keep fewer"):
        Player(Descent())
    assert len(Player(Descent(), grid={"lr": [0.1]}).frames) == 21


def test_more_than_a_megabyte_is_refused(monkeypatch):
    assert MOST_BYTES == 1_000_000
    monkeypatch.setattr("dlcourse.drawing.frozen.MOST_BYTES", 20_000)
    with pytest.raises(ValueError, match=r"15 frames are 0\.0 MB; the most is 0\.02 MB, so keep"):
        Player(Blur())


def test_a_sentence_with_nan_is_refused_in_any_frame():
    class Late(Blur):
        def describe(self, frame):
            return super().describe(frame) if frame["width"] < 5 else "The range is nan after so much blurring."

    with pytest.raises(ValueError, match="alt holds nan"):
        Player(Late())


# The switch ----------------------------------------------------------------------------------------------


def test_show_is_live_unless_the_book_is_built(monkeypatch):
    assert isinstance(show(Blur(), play="width"), ipywidgets.VBox)
    monkeypatch.setenv("DLCOURSE_DRAWING", "frozen")
    assert isinstance(show(Blur(), play="width", width=2), Player)
    monkeypatch.setenv("DLCOURSE_DRAWING", "static")
    with pytest.raises(ValueError, match="expected DLCOURSE_DRAWING to be live or frozen, got 'static'"):
        show(Blur())


@pytest.mark.parametrize("mode", ["live", "frozen"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rate": 1}, "there is no control 'rate'"),
        ({"grid": {"rate": [1]}}, "there is no control 'rate'"),
        ({"grid": {"width": [1, 7]}}, "Control width: expected one of 1, 2, 3, 4, 5, got 7"),
        ({"grid": {"width": [1, 5]}}, "grid leaves out width=3, where the figure starts; add it or pass width="),
    ],
)
def test_a_mistake_fails_alike_live_and_frozen(monkeypatch, mode, settings, words):
    monkeypatch.setenv("DLCOURSE_DRAWING", mode)
    with pytest.raises(ValueError, match=words):
        show(Blur(), **settings)


# Touched -------------------------------------------------------------------------------------------------


def add(touch, state):
    return {"points": [*state.get("points", ()), (touch.x, touch.y)]}


def sent(pointer, *points):
    """Give a pointer a message of the browser; return what it answers."""
    answers = []
    pointer.send = lambda content, buffers=None: answers.append(content)
    pointer._received(pointer, {"points": [list(point) for point in points]}, [])
    return answers


def test_a_touch_arrives_in_the_units_of_the_axes():
    pointer = Pointer(Dots(), add, gesture="paint")
    before = pointer.png
    assert sent(pointer, (0.15, 0.15, True), (0.55, 0.55, False)) == [{"done": True}]
    (x0, y0), (x1, y1) = pointer.state["points"]
    assert (x0, y0, x1, y1) == pytest.approx((0, 0, 5, 0.5))
    assert pointer.alt == repr(pointer) == "2 points were put on the plane so far."
    assert pointer.png != before


def test_a_touch_beside_the_axes_is_acknowledged_and_does_nothing():
    pointer = Pointer(Dots(), add)
    assert sent(pointer, (0.01, 0.5, True)) == [{"done": True}]
    assert "points" not in pointer.state


def test_a_touch_names_its_axes_and_whether_it_is_the_first():
    touches = []
    pointer = Pointer(Descent(), lambda touch, state: touches.append(touch) or {})
    sent(pointer, (0.2, 0.5, True), (0.3, 0.5, False))
    sent(pointer, (0.8, 0.5, False), (0.85, 0.5, False))
    assert [(touch.axes, touch.first) for touch in touches] == [(0, True), (0, False), (1, True), (1, False)]
    assert 1e-5 < touches[2].y < 1e-2  # of a logarithmic axis


def test_a_stroke_that_comes_in_from_outside_begins_there():
    firsts = []
    pointer = Pointer(Dots(), lambda touch, state: firsts.append(touch.first) or {})
    sent(pointer, (0.5, 0.5, True), (0.01, 0.5, False))
    sent(pointer, (0.4, 0.5, False), (0.5, 0.5, False))
    sent(pointer, (0.01, 0.01, True), (0.5, 0.5, False), (0.6, 0.5, False))
    assert firsts == [True, True, False, True, False]


def test_an_error_of_act_is_shown_and_the_next_touch_mends_it():
    def refuse_left(touch, state):
        if touch.x < 5:
            raise ArithmeticError("too far left")
        return add(touch, state)

    pointer = Pointer(Dots(), refuse_left)
    assert sent(pointer, (0.3, 0.5, True)) == [{"done": True}]
    assert "ArithmeticError: too far left" in pointer.error and "points" not in pointer.state
    sent(pointer, (0.8, 0.5, True))
    assert pointer.error == "" and len(pointer.state["points"]) == 1


def test_a_pointer_can_be_touched_from_code_and_starts_where_it_is_told():
    pointer = Pointer(Dots(), add, points=[(1.0, 0.5)], at=(10, 1))
    assert pointer.ring == pytest.approx([0.95, 0.95])
    pointer.touch(Touch(2.0, 0.5, 0, True), Touch(3.0, 0.5, 0, False))
    assert pointer.state["points"] == [(1.0, 0.5), (2.0, 0.5), (3.0, 0.5)]


def test_a_pointer_has_sentence_and_picture_where_no_widget_runs():
    data, about = Pointer(Dots(), add)._repr_mimebundle_()
    assert data["text/plain"] == about["image/png"]["alt"] == "0 points were put on the plane so far."
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(data)


def test_an_unknown_gesture_is_refused():
    with pytest.raises(ValueError, match="expected a gesture of drag, click, paint, got 'shake'"):
        Pointer(Dots(), add, gesture="shake")


def test_a_pointer_keeps_the_keys_that_jupyterlab_would_take():
    script = Path(dlcourse.drawing.__file__).with_name("pointer.js").read_text(encoding="utf-8")
    assert "const keep = (event) => event.stopPropagation();" in script
    assert 'el.addEventListener("keydown", keep);' in script


def test_a_name_that_is_missing_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Painter'"):
        _ = dlcourse.drawing.Painter
    assert set(dlcourse.drawing.__all__) <= set(dir(dlcourse.drawing))


# In a notebook -------------------------------------------------------------------------------------------

CELL = """
from dlcourse.drawing import Pointer, show
from tests.drawing.example_views import Blur, Descent, Dots
"""


def test_live_views_pass_strict_nbval(tmp_path):
    sources = [CELL, 'show(Descent(), play="step")', "show(Blur())", "Pointer(Dots(), lambda touch, state: {})"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    path = tmp_path / "views.ipynb"
    nbformat.write(notebook, path)
    assert nbval(path).returncode == 0
    notebook.cells[2].outputs[0]["data"]["text/plain"] = "Another sentence stood here."
    nbformat.write(notebook, path)
    done = nbval(path)
    assert done.returncode == 1 and "Another sentence stood here." in done.stdout


def nbval(path):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--nbval", "--nbval-cell-timeout", "60"]
    command += ["--nbval-sanitize-with", ROOT / "tests" / "sanitize.cfg", "--nbval-current-env"]
    command += ["--rootdir", path.parent, "-c", "/dev/null", path]
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=path.parent)
