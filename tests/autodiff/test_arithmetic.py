"""What the table of cases can't say about the operations: gates, ties, domains, precision, edges."""

import numpy as np
import pytest

from dlcourse import autodiff
from dlcourse.autodiff import (
    Tensor,
    add,
    concatenate,
    divide,
    exp,
    grad,
    gradient_errors,
    jvp,
    log,
    matmul,
    maximum,
    mean,
    multiply,
    power,
    reshape,
    sqrt,
    sum,
    take,
    transpose,
)
from dlcourse.autodiff.arithmetic import OPERATORS, get_item

# The gates of the decks (S5-24, S5-25, S5-26, S5-28) ------------------------------------------------------


def test_an_add_gate_distributes_the_gradient():
    da, db = add.vjp(np.array(3.0), np.array(-4.0))[1](np.array(2.0))
    assert (da, db) == (2.0, 2.0)


def test_a_max_gate_routes_the_gradient_to_the_winner():
    da, db = maximum.vjp(np.array([3.0, 1.0]), np.array([2.0, 5.0]))[1](np.array([7.0, 8.0]))
    np.testing.assert_array_equal(da, [7.0, 0.0])
    np.testing.assert_array_equal(db, [0.0, 8.0])


def test_in_a_tie_the_first_of_equal_maxima_wins_all():
    da, db = maximum.vjp(np.array([2.0, 0.0]), np.array([2.0, -0.0]))[1](np.array([1.0, 1.0]))
    np.testing.assert_array_equal(da, [1.0, 1.0])
    np.testing.assert_array_equal(db, [0.0, 0.0])


def test_a_max_gate_that_sees_one_tensor_twice_passes_the_gradient_once():
    assert grad(lambda x: maximum(x, x))(np.array(2.0)) == 1.0


def test_a_multiply_gate_switches_the_inputs():
    da, db = multiply.vjp(np.array(3.0), np.array(-4.0))[1](np.array(2.0))
    assert (da, db) == (-8.0, 6.0)


def test_gradients_add_at_branches():
    assert grad(lambda x: x * x)(np.array(3.0)) == 6.0
    assert grad(lambda x: x + x)(np.array(3.0)) == 2.0


# Domains --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "x", [np.array([1.0, -2.0, -3.0]), np.array([1.0, -2.0, -3.0]) + 1e-30j], ids=["real", "lifted"]
)
@pytest.mark.parametrize(
    ("function", "name"),
    [
        (log, "log"),
        (sqrt, "sqrt"),
        (lambda x: power(x, exponent=0.5), r"power with exponent 0\.5"),
        (lambda x: power(x, exponent=-1.5), r"power with exponent -1\.5"),
    ],
    ids=["log", "sqrt", "power 0.5", "power -1.5"],
)
def test_a_negative_number_outside_of_the_domain_is_an_error_never_a_complex_answer(function, name, x):
    message = rf"{name}: expected numbers that are not negative, got 2 below 0 \(the smallest -3\)"
    with pytest.raises(ValueError, match=message):
        function(x)
    with pytest.raises(ValueError, match=message):
        function(Tensor(x))


def test_jvp_keeps_the_domain():
    with pytest.raises(ValueError, match="log: expected numbers that are not negative"):
        jvp(log, (np.array([-1.0]),), (np.array([1.0]),))


def test_at_the_edge_of_the_domain_the_values_are_those_of_numpy():
    with np.errstate(divide="ignore"):
        assert log(np.array([0.0])) == [-np.inf]
        assert sqrt.vjp(np.array([0.0]))[1](np.array([1.0])) == [np.inf]
        assert log.vjp(np.array([0.0]))[1](np.array([1.0])) == [np.inf]
    assert sqrt(np.array([0.0])) == [0.0]
    assert np.isnan(log(np.array([np.nan]))).all()


def test_whole_exponents_take_negative_numbers():
    np.testing.assert_array_equal(power(np.array([-2.0]), exponent=3.0), [-8.0])
    np.testing.assert_array_equal(power(np.array([-2.0]), exponent=-2), [0.25])
    for exponent in (-3, -2, -1, 1, 2, 3, 4, 5, 50):
        assert gradient_errors(power, np.array([-1.2, 0.7]), exponent=exponent)[0] < 1e-12


def test_a_power_of_zero_has_the_slope_of_paper():
    for exponent, slope in [(0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0), (1.5, 0.0)]:
        assert power.vjp(np.array([0.0]), exponent=exponent)[1](np.array([1.0])) == [slope]


def test_dividing_by_zero_is_infinite_as_in_numpy():
    with np.errstate(divide="ignore", invalid="ignore"):
        y, backward = divide.vjp(np.array([1.0]), np.array([0.0]))
        da, db = backward(np.array([1.0]))
    assert (y, da, db) == ([np.inf], [np.inf], [-np.inf])


def test_an_exponential_that_overflows_is_infinite_as_in_numpy():
    with np.errstate(over="ignore"):
        assert exp(np.array([800.0])) == [np.inf]
    assert exp(np.array([-800.0])) == [0.0]


# Precision ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [2, 2.0, 0.5, np.float64(2.0), np.int64(3)], ids=repr)
def test_no_exponent_turns_float32_into_float64(exponent):
    y, backward = power.vjp(np.ones(3, np.float32), exponent=exponent)
    assert y.dtype == backward(np.ones(3, np.float32)).dtype == np.float32


def test_a_sum_of_many_keeps_the_precision_of_numpy():
    x = np.full(100_000, 0.1)
    assert sum(x) == x.sum()
    assert mean(Tensor(x)).data == x.mean()


# Shapes ---------------------------------------------------------------------------------------------------


def test_reductions_take_negative_axes_tuples_and_none():
    x = np.arange(24.0).reshape(2, 3, 4)
    for axis in (None, 0, -1, (0, 2), (-1, 0), ()):
        for keepdims in (False, True):
            for function, numpy in ((sum, np.sum), (mean, np.mean)):
                expected = numpy(x, axis=axis, keepdims=keepdims)
                y, backward = function.vjp(x, axis=axis, keepdims=keepdims)
                np.testing.assert_array_equal(y, expected)
                share = 1.0 if function is sum else np.size(expected) / x.size
                np.testing.assert_allclose(backward(np.ones(np.shape(expected))), np.full(x.shape, share))


def test_the_mean_of_nothing_is_nan_as_in_numpy_and_its_gradient_is_empty():
    with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="empty"):
        y, backward = mean.vjp(np.zeros((0, 3)))
    assert np.isnan(y)
    assert backward(1.0).shape == (0, 3)


def test_taking_a_slice_twice_adds_both_gradients():
    dx = take.vjp(np.zeros((3, 2)), index=[2, 2, 0])[1](np.ones((3, 2)))
    np.testing.assert_array_equal(dx, [[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]])


def test_a_tuple_of_indices_is_a_list_of_them():
    x = np.arange(12.0).reshape(3, 4)
    for index in ((0, 2), [0, 2], np.array([0, 2])):
        y, backward = take.vjp(x, index=index)
        np.testing.assert_array_equal(y, x[[0, 2]])
        np.testing.assert_array_equal(backward(y), x * [[1.0], [0.0], [1.0]])


def test_an_index_that_does_not_exist_is_an_error():
    with pytest.raises(IndexError, match="out of bounds"):
        take(Tensor(np.zeros(3)), index=3)
    with pytest.raises(IndexError, match="out of bounds"):
        Tensor(np.zeros(3))[3]


def test_indexing_with_a_repeated_index_adds_the_gradients():
    x = Tensor([1.0, 2.0, 3.0])
    x[[0, 0, 2]].sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, 0.0, 1.0])


def test_pieces_of_a_concatenation_get_back_their_own():
    da, db = concatenate.vjp(np.zeros((2, 1)), np.zeros((2, 3)), axis=1)[1](np.arange(8.0).reshape(2, 4))
    np.testing.assert_array_equal(da, [[0.0], [4.0]])
    np.testing.assert_array_equal(db, [[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]])


def test_a_concatenation_takes_constants_among_tensors():
    x = Tensor([1.0])
    concatenate([5.0, 6.0], x, np.zeros(1))[2].backward()
    np.testing.assert_array_equal(x.grad, [1.0])


def test_transposing_back_is_the_gradient():
    x = np.arange(24.0).reshape(2, 3, 4)
    for axes in (None, (0, 1, 2), (2, 0, 1), (-1, 0, 1)):
        y, backward = transpose.vjp(x, axes=axes)
        np.testing.assert_array_equal(backward(y), x)


def test_reshaping_back_is_the_gradient_also_of_nothing():
    for shape in ((2, 3), (0, 3)):
        y, backward = reshape.vjp(np.ones(shape), shape=(-1,))
        assert backward(y).shape == shape


def test_a_view_that_indexing_hands_out_does_not_write_into_the_gradient_of_another():
    x = np.zeros((2, 2))
    dy = np.ones(2)
    dx = get_item.vjp(x, index=0)[1](dy)
    dx[0, 0] = 9.0
    np.testing.assert_array_equal(dy, np.ones(2))


def test_every_operator_of_the_tensor_is_behind_numpys_ufunc_too():
    assert {ufunc.__name__: function.__name__ for ufunc, function in OPERATORS.items()} == {
        "add": "add",
        "subtract": "subtract",
        "multiply": "multiply",
        "divide": "divide",
        "matmul": "matmul",
        "negative": "negative",
    }


def test_matrix_products_with_a_batch_of_one_keep_their_axes():
    x, W = Tensor(np.ones((1, 3))), Tensor(np.ones((3, 1)))
    y = matmul(x, W)
    y.sum().backward()
    assert (y.shape, x.grad.shape, W.grad.shape) == ((1, 1), (1, 3), (3, 1))


def test_every_public_name_of_the_engine_exists():
    for name in autodiff.__all__:
        assert getattr(autodiff, name).__doc__, name
