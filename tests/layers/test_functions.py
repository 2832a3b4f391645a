"""linear: shapes and errors. Its values and gradients are in the table of cases."""

import numpy as np
import pytest

from dlcourse.autodiff import Tensor
from dlcourse.layers import linear


def test_without_a_bias_the_way_back_has_two_gradients():
    x, W = np.ones((4, 3)), np.ones((3, 2))
    assert [dx.shape for dx in linear.vjp(x, W)[1](np.ones((4, 2)))] == [(4, 3), (3, 2)]
    assert len(linear.vjp(x, W, np.ones(2))[1](np.ones((4, 2)))) == 3


def test_a_batch_that_is_no_tensor_costs_no_gradient_of_its_own():
    W, b, dy = Tensor(np.ones((3, 2))), Tensor(np.ones(2)), np.ones((4, 2))
    for constants in ([W], [W, b]):
        dx, *others = linear(np.ones((4, 3)), *constants)._node.backward(dy)
        assert dx is None
        assert [other.shape for other in others] == [x.shape for x in constants]
    assert linear(Tensor(np.ones((4, 3))), W)._node.backward(dy)[0].shape == (4, 3)


def test_an_empty_batch_gives_weights_a_gradient_of_zeros():
    dx, dW, db = linear.vjp(np.zeros((0, 3)), np.ones((3, 2)), np.ones(2))[1](np.zeros((0, 2)))
    assert dx.shape == (0, 3)
    np.testing.assert_array_equal(dW, np.zeros((3, 2)))
    np.testing.assert_array_equal(db, np.zeros(2))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4, 3), (2, 3)), r"linear: x of shape \(4, 3\) and W of shape \(2, 3\) do not fit"),
        (((4, 3), (3,)), r"linear: x of shape \(4, 3\) and W of shape \(3,\) do not fit"),
        (((), (3, 2)), r"linear: x of shape \(\) and W of shape \(3, 2\) do not fit"),
        (((4, 3), (3, 2), (3,)), r"linear: expected b of shape \(2,\), one for each column of W, got \(3,\)"),
        (((4, 3), (3, 2), (1, 2)), r"linear: expected b of shape \(2,\), one for each column of W, got \(1, 2\)"),
        (((4, 3), (3, 2), ()), r"linear: expected b of shape \(2,\), one for each column of W, got \(\)"),
    ],
    ids=str,
)
def test_shapes_that_do_not_fit_are_an_error_that_prints_them(shapes, message):
    arrays = [np.ones(shape) for shape in shapes]
    for inputs in (arrays, [Tensor(array) for array in arrays]):
        with pytest.raises(ValueError, match=message):
            linear(*inputs)
