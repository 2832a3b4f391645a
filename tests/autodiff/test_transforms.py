"""vjp, jvp, grad and hvp of whole programs."""

import numpy as np
import pytest

from dlcourse.activations import relu, sigmoid, tanh
from dlcourse.autodiff import Tensor, exp, grad, hvp, jvp, log, maximum, sqrt, vjp
from dlcourse.layers import Linear, Parameter, Sequential
from dlcourse.losses import cross_entropy, mean_squared_error

X, Y = np.array([1.0, 2.0]), np.array([3.0, 5.0])


def one_input(x):
    return (x * x * x).sum()


def two_inputs(x, y):
    return (x * x * y).sum()


def test_vjp_of_one_input_gives_one_array():
    y, backward = vjp(one_input, X)
    assert y == 9.0
    dx = backward(2.0)
    assert type(dx) is np.ndarray
    np.testing.assert_array_equal(dx, 6 * X**2)


def test_vjp_of_several_inputs_gives_a_tuple():
    y, backward = vjp(two_inputs, X, Y)
    assert y == 23.0
    dxs = backward(1.0)
    assert type(dxs) is tuple
    np.testing.assert_array_equal(dxs[0], 2 * X * Y)
    np.testing.assert_array_equal(dxs[1], X**2)


def test_vjp_can_be_walked_several_times():
    _, backward = vjp(lambda x: x * x, X)
    np.testing.assert_array_equal(backward(np.array([1.0, 0.0])), [2.0, 0.0])
    np.testing.assert_array_equal(backward(np.array([0.0, 1.0])), [0.0, 4.0])


def test_vjp_of_several_outputs_gives_a_tuple_of_values():
    values, backward = vjp(lambda x, y: (x * y, x + y, x.sum()), X, Y)
    assert [type(value) for value in values] == [np.ndarray] * 3
    dx, dy = backward(np.ones(2), None, 1.0)
    np.testing.assert_array_equal(dx, Y + 1)
    np.testing.assert_array_equal(dy, X)


def test_an_input_that_is_not_used_has_gradient_zero():
    dx, dy = grad(lambda x, y: (x * x).sum())(X, Y)
    np.testing.assert_array_equal(dx, 2 * X)
    np.testing.assert_array_equal(dy, np.zeros(2))


def test_a_program_that_returns_a_constant_has_gradient_zero():
    np.testing.assert_array_equal(grad(lambda x: 5.0)(X), np.zeros(2))
    np.testing.assert_array_equal(jvp(lambda x: np.ones(3), (X,), (X,))[1], np.zeros(3))


def test_a_program_that_returns_its_input_is_the_identity():
    y, backward = vjp(lambda x: x, X)
    np.testing.assert_array_equal(y, X)
    dy = np.ones(2)
    dx = backward(dy)
    np.testing.assert_array_equal(dx, dy)
    dx *= 100
    np.testing.assert_array_equal(dy, np.ones(2))


def test_one_input_given_twice_counts_as_two():
    dx, dy = grad(lambda x, y: (x * y * y).sum())(X, X)
    np.testing.assert_array_equal(dx, X**2)
    np.testing.assert_array_equal(dy, 2 * X**2)


def test_tensors_and_lists_are_taken_as_inputs():
    for x in (Tensor(X), [1.0, 2.0], Parameter(X)):
        np.testing.assert_array_equal(grad(one_input)(x), 3 * X**2)
        np.testing.assert_array_equal(jvp(one_input, (x,), (np.ones(2),))[1], (3 * X**2).sum())
        np.testing.assert_array_equal(hvp(one_input, x, [1.0, 0.0]), [6.0, 0.0])


def test_grad_is_that_of_paper_for_one_and_for_several_inputs():
    np.testing.assert_array_equal(grad(one_input)(X), 3 * X**2)
    dx, dy = grad(two_inputs)(X, Y)
    np.testing.assert_array_equal(dx, 2 * X * Y)
    np.testing.assert_array_equal(dy, X**2)


def test_grad_needs_a_program_that_returns_one_number():
    with pytest.raises(ValueError, match=r"grad: expected a program that returns one number, got shape \(2,\)"):
        grad(lambda x: x * 2.0)(X)
    with pytest.raises(ValueError, match="grad: expected a program that returns one number, got 2 outputs"):
        grad(lambda x: (x.sum(), x.sum()))(X)


def test_jvp_is_the_slope_along_a_direction():
    y, dy = jvp(two_inputs, (X, Y), (np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    assert y == 23.0
    np.testing.assert_allclose(dy, 2 * 1 * 3 * 1 + 4 * 2, rtol=1e-15)
    assert type(y) is type(dy) is np.ndarray


def test_jvp_is_exact_for_float32_inputs_too():
    x = np.array([0.3, 0.7], np.float32)
    v = np.array([1e-12, 3e-12], np.float32)
    _, slope = jvp(tanh, (x,), (v,))
    exact = (1 - np.tanh(x.astype(float)) ** 2) * v.astype(float)
    np.testing.assert_allclose(slope, exact, rtol=1e-14)
    np.testing.assert_allclose(hvp(lambda x: (x**3).sum(), x, v), 6 * x.astype(float) * v.astype(float), rtol=1e-14)


def test_forward_and_reverse_mode_agree():
    rng = np.random.default_rng(0)
    x, W, v, dy = (rng.standard_normal(shape) for shape in [(4, 3), (3, 2), (4, 3), (4, 2)])
    program = lambda x: tanh(x @ W) * sigmoid(x @ W) + 1.0
    _, slope = jvp(program, (x,), (v,))
    np.testing.assert_allclose(np.vdot(dy, slope), np.vdot(vjp(program, x)[1](dy), v), rtol=1e-13)


def test_forward_mode_records_nothing():
    seen = []
    jvp(lambda x: seen.append(tanh(x)) or seen[0], (X,), (X,))
    assert "made by" not in repr(seen[0])


@pytest.mark.parametrize("size", [1e-200, 1e-8, 1.0, 1e8])
def test_jvp_has_no_step_to_tune(size):
    x = np.array([size])
    _, slope = jvp(lambda x: x * x, (x,), (np.ones(1),))
    np.testing.assert_allclose(slope, 2 * x, rtol=1e-15)


def test_hvp_of_a_quadratic_form_is_its_matrix_times_v():
    rng = np.random.default_rng(0)
    A, x, v = rng.standard_normal((4, 4)), rng.standard_normal(4), rng.standard_normal(4)
    np.testing.assert_allclose(hvp(lambda x: x @ A @ x, x, v), (A + A.T) @ v, rtol=1e-13)


def test_hvp_of_a_softmax_loss_is_its_closed_form():
    z, v = np.array([[0.3, -1.2, 0.7]]), np.array([[1.0, 0.5, -2.0]])
    p = np.exp(z) / np.exp(z).sum()
    hessian = np.diag(p[0]) - np.outer(p, p)
    got = hvp(lambda z: cross_entropy(z, labels=np.array([1])), z, v)
    np.testing.assert_allclose(got, v @ hessian, rtol=0, atol=1e-15)


def test_hvp_of_a_logistic_regression_is_its_closed_form():
    rng = np.random.default_rng(0)
    A, w, v = rng.standard_normal((20, 3)), rng.standard_normal(3), rng.standard_normal(3)
    p = 1 / (1 + np.exp(-(A @ w)))
    closed = A.T @ ((p * (1 - p)) * (A @ v))
    np.testing.assert_allclose(hvp(lambda w: -log(1 - sigmoid(A @ w)).sum(), w, v), closed, rtol=1e-12)


def test_hvp_goes_through_every_kind_of_function():
    rng = np.random.default_rng(0)
    x, v = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))

    def program(x):
        h = tanh(x @ np.ones((4, 4))) * exp(-x) + maximum(x, 0.1) + relu(x) ** 3
        return mean_squared_error(h.T.reshape(3, 4)[:, 1:], target=np.ones((3, 3))) + (x[0] / 3.0).mean()

    h = 1e-5
    central = (grad(program)(x + h * v) - grad(program)(x - h * v)) / (2 * h)
    np.testing.assert_allclose(hvp(program, x, v), central, rtol=1e-6, atol=1e-7)


def test_arrays_come_back_and_parameters_are_left_alone():
    rng = np.random.default_rng(0)
    model = Sequential(Linear(3, 4, rng=rng, dtype=np.float64), tanh, Linear(4, 1, rng=rng, dtype=np.float64))
    x, v = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
    program = lambda x: (model(x) * model(x)).mean()
    y, backward = vjp(program, x)
    results = [y, backward(1.0), grad(program)(x), *jvp(program, (x,), (v,)), hvp(program, x, v)]
    assert [isinstance(result, (np.ndarray, np.floating)) for result in results] == [True] * len(results)
    assert [result.shape for result in results] == [(), (5, 3), (5, 3), (), (), (5, 3)]
    assert [p.grad for p in model.parameters()] == [None] * 4


def test_gradients_that_a_parameter_already_had_are_left_alone():
    w, kept = Parameter([2.0]), np.array([7.0])
    w.grad = kept
    grad(lambda x: (x * w).sum())(X[:1])
    hvp(lambda x: (x * x * w).sum(), X[:1], X[:1])
    assert w.grad is kept
    np.testing.assert_array_equal(kept, [7.0])


def test_grad_within_a_program_is_a_constant_of_it():
    inner = grad(lambda y: (y * y).sum())(X)
    np.testing.assert_array_equal(grad(lambda x: (x * inner).sum())(X), inner)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vjp(one_input, np.array([1, 2])), TypeError, "vjp: expected real numbers, got int64"),
        (lambda: grad(one_input)([1, 2]), TypeError, "expected real numbers, got int64"),
        (lambda: jvp(one_input, ([1, 2],), (X,)), TypeError, "jvp: expected real numbers, got int64"),
        (lambda: hvp(one_input, [1, 2], X), TypeError, "hvp: expected real numbers, got int64"),
        (lambda: jvp(one_input, (X,), (X, X)), ValueError, "jvp: .* got 1 inputs and 2 directions"),
        (lambda: jvp(one_input, (X,), (Y[:1],)), ValueError, r"jvp: the direction has shape \(1,\) but .* \(2,\)"),
        (lambda: hvp(one_input, X, Y[:1]), ValueError, r"hvp: the direction has shape \(1,\) but .* \(2,\)"),
        (lambda: jvp(one_input, X, X), TypeError, r"jvp: expected tuples of inputs and directions.*jvp\(f, \(x,\)"),
        (lambda: vjp(one_input, X)[1](X), ValueError, r"backward: dy has shape \(2,\) but the value has shape \(\)"),
        (lambda: vjp(one_input, X)[1](), TypeError, r"backward takes 1 gradient\(s\), .* got 0"),
        (lambda: vjp(one_input, X)[1](Tensor(1.0)), TypeError, "backward: dy is a Tensor"),
    ],
)
def test_errors_say_what_was_expected(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_complex_numbers_are_refused_where_forward_mode_needs_the_imaginary_part():
    for call in (lambda x: jvp(one_input, (x,), (X,)), lambda x: hvp(one_input, x, X)):
        with pytest.raises(TypeError, match="expected real numbers, got complex128"):
            call(X + 1j)


@pytest.mark.parametrize("exponent", [2, 3, 5, 100, 101, -3])
def test_the_slope_of_a_whole_power_is_right_for_a_negative_base(exponent):
    x, v = np.array([-1.1]), np.array([1.0])
    _, slope = jvp(lambda x: x**exponent, (x,), (v,))
    assert slope == pytest.approx(exponent * x ** (exponent - 1), rel=1e-12)


def test_forward_mode_takes_the_root_of_a_square_that_is_zero():
    y, _ = jvp(lambda x: sqrt(x**2 + 0.0), (np.array([0.0, 3.0]),), (np.array([1.0, 1.0]),))
    assert y == pytest.approx([0.0, 3.0])


def test_a_direction_may_be_of_any_size():
    for size in (1e-20, 1.0, 1e31):
        _, slope = jvp(lambda x: x**2, (np.array([3.0]),), (np.array([size]),))
        assert slope == pytest.approx([6 * size], rel=1e-12)


def test_a_numpy_number_beside_a_float32_tensor_leaves_it_float32():
    assert (Tensor(np.ones(3, np.float32)) * np.float64(2.0)).dtype == np.float32
    assert vjp(lambda x: x * np.float64(2.0), np.ones(3, np.float32))[1](np.ones(3)).dtype == np.float32
