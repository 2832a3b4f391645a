"""Every lesson in a real JupyterLab in a real Chromium, as a learner meets it: opened, run, looked at, moved."""

import os
from pathlib import Path

import pytest

from tests.browser import moving, notebooks
from tools import lab as real

pytestmark = pytest.mark.browser

LESSONS = sorted(path.name for path in (Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
AIM = 60  # milliseconds from key press to pixels, in the median, on a machine at rest
MOST_RATIO = 3.0  # to the smallest view
PRESSES = 10


@pytest.fixture(scope="module", params=LESSONS)
def lesson(lab, chromium, request):
    """A lesson that has been run, on its page."""
    with real.opened(chromium, lab, request.param) as lesson:
        real.run(lesson)
        yield lesson


@pytest.fixture
def troubles(lesson):
    """What goes wrong from here on, and before the first test."""
    yield lesson.troubles
    lesson.troubles.clear()


def test_a_lesson_runs_and_looks_right(lesson, troubles):
    real.look_at_images(lesson)
    assert troubles == []


def test_every_view_follows_keyboard_and_mouse(lesson, troubles):
    for view in moving.views(lesson):
        view.move_all()
    assert troubles == []


@pytest.mark.parametrize("lesson", ["01_backprop.ipynb"], indirect=True)
def test_a_key_press_reaches_the_pixels_in_time(lesson, lab, chromium, folder):
    """What a view adds to the way of a key press through browser, server, kernel and back is little.

    The way itself takes as long as the machine pleases, so the smallest view there is is timed beside the lesson's.
    """
    ratios = []
    while len(ratios) < 3 and not (ratios and ratios[-1] < MOST_RATIO):
        ours, count = moving.median_time(lesson, PRESSES)
        with real.opened(chromium, lab, notebooks.write(folder, "96_smallest.ipynb", SMALLEST)) as smallest:
            real.run(smallest)
            least, _ = moving.median_time(smallest, 3 * PRESSES)
        print(f"{ours:.0f} ms from key press to pixels (median of {count}), the smallest view {least:.0f} ms; ", end="")
        print(f"the aim of {AIM} ms {'holds' if ours < AIM else 'is missed on this machine now'}")
        ratios.append(ours / least)
    assert min(ratios) < MOST_RATIO, f"{ratios}, load {os.getloadavg()} on {os.cpu_count()} processors"


SMALLEST = """
from dlcourse.drawing import Control, View, show

class Smallest(View):
    size = (1.0, 1.0)
    controls = (Control("number", range(60), 0),)

    def frame(self, *, number):
        return {"number": number}

    def build(self, fig):
        self._text = fig.text(0.3, 0.4, "")

    def moving(self):
        return [self._text]

    def update(self, frame):
        self._text.set_text(str(frame["number"]))

    def describe(self, frame):
        return f"The number {frame['number']}, and nothing else."

show(Smallest())
"""


# What these tests would find --------------------------------------------------------------------------------

GOOD = """
from IPython.display import HTML, display
import ipywidgets
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import io

picture = io.BytesIO()
plt.figure(figsize=(8, 2)).savefig(picture)
display({"image/png": picture.getvalue(), "text/plain": "an empty figure"}, raw=True)
ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Image(value=picture.getvalue())])
"""

# What is shown, and the words that must appear in what is found. The cell that fails is the last: it ends the run.
BAD = {
    "HTML('<img src=http://elsewhere.invalid/a.png>')": "request: http://elsewhere.invalid/a.png",
    "HTML('<img src=data:image/png;base64,AAAA>')": "an image that cannot be decoded",
    "HTML('<img style=\"width: 3000px; max-width: none\" src=\"' + dot + '\">')": "is wider than its cell",
    "Javascript('console.error(\"planted\")')": "console: planted",
    "Javascript('setTimeout(() => { throw new Error(\"planted\") })')": "page error: planted",
    "1 / 0": "ZeroDivisionError: division by zero",
}
DOT = """
import base64, io
from IPython.display import HTML, Javascript
from PIL import Image
data = io.BytesIO()
Image.new("L", (1, 1)).save(data, "PNG")
dot = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
"""


def test_a_picture_and_a_widget_are_seen(lab, chromium, folder):
    name = notebooks.write(folder, "97_good.ipynb", GOOD, "# an empty cell is no trouble", "")
    with real.opened(chromium, lab, name) as lesson:
        real.run(lesson)
        assert (real.look_at_images(lesson), lesson.troubles) == (2, [])


@pytest.fixture(scope="module")
def found(lab, chromium, folder):
    """What is found in a lesson in which everything is wrong."""
    name = notebooks.write(folder, "98_bad.ipynb", DOT, *BAD, "'after it'")
    with real.opened(chromium, lab, name) as lesson:
        real.run(lesson)
        real.look_at_images(lesson)
        return lesson.troubles


@pytest.mark.parametrize(("cell", "words"), [*enumerate(BAD.values(), 1)], ids=BAD.values())
def test_what_is_wrong_with_a_lesson_is_found(found, cell, words):
    assert [trouble for trouble in found if words in trouble and ("cell" not in trouble or f"cell {cell}: " in trouble)]
