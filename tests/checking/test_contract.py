"""The contract finds exercises that break it, and the mutants are what they are said to be."""

import subprocess
import sys

import pytest

import dlcourse
from dlcourse.checking import Case, Exercise, Mistake
from tests.checking.bank import LINEAR, MOMENTUM, NUMBERS, linear_with
from tests.checking.contract import assert_exercise_contract, mutants


def changed(exercise, **fields):
    return Exercise(**{**vars(exercise), **fields})


def test_a_mutant_changes_one_thing():
    source = '''
@decorated
def f(x, w, axis_of=1.5):
    """A docstring with 1 + 1."""
    if x.ndim < 2 and x is not None:
        raise ValueError(f"{x + 1}")
    total = np.sum(x @ w.T, axis=0) - x[0]
    total += -x
    return total, True, w
'''
    assert {text for text, _ in mutants(source)} == {
        "def f(x, w, axis_of=1.5): -> def f(x, w, axis_of=2.5):",
        "if x.ndim < 2 and x is not None: -> if x.ndim <= 2 and x is not None:",
        "if x.ndim < 2 and x is not None: -> if x.ndim < 3 and x is not None:",
        "total = np.sum(x @ w.T, axis=0) - x[0] -> total = np.sum(x * w.T, axis=0) - x[0]",
        "total = np.sum(x @ w.T, axis=0) - x[0] -> total = np.sum(x @ w, axis=0) - x[0]",
        "total = np.sum(x @ w.T, axis=0) - x[0] -> total = np.sum(x @ w.T, axis=1) - x[0]",
        "total = np.sum(x @ w.T, axis=0) - x[0] -> total = x @ w.T - x[0]",
        "total = np.sum(x @ w.T, axis=0) - x[0] -> total = np.sum(x @ w.T, axis=0) + x[0]",
        "total = np.sum(x @ w.T, axis=0) - x[0] -> total = np.sum(x @ w.T, axis=0) - x[1]",
        "total += -x -> total -= -x",
        "total += -x -> total += x",
        "return (total, True, w) -> return (True, total, w)",
        "return (total, True, w) -> return (total, w, True)",
    }
    for _, mutant in mutants(source):
        compile(mutant, "<mutant>", "exec")
        assert "@decorated" not in mutant
        assert "A docstring with 1 + 1." in mutant


def test_the_mutants_of_a_class_are_those_of_its_methods():
    texts = [text for text, _ in mutants("class A:\n    rate = 1\n    def f(self, x):\n        return self.rate * x\n")]
    assert texts == ["rate = 1 -> rate = 2", "return self.rate * x -> return self.rate / x"]


def test_nothing_to_change_gives_no_mutants():
    assert mutants("def f(x):\n    return x\n") == []


def test_right_alternatives_pass_and_wrong_ones_are_found():
    assert_exercise_contract(LINEAR, alternatives=[linear_with()], seeds=range(2))
    with pytest.raises(AssertionError, match="a right answer fails with seed 0"):
        assert_exercise_contract(LINEAR, alternatives=[linear_with(db=lambda x, W, dy: dy)], seeds=range(2))


def test_a_mistake_that_is_right_is_found():
    fine = changed(LINEAR, mistakes=[Mistake("fine", linear_with(), "h")])
    with pytest.raises(AssertionError, match="fine is accepted with seed 0"):
        assert_exercise_contract(fine, seeds=range(2))


def test_mistakes_that_are_alike_are_found():
    twice = [Mistake(name, linear_with(db=lambda x, W, dy: dy.mean(axis=0)), "h") for name in ("one", "two")]
    with pytest.raises(AssertionError, match="with seed 0, one is taken for None"):
        assert_exercise_contract(changed(LINEAR, mistakes=twice), seeds=range(2))


def test_a_stub_that_is_an_answer_is_found():
    stub = "my_linear = np.exp\n"
    with pytest.raises(AssertionError, match=r"the stub: 91\.1 not yet"):
        assert_exercise_contract(changed(LINEAR, stub=stub), seeds=range(1))


def mean_of_squares(x):
    return (x**2).mean(axis=0) + 0


def test_mutants_that_survive_are_listed_and_may_be_proven_equivalent():
    weak = Exercise(
        id="92.1",
        title="t",
        kind="function",
        points=1,
        prompt="p",
        answer="f",
        reference=mean_of_squares,
        cases=lambda rng: [Case(rng.normal(size=2))],
    )
    survivor = "mean_of_squares, return (x ** 2).mean(axis=0) + 0 -> return (x ** 2).mean(axis=0) - 0"
    with pytest.raises(AssertionError) as raised:
        assert_exercise_contract(weak, seeds=range(2))
    assert str(raised.value).startswith(f"1 of 4 mutants survive:\n{survivor}")
    assert_exercise_contract(weak, equivalent=[survivor], seeds=range(2))


def test_a_reference_with_a_closure_can_not_be_mutated():
    with pytest.raises(AssertionError, match="has a closure"):
        assert_exercise_contract(changed(LINEAR, reference=linear_with()), seeds=range(1))


def test_the_mutants_of_the_made_up_exercises_are_rejected():
    for exercise in (LINEAR, MOMENTUM):
        assert_exercise_contract(exercise, seeds=range(1))


def test_values_have_no_mutants_and_keep_the_rest():
    assert_exercise_contract(NUMBERS, seeds=range(3))
    wrong = changed(NUMBERS, mistakes=[Mistake("right", lambda: (0.73106, -2), "h")])
    with pytest.raises(AssertionError, match="right is accepted with seed 0"):
        assert_exercise_contract(wrong, seeds=range(1))


def test_importing_the_checker_is_light():
    code = "import sys, dlcourse.checking; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=dlcourse.__path__[0] + "/.."
    )
    loaded = set(run.stdout.split())
    assert "numpy" in loaded
    assert not loaded & {"IPython", "matplotlib", "ipywidgets", "pandas", "sklearn"}
