"""Exercises of lesson 01: what the learner writes, what is right, and what is typically wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcourse.autodiff import relative_error
from dlcourse.checking import Case, Exercise, Mistake, Unfit, each, pair, value
from dlcourse.layers import linear


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


# 01.1 -----------------------------------------------------------------------------------------------------


def add_gate(a, b):
    y = a + b

    def backward(dy):
        return dy, dy

    return y, backward


def multiply_gate(a, b):
    y = a * b

    def backward(dy):
        return dy * b, dy * a

    return y, backward


def max_gate(a, b):
    y = np.maximum(a, b)

    def backward(dy):
        return dy * (a >= b), dy * (a < b)

    return y, backward


def sigmoid_gate(x):
    y = 1 / (1 + np.exp(-x))

    def backward(dy):
        return dy * y * (1 - y)

    return y, backward


def _gates(
    add: Callable = add_gate,
    multiply: Callable = multiply_gate,
    maximum: Callable = max_gate,
    sigmoid: Callable = sigmoid_gate,
) -> tuple:
    return add, multiply, maximum, sigmoid


def _two_inputs(forward: Callable, slopes: Callable) -> Callable:
    """A gate of two inputs whose backward returns ``slopes(a, b, dy)``."""

    def gate(a, b):
        return forward(a, b), lambda dy: slopes(a, b, dy)

    return gate


def _sigmoid_with(slope: Callable) -> Callable:
    """A sigmoid gate whose backward returns ``slope(x, y, dy)``."""

    def gate(x):
        y = _sigmoid(x)
        return y, lambda dy: slope(x, y, dy)

    return gate


def _gate_cases(rng: np.random.Generator) -> list[Case]:
    a, b = rng.standard_normal((2, 5))
    matrix = rng.standard_normal((2, 3))
    return [
        Case(np.array(2.0), np.array(-3.0)),
        Case(a, b),
        Case(matrix, rng.standard_normal((2, 3))),
        Case(np.array([1.0, -0.5]), np.array([1.0, -0.5]), note="edge: both inputs equal"),
    ]


gates = Exercise(
    id="01.1",
    title="Four gates and their way back",
    kind="function",
    points=3,
    prompt=(
        "Each gate returns its value and the function `backward`. Fill in what each backward returns. `dy` is "
        "dL/dy, the gradient that arrives from above; the answers are dL/da, dL/db and dL/dx. Where both inputs "
        "of max are equal, let the first one win. The inputs may be numbers or whole arrays, so use NumPy and no `if`."
    ),
    stub="""\
def add_gate(a, b):
    def backward(dy):
        return ..., ...

    return a + b, backward


def multiply_gate(a, b):
    def backward(dy):
        return ..., ...

    return a * b, backward


def max_gate(a, b):
    def backward(dy):
        return ..., ...

    return np.maximum(a, b), backward


def sigmoid_gate(x):
    y = 1 / (1 + np.exp(-x))

    def backward(dy):
        return ...

    return y, backward
""",
    answer="(add_gate, multiply_gate, max_gate, sigmoid_gate)",
    reference=_gates(),
    cases=_gate_cases,
    observe=each(
        add_gate=pair("y", "da", "db"),
        multiply_gate=pair("y", "da", "db"),
        max_gate=pair("y", "da", "db"),
        sigmoid_gate=pair("y", "dx"),
    ),
    hints=[
        "Nudge one input by a little. By how much does the gate's output move, for each unit of nudge? That is the "
        "local slope. Then multiply by `dy`.",
        "Add: both slopes are 1. Multiply: the slope for `a` is `b`. Max: the slope is 1 for the winner and 0 for "
        "the other, and `a >= b` is a 1 or 0 that you can multiply with.",
        "The sigmoid's slope is y (1 - y), where y is the output that the forward pass has already computed.",
    ],
    mistakes=[
        Mistake(
            "multiply_keeps_its_own_input",
            _gates(multiply=_two_inputs(np.multiply, lambda a, b, dy: (dy * a, dy * b))),
            "A product's slope for one factor is the *other* factor: nudge `a` by h and a b moves by h b.",
            look="With b = 0 the product stays 0 whatever `a` does, so `da` must be 0 there.",
            mend="Swap them: `return dy * b, dy * a`.",
        ),
        Mistake(
            "upstream_forgotten_in_multiply",
            _gates(multiply=_two_inputs(np.multiply, lambda a, b, dy: (b + 0 * dy, a + 0 * dy))),
            "You return the local slopes. The gate sits inside a larger program: its slope is multiplied by `dy`, the "
            "slope of everything above it.",
            look="If `dy` doubles, every gradient you return must double.",
            mend="Multiply both by `dy`.",
        ),
        Mistake(
            "upstream_forgotten_in_add",
            _gates(add=_two_inputs(np.add, lambda a, b, dy: (1 + 0 * dy, 1 + 0 * dy))),
            "The local slope of a sum is 1, and 1 times `dy` is `dy`. You returned the 1.",
            look="If `dy` doubles, every gradient you return must double.",
            mend="`return dy, dy`.",
        ),
        Mistake(
            "upstream_forgotten_in_max",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (a >= b, a < b))),
            "You return who won, 1 or 0. The winner gets `dy`.",
            look="If `dy` doubles, every gradient you return must double.",
            mend="Multiply both by `dy`.",
        ),
        Mistake(
            "only_the_number_of_the_winner",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (1.0 * (a >= b), 1.0 * (a < b)))),
            "You return 1 for the winner and 0 for the other, the local slopes. The winner gets `dy`.",
            look="If `dy` doubles, every gradient you return must double.",
            mend="Multiply both by `dy`.",
        ),
        Mistake(
            "brackets_missing",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: dy * y * 1 - y)),
            "Python reads dy * y * 1 - y as (dy * y * 1) - y. The difference 1 - y needs brackets.",
            look="If `dy` is 0, nothing flows back. What does your line give for dy = 0?",
            mend="`return dy * y * (1 - y)`.",
        ),
        Mistake(
            "upstream_forgotten_in_sigmoid",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: y * (1 - y) + 0 * dy)),
            "y (1 - y) is the local slope; what flows back is the local slope times `dy`.",
            look="If `dy` doubles, the gradient you return must double.",
            mend="`return dy * y * (1 - y)`.",
        ),
        Mistake(
            "add_returns_its_inputs",
            _gates(add=_two_inputs(np.add, lambda a, b, dy: (dy * a, dy * b))),
            "The slope of a + b does not depend on a or b: nudge `a` by h and the sum moves by h, wherever you are.",
            look="Add 100 to `a`: the slopes of a sum must stay what they were.",
            mend="`return dy, dy`.",
        ),
        Mistake(
            "add_halves_the_gradient",
            _gates(add=_two_inputs(np.add, lambda a, b, dy: (dy / 2, dy / 2))),
            "The gradient is not shared out like money. Each input, nudged alone, moves the sum by the whole nudge.",
            look="Nudge `a` alone by 0.01. By how much does a + b move?",
            mend="Both inputs get all of it: `return dy, dy`.",
        ),
        Mistake(
            "multiply_times_its_output",
            _gates(multiply=_two_inputs(np.multiply, lambda a, b, dy: (dy * a * b, dy * a * b))),
            "You multiplied by the product itself. Nudge `a` by h and a b moves by h b: the slope is the other factor.",
            look="For a = 2 and b = -3, nudge `a` by 0.01: by how much does the product move?",
            mend="`return dy * b, dy * a`.",
        ),
        Mistake(
            "max_splits_evenly",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (dy / 2, dy / 2))),
            "Max is a router: the winner gets everything, because only a nudge of the winner moves the output.",
            look="Nudge the smaller input a little. Does the maximum move?",
            mend="`return dy * (a >= b), dy * (a < b)`.",
        ),
        Mistake(
            "max_pays_the_loser",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (dy * (a < b), dy * (a >= b)))),
            "The gradient went to the smaller input. Only the larger one moves the output.",
            look="For a = 2 and b = -3, which input can change the maximum by a small nudge?",
            mend="Swap the two: `return dy * (a >= b), dy * (a < b)`.",
        ),
        Mistake(
            "max_pays_a_tie_twice",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (dy * (a >= b), dy * (b >= a)))),
            "Where a equals b, both inputs get all of `dy`, twice what arrived. A tie needs a policy; ours is that "
            "the first input wins.",
            look="For every entry, the two gradients must sum to `dy`.",
            mend="Use `>=` for the first and `<` for the second.",
        ),
        Mistake(
            "max_pays_nobody_in_a_tie",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (dy * (a > b), dy * (b > a)))),
            "Where a equals b, nobody gets the gradient and it is lost. Our policy is that the first input wins.",
            look="For every entry, the two gradients must sum to `dy`.",
            mend="Use `>=` for the first and `<` for the second.",
        ),
        Mistake(
            "max_tie_goes_to_the_second",
            _gates(maximum=_two_inputs(np.maximum, lambda a, b, dy: (dy * (a > b), dy * (a <= b)))),
            "In a tie you let the second input win. That is a policy too, but the one asked for is the first.",
            look="Look at the entries where a equals b.",
            mend="Use `>=` for the first and `<` for the second.",
        ),
        Mistake(
            "sigmoid_of_the_sigmoid",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: dy * _sigmoid(y) * (1 - _sigmoid(y)))),
            "y is already the sigmoid's output. You applied the sigmoid to it once more.",
            look="At x = 0 the output is 0.5, so the slope must be 0.25.",
            mend="Reuse the stored output: `dy * y * (1 - y)`.",
        ),
        Mistake(
            "sigmoid_slope_from_the_input",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: dy * x * (1 - x))),
            "The formula s (1 - s) wants the sigmoid's *output*; you put the input in.",
            look="A sigmoid rises everywhere, so its slope can't be negative for x = 2.",
            mend="`dy * y * (1 - y)`.",
        ),
        Mistake(
            "sigmoid_the_other_half",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: dy * (1 - y))),
            "You multiplied by 1 - y. The slope is y (1 - y): it must fade on both sides, where the curve is flat.",
            look="For a very negative x the sigmoid is flat. Is your slope near 0 there?",
            mend="`dy * y * (1 - y)`.",
        ),
        Mistake(
            "sigmoid_half_of_the_slope",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: dy * y)),
            "You multiplied by y. The slope is y (1 - y): it must fade on both sides, where the curve is flat.",
            look="For a large x the sigmoid is flat. Is your slope near 0 there?",
            mend="`dy * y * (1 - y)`.",
        ),
        Mistake(
            "slope_of_tanh",
            _gates(sigmoid=_sigmoid_with(lambda x, y, dy: dy * (1 - y * y))),
            "1 - y² is the slope of tanh. The sigmoid's is y (1 - y).",
            look="At x = 0 the output is 0.5, so the slope must be 0.25.",
            mend="`dy * y * (1 - y)`.",
        ),
    ],
    learn="These four are in the package as `add`, `multiply`, `maximum` and `sigmoid`.",
)


# 01.2 -----------------------------------------------------------------------------------------------------


def _answer(*numbers: Any) -> Callable:
    return lambda: numbers[0] if len(numbers) == 1 else numbers


xyz = Exercise(
    id="01.2",
    title="(x + y) z by hand",
    kind="value",
    points=1,
    prompt=(
        "f = (x + y) z at x = -2, y = 5, z = -4. Work out the three gradients with pencil and paper, gate by gate, "
        "and type the numbers."
    ),
    stub="""\
df_dx = ...
df_dy = ...
df_dz = ...
""",
    answer="(df_dx, df_dy, df_dz)",
    parts=("df_dx", "df_dy", "df_dz"),
    reference=(-4.0, -4.0, 3.0),
    explanation=(
        "q = x + y = 3 and f = q z. The multiply gate switches: df/dq = z = -4 and df/dz = q = 3. The add gate "
        "distributes: df/dx = df/dy = df/dq = -4."
    ),
    hints=[
        "Write q = x + y and f = q z. Start at the output, where df/df = 1.",
        "The multiply gate sends z to q and q to z.",
        "The add gate passes what q received on to x and to y, unchanged.",
    ],
    mistakes=[
        Mistake(
            "factors_not_switched",
            _answer(3.0, 3.0, -4.0),
            "You gave q its own value and z its own value. A multiply gate gives each input the value of the other.",
            look="If z were 0, f would stay 0 however x changes. Does your df/dx say so?",
            mend="df/dq is z, and df/dz is q.",
        ),
        Mistake(
            "upstream_left_out",
            _answer(1.0, 1.0, 3.0),
            "dq/dx = 1 is only the local slope of the add gate. It still has to be multiplied by df/dq.",
            look="Put x = -1.9 into f. Did f move by 0.1 or by more?",
            mend="df/dx = df/dq times dq/dx.",
        ),
        Mistake(
            "one_gradient_for_all",
            _answer(-4.0, -4.0, -4.0),
            "x and y are right. z does not go through the add gate; it has a path of its own.",
            look="Put z = -3.9 into f and see how much f moves.",
            mend="df/dz is the other factor of the product, q.",
        ),
        Mistake(
            "values_instead_of_gradients",
            _answer(-2.0, 5.0, -4.0),
            "Those are the values of x, y and z. The gradients say how fast f moves when each of them moves.",
            look="Put x = -1.9 into f: how much did f move, divided by 0.1?",
            mend="Go back from the output, gate by gate.",
        ),
        Mistake(
            "gradient_times_value",
            _answer(8.0, -20.0, -12.0),
            "The gradients are in there, each times the value of its own input. A gradient is how far f moves for "
            "each unit, whatever the value is.",
            look="x and y enter f only through their sum. Can their gradients differ?",
            mend="Leave the last factor out: df/dx = df/dq times 1, not times x.",
        ),
        Mistake(
            "signs_turned",
            _answer(4.0, 4.0, -3.0),
            "The sizes are right and every sign is turned.",
            look="f = -12 here. Raise z to -3: f becomes -9, so f rose.",
            mend="df/dz = q = +3 and df/dq = z = -4.",
        ),
        Mistake(
            "z_without_its_sign",
            _answer(4.0, 4.0, 3.0),
            "df/dz is right. x and y get df/dq, which is z, sign included: z = -4.",
            look="Put x = -1 into f: q becomes 4 and f becomes -16. Did f rise or fall?",
            mend="df/dq = z = -4, and the add gate passes that on.",
        ),
        Mistake(
            "sign_of_q",
            _answer(-4.0, -4.0, -3.0),
            "x and y are right. df/dz is q, and q = -2 + 5 = 3.",
            look="Raise z to -3: f becomes -9. Did f rise or fall?",
            mend="df/dz = q = +3.",
        ),
        Mistake(
            "local_slopes_only",
            _answer(1.0, 1.0, 1.0),
            "Those are slopes of a sum. z enters through a product, and x and y go on through that product.",
            look="Put z = -3 into f and see how much f moves.",
            mend="df/dz = q, df/dq = z, then through the add gate.",
        ),
        Mistake(
            "q_instead_of_its_gradient",
            _answer(3.0, 3.0, 3.0),
            "You sent q, the value, back through the add gate. What travels back is df/dq.",
            look="If z were 0, f would stay 0 however x changes. Does your df/dx say so?",
            mend="df/dq = z = -4, and the add gate passes that on.",
        ),
    ],
)


# 01.3 -----------------------------------------------------------------------------------------------------

_x, _w = np.array([1.0, -1.0, -2.0]), np.array([-3.0, 2.0, -3.0])
_f = _sigmoid(_w @ _x)
_dw = (_f - 1) * _x

logistic_gradient = Exercise(
    id="01.3",
    title="The gradient of a logistic neuron",
    kind="value",
    points=2,
    prompt=(
        "One neuron, ŷ = sigmoid(w · x), with the log loss L = -log ŷ, because the right answer is y = 1. Compute "
        "dL/dw, three numbers: for the bias, whose input is the constant 1, and for the two weights."
    ),
    stub="""\
x = np.array([1.0, -1.0, -2.0])  # the first input is the constant 1 of the bias
w = np.array([-3.0, 2.0, -3.0])
y_hat = 1 / (1 + np.exp(-(w @ x)))
dw = ...
""",
    answer="dw",
    parts=("dw",),
    reference=_dw,
    explanation=(
        "dL/dŷ = -1/ŷ, the sigmoid's slope is ŷ (1 - ŷ), and dz/dw = x. The product is -(1 - ŷ) x = (ŷ - y) x: the "
        "sigmoid's slope cancels the 1/ŷ of the loss."
    ),
    hints=[
        "Three gates in a row: L = -log ŷ, ŷ = sigmoid(z), z = w · x. Write down the slope of each.",
        "dL/dŷ = -1/ŷ. dŷ/dz = ŷ (1 - ŷ). Multiply them first; something cancels.",
        "dL/dz = ŷ - 1. Then z = w · x is a product in each term: dz/dw is x.",
    ],
    mistakes=[
        Mistake(
            "sign_turned",
            lambda: -_dw,
            "The sign is turned, or the minus of -log ŷ was lost. ŷ = 0.73 is below 1, so dL/dz is negative.",
            look="A larger z would raise ŷ and lower the loss, so dL/dz must be negative.",
            mend="dL/dz = ŷ - y, not y - ŷ.",
        ),
        Mistake(
            "a_factor_too_many",
            lambda: (_f - 1) * _f * (1 - _f) * _x,
            "The factor ŷ (1 - ŷ) is one too many: either the sigmoid's slope was taken twice, or the loss was "
            "(ŷ - y)²/2. The 1/ŷ of the log loss cancels one of them.",
            look="Your numbers still hold the factor ŷ (1 - ŷ). With the log loss it cancels.",
            mend="dL/dz = -1/ŷ times ŷ (1 - ŷ) = ŷ - 1, and that is all.",
        ),
        Mistake(
            "squared_error",
            lambda: 2 * (_f - 1) * _f * (1 - _f) * _x,
            "This is the gradient of (ŷ - y)². The loss asked for is -log ŷ, whose 1/ŷ cancels the sigmoid's slope.",
            look="Your numbers still hold the factor ŷ (1 - ŷ). With the log loss it cancels.",
            mend="dL/dŷ = -1/ŷ instead of 2 (ŷ - 1).",
        ),
        Mistake(
            "gradient_of_the_output_alone",
            lambda: _f * (1 - _f) * _x,
            "This is dŷ/dw, how the output moves. One more gate follows: the loss.",
            look="Nudge w[0] by 0.01 and see how much L moves, not ŷ.",
            mend="Multiply by dL/dŷ = -1/ŷ.",
        ),
        Mistake(
            "sigmoid_gate_left_out",
            lambda: -1 / _f * _x,
            "The chain jumps from ŷ to z: the sigmoid's own slope ŷ (1 - ŷ) is missing.",
            look="A saturated sigmoid is flat and passes little back. Where is that in your product?",
            mend="Multiply by ŷ (1 - ŷ).",
        ),
        Mistake(
            "multiplied_by_w",
            lambda: (_f - 1) * _w,
            "You multiplied by w, which gives dL/dx. In the product w x each factor gets the *other* one.",
            look="An input of 0 makes its weight irrelevant. Is your dw 0 for an input of 0?",
            mend="dw = dL/dz times x.",
        ),
        Mistake(
            "answer_taken_as_0",
            lambda: _f * _x,
            "ŷ - 0 is the slope for the answer y = 0. Here y = 1.",
            look="The loss -log ŷ falls when ŷ rises, so dL/dz must be negative.",
            mend="dL/dz = ŷ - 1.",
        ),
        Mistake(
            "error_without_the_inputs",
            lambda: np.full(3, _f - 1),
            "This is dL/dz, three times. z is a sum of products: each weight's slope is its own input.",
            look="An input of 0 makes its weight irrelevant. Is your dw 0 for an input of 0?",
            mend="dw = dL/dz times x.",
        ),
        Mistake(
            "bias_without_input",
            lambda: _dw * np.array([0.0, 1.0, 1.0]),
            "The weights are right. The bias has an input too, the constant 1.",
            look="Nudge w[0]: the loss does move.",
            mend="Its gradient is dL/dz times 1.",
        ),
        Mistake(
            "sigmoid_of_the_sigmoid",
            lambda: -1 / _f * _sigmoid(_f) * (1 - _sigmoid(_f)) * _x,
            "You took the sigmoid's slope at ŷ. ŷ is already the output: its slope is ŷ (1 - ŷ).",
            look="With ŷ = 0.731 the slope is 0.731 times 0.269.",
            mend="dL/dz = -1/ŷ times ŷ (1 - ŷ).",
        ),
    ],
)


# 01.4 -----------------------------------------------------------------------------------------------------


def _step(w: np.ndarray) -> Callable:
    return lambda: (w, _sigmoid(w @ _x))


_printed = np.array([-2.9973, 1.9973, -3.00054])
_new_w = _w - 0.001 * _dw

step = Exercise(
    id="01.4",
    title="One step downhill, and a slip in the deck",
    kind="value",
    points=2,
    prompt=(
        "Deck 5 takes one step of gradient descent from w = (-3, 2, -3) with the learning rate η = 0.001 and prints "
        "the new weights (-2.9973, 1.9973, -3.00054) and the new output 0.7323. At least one of these is wrong. "
        "Compute the new weights and the new output."
    ),
    stub="""\
learning_rate = 0.001
new_w = ...
new_y_hat = ...
""",
    answer="(new_w, new_y_hat)",
    parts=("new_w", "new_y_hat"),
    near=0,  # the step itself is small: many wrong steps end within a percent
    reference=(_new_w, _sigmoid(_new_w @ _x)),
    explanation=(
        "new_w = w - η dw = (-2.999731, 1.999731, -3.000538): the deck moved the first two ten times too far. "
        "The new output is 0.731376, and it is closer to 1, as the deck says."
    ),
    hints=[
        "Downhill is against the gradient: new_w = w - learning_rate * dw.",
        "new_y_hat is the neuron's output with new_w and the same x.",
        "0.001 times 0.2689 is 0.0002689. How far did the deck move the first weight?",
    ],
    mistakes=[
        Mistake(
            "as_printed",
            _step(_printed),
            "These are the deck's numbers. Two of the three weights moved by 0.0027, which is η = 0.01; the third "
            "moved by η = 0.001.",
            look="Compare how far each weight moved with 0.001 times its gradient.",
            mend="Use the same η = 0.001 for all three.",
        ),
        Mistake(
            "uphill",
            _step(_w + 0.001 * _dw),
            "You stepped along the gradient, uphill: the output moved away from 1.",
            look="Is the new output closer to 1 than 0.731059?",
            mend="Subtract: new_w = w - learning_rate * dw.",
        ),
        Mistake(
            "learning_rate_forgotten",
            _step(_w - _dw),
            "You subtracted the whole gradient.",
            look="With η = 0.001 no weight should move by more than 0.001.",
            mend="new_w = w - learning_rate * dw.",
        ),
        Mistake(
            "ten_times_too_far",
            _step(_w - 0.01 * _dw),
            "All three moved with η = 0.01.",
            look="0.001 times 0.2689 is 0.0002689.",
            mend="learning_rate = 0.001.",
        ),
        Mistake(
            "output_of_the_misprinted_weights",
            lambda: (_new_w, _sigmoid(_printed @ _x)),
            "Your weights are right. The output 0.7323 belongs to the misprinted weights.",
            look="Put your own new_w into the neuron.",
            mend="new_y_hat = sigmoid(new_w · x).",
        ),
        Mistake(
            "output_as_printed",
            lambda: (_new_w, 0.7323),
            "Your weights are right. 0.7323 is what the deck prints, and it belongs to its misprinted weights.",
            look="Put your own new_w into the neuron.",
            mend="new_y_hat = sigmoid(new_w · x).",
        ),
        Mistake(
            "stepped_twice",
            _step(_w - 0.002 * _dw),
            "These are the weights after two steps. Was the cell run twice with `w -= ...`, which changes w itself?",
            look="Compare how far each weight moved with 0.001 times its gradient.",
            mend="new_w = w - learning_rate * dw, which leaves w as it is.",
        ),
        Mistake(
            "output_without_the_sigmoid",
            lambda: (_new_w, _new_w @ _x),
            "Your weights are right. This is z, the weighted sum; the neuron still squashes it.",
            look="The neuron's output lies between 0 and 1.",
            mend="new_y_hat = sigmoid(new_w · x).",
        ),
        Mistake(
            "output_of_the_larger_step",
            lambda: (_new_w, _sigmoid((_w - 0.01 * _dw) @ _x)),
            "Your weights are right, but 0.7342 is the output after a step with η = 0.01.",
            look="Put your own new_w into the neuron.",
            mend="new_y_hat = sigmoid(new_w · x).",
        ),
        Mistake(
            "output_not_recomputed",
            lambda: (_new_w, _f),
            "0.731059 is the output before the step.",
            look="The weights have moved, so the output must have moved too.",
            mend="Compute the output again, with new_w.",
        ),
    ],
)


# 01.5 -----------------------------------------------------------------------------------------------------


def two_layer_step(x, y, W1, W2, *, learning_rate):
    h = 1 / (1 + np.exp(-(x @ W1)))
    y_hat = 1 / (1 + np.exp(-(h @ W2)))
    dz = y_hat - y
    dW2 = dz * h
    dh = dz * W2
    dW1 = np.outer(x, dh * h * (1 - h))
    new_h = 1 / (1 + np.exp(-(x @ (W1 - learning_rate * dW1))))
    new_y_hat = 1 / (1 + np.exp(-(new_h @ (W2 - learning_rate * dW2))))
    return dW1, dW2, new_y_hat


def _two_layers(
    *,
    error: Callable = lambda y_hat, y: y_hat - y,
    hidden_error: Callable = lambda dz, W2, new_W2: dz * W2,
    hidden_slope: Callable = lambda z, h: h * (1 - h),
    dW1_of: Callable = np.outer,
    dW2_of: Callable = lambda dz, h, y_hat: h * dz,
    steps: tuple = (1, 1),
) -> Callable:
    """The right answer with one part exchanged."""

    def wrong(x, y, W1, W2, *, learning_rate):
        z = x @ W1
        h = _sigmoid(z)
        y_hat = _sigmoid(h @ W2)
        dz = error(y_hat, y)
        dW2 = dW2_of(dz, h, y_hat)
        dh = hidden_error(dz, W2, W2 - learning_rate * dW2)
        dW1 = dW1_of(x, dh * hidden_slope(z, h))
        h = _sigmoid(x @ (W1 - steps[0] * learning_rate * dW1))
        return dW1, dW2, _sigmoid(h @ (W2 - steps[1] * learning_rate * dW2))

    return wrong


def _dW2_from_the_new_h(x, y, W1, W2, *, learning_rate):
    h = _sigmoid(x @ W1)
    dz = _sigmoid(h @ W2) - y
    dW1 = np.outer(x, dz * W2 * h * (1 - h))
    new_h = _sigmoid(x @ (W1 - learning_rate * dW1))
    dW2 = dz * new_h
    return dW1, dW2, _sigmoid(new_h @ (W2 - learning_rate * dW2))


def _two_layer_cases(rng: np.random.Generator) -> list[Case]:
    def case(n_in: int, n_hidden: int, y: float, learning_rate: float) -> Case:
        return Case(
            rng.standard_normal(n_in),
            y,
            rng.standard_normal((n_in, n_hidden)),
            rng.standard_normal(n_hidden) + 0.5,
            learning_rate=learning_rate,
        )

    ours = Case(
        np.array([1.0, 2.0]),
        1.0,
        np.array([[1.5, 1.0], [1.5, 0.5]]),
        np.array([3.0, -3.5]),
        learning_rate=0.001,
        note="the net of this section",
    )
    return [ours, case(2, 2, 0.0, 0.5), case(3, 2, 1.0, 0.5), case(2, 4, 0.0, 0.1)]


two_layers = Exercise(
    id="01.5",
    title="Back through two layers",
    kind="function",
    points=4,
    prompt=(
        "A net with one hidden layer, h = sigmoid(x W1), ŷ = sigmoid(h · W2), and the log loss. Return the gradients "
        "dW1 and dW2, and the output ŷ after one step of gradient descent on both."
    ),
    stub='''\
def two_layer_step(x, y, W1, W2, *, learning_rate):
    """x (n_in,), y 0 or 1, W1 (n_in, n_hidden), W2 (n_hidden,)."""
    h = 1 / (1 + np.exp(-(x @ W1)))
    y_hat = 1 / (1 + np.exp(-(h @ W2)))
    dz = y_hat - y  # dL/dz at the output, for the log loss
    dW2 = ...
    dW1 = ...
    new_y_hat = ...
    return dW1, dW2, new_y_hat
''',
    answer="two_layer_step",
    reference=two_layer_step,
    cases=_two_layer_cases,
    observe=value("dW1", "dW2", "new_y_hat"),
    hints=[
        "The output neuron is the logistic neuron of part 1 with h as its input: dW2 is dz times h.",
        "The error goes back through the weights: dh = dz * W2. Then through the hidden sigmoid: dh * h * (1 - h).",
        "dW1[i, j] is x[i] times the error of hidden unit j: `np.outer(x, dh * h * (1 - h))`.",
        "For the new output, compute both steps from the old weights, then run the forward pass again.",
    ],
    mistakes=[
        Mistake(
            "hidden_slope_left_out",
            _two_layers(hidden_slope=lambda z, h: 1.0),
            "The error reached h and went on to W1 without passing the hidden sigmoid, whose slope is h (1 - h).",
            look="A saturated hidden unit (h near 1) passes almost nothing back. Do your gradients say so?",
            mend="Multiply dh by h * (1 - h) before the outer product.",
        ),
        Mistake(
            "W2_left_out",
            _two_layers(hidden_error=lambda dz, W2, new_W2: dz * np.ones_like(W2)),
            "Every hidden unit got the same error dz. The error returns through the weights: unit j gets dz W2[j].",
            look="A hidden unit with W2[j] = 0 does not touch the output: its column of dW1 must be 0.",
            mend="dh = dz * W2.",
        ),
        Mistake(
            "W2_updated_first",
            _two_layers(hidden_error=lambda dz, W2, new_W2: dz * new_W2),
            "dW1 was computed with the W2 that had already stepped. All gradients belong to one and the same point.",
            look="Set the learning rate to 100. dW1 must not depend on it.",
            mend="Compute dW2 and dW1 first, then move both.",
        ),
        Mistake(
            "W1_updated_first",
            _dW2_from_the_new_h,
            "dW2 was computed with the h that belongs to the W1 that had already stepped. All gradients belong to one "
            "and the same point.",
            look="Set the learning rate to 100. dW2 must not depend on it.",
            mend="Compute dW2 and dW1 first, both from the old h, then move both.",
        ),
        Mistake(
            "slope_of_the_output_of_the_sigmoid",
            _two_layers(hidden_slope=lambda z, h: _sigmoid(h) * (1 - _sigmoid(h))),
            "You applied the sigmoid to h once more. h is the output: its slope is h (1 - h).",
            look="For h = 0.5 the slope must be 0.25.",
            mend="h * (1 - h), from the stored h.",
        ),
        Mistake(
            "slope_from_the_input",
            _two_layers(hidden_slope=lambda z, h: z * (1 - z)),
            "You put the input z of the sigmoid into s (1 - s). It wants the output h.",
            look="The slope of a sigmoid is never negative and at most 0.25.",
            mend="h * (1 - h).",
        ),
        Mistake(
            "squared_error",
            _two_layers(error=lambda y_hat, y: 2 * (y_hat - y) * y_hat * (1 - y_hat)),
            "This belongs to the loss (ŷ - y)². With the log loss the output's sigmoid slope cancels.",
            look="With the log loss, dW2 is (ŷ - y) h without any further factor.",
            mend="Keep dz = y_hat - y as given.",
        ),
        Mistake(
            "a_factor_too_many",
            _two_layers(error=lambda y_hat, y: (y_hat - y) * y_hat * (1 - y_hat)),
            "The factor ŷ (1 - ŷ) is one too many: either the output's sigmoid slope was taken twice, or the loss was "
            "(ŷ - y)²/2. With the log loss it cancels.",
            look="With the log loss, dW2 is (ŷ - y) h without any further factor.",
            mend="Keep dz = y_hat - y as given.",
        ),
        Mistake(
            "sign_turned",
            _two_layers(error=lambda y_hat, y: y - y_hat),
            "Every gradient has its sign turned: dz is ŷ - y, the output minus the answer.",
            look="For y = 1 a larger output lowers the loss, so dz must be negative.",
            mend="dz = y_hat - y.",
        ),
        Mistake(
            "dW1_transposed",
            _two_layers(dW1_of=lambda x, error: np.outer(error, x)),
            "Rows and columns of dW1 are exchanged. Row i belongs to input i, column j to hidden unit j, as in W1.",
            look="dW1 must have the shape of W1, also when there are 3 inputs and 2 hidden units.",
            mend="np.outer(x, ...) with x first.",
        ),
        Mistake(
            "hidden_slope_in_dW2",
            _two_layers(dW2_of=lambda dz, h, y_hat: dz * h * h * (1 - h)),
            "dW1 is right. W2 comes after the hidden sigmoid: its gradient is dz times its input h, without h (1 - h).",
            look="A saturated hidden unit has h near 1 and a large say in the output. Is its dW2 near 0 in yours?",
            mend="dW2 = dz * h.",
        ),
        Mistake(
            "output_slope_in_dW2",
            _two_layers(dW2_of=lambda dz, h, y_hat: dz * h * y_hat * (1 - y_hat)),
            "dW1 is right. dz is the gradient before the output's sigmoid already; its slope must not come in again.",
            look="With the log loss, dW2 is (ŷ - y) h without any further factor.",
            mend="dW2 = dz * h.",
        ),
        Mistake(
            "only_W2_moved",
            _two_layers(steps=(0, 1)),
            "The gradients are right. For the new output only W2 took its step.",
            look="Both layers learn: the new output needs both new matrices.",
            mend="new_W1 = W1 - learning_rate * dW1, too.",
        ),
        Mistake(
            "only_W1_moved",
            _two_layers(steps=(1, 0)),
            "The gradients are right. For the new output only W1 took its step.",
            look="Both layers learn: the new output needs both new matrices.",
            mend="new_W2 = W2 - learning_rate * dW2, too.",
        ),
        Mistake(
            "nothing_moved",
            _two_layers(steps=(0, 0)),
            "The gradients are right. The output you return is the one before the step.",
            look="After a step the output must have moved.",
            mend="Run the forward pass again with the new matrices.",
        ),
        Mistake(
            "uphill",
            _two_layers(steps=(-1, -1)),
            "The gradients are right, but the step went uphill.",
            look="For y = 1 the new output must be larger than the old one.",
            mend="Subtract the learning rate times the gradient.",
        ),
    ],
    learn="You have trained a network with a hidden layer by hand.",
)


# 01.6 -----------------------------------------------------------------------------------------------------


def _linear_with(dx: Callable | None = None, dW: Callable | None = None, db: Callable | None = None) -> Callable:
    """A linear layer whose backward has one gradient exchanged."""
    dx = dx or (lambda x, W, dy: dy @ W.T)
    dW = dW or (lambda x, W, dy: x.T @ dy)
    db = db or (lambda x, W, dy: dy.sum(axis=0))

    def wrong(x, W, b):
        return x @ W + b, lambda dy: (dx(x, W, dy), dW(x, W, dy), db(x, W, dy))

    return wrong


def _without_bias(x, W, b):
    return x @ W, lambda dy: (dy @ W.T, x.T @ dy, dy.sum(axis=0))


def _linear_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, n_in: int, n_out: int, note: str = "") -> Case:
        return Case(
            rng.standard_normal((n, n_in)), rng.standard_normal((n_in, n_out)), rng.standard_normal(n_out), note=note
        )

    return [
        case(4, 3, 2),
        case(2, 2, 2, "edge: all axes equal, where every product fits and shapes decide nothing"),
        case(3, 1, 4, "edge: one input"),
        case(1, 3, 2, "edge: a batch of one"),
        case(3, 2, 1, "edge: one output"),
    ]


balancing = Exercise(
    id="01.6",
    title="The linear layer, by shapes",
    kind="function",
    points=3,
    prompt=(
        "y = x W + b for a batch: x is (n, n_in), W is (n_in, n_out), b is (n_out,). Return y and the function "
        "`backward`, which takes dy of shape (n, n_out) and returns dx, dW and db."
    ),
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
    cases=_linear_cases,
    observe=pair("y", "dx", "dW", "db"),
    hints=[
        "Shape rule: a gradient has the shape of the thing it belongs to. Write the shapes of x, W, b and dy down.",
        "dW is (n_in, n_out), made from x (n, n_in) and dy (n, n_out). Only one product of the two has that shape.",
        "b was added to every row of the batch, so it collects the gradient of every row.",
    ],
    mistakes=[
        Mistake(
            "dW_transposed",
            _linear_with(dW=lambda x, W, dy: dy.T @ x),
            "Your dW has one row for each output and one column for each input. W has it the other way round.",
            look="dW must have the shape of W.",
            mend="dW = x.T @ dy.",
        ),
        Mistake(
            "x_not_transposed",
            _linear_with(dW=lambda x, W, dy: x @ dy),
            "x @ dy pairs inputs with examples. The sum in dW runs over the examples, so the examples must be the "
            "inner axis.",
            look="Inner axes must be the same thing: the n examples.",
            mend="dW = x.T @ dy.",
        ),
        Mistake(
            "W_not_transposed",
            _linear_with(dx=lambda x, W, dy: dy @ W),
            "dy @ W fits only where W is square. Going back, W is walked the other way: from outputs to inputs.",
            look="dx must have the shape of x, also with 3 inputs and 2 outputs.",
            mend="dx = dy @ W.T.",
        ),
        Mistake(
            "db_not_summed",
            _linear_with(db=lambda x, W, dy: dy),
            "b was broadcast: every row of the batch used the same b. Its gradient is the sum over the rows.",
            look="db must have the shape of b.",
            mend="db = dy.sum(axis=0).",
        ),
        Mistake(
            "db_averaged",
            _linear_with(db=lambda x, W, dy: dy.mean(axis=0)),
            "You took the mean over the batch. If the loss is a mean, its 1/n is already in dy.",
            look="Stack the same batch twice with the same dy: db must double.",
            mend="db = dy.sum(axis=0).",
        ),
        Mistake(
            "dW_averaged",
            _linear_with(dW=lambda x, W, dy: x.T @ dy / len(x)),
            "You divided by the batch size. If the loss is a mean, its 1/n is already in dy.",
            look="Stack the same batch twice with the same dy: dW must double.",
            mend="dW = x.T @ dy.",
        ),
        Mistake(
            "db_summed_over_the_outputs",
            _linear_with(db=lambda x, W, dy: dy.sum(axis=1)),
            "You summed along the wrong axis: over the outputs instead of over the examples.",
            look="db must have one entry for each output.",
            mend="db = dy.sum(axis=0).",
        ),
        Mistake(
            "db_one_number",
            _linear_with(db=lambda x, W, dy: np.asarray(dy.sum())),
            "You summed over everything. Each output has a bias of its own.",
            look="db must have the shape of b.",
            mend="db = dy.sum(axis=0).",
        ),
        Mistake(
            "db_of_ones",
            _linear_with(db=lambda x, W, dy: np.ones(dy.shape[1])),
            "The local slope for b is 1, but the gradient is that slope times dy, summed over the batch.",
            look="If dy doubles, db must double.",
            mend="db = dy.sum(axis=0).",
        ),
        Mistake(
            "bias_left_out_of_the_output",
            _without_bias,
            "The value lacks the bias.",
            look="With x = 0 every row of y must be b.",
            mend="y = x @ W + b.",
        ),
    ],
    learn="This is `dlcourse.layers.linear`.",
)


# 01.7 -----------------------------------------------------------------------------------------------------


class _Value:
    """What `backward` needs of the lesson's Value: the graph, without the arithmetic."""

    def __init__(self, data: float, parents: tuple = (), slopes: tuple = ()) -> None:
        self.data, self.grad = data, 0.0
        self.parents, self.slopes = parents, slopes

    def __add__(self, other: _Value) -> _Value:
        return _Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: _Value) -> _Value:
        return _Value(self.data * other.data, (self, other), (other.data, self.data))


def backward(output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(output)
    for node in order:
        node.grad = 0.0
    output.grad = 1.0
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad += slope * node.grad


def _backward_with(
    *,
    reset: bool = True,
    seed: float | None = 1.0,
    order_of: Callable | None = None,
    give: Callable = lambda old, slope, grad: old + slope * grad,
) -> Callable:
    """The right walk with one part exchanged."""

    def wrong(output):
        order = (order_of or _readers_first)(output)
        if reset:
            for node in order:
                node.grad = 0.0
        if seed is not None:
            output.grad = seed
        for node in order:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad = give(parent.grad, slope, node.grad)

    return wrong


def _readers_first(output: Any) -> list:
    order, seen = [], set()

    def visit(node: Any) -> None:
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(output)
    return order[::-1]


def _breadth_first(output: Any) -> list:
    order = [output]
    for node in order:
        order += [parent for parent in dict.fromkeys(node.parents) if parent not in order]
    return order


def _as_reached(output: Any) -> list:
    order: list = []

    def visit(node: Any) -> None:
        if node not in order:
            order.append(node)
            for parent in node.parents:
                visit(parent)

    visit(output)
    return order


def _recursive(output):
    for node in _readers_first(output):
        node.grad = 0.0
    output.grad = 1.0

    def go(node):
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad += slope * node.grad
            go(parent)

    go(output)


def _once_for_every_path(output):
    for node in _readers_first(output):
        node.grad = 0.0

    def go(node, upstream):
        node.grad += upstream
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            go(parent, slope * upstream)

    go(output, 1.0)


def _inputs_only(output):
    order = _readers_first(output)
    gradients = dict.fromkeys(order, 0.0) | {output: 1.0}
    for node in order:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            gradients[parent] += slope * gradients[node]
    for node in order:
        if not node.parents or node is output:
            node.grad = gradients[node]


def _graph_cases(rng: np.random.Generator) -> list[Case]:
    def numbers(n: int) -> tuple:
        return tuple((rng.uniform(0.5, 2, n) * rng.choice([-1, 1], n)).round(2).tolist())

    def product(a, b):
        return a * b

    def square(a):
        return a * a

    def branches(a, b):
        return a * b + a

    def diamond(a, b):
        q = a * b
        return q * a + q * b

    def long_and_short(a, b):
        q = a + b
        return q + (q * a) * b * b

    def ladder(a, b, c):
        for _ in range(6):
            a, b = a * b + c, a + b * c
        return a * b

    def doublings(a):
        for _ in range(12):
            a = a + a
        return a

    return [
        Case(product, numbers(2), note="a * b"),
        Case(square, numbers(1), note="a * a"),
        Case(branches, numbers(2), note="a * b + a"),
        Case(diamond, numbers(2), note="q = a * b, then q * a + q * b"),
        Case(long_and_short, numbers(2), note="q = a + b, then q + q * a * b * b"),
        Case(ladder, tuple(0.5 * x for x in numbers(3)), note="a ladder of 25 gates"),
        Case(doublings, numbers(1), note="edge: q = q + q, twelve times over"),
        Case(diamond, numbers(2), calls=2, note="edge: called twice on q = a * b, then q * a + q * b"),
    ]


class _Counted(_Value):
    """A node that counts how often a walk asks for parents."""

    asked = 0

    @property  # type: ignore[override]
    def parents(self) -> tuple:
        _Counted.asked += 1
        return self._parents

    @parents.setter
    def parents(self, parents: tuple) -> None:
        self._parents = parents


def _observe_backward(candidate: Callable, case: Case) -> dict[str, Any]:
    program, numbers = case.args
    leaves = [_Counted(x) for x in numbers]
    output = program(*leaves)
    nodes = _readers_first(output)
    middle = [node for node in nodes if node is not output and node not in leaves]
    _Counted.asked = 0
    returned = candidate(output)
    asked = _Counted.asked
    if returned is ...:
        return {"the gradients of the inputs": ...}
    if returned is not None and returned is not output:
        raise Unfit("returns something, but it should set `.grad` of every Value and return nothing")
    if case.settings.get("calls") == 2:
        candidate(output)
        return {"the gradients after a second call": np.array([node.grad for node in [*leaves, *middle]])}
    gradients = {
        "the gradients of the inputs": np.array([leaf.grad for leaf in leaves]),
        "the gradient of the output itself": output.grad,
    }
    if middle:
        gradients["the gradients of the Values in the middle"] = np.array([node.grad for node in middle])
    # A right walk asks each node a few times; one that follows every path, once for each path.
    return gradients | {"every node is entered once": asked < 20 * len(nodes)}


backward_pass = Exercise(
    id="01.7",
    title="The way back through any graph",
    kind="function",
    points=4,
    prompt=(
        "Write `backward(output)`. It sets `.grad` of the output and of every Value behind it to d(output)/d(that "
        "Value). A node has `.parents`, the Values it was made from, and `.slopes`, its local slope for each of "
        "them. Pass a gradient on only when it is complete, and let each node do so once. Earlier gradients may still "
        "stand in `.grad`: clear them first, so that calling it twice gives the same."
    ),
    stub='''\
def backward(output):
    """Set .grad of `output` and of every Value behind it."""
    ...
''',
    answer="backward",
    reference=backward,
    cases=_graph_cases,
    observe=_observe_backward,
    hints=[
        "First collect all nodes in an order in which every node comes after its parents. Then walk it backwards.",
        "To collect: a function visit(node) that visits the parents first and then appends the node itself, and does "
        "nothing for a node it has seen.",
        "Walking back: start with output.grad = 1, and let every node add slope * node.grad to each parent's grad. "
        "Set all grads to 0 before that.",
    ],
    mistakes=[
        Mistake(
            "gradient_overwritten",
            _backward_with(give=lambda old, slope, grad: slope * grad),
            "Each reader of a Value overwrites what the one before it left. Gradients add at a branch.",
            look="In a * a the Value a is used twice: its gradient must be 2 a.",
            mend="Use += instead of =.",
        ),
        Mistake(
            "no_seed",
            _backward_with(seed=None),
            "Every gradient is 0: nothing was put in at the output. d(output)/d(output) is 1.",
            look="What is the gradient of the output with respect to itself?",
            mend="Set output.grad = 1.0 before the walk.",
        ),
        Mistake(
            "no_reset",
            _backward_with(reset=False),
            "The first call is right; the second adds to what the first left behind.",
            look="Calling backward twice must give the same gradients.",
            mend="Set .grad of every collected node to 0 first.",
        ),
        Mistake(
            "fired_again_for_every_path",
            _recursive,
            "The recursion passes a node's gradient on each time it arrives there, including what it had already "
            "passed on. A node may fire once, when its gradient is complete.",
            look="In q * a + q * b the Value q has two readers. How often does it fire in your walk?",
            mend="Collect the nodes in order first, then let each fire once.",
        ),
        Mistake(
            "once_for_every_path",
            _once_for_every_path,
            "The gradients are right, but a recursion of yours, the one that walks, clears or collects, enters a node "
            "once for every path that leads to it. Twelve branches in a row make 4096 paths, and every further one "
            "doubles them.",
            look="Count how often your functions enter a node of a = a + a, repeated twelve times.",
            mend="Remember which nodes you have seen, collect each of them once, and clear and walk that list.",
        ),
        Mistake(
            "breadth_first",
            _backward_with(order_of=_breadth_first),
            "You walk level by level from the output. A Value with a short path and a long one then fires before "
            "the long path has delivered.",
            look="In q + q * a * b * b the Value q is one step from the output and also four. When is it complete?",
            mend="Order the nodes so that every node comes after all of its readers.",
        ),
        Mistake(
            "fires_when_first_reached",
            _backward_with(order_of=_as_reached),
            "You fire a node as soon as the search first reaches it, before its other readers have delivered.",
            look="In q * a + q * b the Value q gets gradient from two sides. Did both arrive before q fired?",
            mend="Append a node after its parents have been visited, and walk the list backwards.",
        ),
        Mistake(
            "order_not_reversed",
            _backward_with(order_of=lambda output: _readers_first(output)[::-1]),
            "Your order puts parents first, and you walk it from its beginning: the inputs fire before anything has "
            "reached them.",
            look="Which node fires first in your walk? It must be the output.",
            mend="Walk the list backwards: reversed(order).",
        ),
        Mistake(
            "inputs_only",
            _inputs_only,
            "The inputs are right, but the Values in the middle keep the `.grad` they had before.",
            look="In q = a * b, then q * a + q * b, what is q.grad? By hand it is a + b.",
            mend="Write the gradient of every collected node into its `.grad`, not only that of the inputs.",
        ),
        Mistake(
            "upstream_left_out",
            _backward_with(give=lambda old, slope, grad: old + slope),
            "You add the local slope alone. What flows back is the slope times the gradient of the node.",
            look="In a * b + a, multiply the output by 10: every gradient must grow tenfold.",
            mend="parent.grad += slope * node.grad.",
        ),
        Mistake(
            "slopes_added_to_the_gradient",
            _backward_with(give=lambda old, slope, grad: old + slope + grad),
            "Slopes multiply along a path; you added them.",
            look="For a * b the gradient of a must be b.",
            mend="parent.grad += slope * node.grad.",
        ),
    ],
    learn="With this the Value of the lesson is a complete autodiff engine.",
)


# 01.8 -----------------------------------------------------------------------------------------------------


def gradient_check(f, x, dx, h=1e-5):
    numeric = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        numeric[i] = (f(above) - f(below)) / (2 * h)
    scale = max(np.abs(numeric).max(), np.abs(dx).max())
    error = np.abs(numeric - dx).max() / scale
    return numeric, error


def _check_with(
    *,
    slope: Callable = lambda f, x, i, h: (_moved(f, x, i, h) - _moved(f, x, i, -h)) / (2 * h),
    error: Callable = relative_error,
    step: float | None = None,
) -> Callable:
    """A gradient check with one part exchanged."""

    def wrong(f, x, dx, h=1e-5):
        numeric = np.zeros_like(x)
        for i in np.ndindex(x.shape):
            numeric[i] = slope(f, x, i, step or h)
        return numeric, error(numeric, dx)

    return wrong


def _moved(f: Callable, x: np.ndarray, i: tuple, h: float) -> float:
    moved = x.copy()
    moved[i] += h
    return f(moved)


def _not_restored(f, x, dx, h=1e-5):
    x = x.copy()
    numeric = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        numeric[i] = (above - f(x)) / (2 * h)
    return numeric, relative_error(numeric, dx)


def _in_float32(f, x, dx, h=1e-5):
    small = x.astype(np.float32)
    numeric = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        above, below = small.copy(), small.copy()
        above[i] += h
        below[i] -= h
        numeric[i] = (np.float32(f(above)) - np.float32(f(below))) / (2 * h)
    return numeric, relative_error(numeric, dx)


def _check_cases(rng: np.random.Generator) -> list[Case]:
    def cubes(x):
        return -(x**3).sum()

    def quartic_of_the_sum(x):
        return -(x.sum() ** 4)

    def waves(x):
        return np.sin(3 * x).sum() + np.exp(x.sum() / 2)

    def numbers(*shape: int) -> np.ndarray:
        return rng.uniform(0.5, 1.5, shape)

    x, matrix, vector = numbers(2), numbers(2, 3), numbers(4)
    two_wrong = -3 * matrix**2
    two_wrong[np.unravel_index(matrix.argmin(), matrix.shape)] /= 2
    two_wrong[np.unravel_index(matrix.argmax(), matrix.shape)] *= 1.2
    too_small = -4 * x.sum() ** 3 * np.full(2, 0.9)
    return [
        Case(quartic_of_the_sum, x, too_small, note="f = -(sum of x)⁴, and dx 10 % too small"),
        Case(cubes, matrix, two_wrong, h=1e-2, note="f = -(sum of cubes), and two entries of dx wrong"),
        Case(waves, vector, np.zeros(4), note="edge: dx = 0 everywhere"),
    ]


gradcheck = Exercise(
    id="01.8",
    title="A gradient check of your own",
    kind="function",
    points=3,
    prompt=(
        "`f` takes an array like x and returns one number; `dx` is somebody's answer for its gradient. Return two "
        "things: `numeric`, the gradient by central differences (f(x + h) - f(x - h)) / 2h, one entry of x at a time, "
        "and `error`, the largest |numeric - dx| divided by the largest entry, in size, of numeric and dx."
    ),
    stub="""\
def gradient_check(f, x, dx, h=1e-5):
    numeric = np.zeros_like(x)
    for i in np.ndindex(x.shape):  # i runs over all positions: x[i] is one number
        numeric[i] = ...
    error = ...
    return numeric, error
""",
    answer="gradient_check",
    reference=gradient_check,
    cases=_check_cases,
    observe=value("numeric", "error"),
    hints=[
        "Make a copy of x for each of the two calls of f and move only entry i of it.",
        "above = x.copy(); above[i] += h. The same with below and -h. Then divide the difference by 2h.",
        "scale = max(np.abs(numeric).max(), np.abs(dx).max()), and error = np.abs(numeric - dx).max() / scale.",
    ],
    mistakes=[
        Mistake(
            "one_sided",
            _check_with(slope=lambda f, x, i, h: (_moved(f, x, i, h) - f(x)) / h),
            "This is the one-sided difference (f(x + h) - f(x)) / h. Its error is of order h; the central one's is "
            "of order h².",
            look="For f = x³ at x = 1 the central difference with h = 0.1 is 3.01, the one-sided 3.31.",
            mend="(f(x + h) - f(x - h)) / (2 * h).",
        ),
        Mistake(
            "divided_by_h",
            _check_with(slope=lambda f, x, i, h: (_moved(f, x, i, h) - _moved(f, x, i, -h)) / h),
            "The two points lie 2h apart, and you divided by h.",
            look="Your numeric is twice what it should be.",
            mend="Divide by 2 * h.",
        ),
        Mistake(
            "h_too_small",
            _check_with(step=1e-15),
            "With h = 1e-15 rounding eats the difference: f(x + h) and f(x - h) agree in almost all digits.",
            look="Print f(x + h) - f(x - h). How many digits of it are real?",
            mend="Use the h that is passed in.",
        ),
        Mistake(
            "h_ignored",
            _check_with(step=1e-5),
            "You use 1e-5 whatever h is passed in.",
            look="Call your function with h=0.01: the error of the formula must grow.",
            mend="Use the h that is passed in.",
        ),
        Mistake(
            "all_entries_moved",
            _check_with(slope=lambda f, x, i, h: (f(x + h) - f(x - h)) / (2 * h)),
            "x + h moves every entry at once, so each number you get is the sum of all slopes.",
            look="All entries of your numeric are equal. Are the slopes of f?",
            mend="Copy x and move only entry i of the copy.",
        ),
        Mistake(
            "no_copies",
            _check_with(slope=lambda f, x, i, h: 0.0),
            "f(x + h) and f(x - h) came out equal. `above = x` is no copy but a second name: what you add to the one "
            "you take from the other.",
            look="Print above[i] and below[i] before you call f: do they differ?",
            mend="above, below = x.copy(), x.copy().",
        ),
        Mistake(
            "absolute_error",
            _check_with(error=lambda a, b: float(np.abs(a - b).max())),
            "This is the absolute error. A gradient of size 1000 that is off by 0.1 is good, one of size 0.1 is not.",
            look="Multiply f and dx by 1000: the error must stay the same.",
            mend="Divide by the largest entry of numeric and dx.",
        ),
        Mistake(
            "relative_to_dx_alone",
            _check_with(error=lambda a, b: _relative_to(b, a, b)),
            "You divided by the size of dx alone. Where dx is 0 everywhere, that is a division by 0.",
            look="What is the error when dx is all zeros?",
            mend="Divide by the larger of the two sizes.",
        ),
        Mistake(
            "relative_to_numeric_alone",
            _check_with(error=lambda a, b: _relative_to(a, a, b)),
            "You divided by the size of numeric alone, so the error changes when the two are exchanged, and it blows "
            "up where the true gradient is 0.",
            look="Exchange numeric and dx: the error must stay the same.",
            mend="Divide by the larger of the two sizes.",
        ),
        Mistake(
            "entries_not_restored",
            _not_restored,
            "You move an entry and do not move it back, so every later entry is checked at another point.",
            look="After the loop x must be what it was.",
            mend="Work on a copy for each entry, or put the entry back.",
        ),
        Mistake(
            "float32",
            _in_float32,
            "float32 keeps about 7 digits, and the difference of two nearly equal numbers loses most of them.",
            look="What is the dtype of the numbers that you subtract?",
            mend="Stay in float64.",
        ),
        Mistake(
            "relative_to_the_sum",
            _check_with(error=lambda a, b: float(np.abs(a - b).max() / (np.abs(a).max() + np.abs(b).max()))),
            "You divided by the sum of the two sizes, which halves the error. That is a convention too, but not the "
            "one asked for.",
            look="If dx is 0 everywhere, the error asked for is 1.",
            mend="Divide by the larger of the two sizes: max(np.abs(numeric).max(), np.abs(dx).max()).",
        ),
        Mistake(
            "lengths_of_the_vectors",
            _check_with(error=lambda a, b: float(_length(a - b) / max(_length(a), _length(b)))),
            "You divided the length of the difference, a root of a sum of squares, by the larger length. That is a "
            "convention too, but not the one asked for: many right entries hide one that is a little wrong.",
            look="Put 998 right entries of 1 beside one entry of 1.1 that should be 1: what do both errors say?",
            mend="np.abs(numeric - dx).max() / max(np.abs(numeric).max(), np.abs(dx).max()).",
        ),
        Mistake(
            "lengths_and_their_sum",
            _check_with(error=lambda a, b: float(_length(a - b) / (_length(a) + _length(b)))),
            "You divided the length of the difference, a root of a sum of squares, by the sum of both lengths. That is "
            "a convention too, but not the one asked for: many right entries hide one that is a little wrong.",
            look="If dx is 0 everywhere, the error asked for is 1.",
            mend="np.abs(numeric - dx).max() / max(np.abs(numeric).max(), np.abs(dx).max()).",
        ),
        Mistake(
            "one_entry_at_a_time",
            _check_with(error=lambda a, b: float(np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))))),
            "You divided entry by entry. An entry whose true slope is near 0 then looks wrong from rounding alone.",
            look="Divide once, by the largest entry of all.",
            mend="np.abs(numeric - dx).max() / max(np.abs(numeric).max(), np.abs(dx).max()).",
        ),
        Mistake(
            "only_one_entry_passed_to_f",
            _check_with(slope=lambda f, x, i, h: (f(x[i] + h) - f(x[i] - h)) / (2 * h)),
            "You call f with the single number x[i]. f wants the whole array, with only entry i moved.",
            look="f may mix its entries, as -(sum of x)⁴ does.",
            mend="Copy x, move entry i of the copy, and pass the copy.",
        ),
        Mistake(
            "mean_error",
            _check_with(error=lambda a, b: float(np.abs(a - b).mean() / max(np.abs(a).max(), np.abs(b).max()))),
            "You averaged the differences. One wrong entry among many would disappear in the mean.",
            look="Make one entry of dx wrong by 1: the error must see all of it.",
            mend="Take the largest difference.",
        ),
    ],
    learn="The package's `gradient_errors` does the same job exactly, without an h; part 4 shows how.",
)


def _length(a: np.ndarray) -> np.floating:
    return np.sqrt((a**2).sum())


def _relative_to(scale: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.abs(a - b).max() / np.abs(scale).max())


# 01.9 -----------------------------------------------------------------------------------------------------


def _relu_with(mask: Callable) -> Callable:
    def wrong(x):
        y = np.maximum(x, 0)
        return y, lambda dy: mask(x, y, dy)

    return wrong


def relu_gate(x):
    y = np.maximum(x, 0)

    def backward(dy):
        return dy * (x > 0)

    return y, backward


def _relu_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(np.array([-1.0, 2.0])),
        Case(rng.standard_normal((3, 4))),
        Case(np.array([0.0, -0.0, 1.0]), note="edge: exactly 0, where our policy is slope 0"),
    ]


broken_run = Exercise(
    id="01.9",
    title="The broken run",
    kind="function",
    points=3,
    prompt="The run above has one planted bug, and it is in this gate. Find it and mend it. At exactly 0, where a ReLU "
    "has no slope, the course (like torch) takes 0.",
    stub="""\
def relu_gate(x):
    y = np.maximum(x, 0)

    def backward(dy):
        return dy * (y >= 0)

    return y, backward
""",
    answer="relu_gate",
    reference=relu_gate,
    cases=_relu_cases,
    observe=pair("y", "dx"),
    hints=[
        "Run the gate alone on x = (-1, 2) and look at both of its results.",
        "What values can y have? For which of them is y >= 0 false?",
    ],
    mistakes=[
        Mistake(
            "mask_always_true",
            _relu_with(lambda x, y, dy: dy * (y >= 0)),
            "y is never negative, so y >= 0 is true everywhere and the mask masks nothing.",
            look="For x = -1 the output is flat at 0, so dx must be 0 there.",
            mend="Ask for x > 0 (or y > 0).",
        ),
        Mistake(
            "slope_1_at_zero",
            _relu_with(lambda x, y, dy: dy * (x >= 0)),
            "Right everywhere but at exactly 0, where our policy (and torch's) is the slope 0.",
            look="Look at the entries that are exactly 0.",
            mend="x > 0 instead of x >= 0.",
        ),
        Mistake(
            "masked_by_the_gradient",
            _relu_with(lambda x, y, dy: dy * (dy > 0)),
            "You masked by the sign of the gradient that arrives. What decides is the input x.",
            look="A negative dy must pass where x is positive.",
            mend="dy * (x > 0).",
        ),
        Mistake(
            "mask_turned_round",
            _relu_with(lambda x, y, dy: dy * (x <= 0)),
            "The mask is turned round: it lets through where the gate is flat.",
            look="For x = 2 the output moves with x, so dx must be dy there.",
            mend="dy * (x > 0).",
        ),
        Mistake(
            "upstream_forgotten",
            _relu_with(lambda x, y, dy: x > 0),
            "You return the local slope. It is still to be multiplied by dy.",
            look="If dy doubles, dx must double.",
            mend="dy * (x > 0).",
        ),
        Mistake(
            "only_the_number_of_the_slope",
            _relu_with(lambda x, y, dy: (x > 0) * 1.0),
            "You return the local slope, 1 or 0. It is still to be multiplied by dy.",
            look="If dy doubles, dx must double.",
            mend="dy * (x > 0).",
        ),
        Mistake(
            "multiplied_by_the_output",
            _relu_with(lambda x, y, dy: dy * y),
            "You multiplied by the output. The slope of a ReLU is 1 where it is on, whatever its value.",
            look="For x = 2 the slope is 1, not 2.",
            mend="dy * (x > 0).",
        ),
    ],
)


# 01.10 ----------------------------------------------------------------------------------------------------


def log_sum_exp(x):
    terms = np.exp(x)
    total = terms.sum(axis=1)

    def backward(dy):
        return dy[:, None] * terms / total[:, None]

    return np.log(total), backward


def _log_sum_exp_with(slope: Callable) -> Callable:
    def wrong(x):
        terms = np.exp(x)
        total = terms.sum(axis=1)
        return np.log(total), lambda dy: slope(terms, total[:, None], dy[:, None], x)

    return wrong


def _over_everything(x):
    terms = np.exp(x)
    return np.full(len(x), np.log(terms.sum())), lambda dy: dy.sum() * terms / terms.sum()


def _log_sum_exp_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(np.array([[0.0, 1.0]])),
        Case(rng.standard_normal((2, 3))),
        Case(rng.standard_normal((4, 4)), note="edge: as many rows as columns"),
        Case(rng.standard_normal((3, 1)), note="edge: one column, where y is x itself"),
    ]


unseen = Exercise(
    id="01.10",
    title="An operation you have not seen",
    kind="function",
    points=4,
    prompt=(
        "y = log(sum of exp(x)) along each row: x is (n, k) and y is (n,). Derive the way back on paper, then write "
        "it. There is no example to look at; you have all the gates."
    ),
    stub="""\
def log_sum_exp(x):
    terms = np.exp(x)
    y = np.log(terms.sum(axis=1))

    def backward(dy):
        dx = ...
        return dx

    return y, backward
""",
    answer="log_sum_exp",
    reference=log_sum_exp,
    cases=_log_sum_exp_cases,
    observe=pair("y", "dx"),
    hints=[
        "Three gates: exp, sum, log. Write the slope of each and go back from the right.",
        "log sends dy / sum back. The sum hands that to each of its terms. exp multiplies by its own output.",
        "dy and the sum have one entry for each row; `[:, None]` makes a column of them that broadcasts over x.",
    ],
    mistakes=[
        Mistake(
            "sum_left_out",
            _log_sum_exp_with(lambda terms, total, dy, x: dy * terms),
            "The log's slope is missing: 1 divided by the sum.",
            look="Add 1 to a whole row: y rises by 1. So each row of dx must sum to dy.",
            mend="Divide by terms.sum(axis=1), as a column.",
        ),
        Mistake(
            "exp_left_out",
            _log_sum_exp_with(lambda terms, total, dy, x: dy / total + 0 * terms),
            "The gradient went from the log through the sum, and not through exp, whose slope is exp(x) again.",
            look="The largest entry of a row moves y most. Are the entries of your dx all equal?",
            mend="Multiply by np.exp(x).",
        ),
        Mistake(
            "log_taken_for_its_slope",
            _log_sum_exp_with(lambda terms, total, dy, x: dy * terms / np.log(total)),
            "You divided by y, the log. The slope of log s is 1/s, with s the sum.",
            look="Add 1 to a whole row: y rises by 1. So each row of dx must sum to dy.",
            mend="Divide by the sum, not by its logarithm.",
        ),
        Mistake(
            "divided_by_exp",
            _log_sum_exp_with(lambda terms, total, dy, x: dy * (1 / terms) + 0 * total),
            "You took the log's slope at each exp(x). The log is of the sum, so its slope is 1/sum; and exp's own "
            "slope, exp(x), is missing.",
            look="Add 1 to a whole row: y rises by 1. So each row of dx must sum to dy.",
            mend="dy * exp(x) / sum, with columns of dy and of the sum.",
        ),
        Mistake(
            "upstream_forgotten",
            _log_sum_exp_with(lambda terms, total, dy, x: terms / total + 0 * dy),
            "These are the local slopes. They are still to be multiplied by dy, row by row.",
            look="If dy doubles, dx must double.",
            mend="Multiply by dy[:, None].",
        ),
        Mistake(
            "gradient_passed_through",
            _log_sum_exp_with(lambda terms, total, dy, x: dy + 0 * terms),
            "exp and log undo each other only when there is one term. The sum stands between them.",
            look="Each row of dx must sum to dy. Yours sums to dy times the number of columns.",
            mend="dy * exp(x) / sum, with columns of dy and of the sum.",
        ),
        Mistake(
            "all_rows_at_once",
            _over_everything,
            "You summed over the whole array. Each row is an example of its own.",
            look="Change row 0: y[1] must stay what it is.",
            mend="Sum with axis=1.",
        ),
        Mistake(
            "divided_by_the_sum_of_everything",
            _log_sum_exp_with(lambda terms, total, dy, x: dy * terms / terms.sum()),
            "The forward pass sums each row; you divided by the sum over all rows.",
            look="Each row of dx must sum to dy of that row.",
            mend="Divide by terms.sum(axis=1), as a column.",
        ),
        Mistake(
            "divided_by_the_sum_of_a_column",
            _log_sum_exp_with(lambda terms, total, dy, x: dy * terms / terms.sum(axis=0)),
            "axis=0 sums down the columns, over the examples. The forward pass sums along each row.",
            look="Each row of dx must sum to dy of that row.",
            mend="Divide by terms.sum(axis=1), as a column.",
        ),
        Mistake(
            "one_upstream_for_all_rows",
            _log_sum_exp_with(lambda terms, total, dy, x: dy.sum() * terms / total),
            "You summed dy. Each row has a y of its own, and its gradient stays in its row.",
            look="Change dy[0]: only row 0 of dx may change.",
            mend="Multiply by dy[:, None].",
        ),
        Mistake(
            "no_columns",
            _log_sum_exp_with(lambda terms, total, dy, x: dy[:, 0] * terms / total[:, 0]),
            "dy and the sum hold n numbers, and NumPy lays them along the columns of x. They belong to its rows.",
            look="Print the shapes of dy, x and the sum.",
            mend="Make columns of them: dy[:, None] and the sum with [:, None].",
        ),
        Mistake(
            "extra_factor_1_minus_p",
            _log_sum_exp_with(lambda terms, total, dy, x: dy * terms / total * (1 - terms / total)),
            "p (1 - p) is the slope of a sigmoid. The chain here ends at p = exp(x) / sum.",
            look="Each row of dx must sum to dy.",
            mend="dy * exp(x) / sum, with columns of dy and of the sum.",
        ),
    ],
    learn="exp(x) / sum is the *softmax*. You have derived the gradient on which lesson 02 is built.",
)


EXERCISES = [
    gates,
    xyz,
    logistic_gradient,
    step,
    two_layers,
    balancing,
    backward_pass,
    gradcheck,
    broken_run,
    unseen,
]
