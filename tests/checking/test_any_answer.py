"""No answer whatever makes `grade` raise, and only right ones pass."""

import collections
import decimal
import fractions
import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.checking import limits
from dlcourse.checking.learner_code import fingerprint
from tests.checking.bank import EXERCISES, LINEAR, NORMALIZE, NUMBERS, STATISTICS

BY_KIND = {exercise.kind: exercise for exercise in EXERCISES}


class Hostile:
    """Raises whatever is asked of it."""

    def _no(self, *_, **__):
        raise RuntimeError("no")

    __eq__ = __bool__ = __len__ = __iter__ = __float__ = __array__ = __repr__ = __str__ = __getitem__ = _no
    __hash__ = None

    def __getattr__(self, name):
        raise RuntimeError("no")


class HostileCall(Hostile):
    def __call__(self, *_, **__):
        return self


class HostileArray(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __array_ufunc__(self, *_, **__):
        raise RuntimeError("no")


class HostileMeta(type):
    def __instancecheck__(cls, instance):
        raise RuntimeError("no")


def recursive_list():
    inside = [1.0]
    inside.append(inside)
    return inside


WEIRD = {
    "hostile object": Hostile(),
    "hostile callable": HostileCall(),
    "hostile array": np.ones((2, 2)).view(HostileArray),
    "hostile class": HostileMeta("Strange", (), {}),
    "list in itself": recursive_list(),
    "set": {1, 2},
    "dict": {"slope": Hostile(), "offset": ...},
    "bytes": b"b",
    "decimal": decimal.Decimal("0.73106"),
    "fraction": fractions.Fraction(1, 3),
    "huge integer": 10**5000,
    "matrix": np.ones((1, 2)).view(np.matrix),
    "masked": np.ma.masked_array([1.0, 2.0], [True, False]),
    "dates": np.array(["2026-01-01"], dtype="datetime64[D]"),
    "structured": np.zeros(2, dtype=[("a", float)]),
    "empty array": np.zeros((0, 3)),
    "0-d object": np.array(None, dtype=object),
    "namedtuple": collections.namedtuple("Pair", "y backward")(1.0, 2.0),
    "partial": functools.partial(np.add, 1),
    "ufunc": np.exp,
    "builtin": len,
    "method": [].append,
    "string": "b\x00\ud800",
    "complex": 1j,
    "NaN": float("nan"),
    "object": object(),
    "slice": slice(None),
    "ellipsis in a dict": {"relu": ...},
    "iterator": iter([1]),
    "range": range(2),
}


@pytest.fixture(autouse=True)
def short_time(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 1.0)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
@pytest.mark.parametrize("weird", WEIRD.values(), ids=WEIRD.keys())
def test_a_weird_answer_fails_with_a_sentence(exercise, weird):
    result = exercise.grade(weird)
    assert result.status in {"failed", "not started"}
    assert result.sentence.startswith(exercise.id)
    assert "Traceback" not in result.message
    assert len(result.message) < 4000
    assert isinstance(fingerprint(weird), str)


@pytest.mark.parametrize("weird", WEIRD.values(), ids=WEIRD.keys())
def test_a_function_that_returns_something_weird_fails_with_a_sentence(weird):
    answers = [
        (LINEAR, lambda x, W, b: weird),
        (LINEAR, lambda x, W, b: (weird, weird)),
        (LINEAR, lambda x, W, b: (x @ W + b, lambda dy: weird)),
        (LINEAR, lambda x, W, b: (x @ W + b, lambda dy: (weird, weird, weird))),
        (LINEAR, lambda x, W, b: (weird, lambda dy: (x, W, b))),
        (STATISTICS, lambda x: (weird, weird)),
        (NORMALIZE, lambda x, *, eps: weird),
        (NUMBERS, (weird, weird)),
    ]
    for exercise, answer in answers:
        result = exercise.grade(answer)
        assert result.status in {"failed", "not started"}
        assert "Traceback" not in result.message


leaf = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just(...) | st.complex_numbers()
)
nested = st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=6)


@settings(deadline=None, max_examples=60)
@given(nested)
def test_any_nested_value_gets_a_verdict(answer):
    for exercise in BY_KIND.values():
        result = exercise.grade(answer)
        assert result.status in {"failed", "not started", "passed"}
        if exercise.kind not in {"choice", "value"}:
            assert not result.passed
    assert not STATISTICS.grade(lambda x: answer).passed
    fingerprint(answer)
