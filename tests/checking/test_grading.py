"""A right answer passes however it is written, a wrong one is diagnosed, and an untouched stub is not started."""

import numpy as np
import pytest

from dlcourse.autodiff import differentiable
from dlcourse.checking import Case, Exercise, Mistake, Unfit, pair, value
from tests.checking.bank import (
    EXERCISES,
    GATES,
    LINEAR,
    MOMENTUM,
    NORMALIZE,
    NUMBERS,
    STATISTICS,
    add,
    linear,
    linear_with,
    square,
)
from tests.checking.contract import assert_exercise_contract, stub_answer


def function_exercise(reference, cases, **fields):
    known = {"id": "92.1", "title": "t", "kind": "function", "points": 1, "prompt": "p", "answer": "f"}
    return Exercise(**known, reference=reference, cases=lambda rng: cases, **fields)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_made_up_exercises_keep_the_contract(exercise):
    assert_exercise_contract(exercise)


# Right answers --------------------------------------------------------------------------------------------


def test_a_result_is_truthy_when_passed_and_displays_as_nothing():
    passed, failed = LINEAR.grade(linear), LINEAR.grade(lambda x, W, b: None)
    assert passed and not failed
    assert passed.passed and not failed.passed
    assert passed.sentence == passed.message == "91.1 passed. This is the linear layer of the package."
    assert passed._ipython_display_() is None


def test_a_differentiable_function_is_an_answer():
    assert LINEAR.grade(differentiable(linear)).passed


def test_a_differentiable_mistake_is_named():
    assert LINEAR.grade(differentiable(LINEAR.mistakes[0].function)).mistake == "mean_for_db"


def test_the_reference_may_be_differentiable():
    exercise = function_exercise(
        differentiable(square),
        [Case(np.array([1.0, 2.0]))],
        observe=pair("y", "dx"),
        mistakes=[Mistake("no_slope", differentiable(lambda x: (x**2, lambda dy: dy)), "The slope is 2 x.")],
    )
    assert_exercise_contract(exercise)


def test_dy_is_drawn_on_its_own():
    seen = []

    def keep(x):
        return x, lambda dy: seen.append((x, dy)) or dy

    known = vars(function_exercise(keep, [], observe=pair("y", "dx")))
    exercise = Exercise(**{**known, "cases": lambda rng: [Case(x) for x in rng.standard_normal((2, 4))]})
    for seed in range(5):
        assert exercise.grade(lambda x: (x, lambda dy: dy), seed=seed).passed
    drawn = np.array([np.concatenate(both) for both in seen])
    assert len(np.unique(drawn)) == 5 * 2 * (4 + 4)


def test_two_outputs_take_two_gradients():
    def both(a, b):
        return (a + b, a * b), lambda ds, dp: (ds + dp * b, ds + dp * a)

    def first_forgotten(a, b):
        return (a + b, a * b), lambda ds, dp: (dp * b, dp * a)

    exercise = function_exercise(
        both, [Case(np.array([1.0, 2.0]), np.array([3.0, -1.0]))], observe=pair(("s", "p"), "da", "db")
    )
    assert exercise.grade(both).passed
    result = exercise.grade(first_forgotten)
    assert (result.part, result.step, result.score) == ("da", "gradient", 0.5)
    assert "write `def backward(ds, dp):`" in exercise.grade(lambda a, b: (both(a, b)[0], lambda dy: dy)).sentence
    assert "2 are expected: s, p" in exercise.grade(lambda a, b: (a + b, lambda ds, dp: (ds, dp))).sentence


def test_a_pair_is_given_as_many_inputs_as_it_has_gradients():
    assert GATES.grade((add, lambda x: (x * x, lambda dy: dy * x + dy * x))).passed


def test_float32_inputs_expect_float32_results():
    exercise = function_exercise(square, [Case(np.array([1.5, 2.5], np.float32))], observe=pair("y", "dx"))
    assert exercise.grade(square).passed
    result = exercise.grade(lambda x: (x**2 * np.float64(1), lambda dy: 2 * x * dy))
    assert "`y` should be float32, yours is float64: a float of more digits came in" in result.sentence


def test_a_nested_result_is_compared_leaf_by_leaf():
    exercise = function_exercise(
        lambda x: {"low": x.min(), "ends": [x[0], x[-1]]}, [Case(np.array([3.0, 1.0, 2.0]))], observe=value("summary")
    )
    assert exercise.grade(lambda x: {"low": x.min(), "ends": (x[0], x[-1])}).passed
    result = exercise.grade(lambda x: {"low": x.min(), "ends": [x[0], x[0]]})
    assert result.part == "summary['ends'][1]"
    assert "`summary['ends'][1]` should be 2, yours is 3." in result.sentence
    assert (
        "there is nothing to see of `summary['low']`"
        in exercise.grade(lambda x: {"ends": [x[0], x[-1]]}).sentence.lower()
    )


def test_nan_and_infinity_of_the_reference_are_expected():
    exercise = function_exercise(lambda x: np.array([np.nan, np.inf, 1.0]), [Case(1)])
    assert exercise.grade(lambda x: np.array([np.nan, np.inf, 1.0])).passed
    assert "infinite at entry [2]" in exercise.grade(lambda x: np.array([np.nan, np.inf, np.inf])).sentence
    assert "should be inf, yours is -inf" in exercise.grade(lambda x: np.array([np.nan, -np.inf, 1.0])).sentence


@pytest.mark.parametrize(("error", "passes"), [(0.9e-6, True), (1.1e-6, False)])
def test_the_tolerance_is_relative_to_the_largest_entry(error, passes):
    truth = np.array([1e-5, 1e-3])
    exercise = function_exercise(lambda x: truth, [Case(1)])
    assert exercise.grade(lambda x: truth + np.array([error * 1e-3, 0])).passed is passes


def test_a_small_truth_is_no_excuse_for_zeros():
    exercise = function_exercise(lambda x: np.full(3, 1e-8), [Case(1)])
    assert not exercise.grade(lambda x: np.zeros(3)).passed


def test_rounding_is_no_error_where_the_truth_is_zero():
    exercise = function_exercise(lambda x: np.zeros(3), [Case(1)])
    assert exercise.grade(lambda x: np.full(3, 1e-14)).passed
    assert not exercise.grade(lambda x: np.full(3, 1e-9)).passed


@pytest.mark.parametrize("seed", range(20))
def test_the_verdict_is_the_same_for_every_seed(seed):
    result = LINEAR.grade(linear_with(db=lambda x, W, dy: dy.mean(axis=0)), seed=seed)
    assert (result.mistake, result.part, result.case_index, result.step) == ("mean_for_db", "db", 0, "gradient")
    assert result.score == 13 / 16


# The order of the tests -----------------------------------------------------------------------------------


def test_within_a_case_the_earlier_test_speaks_first():
    wrong_value_and_shape = linear_with(dx=lambda x, W, dy: -dy @ W.T, db=lambda x, W, dy: dy)
    result = LINEAR.grade(wrong_value_and_shape)
    assert (result.part, result.step, result.case_index) == ("db", "shape", 0)


def test_the_smallest_failing_case_is_shown_with_what_was_expected_and_what_came():
    result = LINEAR.grade(linear_with(dW=lambda x, W, dy: x.T @ dy + (len(x) == 4)))
    labels = dict(result.details)
    assert result.case_index == 1
    assert labels["The smallest case that fails"].startswith("x = [[")
    assert "\nW = [[" in labels["The smallest case that fails"]
    assert set(labels) >= {"Expected: dW", "Yours: dW", "A second opinion, by central differences"}
    assert labels["Already right in every case"] == "y, dx, db"
    assert "`dW[0, 0]` should be " in result.sentence
    assert "(all 6 entries are wrong)" in result.sentence
    assert result.look == LINEAR.look
    assert result.message.startswith(result.sentence + "\n" + LINEAR.look)


def test_numbers_are_shown_with_as_many_digits_as_tell_them_apart():
    exercise = function_exercise(lambda x: x, [Case(1.0)])
    assert "should be 1, yours is 1.00001." in exercise.grade(lambda x: x + 1e-5).sentence


def test_a_large_array_is_shown_by_its_shape():
    exercise = function_exercise(lambda x: x, [Case(np.arange(100.0))])
    details = dict(exercise.grade(lambda x: np.where(x == 7, 0, x)).details)
    assert details["Expected: the returned value"] == "an array of shape (100,)"
    sentence = exercise.grade(lambda x: np.where(x == 7, 0, x)).sentence
    assert sentence == "92.1 not yet: The returned value, entry [7], should be 7, yours is 0."


def test_an_edge_case_is_called_one():
    result = LINEAR.grade(linear_with(db=lambda x, W, dy: dy.sum(axis=0) * (len(x) > 1)))
    assert "in the edge case (a batch of one), `db[0]` should be" in result.sentence
    assert result.why == "The ordinary cases are right. What is special about this one?"


# Naming mistakes ------------------------------------------------------------------------------------------


def test_a_near_mistake_is_not_named():
    result = LINEAR.grade(linear_with(db=lambda x, W, dy: dy.mean(axis=0) * (1 + 1e-5)))
    assert result.status == "failed"
    assert result.mistake is None


def test_a_mistake_is_named_beside_another_error():
    both = linear_with(dW=lambda x, W, dy: 3 * x.T @ dy, db=lambda x, W, dy: dy.mean(axis=0))
    assert LINEAR.grade(both).mistake is None  # dW fails first, and that is none of the mistakes
    later = linear_with(dx=lambda x, W, dy: dy @ W, db=lambda x, W, dy: 3 * dy.sum(axis=0))
    assert LINEAR.grade(later).mistake == "W_not_transposed"


def test_two_mistakes_alike_in_the_failing_part_are_told_apart_by_the_others():
    def answer(second):
        return lambda x: (x + 1, second(x))

    exercise = function_exercise(
        lambda x: (x, x),
        [Case(2.0), Case(3.0)],
        observe=value("a", "b"),
        mistakes=[
            Mistake("double", answer(lambda x: 2 * x), "h"),
            Mistake("triple", answer(lambda x: 3 * x), "h"),
        ],
    )
    assert exercise.grade(answer(lambda x: 3 * x)).mistake == "triple"
    assert exercise.grade(answer(lambda x: 4 * x)).mistake is None


def test_a_mistake_that_crashes_is_named_by_the_same_error_in_the_same_cases():
    def crashes(message, at=1):
        def answer(x):
            if len(x) == at:
                raise ValueError(message)
            return x

        return answer

    exercise = function_exercise(
        lambda x: x,
        [Case(np.ones(1)), Case(np.ones(2))],
        mistakes=[Mistake("one_is_too_few", crashes("too few"), "h")],
    )
    assert exercise.grade(crashes("too few")).mistake == "one_is_too_few"
    assert exercise.grade(crashes("too small")).mistake is None
    assert exercise.grade(crashes("too few", at=2)).mistake is None


def test_a_mistake_that_changes_its_input_is_named():
    def in_place(x):
        x *= 2
        return x / 2

    def also_in_place(x):
        x += x
        return 0.5 * x

    exercise = function_exercise(lambda x: x, [Case(np.ones(2))], mistakes=[Mistake("in_place", in_place, "h")])
    assert exercise.grade(also_in_place).mistake == "in_place"


def test_a_mistake_with_nan_is_named():
    exercise = function_exercise(
        lambda x: np.log1p(x),
        [Case(np.array([0.0, -0.5]))],
        mistakes=[Mistake("log_without_1", lambda x: np.log(x), "h")],
    )
    assert exercise.grade(lambda x: np.log(x)).mistake == "log_without_1"


# Patterns -------------------------------------------------------------------------------------------------


PATTERNS = {
    "zeros": (linear_with(dW=lambda x, W, dy: 0 * W), "All of it is 0."),
    "sign": (linear_with(dW=lambda x, W, dy: -x.T @ dy), "The sign is turned everywhere."),
    "transposed": (linear_with(dW=lambda x, W, dy: dy.T @ x), "It is transposed: rows and columns are exchanged."),
    "twice": (linear_with(dW=lambda x, W, dy: 2 * x.T @ dy), "Every entry is twice what it should be"),
    "half": (linear_with(dW=lambda x, W, dy: x.T @ dy / 2), "Every entry is half of what it should be"),
    "factor": (linear_with(dW=lambda x, W, dy: 0.3 * x.T @ dy), "Every entry is 0.3 times what it should be."),
    "mean": (
        linear_with(dW=lambda x, W, dy: x.T @ dy / len(x)),
        "Every entry is divided by the length of axis 0 of `x`: a mean where a sum belongs?",
    ),
    "sum": (
        linear_with(dW=lambda x, W, dy: x.T @ dy * len(W)),
        "Every entry is multiplied by the length of axis 1 of `x`: a sum where a mean belongs?",
    ),
    "offset": (linear_with(dW=lambda x, W, dy: x.T @ dy - 0.5), "Every entry is 0.5 too small."),
    "exchanged": (
        lambda x, W, b: (x @ W + b, lambda dy: (x.T @ dy, dy @ W.T, dy.sum(axis=0))),
        "It is exchanged with `dW`: look at the order in which you return them.",
    ),
    "keepdims": (
        linear_with(db=lambda x, W, dy: dy.sum(axis=0, keepdims=True)),
        "It differs by axes of length 1 only",
    ),
    "not summed": (linear_with(db=lambda x, W, dy: dy), "It has one axis too many: is a sum along that axis missing?"),
    "no pattern": (linear_with(dW=lambda x, W, dy: x.T @ dy**2), ""),
    "no pattern in all cases": (linear_with(dW=lambda x, W, dy: x.T @ dy * (-1 if len(x) == 2 else 3)), ""),
}


@pytest.mark.parametrize(("answer", "words"), PATTERNS.values(), ids=PATTERNS.keys())
def test_what_wrong_values_have_in_common_is_said(answer, words):
    result = LINEAR.grade(answer)
    assert result.mistake is None
    assert result.why.startswith(words) and bool(result.why) is bool(words)


def test_the_wrong_axis_is_told_from_the_shapes():
    cases = [Case(np.arange(6.0).reshape(2, 3)), Case(np.arange(8.0).reshape(4, 2))]
    exercise = function_exercise(lambda x: x.sum(axis=0), cases)
    assert "reduce along another axis" in exercise.grade(lambda x: x.sum(axis=1)).why
    assert exercise.grade(lambda x: np.zeros(7)).why == ""


@pytest.mark.parametrize("wrong", [2.0, 0.0, -1.0, 1.5])
def test_a_constant_wrong_answer_against_a_constant_truth_has_no_pattern(wrong):
    exercise = function_exercise(lambda x: np.ones(3), [Case(np.ones(3)), Case(np.ones(3))])
    assert exercise.grade(lambda x: np.full(3, wrong)).why == ""


# Not started ----------------------------------------------------------------------------------------------


NOT_STARTED = " not started: fill in the `...` and run this cell again."


@pytest.mark.parametrize("exercise", [e for e in EXERCISES if e.stub], ids=lambda exercise: exercise.id)
def test_an_untouched_stub_is_one_line(exercise):
    result = exercise.grade(stub_answer(exercise))
    assert (result.status, result.score, result.message) == ("not started", 0, exercise.id + NOT_STARTED)


def test_what_is_still_open_is_listed():
    result = LINEAR.grade(linear_with(dx=lambda x, W, dy: ..., db=lambda x, W, dy: ...))
    assert (result.status, result.score) == ("not started", 0)
    assert result.message == "91.1 not finished: `dx` and `db` are still `...`."


def test_an_open_function_among_several_is_listed():
    assert GATES.grade((add, ...)).message == "91.2 not finished: `y` of `square` and `dx` of `square` are still `...`."
    open_backward = GATES.grade((add, lambda x: (x**2, lambda dy: ...)))
    assert open_backward.message == "91.2 not finished: `dx` of `square` is still `...`."


def test_an_open_part_inside_a_result_counts():
    assert STATISTICS.grade(lambda x: (x.sum(), [...])).status == "not started"
    assert STATISTICS.grade(lambda x: ...).status == "not started"
    assert LINEAR.grade(lambda x, W, b: ...).status == "not started"
    assert LINEAR.grade(lambda x, W, b: (x @ W + b, ...)).status == "not started"


def test_an_answer_that_fails_over_an_open_place_is_not_started():
    def my_linear(x, W, b):
        y = x @ W + ...
        return y, None

    def nothing_yet(x, W, b):
        """Say what it does."""
        y = x @ W
        print(y.shape)
        ...

    for answer in (my_linear, nothing_yet):
        assert LINEAR.grade(answer).message == "91.1" + NOT_STARTED


def test_an_ellipsis_in_an_index_or_an_annotation_is_numpys_and_pythons():
    def my_linear(x: "tuple[float, ...]", W, b):
        return (x[..., None] * W[..., :, :]).sum(axis=1) + b[..., :, :]

    result = LINEAR.grade(my_linear)
    assert result.status == "failed"
    assert "stopped with IndexError" in result.sentence


def test_a_stub_that_runs_is_not_started_until_it_changes():
    source = "def f(x):\n    return x >= 0\n"
    exercise = function_exercise(lambda x: x > 0, [Case(np.array([0.0, 1.0]))], stub=source)
    assert exercise.grade(stub_answer(exercise)).message == (
        "92.1 not started: change the code above and run this cell again."
    )
    assert exercise.grade(lambda x: x == 0).sentence == (
        "92.1 not yet: The returned value, entry [0], should be False, yours is True (both entries are wrong)."
    )
    space = {}
    exec("# a comment moves the lines\n\n" + source, space)
    assert exercise.grade(space["f"]).status == "not started"
    exec(source.replace(">=", ">"), space)
    assert exercise.grade(space["f"]).passed


# Authors' errors ------------------------------------------------------------------------------------------


def test_an_observer_may_say_what_is_unfit():
    def look(candidate, case):
        if not hasattr(candidate, "step"):
            raise Unfit("has no method `step`")
        return {"step": 1.0}

    exercise = function_exercise(MOMENTUM.reference, [Case()], observe=look)
    exercise = Exercise(**{**vars(exercise), "kind": "class"})
    assert exercise.grade(int).sentence == "92.1 not yet: `f` has no method `step`."


def test_what_an_answer_shows_too_much_is_said():
    def look(candidate, case):
        return {"the gradients": 1.0} if candidate(1) else {"the sum": 1.0}

    exercise = function_exercise(lambda x: 0, [Case()], observe=look)
    assert exercise.grade(lambda x: 1).sentence == "92.1 not yet: There is the gradients, which is not asked for."


def test_a_reference_that_fails_is_the_authors_error():
    exercise = function_exercise(lambda x: 1 / 0, [Case(1.0)])
    with pytest.raises(RuntimeError, match="its reference fails: ZeroDivisionError"):
        exercise.grade(lambda x: x)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "essay"}, "expected a kind of function, class, value, choice, report, got 'essay'"),
        ({"kind": "class"}, "a class needs observe="),
        ({"kind": "report"}, "a report needs requirements="),
        ({"kind": "choice", "options": {"a": "x", "b": "y"}, "reference": "a"}, r"missing: \['b'\]"),
        (
            {"kind": "choice", "options": {"a": "x", "B": "y"}, "reference": "a", "replies": {"B": "no"}},
            r"called by lower-case letters such as 'a', got \['B'\]",
        ),
        ({"mistakes": [Mistake("m", add, "h"), Mistake("m", add, "h")]}, "expected mistakes of different names"),
    ],
)
def test_a_wrong_definition_is_a_value_error(fields, words):
    known = {"id": "92.1", "title": "t", "kind": "function", "points": 1, "prompt": "p", "reference": add}
    with pytest.raises(ValueError, match=words):
        Exercise(**{**known, **fields})


def test_the_signature_and_the_inputs_come_from_the_stub():
    assert LINEAR.signature() == "my_linear(x, W, b)"
    assert GATES.signature("add") == "add(a, b)"
    assert NORMALIZE.signature() == "normalize(x, *, eps)"
    assert LINEAR.input_names() == ["x", "W", "b"]
    assert NUMBERS.signature() == ""
