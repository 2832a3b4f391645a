"""What every exercise has to keep, as one assertion; and the one-change mutants of a source."""

import ast
import copy
import inspect
import textwrap
from unittest import mock

import numpy as np

from dlcourse.checking import limits

SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


def assert_exercise_contract(exercise, alternatives=(), *, equivalent=(), names=None, seeds=range(20)):
    """Assert that an exercise keeps the contract.

    Parameters
    ----------
    exercise : Exercise
    alternatives : sequence
        Other right answers, such as one with loops; they must pass.
    equivalent : sequence of str
        Mutants that are proven to be right, too, as the failure lists them: "return x + y -> return y + x".
    names : dict, optional
        What the lesson has defined before the exercise's cell; np is always there.
    seeds : sequence of int
    """
    for seed in seeds:
        for answer in (exercise.reference, *alternatives):
            result = exercise.grade(answer, seed=seed)
            assert result.passed and result.score == 1, f"a right answer fails with seed {seed}: {result.message}"
        for mistake in exercise.mistakes:
            result = exercise.grade(mistake.function if exercise.is_code else mistake.function(), seed=seed)
            assert result.status == "failed" and result.score < 1, f"{mistake.name} is accepted with seed {seed}"
            assert result.mistake == mistake.name, (
                f"with seed {seed}, {mistake.name} is taken for {result.mistake}: {result.message}"
            )
    result = exercise.grade(stub_answer(exercise, names))
    assert (result.status, result.score) == ("not started", 0), f"the stub: {result.message}"
    if exercise.is_code:
        assert_mutants_are_rejected(exercise, equivalent)


def stub_answer(exercise, names=None):
    """Return what the untouched stub passes to `check`; an exercise without a stub passes ``...``."""
    if not exercise.stub:
        return ...
    space = {"np": np, "__name__": "lesson", **(names or {})}
    exec(exercise.stub, space)
    return eval(exercise.answer, space)


def assert_mutants_are_rejected(exercise, equivalent=(), share=0.95):
    """Assert that at least a `share` of the one-change mutants of the reference is rejected."""
    tried = {text: answer for text, answer in mutated_answers(exercise.reference) if text not in equivalent}
    assert tried, f"no mutant could be made of the reference of {exercise.id}"
    with mock.patch.object(limits, "SECONDS", 0.5):
        survivors = [text for text, answer in tried.items() if exercise.grade(answer).passed]
    listed = "\n".join(survivors)
    assert len(survivors) <= (1 - share) * len(tried), f"{len(survivors)} of {len(tried)} mutants survive:\n{listed}"


def mutated_answers(reference):
    """Yield description and answer of every mutant of a function, a class or a tuple of functions."""
    parts = reference if isinstance(reference, tuple) else (reference,)
    for i, part in enumerate(parts):
        part = inspect.unwrap(part)
        if inspect.isfunction(part):
            assert not part.__code__.co_freevars, f"{part.__name__} has a closure: its source can't stand alone"
        source = textwrap.dedent(inspect.getsource(part))
        for text, mutant in mutants(source):
            space = dict(vars(inspect.getmodule(part)))
            try:
                exec(compile(mutant, "<mutant>", "exec"), space)
            except SyntaxError:
                continue
            answer = space[part.__name__]
            yield (
                f"{part.__name__}, {text}",
                ((*parts[:i], answer, *parts[i + 1 :]) if isinstance(reference, tuple) else answer),
            )


def mutants(source):
    """Return ("line before -> line after", source) of every change of one operator, sign, constant or order.

    Also of an axis, a transposition, and a NumPy function around its argument. Decorators are dropped.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = []
    original = ast.unparse(tree)
    errors = {
        id(node) for statement in ast.walk(tree) if isinstance(statement, ast.Raise) for node in ast.walk(statement)
    }
    found = {}
    for i, node in enumerate(ast.walk(tree)):
        if id(node) in errors:  # what an error says is no part of the answer
            continue
        for n in range(len(list(_replacements(node)))):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[i]
            changed = _Replace(target, list(_replacements(target))[n]).visit(changed)
            mutant = ast.unparse(ast.fix_missing_locations(changed))
            lines = zip(original.splitlines(), mutant.splitlines(), strict=True)
            for before, after in ((a, b) for a, b in lines if a != b):
                found[mutant] = f"{before.strip()} -> {after.strip()}"
    return [(text, mutant) for mutant, text in found.items()]


class _Replace(ast.NodeTransformer):
    def __init__(self, target, replacement):
        self.target, self.replacement = target, replacement

    def visit(self, node):
        return self.replacement if node is self.target else self.generic_visit(node)


def _replacements(node):
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in SWAPPED:
        yield _with(node, op=SWAPPED[type(node.op)]())
    elif isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            if type(operator) in SWAPPED:
                yield _with(node, ops=[*node.ops[:i], SWAPPED[type(operator)](), *node.ops[i + 1 :]])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        yield _with(node, value=node.value + 1)
    elif isinstance(node, ast.keyword) and node.arg == "axis" and getattr(node.value, "value", None) in {0, 1}:
        yield _with(node, value=ast.Constant(1 - node.value.value))
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).startswith("np."):
        yield node.args[0]
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        parts = node.value.elts
        for i in range(len(parts) - 1):
            swapped = [*parts[:i], parts[i + 1], parts[i], *parts[i + 2 :]]
            yield _with(node, value=ast.Tuple(swapped, ast.Load()))


def _with(node, **fields):
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
