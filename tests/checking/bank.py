"""Made-up exercises of every kind, for the tests of the checker."""

import numpy as np

from dlcourse.checking import Case, Exercise, Mistake, each, pair, value


def linear(x, W, b):
    y = x @ W + b

    def backward(dy):
        return dy @ W.T, x.T @ dy, dy.sum(axis=0)

    return y, backward


def linear_with(dx=lambda x, W, dy: dy @ W.T, dW=lambda x, W, dy: x.T @ dy, db=lambda x, W, dy: dy.sum(axis=0)):
    """The right answer, or one with one gradient exchanged."""

    def answer(x, W, b):
        return x @ W + b, lambda dy: (dx(x, W, dy), dW(x, W, dy), db(x, W, dy))

    return answer


def linear_cases(rng):
    def case(n, n_in, n_out, note=""):
        return Case(rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out), note=note)

    return [case(2, 2, 2), case(4, 3, 2), case(5, 2, 4), case(1, 3, 2, "edge: a batch of one")]


LINEAR = Exercise(
    id="91.1",
    title="The linear layer",
    kind="function",
    points=3,
    prompt="Write it.",
    stub="""\
def my_linear(x, W, b):
    y = x @ W + b

    def backward(dy):
        dx = ...
        dW = ...
        db = ...
        return dx, dW, db

    return y, backward
""",
    answer="my_linear",
    reference=linear,
    cases=linear_cases,
    observe=pair("y", "dx", "dW", "db"),
    mistakes=[
        Mistake(
            "mean_for_db",
            linear_with(db=lambda x, W, dy: dy.mean(axis=0)),
            "You took the mean over the batch.",
            look="Stack the batch twice: db must double.",
            mend="Write `dy.sum(axis=0)`.",
        ),
        Mistake("W_not_transposed", linear_with(dx=lambda x, W, dy: dy @ W), "Going back, W is walked the other way."),
    ],
    hints=["Look at the shapes.", "dW is made of x and dy."],
    look="Every gradient has the shape of its input.",
    learn="This is the linear layer of the package.",
)


def add(a, b):
    return a + b, lambda dy: (dy, dy)


def square(x):
    return x**2, lambda dy: 2 * x * dy


GATES = Exercise(
    id="91.2",
    title="Two gates",
    kind="function",
    points=2,
    prompt="Write both.",
    stub="""\
def add(a, b):
    def backward(dy):
        return ..., ...

    return a + b, backward


def square(x):
    def backward(dy):
        return ...

    return x**2, backward
""",
    answer="(add, square)",
    reference=(add, square),
    cases=lambda rng: [Case(*rng.normal(size=(2, 3))), Case(*rng.normal(size=(2, 2, 4)))],
    observe=each(add=pair("y", "da", "db"), square=pair("y", "dx")),
    mistakes=[
        Mistake("factor_2_forgotten", (add, lambda x: (x**2, lambda dy: x * dy)), "The slope of x² is 2 x."),
    ],
)


def normalize(x, *, eps):
    return (x - x.mean()) / (x.std() + eps)


NORMALIZE = Exercise(
    id="91.3",
    title="Mean 0, deviation 1",
    kind="function",
    points=1,
    prompt="Normalize x.",
    stub="def normalize(x, *, eps):\n    ...\n",
    answer="normalize",
    reference=normalize,
    cases=lambda rng: [Case(rng.normal(size=3), eps=0.1), Case(rng.normal(size=(2, 5)) + 2, eps=0.2)],
    mistakes=[Mistake("mean_kept", lambda x, *, eps: x / (x.std() + eps), "The mean is still in it.")],
)


def statistics(x):
    return x.sum(), x.max()


STATISTICS = Exercise(
    id="91.4",
    title="Two numbers",
    kind="function",
    points=1,
    prompt="Return the sum and the largest entry.",
    stub="def statistics(x):\n    return ..., ...\n",
    answer="statistics",
    reference=statistics,
    cases=lambda rng: [Case(rng.normal(size=3)), Case(rng.normal(size=4))],
    observe=value("total", "largest"),
)


class Momentum:
    def __init__(self, rate):
        self.rate, self.v = rate, 0.0

    def step(self, g):
        self.v = 0.9 * self.v - self.rate * g
        return self.v


class ForgetsItself(Momentum):
    def step(self, g):
        return -self.rate * g


def observe_momentum(candidate, case):
    rule = candidate(case.settings["rate"])
    return {"the first step": rule.step(case.settings["g"]), "the second step": rule.step(case.settings["g"])}


MOMENTUM = Exercise(
    id="91.5",
    title="Momentum",
    kind="class",
    points=2,
    prompt="Write the rule.",
    stub="""\
class Momentum:
    def __init__(self, rate):
        self.rate, self.v = rate, 0.0

    def step(self, g):
        ...
""",
    answer="Momentum",
    reference=Momentum,
    cases=lambda rng: [Case(rate=0.1, g=rng.normal(size=2)), Case(rate=0.5, g=rng.normal(size=(2, 3)))],
    observe=observe_momentum,
    mistakes=[Mistake("forgets_itself", ForgetsItself, "The second step must know of the first.")],
)

NUMBERS = Exercise(
    id="91.6",
    title="Two numbers by hand",
    kind="value",
    points=1,
    prompt="Type them.",
    stub="slope = ...\noffset = ...\n",
    answer="(slope, offset)",
    parts=("slope", "offset"),
    reference=(0.73106, -2.0),
    explanation="The slope is the sigmoid at 1.",
    mistakes=[Mistake("sign_turned", lambda: (0.73106, 2.0), "The offset is negative.", look="Put x = 0.")],
    hints=["Begin with the offset."],
)

VECTOR = Exercise(
    id="91.7",
    title="A vector",
    kind="value",
    points=1,
    prompt="Type it.",
    stub="dw = ...\n",
    answer="dw",
    parts=("dw",),
    reference=np.array([-0.25, 0.125, 3.0]),
)

CHOICE = Exercise(
    id="91.8",
    title="Which one?",
    kind="choice",
    points=0,
    prompt="What does the gradient of a sum need?",
    stub="choice = ...\n",
    answer="choice",
    options={"a": "a mean", "b": "nothing", "c": "a product"},
    reference="b",
    replies={"a": "A mean would shrink it.", "c": "A product gate needs that."},
    explanation="A sum hands on what it gets.",
)

CHOICES = Exercise(
    id="91.9",
    title="Which ones?",
    kind="choice",
    points=0,
    prompt="Say it of both.",
    answer="choices",
    options={"relu": {"a": "flat", "b": "steep"}, "tanh": {"a": "flat", "b": "steep"}},
    reference={"relu": "a", "tanh": "b"},
    replies={("relu", "b"): "It is flat below 0.", ("tanh", "a"): "At 0 its slope is 1."},
)

REPORT = Exercise(
    id="91.10",
    title="A run of yours",
    kind="report",
    points=5,
    prompt="Train a net.",
    answer="report",
    reference={"accuracy": 0.97, "epochs": 5},
    requirements=[
        ("accuracy", lambda report: report["accuracy"] >= 0.9, "The accuracy must reach 0.9."),
        ("epochs", lambda report: report["epochs"] <= 10, "Train at most 10 epochs."),
    ],
)

EXERCISES = [LINEAR, GATES, NORMALIZE, STATISTICS, MOMENTUM, NUMBERS, VECTOR, CHOICE, CHOICES, REPORT]
