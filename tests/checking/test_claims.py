"""A claim prints one stable line when it holds and raises with the same words when it does not."""

import numpy as np
import pytest

from dlcourse.autodiff import Tensor
from dlcourse.checking import claim


@pytest.mark.parametrize(
    ("value", "bounds", "told"),
    [
        (0.97213, {"at_least": 0.9}, "(0.972, at least 0.9)"),
        (0.9, {"at_least": 0.9}, "(0.9, at least 0.9)"),
        (3, {"at_most": 3}, "(3, at most 3)"),
        (0.5, {"at_least": 0, "at_most": 1}, "(0.5, at least 0, at most 1)"),
        (0.4983, {"near": 0.5, "within": 0.01}, "(0.498, within 0.01 of 0.5)"),
        (1e-13, {"at_most": 1e-12}, "(1e-13, at most 1e-12)"),
        (3e-14, {"at_most": 1e-12}, "(3e-14, at most 1e-12)"),
        (3e-15, {"at_most": 1e-12}, "(less than 1e-14, at most 1e-12)"),
        (0.0, {"at_most": 1e-12}, "(less than 1e-14, at most 1e-12)"),
        (108 + 1e-13, {"near": 108, "within": 1e-12}, "(within 1e-12 of 108)"),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), {"at_least": 1}, "(1 to 4, at least 1)"),
        (np.float32(0.25), {"near": 0.25, "within": 0}, "(exactly 0.25)"),
        (Tensor(2.0), {"at_most": 2}, "(2, at most 2)"),
        (True, {"at_least": 1}, "(1, at least 1)"),
    ],
)
def test_a_claim_that_holds_prints_one_line(capsys, value, bounds, told):
    claim("it is so", value, **bounds)
    assert capsys.readouterr().out == f"claim holds: it is so {told}\n"


@pytest.mark.parametrize(
    ("value", "bounds", "told"),
    [
        (0.8999, {"at_least": 0.9}, "(0.8999, at least 0.9)"),
        (3.01, {"at_most": 3}, "(3.01, at most 3)"),
        (2, {"at_least": 0, "at_most": 1}, "(2, at least 0, at most 1)"),
        (0.52, {"near": 0.5, "within": 0.01}, "(0.52, within 0.01 of 0.5)"),
        (0.48, {"near": 0.5, "within": 0.01}, "(0.48, within 0.01 of 0.5)"),
        (float("nan"), {"at_least": 0}, "(nan, at least 0)"),
        (float("nan"), {"near": 0, "within": 1}, "(nan, within 1 of 0)"),
        (np.array([1.0, np.nan]), {"at_most": 2}, "(nan, at most 2)"),
        (np.array([1.0, 3.0]), {"at_most": 2}, "(1 to 3, at most 2)"),
        (np.array([]), {"at_most": 2}, "(no numbers, at most 2)"),
    ],
)
def test_a_claim_that_fails_raises_with_the_same_words(capsys, value, bounds, told):
    with pytest.raises(AssertionError) as raised:
        claim("it is so", value, **bounds)
    assert str(raised.value) == f"claim fails: it is so {told}"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({}, "expected at_least, at_most, or near and within"),
        ({"near": 1}, "near and within belong together"),
        ({"within": 1}, "near and within belong together"),
        ({"within": 1, "at_least": 0}, "near and within belong together"),
    ],
)
def test_a_claim_without_bounds_is_a_wrong_usage(bounds, words):
    with pytest.raises(ValueError, match=words):
        claim("it is so", 1, **bounds)


def test_a_claim_needs_numbers():
    with pytest.raises(TypeError, match="claim: expected a number or an array of numbers, got str"):
        claim("it is so", "high", at_least=1)
