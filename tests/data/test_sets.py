"""The data sets: shapes, types, ranges, and chance that can be repeated."""

import numpy as np
import pytest

from dlcourse.data import digits, moons, xor


def test_digits_are_1797_pictures_of_64_grey_values_from_0_to_1():
    X, y = digits()
    assert (X.shape, X.dtype) == ((1797, 64), np.float32)
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert y.shape == (1797,) and np.issubdtype(y.dtype, np.integer)
    assert sorted(set(y.tolist())) == list(range(10))
    assert np.bincount(y).min() > 170


def test_digits_are_a_fresh_copy_each_time():
    X, y = digits()
    X[...] = 7
    y[...] = 7
    assert digits()[0].max() == 1.0
    assert set(digits()[1].tolist()) == set(range(10))


def test_a_zero_is_lighter_in_its_middle_than_a_one():
    X, y = digits()
    centre = X.reshape(-1, 8, 8)[:, 3:5, 3:5].mean(axis=(1, 2))
    assert centre[y == 0].mean() < 0.3 < centre[y == 1].mean()


def test_moons_are_two_half_circles_of_half_the_points_each():
    X, y = moons(300, noise=0.0, rng=np.random.default_rng(0))
    assert (X.shape, X.dtype, y.shape) == ((300, 2), np.float32, (300,))
    assert np.issubdtype(y.dtype, np.integer)
    assert np.bincount(y).tolist() == [150, 150]
    np.testing.assert_allclose(np.hypot(*X[y == 0].T), 1, atol=1e-6)
    np.testing.assert_allclose(np.hypot(*(X[y == 1] - [1, 0.5]).T), 1, atol=1e-6)
    assert X[y == 0, 1].min() >= 0
    assert X[y == 1, 1].max() <= 0.5


def test_moons_come_in_random_order():
    _, y = moons(100, rng=np.random.default_rng(0))
    assert 20 < np.count_nonzero(np.diff(y)) < 80


def test_an_odd_number_of_moons_is_split_as_evenly_as_can_be():
    assert np.bincount(moons(7, rng=np.random.default_rng(0))[1]).tolist() == [4, 3]


def test_noise_is_the_standard_deviation_of_the_scatter():
    X, y = moons(20_000, noise=0.2, rng=np.random.default_rng(0))
    radius = np.where(y == 0, np.hypot(*X.T), np.hypot(*(X - [1, 0.5]).T))
    assert radius.std() == pytest.approx(0.2, rel=0.03)


def test_no_straight_line_separates_the_moons_but_a_curve_does():
    X, y = moons(400, noise=0.05, rng=np.random.default_rng(0))
    best = 0.0
    for angle in np.linspace(0, 2 * np.pi, 180):
        projected = X @ [np.cos(angle), np.sin(angle)]
        best = max(best, max(np.mean((projected > cut) == y) for cut in np.linspace(-2, 3, 100)))
    assert 0.8 < best < 0.98
    distances = np.linalg.norm(X[:, None] - X[None], axis=2) + 9 * np.eye(400)
    assert np.mean(y[distances.argmin(axis=1)] == y) > 0.99


def test_the_same_generator_gives_the_same_moons():
    draw = lambda seed: moons(50, rng=np.random.default_rng(seed))
    np.testing.assert_array_equal(draw(3)[0], draw(3)[0])
    np.testing.assert_array_equal(draw(3)[1], draw(3)[1])
    assert not np.array_equal(draw(3)[0], draw(4)[0])


def test_without_a_generator_the_moons_are_new_each_time():
    assert moons()[0].shape == (200, 2)
    assert not np.array_equal(moons()[0], moons()[0])


@pytest.mark.parametrize("wrong", [{"n": 1}, {"n": 0}, {"noise": -0.1}])
def test_moons_that_can_not_be_are_an_error(wrong):
    with pytest.raises(ValueError, match="moons: expected n >= 2 and noise >= 0"):
        moons(**wrong, rng=np.random.default_rng(0))


def test_exclusive_or_is_one_where_the_inputs_differ():
    X, y = xor()
    assert (X.shape, X.dtype) == ((4, 2), np.float32)
    np.testing.assert_array_equal(y, X[:, 0] != X[:, 1])
    assert len({tuple(x) for x in X.tolist()}) == 4
