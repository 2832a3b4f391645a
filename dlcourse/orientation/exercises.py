"""Exercises of lesson 00: what the learner writes, what is right, and what is typically wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from dlcourse.checking import Case, Exercise, Mistake, value


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


# 00.1 -----------------------------------------------------------------------------------------------------


def neuron_forward(x, w, b):
    z = w @ x + b
    return 1 / (1 + np.exp(-z))


def _neuron_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(np.array([1.0, 2.0]), np.array([-0.5, 1.0]), 0.25),
        Case(rng.standard_normal(3), rng.standard_normal(3), 0.5),
        Case(rng.standard_normal(5), rng.standard_normal(5), float(rng.standard_normal())),
        Case(np.zeros(4), rng.standard_normal(4), -1.5, note="edge: all inputs 0, where only the bias is left"),
        Case(np.array([-0.5]), np.array([2.0]), 0.75, note="edge: one input"),
    ]


neuron = Exercise(
    id="00.1",
    title="A neuron",
    kind="function",
    points=2,
    prompt=(
        "Write the forward pass of one neuron for one example. x holds the inputs and w the weights, both of shape "
        "(n,); b is one number. Weigh, add, squash: the output is sigmoid(w · x + b), one number, with "
        "sigmoid(z) = 1 / (1 + exp(-z))."
    ),
    stub='''\
def neuron_forward(x, w, b):
    """x (n,), w (n,), b one number."""
    z = ...  # weigh the inputs, add them up, add the bias
    return ...  # squash
''',
    answer="neuron_forward",
    reference=neuron_forward,
    cases=_neuron_cases,
    observe=value("the output"),
    look="Compute z by hand for the numbers shown: w[0] * x[0] + w[1] * x[1] + ... for all inputs, and then + b.",
    hints=[
        "Each input has a weight of its own: multiply the two. All the products are added up, and the bias once.",
        "`w @ x` multiplies and adds up in one go; so does `(w * x).sum()`.",
        "With z = w @ x + b, the output is 1 / (1 + np.exp(-z)). Mind both brackets.",
    ],
    mistakes=[
        Mistake(
            "bias_forgotten",
            lambda x, w, b: _sigmoid(w @ x),
            "b is not in your output. It shifts the sum before it is squashed.",
            look="Set all inputs to 0: the output must be sigmoid(b), and not 0.5 for every b.",
            mend="z = w @ x + b.",
        ),
        Mistake(
            "not_squashed",
            lambda x, w, b: w @ x + b,
            "This is z, the weighted sum. The neuron still puts it through the sigmoid.",
            look="A sigmoid's output lies between 0 and 1. Does yours, for large inputs?",
            mend="return 1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "not_added_up",
            lambda x, w, b: _sigmoid(w * x + b),
            "w * x multiplies entry by entry and leaves n numbers. The neuron adds them up.",
            look="One neuron gives one number. What shape has your output?",
            mend="`w @ x`, or `(w * x).sum()`.",
        ),
        Mistake(
            "not_added_up_before_math_exp",
            lambda x, w, b: 1 / (1 + math.exp(-(w * x + b))),
            "math.exp takes one number, and w * x multiplies entry by entry and leaves n numbers. The neuron adds them "
            "up first.",
            look="Print w * x, and then w @ x.",
            mend="`w @ x`, or `(w * x).sum()`.",
        ),
        Mistake(
            "every_input_times_every_weight",
            lambda x, w, b: _sigmoid(np.outer(w, x) + b),
            "np.outer multiplies every weight by every input, n times n numbers. Each input has one weight.",
            look="One neuron gives one number. What shape has your output?",
            mend="`w @ x`.",
        ),
        Mistake(
            "bias_added_for_every_input",
            lambda x, w, b: _sigmoid((w * x + b).sum()),
            "You added b to each of the n products before adding them up, so it counts n times.",
            look="Set all inputs to 0: the output must be sigmoid(b).",
            mend="Add the products first, then b once: w @ x + b.",
        ),
        Mistake(
            "weights_squashed",
            lambda x, w, b: _sigmoid(w) @ x + b,
            "You squashed the weights. The activation acts on the weighted sum.",
            look="The output must lie between 0 and 1, however large the inputs are.",
            mend="First z = w @ x + b, then the sigmoid of z.",
        ),
        Mistake(
            "inputs_squashed",
            lambda x, w, b: w @ _sigmoid(x) + b,
            "You squashed the inputs. The activation acts on the weighted sum.",
            look="The output must lie between 0 and 1, however large the weights are.",
            mend="First z = w @ x + b, then the sigmoid of z.",
        ),
        Mistake(
            "squashed_one_by_one",
            lambda x, w, b: _sigmoid(w * x + b).sum(),
            "You squashed each product and added up afterwards. First comes the sum, then one squash.",
            look="The output must lie between 0 and 1, also with five inputs.",
            mend="First z = w @ x + b, then the sigmoid of z.",
        ),
        Mistake(
            "bias_added_after_squashing",
            lambda x, w, b: _sigmoid(w @ x) + b,
            "You added b to the squashed sum. It belongs inside, where it moves the curve.",
            look="Take b = 5: the output must still lie between 0 and 1.",
            mend="1 / (1 + np.exp(-(w @ x + b))).",
        ),
        Mistake(
            "minus_does_not_reach_the_bias",
            lambda x, w, b: 1 / (1 + np.exp(-(w @ x) + b)),
            "In exp(-w @ x + b) the minus belongs to w @ x alone. All of z is negated, b too. Or was b subtracted?",
            look="Raise b: the output must rise, and yours falls.",
            mend="np.exp(-(w @ x + b)), or compute z in a line of its own.",
        ),
        Mistake(
            "sign_of_the_exponent",
            lambda x, w, b: 1 / (1 + np.exp(w @ x + b)),
            "The minus in exp(-z) is missing, so the curve falls where it should rise.",
            look="For a large z the output must be near 1. Yours is near 0: look at the sign in exp.",
            mend="1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "minus_below_the_line",
            lambda x, w, b: 1 / (1 - np.exp(-(w @ x + b))),
            "Below the line stands 1 - exp(-z), and it must be 1 + exp(-z). The minus belongs into the exponent only.",
            look="For z = 0 the output must be 0.5. Yours divides by 0 there.",
            mend="1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "two_inputs_only",
            lambda x, w, b: _sigmoid(w[0] * x[0] + w[1] * x[1] + b),
            "You used x[0] and x[1]. A neuron may have any number of inputs, and each counts.",
            look="Change the last of five inputs: the output must change.",
            mend="`w @ x`, or a loop over range(len(x)).",
        ),
        Mistake(
            "last_input_only",
            lambda x, w, b: _sigmoid(w[-1] * x[-1] + b),
            "Only the last input is left: z = w[i] * x[i] + b overwrites z in each turn of the loop.",
            look="Change the first input: the output must change.",
            mend="Before the loop z = b, in the loop z += w[i] * x[i]; or `w @ x` without a loop.",
        ),
        Mistake(
            "first_input_only",
            lambda x, w, b: _sigmoid(w[0] * x[0] + b),
            "Only the first input counts. Is the `return` inside the loop? Then it ends in the first turn.",
            look="Change the last input: the output must change.",
            mend="Indent the `return` less, so that it comes after the loop; or `w @ x` without a loop.",
        ),
        Mistake(
            "sums_multiplied",
            lambda x, w, b: _sigmoid(x.sum() * w.sum() + b),
            "You added up the inputs and the weights and multiplied the sums. First multiply in pairs, then add up.",
            look="For x = (1, 0) and w = (2, 5) the second weight must not matter.",
            mend="`w @ x`, or `(w * x).sum()`.",
        ),
        Mistake(
            "brackets_missing",
            lambda x, w, b: 1 / 1 + np.exp(-(w @ x + b)),
            "Python reads 1 / 1 + exp(-z) as (1 / 1) + exp(-z). The sum below the line needs brackets.",
            look="The output must lie between 0 and 1.",
            mend="1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "bias_multiplied",
            lambda x, w, b: _sigmoid(w @ x * b),
            "You multiplied by b. The bias is added.",
            look="Take b = 0: the inputs must still matter.",
            mend="z = w @ x + b.",
        ),
        Mistake(
            "averaged",
            lambda x, w, b: _sigmoid((w * x).mean() + b),
            "You took the mean of the products. The neuron takes their sum.",
            look="Give every input twice, with its weight: the weighted sum must double.",
            mend="`w @ x`, or `(w * x).sum()`.",
        ),
        Mistake(
            "tanh",
            lambda x, w, b: np.tanh(w @ x + b),
            "That is tanh, another S-shaped curve, from -1 to 1. The one asked for is the sigmoid, from 0 to 1.",
            look="For z = 0 the output must be 0.5.",
            mend="1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "relu",
            lambda x, w, b: np.maximum(w @ x + b, 0),
            "That is the ReLU, which cuts off below 0. The activation asked for is the sigmoid.",
            look="For z = 0 the output must be 0.5.",
            mend="1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "step",
            lambda x, w, b: 1.0 * (w @ x + b > 0),
            "That is the old perceptron's step, all or nothing. The sigmoid passes smoothly from 0 to 1.",
            look="Move b a little: the output must move a little.",
            mend="1 / (1 + np.exp(-z)).",
        ),
    ],
    learn="Weigh, add, squash: every network of this course is made of these three steps.",
)


# 00.2 -----------------------------------------------------------------------------------------------------


def count_parameters(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        n_in, n_out = sizes[i], sizes[i + 1]
        total += n_in * n_out + n_out
    return total


def _weights(sizes: Sequence[int]) -> int:
    return sum(n_in * n_out for n_in, n_out in _layers(sizes))


def _layers(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(sizes))


def _loop_too_long(sizes):
    total = 0
    for i in range(len(sizes)):
        total += sizes[i] * sizes[i + 1] + sizes[i + 1]
    return total


def _three_sizes_unpacked(sizes):
    n_in, n_hidden, n_out = sizes
    return n_in * n_hidden + n_hidden + n_hidden * n_out + n_out


def _size_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case((5, 4, 2)),
        Case((3, 3)),
        Case((2, 5, 5, 1)),
        Case(tuple(int(n) for n in rng.integers(2, 12, 5))),
        Case((7, 1), note="edge: a single neuron"),
        Case((64, 32, 10), note="the network of the beginning, which reads digits"),
    ]


parameters = Exercise(
    id="00.2",
    title="Count the parameters",
    kind="function",
    points=2,
    prompt=(
        "How many numbers does training have to find? `sizes` lists the widths of a fully connected network, inputs "
        "first: (5, 4, 2) has 5 inputs, a hidden layer of 4 units and 2 outputs. Return how many weights and biases "
        "it has, all together."
    ),
    stub='''\
def count_parameters(sizes):
    """sizes is a tuple such as (5, 4, 2)."""
    return ...
''',
    answer="count_parameters",
    reference=count_parameters,
    cases=_size_cases,
    observe=value("the number of parameters"),
    look="Draw (3, 3) on paper: every unit has 3 weights and 1 bias. How many units are there?",
    hints=[
        "Take one layer alone, from n_in values to n_out units. How many arrows end at one unit? And what has each "
        "unit besides?",
        "A layer from n_in to n_out has n_in * n_out weights and n_out biases.",
        "Add up over the layers: `sizes[i]` and `sizes[i + 1]` for i in range(len(sizes) - 1).",
    ],
    mistakes=[
        Mistake(
            "weights_only",
            _weights,
            "That is the number of weights. Every unit also has a bias.",
            look="A single neuron with 7 inputs, (7, 1), has 8 parameters.",
            mend="Add n_out for each layer.",
        ),
        Mistake(
            "biases_only",
            lambda sizes: sum(sizes[1:]),
            "That is one parameter for each unit, its bias. Every arrow into a unit has a weight, too.",
            look="A single neuron with 7 inputs, (7, 1), has 8 parameters.",
            mend="Add n_in * n_out for each layer.",
        ),
        Mistake(
            "weights_and_biases_apart",
            lambda sizes: (_weights(sizes), sum(sizes[1:])),
            "Both numbers are right. Asked for is one: how many parameters there are all together.",
            look="A single neuron with 7 inputs, (7, 1), has 8 parameters.",
            mend="Return the sum of the two.",
        ),
        Mistake(
            "units_counted",
            lambda sizes: sum(sizes),
            "You counted the circles of the drawing. The weights are its arrows, and each unit has a bias.",
            look="Draw (3, 3): how many arrows are there?",
            mend="For each layer n_in * n_out weights and n_out biases.",
        ),
        Mistake(
            "biases_of_the_inputs",
            lambda sizes: _weights(sizes) + sum(sizes[:-1]),
            "Biases belong to the units that a layer computes, its outputs. You counted one for each of its inputs.",
            look="A single neuron with 7 inputs, (7, 1), has 1 bias.",
            mend="n_out biases for each layer, not n_in.",
        ),
        Mistake(
            "inputs_have_a_bias_too",
            lambda sizes: _weights(sizes) + sum(sizes),
            "The inputs are given. Nothing is added up there, so they have no bias.",
            look="A single neuron with 7 inputs, (7, 1), has 1 bias.",
            mend="Biases only for sizes[1:].",
        ),
        Mistake(
            "one_bias_for_each_layer",
            lambda sizes: _weights(sizes) + len(sizes) - 1,
            "You counted one bias for each layer. Every unit of a layer has its own.",
            look="Draw (3, 3): each of its 3 units adds a bias of its own.",
            mend="n_out biases for each layer.",
        ),
        Mistake(
            "hidden_biases_forgotten",
            lambda sizes: _weights(sizes) + sizes[-1],
            "Only the outputs have a bias in your count. Hidden units have one, too.",
            look="(5, 4, 2) has 4 + 2 biases.",
            mend="n_out biases for each layer, hidden ones included.",
        ),
        Mistake(
            "output_biases_forgotten",
            lambda sizes: _weights(sizes) + sum(sizes[1:-1]),
            "Only the hidden units have a bias in your count. The outputs are units like the others.",
            look="(3, 3) has no hidden unit and 3 biases.",
            mend="n_out biases for each layer, the last included.",
        ),
        Mistake(
            "first_layer_only",
            lambda sizes: sizes[0] * sizes[1] + sizes[1],
            "You counted the first layer and no other. A network may have more. Is the `return` inside a loop?",
            look="Widen the output: the number must grow.",
            mend="Add up over all layers, and return after the loop.",
        ),
        Mistake(
            "last_layer_only",
            lambda sizes: sizes[-2] * sizes[-1] + sizes[-1],
            "You counted the last layer and no other. Does each turn of the loop overwrite the one before?",
            look="Give the network more inputs: the number must grow.",
            mend="`total += ...`, not `total = ...`.",
        ),
        Mistake(
            "last_layer_left_out",
            lambda sizes: sum(n_in * n_out + n_out for n_in, n_out in _layers(sizes[:-1])),
            "The last layer is missing: the loop ends one turn too early.",
            look="How many layers has (3, 3)?",
            mend="len(sizes) - 1 turns: one for each pair of neighbours.",
        ),
        Mistake(
            "only_three_sizes",
            lambda sizes: sizes[0] * sizes[1] + sizes[1] + sizes[1] * sizes[2] + sizes[2],
            "This works for three sizes, sizes[0], sizes[1] and sizes[2]. There may be any number of them.",
            look="Try (3, 3), which has two sizes, and (2, 5, 5, 1), which has four.",
            mend="A loop over range(len(sizes) - 1), with sizes[i] and sizes[i + 1].",
        ),
        Mistake(
            "unpacked_as_three_sizes",
            _three_sizes_unpacked,
            "Three names on the left take three sizes. There may be any number of them.",
            look="Try (3, 3), which has two sizes, and (2, 5, 5, 1), which has four.",
            mend="A loop over range(len(sizes) - 1), with sizes[i] and sizes[i + 1].",
        ),
        Mistake(
            "parts_not_added",
            lambda sizes: [n_in * n_out + n_out for n_in, n_out in _layers(sizes)],
            "You counted each layer rightly and returned one number for each. Asked for is one number: how many there "
            "are all together.",
            look="A single neuron with 7 inputs, (7, 1), has 8 parameters: the number 8, in no list.",
            mend="Add the entries up: `sum(...)` of the list.",
        ),
        Mistake(
            "loop_too_long",
            _loop_too_long,
            "There is one layer fewer than there are sizes: (5, 4, 2) has two. Behind the last size nothing follows.",
            look="Which is the largest i for which sizes[i + 1] is there?",
            mend="`for i in range(len(sizes) - 1)`.",
        ),
        Mistake(
            "all_sizes_multiplied",
            lambda sizes: int(np.prod(sizes)),
            "You multiplied all sizes. Each layer has its own weights, and layers are added.",
            look="The first hidden layer is not wired to the output of a net with two hidden layers.",
            mend="Sum of n_in * n_out + n_out over neighbouring pairs.",
        ),
        Mistake(
            "sizes_added_not_multiplied",
            lambda sizes: sum(n_in + n_out for n_in, n_out in _layers(sizes)),
            "You added n_in and n_out. Every input is joined to every unit, which makes n_in * n_out weights.",
            look="Draw (3, 3): how many arrows are there?",
            mend="n_in * n_out + n_out for each layer.",
        ),
        Mistake(
            "a_bias_for_each_weight",
            lambda sizes: 2 * _weights(sizes),
            "You counted a bias for every weight. A unit adds up all its inputs and then one bias.",
            look="A single neuron with 7 inputs, (7, 1), has 8 parameters.",
            mend="n_out biases for each layer.",
        ),
        Mistake(
            "every_layer_with_every_later_one",
            lambda sizes: sum(n * m for i, n in enumerate(sizes) for m in sizes[i + 1 :]) + sum(sizes[1:]),
            "You joined every layer to every later one. A layer is joined to the next one only.",
            look="In (5, 4, 2) no arrow runs from an input to an output.",
            mend="Multiply neighbours only.",
        ),
    ],
    learn="`model.parameters()` of the package holds them, and their sizes add up to this number.",
)


# 00.3 -----------------------------------------------------------------------------------------------------


def _answer(*entries: Any) -> Callable:
    return lambda: entries


_x = np.array([1.0, -1.0, 3.0, -2.0])
_W1 = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.5, -1.0], [-1.0, -1.0, 0.0, 0.5]])
_W2 = np.array([-1.0, 1.0, -1.0])
_mended_x = np.array([1.0, -1.0, 3.0, 2.0])


def _same(z: Any) -> Any:
    return z


def _forward(x: np.ndarray, hidden: Callable = _sigmoid, last: Callable = _sigmoid, W2: np.ndarray = _W2) -> float:
    return float(last(W2 @ hidden(_W1 @ x)))


def _both(**changed: Any) -> Callable:
    """Both outputs, by a forward pass with something exchanged."""
    return _answer(_forward(_x, **changed), _mended_x, _forward(_mended_x, **changed))


def _mended_as(*x: float) -> Callable:
    """The right first output, and another repair of x followed up."""
    return _answer(_output, np.array(x), _forward(np.array(x)))


def _other_entries_changed() -> list[Mistake]:
    """Every choice of signs of x but the right one, that of all and that of none; and x3 mending the second sum."""
    changes = [at for n in (1, 2, 3) for at in combinations(range(4), n) if at != (3,)]
    turned = [_changed(_x * np.where(np.isin(range(4), at), -1, 1)) for at in changes]
    return [*turned, _changed(np.array([1.0, -1.0, -5.0, -2.0]))]


def _changed(x: np.ndarray) -> Mistake:
    """Another repair of x: what was changed, and the sums that it gives."""
    settings = [f"x{i + 1} = {x[i]:g}" for i in np.flatnonzero(x != _x)]
    *most, last = settings
    listed = f"{', '.join(most)} and {last}" if most else last
    several = f"Only one entry may change; you changed {len(settings)}. " if most else ""
    sums = ", ".join(f"{z:g}" for z in _W1 @ x)
    return Mistake(
        "_".join(["changed", *settings]).replace(" = ", "_to_").replace("-", "minus_"),
        _mended_as(*x),
        f"{several}With {listed} the sums are ({sums}), and they should be (4, 0.5, 1).",
        look="Print W1 @ mended_x: is it (4, 0.5, 1)?",
        mend="Two sums are off: which entry of x is in both of them?",
    )


_output, _mended_output = _forward(_x), _forward(_mended_x)

erratum = Exercise(
    id="00.3",
    title="A forward pass by hand, and a slip in the deck",
    kind="value",
    points=3,
    prompt=(
        "Deck 5 runs x = (1, -1, 3, -2) through a 4-3-1 network without biases, with a sigmoid in both layers. It "
        "prints the hidden sums (4, 0.5, 1) and the output 0.25. At least one printed number is wrong. Compute the "
        "output for x as printed. Then change exactly one entry of x so that the printed sums come out, and compute "
        "the output for that x. The matrices stay as they are."
    ),
    stub="""\
x = np.array([1.0, -1.0, 3.0, -2.0])
W1 = np.array(
    [
        [1.0, 0.0, 1.0, 0.0],  # one row for each hidden unit
        [0.0, -1.0, 0.5, -1.0],
        [-1.0, -1.0, 0.0, 0.5],
    ]
)
W2 = np.array([-1.0, 1.0, -1.0])
output = ...  # for x as printed
mended_x = ...  # x with one entry changed, so that the hidden sums are (4, 0.5, 1)
mended_output = ...  # for mended_x
""",
    answer="(output, mended_x, mended_output)",
    parts=("output", "mended_x", "mended_output"),
    reference=(_output, _mended_x, _mended_output),
    explanation=(
        "For x as printed the hidden sums are W1 x = (4, 4.5, -1), not (4, 0.5, 1), and the output is 0.434886. The "
        "second and the third sum are off, and x4 = 2 in place of -2 mends both. With it the output is 0.251503, the "
        "deck's 0.25. A sign on the slide is wrong: that of x4, or, which gives the same sums, those of the fourth "
        "column of W1."
    ),
    look=(
        "Compute the hidden sums first, W1 @ x and W1 @ mended_x. Those of mended_x must be the printed ones, and only "
        "one entry of it may differ from x."
    ),
    hints=[
        "The hidden sums are `W1 @ x`. Each then goes through the sigmoid, and the output is the sigmoid of `W2 @ h`.",
        "Start at the first line that is off and mend that; what follows from it is off too, and W2 comes later. The "
        "second sum is -(-1) + 0.5 * 3 - (-2).",
        "The first sum is right, so x1 and x3 are fine. Two sums are off, so look for an entry that both of them use. "
        "What must it be for the second sum to be 0.5?",
        "The fourth entry: 1 + 1.5 - x4 = 0.5.",
    ],
    mistakes=[
        Mistake(
            "as_printed",
            _answer(0.25, _mended_x, _mended_output),
            "0.25 is what the deck prints. It does not follow from the printed x.",
            look="The second hidden sum is 1 + 1.5 + 2. Is that 0.5?",
            mend="Run the printed x through: h = sigmoid(W1 @ x), then sigmoid(W2 @ h).",
        ),
        Mistake(
            "output_of_the_mended_x",
            _answer(_mended_output, _mended_x, _mended_output),
            "This is the output for the mended x, about the 0.25 of the deck. The first number asked for belongs to x "
            "as printed, with -2. Was x itself changed, by x[3] = 2?",
            look="The second hidden sum for the printed x is 1 + 1.5 + 2.",
            mend="Leave x alone: mended_x = x.copy(), then change the copy.",
        ),
        Mistake(
            "output_of_the_mended_x_rounded",
            _answer(0.2515, _mended_x, _mended_output),
            "This is the output for the mended x, about the 0.25 of the deck. The first number asked for belongs to x "
            "as printed, with -2.",
            look="The second hidden sum for the printed x is 1 + 1.5 + 2.",
            mend="h = sigmoid(W1 @ x) with the printed x, then sigmoid(W2 @ h).",
        ),
        Mistake(
            "hidden_sigmoid_missing",
            _both(hidden=_same),
            "The hidden sums went on as they are. Each hidden unit squashes its sum before it hands it on.",
            look="What the hidden units hand on lies between 0 and 1.",
            mend="h = sigmoid(W1 @ x), then sigmoid(W2 @ h).",
        ),
        Mistake(
            "output_sigmoid_missing",
            _both(last=_same),
            "This is the sum that the output unit makes. It still goes through the sigmoid.",
            look="The output of a sigmoid lies between 0 and 1.",
            mend="sigmoid(W2 @ h).",
        ),
        Mistake(
            "no_sigmoid_at_all",
            _both(hidden=_same, last=_same),
            "You multiplied by both matrices and squashed nothing. Each layer ends with a sigmoid.",
            look="The output of a sigmoid lies between 0 and 1.",
            mend="h = sigmoid(W1 @ x), then sigmoid(W2 @ h).",
        ),
        Mistake(
            "sign_of_the_exponent",
            _both(hidden=lambda z: _sigmoid(-z), last=lambda z: _sigmoid(-z)),
            "The minus in sigmoid(z) = 1 / (1 + exp(-z)) is missing, in both layers.",
            look="The sigmoid of the hidden sum 4 is near 1.",
            mend="1 / (1 + np.exp(-z)).",
        ),
        Mistake(
            "sign_of_the_output_sum",
            _both(last=lambda z: _sigmoid(-z)),
            "You have 1 minus the right output: in the last layer a sign is turned, of W2 or in exp(-z).",
            look="The sum of the output unit is negative. On which side of 0.5 does its sigmoid lie?",
            mend="1 / (1 + np.exp(-(W2 @ h))).",
        ),
        Mistake(
            "signs_of_W2_dropped",
            _both(W2=np.abs(_W2)),
            "You added the three hidden outputs. W2 is (-1, 1, -1): two of them are subtracted.",
            look="The sum of the output unit is negative here.",
            mend="W2 @ h, with the signs of W2.",
        ),
        Mistake(
            "tanh_in_the_hidden_layer",
            _both(hidden=np.tanh),
            "The hidden units used tanh. The deck uses the sigmoid in both layers.",
            look="What the hidden units hand on lies between 0 and 1.",
            mend="h = sigmoid(W1 @ x).",
        ),
        Mistake(
            "tanh_in_both_layers",
            _both(hidden=np.tanh, last=np.tanh),
            "Both layers used tanh. The deck uses the sigmoid in both.",
            look="The output of a sigmoid lies between 0 and 1.",
            mend="h = sigmoid(W1 @ x), then sigmoid(W2 @ h).",
        ),
        Mistake(
            "relu_in_the_hidden_layer",
            _both(hidden=lambda z: np.maximum(z, 0)),
            "The hidden units used the ReLU. The deck uses the sigmoid in both layers.",
            look="What the hidden units hand on lies between 0 and 1.",
            mend="h = sigmoid(W1 @ x).",
        ),
        Mistake(
            "hidden_layer_rounded",
            _both(hidden=lambda z: np.round(_sigmoid(z), 2)),
            "You rounded the hidden layer to two digits, as the deck prints it, and went on with that.",
            look="Round at the very end, if at all.",
            mend="Keep h in full: let NumPy hand it on.",
        ),
        Mistake(
            "x_left_as_it_is",
            _mended_as(*_x),
            "The output is right. But mended_x is x as printed, whose sums are (4, 4.5, -1). One entry must change.",
            look="Print W1 @ mended_x: is it (4, 0.5, 1)?",
            mend="The entry that the second and the third sum share: what must it be?",
        ),
        Mistake(
            "mends_the_second_sum_alone",
            _mended_as(1.0, 3.0, 3.0, -2.0),
            "With x2 = 3 the second sum is 0.5, as printed. The third is then -5.",
            look="Print W1 @ mended_x: is it (4, 0.5, 1)?",
            mend="Another entry mends both sums at once.",
        ),
        Mistake(
            "mends_the_third_sum_alone",
            _mended_as(1.0, -3.0, 3.0, -2.0),
            "With x2 = -3 the third sum is 1, as printed. The second is then 6.5.",
            look="Print W1 @ mended_x: is it (4, 0.5, 1)?",
            mend="Another entry mends both sums at once.",
        ),
        Mistake(
            "all_signs_turned",
            _mended_as(*-_x),
            "You turned every sign, which turns every sum, the first one too. It was right before.",
            look="Print W1 @ mended_x: is it (4, 0.5, 1)?",
            mend="Change one entry only.",
        ),
        *_other_entries_changed(),
        Mistake(
            "fourth_entry_without_effect",
            _mended_as(1.0, -1.0, 3.0, 0.0),
            "The fourth entry is the one, and 0 is not enough: the sums are then (4, 2.5, 0).",
            look="Print W1 @ mended_x: is it (4, 0.5, 1)?",
            mend="Solve 1 + 1.5 - x4 = 0.5.",
        ),
        Mistake(
            "output_not_computed_again",
            _answer(_output, _mended_x, _output),
            "mended_x is right, and mended_output is still the output for the printed x.",
            look="The hidden sums have changed, so the output must have, too.",
            mend="Run mended_x through the network.",
        ),
    ],
    learn=(
        "A sign is wrong on the slide: in x4 or, equally possible, in the fourth column of W1. A printed number is a "
        "claim, and you can run it."
    ),
)


# 00.4 -----------------------------------------------------------------------------------------------------


def layer_of_rows(X, W, b):
    return X @ W.T + b


def _rows_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, n_in: int, n_out: int, note: str = "") -> Case:
        return Case(
            rng.standard_normal((n, n_in)), rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out), note=note
        )

    tidy = Case(
        np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]]),
        np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]),
        np.array([10.0, 20.0, 30.0, 40.0]),
    )
    return [
        tidy,
        case(5, 3, 2),
        case(2, 3, 4),
        case(3, 3, 3, "edge: all axes equal, where every product fits and shapes decide nothing"),
        case(1, 3, 2, "edge: a batch of one"),
        case(4, 2, 1, "edge: one output"),
        case(3, 1, 2, "edge: one input"),
    ]


_W_TIMES_X = (
    "W times X is right for one example that stands as a column. In a batch of rows the inputs of W would meet the "
    "examples of X."
)
_X_TIMES_W = (
    "X times W is the course's own way, for W stored as (n_in, n_out). Here W is stored as (n_out, n_in), so the "
    "inputs of X would meet the outputs of W."
)

rows = Exercise(
    id="00.4",
    title="Rows or columns",
    kind="function",
    points=2,
    prompt=(
        "Decks 4 and 5 store the weights of a layer with one row for each output: W is (n_out, n_in), and for one "
        "example they write W x + b. Here the examples are the rows of X, (n, n_in), and b is (n_out,). Write the "
        "layer for the whole batch, the weighted sums only, no activation: the result is (n, n_out), one row for each "
        "example."
    ),
    stub='''\
def layer_of_rows(X, W, b):
    """X (n, n_in), W (n_out, n_in), b (n_out,): the weighted sums only, no activation."""
    return ...
''',
    answer="layer_of_rows",
    reference=layer_of_rows,
    cases=_rows_cases,
    observe=value("the result"),
    look="Row i of the result must be W @ X[i] + b.",
    hints=[
        "Write the three shapes side by side. In a product A @ B the inner axes meet, and they must be the same thing: "
        "here the n_in inputs.",
        "X has n_in as its last axis, which is where the left side wants it. W has it last, too, and the right side "
        "wants it first.",
        "`W.T` is (n_in, n_out). And b has n_out entries, which NumPy adds to every row by itself.",
    ],
    mistakes=[
        Mistake(
            "W_at_X",
            lambda X, W, b: W @ X + b,
            _W_TIMES_X,
            look="Print W.shape and X.shape: which axis of X are the inputs?",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "W_dot_X",
            lambda X, W, b: np.dot(W, X) + b,
            _W_TIMES_X,
            look="Print W.shape and X.shape: which axis of X are the inputs?",
            mend="np.dot(X, W.T) + b, which is X @ W.T + b.",
        ),
        Mistake(
            "X_at_W",
            lambda X, W, b: X @ W + b,
            _X_TIMES_W,
            look="Print X.shape and W.shape: which axis of W are the inputs?",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "X_dot_W",
            lambda X, W, b: np.dot(X, W) + b,
            _X_TIMES_W,
            look="Print X.shape and W.shape: which axis of W are the inputs?",
            mend="np.dot(X, W.T) + b, which is X @ W.T + b.",
        ),
        Mistake(
            "examples_left_as_columns",
            lambda X, W, b: W @ X.T + b[:, None],
            "The numbers are right and stand the wrong way round: each example is a column. Rows of the answer must "
            "be examples.",
            look="The result must have as many rows as X.",
            mend="X @ W.T + b; or transpose what you have, at the end.",
        ),
        Mistake(
            "bias_added_to_columns",
            lambda X, W, b: W @ X.T + b,
            "In W @ X.T every example is a column, and NumPy adds b along the rows: the axes do not belong together.",
            look="Print (W @ X.T).shape and b.shape.",
            mend="X @ W.T has one row for each example, and + b fits it.",
        ),
        Mistake(
            "bias_forgotten",
            lambda X, W, b: X @ W.T,
            "The products are right. The bias is missing.",
            look="With X = 0 every row of the result must be b.",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "bias_as_a_column",
            lambda X, W, b: X @ W.T + b[:, None],
            "b[:, None] is a column, which adds one number to each example. The bias belongs to the outputs, and "
            "those lie along the rows.",
            look="With X = 0 every row of the result must be b.",
            mend="X @ W.T + b, without [:, None].",
        ),
        Mistake(
            "bias_added_for_every_input",
            lambda X, W, b: X @ W.T + X.shape[1] * b,
            "The bias was added once for each input. Is it inside the innermost loop?",
            look="With X = 0 every row of the result must be b.",
            mend="Add b once, after the sum over the inputs.",
        ),
        Mistake(
            "X_transposed_too",
            lambda X, W, b: X.T @ W.T + b,
            "You transposed both. X has its inputs last already, where the left side of a product wants them.",
            look="Inner axes must be the same thing: the inputs.",
            mend="X @ W.T + b: only W is turned.",
        ),
        Mistake(
            "X_transposed_instead_of_W",
            lambda X, W, b: X.T @ W + b,
            "You turned X, so its examples meet the outputs of W. It is W that must be turned.",
            look="Inner axes must be the same thing: the inputs.",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "W_transposed_on_the_left",
            lambda X, W, b: W.T @ X + b,
            "You turned W and left it on the left, where its outputs meet the examples of X.",
            look="Inner axes must be the same thing: the inputs.",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "everything_transposed",
            lambda X, W, b: W.T @ X.T + b,
            "You turned both and exchanged their places, which is (X @ W).T: the inputs of X meet the outputs of W.",
            look="Inner axes must be the same thing: the inputs.",
            mend="X @ W.T + b: only W is turned.",
        ),
        Mistake(
            "entry_by_entry",
            lambda X, W, b: X * W + b,
            "`*` multiplies entry by entry. A layer multiplies and adds up, which is `@`.",
            look="The result is (n, n_out), and both of these axes come from different arrays.",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "entry_by_entry_with_W_turned",
            lambda X, W, b: X * W.T + b,
            "W is turned as it should be, but `*` multiplies entry by entry. A layer multiplies and adds up, which is "
            "`@`.",
            look="The result is (n, n_out), and both of these axes come from different arrays.",
            mend="X @ W.T + b.",
        ),
        Mistake(
            "batch_flattened",
            lambda X, W, b: W @ X.reshape(-1) + b,
            "reshape(-1) lays all examples in one long row: the batch axis got lost. Each example keeps a row of its "
            "own.",
            look="The result must have as many rows as X.",
            mend="Leave X as it is: X @ W.T + b.",
        ),
        Mistake(
            "first_example_only",
            lambda X, W, b: W @ X[0] + b,
            "You returned one example. Is the `return` inside the loop?",
            look="The result must have as many rows as X.",
            mend="Collect one row for each example, or write X @ W.T + b.",
        ),
        Mistake(
            "last_example_only",
            lambda X, W, b: W @ X[-1] + b,
            "You returned the last example alone: each turn of the loop overwrites the one before.",
            look="The result must have as many rows as X.",
            mend="Collect one row for each example, or write X @ W.T + b.",
        ),
        Mistake(
            "batch_axis_lost",
            lambda X, W, b: (X @ W.T + b).reshape(-1),
            "The numbers are right, in one long row: the batch axis got lost. Each example keeps a row of its own.",
            look="The result must have as many rows as X.",
            mend="Leave out the `reshape(-1)`; in a loop, append whole rows.",
        ),
        Mistake(
            "examples_added_up",
            lambda X, W, b: (X @ W.T + b).sum(axis=0),
            "You added up the examples. They do not know of each other.",
            look="Change X[0]: only row 0 of the result may change.",
            mend="X @ W.T + b, and no sum.",
        ),
        Mistake(
            "outputs_added_up",
            lambda X, W, b: (X @ W.T + b).sum(axis=1),
            "You added up the outputs. The layer has n_out of them, and each stays.",
            look="The result must have as many columns as W has rows.",
            mend="X @ W.T + b, and no sum.",
        ),
        Mistake(
            "activation_not_asked_for",
            lambda X, W, b: _sigmoid(X @ W.T + b),
            "The weighted sums are right, and then you put them through a sigmoid. Asked for are the sums only.",
            look="With X = 0 every row of the result must be b.",
            mend="Leave the sigmoid out: X @ W.T + b.",
        ),
        Mistake(
            "X_at_W_and_an_activation_not_asked_for",
            lambda X, W, b: _sigmoid(X @ W + b),
            f"Two things. {_X_TIMES_W} And the sigmoid was not asked for, the weighted sums only.",
            look="Print X.shape and W.shape: which axis of W are the inputs?",
            mend="X @ W.T + b, without a sigmoid.",
        ),
        Mistake(
            "W_reshaped_not_transposed",
            lambda X, W, b: X @ W.reshape(W.shape[::-1]) + b,
            "reshape gives the shape asked for and fills it row by row with the numbers in their old order. So the "
            "weights of one output get mixed with those of another. Transposing turns rows into columns.",
            look="Print W, W.reshape(W.shape[1], W.shape[0]) and W.T for W = np.array([[1, 2], [3, 4], [5, 6]]).",
            mend="`W.T` in place of the reshape.",
        ),
    ],
    learn="From here on the course stores W as (n_in, n_out) and writes `x @ W + b`; torch stores (n_out, n_in).",
)


# 00.5 -----------------------------------------------------------------------------------------------------

bias_shift = Exercise(
    id="00.5",
    title="What the bias does",
    kind="choice",
    points=1,
    prompt=(
        "A neuron computes sigmoid(2 x + b) of one input x. Somebody raises b by 1. What happens to the curve of the "
        "output over x? Write the letter, in quotes."
    ),
    stub="choice = ...\n",
    answer="choice",
    options={
        "a": "It moves up by 1.",
        "b": "It gets steeper.",
        "c": "It moves right by 1.",
        "d": "It moves left by 1/2.",
        "e": "It moves left by 1.",
        "f": "It moves right by 1/2.",
        "g": "Nothing, as long as w stays 2.",
    },
    reference="d",
    replies={
        "a": "The output of a sigmoid stays between 0 and 1, whatever goes into it. b is added before the squash.",
        "b": "How steep the curve is depends on w, by how much the sum grows for each unit of x. b is the same for "
        "every x.",
        "c": "Where is the output 0.5? Solve 2 x + b = 0 for b = 0 and again for b = 1, and watch sign and size.",
        "e": "The direction is right. How far? Solve 2 x + b = 0, where the output is 0.5, for b = 0 and for b = 1.",
        "f": "The distance is right. The direction: with a larger b, does the sum reach 0 at a smaller x or at a "
        "larger one?",
        "g": "Try x = 0: the output is sigmoid(b), which is 0.5 for b = 0 and 0.731 for b = 1.",
    },
    explanation=(
        "The curve passes 0.5 where w x + b = 0, at x = -b/w. With w = 2, raising b by 1 moves this midpoint from "
        "-b/2 to -b/2 - 1/2, and every other point of the curve with it: left by 1/2."
    ),
    hints=[
        "A curve has moved as far as any of its points. Take the one where the output is 0.5.",
        "The output is 0.5 where the sum is 0: 2 x + b = 0. Solve for x.",
    ],
    learn="The midpoint is at -b/w: with w = 2, raising b by 1 moves it by -1/2, to the left by one half.",
)


# 00.6 -----------------------------------------------------------------------------------------------------

vocabulary = Exercise(
    id="00.6",
    title="Ten words",
    kind="choice",
    points=0,
    prompt='What does each word mean? Write the letter, in quotes, as in `"word": "a"`.',
    stub="""\
words = {
    "epoch": ...,
    "iteration": ...,
    "MLP": ...,
    "dense layer": ...,
    "hidden layer": ...,
    "parameter": ...,
    "hyperparameter": ...,
    "activation": ...,
    "logit": ...,
    "label": ...,
}
""",
    answer="words",
    options={
        "epoch": {
            "a": "one change of the weights",
            "b": "one pass over all training examples",
            "c": "the examples that one change of the weights looks at",
            "d": "the whole training, from the first change to the last",
        },
        "iteration": {
            "a": "one pass over all training examples",
            "b": "one training example",
            "c": "one change of the weights, after a look at some or all of the examples",
        },
        "MLP": {
            "a": "a stack of fully connected layers, at least one of them hidden",
            "b": "a network with many hidden layers; with one it is none yet",
            "c": "a single neuron that answers yes or no",
            "d": "any neural network, also one made for images",
        },
        "dense layer": {
            "a": "a layer with very many units",
            "b": "a layer whose units are wired to one another",
            "c": "a layer with few weights that are 0",
            "d": "a layer in which every unit has a weight for every input",
        },
        "hidden layer": {
            "a": "a layer of weights: a 4-3-1 network has two",
            "b": "a layer between the inputs and the output: a 4-3-1 network has one",
            "c": "the inputs: a 4-3-1 network has four",
            "d": "a layer whose numbers nobody can look at",
        },
        "parameter": {
            "a": "the learning rate",
            "b": "an input of the network",
            "c": "a number that training changes: a weight or a bias",
            "d": "how many units a layer has",
        },
        "hyperparameter": {
            "a": "a number that you choose before training, such as the learning rate",
            "b": "a weight that has grown very large",
            "c": "a weight or bias of a hidden layer",
        },
        "activation": {
            "a": "the weighted sum of a unit, bias included",
            "b": "the first change of the weights",
            "c": "switching a unit on or off by hand",
            "d": "the function that a unit puts its sum through, and also what comes out",
        },
        "logit": {
            "a": "a probability, between 0 and 1",
            "b": "the sum that goes into the last sigmoid, any number",
            "c": "the logarithm of the loss",
        },
        "label": {
            "a": "what the output should be, given with the example",
            "b": "the output of the network",
            "c": "the name of one of the inputs",
        },
    },
    reference={
        "epoch": "b",
        "iteration": "c",
        "MLP": "a",
        "dense layer": "d",
        "hidden layer": "b",
        "parameter": "c",
        "hyperparameter": "a",
        "activation": "d",
        "logit": "b",
        "label": "a",
    },
    replies={
        ("epoch", "a"): "That is an iteration, or one update. An epoch has as many of them as there are batches.",
        ("epoch", "c"): "Those are a batch. When every example has been in a batch once, an epoch is over.",
        ("epoch", "d"): "Training usually runs for many epochs. In one of them every example is seen once.",
        ("iteration", "a"): "That is an epoch. With 600 examples in batches of 60 it is 10 iterations.",
        ("iteration", "b"): "An iteration may look at one example or at a whole batch. What counts is what it does.",
        ("MLP", "b"): "One hidden layer is enough. With many of them, people call it deep.",
        ("MLP", "c"): "That is a perceptron. MLP is short for multilayer perceptron.",
        ("MLP", "d"): "Networks for images are mostly wired to small patches. In an MLP every unit is wired to the "
        "whole layer before.",
        ("dense layer", "a"): "It may have two units. Dense is the wiring, from each input to each unit.",
        ("dense layer", "b"): "Units of one layer do not see each other. They all see the inputs of the layer.",
        ("dense layer", "c"): "A weight may be 0. Dense means that there is one for every pair of input and unit.",
        ("hidden layer", "a"): "It has two layers of weights, and one of them makes the output, which is not hidden. "
        "Some count layers of weights and some count hidden layers: always say which.",
        ("hidden layer", "c"): "The inputs are given, and you see them. Hidden is what is neither given nor returned.",
        ("hidden layer", "d"): "You can look at all of them, and the beginning of this lesson did. Hidden means "
        "neither input nor output.",
        ("parameter", "a"): "Does training change the learning rate? You choose it, which makes it a hyperparameter.",
        ("parameter", "b"): "So it is with a Python function. In a network the inputs are data, and training leaves "
        "them alone.",
        ("parameter", "d"): "Does training change it? You choose it before, which makes it a hyperparameter.",
        ("hyperparameter", "b"): "However large, a weight is found by training. Who chooses a hyperparameter?",
        ("hyperparameter", "c"): "Training finds those, too: they are parameters. Who chooses a hyperparameter?",
        ("activation", "a"): "Here that is what goes into the activation; some books call the sum so. Squashing "
        "comes after.",
        ("activation", "b"): "That is the first iteration. The word is about what one unit does with its sum.",
        ("activation", "c"): "Nobody switches it. Whether a unit is on or off is the result of its sum.",
        ("logit", "a"): "That is what the sigmoid makes of it. The logit is one step earlier, and may be -7.",
        ("logit", "c"): "The loss comes later. For a sigmoid the logit is log(p / (1 - p)), hence the name.",
        ("label", "b"): "The output is the network's own. The label is what it is held against.",
        ("label", "c"): "Inputs have names, too. The label belongs to the example, and says what it is.",
    },
    explanation="Several of these words mean something else outside of neural networks. Those are worth a second look.",
    hints=[
        "Of parameter and hyperparameter ask: does training change it, or do you choose it?",
        "600 examples in batches of 60: ten iterations make one epoch.",
        "In the last unit comes first the sum (the logit), then the activation; what comes out is the output. The "
        "label comes with the data.",
    ],
)


# 00.7 -----------------------------------------------------------------------------------------------------


def squared_loss(y_hat, y):
    difference = y_hat - y[:, 0]
    return (difference**2).mean()


def _loss_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, note: str = "") -> Case:
        return Case(rng.standard_normal(n), rng.standard_normal((n, 1)) + 0.5, note=note)

    return [
        Case(np.array([1.0, 2.0]), np.array([[1.0], [4.0]])),
        case(3),
        case(6),
        Case(np.array([0.5, -1.5, 2.0]), np.array([[0.5], [-1.5], [2.0]]), note="edge: every output is right"),
        case(1, "edge: one example"),
    ]


broken_run = Exercise(
    id="00.7",
    title="The broken run",
    kind="function",
    points=3,
    prompt=(
        "The run above learned to say the same number to everybody. It has one planted bug, and it is in this "
        "function. y_hat is (n,), one output for each example; y is (n, 1), the labels as one column of a table. The "
        "loss is the mean of the n squared differences. Find the bug and mend it."
    ),
    stub='''\
def squared_loss(y_hat, y):
    """y_hat (n,), y (n, 1)."""
    difference = y_hat - y
    return (difference**2).mean()
''',
    answer="squared_loss",
    reference=squared_loss,
    cases=_loss_cases,
    observe=value("the loss"),
    look="Take y_hat = (1, 2) and y = ((1), (2)): every output is right. What should the loss be, and what is it?",
    hints=[
        "Call the function on two examples whose outputs are exactly right, y_hat = np.array([1.0, 2.0]) and "
        "y = np.array([[1.0], [2.0]]), and print the shape of the difference.",
        "(n,) and (n, 1) broadcast to (n, n): every output is compared with every label. To please them all, an "
        "output can only be their mean.",
        "Bring both to the same shape first. `y[:, 0]` is the column as (n,).",
    ],
    mistakes=[
        Mistake(
            "everyone_with_everyone",
            lambda y_hat, y: ((y_hat - y) ** 2).mean(),
            "The difference is still a table of n rows and n columns: a row on one side and a column on the other. It "
            "compares every output with every label.",
            look="Print the shapes of both sides and of the difference: it should have n entries.",
            mend="Turn one of the two, not both and not neither: y_hat - y[:, 0].",
        ),
        Mistake(
            "summed_not_averaged",
            lambda y_hat, y: ((y_hat - y[:, 0]) ** 2).sum(),
            "The shapes are right now. The loss asked for is the mean over the examples; you took the sum.",
            look="Give every example twice: the loss must stay the same.",
            mend="`.mean()` instead of `.sum()`.",
        ),
        Mistake(
            "table_divided_by_n",
            lambda y_hat, y: ((y_hat - y) ** 2).sum() / len(y),
            "The sum still runs over a table of n times n differences. The divisor is not the bug.",
            look="Print the shape of the difference: it should have n entries.",
            mend="y_hat - y[:, 0].",
        ),
        Mistake(
            "one_loss_for_each_label",
            lambda y_hat, y: ((y_hat - y) ** 2).mean(axis=1),
            "You averaged the rows of the table of differences, and it is the table that is the bug.",
            look="The loss is one number. Print the shape of the difference: it should have n entries.",
            mend="y_hat - y[:, 0], and a mean over everything.",
        ),
        Mistake(
            "one_loss_for_each_output",
            lambda y_hat, y: ((y_hat - y) ** 2).mean(axis=0),
            "You averaged the columns of the table of differences, and it is the table that is the bug.",
            look="The loss is one number. Print the shape of the difference: it should have n entries.",
            mend="y_hat - y[:, 0], and a mean over everything.",
        ),
        Mistake(
            "only_the_first_label",
            lambda y_hat, y: ((y_hat - y[0]) ** 2).mean(),
            "y[0] is the first row, the label of the first example alone. You want the first column.",
            look="Change the last label: the loss must change.",
            mend="y[:, 0]: all rows, column 0.",
        ),
        Mistake(
            "not_squared",
            lambda y_hat, y: (y_hat - y[:, 0]).mean(),
            "The shapes are right now, and the square got lost. Without it errors up and down cancel.",
            look="A loss of squares is never negative.",
            mend="(difference**2).mean().",
        ),
        Mistake(
            "squared_after_the_mean",
            lambda y_hat, y: (y_hat - y[:, 0]).mean() ** 2,
            "You averaged first and squared afterwards. Errors up and down cancel before they are squared.",
            look="Outputs that are off by +1 and by -1 must not have the loss 0.",
            mend="(difference**2).mean().",
        ),
        Mistake(
            "absolute",
            lambda y_hat, y: np.abs(y_hat - y[:, 0]).mean(),
            "The shapes are right now. You took the sizes of the differences, and the loss asked for squares them.",
            look="An output that is off by 3 counts 9.",
            mend="(difference**2).mean().",
        ),
        Mistake(
            "root_taken",
            lambda y_hat, y: np.sqrt(((y_hat - y[:, 0]) ** 2).mean()),
            "The shapes are right now. You took the root of the mean, which was not asked for.",
            look="If all differences double, the loss must become four times as large.",
            mend="Leave out the root.",
        ),
        Mistake(
            "halved",
            lambda y_hat, y: ((y_hat - y[:, 0]) ** 2).mean() / 2,
            "The shapes are right now. Some books halve this loss; the course does not.",
            look="One output that is off by 1 has the loss 1.",
            mend="Leave out the division by 2.",
        ),
        Mistake(
            "not_averaged",
            lambda y_hat, y: (y_hat - y[:, 0]) ** 2,
            "The shapes are right now. Training needs one number: the mean over the examples is missing.",
            look="The loss is one number. What shape has yours?",
            mend="(difference**2).mean().",
        ),
    ],
    learn="NumPy said nothing, and the loss even fell. When a network says the same to everybody, print shapes first.",
)


# 00.8 -----------------------------------------------------------------------------------------------------


def squared_distances(X, M):
    difference = X[:, None, :] - M  # (n, k, d)
    return (difference**2).sum(axis=2)


def _distance_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, k: int, d: int, note: str = "") -> Case:
        return Case(rng.standard_normal((n, d)), rng.standard_normal((k, d)) + 0.5, note=note)

    tidy = Case(
        np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [6.0, 8.0]])
    )
    return [
        tidy,
        case(2, 3, 5),
        case(5, 3, 2),
        case(4, 4, 2, "edge: as many rows as means, where X - M fits"),
        case(3, 3, 3, "edge: all axes equal, where every sum fits and shapes decide nothing"),
        case(3, 1, 2, "edge: one mean"),
        case(1, 3, 2, "edge: one row"),
    ]


def _expanded(factor: float, *, with_X: bool = True, with_M: bool = True) -> Callable:
    """Distances from |x|² + |m|² + factor x · m, perhaps without one of the squares."""

    def wrong(X, M):
        squares = with_X * (X**2).sum(axis=1)[:, None] + with_M * (M**2).sum(axis=1)
        return squares + factor * (X @ M.T)

    return wrong


unseen = Exercise(
    id="00.8",
    title="An operation you have not seen",
    kind="function",
    points=3,
    prompt=(
        "X holds n points as rows, (n, d), and M holds k others, (k, d). Return all squared distances between them "
        "as an array of shape (n, k): entry [i, j] is the sum of (X[i] - M[j])² over the d coordinates. Broadcasting "
        "does it without a loop; a loop is right, too."
    ),
    stub='''\
def squared_distances(X, M):
    """X (n, d), M (k, d); the result is (n, k)."""
    difference = ...
    return ...
''',
    answer="squared_distances",
    reference=squared_distances,
    cases=_distance_cases,
    observe=value("the result"),
    look="Entry [i, j] of the result must be ((X[i] - M[j]) ** 2).sum().",
    hints=[
        "First make all differences, an array of shape (n, k, d): entry [i, j] is X[i] - M[j]. Then square, and add "
        "up over d.",
        "Broadcasting stretches axes of length 1. X needs one where the k others go: `X[:, None, :]` is (n, 1, d).",
        "M is (k, d), and NumPy reads it as (1, k, d) by itself. The axes of the difference are n, k and d; which one "
        "disappears in the sum?",
    ],
    mistakes=[
        Mistake(
            "row_minus_row",
            lambda X, M: ((X - M) ** 2).sum(axis=1),
            "X - M takes row 0 from row 0, row 1 from row 1, and fits only when there are as many rows. Asked for are "
            "all pairs.",
            look="The result has n times k entries. How many differences have you made?",
            mend="Give X an axis of length 1 for the others: X[:, None, :] - M.",
        ),
        Mistake(
            "row_minus_row_and_all_added_up",
            lambda X, M: ((X - M) ** 2).sum(),
            "X - M takes row 0 from row 0, row 1 from row 1, and fits only when there are as many rows. Asked for are "
            "all pairs, and a number for each.",
            look="The result has n times k entries. How many differences have you made?",
            mend="X[:, None, :] - M, then square, then `.sum(axis=2)`.",
        ),
        Mistake(
            "both_stretched_alike",
            lambda X, M: ((X[:, None, :] - M[:, None, :]) ** 2).sum(axis=2),
            "You gave both arrays their new axis in the same place, so rows meet rows again. Each needs it where the "
            "other one has its rows.",
            look="Print the shapes of X[:, None, :] and M[:, None, :]. Asked for is (n, k, d).",
            mend="X[:, None, :] - M[None, :, :], or just X[:, None, :] - M.",
        ),
        Mistake(
            "summed_over_the_others",
            lambda X, M: ((X[:, None, :] - M) ** 2).sum(axis=1),
            "You added up over the k rows of M. What is added up in a distance are the coordinates, the last axis.",
            look="The result must be (n, k).",
            mend="`.sum(axis=2)`, or `.sum(axis=-1)`.",
        ),
        Mistake(
            "summed_over_the_points",
            lambda X, M: ((X[:, None, :] - M) ** 2).sum(axis=0),
            "You added up over the n rows of X. What is added up in a distance are the coordinates, the last axis.",
            look="The result must be (n, k).",
            mend="`.sum(axis=2)`, or `.sum(axis=-1)`.",
        ),
        Mistake(
            "not_summed",
            lambda X, M: (X[:, None, :] - M) ** 2,
            "You have the squares of all differences, (n, k, d). The sum over the coordinates is missing.",
            look="The result must be (n, k).",
            mend="`.sum(axis=2)`.",
        ),
        Mistake(
            "summed_over_everything",
            lambda X, M: ((X[:, None, :] - M) ** 2).sum(),
            "Without `axis=` the sum runs over everything. Each pair has a distance of its own.",
            look="The result must be (n, k).",
            mend="`.sum(axis=2)`.",
        ),
        Mistake(
            "rows_and_columns_exchanged",
            lambda X, M: ((M[:, None, :] - X) ** 2).sum(axis=2),
            "The numbers are right and stand the wrong way round, (k, n): you gave the new axis to M.",
            look="Row i must hold the distances of X[i].",
            mend="X[:, None, :] - M.",
        ),
        Mistake(
            "root_taken",
            lambda X, M: np.sqrt(((X[:, None, :] - M) ** 2).sum(axis=2)),
            "You took the root, which gives the distance. Asked for is its square.",
            look="(0, 0) and (3, 4) have the squared distance 25.",
            mend="Leave out the root.",
        ),
        Mistake(
            "not_squared",
            lambda X, M: (X[:, None, :] - M).sum(axis=2),
            "The differences were added up as they are, so those of opposite sign cancel. Square them first.",
            look="A squared distance is never negative.",
            mend="(difference**2).sum(axis=2).",
        ),
        Mistake(
            "squared_after_the_sum",
            lambda X, M: (X[:, None, :] - M).sum(axis=2) ** 2,
            "You added up first and squared afterwards, so differences of opposite sign cancel.",
            look="(0, 0) and (3, 4) have the squared distance 9 + 16.",
            mend="(difference**2).sum(axis=2).",
        ),
        Mistake(
            "absolute",
            lambda X, M: np.abs(X[:, None, :] - M).sum(axis=2),
            "You added up the sizes of the differences, the way along the streets of a city. Asked for are squares.",
            look="(0, 0) and (3, 4) have the squared distance 25.",
            mend="(difference**2).sum(axis=2).",
        ),
        Mistake(
            "averaged",
            lambda X, M: ((X[:, None, :] - M) ** 2).mean(axis=2),
            "You took the mean over the coordinates. A distance takes their sum.",
            look="(0, 0) and (3, 4) have the squared distance 25.",
            mend="`.sum(axis=2)`.",
        ),
        Mistake(
            "caret_for_a_power",
            lambda X, M: ((X[:, None, :] - M) ^ 2).sum(axis=2),
            "In Python `^` is no power; it works on bits.",
            look="Try 3 ^ 2 in a cell of its own.",
            mend="`**` is the power: (difference**2).sum(axis=2).",
        ),
        Mistake(
            "one_long_row",
            lambda X, M: ((X[:, None, :] - M) ** 2).sum(axis=2).reshape(-1),
            "The numbers are right, in one long row. Each point keeps a row of its own.",
            look="The result must be (n, k).",
            mend="At the end `.reshape(len(X), len(M))`, or nest the lists: one for each point.",
        ),
        Mistake(
            "first_mean_only",
            lambda X, M: ((X - M[0]) ** 2).sum(axis=1),
            "These are the distances to the first row of M alone. Is the `return` inside the loop?",
            look="The result must be (n, k).",
            mend="Collect one column for each row of M, or broadcast.",
        ),
        Mistake(
            "last_mean_only",
            lambda X, M: ((X - M[-1]) ** 2).sum(axis=1),
            "These are the distances to the last row of M alone: each turn of the loop overwrites the one before.",
            look="The result must be (n, k).",
            mend="Collect one column for each row of M, or broadcast.",
        ),
        Mistake(
            "product_in_place_of_distance",
            lambda X, M: X @ M.T,
            "X @ M.T multiplies all pairs of rows. It is large when they point the same way; a distance is 0 when they "
            "are equal.",
            look="The squared distance of a row to itself is 0.",
            mend="Subtract, square, add up.",
        ),
        Mistake(
            "cross_term_once",
            _expanded(-1),
            "In (x - m)² = x² - 2 x m + m² the product counts twice.",
            look="The squared distance of a row to itself is 0.",
            mend="- 2 * X @ M.T.",
        ),
        Mistake(
            "cross_term_added",
            _expanded(2),
            "In (x - m)² = x² - 2 x m + m² the product is subtracted.",
            look="The squared distance of a row to itself is 0.",
            mend="- 2 * X @ M.T.",
        ),
        Mistake(
            "cross_term_missing",
            _expanded(0),
            "(x - m)² is not x² + m²; the product - 2 x m is missing. Or did you square before you subtracted?",
            look="The squared distance of a row to itself is 0.",
            mend="Subtract first, then square.",
        ),
        Mistake(
            "squares_of_X_missing",
            _expanded(-2, with_X=False),
            "The squares of X are missing. They do not change which row of M is nearest, but they belong to the "
            "distance.",
            look="A squared distance is never negative.",
            mend="Add (X**2).sum(axis=1)[:, None].",
        ),
        Mistake(
            "difference_of_the_squares",
            lambda X, M: (X[:, None, :] ** 2 - M**2).sum(axis=2),
            "You squared first and subtracted afterwards. The difference is what is squared.",
            look="A squared distance is never negative.",
            mend="(difference**2).sum(axis=2).",
        ),
        Mistake(
            "nearest_already",
            lambda X, M: ((X[:, None, :] - M) ** 2).sum(axis=2).argmin(axis=1),
            "You went one step further and returned which row of M is nearest. The lesson does that with your result.",
            look="The result must be (n, k).",
            mend="Leave out the argmin.",
        ),
        Mistake(
            "smallest_already",
            lambda X, M: ((X[:, None, :] - M) ** 2).sum(axis=2).min(axis=1),
            "You kept the smallest distance of each point. Asked for are all of them.",
            look="The result must be (n, k).",
            mend="Leave out the min.",
        ),
    ],
    learn="An axis of length 1 in the right place replaces two loops.",
)


EXERCISES = [neuron, parameters, erratum, rows, bias_shift, vocabulary, broken_run, unseen]
