"""The schemes for first weights: their size, their type, their source of chance."""

import math

import numpy as np
import pytest

from dlcourse.initialization import (
    constant,
    fan_in_and_out,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    legacy_uniform,
    normal,
    orthogonal,
    orthogonal_with,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from dlcourse.layers import Linear

# scheme -> (variance from the two fans, uniform or normal)
RANDOM = {
    legacy_uniform: (lambda n_in, n_out: 1 / (3 * n_in), "uniform"),
    lecun_uniform: (lambda n_in, n_out: 1 / n_in, "uniform"),
    lecun_normal: (lambda n_in, n_out: 1 / n_in, "normal"),
    xavier_uniform: (lambda n_in, n_out: 2 / (n_in + n_out), "uniform"),
    xavier_normal: (lambda n_in, n_out: 2 / (n_in + n_out), "normal"),
    he_uniform: (lambda n_in, n_out: 2 / n_in, "uniform"),
    he_normal: (lambda n_in, n_out: 2 / n_in, "normal"),
}
SHAPES = {(80, 50): (80, 50), (16, 5, 4, 4): (80, 256)}
OTHERS = [orthogonal, orthogonal_with(gain=1.5), normal(std=0.02)]
every_random = pytest.mark.parametrize("scheme", RANDOM, ids=lambda scheme: scheme.__name__)


def draws(scheme, shape, n=100):
    """Weights of many seeds, end to end."""
    return np.concatenate([scheme(shape, rng=np.random.default_rng(i), dtype=np.float64).ravel() for i in range(n)])


def signals(scheme, activation, *, depth, seeds=20, n=100):
    """Mean square of a signal of mean square 1 after many layers, averaged over seeds, and of its gradient."""
    forward, back = [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        weights = [scheme((n, n), rng=rng, dtype=np.float64) for _ in range(depth)]
        x, dy = rng.standard_normal((50, n)), rng.standard_normal((50, n))
        for W in weights:
            x = activation(x @ W)
        for W in weights:
            dy = dy @ W.T
        forward.append((x**2).mean())
        back.append((dy**2).mean())
    return np.mean(forward), np.mean(back)


# Variance -------------------------------------------------------------------------------------------------


@every_random
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_variance_is_that_of_the_formula_and_the_mean_is_zero(scheme, shape):
    variance, kind = RANDOM[scheme]
    w = draws(scheme, shape) / math.sqrt(variance(*SHAPES[shape]))
    # Each margin is five standard deviations of the estimate; the fourth moment is 9/5 or 3.
    fourth = {"uniform": 9 / 5, "normal": 3}[kind]
    assert abs(w.mean()) < 5 / math.sqrt(w.size)
    assert abs((w**2).mean() - 1) < 5 * math.sqrt((fourth - 1) / w.size)
    assert (w**4).mean() == pytest.approx(fourth, rel=0.05)


@every_random
def test_a_uniform_scheme_fills_its_bounds_and_a_normal_one_has_none(scheme):
    variance, kind = RANDOM[scheme]
    bound = math.sqrt(3 * variance(80, 50))
    largest = np.abs(draws(scheme, (80, 50))).max()
    if kind == "uniform":
        assert 0.999 * bound < largest <= bound
    else:
        assert largest > 2 * bound


def test_the_fans_are_not_exchanged():
    for scheme in (legacy_uniform, lecun_uniform, lecun_normal, he_uniform, he_normal):
        wide, tall = draws(scheme, (10, 1000), 3), draws(scheme, (1000, 10), 3)
        assert wide.var() / tall.var() == pytest.approx(100, rel=0.1)
    for scheme in (xavier_uniform, xavier_normal):
        wide, tall = draws(scheme, (10, 1000), 3), draws(scheme, (1000, 10), 3)
        assert wide.var() / tall.var() == pytest.approx(1, rel=0.1)


def test_the_old_heuristic_has_the_bound_of_the_deck_and_a_third_of_the_variance():
    w = draws(legacy_uniform, (100, 30))
    assert 0.0999 < np.abs(w).max() <= 0.1
    assert w.var() == pytest.approx(1 / 300, rel=0.01)


def test_normal_looks_at_no_fan_and_takes_a_standard_deviation():
    for shape in [(1000, 10), (10, 1000), (10000,)]:
        assert draws(normal(std=0.02), shape, 10).std() == pytest.approx(0.02, rel=0.02)
    assert draws(normal(), (1000, 10), 10).std() == pytest.approx(0.01, rel=0.02)


# What becomes of a signal ---------------------------------------------------------------------------------


def test_a_third_of_the_signal_is_left_after_each_layer_of_the_old_heuristic():
    forward, back = signals(legacy_uniform, lambda z: z, depth=6)
    assert forward == pytest.approx(3.0**-6, rel=0.2)
    assert back == pytest.approx(3.0**-6, rel=0.2)


@pytest.mark.parametrize("scheme", [lecun_uniform, lecun_normal, xavier_uniform, xavier_normal])
def test_a_signal_keeps_its_size_in_both_directions_through_linear_layers(scheme):
    forward, back = signals(scheme, lambda z: z, depth=10)
    assert forward == pytest.approx(1, rel=0.3)
    assert back == pytest.approx(1, rel=0.3)


@pytest.mark.parametrize("scheme", [he_uniform, he_normal])
def test_a_signal_keeps_its_size_through_relu_layers_with_he_and_loses_half_each_with_lecun(scheme):
    relu = lambda z: np.maximum(z, 0)
    assert signals(scheme, relu, depth=10)[0] == pytest.approx(1, rel=0.4)
    assert signals(lecun_normal, relu, depth=10)[0] == pytest.approx(2.0**-10, rel=0.4)


def test_xavier_is_a_compromise_where_the_layer_changes_its_width():
    rng = np.random.default_rng(0)
    gains = []
    for _ in range(20):
        W = xavier_normal((1000, 10), rng=rng, dtype=np.float64)
        x, dy = rng.standard_normal((200, 1000)), rng.standard_normal((200, 10))
        gains.append([(x @ W).var(), (dy @ W.T).var()])
    assert np.mean(gains, axis=0) == pytest.approx([2000 / 1010, 20 / 1010], rel=0.05)


# Orthogonal weights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (1, 4), (4, 1), (1, 1)], ids=str)
def test_the_shorter_side_of_orthogonal_weights_is_orthonormal(shape):
    w = orthogonal(shape, rng=np.random.default_rng(0), dtype=np.float64)
    product = w @ w.T if shape[0] <= shape[1] else w.T @ w
    np.testing.assert_allclose(product, np.eye(min(shape)), rtol=0, atol=1e-14)


def test_orthogonal_filters_have_one_row_for_each_output_channel():
    w = orthogonal((6, 3, 2, 2), rng=np.random.default_rng(0), dtype=np.float64)
    rows = w.reshape(6, 12)
    np.testing.assert_allclose(rows @ rows.T, np.eye(6), rtol=0, atol=1e-14)


def test_orthogonal_weights_change_no_length_through_a_hundred_layers():
    rng = np.random.default_rng(0)
    x = start = rng.standard_normal((10, 20))
    for _ in range(100):
        x = x @ orthogonal((20, 20), rng=rng, dtype=np.float64)
    np.testing.assert_allclose((x**2).sum(axis=1), (start**2).sum(axis=1), rtol=1e-12)


def test_all_rotations_are_equally_likely():
    w = np.array([orthogonal((3, 3), rng=np.random.default_rng(i), dtype=np.float64) for i in range(4000)])
    # Without the signs of R, the diagonal would lean to one side: its mean would be about 0.5 away from 0.
    assert np.abs(w.mean(axis=0)).max() < 5 * math.sqrt(1 / 3 / 4000)
    assert (w**2).mean(axis=0) == pytest.approx(np.full((3, 3), 1 / 3), rel=0.1)
    assert 0.45 < (np.linalg.det(w) > 0).mean() < 0.55


def test_a_gain_multiplies_orthogonal_weights():
    one, three = (f((4, 6), rng=np.random.default_rng(0)) for f in (orthogonal, orthogonal_with(gain=3.0)))
    np.testing.assert_allclose(three, 3 * one, rtol=1e-6)
    np.testing.assert_array_equal(orthogonal_with()((4, 6), rng=np.random.default_rng(0)), one)


# Chance, types, shapes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [*RANDOM, *OTHERS])
def test_the_same_generator_gives_the_same_weights_and_another_gives_others(scheme):
    draw = lambda seed: scheme((3, 4), rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(draw(0), draw(0))
    assert not np.array_equal(draw(0), draw(1))


@pytest.mark.parametrize("scheme", [zeros, constant(), *RANDOM, *OTHERS])
def test_schemes_give_float32_unless_told_otherwise(scheme):
    rng = np.random.default_rng(0)
    assert scheme((2, 3), rng=rng).dtype == np.float32
    assert scheme((2, 3), rng=rng, dtype=np.float64).dtype == np.float64


@pytest.mark.parametrize("scheme", [zeros, constant(0.5), *RANDOM, *OTHERS])
def test_every_scheme_can_start_a_layer(scheme):
    layer = Linear(3, 2, rng=np.random.default_rng(0), init=scheme)
    np.testing.assert_array_equal(layer.W.data, scheme((3, 2), rng=np.random.default_rng(0)))


@pytest.mark.parametrize("scheme", [*RANDOM, *OTHERS])
def test_a_random_scheme_needs_a_generator(scheme):
    with pytest.raises(TypeError, match="rng"):
        scheme((3, 4))


def test_zeros_and_constants_are_what_they_say_and_need_no_generator():
    np.testing.assert_array_equal(zeros((2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(constant(0.25)((2, 3)), np.full((2, 3), 0.25))
    np.testing.assert_array_equal(constant()((3,), dtype=np.float64), np.full(3, 0.1))


def test_fans_are_counted_over_the_filter_too():
    assert fan_in_and_out((784, 128)) == (784, 128)
    assert fan_in_and_out((6, 3, 5, 5)) == (75, 150)
    assert [type(n) for n in fan_in_and_out(np.zeros((2, 3)).shape)] == [int, int]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (1, 2, 3, 4, 5)])
def test_a_shape_without_fans_is_an_error_that_names_both_that_have(shape):
    message = r"expected a matrix \(n_in, n_out\) or filters .* got shape \("
    with pytest.raises(ValueError, match=message):
        fan_in_and_out(shape)
    for scheme in (*RANDOM, orthogonal):
        with pytest.raises(ValueError, match=message):
            scheme(shape, rng=np.random.default_rng(0))


def test_a_layer_without_inputs_or_outputs_has_no_first_weights():
    for shape in [(0, 3), (3, 0), (2, 0, 3, 3)]:
        with pytest.raises(ValueError, match="expected at least 1 along every axis"):
            he_normal(shape, rng=np.random.default_rng(0))
