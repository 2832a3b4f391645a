"""The exercises of lesson 03 hold their contract: right answers pass, and every mistake is named as itself."""

import math
from itertools import pairwise

import numpy as np
import pytest

from dlcourse.activations import relu, sigmoid, tanh
from dlcourse.data import digits
from dlcourse.initialization import he_normal, he_uniform, lecun_normal, legacy_uniform, xavier_normal, xavier_uniform
from dlcourse.initialization.exercises import EXERCISES
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import cross_entropy
from dlcourse.optimizers import SGD
from tests.checking.contract import assert_exercise_contract

BY_ID = {exercise.id: exercise for exercise in EXERCISES}


# Other right answers --------------------------------------------------------------------------------------


def uniform_by_the_length(a):
    return (a - (-a)) ** 2 / 12


def legacy_by_the_bound(n_in):
    return uniform_by_the_length(1 / np.sqrt(n_in))


def uniform_by_the_integral(a):
    return 2 * a**3 / 3 / (2 * a)


def legacy_by_a_power(n_in):
    return n_in**-1.0 / 3


def xavier_uniform_by_random(shape, rng):
    bound = np.sqrt(6 / sum(shape))
    return 2 * bound * rng.random(shape) - bound


def xavier_normal_with_rows_and_columns_drawn_the_other_way(shape, rng):
    n_in, n_out = shape
    return rng.normal(0, (2 / (n_in + n_out)) ** 0.5, (n_out, n_in)).T


def he_in_a_loop(shape, rng):
    n_in, n_out = shape
    W = np.zeros((n_in, n_out))
    for j in range(n_out):
        for i in range(n_in):
            W[i, j] = rng.normal(0, math.sqrt(2 / n_in))
    return W


def xavier_uniform_by_sign_and_size(shape, rng):
    return rng.choice([-1, 1], shape) * rng.uniform(0, np.sqrt(6 / (shape[0] + shape[1])), shape)


def xavier_normal_in_float32(shape, *, rng):
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(math.sqrt(2 / sum(shape)))


def he_by_two_uniforms(shape, *, rng):
    """The method of Box and Muller, which draws twice as many numbers."""
    u, v = 1 - rng.random(shape), rng.random(shape)
    return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v) * np.sqrt(2 / shape[0])


def he_column_by_column(shape, *, rng):
    return np.stack([rng.normal(scale=np.sqrt(2 / shape[0]), size=shape[0]) for _ in range(shape[1])], axis=1)


def xavier_uniform_in_a_loop(shape, rng):
    a = math.sqrt(6 / (shape[0] + shape[1]))
    return np.array([[rng.uniform(-a, a) for _ in range(shape[1])] for _ in range(shape[0])])


def leaky_by_a_gain(shape, *, slope, rng):
    gain = math.sqrt(2 / (1 + slope**2))
    return rng.normal(0, gain / math.sqrt(shape[0]), shape)


def leaky_by_the_sides(shape, slope, rng):
    right, left = 0.5, 0.5 * slope * slope
    return np.stack([rng.normal(0, (shape[0] * (right + left)) ** -0.5, shape[0]) for _ in range(shape[1])]).T


def leaky_in_float32(shape, *, slope, rng):
    return rng.standard_normal(shape, dtype=np.float32) / np.sqrt(shape[0] * (1 + slope**2) / 2, dtype=np.float32)


def in_capitals(answers):
    return {question: f" ({letter.upper()}) " for question, letter in answers.items()}


ALTERNATIVES = {
    "03.1": [np.float32(2.645), 2.645, np.array(2.645)],
    "03.2": [(uniform_by_the_length, legacy_by_the_bound), (uniform_by_the_integral, legacy_by_a_power)],
    "03.3": ["C", "(c)"],
    "03.4": [
        (xavier_uniform_by_random, xavier_normal_with_rows_and_columns_drawn_the_other_way, he_column_by_column),
        (xavier_uniform_by_sign_and_size, xavier_normal_in_float32, he_by_two_uniforms),
    ],
    "03.5": [in_capitals(BY_ID["03.5"].reference)],
    "03.6": [in_capitals(BY_ID["03.6"].reference)],
    "03.7": [(1.7e-5, 12_000, 1.56), [3.0**-10, np.float64(256 * 0.01) ** 10, 1000 * 500 * 200 * 0.0025**3]],
    "03.8": [he_uniform, he_by_two_uniforms, he_column_by_column],
    "03.9": [leaky_by_a_gain, leaky_by_the_sides, leaky_in_float32],
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_holds_its_contract(exercise):
    assert_exercise_contract(exercise, alternatives=ALTERNATIVES[exercise.id])


def test_schemes_that_draw_one_number_at_a_time_pass():
    normals = (xavier_uniform_in_a_loop, xavier_normal, he_in_a_loop)
    assert BY_ID["03.4"].grade(normals).passed
    assert BY_ID["03.8"].grade(he_in_a_loop).passed


def test_plain_arithmetic_earns_at_most_15_percent_of_the_points():
    arithmetic = sum(exercise.points for exercise in EXERCISES if exercise.id in {"03.1", "03.3"})
    assert arithmetic <= 0.15 * sum(exercise.points for exercise in EXERCISES)


# 03.4, 03.8, 03.9 -----------------------------------------------------------------------------------------


def wrong_schemes():
    """A mistake in a scheme, and the same mistake with the numbers drawn in another order."""
    n = lambda shape: sum(shape)
    yield "03.4", "half_the_bound", lambda shape, rng: np.sqrt(6 / n(shape)) * (rng.random(shape) - 0.5)
    yield (
        "03.4",
        "standard_deviation_for_the_bound",
        lambda shape, rng: rng.uniform(-((2 / n(shape)) ** 0.5), (2 / n(shape)) ** 0.5, shape[::-1]).T,
    )
    yield "03.4", "positive_weights_only", lambda shape, rng: rng.random(shape) * (6 / n(shape)) ** 0.5
    yield "03.4", "rng_not_used", lambda shape, rng: np.zeros(shape)
    yield "03.4", "a_single_number", lambda shape, rng: rng.uniform(-0.1, 0.1)
    yield "03.4", "one_weight_for_each_input", lambda shape, rng: rng.uniform(-0.1, 0.1, shape[0])
    yield "03.8", "variance_for_the_standard_deviation", lambda shape, rng: rng.normal(0, 2 / shape[0], shape[::-1]).T
    yield "03.8", "unscaled", lambda shape, rng: np.array([rng.normal(size=shape[1]) for _ in range(shape[0])])
    yield (
        "03.9",
        "straight_line_between_the_two_cases",
        lambda shape, slope, rng: rng.normal(0, ((2 - slope) / shape[0]) ** 0.5, shape[::-1]).T,
    )
    yield "03.9", "slope_left_out", lambda shape, slope, rng: rng.normal(0, (2 / shape[0]) ** 0.5, shape[::-1]).T


@pytest.mark.parametrize("id_, name, scheme", list(wrong_schemes()))
def test_a_mistake_is_named_however_the_numbers_are_drawn(id_, name, scheme):
    exercise = BY_ID[id_]
    answer = (scheme, *exercise.reference[1:]) if isinstance(exercise.reference, tuple) else scheme
    assert exercise.grade(answer).mistake == name


def test_the_variance_that_was_asked_for_is_said_and_not_one_that_was_drawn():
    def two_forgotten(shape, *, rng):
        return rng.standard_normal(shape) / np.sqrt(sum(shape))

    said = BY_ID["03.4"].grade((xavier_uniform, two_forgotten, he_normal)).message
    assert "The variance of `my_xavier_normal` should be 0.008333, yours is 0.004167" in said
    assert "The variance of `my_xavier_normal` should be 0.008333, yours is 0.004" in (
        BY_ID["03.4"]
        .grade((xavier_uniform, lambda shape, rng: two_forgotten(shape[::-1], rng=rng).T, he_normal))
        .message
    )
    assert "should be 0.01, yours is" in BY_ID["03.8"].grade(lambda shape, rng: rng.normal(0, 0.01, shape)).message
    assert "should be 0.008, yours is" in BY_ID["03.9"].grade(lambda shape, slope, rng: rng.normal(0, 1, shape)).message


def test_a_mean_that_is_not_0_is_said_in_words():
    def positive(shape, *, rng):
        return rng.uniform(0, np.sqrt(6 / sum(shape)), shape)

    result = BY_ID["03.4"].grade((positive, xavier_normal, he_normal))
    assert result.sentence == (
        "03.4 not yet: The draw of `my_xavier_uniform` should be 'uniform numbers with a mean of about 0', yours is "
        "'uniform numbers with a mean far from 0'."
    )
    assert ("Already right in every case", "my_xavier_normal, my_he_normal") in result.details


@pytest.mark.parametrize("seed", range(20))
def test_no_right_scheme_fails_and_a_guess_that_fits_two_slopes_does(seed):
    answer = lambda shape, slope, rng: rng.normal(0, np.sqrt(2 / ((1 + slope**2) * shape[0])), shape[::-1]).T[::-1]
    guess = lambda shape, slope, rng: rng.normal(0, np.sqrt((2 - slope) / shape[0]), shape)
    assert BY_ID["03.9"].grade(answer, seed=seed).passed
    assert BY_ID["03.9"].grade(guess, seed=seed).mistake == "straight_line_between_the_two_cases"


def test_a_forecast_that_is_almost_nothing_is_not_asked_whether_it_was_rounded():
    _, normal, funnel = BY_ID["03.7"].reference
    for tiny in ((1 / 256) ** 10, (1 / 768) ** 10):
        result = BY_ID["03.7"].grade((tiny, normal, funnel))
        assert result.sentence == "03.7 not yet: `ten_normal` and `funnel` are right, `legacy` not yet."
        assert result.mistake == "inputs_forgotten_in_legacy"


def test_a_scheme_that_is_still_open_is_not_a_failure():
    result = BY_ID["03.4"].grade((xavier_uniform, xavier_normal, lambda shape, rng: ...))
    assert result.status == "not started"
    assert "my_he_normal" in result.message


@pytest.mark.parametrize(
    "scheme, said",
    [
        (lambda shape, rng: None, "None: is there a `return`"),
        (lambda shape, rng: rng.normal(size=shape).tolist(), "wrap it with `np.array"),
        (lambda shape: np.zeros(shape), "mended_scheme(shape, *, rng"),
        (lambda shape, rng: rng.normal(size=shape) * np.nan, "NaN"),
        (lambda shape, rng: rng.normal(size=(*shape, 1)), "(200, 40, 1)"),
    ],
)
def test_what_is_no_matrix_of_weights_is_said(scheme, said):
    result = BY_ID["03.8"].grade(scheme)
    assert result.status == "failed"
    assert said in result.message


# What the exercises claim ---------------------------------------------------------------------------------


def test_the_variance_of_the_product_is_that_of_a_million_draws():
    rng = np.random.default_rng(0)
    product = rng.normal(1.5, 0.7, 1_000_000) * rng.normal(-2, 0.5, 1_000_000)
    assert product.var() == pytest.approx(BY_ID["03.1"].reference, rel=0.01)


def test_the_answers_about_the_half_are_measured():
    rng = np.random.default_rng(0)
    y = rng.standard_normal(1_000_000)
    x = np.maximum(y, 0)
    assert (x**2).mean() == pytest.approx(0.5, rel=0.01)
    assert x.var() == pytest.approx(0.341, rel=0.01)
    inputs = np.maximum(rng.standard_normal((200, 100)), 0)
    next_layer = np.concatenate([inputs @ rng.normal(0, 0.1, (100, 50)) for _ in range(20)])
    assert (next_layer**2).mean() == pytest.approx((inputs**2).mean(), rel=0.05)


def test_the_forecasts_are_those_of_the_run():
    def run(widths, scheme, seed):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((100, widths[0]))
        for shape in pairwise(widths):
            x = x @ scheme(shape, rng=rng)
        return x.var()

    settings = [
        ([256] * 11, legacy_uniform),
        ([256] * 11, lambda shape, *, rng: rng.normal(0, 0.1, shape)),
        ([1000, 500, 200, 40], lambda shape, *, rng: rng.normal(0, 0.05, shape)),
    ]
    for (widths, scheme), predicted in zip(settings, BY_ID["03.7"].reference, strict=True):
        assert np.mean([run(widths, scheme, seed) for seed in range(8)]) == pytest.approx(predicted, rel=0.2)


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_the_leaky_scheme_keeps_the_mean_square(slope):
    logs = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((50, 200))
        for _ in range(6):
            y = x @ BY_ID["03.9"].reference((200, 200), slope=slope, rng=rng)
            x = np.where(y > 0, y, slope * y)
        logs.append(np.log((x**2).mean()))
    assert np.mean(logs) == pytest.approx(0, abs=0.2)


def losses(scheme, seed=0, steps=100):
    """What the run of 03.8 shows: six hidden ReLU layers of 64 units on the digits."""
    X, labels = digits()
    rng = np.random.default_rng(seed)
    hidden = [part for _ in range(6) for part in (Linear(64, 64, rng=rng, init=scheme), relu)]
    net = Sequential(*hidden, Linear(64, 10, rng=rng, init=scheme))
    opt = SGD(net.parameters(), learning_rate=0.1)
    seen = []
    for _ in range(steps):
        batch = rng.integers(0, 1400, 32)
        loss = cross_entropy(net(X[batch]), labels=labels[batch])
        seen.append(float(loss.data))
        loss.backward()
        opt.step()
    return seen


def test_the_broken_run_does_not_move_and_the_mended_one_does():
    space = {"np": np}
    exec(BY_ID["03.8"].stub, space)
    broken, mended = (losses(scheme) for scheme in (space["mended_scheme"], he_normal))
    assert np.mean(broken[:10]) == pytest.approx(math.log(10), abs=0.01)
    assert np.mean(broken[-20:]) == pytest.approx(math.log(10), abs=0.02)
    assert np.mean(mended[-20:]) < 1.5


def hidden_units(activation, W1, b1, W2, steps=100):
    """Train a net with one hidden layer and return how far W1 has moved and how far its columns are apart."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((60, 2)).astype(np.float64)
    labels = (X[:, 0] * X[:, 1] > 0).astype(int)
    first, last = Linear(2, 5, rng=rng, dtype=np.float64), Linear(5, 2, rng=rng, dtype=np.float64)
    first.W.data[...], first.b.data[...], last.W.data[...] = W1, b1, W2
    start = first.W.data.copy()
    net = Sequential(first, activation, last)
    opt = SGD(net.parameters(), learning_rate=0.3)
    for _ in range(steps):
        cross_entropy(net(X), labels=labels).backward()
        opt.step()
    W = first.W.data
    return float(np.abs(W - start).max()), float(np.abs(W - W[:, :1]).max())


def test_the_answers_about_symmetry_are_measured():
    rng = np.random.default_rng(0)
    random = {"W1": rng.standard_normal((2, 5)), "b1": rng.standard_normal(5), "W2": rng.standard_normal((5, 2))}
    # Equal rows of W2 with equal columns would send no gradient back: the two outputs must differ.
    out = np.tile([0.5, -0.3], (5, 1))
    assert hidden_units(tanh, 0, 0, 0) == (0, 0)
    moved, apart = hidden_units(sigmoid, 0, 0, 0)
    assert moved > 1e-3 and apart < 1e-12
    for activation in (tanh, relu, sigmoid):
        moved, apart = hidden_units(activation, 0.5, 0, out)
        assert moved > 1e-3 and apart < 1e-12
        assert hidden_units(activation, random["W1"], 0, random["W2"])[1] > 0.1
        assert hidden_units(activation, 0.5, random["b1"], out)[1] > 1e-3
        assert hidden_units(activation, 0.5, 0, random["W2"])[1] > 1e-3


def test_no_scheme_of_the_lesson_is_taken_for_another():
    schemes = [xavier_uniform, xavier_normal, he_normal, he_uniform, lecun_normal, legacy_uniform]
    for i, right in enumerate(BY_ID["03.4"].reference):
        for other in schemes:
            answer = [*BY_ID["03.4"].reference]
            answer[i] = other
            assert BY_ID["03.4"].grade(tuple(answer)).passed == (other is right)
