"""Small views: of lines and sliders, of an image, buttons and a title that moves, of points, and an open-ended one."""

import numpy as np

from dlcourse.drawing import Control, OpenView, View

STEPS = 20


class Descent(View):
    """Gradient descent on x ** 2 from x = 1."""

    size = (6.4, 3.0)
    title = "Gradient descent on a parabola"
    controls = (
        Control("lr", (0.01, 0.03, 0.1, 0.3, 0.9, 1.0), default=0.1, label="learning rate", format="{:g}"),
        Control("step", range(STEPS + 1), default=STEPS),
    )

    def frame(self, *, lr, step):
        x = (1 - 2 * lr) ** np.arange(step + 1)
        return {"lr": lr, "step": step, "x": x, "loss": x**2}

    def build(self, fig):
        curve = fig.add_axes((0.1, 0.2, 0.36, 0.7))
        xs = np.linspace(-1.1, 1.1, 60)
        curve.plot(xs, xs**2, marker="")
        (self._path,) = curve.plot([], [], animated=False)
        curve.set(xlim=(-1.1, 1.1), ylim=(-0.05, 1.2), xlabel="x", ylabel="loss")
        history = fig.add_axes((0.6, 0.2, 0.36, 0.7))
        (self._history,) = history.plot([], [], marker="")
        history.set(xlim=(0, STEPS), ylim=(1e-8, 2), xlabel="step", yscale="log")

    def moving(self):
        return [self._path, self._history]

    def update(self, frame):
        self._path.set_data(frame["x"], frame["loss"])
        self._history.set_data(np.arange(len(frame["x"])), np.maximum(frame["loss"], 1e-12))

    def describe(self, frame):
        return f"After {frame['step']} steps with learning rate {frame['lr']:g} the loss is {frame['loss'][-1]:.3g}."


PATTERNS = {
    "stripes": np.tile([0.0, 0.0, 1.0, 1.0], (8, 2)),
    "checks": np.indices((8, 8)).sum(axis=0) % 2.0,
    "ramp": np.linspace(0, 1, 64).reshape(8, 8),
}


class Blur(View):
    """A pattern and its mean over windows."""

    size = (5.0, 2.8)
    title = "Blurring a pattern"
    controls = (Control("pattern", tuple(PATTERNS), "stripes"), Control("width", (1, 2, 3, 4, 5), 3))

    def frame(self, *, pattern, width):
        windows = np.lib.stride_tricks.sliding_window_view(PATTERNS[pattern], (width, width))
        blurred = windows.mean(axis=(2, 3))
        return {"pattern": pattern, "width": width, "before": PATTERNS[pattern], "after": blurred}

    def build(self, fig):
        self._images, self._titles = [], []
        for left in (0.04, 0.54):
            axes = fig.add_axes((left, 0.05, 0.42, 0.75))
            axes.set_axis_off()
            self._images.append(axes.imshow(np.zeros((8, 8)), vmin=0, vmax=1, extent=(0, 1, 0, 1)))
            self._titles.append(axes.text(0.0, 1.05, ""))

    def moving(self):
        return [*self._images, *self._titles]

    def update(self, frame):
        for image, pixels in zip(self._images, (frame["before"], frame["after"]), strict=True):
            image.set_data(pixels)
        self._titles[0].set_text(frame["pattern"])
        self._titles[1].set_text(f"mean over {frame['width']} x {frame['width']}")

    def describe(self, frame):
        spread = frame["after"].max() - frame["after"].min()
        return (
            f"The {frame['pattern']} blurred over {frame['width']} pixels range over {spread:.2f}, at first over 1.00."
        )


class Dots(View):
    """Points that were clicked or painted; no slider has their values."""

    title = "Points"
    size = (4.0, 3.0)

    def frame(self, *, points=()):
        return {"points": np.array(points, dtype=float).reshape(-1, 2)}

    def build(self, fig):
        axes = fig.add_axes((0.15, 0.15, 0.8, 0.8))
        axes.set(xlim=(0, 10), ylim=(0, 1))
        (self._dots,) = axes.plot([], [], "o")

    def moving(self):
        return [self._dots]

    def update(self, frame):
        self._dots.set_data(*frame["points"].T)

    def describe(self, frame):
        return f"{len(frame['points'])} points were put on the plane so far."


class Trainer(OpenView):
    """Points that are clicked, a curve that learns their mean, and one of everything that a hand can move."""

    title = "A mean that is learnt"
    size = (4.0, 3.0)
    controls = (Control("lr", (0.1, 0.5, 1.0), 0.5), Control("colour", ("blue", "red"), "blue"))
    gesture = "click"
    at = (5, 0.5)
    field = "name"
    buttons = ("Train", "Clear")
    task = "Training"
    steps = 4

    def start(self):
        return {"points": ((2.0, 0.25),), "text": "dots", "training": False, "mean": 0.0}

    def touched(self, touch, state):
        if touch.x < 1:
            raise ArithmeticError("too far <left>")
        return {"points": (*state["points"], (touch.x, touch.y))}

    def pressed(self, button, state):
        return {"training": True} if button == "Train" else {"points": (), "text": "", "lr": 0.1, "training": False}

    def turned(self, name, state):
        return {"mean": 0.0} if name == "lr" else {}

    def work(self, state):
        mean, target = state["mean"], np.mean([y for _, y in state["points"]] or [0.0])
        for step in range(self.steps if state["training"] else 0):
            mean += state["lr"] * (target - mean)
            yield (step + 1) / self.steps, {"mean": float(mean)}
        if state["training"]:
            yield 1.0, {"training": False}

    def session(self):
        points = ((2.0, 0.25), (8.0, 0.75))
        return [("start", self.state()), ("two", self.state(points=points)), ("learnt", self.state(mean=0.5))]

    def frame(self, *, lr, colour, points, text, training, mean):
        return {"points": np.array(points, float).reshape(-1, 2), "text": text, "mean": mean, "colour": colour}

    def build(self, fig):
        axes = fig.add_axes((0.15, 0.15, 0.8, 0.8))
        axes.set(xlim=(0, 10), ylim=(0, 1))
        (self._dots,) = axes.plot([], [], "o", linestyle="")
        (self._mean,) = axes.plot([0, 10], [0, 0], marker="")

    def moving(self):
        return [self._dots, self._mean]

    def update(self, frame):
        self._dots.set_data(*frame["points"].T)
        self._dots.set_color(frame["colour"])
        self._mean.set_ydata([frame["mean"]] * 2)

    def describe(self, frame):
        name, n = frame["text"] or "Unnamed", len(frame["points"])
        return f"{name}: {n} points, of which the mean so far is {frame['mean']:.3f}."
