"""What the notebooks of these tests show: views that follow, and views with a fault each."""

import time

import ipywidgets
import numpy as np

from dlcourse.drawing import Control, OpenView, explore
from tests.drawing.example_views import Descent, Dots


class Workshop(OpenView):
    """A little of everything: a slider, a choice, a field, buttons and points that are clicked."""

    size = (4.0, 3.0)
    title = "Points with a name"
    controls = (Control("width", range(1, 9), 3), Control("colour", ("blue", "red"), "blue"))
    gesture = "click"
    at = (5, 0.5)
    field = "name"
    buttons = ("Clear",)

    def start(self):
        return {"points": ((2.0, 0.25),), "text": "dots"}

    def touched(self, touch, state):
        return add(touch, state)

    def pressed(self, button, state):
        return {"points": ()}

    def session(self):
        return [("start", self.state())]

    def frame(self, **state):
        return state

    def build(self, fig):
        axes = fig.add_axes((0.15, 0.15, 0.8, 0.7))
        axes.set(xlim=(0, 10), ylim=(0, 1))
        (self._dots,) = axes.plot([], [], "o", linestyle="")
        self._name = axes.text(0, 1.05, "")

    def moving(self):
        return [self._dots, self._name]

    def update(self, frame):
        self._dots.set_data(*np.array(frame["points"], float).reshape(-1, 2).T)
        self._dots.set(color=frame["colour"], markersize=3 * frame["width"])
        self._name.set(text=frame["text"], color=frame["colour"], fontsize=8 + frame["width"])

    def describe(self, frame):
        return "{} {} points of width {} are called {}.".format(
            len(frame["points"]), frame["colour"], frame["width"], frame["text"] or "nothing"
        )


def add(touch, state):
    return {"points": [*state.get("points", ()), (touch.x, touch.y)]}


class Place(Dots):
    """One point that is moved."""

    def describe(self, frame):
        (x, y) = frame["points"][0]
        return f"The point was moved to the place ({x:.3f}, {y:.3f})."


def move(touch, state):
    return {"points": [(touch.x, touch.y)]}


class Short(Descent):
    """With one slider, so that what is wrong is found soon."""

    controls = (Descent.controls[1],)

    def frame(self, *, step):
        return super().frame(lr=0.1, step=step)

    def defaults(self):
        return {"step": 3}


class Mute(Short):
    """Its caption stays."""

    def describe(self, frame):
        return "This sentence tells nothing about the steps."


class Blind(Short):
    """Its picture stays."""

    def update(self, frame):
        pass


class Fragile(Short):
    def frame(self, *, step):
        if step != 3:
            raise ArithmeticError("planted")
        return super().frame(step=step)


class Slow(Short):
    def frame(self, *, step):
        if step != 3:
            time.sleep(0.5)
        return super().frame(step=step)


def beside(*widgets):
    """Return a view with widgets above it that do nothing."""
    return ipywidgets.VBox([*widgets, explore(Dots())])


def wide():
    """Return a view that is not kept within its cell."""
    shown = explore(Short())
    shown.children[-1].layout = ipywidgets.Layout(width="1500px")
    shown.children[-1].value = shown.children[-1].value.replace('width="640"', 'width="1400"')
    return shown
