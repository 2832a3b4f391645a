"""Exercises of lesson 03: what the learner writes, what is right, and what is typically wrong."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from dlcourse.checking import Case, Exercise, Mistake, Unfit, each, value
from dlcourse.checking.observing import Observer
from dlcourse.checking.odd import odd
from dlcourse.initialization.schemes import he_normal, xavier_normal, xavier_uniform

# How a scheme is looked at --------------------------------------------------------------------------------

WEIGHTS = 8_000  # so many in each case that the variances of two right answers differ by 2 percent, rarely by 7,
TOLERANCE = 0.15  # and those of a right answer and a wrong one by more than this
KNOWN = (xavier_uniform, xavier_normal, he_normal)


class Weights(Observer):
    """Look at a scheme by what does not depend on the order in which it draws.

    Right answers that draw the same numbers in another order show the same, and those that draw other numbers show
    nearly the same. What chance adds to the variance is taken off: of every answer as much as of the right one, which
    so shows the very variance that was asked for.

    Parameters
    ----------
    right : callable
        A right scheme.
    variance : callable (n_in, n_out, **settings) -> float
        The variance asked for.
    any_form : bool
        Whether it does not matter if the weights are normal or uniform.
    """

    def __init__(self, right: Callable, variance: Callable, *, any_form: bool = False) -> None:
        self.right, self.variance, self.any_form = right, variance, any_form

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        seen = self._seen(candidate, case)
        if seen is None:
            yield "the weights", ...
            return
        yield "the draw", seen.told(any_form=self.any_form)
        by_chance = self._seen(self.right, case).variance / self.variance(*case.args[0], **case.settings)
        yield "the variance", seen.variance / by_chance

    def _seen(self, scheme: Any, case: Case) -> Any:
        if any(scheme is known for known in (self.right, *KNOWN)):
            return _seen_once(scheme, case.args[0], tuple(case.settings.items()), tuple(case.seed))
        return _seen(scheme, case)


class Drawn(NamedTuple):
    """What a matrix of weights looks like."""

    is_repeated: bool
    is_around_0: bool
    form: str
    variance: float

    def told(self, *, any_form: bool) -> str:
        if self.is_repeated:
            return "one number in several places"
        numbers = "numbers" if any_form else self.form
        return f"{numbers} with a mean {'of about' if self.is_around_0 else 'far from'} 0"


def _seen(scheme: Any, case: Case) -> Drawn | None:
    """Return what a scheme draws for a case; None when it is still open."""
    rng = np.random.default_rng(case.seed)
    before = rng.bit_generator.state
    ((_, drawn),) = value("the weights")(scheme, Case(*case.args, **case.settings, rng=rng))
    if drawn is ...:
        return None
    if isinstance(drawn, (list, tuple)) or np.asarray(drawn).dtype.kind not in "fiu":
        raise Unfit(f"returned {odd(drawn).rstrip('.')}")
    if rng.bit_generator.state == before:
        raise Unfit("does not draw from the `rng` that it is given")
    W = np.asarray(drawn, dtype=float)
    if W.shape != case.args[0]:
        what = f"an array of shape {W.shape}" if W.ndim else "a single number"
        raise Unfit(f"returned {what} where one of shape {case.args[0]} is expected")
    return Drawn(_is_repeated(W), *_moments(W))


@functools.lru_cache(maxsize=64)
def _seen_once(scheme: Callable, shape: tuple[int, int], settings: tuple, seed: tuple[int, ...]) -> Drawn | None:
    """Do as `_seen` for a right scheme, of which most wrong answers hold two."""
    case = Case(shape, **dict(settings))
    case.seed = seed
    return _seen(scheme, case)


def _is_repeated(W: np.ndarray) -> bool:
    return bool((W[:, 0] == W[:, 1]).all() or (W[0] == W[1]).all())


def _moments(W: np.ndarray) -> tuple[bool, str, float]:
    """Return whether it may be chance that the mean is not 0; uniform or normal; the variance.

    The second is told by the mean of z⁴, which is 1.8 for uniform numbers and 3 for normal ones.
    """
    mean = W.mean()
    squares = (W - mean) ** 2
    variance = float(squares.mean())
    if variance == 0:
        return bool(mean == 0), "equal numbers", 0.0
    fourth = float((squares**2).mean() / variance**2)
    form = "uniform" if 1.7 < fourth < 1.9 else "normal" if 2.4 < fourth < 4 else "neither uniform nor normal"
    return bool(abs(mean) < 0.1 * math.sqrt(variance)), f"{form} numbers", variance


def _normal(std: Callable) -> Callable:
    """A scheme of normal numbers with a standard deviation that is computed from both widths."""
    return lambda shape, *, rng: std(*shape) * rng.standard_normal(shape)


def _uniform(bound: Callable, lowest: float = -1.0) -> Callable:
    return lambda shape, *, rng: bound(*shape) * rng.uniform(lowest, 1, shape)


def _turned(scheme: Callable) -> Callable:
    return lambda shape, *, rng, **settings: scheme(shape, rng=rng, **settings).T


def _one_for_all(scheme: Callable) -> Callable:
    def repeated(shape, *, rng, **settings):
        return np.tile(scheme((shape[0], 1), rng=rng, **settings), (1, shape[1]))

    return repeated


def _one_number(scheme: Callable) -> Callable:
    return lambda shape, *, rng, **settings: scheme((1, 1), rng=rng, **settings)[0, 0]


def _one_unit(scheme: Callable) -> Callable:
    return lambda shape, *, rng, **settings: scheme((shape[0], 1), rng=rng, **settings)[:, 0]


def _from_elsewhere(scheme: Callable) -> Callable:
    return lambda shape, *, rng, **settings: scheme(shape, rng=np.random.default_rng(0), **settings)


def _rng_not_used(right: Callable, into: Callable, of: str = "") -> Mistake:
    return Mistake(
        f"rng_not_used{of}",
        into(_from_elsewhere(right)),
        "The numbers come from somewhere else, from `np.random` or from a generator made inside, or there is no "
        "chance in them. With `rng` a run can be repeated, and two layers never get the same weights.",
        look="Call it twice with one and the same rng: the second matrix must be another one.",
        mend="rng.normal(...), rng.uniform(...) or rng.standard_normal(...), with the rng passed in.",
    )


def _of_any_scheme(right: Callable, into: Callable) -> list[Mistake]:
    """The mistakes that can be made in every scheme; `into` makes an answer of a wrong one."""
    return [
        _rng_not_used(right, into),
        Mistake(
            "rows_and_columns_exchanged",
            into(_turned(right)),
            "The matrix lies on its side. The course computes x @ W, so W has one row for each input.",
            look="Print the shape of what you return for shape = (200, 40).",
            mend="Draw with the shape that is passed in.",
        ),
        Mistake(
            "one_column_for_all_units",
            into(_one_for_all(right)),
            "You drew the weights of one unit and gave them to all. Units that start equal stay equal.",
            look="Compare W[:, 0] with W[:, 1].",
            mend="Draw n_in * n_out numbers: pass the whole shape to the generator.",
        ),
        Mistake(
            "a_single_number",
            into(_one_number(right)),
            "You drew one number. The shape has to be passed to the generator, or it draws just one.",
            look="Print what you return.",
            mend="The shape is the last argument: rng.normal(0, std, shape), rng.uniform(-a, a, shape).",
        ),
        Mistake(
            "one_weight_for_each_input",
            into(_one_unit(right)),
            "You drew n_in numbers, the weights of a single unit. The layer has n_out units.",
            look="Print the shape of what you return.",
            mend="Draw with `shape`, not with n_in.",
        ),
    ]


# 03.1 -----------------------------------------------------------------------------------------------------


def _is(answer: Any) -> Callable:
    return lambda: answer


product_variance = Exercise(
    id="03.1",
    title="The variance of a product",
    kind="value",
    points=1,
    prompt=(
        "The weight w has mean 1.5 and standard deviation 0.7, the input x has mean -2 and standard deviation 0.5, and "
        "the two are independent. What is Var[w x]? Use formula (1)."
    ),
    stub="""\
# w: mean 1.5, standard deviation 0.7
# x: mean -2, standard deviation 0.5, independent of w
product_variance = ...
""",
    answer="product_variance",
    parts=("product_variance",),
    reference=4 * 0.49 + 2.25 * 0.25 + 0.49 * 0.25,
    explanation=(
        "Var[w] = 0.49 and Var[x] = 0.25. E[x]² Var[w] = 4 * 0.49 = 1.96, E[w]² Var[x] = 2.25 * 0.25 = 0.5625 and "
        "Var[w] Var[x] = 0.1225. Together 2.645."
    ),
    look="Write down the three terms of formula (1) one by one. None of them is negative.",
    hints=[
        "Formula (1) takes the means, 1.5 of w and -2 of x, and variances. You are given standard deviations.",
        "Var[w] = 0.7² = 0.49 and Var[x] = 0.5² = 0.25.",
        "The mean of one goes with the variance of the other. With E[x] = -2 that is E[x]² Var[w] = 4 * 0.49. Then "
        "E[w]² Var[x] with E[w] = 1.5, and Var[w] Var[x].",
    ],
    mistakes=[
        Mistake(
            "as_if_both_means_were_0",
            _is(0.1225),
            "Var[w] Var[x] is all that is left when both means are 0. Here neither is.",
            look="How much would w x vary if w were always 1.5?",
            mend="Add E[x]² Var[w] and E[w]² Var[x].",
        ),
        Mistake(
            "mean_of_the_square",
            _is(11.645),
            "That is E[(w x)²]. The squared mean E[w]² E[x]² = 9 is still to be subtracted.",
            look="If neither w nor x varied at all, the variance would have to be 0. What would your formula give?",
            mend="E[w²] E[x²] - E[w]² E[x]².",
        ),
        Mistake(
            "means_with_their_own_variances",
            _is(2.25 * 0.49 + 4 * 0.25 + 0.1225),
            "You put each mean with its own variance. E[x]² goes with Var[w]: a large x makes much of a small change "
            "of w.",
            look="How much would w x vary if x were always -2?",
            mend="E[x]² Var[w] + E[w]² Var[x] + Var[w] Var[x].",
        ),
        Mistake(
            "standard_deviations_for_variances",
            _is(4 * 0.7 + 2.25 * 0.5 + 0.35),
            "You put in the standard deviations. The variance is the square of it.",
            look="What is Var[w]?",
            mend="Var[w] = 0.49, Var[x] = 0.25.",
        ),
        Mistake(
            "standard_deviation_of_the_product",
            _is(math.sqrt(2.645)),
            "That is the standard deviation of w x. Asked for is its variance.",
            look="Which of the two is the root of the other?",
            mend="Leave out the root.",
        ),
        Mistake(
            "last_term_forgotten",
            _is(1.96 + 0.5625),
            "The two terms with a mean are right. Var[w] Var[x] is missing.",
            look="With both means 0, your formula would give 0.",
            mend="Add 0.49 * 0.25.",
        ),
        Mistake(
            "mean_of_the_weight_forgotten",
            _is(1.96 + 0.1225),
            "The term with the mean of w is missing: E[w]² Var[x].",
            look="How much would w x vary if w were always 1.5?",
            mend="Add 2.25 * 0.25.",
        ),
        Mistake(
            "mean_of_the_input_forgotten",
            _is(0.5625 + 0.1225),
            "The term with the mean of x is missing: E[x]² Var[w].",
            look="How much would w x vary if x were always -2?",
            mend="Add 4 * 0.49.",
        ),
        Mistake(
            "means_not_squared",
            _is(-2 * 0.49 + 1.5 * 0.25 + 0.1225),
            "The means were not squared, and a variance is never negative.",
            look="Would it matter for the variance if x had the mean 2?",
            mend="E[x]² = 4 and E[w]² = 2.25.",
        ),
        Mistake(
            "sizes_of_the_means_not_squared",
            _is(2 * 0.49 + 1.5 * 0.25 + 0.1225),
            "The means were not squared. If x is twice as large, w x varies twice as much, and its variance is four "
            "times as large.",
            look="What is E[x]²?",
            mend="E[x]² = 4 and E[w]² = 2.25.",
        ),
        Mistake(
            "variances_added",
            _is(0.49 + 0.25),
            "That is the variance of the sum w + x. This is a product.",
            look="Double both x and its mean: Var[w x] must become four times as large.",
            mend="Use formula (1).",
        ),
        Mistake(
            "last_term_subtracted",
            _is(1.96 + 0.5625 - 0.1225),
            "All three terms are added.",
            look="With both means 0, your variance would be negative.",
            mend="E[x]² Var[w] + E[w]² Var[x] + Var[w] Var[x].",
        ),
        Mistake(
            "mean_of_the_product",
            _is(-3.0),
            "That is the mean of w x. Asked for is its variance, which is never negative.",
            look="How far does w x scatter around its mean?",
            mend="Use formula (1).",
        ),
    ],
    learn="A mean that is not 0 makes a signal larger, too. After a ReLU that will matter.",
)


# 03.2 -----------------------------------------------------------------------------------------------------


def uniform_variance(a):
    return a**2 / 3


def legacy_variance(n_in):
    return 1 / (3 * n_in)


def _with_uniform(wrong: Callable) -> tuple:
    return wrong, legacy_variance


def _with_legacy(wrong: Callable) -> tuple:
    return uniform_variance, wrong


uniform = Exercise(
    id="03.2",
    title="Uniform weights",
    kind="function",
    points=2,
    prompt=(
        "A number is drawn evenly from -a to a. Return its variance. Then return the variance of a weight of the old "
        "heuristic, drawn evenly from -1/√n_in to 1/√n_in. Derive both on paper from ℓ²/12; nothing is drawn here."
    ),
    stub='''\
def uniform_variance(a):
    """Variance of a number drawn evenly from -a to a: an exact formula, nothing is drawn."""
    return ...


def legacy_variance(n_in):
    """Variance of a weight drawn evenly from -1/sqrt(n_in) to 1/sqrt(n_in): exact, too."""
    return ...
''',
    answer="(uniform_variance, legacy_variance)",
    reference=(uniform_variance, legacy_variance),
    cases=lambda rng: [Case(3), Case(12), Case(int(rng.integers(40, 300))), Case(1, note="edge: 1")],
    observe=each(uniform_variance=value("the variance"), legacy_variance=value("the variance")),
    look="Draw a million numbers with `np.random.default_rng(0).uniform(-3, 3, 1_000_000)` and print their `.var()`.",
    hints=[
        "How long is the interval from -a to a?",
        "Its length is 2 a, so the variance is (2 a)² / 12. Simplify.",
        "a²/3. Now a = 1/√n_in: what is a²?",
    ],
    mistakes=[
        Mistake(
            "half_the_length",
            _with_uniform(lambda a: a**2 / 12),
            "You took a for the length of the interval. From -a to a it is 2 a.",
            look="How long is the interval from -3 to 3?",
            mend="(2 a)² / 12.",
        ),
        Mistake(
            "two_not_squared",
            _with_uniform(lambda a: 2 * a**2 / 12),
            "In 2 * a**2 only a is squared. The length is 2 a, and all of it is squared.",
            look="How long is the interval from -3 to 3, and what is the square of that?",
            mend="(2 * a) ** 2 / 12.",
        ),
        Mistake(
            "not_squared",
            _with_uniform(lambda a: a / 3),
            "a is not squared. A variance is a square: twice the interval has four times the variance.",
            look="Double a: the variance must become four times as large.",
            mend="a**2 / 3.",
        ),
        Mistake(
            "length_not_squared",
            _with_uniform(lambda a: 2 * a / 12),
            "The length is right and not squared. Twice the interval has four times the variance.",
            look="Double a: the variance must become four times as large.",
            mend="(2 * a) ** 2 / 12.",
        ),
        Mistake(
            "square_of_the_bound",
            _with_uniform(lambda a: a**2),
            "a² is the largest square that can come up. The variance is the mean of all of them.",
            look="Is a typical number as far from 0 as the farthest?",
            mend="(2 a)² / 12.",
        ),
        Mistake(
            "square_of_the_length",
            _with_uniform(lambda a: (2 * a) ** 2),
            "That is ℓ². The variance is ℓ²/12.",
            look="No square of these numbers is larger than a². Can their mean be?",
            mend="(2 * a) ** 2 / 12.",
        ),
        Mistake(
            "third_of_the_square_of_the_length",
            _with_uniform(lambda a: (2 * a) ** 2 / 3),
            "The 3 goes with a², the 12 with ℓ². You took the length and divided by 3.",
            look="No square of these numbers is larger than a². Can their mean be?",
            mend="(2 * a) ** 2 / 12, which is a**2 / 3.",
        ),
        Mistake(
            "standard_deviation",
            _with_uniform(lambda a: a / math.sqrt(3)),
            "That is the standard deviation. Asked for is the variance, its square.",
            look="Double a: the variance must become four times as large.",
            mend="a**2 / 3.",
        ),
        Mistake(
            "ends_added",
            _with_uniform(lambda a: 0 * a),
            "You added the ends, -a + a = 0. The length is the upper end minus the lower one.",
            look="Do numbers between -3 and 3 not vary at all?",
            mend="(a - (-a)) ** 2 / 12.",
        ),
        Mistake(
            "density_forgotten",
            _with_uniform(lambda a: 2 * a**3 / 3),
            "That is the integral of u² from -a to a. The density 1/(2 a) is missing.",
            look="No square of these numbers is larger than a². Can their mean be?",
            mend="Divide by the length: 2 a³ / 3 / (2 a).",
        ),
        Mistake(
            "third_forgotten",
            _with_legacy(lambda n_in: 1 / n_in),
            "1/n_in is the square of the bound. The variance is a third of that.",
            look="Call your own uniform_variance with the bound 1/√n_in.",
            mend="1 / (3 * n_in).",
        ),
        Mistake(
            "bound_without_root",
            _with_legacy(lambda n_in: 1 / (3 * n_in**2)),
            "You took the bound for 1/n_in. It is 1/√n_in, and the square of that is 1/n_in.",
            look="What is (1/√n_in)²?",
            mend="1 / (3 * n_in).",
        ),
        Mistake(
            "bound_not_squared",
            _with_legacy(lambda n_in: 1 / (3 * math.sqrt(n_in))),
            "The bound is not squared: a²/3 with a = 1/√n_in.",
            look="What is (1/√n_in)²?",
            mend="1 / (3 * n_in).",
        ),
        Mistake(
            "heuristic_with_half_the_length",
            _with_legacy(lambda n_in: 1 / (12 * n_in)),
            "You took the bound for the length of the interval. The length is twice the bound.",
            look="Call your own uniform_variance with the bound 1/√n_in.",
            mend="(2/√n_in)² / 12.",
        ),
        Mistake(
            "standard_deviation_of_the_heuristic",
            _with_legacy(lambda n_in: 1 / math.sqrt(3 * n_in)),
            "That is the standard deviation of such a weight. Asked for is the variance, its square.",
            look="For n_in = 3 the bound is 0.577. Can the variance be larger than its square?",
            mend="1 / (3 * n_in).",
        ),
        Mistake(
            "bracket_missing",
            _with_legacy(lambda n_in: 1 / 3 * n_in),
            "Python reads 1 / 3 * n_in as (1 / 3) * n_in. Or was the bound turned upside down? It gets smaller with "
            "more inputs.",
            look="More inputs: must the variance rise or fall?",
            mend="1 / (3 * n_in).",
        ),
        Mistake(
            "times_the_inputs_already",
            _with_legacy(lambda n_in: 1 / 3 + 0 * n_in),
            "1/3 is n_in Var[w], what a whole layer does. Asked for is the variance of one weight.",
            look="More inputs: must the variance of a weight stay what it is?",
            mend="1 / (3 * n_in).",
        ),
    ],
    learn="a²/3, and for the old heuristic 1/(3 n_in). So n_in such weights together have a gain of 1/3.",
)


# 03.3 -----------------------------------------------------------------------------------------------------

which_n = Exercise(
    id="03.3",
    title="Which n?",
    kind="choice",
    points=1,
    prompt=(
        "A layer computes x @ W with W of shape (1000, 10). Var[y] = n Var[w] Var[x] for every entry of the output. "
        "How much is n here? Write the letter, in quotes."
    ),
    stub="choice = ...\n",
    answer="choice",
    options={
        "a": "10, the number of units.",
        "b": "505, the middle between inputs and units.",
        "c": "1000, the number of inputs.",
        "d": "1010, inputs and units together.",
        "e": "10 000, the number of weights.",
        "f": "It depends on how many examples x has.",
    },
    reference="c",
    replies={
        "a": "That is n_out, which deck 3 prints. Write out one entry of x @ W as a sum and count its terms.",
        "b": "The middle comes up in 2.1, as a compromise between the way forward and the way back. This is one way.",
        "d": "Write out one entry of x @ W as a sum and count its terms. Do all 1010 numbers stand in it?",
        "e": "All units together use that many. One entry of the output sees one column of W.",
        "f": "Each example is a row of its own and adds up its own products. More rows make no sum longer.",
    },
    explanation=(
        "y[j] = Σ_i x[i] W[i, j] has one term for each input, 1000 of them. Each contributes Var[w] Var[x], and the "
        "variances of independent terms add. How many units stand side by side does not matter for any one of them."
    ),
    hints=[
        "One entry of the output is y[j] = Σ_i x[i] W[i, j]. From where to where does i run?",
        "i runs over the rows of W. Variances of independent terms add up, one for each row.",
    ],
    learn="Count the terms of the sum: the fan-in, the rows of W.",
)


# 03.4 -----------------------------------------------------------------------------------------------------


def _with_scheme(i: int) -> Callable:
    """Return the function that makes an answer with one scheme wrong."""
    return lambda wrong: (*KNOWN[:i], wrong, *KNOWN[i + 1 :])


_xavier_uniform, _xavier_normal, _he_normal = map(_with_scheme, range(3))


def _xavier_variance(n_in: int, n_out: int) -> float:
    return 2 / (n_in + n_out)


def _he_variance(n_in: int, n_out: int) -> float:
    return 2 / n_in


def _shapes(rng: np.random.Generator) -> list[Case]:
    return [
        Case((200, WEIGHTS // 200)),
        Case((WEIGHTS // 200, 200)),
        Case((2, WEIGHTS // 2), note="edge: two inputs and very many units"),
    ]


schemes = Exercise(
    id="03.4",
    title="Xavier and He",
    kind="function",
    points=3,
    prompt=(
        "Write three schemes. Each gets shape = (n_in, n_out) and a NumPy generator rng, and returns a matrix W of "
        "that shape with mean 0. my_xavier_uniform: uniform numbers of variance 2/(n_in + n_out). my_xavier_normal: "
        "normal numbers of the same variance. my_he_normal: normal numbers of variance 2/n_in."
    ),
    stub='''\
def my_xavier_uniform(shape, *, rng):
    """Uniform numbers of variance 2 / (n_in + n_out)."""
    n_in, n_out = shape
    return ...


def my_xavier_normal(shape, *, rng):
    """Normal numbers of variance 2 / (n_in + n_out)."""
    n_in, n_out = shape
    return ...


def my_he_normal(shape, *, rng):
    """Normal numbers of variance 2 / n_in."""
    n_in, n_out = shape
    return ...
''',
    answer="(my_xavier_uniform, my_xavier_normal, my_he_normal)",
    reference=KNOWN,
    cases=_shapes,
    observe=each(
        my_xavier_uniform=Weights(xavier_uniform, _xavier_variance),
        my_xavier_normal=Weights(xavier_normal, _xavier_variance),
        my_he_normal=Weights(he_normal, _he_variance),
    ),
    tolerance=TOLERANCE,
    look=(
        "Draw a matrix of shape (200, 40) with `rng = np.random.default_rng(0)` and print its `.mean()` and `.var()`. "
        "2/240 is 0.0083, and 2/200 is 0.01."
    ),
    hints=[
        "`rng.normal(mean, standard deviation, shape)` and `rng.uniform(lowest, highest, shape)` draw a whole matrix.",
        "NumPy's normal wants the standard deviation, the root of the variance. Its uniform wants the bounds: which a "
        "has a²/3 = 2/(n_in + n_out)?",
        "a = np.sqrt(6 / (n_in + n_out)); the standard deviations are np.sqrt(2 / (n_in + n_out)) and "
        "np.sqrt(2 / n_in).",
    ],
    mistakes=[
        Mistake(
            "standard_deviation_for_the_bound",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(2 / (n_in + n_out)))),
            "√(2/(n_in + n_out)) is the standard deviation wanted, not the bound. Uniform numbers up to a have the "
            "variance a²/3.",
            look="Divide the variance of your W by the one asked for.",
            mend="a²/3 = 2/(n_in + n_out), so a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "half_the_bound",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(6 / (n_in + n_out)) / 2)),
            "You halved the bound. √(6/(n_in + n_out)) goes to both sides of 0, it is not the length of the interval.",
            look="Divide the variance of your W by the one asked for.",
            mend="rng.uniform(-a, a, shape) with a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "bound_without_root",
            _xavier_uniform(_uniform(lambda n_in, n_out: 6 / (n_in + n_out))),
            "The root is missing: a²/3 is the variance, not a/3.",
            look="Divide the variance of your W by the one asked for, for both shapes.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "variance_for_the_bound",
            _xavier_uniform(_uniform(lambda n_in, n_out: 2 / (n_in + n_out))),
            "You passed the variance where NumPy wants the bound a. The two are related by a²/3.",
            look="Divide the variance of your W by the one asked for, for both shapes.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "two_forgotten_in_the_bound",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(3 / (n_in + n_out)))),
            "That has the variance 1/(n_in + n_out). For a layer as wide as it is long it should be 1/n_in, so the 2 "
            "is needed.",
            look="Divide the variance of your W by the one asked for.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "twelve_for_six",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(12 / (n_in + n_out)))),
            "You put both: the 12 of ℓ²/12 and a bound on either side. The length is 2 a, so 4 of the 12 are used up.",
            look="Divide the variance of your W by the one asked for.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "old_heuristic",
            _xavier_uniform(_uniform(lambda n_in, n_out: 1 / math.sqrt(n_in))),
            "That is the old heuristic, with a variance of 1/(3 n_in).",
            look="Turn the shape round: n_in and n_out count alike in Xavier's variance.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "inputs_only_in_the_bound",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(6 / n_in))),
            "That has the variance 2/n_in, which is He's. Xavier counts inputs and units.",
            look="Turn the shape round: n_in and n_out count alike in Xavier's variance.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "gain_1_forward_only",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(3 / n_in))),
            "That has the variance 1/n_in, which keeps the way forward alone. Xavier is the middle between both ways.",
            look="Turn the shape round: n_in and n_out count alike in Xavier's variance.",
            mend="a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "positive_weights_only",
            _xavier_uniform(_uniform(lambda n_in, n_out: math.sqrt(6 / (n_in + n_out)), lowest=0.0)),
            "All your weights are positive. They should be on both sides of 0.",
            look="Print W.min() and W.mean().",
            mend="rng.uniform(-a, a, shape).",
        ),
        Mistake(
            "normal_where_uniform_was_asked_for",
            _xavier_uniform(xavier_normal),
            "The variance is right, and the numbers are normal. This one should be uniform.",
            look="Print W.max() over W.std(): for uniform numbers it is √3.",
            mend="rng.uniform(-a, a, shape) with a = np.sqrt(6 / (n_in + n_out)).",
        ),
        Mistake(
            "variance_for_the_standard_deviation",
            _xavier_normal(_normal(lambda n_in, n_out: 2 / (n_in + n_out))),
            "You passed the variance. NumPy's second argument is the standard deviation, its root.",
            look="Divide the variance of your W by the one asked for, for both shapes.",
            mend="np.sqrt(2 / (n_in + n_out)).",
        ),
        Mistake(
            "root_of_the_2_only",
            _xavier_normal(_normal(lambda n_in, n_out: math.sqrt(2) / (n_in + n_out))),
            "The root reaches only the 2. It is taken of the whole fraction.",
            look="Divide the variance of your W by the one asked for, for both shapes.",
            mend="np.sqrt(2 / (n_in + n_out)), all of it inside the brackets.",
        ),
        Mistake(
            "two_forgotten",
            _xavier_normal(_normal(lambda n_in, n_out: math.sqrt(1 / (n_in + n_out)))),
            "That has the variance 1/(n_in + n_out). For a layer as wide as it is long it should be 1/n_in, so the 2 "
            "is needed.",
            look="Divide the variance of your W by the one asked for.",
            mend="np.sqrt(2 / (n_in + n_out)).",
        ),
        Mistake(
            "bound_for_the_standard_deviation",
            _xavier_normal(_normal(lambda n_in, n_out: math.sqrt(6 / (n_in + n_out)))),
            "√(6/(n_in + n_out)) is the bound of the uniform scheme. For normal numbers you pass the standard "
            "deviation, and there is no 3.",
            look="Divide the variance of your W by the one asked for.",
            mend="np.sqrt(2 / (n_in + n_out)).",
        ),
        Mistake(
            "he_for_xavier",
            _xavier_normal(he_normal),
            "That is He's variance, 2/n_in. Xavier counts inputs and units.",
            look="Turn the shape round: n_in and n_out count alike in Xavier's variance.",
            mend="np.sqrt(2 / (n_in + n_out)).",
        ),
        Mistake(
            "inputs_only",
            _xavier_normal(_normal(lambda n_in, n_out: math.sqrt(1 / n_in))),
            "That has the variance 1/n_in, which keeps the way forward alone. Xavier is the middle between both ways.",
            look="Turn the shape round: n_in and n_out count alike in Xavier's variance.",
            mend="np.sqrt(2 / (n_in + n_out)).",
        ),
        Mistake(
            "uniform_where_normal_was_asked_for",
            _xavier_normal(xavier_uniform),
            "The variance is right, and the numbers are uniform. This one should be normal.",
            look="Print W.max() over W.std(): for so many normal numbers it is about 4.",
            mend="rng.normal(0, np.sqrt(2 / (n_in + n_out)), shape).",
        ),
        Mistake(
            "variance_for_the_standard_deviation_in_he",
            _he_normal(_normal(lambda n_in, n_out: 2 / n_in)),
            "You passed the variance. NumPy's second argument is the standard deviation, its root.",
            look="Divide the variance of your W by the one asked for, for both shapes.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "root_of_the_2_only_in_he",
            _he_normal(_normal(lambda n_in, n_out: math.sqrt(2) / n_in)),
            "The root reaches only the 2. It is taken of the whole fraction.",
            look="Divide the variance of your W by the one asked for, for both shapes.",
            mend="np.sqrt(2 / n_in), all of it inside the brackets.",
        ),
        Mistake(
            "outputs_for_inputs",
            _he_normal(_normal(lambda n_in, n_out: math.sqrt(2 / n_out))),
            "You divided by the number of units. The sum of a unit has n_in terms.",
            look="Try shape = (200, 40): the variance should be 2/200.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "half_forgotten_in_he",
            _he_normal(_normal(lambda n_in, n_out: math.sqrt(1 / n_in))),
            "That has the variance 1/n_in, right for layers without an activation. A ReLU halves the mean square, so "
            "He doubles.",
            look="Divide the variance of your W by the one asked for.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "xavier_for_he",
            _he_normal(xavier_normal),
            "That is Xavier's variance. He's has no n_out in it.",
            look="Double n_out: the variance must stay what it is.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "bound_for_the_standard_deviation_in_he",
            _he_normal(_normal(lambda n_in, n_out: math.sqrt(6 / n_in))),
            "√(6/n_in) would be the bound of uniform numbers. For normal ones you pass the standard deviation.",
            look="Divide the variance of your W by the one asked for.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "uniform_within_the_standard_deviation",
            _he_normal(_uniform(lambda n_in, n_out: math.sqrt(2 / n_in))),
            "These are uniform numbers up to √(2/n_in), which is a standard deviation and not a bound. This one should "
            "be normal.",
            look="Divide the variance of your W by the one asked for.",
            mend="rng.normal(0, np.sqrt(2 / n_in), shape).",
        ),
        Mistake(
            "uniform_he",
            _he_normal(_uniform(lambda n_in, n_out: math.sqrt(6 / n_in))),
            "The variance is right, and the numbers are uniform. This one should be normal.",
            look="Print W.max() over W.std(): for so many normal numbers it is about 4.",
            mend="rng.normal(0, np.sqrt(2 / n_in), shape).",
        ),
        *_of_any_scheme(xavier_uniform, _xavier_uniform),
        _rng_not_used(xavier_normal, _xavier_normal, of="_in_xavier_normal"),
        _rng_not_used(he_normal, _he_normal, of="_in_he_normal"),
    ],
    learn="A variance, a standard deviation and a bound are three different numbers. Say which one you mean.",
)


# 03.5 -----------------------------------------------------------------------------------------------------

_SQUARE = "How much is E[x²]?"
_VARIANCE = "How much is Var[x]?"
_NEXT = "What about x does Var[y] of the next layer depend on?"
_NEVER = "If y were never negative, how much would E[x²] be?"
_HE = "He: what is the variance of the weights of a layer from n_in to n_out?"
_XAVIER = "Xavier weights, square ReLU layers: what happens to the mean square?"

the_half = Exercise(
    id="03.5",
    title="Where the half comes from",
    kind="choice",
    points=2,
    prompt=(
        "Let y be normal with mean 0 and variance v, and x = relu(y). Answer each question with a letter, in quotes."
    ),
    stub="""\
half_answers = {
    "How much is E[x²]?": ...,
    "How much is Var[x]?": ...,
    "What about x does Var[y] of the next layer depend on?": ...,
    "If y were never negative, how much would E[x²] be?": ...,
    "He: what is the variance of the weights of a layer from n_in to n_out?": ...,
    "Xavier weights, square ReLU layers: what happens to the mean square?": ...,
}
""",
    answer="half_answers",
    options={
        _SQUARE: {"a": "v", "b": "v / 4", "c": "0.341 v", "d": "v / 2"},
        _VARIANCE: {"a": "v / 2", "b": "0.341 v, less than E[x²]", "c": "v", "d": "more than E[x²]"},
        _NEXT: {
            "a": "E[x²], since the weights have mean 0 and x has not",
            "b": "Var[x], since only what varies carries a signal",
            "c": "E[x]², the squared mean",
            "d": "either: E[x²] and Var[x] are the same",
        },
        _NEVER: {
            "a": "E[x²] is still half of E[y²]: that is what a ReLU does",
            "b": "E[x²] is E[y²]: nothing is cut off",
            "c": "E[x²] is 0",
        },
        _HE: {"a": "1 / n_in", "b": "2 / n_out", "c": "2 / n_in", "d": "1 / (2 n_in)", "e": "2 / (n_in + n_out)"},
        _XAVIER: {
            "a": "the mean square stays what it is",
            "b": "the mean square doubles with every layer",
            "c": "the mean square falls to 0.341 of itself with every layer",
            "d": "the mean square halves with every layer",
        },
    },
    reference={
        _SQUARE: "d",
        _VARIANCE: "b",
        _NEXT: "a",
        _NEVER: "b",
        _HE: "c",
        _XAVIER: "d",
    },
    replies={
        (_SQUARE, "a"): "v is E[y²]. For every negative y the square is now 0.",
        (_SQUARE, "b"): "Half of the numbers lose their square, the other half keeps all of it.",
        (_SQUARE, "c"): "That is about another quantity, from which the squared mean is taken off. Which squares are "
        "kept?",
        (_VARIANCE, "a"): "That would be right if the mean of x were 0. Var[x] = E[x²] - E[x]².",
        (_VARIANCE, "c"): "The ReLU cuts half of the numbers off. What is left scatters less.",
        (_VARIANCE, "d"): "Var[x] = E[x²] - E[x]², and a square is never negative.",
        (_NEXT, "b"): "Look at formula (1) with E[w] = 0: two of the three terms are left. What do they give together?",
        (_NEXT, "c"): "That is one part of it. Formula (1) with E[w] = 0 has two terms left.",
        (_NEXT, "d"): "They are the same when the mean is 0. The mean of x = relu(y) is not.",
        (_NEVER, "a"): "The half is the share of squares that are cut off. Which are cut off here?",
        (_NEVER, "c"): "A ReLU leaves positive numbers as they are.",
        (_HE, "a"): "With that the mean square halves in each ReLU layer. Solve ½ n_in Var[w] = 1.",
        (_HE, "b"): "The sum of a unit has n_in terms. How many units stand beside it does not matter.",
        (_HE, "d"): "The ReLU takes half away, so the weights have to be larger, not smaller.",
        (_HE, "e"): "That is Xavier's compromise. He's looks at the way forward and at the ReLU.",
        (_XAVIER, "a"): "So it is without an activation. Formula (5) has another factor.",
        (_XAVIER, "b"): "The ReLU takes something away: formula (5) with n_in Var[w] = 1.",
        (_XAVIER, "c"): "That would be the variance of x over that of y. A layer's gain is about mean squares.",
    },
    explanation=(
        "y is symmetric around 0, so half of the squares are kept and half become 0: E[x²] = v/2. The mean of x is "
        "√(v/(2π)), so Var[x] = v/2 - v/(2π) = 0.341 v. With E[w] = 0 formula (1) leaves Var[w] (Var[x] + E[x]²) = "
        "Var[w] E[x²]. The half is about symmetry: nothing is lost when y is never negative. Gain 1 asks for "
        "½ n_in Var[w] = 1, which is He's 2/n_in. Xavier's 1/n_in (in a square layer) has gain ½."
    ),
    hints=[
        "Draw a bell around 0 and cut off its left half. How many squares are kept, and is the mean still 0?",
        "Var[x] = E[x²] - E[x]². After a ReLU E[x] is positive.",
        "Formula (5): g = ½ n_in Var[w]. For He solve g = 1; for Xavier in a square layer put in Var[w] = 1/n_in.",
    ],
    learn="The half belongs to the mean square and to symmetry, not to the variance and not to every ReLU.",
)


# 03.6 -----------------------------------------------------------------------------------------------------

_HE_OR_XAVIER = "What are He and Xavier weights, compared with random ones?"

symmetry_quiz = Exercise(
    id="03.6",
    title="Who can become different?",
    kind="choice",
    points=1,
    prompt=(
        "A net with one hidden layer of 20 units is trained by gradient descent on a task that needs several of them. "
        "W1 and b1 lead into the hidden layer, W2 and b2 out of it. Biases start at 0 unless it is said otherwise. "
        "What happens? Answer with letters, in quotes."
    ),
    stub="""\
symmetry = {
    "all weights 0, tanh": ...,
    "all weights 0, sigmoid": ...,
    "all weights 0.5": ...,
    "random weights": ...,
    "all weights 0.5, random b1": ...,
    "two units with equal columns of W1, random W2": ...,
    "What are He and Xavier weights, compared with random ones?": ...,
}
""",
    answer="symmetry",
    options={
        "all weights 0, tanh": {
            "a": "it learns, only more slowly",
            "b": "W1 moves, and its columns stay equal",
            "c": "nothing moves but b2",
            "d": "the gradients are NaN",
        },
        "all weights 0, sigmoid": {
            "a": "nothing moves but b2",
            "b": "W2 moves first and then W1, and all units stay equal",
            "c": "the units become different, since a sigmoid of 0 is 0.5",
        },
        "all weights 0.5": {
            "a": "it learns as from random weights, since 0.5 is not 0",
            "b": "nothing moves",
            "c": "the weights move, and the 20 units stay one unit",
            "d": "the units become different after the first step",
        },
        "random weights": {
            "a": "the units become different",
            "b": "the units stay equal, since their biases are equal",
            "c": "only W2 moves, since b1 is 0",
        },
        "all weights 0.5, random b1": {
            "a": "the units stay equal, since their weights are",
            "b": "the units become different, since their outputs are",
            "c": "only b1 moves",
        },
        "two units with equal columns of W1, random W2": {
            "a": "they stay equal, since their outputs are equal",
            "b": "only one of the two gets a gradient",
            "c": "they part, since different gradients come back to them",
        },
        _HE_OR_XAVIER: {
            "a": "they take the place of random weights",
            "b": "they are random weights of a size that fits the layer",
            "c": "they make the units different on purpose, one by one",
        },
    },
    reference={
        "all weights 0, tanh": "c",
        "all weights 0, sigmoid": "b",
        "all weights 0.5": "c",
        "random weights": "a",
        "all weights 0.5, random b1": "b",
        "two units with equal columns of W1, random W2": "c",
        _HE_OR_XAVIER: "b",
    },
    replies={
        ("all weights 0, tanh", "a"): "Not slowly: not at all. What is the gradient of W1 when W2 is 0?",
        ("all weights 0, tanh", "b"): "The gradient comes back to the hidden layer through W2. How large is W2?",
        ("all weights 0, tanh", "d"): "Nothing is divided by 0. The gradients are ordinary numbers, most of them 0.",
        ("all weights 0, sigmoid", "a"): "So it is with tanh, whose output at 0 is 0. What is that of a sigmoid, and "
        "what is then the gradient of W2?",
        ("all weights 0, sigmoid", "c"): "0.5 is enough to make W2 move. All units give the same 0.5, though.",
        (
            "all weights 0.5",
            "a",
        ): "It matters less how large the number is than that all have the same one. Compare "
        "two units: outputs, gradients, steps.",
        ("all weights 0.5", "b"): "Outputs and weights are not 0, so gradients arrive. Are those of two units equal?",
        ("all weights 0.5", "d"): "Compare two units: equal outputs, equal gradients. What are their weights after the "
        "step?",
        ("random weights", "b"): "Their weights are different already, and so are their outputs and gradients.",
        ("random weights", "c"): "A bias of 0 stops nothing. The gradient of W1 comes back through W2.",
        ("all weights 0.5, random b1", "a"): "Two units with different biases give different outputs. Then W2 gets "
        "different gradients.",
        ("all weights 0.5, random b1", "c"): "No weight and no output is 0, so every parameter gets a gradient.",
        ("two units with equal columns of W1, random W2", "a"): "Outputs are equal at the start. What comes back to a "
        "unit is multiplied by its own row of W2.",
        ("two units with equal columns of W1, random W2", "b"): "Both have a way to the output, so both get one.",
        (_HE_OR_XAVIER, "a"): "Look at what they return: every one of them draws from rng.",
        (_HE_OR_XAVIER, "c"): "Chance does that. What they choose is one number, the variance.",
    },
    explanation=(
        "Units are kept equal by equal weights in, equal biases and equal weights out, all three. A difference in any "
        "of them parts the units: random W1, random b1 or random W2. With all weights 0 and tanh no gradient arrives "
        "but at b2: W2 = 0 stops that of W1 and b1, and hidden outputs of 0 stop that of W2. A sigmoid gives 0.5 "
        "there, so W2 moves, then W1, and all units alike."
    ),
    hints=[
        "Take two hidden units and compare, in this order: outputs, gradients of their weights out, gradients that "
        "come back, gradients of their weights in.",
        "The gradient of W2 is multiplied by the hidden outputs, and that of W1 by W2. If one of those is 0, so is the "
        "gradient.",
    ],
    learn="Units that agree in everything can never part. One difference is enough, and chance gives it.",
)


# 03.7 -----------------------------------------------------------------------------------------------------

_legacy, _normal10, _funnel = (1 / 3) ** 10, 2.56**10, 2.5 * 1.25 * 0.5


def _legacy_as(x: float) -> Callable:
    return _is((x, _normal10, _funnel))


def _normal_as(x: float) -> Callable:
    return _is((_legacy, x, _funnel))


def _funnel_as(x: float) -> Callable:
    return _is((_legacy, _normal10, x))


forecast = Exercise(
    id="03.7",
    title="A forecast",
    kind="value",
    points=2,
    prompt=(
        "Three networks of linear layers without biases; the input has mean 0 and variance 1. Compute the variance of "
        "what comes out, and run nothing. legacy: ten layers of 256 units on 256 inputs, weights uniform between "
        "-1/√n_in and 1/√n_in. ten_normal: the same with normal weights of standard deviation 0.1. funnel: three "
        "layers, from 1000 inputs to 500, to 200, to 40 units, normal weights of standard deviation 0.05. An error of "
        "2 percent does not matter."
    ),
    stub="""\
# Variance of what comes out. Linear layers without biases, input of mean 0 and variance 1. 2 percent off is fine.
legacy = ...  # ten layers, 256 wide, uniform up to 1/sqrt(n_in)
ten_normal = ...  # ten layers, 256 wide, standard deviation 0.1
funnel = ...  # 1000 -> 500 -> 200 -> 40, standard deviation 0.05
""",
    answer="(legacy, ten_normal, funnel)",
    parts=("legacy", "ten_normal", "funnel"),
    reference=(_legacy, _normal10, _funnel),
    tolerance=0.02,
    near=0.05,
    explanation=(
        "The gain of a layer is n_in Var[w]. legacy: 256 / (3 * 256) = 1/3, and (1/3)^10 = 0.0000169. ten_normal: "
        "256 * 0.01 = 2.56, and 2.56^10 = 12 089. funnel: Var[w] = 0.0025, so the gains are 2.5, 1.25 and 0.5, and "
        "their product is 1.5625."
    ),
    look="Write down the gain n_in Var[w] of every layer first. Then multiply them all.",
    hints=[
        "Each layer multiplies the variance by its gain n_in Var[w]. How many layers are there, and how many factors?",
        "The variance of a weight: 1/(3 n_in) in the first network, in the others the square of the standard "
        "deviation.",
        "Gains: 1/3, ten times; 2.56, ten times; and in the funnel 1000 * 0.0025, 500 * 0.0025 and 200 * 0.0025.",
    ],
    mistakes=[
        Mistake(
            "nine_layers_of_legacy",
            _legacy_as((1 / 3) ** 9),
            "That is the variance after nine layers. The first layer counts, too.",
            look="After one layer the variance is 1/3. After two?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "eleven_layers_of_legacy",
            _legacy_as((1 / 3) ** 11),
            "That is one layer too many. The input itself is no layer.",
            look="After one layer the variance is 1/3. After two?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "one_layer_of_legacy",
            _legacy_as(1 / 3),
            "That is the variance after one layer. There are ten.",
            look="What does the second layer make of it?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "size_of_the_signal_in_legacy",
            _legacy_as((1 / 3) ** 5),
            "That is the standard deviation of what comes out. Asked for is its variance.",
            look="By how much does one layer change the variance?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "half_for_a_linear_layer_in_legacy",
            _legacy_as((1 / 6) ** 10),
            "You put in another factor of a half for each layer. That half is a ReLU's; these layers are linear.",
            look="By how much does one layer change the variance?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "third_forgotten",
            _legacy_as(1.0),
            "You counted each weight with the variance 1/n_in, the square of the bound. It is a third of that.",
            look="What does 03.2 say of such weights?",
            mend="The gain is 1/3.",
        ),
        Mistake(
            "twelfth_for_a_third",
            _legacy_as((1 / 12) ** 10),
            "You counted each weight with the variance 1/(12 n_in). The interval is twice as long as its bound.",
            look="What does 03.2 say of such weights?",
            mend="The gain is 1/3.",
        ),
        Mistake(
            "inputs_forgotten_in_legacy",
            _legacy_as((1 / 768) ** 10),
            "So small a number comes from multiplying the variances of single weights. Each sum has 256 terms.",
            look="After one layer the variance is n_in Var[w]. How much is that?",
            mend="The gain is 256 / (3 * 256).",
        ),
        Mistake(
            "gain_turned_round",
            _legacy_as(3.0**10),
            "The gain is 1/3, not 3: this signal dies.",
            look="After one layer, is the signal larger or smaller?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "gains_added_in_legacy",
            _legacy_as(10 / 3),
            "You added ten gains. Each layer multiplies what the one before left.",
            look="What does the second layer make of a variance of 1/3?",
            mend="(1/3)**10.",
        ),
        Mistake(
            "nine_layers_of_normal",
            _normal_as(2.56**9),
            "That is the variance after nine layers. The first layer counts, too.",
            look="After one layer the variance is 2.56. After two?",
            mend="2.56**10.",
        ),
        Mistake(
            "eleven_layers_of_normal",
            _normal_as(2.56**11),
            "That is one layer too many. The input itself is no layer.",
            look="After one layer the variance is 2.56. After two?",
            mend="2.56**10.",
        ),
        Mistake(
            "one_layer_of_normal",
            _normal_as(2.56),
            "That is the variance after one layer. There are ten.",
            look="What does the second layer make of it?",
            mend="2.56**10.",
        ),
        Mistake(
            "size_of_the_signal_in_normal",
            _normal_as(1.6**10),
            "That is the standard deviation of what comes out. Asked for is its variance.",
            look="By how much does one layer change the variance?",
            mend="2.56**10.",
        ),
        Mistake(
            "half_for_a_linear_layer_in_normal",
            _normal_as(1.28**10),
            "You put in another factor of a half for each layer. That half is a ReLU's; these layers are linear.",
            look="By how much does one layer change the variance?",
            mend="2.56**10.",
        ),
        Mistake(
            "standard_deviation_for_the_variance_in_normal",
            _normal_as(25.6**10),
            "You took 0.1 for the variance of a weight. It is the standard deviation; square it.",
            look="What is Var[w]?",
            mend="The gain is 256 * 0.1**2.",
        ),
        Mistake(
            "inputs_forgotten_in_normal",
            _normal_as(0.01**10),
            "You multiplied the variance of a weight, without the 256 terms that each sum has.",
            look="After one layer the variance is n_in Var[w]. How much is that?",
            mend="The gain is 256 * 0.1**2.",
        ),
        Mistake(
            "third_of_the_uniform_ones",
            _normal_as((2.56 / 3) ** 10),
            "The third belongs to uniform weights and their bound. Here the standard deviation is given.",
            look="What is the variance of a number whose standard deviation is 0.1?",
            mend="The gain is 256 * 0.1**2.",
        ),
        Mistake(
            "gains_added_in_normal",
            _normal_as(25.6),
            "You added ten gains. Each layer multiplies what the one before left.",
            look="What does the second layer make of a variance of 2.56?",
            mend="2.56**10.",
        ),
        Mistake(
            "units_for_inputs_in_the_funnel",
            _funnel_as(1.25 * 0.5 * 0.1),
            "You counted 500, 200 and 40, the units. Each sum runs over the inputs of its layer.",
            look="How many terms has a sum in the first layer?",
            mend="1000, 500 and 200, each times 0.0025.",
        ),
        Mistake(
            "first_layer_of_the_funnel_left_out",
            _funnel_as(1.25 * 0.5),
            "The first layer is missing: its sums have 1000 terms.",
            look="How many layers are there between four widths?",
            mend="2.5 * 1.25 * 0.5.",
        ),
        Mistake(
            "last_layer_of_the_funnel_left_out",
            _funnel_as(2.5 * 1.25),
            "The last layer is missing: its sums have 200 terms.",
            look="How many layers are there between four widths?",
            mend="2.5 * 1.25 * 0.5.",
        ),
        Mistake(
            "four_layers_in_the_funnel",
            _funnel_as(2.5 * 1.25 * 0.5 * 0.1),
            "Four widths make three layers. The last width, 40, is nobody's number of inputs.",
            look="How many layers are there between four widths?",
            mend="2.5 * 1.25 * 0.5.",
        ),
        Mistake(
            "standard_deviation_for_the_variance_in_the_funnel",
            _funnel_as(50 * 25 * 10.0),
            "You took 0.05 for the variance of a weight. It is the standard deviation; square it.",
            look="What is Var[w]?",
            mend="Var[w] = 0.0025.",
        ),
        Mistake(
            "first_gain_for_all_layers_of_the_funnel",
            _funnel_as(2.5**3),
            "You gave all three layers the gain of the first. The funnel gets narrower.",
            look="How many terms has a sum in the second layer?",
            mend="2.5 * 1.25 * 0.5.",
        ),
        Mistake(
            "size_of_the_signal_in_the_funnel",
            _funnel_as(1.25),
            "That is the standard deviation of what comes out. Or the gain of the middle layer alone? Asked for is the "
            "variance after all three.",
            look="Multiply the three gains.",
            mend="2.5 * 1.25 * 0.5.",
        ),
        Mistake(
            "half_for_a_linear_layer_in_the_funnel",
            _funnel_as(1.5625 / 8),
            "You put in another factor of a half for each layer. That half is a ReLU's; these layers are linear.",
            look="By how much does one layer change the variance?",
            mend="2.5 * 1.25 * 0.5.",
        ),
        Mistake(
            "gains_added_in_the_funnel",
            _funnel_as(2.5 + 1.25 + 0.5),
            "You added the three gains. Each layer multiplies what the one before left.",
            look="What does the second layer make of a variance of 2.5?",
            mend="2.5 * 1.25 * 0.5.",
        ),
    ],
    learn="One product, and you know layer 10 before anything runs.",
)


# 03.8 -----------------------------------------------------------------------------------------------------


def _as_it_is(scheme: Callable) -> Callable:
    return scheme


broken_run = Exercise(
    id="03.8",
    title="The broken run",
    kind="function",
    points=3,
    prompt=(
        "The run has six hidden ReLU layers of 64 units, and its loss stays at log 10 = 2.303, that of guessing. Data, "
        "learning rate and network are in order. One planted bug is in this scheme, which wants to be He's: mean 0 and "
        "variance 2/n_in. Find it and mend it."
    ),
    stub='''\
def mended_scheme(shape, *, rng, dtype=np.float32):
    """Weights of mean 0 and variance 2 / n_in. The bug is here: data, learning rate and network are in order."""
    n_in, n_out = shape
    W = rng.normal(0, 2 / n_in, shape)
    return W.astype(dtype)
''',
    answer="mended_scheme",
    reference=he_normal,
    cases=_shapes,
    observe=Weights(he_normal, _he_variance, any_form=True),
    tolerance=TOLERANCE,
    look="Draw a matrix of shape (200, 40) and print 200 * W.var(): it should be about 2.",
    hints=[
        "The loss is that of guessing, so the logits are all about 0. What does that say about the size of the signal?",
        "Measure instead of reading: print n_in * W.var(). It should be 2. For which n_in would this scheme be right?",
        "Look up the arguments of `rng.normal`. Which of variance and standard deviation is the second?",
    ],
    mistakes=[
        Mistake(
            "variance_for_the_standard_deviation",
            _normal(lambda n_in, n_out: 2 / n_in),
            "2/n_in is the variance wanted. NumPy's second argument is the standard deviation.",
            look="Print n_in * W.var() for n_in = 200 and for n_in = 40. Should it depend on n_in?",
            mend="rng.normal(0, np.sqrt(2 / n_in), shape).",
        ),
        Mistake(
            "root_of_the_2_only",
            _normal(lambda n_in, n_out: math.sqrt(2) / n_in),
            "The root reaches only the 2. It is taken of the whole fraction.",
            look="Print n_in * W.var() for n_in = 200 and for n_in = 40. Should it depend on n_in?",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "root_of_n_in_only",
            _normal(lambda n_in, n_out: 2 / math.sqrt(n_in)),
            "The root reaches only n_in. The gain is now ½ * 4 = 2: after six layers the signal is 64 times too strong "
            "in mean square.",
            look="Print n_in * W.var().",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "squared",
            _normal(lambda n_in, n_out: (2 / n_in) ** 2),
            "From variance to standard deviation leads a root. You squared, and the weights are smaller still.",
            look="Print n_in * W.var().",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "doubled_again",
            _normal(lambda n_in, n_out: 4 / n_in),
            "Larger was the right direction, and no factor mends it: how much is missing depends on n_in.",
            look="Print n_in * W.var() for n_in = 200 and for n_in = 40. Should it depend on n_in?",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "unscaled",
            _normal(lambda n_in, n_out: 1.0),
            "Weights of variance 1 move the loss, upwards: each layer multiplies the mean square by n_in / 2.",
            look="Print n_in * W.var().",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "n_in_forgotten",
            _normal(lambda n_in, n_out: math.sqrt(2)),
            "n_in is gone. A sum of more terms needs smaller weights.",
            look="Print n_in * W.var() for n_in = 200 and for n_in = 40. Should it depend on n_in?",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "root_upside_down",
            _normal(lambda n_in, n_out: math.sqrt(n_in / 2)),
            "The fraction stands on its head. A sum of more terms needs smaller weights.",
            look="Print n_in * W.var().",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "half_forgotten",
            _normal(lambda n_in, n_out: math.sqrt(1 / n_in)),
            "The root is there now, and the 2 is gone. With ReLU each layer then halves the mean square.",
            look="Print n_in * W.var(): it should be 2.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "outputs_for_inputs",
            _normal(lambda n_in, n_out: math.sqrt(2 / n_out)),
            "The root was the bug, and n_in was right: a sum has n_in terms.",
            look="Try a matrix that is not square: n_in * W.var() should be 2.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "xavier",
            xavier_normal,
            "That is Xavier's variance. In a square ReLU layer it halves the mean square.",
            look="Print n_in * W.var(): it should be 2.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "uniform_within_the_standard_deviation",
            _uniform(lambda n_in, n_out: math.sqrt(2 / n_in)),
            "Uniform numbers up to √(2/n_in) have a third of the variance. For them the bound is √(6/n_in).",
            look="Print n_in * W.var(): it should be 2.",
            mend="rng.normal(0, np.sqrt(2 / n_in), shape).",
        ),
        Mistake(
            "bound_for_the_standard_deviation",
            _normal(lambda n_in, n_out: math.sqrt(6 / n_in)),
            "√(6/n_in) is the bound of uniform numbers. For normal ones you pass the standard deviation.",
            look="Print n_in * W.var(): it should be 2.",
            mend="np.sqrt(2 / n_in).",
        ),
        Mistake(
            "standard_deviation_for_the_mean",
            lambda shape, *, rng: math.sqrt(2 / shape[0]) + 2 / shape[0] * rng.standard_normal(shape),
            "The first argument of rng.normal is the mean. It must stay 0; the standard deviation is the second.",
            look="Print W.mean().",
            mend="rng.normal(0, np.sqrt(2 / n_in), shape).",
        ),
        *_of_any_scheme(he_normal, _as_it_is),
    ],
    learn="Nothing was reported, nothing was NaN. `n_in * W.var()` is one line, and it finds this bug.",
)


# 03.9 -----------------------------------------------------------------------------------------------------


def leaky_normal(shape, *, slope, rng):
    # Half of the y keep their square, the other half slope² of it: E[x²] = ½ (1 + slope²) Var[y].
    # Var[y] = n_in Var[w] E[x²] of the layer before, so the gain is ½ (1 + slope²) n_in Var[w]. Set it to 1.
    n_in = shape[0]
    return rng.standard_normal(shape) * np.sqrt(2 / ((1 + slope**2) * n_in))


def _leaky_variance(n_in: int, n_out: int, slope: float) -> float:
    return 2 / ((1 + slope**2) * n_in)


def _leaky(std: Callable) -> Callable:
    """A scheme of normal numbers with a standard deviation computed from the slope and both widths."""
    return lambda shape, *, slope, rng: std(slope, *shape) * rng.standard_normal(shape)


def _variance_in_place_of_the_mean_square(slope: float, n_in: int, n_out: int) -> float:
    return math.sqrt(1 / (((1 + slope**2) / 2 - (1 - slope) ** 2 / (2 * math.pi)) * n_in))


def _leaky_cases(rng: np.random.Generator) -> list[Case]:
    def case(n_in: int, slope: float, note: str = "") -> Case:
        return Case((n_in, WEIGHTS // n_in), slope=slope, note=note)

    # From slope 0 to 1 a straight line, 2 - slope, is at most 7 percent from 2/(1 + slope²). Below 0 it is far off.
    return [
        case(200, 0.5),
        case(40, 0.2),
        case(100, -0.5),
        case(2, 0.7, "edge: two inputs and very many units"),
        case(100, 0.0, "edge: slope 0, which is a ReLU"),
        case(100, 1.0, "edge: slope 1, which is no activation at all"),
        case(100, -1.0, "edge: slope -1, which makes an absolute value"),
    ]


_leaky_look = "Slope 0 is a ReLU, and slope 1 is no activation at all. Does your formula give 2/n_in and 1/n_in there?"
_leaky_mend = "np.sqrt(2 / ((1 + slope**2) * n_in))."

unseen = Exercise(
    id="03.9",
    title="A scheme you have not seen",
    kind="function",
    points=3,
    prompt=(
        "A leaky ReLU keeps what is positive and multiplies what is negative by `slope`. Each layer sums n_in products "
        "and then applies it. Derive E[x²] for x = leaky_relu(y) with y symmetric around 0, then the variance of the "
        "weights for which the mean square keeps its size, and write the scheme: normal numbers with mean 0."
    ),
    stub='''\
def leaky_normal(shape, *, slope, rng):
    """Normal numbers of mean 0 with which the mean square keeps its size through leaky ReLU layers."""
    n_in, n_out = shape
    return ...
''',
    answer="leaky_normal",
    reference=leaky_normal,
    cases=_leaky_cases,
    observe=Weights(leaky_normal, _leaky_variance),
    tolerance=TOLERANCE,
    look=_leaky_look,
    hints=[
        "Half of the y are positive and keep their square. What becomes of the square of the other half?",
        "E[x²] = ½ Var[y] + ½ slope² Var[y]. So the gain of a layer is g = ½ (1 + slope²) n_in Var[w].",
        "g = 1 gives Var[w] = 2 / ((1 + slope²) n_in). NumPy wants its root.",
    ],
    mistakes=[
        Mistake(
            "slope_left_out",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / n_in)),
            "That is He's scheme, right for slope 0. What leaks through on the left adds to the mean square.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "default_slope",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / ((1 + 0.01**2) * n_in))),
            "You put in the slope 0.01, the usual one. It is passed in.",
            look="Call it with the slope 1: does anything change?",
            mend=_leaky_mend,
        ),
        Mistake(
            "no_activation",
            _leaky(lambda slope, n_in, n_out: math.sqrt(1 / n_in)),
            "That keeps the size through layers without an activation, right for slope 1.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "slope_not_squared",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / ((1 + slope) * n_in))),
            "A number that is multiplied by the slope has a square that is multiplied by slope².",
            look="Which share of its square does y = -1 keep?",
            mend=_leaky_mend,
        ),
        Mistake(
            "sum_squared",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / ((1 + slope) ** 2 * n_in))),
            "(1 + slope)² is more than 1 + slope². A number is on one side of 0 only, so there is no mixed term.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "left_side_subtracted",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / ((1 - slope**2) * n_in))),
            "You subtracted the left side. Its values are negative, and their squares are not.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "what_is_lost",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / ((2 - slope) * n_in))),
            "You counted the left side with 1 - slope, which is what is lost. What is kept is slope².",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "straight_line_between_the_two_cases",
            _leaky(lambda slope, n_in, n_out: math.sqrt((2 - slope) / n_in)),
            "2 - slope is right for slope 0, a ReLU, and for slope 1, no activation. For any other it is a guess: what "
            "the left side keeps of a square is slope², and that is no straight line.",
            look="Take slope 0.5. What share of its square does y = -1 keep?",
            mend=_leaky_mend,
        ),
        Mistake(
            "multiplied_in_place_of_divided",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 * (1 + slope**2) / n_in)),
            "The more leaks through, the smaller the weights have to be. You made them larger.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "gain_not_made_up_for",
            _leaky(lambda slope, n_in, n_out: math.sqrt((1 + slope**2) / (2 * n_in))),
            "You gave the weights the factor that the activation has. They need its inverse.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "half_forgotten",
            _leaky(lambda slope, n_in, n_out: math.sqrt(1 / ((1 + slope**2) * n_in))),
            "The half is missing: each side of 0 has half of the numbers.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "half_of_one_side_only",
            _leaky(lambda slope, n_in, n_out: math.sqrt(1 / ((0.5 + slope**2) * n_in))),
            "The half is there for the right side only. The left side has half of the numbers, too.",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "variance_in_place_of_the_mean_square",
            _leaky(_variance_in_place_of_the_mean_square),
            "You worked with Var[x]. The mean of x is not 0, and what the next layer sums is E[x²].",
            look=_leaky_look,
            mend=_leaky_mend,
        ),
        Mistake(
            "variance_for_the_standard_deviation",
            _leaky(lambda slope, n_in, n_out: 2 / ((1 + slope**2) * n_in)),
            "The variance is right. NumPy wants the standard deviation, its root.",
            look="Print n_in * W.var() for two values of n_in. Should it depend on n_in?",
            mend=_leaky_mend,
        ),
        Mistake(
            "root_of_the_2_only",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2) / ((1 + slope**2) * n_in)),
            "The root reaches only the 2. It is taken of the whole fraction.",
            look="Print n_in * W.var() for two values of n_in. Should it depend on n_in?",
            mend=_leaky_mend,
        ),
        Mistake(
            "root_does_not_reach_n_in",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / (1 + slope**2)) / n_in),
            "The root does not reach n_in. It is taken of the whole fraction.",
            look="Print n_in * W.var() for two values of n_in. Should it depend on n_in?",
            mend=_leaky_mend,
        ),
        Mistake(
            "brackets_missing",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / (1 + slope**2) * n_in)),
            "Python reads 2 / (1 + slope**2) * n_in as a fraction times n_in. All of the lower side needs brackets.",
            look="More inputs: must the weights get larger or smaller?",
            mend=_leaky_mend,
        ),
        Mistake(
            "n_in_forgotten",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / (1 + slope**2))),
            "n_in is missing. A sum of more terms needs smaller weights.",
            look="More inputs: must the weights get larger or smaller?",
            mend=_leaky_mend,
        ),
        Mistake(
            "outputs_for_inputs",
            _leaky(lambda slope, n_in, n_out: math.sqrt(2 / ((1 + slope**2) * n_out))),
            "You divided by the number of units. The sum of a unit has n_in terms.",
            look="Double the number of units: the variance must stay what it is.",
            mend=_leaky_mend,
        ),
        Mistake(
            "compromise",
            _leaky(lambda slope, n_in, n_out: math.sqrt(4 / ((1 + slope**2) * (n_in + n_out)))),
            "You took the middle between inputs and units, as Xavier does. Asked for is that the mean square keeps its "
            "size forward.",
            look="Double the number of units: the variance must stay what it is.",
            mend=_leaky_mend,
        ),
        Mistake(
            "uniform",
            lambda shape, *, slope, rng: rng.uniform(-1, 1, shape) * math.sqrt(6 / ((1 + slope**2) * shape[0])),
            "The variance is right, and the numbers are uniform. Asked for are normal ones.",
            look="Print W.max() over W.std(): for so many normal numbers it is about 4.",
            mend=_leaky_mend,
        ),
        *_of_any_scheme(leaky_normal, _as_it_is),
    ],
    learn="Slope 0 gives He, slope 1 gives 1/n_in: one derivation, and both schemes are cases of it.",
)


EXERCISES = [
    product_variance,
    uniform,
    which_n,
    schemes,
    the_half,
    symmetry_quiz,
    forecast,
    broken_run,
    unseen,
]
