"""Whatever is passed to `check`, one sentence says what it is and what to do, and never a traceback."""

import asyncio
import linecache
import types

import numpy as np
import pytest

from dlcourse.checking import Exercise, limits
from tests.checking.bank import GATES, LINEAR, MOMENTUM, NORMALIZE, STATISTICS, add, linear


def right(dy, x, W):
    return dy @ W.T, x.T @ dy, dy.sum(axis=0)


def y_as(change):
    """A linear layer whose value is changed."""
    return lambda x, W, b: (change(x @ W + b), lambda dy: right(dy, x, W))


def going_back(change):
    """A linear layer whose backward returns something else."""
    return lambda x, W, b: (x @ W + b, lambda dy: change(right(dy, x, W)))


class Tensor:
    def __init__(self, data):
        self.data, self.grad = data, None


def generator(x, W, b):
    yield x @ W + b


async def coroutine(x, W, b):
    return x


def endless_loop(x, W, b):
    while True:
        try:  # noqa: SIM105
            x = x + 0
        except:  # noqa: E722
            pass


def print_flood(x, W, b):
    while True:
        print("no end")


def recursion(x, W, b):
    return recursion(x, W, b)


def leave(x, W, b):
    raise SystemExit


def interrupted_by_itself(x, W, b):
    raise asyncio.CancelledError("stop")


def misspelt(x, W, b):
    return x @ Wx + b  # noqa: F821


def write_the_input(x, W, b):
    x += 1
    return x @ W + b, None


def unprintable(x, W, b):
    class Strange(Exception):
        def __str__(self):
            raise ValueError

    raise Strange


ODD = {
    "None": (lambda x, W, b: None, "`my_linear` returned None: is there a `return`?"),
    "only the value": (
        lambda x, W, b: x @ W + b,
        "returned an array where two things are expected: `return y, backward`",
    ),
    "three things": (lambda x, W, b: (1, 2, 3), "returned a tuple of 3 where two things are expected"),
    "backward called": (lambda x, W, b: (x @ W + b, x), "returned an array as its second thing: return the function"),
    "backward without return": (going_back(lambda dxs: None), "backward of `my_linear` returned None: is there a `ret"),
    "backward without parameter": (lambda x, W, b: (x @ W + b, lambda: x), "write `def backward(dy):`"),
    "two gradients": (going_back(lambda dxs: dxs[:2]), "returned 2 values where 3 are expected: dx, dW, db"),
    "one gradient": (going_back(lambda dxs: dxs[0]), "returned an array where 3 are expected: dx, dW, db"),
    "a gradient is None": (going_back(lambda dxs: (dxs[0], None, dxs[2])), "`dW` is None: is there a `return`?"),
    "list": (y_as(lambda y: y.tolist()), "`y` is a list: wrap it with `np.array(...)`."),
    "ragged list": (y_as(lambda y: [[1.0], [1.0, 2.0]]), "`y` is a list whose rows differ in length"),
    "tuple": (y_as(lambda y: (1.0, 2.0)), "`y` is a tuple of 2 where one array or number is expected."),
    "string": (y_as(str), "`y` is a string, which is text and no number: remove the quotes."),
    "array of text": (y_as(lambda y: y.astype(str)), "`y` is an array of text"),
    "object array": (y_as(lambda y: y.astype(object)), "`y` is an array of Python objects (dtype object)"),
    "integers": (y_as(lambda y: y.astype(int)), "`y` should be float64, yours is int64: integers lose everything"),
    "float32": (y_as(lambda y: y.astype(np.float32)), "`y` should be float64, yours is float32: it has fewer digits"),
    "float16": (y_as(lambda y: y.astype(np.float16)), "`y` should be float64, yours is float16: it has fewer digits"),
    "complex": (y_as(lambda y: y + 0j), "`y` should be float64, yours is complex128: complex numbers come from"),
    "NaN": (y_as(lambda y: np.where(y == y[0, 1], np.nan, y)), "`y` is NaN (not a number) at entry [0, 1]."),
    "infinite": (y_as(lambda y: y / 0), "`y` is infinite at entry [0, 0] and 3 more."),
    "generator": (generator, "`my_linear` returned a generator: is there a `yield` where `return` belongs?"),
    "generator inside": (y_as(lambda y: (v for v in y)), "`y` is a generator: is there a `yield` where `return`"),
    "coroutine": (coroutine, "`my_linear` returned a coroutine: write `def`, not `async def`."),
    "function": (y_as(lambda y: np.exp), "`y` is a function, not its result: is a call `(...)` missing?"),
    "exception class": (lambda x, W, b: ValueError, "returned the exception ValueError: return a number or an array"),
    "exception": (y_as(lambda y: ValueError("no")), "`y` is the exception ValueError: return a number or an array"),
    "dict": (y_as(lambda y: {"y": y}), "`y` is a dict where an array or a number is expected."),
    "Tensor": (y_as(Tensor), "`y` is a Tensor: return the array inside, its `.data`."),
    "wrong shape": (
        y_as(lambda y: y[:, :1]),
        "`y` should be an array of shape (2, 2), yours is an array of shape (2, 1).",
    ),
    "one parameter too few": (
        lambda x, W: None,
        "takes 2 positional arguments but 3 were given): write `def my_linear(x, W, b):`.",
    ),
    "one parameter too many": (lambda x, W, b, c: None, "missing 1 required positional argument: 'c'): write `def my"),
    "exit": (leave, "`my_linear` ended the program with SystemExit"),
    "other base exception": (interrupted_by_itself, "`my_linear` stopped with CancelledError"),
    "exception that can't be printed": (unprintable, "`my_linear` stopped with Strange"),
    "recursion": (recursion, "`my_linear` calls itself without an end"),
    "misspelt name": (misspelt, "`return x @ Wx + b  # noqa: F821`: name 'Wx' is not defined."),
    "much memory": (lambda x, W, b: np.ones(10**9), "`my_linear` asked for more memory than the 2 GiB it may use"),
    "a long list": (lambda x, W, b: [0] * 10**9, "`my_linear` asked for more memory than the 2 GiB it may use"),
    "endless loop": (endless_loop, "`my_linear` was stopped after 0.2 seconds: is there a loop without an end?"),
    "print flood": (print_flood, "`my_linear` was stopped after 0.2 seconds: is there a loop without an end?"),
    "the result": (
        linear(np.ones((2, 2)), np.ones((2, 2)), 1.0),
        "got a tuple of 2: pass the function itself, without",
    ),
    "an array": (np.ones(2), 'pass the function itself, without calling it, `check("91.1", my_linear)`.'),
    "None itself": (None, "got None: pass the function itself"),
    "the name": ("my_linear", "got a string: pass the function itself, without quotes"),
    "a class": (Tensor, "got the class `Tensor`: pass a function"),
    "a module": (types, "got a module: pass the function itself"),
}


@pytest.fixture(autouse=True)
def short_time(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.2)


def assert_said(result, words):
    told = " ".join([result.message, result.why, result.look, *(text for block in result.details for text in block)])
    assert result.status == "failed"
    assert 0 <= result.score < 1
    assert words in result.sentence
    assert result.mistake is None
    assert "Traceback" not in told
    assert "dlcourse/checking" not in told and "observing" not in told
    assert "!" not in result.sentence


@pytest.mark.parametrize(("answer", "words"), ODD.values(), ids=ODD.keys())
def test_an_odd_answer_gets_its_own_sentence(answer, words):
    result = LINEAR.grade(answer)
    assert_said(result, words)
    assert result.why == "" or result.step == "shape"  # the sentence has said it


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: (x.sum(), [1.0]), "`largest` should be a single number, yours is a list of 1: leave out the brack"),
        (lambda x: (x.sum(), list(x)), "`largest` should be a single number, yours is a list of 3."),
        (lambda x: (x.sum(), (1.0, 2.0)), "`largest` should be a single number, yours is a tuple of 2."),
        (lambda x: x.sum(), "`statistics` returned a number where 2 are expected: total, largest."),
        (lambda x: (x.sum(),), "`statistics` returned 1 value where 2 are expected: total, largest."),
        (lambda x: (x.sum(), np.float32(x.max())), "`largest` should be float64, yours is float32"),
        (lambda x: (x.sum(), x), "`largest` should be a single number, yours is an array of shape (3,)."),
    ],
)
def test_an_odd_answer_of_two_values_gets_its_own_sentence(answer, words):
    assert_said(STATISTICS.grade(answer), words)


def test_a_single_returned_value_is_called_so():
    assert_said(NORMALIZE.grade(lambda x, *, eps: None), "The returned value is None: is there a `return`?")
    assert_said(NORMALIZE.grade(lambda x: x), "unexpected keyword argument 'eps'): write `def normalize(x, *, eps):`.")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (add, 'got one function where 2 functions are expected: write `check("91.2", (add, square))`.'),
        ((add,), "got a tuple of 1 where 2 functions are expected"),
        ((add, 3.0), "got a number: pass the function itself"),
        ((add, lambda x: x), "`square` returned an array where two things are expected"),
        ((lambda a: a, GATES.reference[1]), "write `def add(a, b):`."),
    ],
)
def test_an_odd_tuple_of_functions_gets_its_own_sentence(answer, words):
    assert_said(GATES.grade(answer), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (linear, "got one function: pass the class itself"),
        (MOMENTUM.reference(0.1), "got a Momentum: pass the class itself"),
        (int, "`Momentum` stopped with AttributeError: 'int' object has no attribute 'step'."),
        (None, "got None: pass the class itself"),
    ],
)
def test_an_odd_answer_for_a_class_gets_its_own_sentence(answer, words):
    assert_said(MOMENTUM.grade(answer), words)


def test_numbers_of_any_kind_are_numbers_where_one_is_expected():
    assert STATISTICS.grade(lambda x: (float(x.sum()), x.max()[()])).passed
    assert STATISTICS.grade(lambda x: [x.sum(), np.array(x.max())]).passed


def test_the_line_is_the_learners_own_even_if_the_error_is_raised_elsewhere():
    source = "def my_linear(x, W, b):\n    y = x @ W + b\n    return np.linalg.inv(y[:, :1])\n"
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    space = {"np": np}
    exec(compile(source, "<cell>", "exec"), space)
    assert_said(
        LINEAR.grade(space["my_linear"]), "stopped with LinAlgError at line 3, `return np.linalg.inv(y[:, :1])`"
    )


def test_a_flood_of_prints_is_kept_to_its_beginning():
    (printed,) = [text for label, text in LINEAR.grade(print_flood).details if label == "Printed"]
    assert printed.startswith("no end\nno end\n")
    assert len(printed) < limits.MOST_PRINTED + 20
    assert printed.endswith("... and more")


def test_a_warning_is_told_with_the_learners_line():
    def my_linear(x, W, b):
        np.log(-np.abs(x))
        return linear(x, W, b)

    (warned,) = [text for label, text in LINEAR.grade(my_linear).details if label == "Warnings"]
    assert "RuntimeWarning: invalid value encountered in log (line " in warned
    assert "np.log(-np.abs(x))" in warned


def test_a_changed_input_is_a_failure_that_names_it():
    def my_linear(x, W, b):
        y, backward = linear(x.copy(), W, b)
        b *= 2
        return y, backward

    result = LINEAR.grade(my_linear)
    assert_said(result, "`my_linear` changes `b`, which it should only read")
    assert (result.step, result.score) == ("inputs", 0)


def test_a_changed_dy_is_a_failure_that_names_it():
    def my_linear(x, W, b):
        def backward(dy):
            dxs = right(dy, x, W)
            dy *= 2
            return dxs

        return x @ W + b, backward

    assert_said(LINEAR.grade(my_linear), "`my_linear` changes `dy`, which it should only read")


def test_a_backward_that_gives_another_answer_the_second_time_fails():
    def my_linear(x, W, b):
        total = np.zeros_like(b)

        def backward(dy):
            total[...] += dy.sum(axis=0)
            return dy @ W.T, x.T @ dy, total.copy()

        return x @ W + b, backward

    assert_said(LINEAR.grade(my_linear), "A second call of the backward of `my_linear` with the same dy")


def test_an_entry_moved_and_moved_back_is_no_change():
    def my_normalize(x, *, eps):
        x += 0.1
        x -= 0.1
        return NORMALIZE.reference(x, eps=eps)

    assert NORMALIZE.grade(my_normalize).passed


def test_a_keyboard_interrupt_is_the_users_and_goes_through():
    def my_linear(x, W, b):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LINEAR.grade(my_linear)


def test_a_crash_costs_its_own_case_only():
    def my_linear(x, W, b):
        if len(x) == 1:
            raise ValueError("one row is not enough")
        return linear(x, W, b)

    result = LINEAR.grade(my_linear)
    assert_said(result, "in the edge case (a batch of one), `my_linear` stopped with ValueError")
    assert result.score == 0.75
    assert result.case_index == 3


def test_a_product_that_does_not_fit_is_said_without_the_signature_of_numpy():
    result = NORMALIZE.grade(lambda x, *, eps: np.ones((2, 4)) @ x)
    assert_said(
        result, "in `A @ B` a row of A has the length 4 and a column of B the length 3, and the two must be equal"
    )
    assert "gufunc" not in result.sentence


def test_np_dot_of_shapes_that_do_not_fit_is_said_as_the_product_is():
    result = NORMALIZE.grade(lambda x, *, eps: np.dot(np.ones((2, 4)), x))
    assert_said(
        result,
        "in `np.dot(A, B)` a row of A has the length 4 and a column of B the length 3, and the two must be equal",
    )
    assert "aligned" not in result.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: np.ones((4, 3)) + np.ones(4), "the shapes (4, 3) and (4,) do not fit. Aligned at the right, two"),
        (
            lambda x: np.ones((4, 3)) + np.ones(4),
            "must be equal, or one of them 1 or missing; here 3 and 4 meet.",
        ),
        (lambda x: np.ones((2, 5, 1)) * np.ones((4, 3)), "the shapes (2, 5, 1) and (4, 3) do not fit"),
        (lambda x: np.ones((2, 5, 1)) * np.ones((4, 3)), "; here 5 and 4 meet."),
        (lambda x: np.where(np.ones((4, 3)), np.ones(2), np.ones(1)), "(4, 3), (2,) and (1,) do not fit"),
        (lambda x: np.ones((2, 3)).__iadd__(np.ones(2)), "the shapes (2, 3) and (2,) do not fit"),  # NumPy names three
    ],
)
def test_shapes_that_do_not_broadcast_are_said_by_the_rule(answer, words):
    result = STATISTICS.grade(answer)
    assert_said(result, words)
    assert "operands" not in result.sentence


def test_a_property_to_test_is_not_told_where_nothing_came_out():
    with_look = Exercise(**{**vars(LINEAR), "look": "Every gradient has the shape of its input."})
    assert with_look.grade(lambda x, W, b: None).look == ""
    assert with_look.grade(misspelt).look == ""
    assert with_look.grade(y_as(lambda y: y.tolist())).look == ""
    assert with_look.grade(y_as(lambda y: y + 1)).look == LINEAR.look
