"""Numbers as figures write them."""

import numpy as np
import pytest

from dlcourse.drawing.numbers import say, write


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5.0, "5.00"),
        (-4.0, "−4.00"),
        (0.0, "0.00"),
        (0.7310586, "0.731"),
        (-12.0, "−12.0"),
        (123.4, "123"),
        (9.996, "10.0"),
        (1234.0, "1234"),
        (9999.4, "9999"),
        (99999.0, "1.00e5"),
        (0.0123, "0.0123"),
        (0.000123, "1.23e−4"),
        (-5.17e-11, "−5.17e−11"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "nan"),
        (3, "3.00"),
        (np.float32(0.1), "0.100"),
        (np.array(2.5), "2.50"),
    ],
)
def test_a_number_has_three_significant_digits_and_a_real_minus(number, text):
    assert write(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(5.0, "5"), (-1.0, "−1"), (0.5, "0.5"), (10.0, "10"), (100.0, "100"), (0.0, "0"), (1e5, "1e5")]
)
def test_without_padding_no_zeros_stand_at_the_end(number, text):
    assert write(number, pad=False) == text


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([1.0, -2.5]), "[1 −2.5]"),
        (np.array([5.0]), "[5]"),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), "[1 2; 3 4]"),
        (np.array([[1.0], [2.0]]), "[1; 2]"),
        (np.zeros(5), "(5,)"),
        (np.zeros((1, 1, 2)), "(1, 1, 2)"),
        (np.zeros((0, 3)), "(0, 3)"),
    ],
)
def test_small_arrays_are_written_out_and_large_ones_as_their_shape(array, text):
    assert write(array) == text


def test_what_is_said_is_plain_and_never_nan():
    assert say(-4.0) == "-4"
    assert say(float("nan")) == "not a number"
    assert say(float("-inf")) == "-infinity"
