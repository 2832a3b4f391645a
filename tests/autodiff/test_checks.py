"""The gradient checks find what is wrong, and only that."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.autodiff import (
    Tensor,
    differentiable,
    gradient_errors,
    multiply,
    numerical_gradient,
    relative_error,
    sum_to,
)
from dlcourse.layers import Parameter

RNG = np.random.default_rng(0)
A, B = RNG.standard_normal((3, 4)), RNG.standard_normal((3, 4))


def product(slopes):
    """Return a product whose backward returns ``slopes(a, b, dy)``."""

    @differentiable
    def function(a, b):
        return a * b, lambda dy: slopes(a, b, dy)

    return function


def test_a_right_gradient_has_no_error():
    errors = gradient_errors(product(lambda a, b, dy: (dy * b, dy * a)), A, B)
    assert len(errors) == 2
    assert all(type(error) is float for error in errors)
    assert max(errors) < 1e-14


@pytest.mark.parametrize(
    ("slopes", "wrong"),
    [
        (lambda a, b, dy: (2 * dy * b, dy * a), 0),
        (lambda a, b, dy: (dy * b, 1.001 * dy * a), 1),
        (lambda a, b, dy: (-dy * b, dy * a), 0),
        (lambda a, b, dy: (dy * b, 0 * dy), 1),
        (lambda a, b, dy: (dy * a, dy * a), 0),
        (lambda a, b, dy: (b, dy * a), 0),
        (lambda a, b, dy: (dy * b, (dy * a)[::-1]), 1),
        (lambda a, b, dy: (dy * b + 1e-6, dy * a), 0),
        (lambda a, b, dy: (dy * b * (np.arange(12).reshape(3, 4) != 5), dy * a), 0),
    ],
    ids=["factor", "0.1 %", "sign", "path", "other input", "dy left out", "order", "1e-6", "one entry"],
)
def test_a_wrong_gradient_is_found_and_the_right_one_beside_it_is_not_blamed(slopes, wrong):
    errors = gradient_errors(product(slopes), A, B)
    assert errors[wrong] > 1e-8
    assert errors[1 - wrong] < 1e-14


def test_a_missing_branch_of_a_program_is_found():
    @differentiable
    def square_of_the_mean(x):
        y = x.mean()
        # The path through the first factor only.
        return y * y, lambda dy: np.full(x.shape, dy * y / x.size)

    assert gradient_errors(square_of_the_mean, A)[0] > 0.1


def test_a_gradient_that_forgets_the_softmax_normalizer_is_found():
    @differentiable
    def softmax(x):
        e = np.exp(x)
        y = e / e.sum(axis=-1, keepdims=True)
        return y, lambda dy: dy * y * (1 - y)

    assert gradient_errors(softmax, A)[0] > 1e-2


def test_settings_reach_the_function():
    @differentiable
    def scaled(x, *, factor):
        return x * factor, lambda dy: dy * factor

    assert gradient_errors(scaled, A, factor=3.0)[0] < 1e-14
    with pytest.raises(TypeError, match="factor"):
        gradient_errors(scaled, A)


def test_a_program_is_checked_as_a_whole():
    w = Parameter(RNG.standard_normal((4, 2)))
    assert gradient_errors(lambda x, y: sigmoid(x @ w).sum() * y.sum(), A, B)[0] < 1e-14
    assert w.grad is None


def test_a_replacement_is_what_is_checked():
    with multiply.replaced_by(lambda a, b: (a * b, lambda dy: (dy * a, dy * a))):
        assert gradient_errors(multiply, A, B)[0] > 1e-2


def test_inputs_are_taken_as_float64_and_left_as_they_were():
    for x in (A.astype(np.float32), A.tolist(), Tensor(A), np.ones((3, 4), int)):
        assert gradient_errors(sigmoid, x)[0] < 1e-14
    before = A.copy()
    gradient_errors(sigmoid, A)
    np.testing.assert_array_equal(A, before)


def test_where_all_slopes_are_zero_the_error_is_the_difference_itself():
    @differentiable
    def constant(x):
        return x * 0, lambda dy: dy * 0

    assert gradient_errors(constant, A) == [0.0]
    assert gradient_errors(sigmoid, np.zeros((0, 3))) == [0.0]


def test_a_gradient_that_is_not_a_number_is_no_small_error():
    @differentiable
    def broken(x):
        return x * 1.0, lambda dy: dy * np.nan

    assert not gradient_errors(broken, A)[0] < 1e-3


def test_the_same_call_gives_the_same_numbers():
    assert gradient_errors(sigmoid, A) == gradient_errors(sigmoid, A)


# Central differences --------------------------------------------------------------------------------------


def test_central_differences_reach_1e_9():
    x = RNG.uniform(0.5, 1.5, (3, 2))
    slopes = numerical_gradient(lambda x: np.exp(x).sum(), x)
    assert 0 < relative_error(slopes, np.exp(x)) < 1e-8


def test_central_differences_are_exact_for_a_line_and_leave_x_alone():
    x = np.array([[1.0, 2.0]])
    np.testing.assert_allclose(numerical_gradient(lambda x: 3 * x[0, 0] - x[0, 1], x), [[3.0, -1.0]], rtol=1e-9)
    np.testing.assert_array_equal(x, [[1.0, 2.0]])


def test_central_differences_take_numbers_lists_and_functions_of_tensors():
    np.testing.assert_allclose(numerical_gradient(lambda x: x * x, 3.0), 6.0, rtol=1e-8)
    np.testing.assert_allclose(numerical_gradient(lambda x: (x**2).sum(), [1, 2]), [2.0, 4.0], rtol=1e-8)
    np.testing.assert_allclose(numerical_gradient(lambda x: sigmoid(Tensor(x)).sum(), [0.0]), [0.25], rtol=1e-8)


def test_a_smaller_step_is_not_always_better():
    x = np.array([1.0])
    errors = [abs(numerical_gradient(lambda x: np.exp(x).sum(), x, h=h)[0] - np.e) for h in (1e-2, 1e-5, 1e-13)]
    assert errors[1] < errors[0]
    assert errors[1] < errors[2]


# The measure of equality ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([1.0, 2.0], [1.0, 2.2], 0.2 / 2.2),
        ([2.0], [-2.0], 2.0),
        ([1e-300], [0.0], 1.0),
        (3.0, 4.0, 0.25),
        ([], [], 0.0),
        ([1e6, 1.0], [1e6, 1.5], 0.5e-6),
    ],
)
def test_the_relative_error_is_the_largest_difference_over_the_largest_entry(a, b, error):
    assert relative_error(a, b) == pytest.approx(error, rel=1e-12)
    assert relative_error(b, a) == relative_error(a, b)


def test_the_relative_error_of_nan_is_never_small():
    assert not relative_error([np.nan, 1.0], [1.0, 1.0]) < 1e-3


# Broadcasting undone --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "summed"),
    [((), 24.0), ((4,), np.full(4, 6.0)), ((3, 1), np.full((3, 1), 8.0)), ((1, 3, 4), np.full((1, 3, 4), 2.0))],
    ids=str,
)
def test_sum_to_sums_over_the_axes_that_were_repeated(shape, summed):
    np.testing.assert_array_equal(sum_to(np.ones((2, 3, 4)), np.zeros(shape)), summed)


def test_sum_to_passes_on_what_was_not_repeated():
    dy = np.ones((2, 3))
    assert sum_to(dy, np.zeros((2, 3))) is dy
    np.testing.assert_array_equal(sum_to(np.ones((0, 3)), np.zeros(3)), np.zeros(3))
    np.testing.assert_array_equal(sum_to(np.ones((2, 3)), 0.0), 6.0)


def test_relative_error_refuses_arrays_of_different_shapes():
    with pytest.raises(ValueError, match=r"got \(3,\) and \(3, 1\)"):
        relative_error(np.ones(3), np.ones((3, 1)))
