"""The schemes for first weights: their size, their type, their source of chance."""

import numpy as np
import pytest

from dlcourse.initialization import fan_in_and_out, he_normal, zeros


def test_he_normal_has_variance_two_over_n_in_and_mean_zero():
    for shape, n_in in [((400, 500), 400), ((64, 30, 5, 5), 750)]:
        w = he_normal(shape, rng=np.random.default_rng(0), dtype=np.float64)
        assert w.shape == shape
        assert w.var() * n_in == pytest.approx(2, rel=0.03)
        assert abs(w.mean()) < 4 * w.std() / np.sqrt(w.size)


def test_he_normal_keeps_the_size_of_a_signal_through_thirty_relu_layers():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((100, 300))
    for _ in range(30):
        x = np.maximum(x @ he_normal((300, 300), rng=rng, dtype=np.float64), 0)
    assert 0.3 < (x**2).mean() < 3


def test_the_same_generator_gives_the_same_weights_and_another_gives_others():
    draw = lambda seed: he_normal((3, 4), rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(draw(0), draw(0))
    assert not np.array_equal(draw(0), draw(1))


@pytest.mark.parametrize("scheme", [zeros, he_normal])
def test_schemes_give_float32_unless_told_otherwise(scheme):
    rng = np.random.default_rng(0)
    assert scheme((2, 3), rng=rng).dtype == np.float32
    assert scheme((2, 3), rng=rng, dtype=np.float64).dtype == np.float64


def test_zeros_are_zeros_and_need_no_generator():
    np.testing.assert_array_equal(zeros((2, 3)), np.zeros((2, 3)))


def test_fans_are_counted_over_the_filter_too():
    assert fan_in_and_out((784, 128)) == (784, 128)
    assert fan_in_and_out((6, 3, 5, 5)) == (75, 150)
    assert [type(n) for n in fan_in_and_out(np.zeros((2, 3)).shape)] == [int, int]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (1, 2, 3, 4, 5)])
def test_a_shape_without_fans_is_an_error_that_names_both_that_have(shape):
    with pytest.raises(ValueError, match=r"expected a matrix \(n_in, n_out\) or filters .* got shape \("):
        fan_in_and_out(shape)
