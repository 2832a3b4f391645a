"""Exercises of lesson 02: what the learner writes, what is right, and what is typically wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from dlcourse.activations import log_softmax, sigmoid, softmax
from dlcourse.autodiff import Tensor, log
from dlcourse.checking import Case, Exercise, Mistake, each, pair, value
from dlcourse.checking.runs import Unfit
from dlcourse.losses import cross_entropy


class _given(value):
    """Look at a function that gets only some of the inputs of the case, and no settings."""

    def __init__(self, *names: str, inputs: slice) -> None:
        super().__init__(*names)
        self.inputs = inputs

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        seen = list(super().__call__(candidate, Case(*case.args[self.inputs])))
        if any(name == "slope" and callable(part) for name, part in seen):
            raise Unfit("returned a function as its slope: here the slope itself is asked for, not a way back")
        return seen


# 02.1 -----------------------------------------------------------------------------------------------------


def my_sigmoid(x):
    y = (1 + np.tanh(x / 2)) / 2
    return y, y * (1 - y)


def my_tanh(x):
    y = np.tanh(x)
    return y, 1 - y * y


def my_relu(x):
    return np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)


def my_softplus(x):
    y = np.maximum(x, 0) + np.log(1 + np.exp(-np.abs(x)))
    return y, (1 + np.tanh(x / 2)) / 2


def my_leaky_relu(x, a):
    return np.where(x > 0, x, a * x), np.where(x > 0, 1.0, a)


def my_elu(x, a):
    y = np.maximum(x, 0) + a * (np.exp(np.minimum(x, 0)) - 1)
    return y, np.where(x > 0, 1.0, y + a)


def _zoo(**wrong: Callable) -> tuple:
    right = {
        "sigmoid": my_sigmoid,
        "tanh": my_tanh,
        "relu": my_relu,
        "softplus": my_softplus,
        "leaky_relu": my_leaky_relu,
        "elu": my_elu,
    }
    return tuple((right | wrong).values())


def _with_slope(function: Callable, slope: Callable) -> Callable:
    """The right values, with ``slope(x, y)`` or ``slope(x, y, a)`` in place of the right slope."""

    def activation(x, *a):
        y, _ = function(x, *a)
        return y, slope(x, y, *a)

    return activation


def _with_value(function: Callable, formula: Callable) -> Callable:
    """The right slope, with ``formula(x)`` or ``formula(x, a)`` in place of the right value."""

    def activation(x, *a):
        _, slope = function(x, *a)
        return formula(x, *a), slope

    return activation


def _zoo_cases(rng: np.random.Generator) -> list[Case]:
    def draw(*shape):  # no entry near 0: what holds there is the next exercise
        return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.2, 3, shape)

    return [
        Case(np.array([-1.5, 2.0]), 0.1),
        Case(draw(5), 0.1),
        Case(draw(2, 4), 2.0),
        Case(np.array([-800.0, 800.0]), 0.1, note="edge: x is -800 and 800"),
    ]


_of_x = {"inputs": slice(0, 1)}
_of_x_and_a = {"inputs": slice(0, 2)}

zoo = Exercise(
    id="02.1",
    title="Six activations and their slopes",
    kind="function",
    points=3,
    prompt=(
        "Each function returns two arrays of the shape of x: the value, and the slope dy/dx at each entry. `a` is the "
        "slope of the leaky ReLU's negative side, any positive number, and the α of the ELU, which is "
        "a (exp(x) - 1) there. Softplus is log(1 + exp(x)). All six must stand x = 800 and x = -800. What holds at "
        "exactly 0 is the next exercise."
    ),
    stub="""\
def my_sigmoid(x):
    y = ...
    return y, ...  # value, slope


def my_tanh(x):
    y = np.tanh(x)
    return y, ...


def my_relu(x):
    return np.maximum(x, 0), ...


def my_softplus(x):
    y = ...
    return y, ...


def my_leaky_relu(x, a):
    return ..., ...


def my_elu(x, a):
    y = ...
    return y, ...
""",
    answer="(my_sigmoid, my_tanh, my_relu, my_softplus, my_leaky_relu, my_elu)",
    reference=_zoo(),
    cases=_zoo_cases,
    observe=each(
        my_sigmoid=_given("y", "slope", **_of_x),
        my_tanh=_given("y", "slope", **_of_x),
        my_relu=_given("y", "slope", **_of_x),
        my_softplus=_given("y", "slope", **_of_x),
        my_leaky_relu=_given("y", "slope", **_of_x_and_a),
        my_elu=_given("y", "slope", **_of_x_and_a),
    ),
    hints=[
        "For sigmoid, tanh and ELU the slope is short in terms of the value: write y first and use it. `np.where("
        "x > 0, ..., ...)` gives each side its own formula.",
        "y (1 - y), 1 - y², and y + a on the ELU's negative side. The slope of softplus is the sigmoid.",
        "exp(800) is infinite, exp(-800) is 0 and does no harm. log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), and "
        "sigmoid(x) = (1 + tanh(x / 2)) / 2.",
    ],
    mistakes=[
        Mistake(
            "tanh_not_squared",
            _zoo(tanh=_with_slope(my_tanh, lambda x, y: 1 - y)),
            "The slope of tanh is 1 - y², and you wrote 1 - y.",
            look="tanh is symmetric, so its slopes at -2 and 2 are equal. Are yours?",
            mend="1 - y * y.",
        ),
        Mistake(
            "tanh_with_the_slope_of_sigmoid",
            _zoo(tanh=_with_slope(my_tanh, lambda x, y: y * (1 - y))),
            "y (1 - y) is the formula of the sigmoid. The output of tanh can be negative, and so can y (1 - y).",
            look="tanh rises everywhere. Is your slope positive everywhere?",
            mend="1 - y * y.",
        ),
        Mistake(
            "tanh_slope_in_x",
            _zoo(tanh=_with_slope(my_tanh, lambda x, y: 1 - x * x)),
            "1 - y² is a formula in the output y. You put the input x into it.",
            look="tanh rises everywhere. Is your slope positive everywhere?",
            mend="1 - y * y, with the y of the line before.",
        ),
        Mistake(
            "sigmoid_slope_in_x",
            _zoo(sigmoid=_with_slope(my_sigmoid, lambda x, y: x * (1 - x))),
            "y (1 - y) is a formula in the output y. You put the input x into it.",
            look="The sigmoid rises everywhere. Is your slope positive everywhere?",
            mend="y * (1 - y), with the y of the line before.",
        ),
        Mistake(
            "sigmoid_of_the_output",
            _zoo(sigmoid=_with_slope(my_sigmoid, lambda x, y: my_sigmoid(y)[1])),
            "You took the sigmoid once more, of y. y is already the output.",
            look="At x = 800 the sigmoid is flat: its slope there is 0.",
            mend="y * (1 - y).",
        ),
        Mistake(
            "sigmoid_half_of_the_product",
            _zoo(sigmoid=_with_slope(my_sigmoid, lambda x, y: 1 - y)),
            "That is 1 - y, the second factor of y (1 - y) alone.",
            look="At x = -800 the sigmoid is flat: its slope there is 0.",
            mend="y * (1 - y).",
        ),
        Mistake(
            "sigmoid_overflows",
            _zoo(sigmoid=lambda x: (np.exp(x) / (1 + np.exp(x)), my_sigmoid(x)[1])),
            "exp(800) is infinite, and infinite divided by infinite is no number.",
            look="Run it on x = 800.",
            mend="1 / (1 + exp(-x)) is 1 there; (1 + tanh(x / 2)) / 2 is right on both sides and never overflows.",
        ),
        Mistake(
            "tanh_overflows",
            _zoo(tanh=_with_value(my_tanh, lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)))),
            "By its definition tanh is infinite divided by infinite at 800. NumPy's own is right everywhere.",
            look="Run it on x = 800.",
            mend="np.tanh(x).",
        ),
        Mistake(
            "relu_slope_is_its_value",
            _zoo(relu=_with_slope(my_relu, lambda x, y: y)),
            "You returned the value again. On the positive side y = x, which has the slope 1.",
            look="Nudge x = 3 by 0.01: by how much does y move?",
            mend="np.where(x > 0, 1.0, 0.0).",
        ),
        Mistake(
            "relu_slope_1_on_both_sides",
            _zoo(relu=_with_slope(my_relu, lambda x, y: 1 + 0 * x)),
            "The negative side is flat.",
            look="Nudge x = -3 by 0.01: by how much does y move?",
            mend="np.where(x > 0, 1.0, 0.0).",
        ),
        Mistake(
            "softplus_with_the_slope_of_relu",
            _zoo(softplus=_with_slope(my_softplus, lambda x, y: np.where(x > 0, 1.0, 0.0))),
            "That is the slope of the ReLU. Softplus has no kink: its slope goes smoothly from 0 to 1.",
            look="Differentiate log(1 + exp(x)): exp(x) / (1 + exp(x)). Which function is that?",
            mend="It is the sigmoid.",
        ),
        Mistake(
            "softplus_sigmoid_of_the_output",
            _zoo(softplus=_with_slope(my_softplus, lambda x, y: (1 + np.tanh(y / 2)) / 2)),
            "The slope of softplus is the sigmoid of the input x. You took it of the output y.",
            look="At x = -800 softplus is flat: its slope there is 0.",
            mend="The sigmoid of x.",
        ),
        Mistake(
            "softplus_overflows",
            _zoo(softplus=_with_value(my_softplus, lambda x: np.log(1 + np.exp(x)))),
            "exp(800) is infinite, and so is its logarithm. The right value is 800.",
            look="Run it on x = 800.",
            mend="Take the large part out: max(x, 0) + log(1 + exp(-|x|)).",
        ),
        Mistake(
            "softplus_slope_overflows",
            _zoo(softplus=_with_slope(my_softplus, lambda x, y: np.exp(x) / (1 + np.exp(x)))),
            "The value is right. Its slope is infinite divided by infinite at 800.",
            look="Run it on x = 800.",
            mend="Use your sigmoid.",
        ),
        Mistake(
            "leaky_relu_as_a_maximum",
            _zoo(leaky_relu=_with_value(my_leaky_relu, lambda x, a: np.maximum(a * x, x))),
            "max(a x, x) is the leaky ReLU as long as a is below 1. Above, a x is the larger one on the wrong side.",
            look="Run it with a = 2 on x = 1.",
            mend="np.where(x > 0, x, a * x).",
        ),
        Mistake(
            "leaky_relu_lets_nothing_through",
            _zoo(leaky_relu=_with_slope(my_leaky_relu, lambda x, y, a: np.where(x > 0, 1.0, 0.0))),
            "On the negative side y = a x, which has the slope a. A slope of 0 there is what the leak is against.",
            look="Nudge x = -3 by 0.01: by how much does y move?",
            mend="np.where(x > 0, 1.0, a).",
        ),
        Mistake(
            "elu_exponential_on_both_sides",
            _zoo(elu=_with_slope(my_elu, lambda x, y, a: a * np.exp(x))),
            "a exp(x) holds for the negative side. On the positive side y = x, whose slope is 1.",
            look="Nudge x = 3 by 0.01: by how much does y move?",
            mend="np.where(x > 0, 1.0, y + a).",
        ),
        Mistake(
            "elu_without_its_minus_1",
            _zoo(elu=lambda x, a: (np.where(x > 0, x, a * np.exp(np.minimum(x, 0))), my_elu(x, a)[1])),
            "a exp(x) without the -1 jumps at 0: it comes in at a, and the positive side starts at 0.",
            look="Follow your ELU from x = -0.001 to x = 0.001.",
            mend="a * (np.exp(x) - 1) on the negative side.",
        ),
        Mistake(
            "elu_slope_without_a",
            _zoo(elu=_with_slope(my_elu, lambda x, y, a: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))))),
            "The negative side is a (exp(x) - 1): the factor a stays when you differentiate.",
            look="Nudge x = -1 by 0.01 with a = 2, and see how much y moves.",
            mend="a * np.exp(x), which is y + a.",
        ),
        Mistake(
            "elu_slope_is_its_value",
            _zoo(elu=_with_slope(my_elu, lambda x, y, a: np.where(x > 0, 1.0, y))),
            "On the negative side you returned the value, a (exp(x) - 1). The slope is a exp(x): the -1 is gone.",
            look="The ELU rises everywhere. Is your slope positive everywhere?",
            mend="a * np.exp(x), which is y + a.",
        ),
        Mistake(
            "elu_slope_y_plus_1",
            _zoo(elu=_with_slope(my_elu, lambda x, y, a: np.where(x > 0, 1.0, y + 1))),
            "y + 1 is right for a = 1 only. In general a exp(x) = y + a.",
            look="Far to the left the ELU is flat: its slope there is 0.",
            mend="y + a.",
        ),
    ],
    learn=(
        "Five slopes need the output only, and a backward pass has to remember no more: sigmoid, tanh, ReLU, leaky "
        "ReLU and ELU. (If NumPy warned of an overflow in 1 / (1 + exp(-x)): it is harmless here, as 1 / inf is 0.)"
    ),
)


# 02.2 -----------------------------------------------------------------------------------------------------


def _slopes(relu: float = 0.0, leaky_relu: float = 0.01, elu: float = 1.0, softplus: float = 0.5) -> Callable:
    return lambda: (relu, leaky_relu, elu, softplus)


kinks = Exercise(
    id="02.2",
    title="The slope at exactly 0",
    kind="value",
    points=1,
    prompt=(
        "Which slope does this course use at exactly x = 0: for the ReLU, for the leaky ReLU with α = 0.01 (the slope "
        "of its negative side), for the ELU with α = 1, and for softplus? Two of the four have a kink at 0, and no "
        "derivative there. For these there is a policy, the same as in torch: take the slope of the negative side. "
        "Four numbers."
    ),
    stub="""\
at_zero_relu = ...
at_zero_leaky_relu = ...
at_zero_elu = ...
at_zero_softplus = ...
""",
    answer="(at_zero_relu, at_zero_leaky_relu, at_zero_elu, at_zero_softplus)",
    parts=("at_zero_relu", "at_zero_leaky_relu", "at_zero_elu", "at_zero_softplus"),
    reference=(0.0, 0.01, 1.0, 0.5),
    near=0,
    explanation=(
        "The ReLU and the leaky ReLU have a kink, so they take the slope of the negative side: 0 and 0.01. The ELU "
        "with α = 1 has the slope 1 from both sides. Softplus is smooth, and its slope is sigmoid(0) = 0.5."
    ),
    hints=[
        "For each one, write the slope just left of 0 and just right of 0. Where the two agree there is no kink.",
        "Left and right: 0 and 1; 0.01 and 1; α exp(0) = 1 and 1. Softplus has one formula for both sides.",
    ],
    mistakes=[
        Mistake(
            "relu_slope_1",
            _slopes(relu=1.0),
            "1 is the slope of the positive side. Deck 5's code gives it, and every number from 0 to 1 would be a "
            "fair choice, but the policy here and in torch is 0.",
            look="Which side does the policy take?",
            mend="0 for the ReLU.",
        ),
        Mistake(
            "relu_slope_one_half",
            _slopes(relu=0.5),
            "0.5 lies between the slopes of the two sides and would be a fair choice. It is not the policy.",
            look="Which side does the policy take?",
            mend="0 for the ReLU.",
        ),
        Mistake(
            "relu_slope_undefined",
            _slopes(relu=float("nan"), leaky_relu=float("nan")),
            "A derivative does not exist there, right. A program has to return a number all the same, or one exact 0 "
            "would make every weight behind it NaN.",
            look="Which side does the policy take?",
            mend="Take the slopes of the negative side.",
        ),
        Mistake(
            "leaky_slope_1",
            _slopes(leaky_relu=1.0),
            "1 is the slope of the positive side, which deck 5 writes. torch and the course take the negative side's.",
            look="Which side does the policy take?",
            mend="0.01 for the leaky ReLU.",
        ),
        Mistake(
            "leaky_slope_0",
            _slopes(leaky_relu=0.0),
            "0 is the policy of the ReLU, whose negative side is flat. The leaky ReLU's is not.",
            look="What is the slope just left of 0?",
            mend="0.01 for the leaky ReLU.",
        ),
        Mistake(
            "leaky_slope_between",
            _slopes(leaky_relu=0.505),
            "That is the mean of the two sides, a fair choice. It is not the policy.",
            look="Which side does the policy take?",
            mend="0.01 for the leaky ReLU.",
        ),
        Mistake(
            "positive_sides",
            _slopes(relu=1.0, leaky_relu=1.0),
            "Those are the slopes of the positive sides. The policy takes the negative ones.",
            look="Which side does the policy take?",
            mend="0 and 0.01.",
        ),
        Mistake(
            "elu_slope_0",
            _slopes(elu=0.0),
            "The value of the ELU is 0 there. Its slope from the left is α exp(0).",
            look="What is exp(0)?",
            mend="1 for the ELU.",
        ),
        Mistake(
            "elu_slope_one_half",
            _slopes(elu=0.5),
            "The ELU with α = 1 comes in with the slope exp(0) = 1 and goes on with the slope 1.",
            look="What are the slopes just left and just right of 0?",
            mend="1 for the ELU.",
        ),
        Mistake(
            "softplus_slope_0",
            _slopes(softplus=0.0),
            "Softplus has no kink and needs no policy. Its slope is a function you know.",
            look="Differentiate log(1 + exp(x)) and put in 0.",
            mend="The slope is sigmoid(0).",
        ),
        Mistake(
            "softplus_slope_1",
            _slopes(softplus=1.0),
            "1 is what its slope tends to on the far right.",
            look="Differentiate log(1 + exp(x)) and put in 0.",
            mend="The slope is sigmoid(0).",
        ),
        Mistake(
            "softplus_value",
            _slopes(softplus=float(np.log(2))),
            "log 2 is the value of softplus at 0. Its slope is asked for.",
            look="Differentiate log(1 + exp(x)) and put in 0.",
            mend="The slope is sigmoid(0).",
        ),
    ],
)


# 02.3 -----------------------------------------------------------------------------------------------------


def my_softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _softmax_shifted_by(shift: Callable) -> Callable:
    def softmax(x):
        e = np.exp(x - shift(x))
        return e / e.sum(axis=1, keepdims=True)

    return softmax


def _softmax_divided_by(total: Callable) -> Callable:
    def softmax(x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / total(e)

    return softmax


def _softmax_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(np.array([[1.0, 2.0, 3.0]])),
        Case(rng.standard_normal((2, 3))),
        Case(rng.normal(size=(4, 3), scale=2)),
        Case(np.array([[1000.0, 1000.0, 1000.0 + np.log(2)]]), note="edge: large logits"),
        Case(np.array([[0.0, 2000.0, 0.0], [1.0, 0.0, 2.0]]), note="edge: logits far apart"),
        Case(np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -999.0]]), note="edge: rows far apart"),
    ]


stable_softmax = Exercise(
    id="02.3",
    title="A softmax that stands large logits",
    kind="function",
    points=2,
    prompt=(
        "x holds logits, one row for each example and one column for each class. Return the probabilities "
        "exp(x) / sum of exp(x), row by row. Logits of 1000 and of -1000 must work too: a constant taken from a whole "
        "row changes no probability, so choose one that keeps exp small."
    ),
    stub="""\
def my_softmax(x):  # (n, k) to (n, k)
    return ...
""",
    answer="my_softmax",
    reference=my_softmax,
    cases=_softmax_cases,
    observe=value("p"),
    hints=[
        "exp of a negative number never overflows. Which number can you take from a row so that nothing in it is "
        "positive?",
        "x.max(axis=1, keepdims=True) has one number for each row and keeps its column, so it broadcasts over x.",
        "e = np.exp(x - x.max(axis=1, keepdims=True)), then divide by e's sum over the same axis.",
    ],
    mistakes=[
        Mistake(
            "overflows",
            _softmax_shifted_by(lambda x: 0),
            "Right for small logits. exp(1000) is infinite, and infinite divided by infinite is no number.",
            look="Run it on a row of 1000s: the probabilities should be equal.",
            mend="Subtract the row's maximum first.",
        ),
        Mistake(
            "minimum_subtracted",
            _softmax_shifted_by(lambda x: x.min()),
            "After the minimum is subtracted every logit is positive: exp can still overflow.",
            look="Run it on the row (0, 2000, 0).",
            mend="Subtract the maximum: then nothing is positive.",
        ),
        Mistake(
            "not_the_largest_subtracted",
            _softmax_shifted_by(lambda x: x.mean(axis=1, keepdims=True)),
            "You took something from each row, but not its largest logit: what is left can still be large, and exp "
            "overflows.",
            look="Run it on the row (0, 2000, 0), and print what you take exp of.",
            mend="Subtract the row's maximum: then nothing is positive.",
        ),
        Mistake(
            "one_maximum_for_the_whole_batch",
            _softmax_shifted_by(lambda x: x.max()),
            "One maximum for the whole batch: a row far below it becomes exp(-2000) = 0 everywhere, and 0 / 0.",
            look="Run it on two rows, one of logits near 1000 and one of logits near -1000.",
            mend="One maximum for each row: x.max(axis=1, keepdims=True).",
        ),
        Mistake(
            "sums_down_the_columns",
            _softmax_divided_by(lambda e: e.sum(axis=0)),
            "You divided by sums over the examples. Each row is one example, and its classes compete.",
            look="Each row must sum to 1. Which of your sums is 1?",
            mend="e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "sum_of_everything",
            _softmax_divided_by(lambda e: e.sum()),
            "You divided by one sum for the whole batch. Each example has a sum of its own.",
            look="Each row must sum to 1, not the whole batch.",
            mend="e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "one_softmax_for_the_batch",
            lambda x: np.exp(x) / np.exp(x).sum(),
            "You divided by one sum for the whole batch. Each example has a sum of its own. And exp(1000) is infinite.",
            look="Does each row sum to 1?",
            mend="Take the row's maximum from x first, and divide by e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "one_shifted_softmax_for_the_batch",
            lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum(),
            "You took one maximum and one sum for the whole batch. Each example has its own of both.",
            look="Does each row sum to 1?",
            mend="x.max and e.sum, both with axis=1, keepdims=True.",
        ),
        Mistake(
            "softmax_down_the_columns",
            lambda x: np.exp(x) / np.exp(x).sum(axis=0),
            "You divided by sums over the examples. Each row is one example, and its classes compete.",
            look="Does each row sum to 1?",
            mend="Take the row's maximum from x first, and divide by e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "shifted_softmax_down_the_columns",
            lambda x: np.exp(x - x.max(axis=0)) / np.exp(x - x.max(axis=0)).sum(axis=0),
            "axis=0 goes down the columns, over the examples. Each row is one example, and its classes compete.",
            look="Does each row sum to 1?",
            mend="x.max and e.sum, both with axis=1, keepdims=True.",
        ),
        Mistake(
            "divided_by_the_maximum",
            lambda x: my_softmax(x / x.max(axis=1, keepdims=True)),
            "You divided by the maximum before exp. That changes the probabilities; only a difference does not.",
            look="A constant added to a row must change nothing.",
            mend="x - x.max(axis=1, keepdims=True).",
        ),
        Mistake(
            "divided_by_the_maximum_of_the_batch",
            lambda x: my_softmax(x / x.max()),
            "You divided by the maximum before exp. That changes the probabilities; only a difference does not.",
            look="A constant added to a row must change nothing.",
            mend="x - x.max(axis=1, keepdims=True).",
        ),
        Mistake(
            "shares_of_the_maximum",
            lambda x: x / x.max(axis=1, keepdims=True),
            "You divided the logits by their maximum. There is no exp, and no sum over the classes.",
            look="Does each row sum to 1?",
            mend="Take exp of x minus the row's maximum, then divide by its sum over the row.",
        ),
        Mistake(
            "shares_of_the_maximum_of_the_batch",
            lambda x: x / x.max(),
            "You divided the logits by their maximum. There is no exp, and no sum over the classes.",
            look="Does each row sum to 1?",
            mend="Take exp of x minus the row's maximum, then divide by its sum over the row.",
        ),
        Mistake(
            "a_sigmoid_each",
            lambda x: (1 + np.tanh(x / 2)) / 2,
            "Those are sigmoids, one for each logit by itself. In a softmax the classes compete.",
            look="Each row must sum to 1. Raise one logit: the other probabilities must fall.",
            mend="Divide exp(x) by the sum of exp(x) over the row.",
        ),
        Mistake(
            "shares_of_the_logits",
            lambda x: x / x.sum(axis=1, keepdims=True),
            "You divided the logits by their sum. Logits can be negative; exp makes them positive first.",
            look="No probability may be negative, and a constant added to a row must change nothing.",
            mend="Take exp before you divide.",
        ),
        Mistake(
            "not_divided",
            _softmax_divided_by(lambda e: 1),
            "The exponentials are not divided by their sum (or by the largest of them, which is 1).",
            look="Each row must sum to 1.",
            mend="Divide by e.sum(axis=1, keepdims=True).",
        ),
        Mistake(
            "sign_turned",
            lambda x: my_softmax(-x),
            "The smallest logit got the largest probability: exp of -x, or a maximum from which x was subtracted.",
            look="Raise one logit: its probability must rise.",
            mend="np.exp(x - maximum).",
        ),
    ],
    look="Does each row sum to 1? Does a constant added to a row change nothing?",
)


# 02.4 -----------------------------------------------------------------------------------------------------


def my_bce(p, t):
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


def my_cce(p, t):
    return -np.sum(t * np.log(p)) / len(p)


def _losses(bce: Callable = my_bce, cce: Callable = my_cce) -> tuple:
    return bce, cce


def _loss_cases(rng: np.random.Generator) -> list[Case]:
    def draw(n, k):
        p = rng.uniform(0.1, 1, (n, k))
        return Case(p / p.sum(axis=1, keepdims=True), np.eye(k)[rng.integers(0, k, n)])

    return [Case(np.array([[0.25, 0.25, 0.5]]), np.array([[0.0, 1.0, 0.0]])), draw(4, 3), draw(5, 2)]


cross_entropies = Exercise(
    id="02.4",
    title="Two losses and their signs",
    kind="function",
    points=2,
    prompt=(
        "The negative logarithm of the probability that was given to the right answer, averaged. p and t have the "
        "shape (n, k). For `my_bce` each entry is a question of its own: p is the probability of the answer 1, and t "
        "is 1 or 0. Average over all entries. For `my_cce` each row is one example: its probabilities sum to 1, and t "
        "is 1 for the right class, 0 for the others. Average over the rows. Every p lies between 0 and 1 and is never "
        "exactly 0 or 1, so no logarithm is infinite. Deck 2 prints both with a slip."
    ),
    stub="""\
def my_bce(p, t):  # p (n, k) in (0, 1), t (n, k) of 0 and 1: the mean over all n k entries
    return ...


def my_cce(p, t):  # p (n, k), each row sums to 1; t (n, k) is one-hot: the mean over the n rows
    return ...
""",
    answer="(my_bce, my_cce)",
    reference=_losses(),
    cases=_loss_cases,
    observe=each(my_bce=value("loss"), my_cce=value("loss")),
    hints=[
        "A loss is 0 for a perfect answer and positive otherwise. The logarithm of a probability is never positive.",
        "Where t is 1, the right answer had the probability p; where t is 0, it had 1 - p. The products with t and "
        "1 - t choose between the two.",
        "t * np.log(p) is 0 but for the right class. Sum it over everything and divide by the number of examples, "
        "which is the number of rows.",
    ],
    mistakes=[
        Mistake(
            "both_minuses_missing",
            _losses(lambda p, t: -my_bce(p, t), lambda p, t: -my_cce(p, t)),
            "Both are printed without the minus in deck 2. So they are negative, and to minimize them would make the "
            "answers worse.",
            look="A loss must not be negative. Is yours?",
            mend="A minus in front of each.",
        ),
        Mistake(
            "minus_missing_in_bce",
            _losses(bce=lambda p, t: -my_bce(p, t)),
            "The logarithm of a probability is negative, and a loss must not be. Deck 2 prints it without the minus.",
            look="A loss must not be negative. Is yours?",
            mend="A minus in front.",
        ),
        Mistake(
            "minus_missing_in_cce",
            _losses(cce=lambda p, t: -my_cce(p, t)),
            "The logarithm of a probability is negative, and a loss must not be. Deck 2 prints it without the minus.",
            look="A loss must not be negative. Is yours?",
            mend="A minus in front.",
        ),
        Mistake(
            "logarithm_to_base_2",
            _losses(lambda p, t: my_bce(p, t) / np.log(2), lambda p, t: my_cce(p, t) / np.log(2)),
            "That is in bits, by the logarithm to base 2. The course and all frameworks use the natural one.",
            look="For p = 1/4 the loss is log 4 = 1.386. Which number do you get?",
            mend="np.log.",
        ),
        Mistake(
            "only_the_ones",
            _losses(bce=lambda p, t: -np.mean(t * np.log(p))),
            "Examples whose answer is 0 cost nothing here, whatever p says about them.",
            look="What is your loss for p = 0.99 and t = 0?",
            mend="Add the second term, (1 - t) * np.log(1 - p).",
        ),
        Mistake(
            "only_the_zeros",
            _losses(bce=lambda p, t: -np.mean((1 - t) * np.log(1 - p))),
            "Examples whose answer is 1 cost nothing here, whatever p says about them.",
            look="What is your loss for p = 0.01 and t = 1?",
            mend="Add the first term, t * np.log(p).",
        ),
        Mistake(
            "answers_exchanged",
            _losses(bce=lambda p, t: my_bce(1 - p, t)),
            "The two logarithms are exchanged: p is the probability of the answer 1.",
            look="For t = 1 the loss must fall as p rises.",
            mend="t goes with log(p), 1 - t with log(1 - p).",
        ),
        Mistake(
            "bce_not_averaged",
            _losses(bce=lambda p, t: my_bce(p, t) * p.size),
            "That is the sum over the entries. The mean does not grow with the size of the batch.",
            look="Give every example twice: the loss must stay.",
            mend="np.mean.",
        ),
        Mistake(
            "bce_averaged_over_rows",
            _losses(bce=lambda p, t: my_bce(p, t) * p.shape[1]),
            "You divided by the number of rows. Each entry is a question of its own here, so there are n k of them.",
            look="Give every column twice: the loss must stay.",
            mend="np.mean.",
        ),
        Mistake(
            "cce_not_averaged",
            _losses(cce=lambda p, t: my_cce(p, t) * len(p)),
            "That is the sum over the examples. The mean does not grow with the size of the batch.",
            look="Give every example twice: the loss must stay.",
            mend="Divide by len(p).",
        ),
        Mistake(
            "averaged_over_classes_too",
            _losses(cce=lambda p, t: -np.mean(t * np.log(p))),
            "np.mean divides by n k, the number of entries. There are n examples.",
            look="For p = 1/4 and one example the loss is log 4 = 1.386, however many classes there are.",
            mend="np.sum, divided by len(p).",
        ),
        Mistake(
            "all_classes_count",
            _losses(cce=lambda p, t: -np.sum(np.log(p)) / len(p)),
            "Only the right class counts: multiply by t, which is 0 for all others.",
            look="Give the right class the probability 1, or nearly: the loss must go to 0.",
            mend="t * np.log(p).",
        ),
        Mistake(
            "probability_missed",
            _losses(cce=lambda p, t: np.sum(t * (1 - p)) / len(p)),
            "That is 1 - p, the probability that the right class did not get. The loss is -log p: it has no bound for "
            "an answer that is confident and wrong.",
            look="For p = 1/4 the loss is log 4 = 1.386.",
            mend="-np.sum(t * np.log(p)) / len(p).",
        ),
        Mistake(
            "wrong_classes_count_in_cce",
            _losses(cce=lambda p, t: -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / len(p)),
            "The second term belongs to yes-or-no answers. Here the probabilities of a row sum to 1: the right one "
            "says it all.",
            look="For the row (1/4, 1/4, 1/2) and class 1 the loss is log 4 = 1.386.",
            mend="Leave out the second term.",
        ),
    ],
)


# 02.5 -----------------------------------------------------------------------------------------------------


def my_cross_entropy(logits, labels):
    n, k = logits.shape
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    p = np.exp(log_p)
    one_hot = np.eye(k)[labels]
    loss = -np.sum(one_hot * log_p) / n

    def backward(dloss):
        return dloss * (p - one_hot) / n

    return loss, backward


def _cross_entropy_with(slope: Callable) -> Callable:
    """The right loss, and a backward that returns ``slope(dloss, p, one_hot, n)``."""

    def cross_entropy(logits, labels):
        n, k = logits.shape
        loss, _ = my_cross_entropy(logits, labels)
        p, one_hot = my_softmax(logits), np.eye(k)[labels]
        return loss, lambda dloss: slope(dloss, p, one_hot, n)

    return cross_entropy


def _cross_entropy_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(np.log([[1.0, 1.0, 2.0]]), labels=np.array([1])),
        Case(rng.standard_normal((4, 3)), labels=rng.permutation([0, 1, 2, 2])),
        Case(rng.standard_normal((2, 5)), labels=rng.integers(0, 5, 2)),
        Case(
            np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -999.0]]),
            labels=np.array([0, 2]),
            note="edge: large logits",
        ),
    ]


cross_entropy_gradient = Exercise(
    id="02.5",
    title="Back through softmax and cross entropy at once",
    kind="function",
    points=3,
    prompt=(
        "The forward pass is written. Derive dL/dlogits on paper, through the mean, the logarithm and the softmax, "
        "and write what is left: it is short."
    ),
    stub="""\
def my_cross_entropy(logits, labels):
    n, k = logits.shape
    z = logits - logits.max(axis=1, keepdims=True)  # as in 02.3: nothing overflows
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    p = np.exp(log_p)  # the softmax, (n, k)
    one_hot = np.eye(k)[labels]  # (n, k), 1 for the right class
    loss = -np.sum(one_hot * log_p) / n

    def backward(dloss):
        return ...

    return loss, backward
""",
    answer="my_cross_entropy",
    reference=my_cross_entropy,
    cases=_cross_entropy_cases,
    observe=pair("loss", "dlogits"),
    hints=[
        "For one example, -log p of the right class is log(sum of exp(z)) - z of the right class. Differentiate that.",
        "The slope of log(sum of exp(z)) is the softmax p, as in 01.10; the slope of -z is -1, for the right class.",
        "p - one_hot, shared out by the mean over n examples, times what arrives from above.",
    ],
    mistakes=[
        Mistake(
            "one_hot_forgotten",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * p / n),
            "p pushes every class down. The right one must be pushed up: the -z of the right class is missing.",
            look="A constant added to a row changes no loss, so each row of dlogits must sum to 0.",
            mend="Subtract one_hot.",
        ),
        Mistake(
            "labels_for_one_hot",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * (p - t.argmax(axis=1)) / n),
            "labels holds the numbers of the classes, one for each example. p has a row for each: subtract one_hot.",
            look="Print the shapes of p, labels and one_hot. Each row of dlogits must sum to 0.",
            mend="dloss * (p - one_hot) / n.",
        ),
        Mistake(
            "only_p_minus_labels",
            _cross_entropy_with(lambda dloss, p, t, n: p - t.argmax(axis=1)),
            "labels holds the numbers of the classes, one for each example. p has a row for each: subtract one_hot.",
            look="Print the shapes of p, labels and one_hot. Each row of dlogits must sum to 0.",
            mend="dloss * (p - one_hot) / n.",
        ),
        Mistake(
            "only_the_difference",
            _cross_entropy_with(lambda dloss, p, t, n: p - t),
            "That is the gradient of one example. The loss is a mean, so each example gets 1/n of it, and what arrives "
            "from above multiplies all of it.",
            look="Give every example twice: the loss stays, and each row counts half. If dloss doubles, so must yours.",
            mend="dloss * (p - one_hot) / n.",
        ),
        Mistake(
            "sign_turned",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * (t - p) / n),
            "The sign is turned. A step against the gradient must raise the logit of the right class.",
            look="Raise the logit of the right class a little: the loss falls, so its slope is negative.",
            mend="p - one_hot.",
        ),
        Mistake(
            "stopped_at_the_probabilities",
            _cross_entropy_with(lambda dloss, p, t, n: -dloss * t / p / n),
            "That is dL/dp. The logits lie behind the softmax: go through it too.",
            look="Raise the logit of a wrong class: the loss rises. Yours says 0.",
            mend="Through the softmax it becomes p - one_hot.",
        ),
        Mistake(
            "softmax_slope_once_more",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * (p - t) * p * (1 - p) / n),
            "p (1 - p) is one factor too many: it cancels against the 1/p of the logarithm.",
            look="A constant added to a row changes no loss, so each row of dlogits must sum to 0.",
            mend="p - one_hot, and nothing of the softmax after that.",
        ),
        Mistake(
            "softmax_taken_for_sigmoids",
            _cross_entropy_with(lambda dloss, p, t, n: -dloss * t / p * p * (1 - p) / n),
            "p (1 - p) is how a probability moves with its own logit. It moves with all the others too.",
            look="Raise the logit of a wrong class: the loss rises. Yours says 0.",
            mend="Summed over all classes it becomes p - one_hot.",
        ),
        Mistake(
            "not_averaged",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * (p - t)),
            "The loss is a mean: each example gets 1/n of the gradient.",
            look="Give every example twice: the loss stays, and each of the rows counts half.",
            mend="Divide by n.",
        ),
        Mistake(
            "averaged_over_entries",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * (p - t) / p.size),
            "You divided by the number of entries. The loss divides by n, the number of examples.",
            look="Compare with the line that computes the loss.",
            mend="Divide by n.",
        ),
        Mistake(
            "upstream_forgotten",
            _cross_entropy_with(lambda dloss, p, t, n: (p - t) / n + 0 * dloss),
            "Right for dloss = 1. What arrives from above multiplies all of it.",
            look="If dloss doubles, dlogits must double.",
            mend="Multiply by dloss.",
        ),
        Mistake(
            "brackets_missing",
            _cross_entropy_with(lambda dloss, p, t, n: dloss * p - t / n),
            "Python multiplies and divides first. The difference needs brackets.",
            look="If dloss is 0, dlogits must be 0.",
            mend="dloss * (p - one_hot) / n.",
        ),
    ],
    look="A constant added to a row changes no loss. Does each row of dlogits sum to 0?",
    learn="The error itself: what was said minus what is right. With its own loss, a head is never flat where it is "
    "wrong.",
)


# 02.6 -----------------------------------------------------------------------------------------------------

_heads = {
    "a": "one linear output, squared error",
    "b": "one sigmoid for each answer, binary cross entropy",
    "c": "one softmax over all answers, cross entropy",
    "d": "one relu output, squared error",
}

heads = Exercise(
    id="02.6",
    title="Which head, which loss",
    kind="choice",
    points=1,
    prompt=(
        "Which output and which loss fit the task? Give one letter for each. Spam: is this mail spam or not. "
        "Digit: which of ten digits is in the picture. Topics: which of twenty topics does this article touch, and it "
        "may touch several. Temperature: how many degrees will it be tomorrow, in a place with frost. Species: which "
        "of three species is this flower. Defects: which of five possible defects does this part have, if any."
    ),
    stub="""\
answer = {
    "spam": ...,
    "digit": ...,
    "topics": ...,
    "temperature": ...,
    "species": ...,
    "defects": ...,
}
""",
    answer="answer",
    options=dict.fromkeys(["spam", "digit", "topics", "temperature", "species", "defects"], _heads),
    reference={"spam": "b", "digit": "c", "topics": "b", "temperature": "a", "species": "c", "defects": "b"},
    replies={
        ("spam", "a"): "It can say 7 or -3, and the squared error punishes a mail that is surely spam for being beyond "
        "1. Which output stays between 0 and 1?",
        (
            "spam",
            "c",
        ): "There is one answer, and a softmax over one answer is always 1. (Over two answers it would be the "
        "same as the right one here.)",
        ("spam", "d"): "Below 0 it has no slope and can't learn, and above 1 it is no probability.",
        ("digit", "a"): "One number would say that a 3 lies between a 2 and a 4. Digits are names here, not sizes.",
        ("digit", "b"): "Ten sigmoids may say 3 and 8 at once. Exactly one digit is right: the answers must compete.",
        ("digit", "d"): "One number would say that a 3 lies between a 2 and a 4. Digits are names here, not sizes.",
        ("topics", "a"): "Twenty questions of yes or no can't be answered by one number.",
        ("topics", "c"): "A softmax sums to 1: two topics would have to share it. May an article touch two?",
        ("topics", "d"): "Twenty questions of yes or no can't be answered by one number.",
        ("temperature", "b"): "A sigmoid stays between 0 and 1. Which output can be any number?",
        ("temperature", "c"): "Classes have no order: it would not know that 3 degrees are nearer to 4 than to 30.",
        ("temperature", "d"): "A relu can't go below 0. There is frost.",
        ("species", "a"): "One number would put the species on a line, one between the two others.",
        ("species", "b"): "Three sigmoids may all say no. Exactly one species is right: the answers must compete.",
        ("species", "d"): "One number would put the species on a line, one between the two others.",
        ("defects", "a"): "Five questions of yes or no can't be answered by one number.",
        ("defects", "c"): "A softmax must name one defect. What of a part with two, and of a part with none?",
        ("defects", "d"): "Five questions of yes or no can't be answered by one number.",
    },
    explanation=(
        "Ask how many answers can be right at once. A number: linear and squared error. Exactly one of k: softmax and "
        "cross entropy. Each one yes or no, by itself: a sigmoid for each, and binary cross entropy."
    ),
    hints=[
        "Is the answer an amount or a name? If it is a name: can two names be right at once?",
        "An amount of either sign needs a linear output. Exactly one name: softmax. Several or none: a sigmoid each.",
    ],
)


# 02.7 -----------------------------------------------------------------------------------------------------


def collapse(W1, b1, W2, b2, W3, b3):
    W = W1 @ W2 @ W3
    b = b1 @ W2 @ W3 + b2 @ W3 + b3
    return W, b


def _collapse_cases(rng: np.random.Generator) -> list[Case]:
    def draw(*sizes):
        layers = [(rng.standard_normal(shape), rng.standard_normal(shape[1])) for shape in pairwise(sizes)]
        return Case(*(part for layer in layers for part in layer))

    return [draw(2, 2, 2, 2), draw(3, 3, 3, 3), draw(3, 2, 4, 2)]


linear_collapse = Exercise(
    id="02.7",
    title="Three linear layers are one",
    kind="function",
    points=2,
    prompt=(
        "Without activations, three layers h1 = x @ W1 + b1, h2 = h1 @ W2 + b2, y = h2 @ W3 + b3 are one layer "
        "y = x @ W + b. Return W and b."
    ),
    stub="""\
def collapse(W1, b1, W2, b2, W3, b3):
    W = ...
    b = ...
    return W, b
""",
    answer="collapse",
    reference=collapse,
    cases=_collapse_cases,
    observe=value("W", "b"),
    hints=[
        "Put the first line into the second and that into the third, and multiply out.",
        "x stands on the left, so it meets W1 first. And b is what comes out for x = 0.",
        "b1 goes through W2 and W3, b2 through W3, b3 through nothing.",
    ],
    mistakes=[
        Mistake(
            "order_turned",
            lambda W1, b1, W2, b2, W3, b3: (W3 @ W2 @ W1, b1 @ W2 @ W3 + b2 @ W3 + b3),
            "W3 W2 W1 is the order for columns, where x stands on the right. Here rows are examples: x meets W1 first.",
            look="W must take as many numbers as W1 does and give as many as W3 does.",
            mend="W1 @ W2 @ W3.",
        ),
        Mistake(
            "biases_added",
            lambda W1, b1, W2, b2, W3, b3: (W1 @ W2 @ W3, b1 + b2 + b3),
            "b1 is added in front of two more layers, and they multiply it.",
            look="Put x = 0 through the three layers, step by step: what comes out is b.",
            mend="b1 @ W2 @ W3 + b2 @ W3 + b3.",
        ),
        Mistake(
            "first_bias_pushed_through_one_layer",
            lambda W1, b1, W2, b2, W3, b3: (W1 @ W2 @ W3, b1 @ W2 + b2 @ W3 + b3),
            "b1 goes through W2 and then through W3 as well.",
            look="Put x = 0 through the three layers, step by step: what comes out is b.",
            mend="b1 @ W2 @ W3.",
        ),
        Mistake(
            "second_bias_not_pushed_through",
            lambda W1, b1, W2, b2, W3, b3: (W1 @ W2 @ W3, b1 @ W2 @ W3 + b2 + b3),
            "b2 is added before the third layer, which multiplies it.",
            look="Put x = 0 through the three layers, step by step: what comes out is b.",
            mend="b2 @ W3.",
        ),
        Mistake(
            "first_bias_not_pushed_through",
            lambda W1, b1, W2, b2, W3, b3: (W1 @ W2 @ W3, b1 + b2 @ W3 + b3),
            "b1 is added before two more layers, and they multiply it.",
            look="Put x = 0 through the three layers, step by step: what comes out is b.",
            mend="b1 @ W2 @ W3.",
        ),
        Mistake(
            "only_the_last_bias",
            lambda W1, b1, W2, b2, W3, b3: (W1 @ W2 @ W3, b3),
            "The first two biases are lost. They reach the output too, through the layers behind them.",
            look="Put x = 0 through the three layers, step by step: what comes out is b.",
            mend="Add b1 @ W2 @ W3 and b2 @ W3.",
        ),
        Mistake(
            "biases_through_their_own_layer",
            lambda W1, b1, W2, b2, W3, b3: (W1 @ W2 @ W3, b1 @ W1 @ W2 @ W3 + b2 @ W2 @ W3 + b3 @ W3),
            "Each bias is added behind its own weights and goes through the later ones only.",
            look="With b1 = b2 = 0, what does the last layer add?",
            mend="b1 @ W2 @ W3 + b2 @ W3 + b3.",
        ),
        Mistake(
            "elementwise_products",
            lambda W1, b1, W2, b2, W3, b3: (W1 * W2 * W3, b1 @ W2 @ W3 + b2 @ W3 + b3),
            "`*` multiplies entry by entry. Layers one after another are matrix products.",
            look="Three layers of other sizes have no entries to pair up.",
            mend="W1 @ W2 @ W3.",
        ),
    ],
    look="Put one row x through the three layers and through your one layer. Do the two agree, also for x = 0?",
    learn="However deep, its rank is at most that of the narrowest layer. Only an activation in between adds anything.",
)


# 02.8 -----------------------------------------------------------------------------------------------------


def _flat_from(sigmoid_slope: float = 0.01, tanh_slope: float = 0.01) -> tuple[float, float]:
    """Where the slopes of sigmoid and tanh fall to the numbers given."""
    y = (1 + np.sqrt(1 - 4 * sigmoid_slope)) / 2
    return float(np.log(y / (1 - y))), float(np.arctanh(np.sqrt(1 - tanh_slope)))


_c_sigmoid, _c_tanh = _flat_from()

saturation = Exercise(
    id="02.8",
    title="Where the slope is gone",
    kind="value",
    points=2,
    prompt=(
        "Deck 5 says that outside of [-4, 4] the slopes of sigmoid and tanh are about 0. Take that at its word: "
        "outside of which [-c, c] is the slope below 0.01? Give the smallest c of each, to four decimals. Derive it "
        "or search for it."
    ),
    stub="""\
c_sigmoid = ...
c_tanh = ...
""",
    answer="(c_sigmoid, c_tanh)",
    parts=("c_sigmoid", "c_tanh"),
    reference=(_c_sigmoid, _c_tanh),
    tolerance=1.05e-4,  # of 4.58 and 2.99: an error of 0.0005 and of 0.0003
    explanation=(
        "y (1 - y) = 0.01 gives y = (1 + sqrt(0.96)) / 2 = 0.989898, and c = log(y / (1 - y)) = 4.584863. "
        "1 - y² = 0.01 gives y = sqrt(0.99), and c = artanh(y) = 2.993223. At 4 the sigmoid's slope is 0.0177, the "
        "tanh's 0.0013."
    ),
    hints=[
        "Both slopes are formulas in y. First find the y at which the slope is 0.01, then the x that belongs to it.",
        "y - y² = 0.01 is a quadratic equation; take its solution near 1. 1 - y² = 0.01 is simpler still.",
        "Back from y to x: log(y / (1 - y)) for the sigmoid, np.arctanh(y) for tanh.",
    ],
    mistakes=[
        Mistake(
            "the_rule_of_thumb",
            lambda: (4.0, 4.0),
            "4 for both is deck 5's rule of thumb. At 4 the sigmoid's slope is 0.0177 and the tanh's 0.0013.",
            look="Compute both slopes at 4.",
            mend="Solve y (1 - y) = 0.01 and 1 - y² = 0.01.",
        ),
        Mistake(
            "the_sigmoids_for_both",
            lambda: (_c_sigmoid, _c_sigmoid),
            "Right for the sigmoid. tanh(x) = 2 sigmoid(2x) - 1, so its slope is 4 times the sigmoid's at 2x.",
            look="Compute the slope of tanh at your c.",
            mend="Solve 1 - y² = 0.01.",
        ),
        Mistake(
            "tanh_where_the_sigmoid_is_at_4",
            lambda: (_c_sigmoid, 2.71),
            "The slope of tanh at 2.71 is 0.0177, as is the sigmoid's at 4. It has to fall to 0.01.",
            look="Compute the slope of tanh at your c.",
            mend="Solve 1 - y² = 0.01.",
        ),
        Mistake(
            "half_of_the_sigmoids",
            lambda: (_c_sigmoid, _c_sigmoid / 2),
            "tanh is a sigmoid at twice the x, and stretched: its slope is 4 times as high, so it falls to 0.01 later.",
            look="Compute the slope of tanh at your c.",
            mend="Solve 1 - y² = 0.01.",
        ),
        Mistake(
            "the_tanhs_for_both",
            lambda: (_c_tanh, _c_tanh),
            "Right for tanh. The sigmoid is wider.",
            look="Compute the slope of the sigmoid at your c.",
            mend="Solve y (1 - y) = 0.01.",
        ),
        Mistake(
            "exchanged",
            lambda: (_c_tanh, _c_sigmoid),
            "Both numbers are right, and each stands in the place of the other.",
            look="Which of the two curves is steeper at 0, and flat sooner?",
            mend="The larger one belongs to the sigmoid.",
        ),
        Mistake(
            "value_instead_of_slope",
            lambda: (float(np.log(99)), float(np.arctanh(0.99))),
            "There the value is within 0.01 of its limit. The slope was asked for.",
            look="Compute both slopes at your c.",
            mend="Solve y (1 - y) = 0.01 and 1 - y² = 0.01.",
        ),
        Mistake(
            "a_hundredth_of_the_largest_slope",
            lambda: _flat_from(0.0025, 0.01),
            "You took a hundredth of the largest slope, which is 0.25 for the sigmoid. 0.01 itself was asked for.",
            look="Compute the slope of the sigmoid at your c.",
            mend="Solve y (1 - y) = 0.01.",
        ),
        Mistake(
            "tails_only",
            lambda: (float(np.log(100)), float(np.log(400) / 2)),
            "exp(-x) and 4 exp(-2x) are what the slopes tend to far out. They put your two c off by 0.02 and 0.003.",
            look="Compute both slopes at your c, to six digits.",
            mend="Solve y (1 - y) = 0.01 and 1 - y² = 0.01.",
        ),
    ],
)


# 02.9 -----------------------------------------------------------------------------------------------------


def mended_loss(logits, labels):
    # `return cross_entropy(logits, labels=labels)` is all: the softmax is in it. Written out, that is
    log_p = log_softmax(logits)
    return -log_p[np.arange(len(labels)), labels].mean()


def _loss_from(p: Callable, loss: Callable) -> Callable:
    """``loss(q, n, k)`` of the probabilities q that ``p(logits)`` gives to the right classes."""

    def wrong(logits, labels):
        n, k = logits.shape
        return loss(p(logits)[np.arange(n), labels], n, k)

    return wrong


def _over_the_examples(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum(axis=0)


def _every_label_for_every_row(logits, labels):
    return -np.mean(log_softmax(logits)[:, labels])


def _wrong_classes_too(logits, labels):
    p, t = softmax(logits), np.eye(logits.shape[1])[labels]
    return -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / len(p)


class _loss_to_train_with(value):
    """Look at a loss; on a Tensor it has to be a Tensor, from which a way leads back to the logits.

    What is seen of a Tensor and of an edge case has a name of its own: a mistake is the same with the package's
    functions and with NumPy's, and with a logarithm that becomes infinite and one that does not.
    """

    def __init__(self) -> None:
        super().__init__("loss")

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        logits = case.args[0]
        if not isinstance(logits, Tensor):
            return [("the loss" if case.edge else name, loss) for name, loss in super().__call__(candidate, case)]
        try:
            ((_, loss),) = super().__call__(candidate, case)
        except (TypeError, ValueError, AttributeError):
            raise Unfit(f"works on arrays, but stops on a Tensor. {_FOR_TRAINING}") from None
        if isinstance(loss, Tensor) and loss.shape == ():
            loss.backward()
            loss = loss.data
        if isinstance(loss, (np.ndarray, np.generic, float)) and logits.grad is None:
            raise Unfit(f"has no way back when the logits are a Tensor. {_FOR_TRAINING}")
        return [("the loss on a Tensor", loss.data if isinstance(loss, Tensor) else loss)]


_FOR_TRAINING = (
    "The training below needs the gradient, so use the package's own functions, such as cross_entropy or log_softmax, "
    "and not NumPy's"
)


def _run_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(np.log([[1.0, 1.0, 2.0]]), np.array([1])),
        Case(rng.standard_normal((4, 3)), rng.permutation([0, 1, 2, 2])),
        Case(2 * rng.standard_normal((5, 10)), rng.permutation(10)[:5]),
        Case(Tensor(rng.standard_normal((4, 3))), np.array([0, 1, 2, 2]), note="logits: a Tensor"),
        Case(np.array([[1000.0, 0.0], [0.0, 0.0]]), np.array([1, 1]), note="edge: sure, and wrong"),
    ]


double_softmax = Exercise(
    id="02.9",
    title="A run that stays unsure",
    kind="function",
    points=3,
    prompt=(
        "The loss of the run above has one planted bug, and no error message tells of it. With ten classes this loss "
        "never comes below 1.46, however sure and right the network is. Find the bug and mend it: the loss is the mean "
        "of -log of the probability that the softmax of the logits gives to the right class. The next cell trains "
        "with it, so it must take a Tensor too."
    ),
    stub="""\
def mended_loss(logits, labels):
    p = softmax(logits)
    return cross_entropy(p, labels=labels)
""",
    answer="mended_loss",
    reference=mended_loss,
    cases=_run_cases,
    observe=_loss_to_train_with(),
    hints=[
        "Give it one example that is as right as can be: the logits (100, 0, 0) and the label 0. What should come out?",
        "Look up what cross_entropy expects first: `help(cross_entropy)`. Is that what it gets?",
        "It expects logits and takes the softmax itself. Probabilities lie between 0 and 1, so a second softmax finds "
        "them all nearly equal.",
    ],
    mistakes=[
        Mistake(
            "softmax_twice",
            lambda logits, labels: cross_entropy(softmax(logits), labels=labels),
            "The probabilities still go through a second softmax, the one in cross_entropy. They differ by at most 1, "
            "so with ten classes it gives the right one at most e / (e + 9) = 0.23.",
            look="Give it the logits (100, 0, 0) and the label 0. The loss should be 0.",
            mend="Give cross_entropy the logits.",
        ),
        Mistake(
            "probabilities_made_larger",
            lambda logits, labels: cross_entropy(10 * softmax(logits), labels=labels),
            "A factor makes the second softmax less flat. There should be one softmax only.",
            look="For the logits (log 1, log 1, log 2) and the label 1 the loss is log 4 = 1.386.",
            mend="Give cross_entropy the logits.",
        ),
        Mistake(
            "a_sigmoid_each_then_softmax",
            lambda logits, labels: cross_entropy(sigmoid(logits), labels=labels),
            "A sigmoid in front squashes the logits just as the softmax did: numbers between 0 and 1 go into the "
            "softmax of cross_entropy.",
            look="Give it the logits (100, 0, 0) and the label 0. The loss should be 0.",
            mend="Give cross_entropy the logits.",
        ),
        Mistake(
            "logarithm_missing",
            _loss_from(softmax, lambda q, n, k: -q.mean()),
            "One softmax, but the logarithm is gone: that is minus the probability.",
            look="A loss must not be negative. Is yours?",
            mend="-log of the probability.",
        ),
        Mistake(
            "logarithm_of_the_softmax",
            lambda logits, labels: -log(softmax(logits)[np.arange(len(labels)), labels]).mean(),
            "One softmax, and right as long as no probability is 0. For the logits (1000, 0) that of class 1 is "
            "exp(-1000), which is 0 in floats, and its logarithm is infinite. cross_entropy takes both at once.",
            look="Give it the logits (1000, 0) and the label 1. The loss should be 1000.",
            mend="Give cross_entropy the logits, or use log_softmax.",
        ),
        Mistake(
            "probability_missed",
            _loss_from(softmax, lambda q, n, k: (1 - q).mean()),
            "That is the probability that the right class did not get. It loses its slope where the network is most "
            "wrong; -log p does not.",
            look="For the logits (log 1, log 1, log 2) and the label 1 the loss is log 4 = 1.386.",
            mend="-log of the probability.",
        ),
        Mistake(
            "softmax_missing",
            _loss_from(lambda logits: logits, lambda q, n, k: -q.mean()),
            "That is minus the logit of the right class. Nothing keeps it from growing, for the other classes don't "
            "count: the logarithm of the sum of exp(z) is missing.",
            look="A constant added to all logits must change nothing.",
            mend="One softmax: give cross_entropy the logits.",
        ),
        Mistake(
            "sign_turned",
            _loss_from(softmax, lambda q, n, k: np.log(q).mean()),
            "The minus is missing. To minimize that would make the network as wrong as it can be.",
            look="A loss must not be negative. Is yours?",
            mend="A minus in front.",
        ),
        Mistake(
            "sum_for_mean",
            _loss_from(softmax, lambda q, n, k: -np.log(q).sum()),
            "That is the sum over the examples. The mean does not grow with the size of the batch.",
            look="Give every example twice: the loss must stay.",
            mend="mean, not sum.",
        ),
        Mistake(
            "averaged_over_entries",
            _loss_from(softmax, lambda q, n, k: -np.log(q).sum() / (n * k)),
            "You divided by the number of entries. There are n examples.",
            look="For the logits (log 1, log 1, log 2) and the label 1 the loss is log 4 = 1.386.",
            mend="Divide by the number of rows.",
        ),
        Mistake(
            "softmax_over_the_examples",
            _loss_from(_over_the_examples, lambda q, n, k: -np.log(q).mean()),
            "You divided by sums over the examples. Each row is one example, and its classes compete.",
            look="Each row of probabilities must sum to 1.",
            mend="softmax(logits), or the sum over axis=1.",
        ),
        Mistake(
            "every_label_for_every_row",
            _every_label_for_every_row,
            "`[:, labels]` takes the columns of all labels from every row. Each row has one label.",
            look="How many numbers do you average? It should be one for each example.",
            mend="[np.arange(len(labels)), labels].",
        ),
        Mistake(
            "wrong_classes_count_too",
            _wrong_classes_too,
            "The terms log(1 - p) of the wrong classes belong to yes-or-no answers. Here the probability of the right "
            "class says it all.",
            look="For the logits (log 1, log 1, log 2) and the label 1 the loss is log 4 = 1.386.",
            mend="Only the right class counts: give cross_entropy the logits.",
        ),
    ],
    learn="A loss that wants logits and gets probabilities runs, learns slowly and stays unsure: nothing else warns.",
)


# 02.10 ----------------------------------------------------------------------------------------------------


def huber(y_hat, target, d=1.0):
    e = y_hat - target
    size = np.abs(e)
    loss = np.mean(np.where(size <= d, e * e / 2, d * (size - d / 2)))

    def backward(dloss):
        return dloss * np.clip(e, -d, d) / e.size

    return loss, backward


def _huber_with(
    value: Callable | None = None, slope: Callable | None = None, *, parts: Callable = lambda dloss, n: dloss / n
) -> Callable:
    """The Huber loss with ``value(e, d)`` or ``slope(e, d)`` of an entry in place of the right one."""

    def wrong(y_hat, target, d=1.0):
        e = y_hat - target
        loss = huber(y_hat, target, d)[0] if value is None else np.mean(value(e, d))
        return loss, lambda dloss: parts(dloss, e.size) * (np.clip(e, -d, d) if slope is None else slope(e, d))

    return wrong


def _huber_value(middle: Callable, tail: Callable) -> Callable:
    return lambda e, d: np.where(np.abs(e) <= d, middle(e), tail(e, d))


def _half_square(e):
    return e * e / 2


def _line(e, d):
    return d * (np.abs(e) - d / 2)


def _summed(y_hat, target, d=1.0):
    loss, backward = huber(y_hat, target, d)
    return loss * y_hat.size, lambda dloss: backward(dloss) * y_hat.size


class _one_way_back(pair):
    """Look at a loss and its one gradient; who returns that of the target too is told so."""

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        for name, part in super().__call__(candidate, case):
            if name in self.gradients and isinstance(part, (tuple, list)):
                told = (
                    f"returned {len(part)} things: return one array, the gradient with respect to y_hat. The target is"
                )
                raise Unfit(f"{told} given, and nothing of it is learned", of="The backward")
            yield name, part


def _huber_cases(rng: np.random.Generator) -> list[Case]:
    def draw(shape, d):  # errors of all four kinds: either sign, to either side of d and well away from it
        k = rng.permutation(np.prod(shape))
        size = np.where(k % 2, rng.uniform(0.3, 0.8, len(k)), rng.uniform(1.5, 3, len(k)))
        target = rng.standard_normal(shape)
        return Case(target + d * np.where(k % 4 < 2, size, -size).reshape(shape), target=target, d=d)

    return [
        Case(np.array([0.5, 3.0, -0.5, -3.0]), target=np.zeros(4)),
        draw((4,), 1.0),
        draw((2, 4), 0.5),
        draw((8,), 2.0),
        Case(np.array([1.0, 2.0]), target=np.array([1.0, 2.0]), note="edge: no error at all"),
    ]


huber_loss = Exercise(
    id="02.10",
    title="A loss that forgives wild examples",
    kind="function",
    points=4,
    prompt=(
        "Return the mean of the Huber loss over all entries, and its way back: `backward(dloss)` gives the gradient "
        "with respect to y_hat only, for the number dloss that arrives from above. y_hat and target have the same "
        "shape, any shape; d is where the square ends and the line begins."
    ),
    stub="""\
def huber(y_hat, target, d=1.0):
    e = y_hat - target
    loss = ...

    def backward(dloss):  # the way back to y_hat only
        return ...

    return loss, backward
""",
    answer="huber",
    reference=huber,
    cases=_huber_cases,
    observe=_one_way_back("loss", "dy_hat"),
    hints=[
        "Differentiate each side by itself: what is the slope of e²/2, of d (e - d/2) and of d (-e - d/2)?",
        "e in the middle, d on the right, -d on the left: the error, cut off at d and -d. np.clip does that.",
        "`np.where(np.abs(e) <= d, ..., ...)` for the values. A mean over n entries gives each of them 1/n of dloss.",
    ],
    mistakes=[
        Mistake(
            "sum_for_mean",
            _summed,
            "Both are those of the sum over the entries. The mean was asked for.",
            look="Give every entry twice: the loss must stay.",
            mend="np.mean, and a division by e.size on the way back.",
        ),
        Mistake(
            "gradient_not_averaged",
            _huber_with(parts=lambda dloss, n: dloss),
            "The value is right. It is a mean of n entries, so each gets 1/n of the gradient.",
            look="Nudge one of four errors by 0.01: by how much does the mean move?",
            mend="Divide by e.size.",
        ),
        Mistake(
            "averaged_over_rows",
            _huber_with(lambda e, d: _huber_value(_half_square, _line)(e, d) * e.size / len(e)),
            "You divided by the number of rows. The mean is over all entries.",
            look="Compare e.size and len(e) for an e of shape (2, 4).",
            mend="np.mean over everything.",
        ),
        Mistake(
            "gradient_averaged_over_rows",
            lambda y_hat, target, d=1.0: _huber_with(parts=lambda dloss, n: dloss / len(target))(y_hat, target, d),
            "You divided by the number of rows. The mean is over all entries.",
            look="Compare e.size and len(e) for an e of shape (2, 4).",
            mend="Divide by e.size.",
        ),
        Mistake(
            "half_missing_in_the_middle",
            _huber_with(_huber_value(lambda e: e * e, _line)),
            "The square has no 1/2. So it does not meet the line: at |e| = d the one is d², the other d²/2.",
            look="Follow your loss from |e| = 0.99 to 1.01, with d = 1.",
            mend="e * e / 2.",
        ),
        Mistake(
            "slope_2e_in_the_middle",
            _huber_with(slope=lambda e, d: np.where(np.abs(e) <= d, 2 * e, d * np.sign(e))),
            "2e is the slope of e². The middle is e²/2.",
            look="Nudge e = 0.5 by 0.01, and see how much the loss moves.",
            mend="e in the middle.",
        ),
        Mistake(
            "square_and_slope_without_the_half",
            _huber_with(
                _huber_value(lambda e: e * e, _line), lambda e, d: np.where(np.abs(e) <= d, 2 * e, d * np.sign(e))
            ),
            "The square has no 1/2, in the value and in the slope. So neither meets the line at |e| = d.",
            look="Follow your loss from |e| = 0.99 to 1.01, with d = 1.",
            mend="e * e / 2, with the slope e.",
        ),
        Mistake(
            "half_missing_in_the_tail",
            _huber_with(_huber_value(_half_square, lambda e, d: d * (np.abs(e) - d))),
            "The line is too low: d (|e| - d) is 0 at |e| = d, where the square has come to d²/2.",
            look="Follow your loss from |e| = 0.99 to 1.01, with d = 1.",
            mend="d * (np.abs(e) - d / 2).",
        ),
        Mistake(
            "tail_not_shifted",
            _huber_with(_huber_value(_half_square, lambda e, d: d * np.abs(e))),
            "The line is too high: d |e| is d² at |e| = d, where the square has come to d²/2.",
            look="Follow your loss from |e| = 0.99 to 1.01, with d = 1.",
            mend="d * (np.abs(e) - d / 2).",
        ),
        Mistake(
            "d_forgotten_in_the_tail",
            _huber_with(_huber_value(_half_square, lambda e, d: np.abs(e) - d / 2)),
            "Right for d = 1. The line has the slope d, so the bracket is to be multiplied by d.",
            look="Follow your loss across |e| = 2, with d = 2.",
            mend="d * (np.abs(e) - d / 2).",
        ),
        Mistake(
            "brackets_missing_in_the_tail",
            _huber_with(_huber_value(_half_square, lambda e, d: d * np.abs(e) - d / 2)),
            "Right for d = 1. Python multiplies first: d multiplies the difference, so it needs brackets.",
            look="Follow your loss across |e| = 2, with d = 2.",
            mend="d * (np.abs(e) - d / 2).",
        ),
        Mistake(
            "tail_without_the_size",
            _huber_with(_huber_value(_half_square, lambda e, d: d * (e - d / 2))),
            "Far to the left e is negative, and so is your loss. The line goes up on both sides.",
            look="A loss must not be negative. What is yours for e = -3?",
            mend="np.abs(e) in the tail.",
        ),
        Mistake(
            "compared_without_the_size",
            _huber_with(
                lambda e, d: np.where(e <= d, _half_square(e), _line(e, d)), lambda e, d: np.where(e <= d, e, d)
            ),
            "e <= d is true for every negative error, however large. There your loss stays a square.",
            look="The loss is symmetric: compare e = 3 and e = -3.",
            mend="np.abs(e) <= d.",
        ),
        Mistake(
            "never_a_line",
            _huber_with(lambda e, d: _half_square(e), lambda e, d: e),
            "That is half the squared error, everywhere. Beyond d the loss is a straight line.",
            look="For e = 3 and d = 1 the loss is 2.5.",
            mend="np.where(np.abs(e) <= d, ..., ...).",
        ),
        Mistake(
            "slope_not_clipped",
            _huber_with(slope=lambda e, d: e),
            "The value is right. Its slope is e in the middle only; beyond d a line has the same slope everywhere.",
            look="Nudge e = 3 and e = 30 by 0.01, with d = 1: the loss moves by the same.",
            mend="np.clip(e, -d, d).",
        ),
        Mistake(
            "slope_of_the_tail_without_d",
            _huber_with(slope=lambda e, d: np.where(np.abs(e) <= d, e, np.sign(e))),
            "Right for d = 1. The line d (|e| - d/2) has the slope d or -d.",
            look="Nudge e = 3 by 0.01 with d = 2, and see how much the loss moves.",
            mend="d * np.sign(e) in the tail.",
        ),
        Mistake(
            "no_slope_in_the_tail",
            _huber_with(slope=lambda e, d: np.where(np.abs(e) <= d, e, 0)),
            "Beyond d nothing is learned here. The line is straight, and it is not flat.",
            look="Nudge e = 3 by 0.01, and see how much the loss moves.",
            mend="d * np.sign(e) in the tail.",
        ),
        Mistake(
            "slope_without_its_sign",
            _huber_with(slope=lambda e, d: np.minimum(np.abs(e), d)),
            "Your slope is never negative. Where y_hat is too low, raising it makes the loss smaller.",
            look="Nudge e = -3 by 0.01: the loss falls.",
            mend="np.clip(e, -d, d), which keeps the sign.",
        ),
        Mistake(
            "slope_d_on_the_left_too",
            _huber_with(slope=lambda e, d: np.where(np.abs(e) <= d, e, d)),
            "Right in the middle and on the right. On the left the line falls: its slope is -d.",
            look="Nudge e = -3 by 0.01: the loss falls.",
            mend="d * np.sign(e) in the tail.",
        ),
        Mistake(
            "slope_d_everywhere",
            _huber_with(slope=lambda e, d: d * np.sign(e)),
            "That is the slope of the line, on both sides. In the middle the slope is e.",
            look="Near e = 0 the loss is nearly flat. Is your slope nearly 0 there?",
            mend="np.clip(e, -d, d).",
        ),
        Mistake(
            "sign_turned",
            _huber_with(slope=lambda e, d: -np.clip(e, -d, d)),
            "That is the gradient with respect to the target. For y_hat the sign is the other one: e = y_hat - target.",
            look="Where y_hat is too high, raising it makes the loss larger: the slope is positive.",
            mend="np.clip(e, -d, d), without a minus.",
        ),
        Mistake(
            "upstream_forgotten",
            _huber_with(parts=lambda dloss, n: 1 / n),
            "Right for dloss = 1. What arrives from above multiplies all of it.",
            look="If dloss doubles, the gradient must double.",
            mend="Multiply by dloss.",
        ),
    ],
    learn="Its gradient is the error, clipped: no example, however wild, pulls harder than d.",
)


EXERCISES = [
    zoo,
    kinks,
    stable_softmax,
    cross_entropies,
    cross_entropy_gradient,
    heads,
    linear_collapse,
    saturation,
    double_softmax,
    huber_loss,
]
