"""What is wrong, said to a beginner: one sentence first, then the case in numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from dlcourse.checking import limits
from dlcourse.checking.cases import Case
from dlcourse.checking.comparing import MISSING, Raised, close, numbers
from dlcourse.checking.diagnosis import Failure
from dlcourse.checking.observing import WRONG_CALL
from dlcourse.checking.odd import kind, odd

MOST_SHOWN = 6  # rows and columns of an array that is printed in full


def sentence(
    failure: Failure,
    *,
    answer: str,
    tolerance: float,
    signature: str = "",
    names: Sequence[str] = (),
    edge: str = "",
) -> str:
    """Return one sentence on a failure of a function or class.

    Parameters
    ----------
    failure : Failure
    answer : str
        What the answer is called in the lesson.
    tolerance : float
        As in `comparing.close`.
    signature : str
        How the stub begins: "my_linear(x, W, b)".
    names : list of str
        What the inputs are called.
    edge : str
        What is special about the case, if it is an edge case.
    """
    function = failure.part.rpartition(": ")[0]
    if failure.step == "inputs":
        return _changed(failure.got[0], answer, names)
    if isinstance(failure.got, Raised):
        text = _stopped(failure.got, function or answer, signature)
    else:
        text = _clause(failure, named(failure.part), tolerance)
    if edge:
        return f"in the edge case ({edge}), {text}"
    return text if text.startswith("`") else text[0].upper() + text[1:]


def _clause(failure: Failure, subject: str, tolerance: float) -> str:
    truth, got = failure.truth, failure.got
    if truth is MISSING:
        return f"there is {subject}, which is not asked for."
    if got is MISSING:
        return f"there is nothing to see of {subject}."
    array, expected = numbers(got), numbers(truth)
    if failure.step == "type":
        if isinstance(got, (list, tuple)) and expected is not None and not expected.ndim:
            without = ": leave out the brackets" if len(got) == 1 else ""
            return f"{subject} should be a single number, yours is {kind(got)}{without}."
        return f"{subject} is {odd(got)}"
    if array is None or expected is None:
        return f"{subject} should be {_plain(truth)}, yours is {_plain(got)}."
    if failure.step == "shape":
        return f"{subject} should be {_shape(expected)}, yours is {_shape(array)}."
    if failure.step == "dtype":
        return f"{subject} should be {expected.dtype}, yours is {array.dtype}{_dtype_advice(expected, array)}"
    if failure.step == "finite":
        return f"{subject} {_not_finite(expected, array)}."
    wrong = ~close(array, expected, tolerance)
    at = first_wrong(failure, tolerance)
    right, yours = told_apart(expected[at], array[at])
    everything = "both" if wrong.size == 2 else f"all {wrong.size}"
    wrongs = everything if wrong.all() else f"{wrong.sum()} of {wrong.size}"
    many = f" ({wrongs} entries are wrong)" if wrong.sum() > 1 else ""
    return f"{entry(subject, at)} should be {right}, yours is {yours}{many}."


def first_wrong(failure: Failure, tolerance: float) -> tuple[int, ...]:
    """Return the index of the first entry of an array that is wrong."""
    wrong = ~close(np.asarray(failure.got), np.asarray(failure.truth), tolerance)
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def entry(subject: str, at: tuple[int, ...]) -> str:
    """Return what an entry of an array is called: "`dx[0, 1]` of `max_gate`"."""
    if not at:
        return subject
    name, tick, rest = subject[1:].partition("`")
    return f"`{name}{list(at)}`{rest}" if subject[0] == tick == "`" else f"{subject}, entry {list(at)},"


def code(name: str) -> str:
    """Return a name as code, and words as they are."""
    return f"`{name}`" if name.replace(".", "_").isidentifier() or "[" in name else name


def alike(names: Sequence[str], among: Sequence[str] = ()) -> list[str]:
    """Return names as code when all of them, and those they stand among, are; else all of them as words."""
    are_code = all(code(name) != name for name in (*names, *among))
    return list(map(code, names)) if are_code else list(names)


def named(part: str) -> str:
    """Return what a part is called in a sentence: "`da` of `max_gate`"."""
    function, _, name = part.rpartition(": ")
    return code(name) + (f" of {code(function)}" if function else "")


def join(items: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def _changed(what: str, answer: str, names: Sequence[str]) -> str:
    function, _, what = what.rpartition(": ")
    who = code(function or answer)
    if what == "backward":
        return (
            f"A second call of the backward of {who} with the same dy gives another answer: "
            "your backward changes something that it should only read."
        )
    number = what.removeprefix("input ")
    if number.isdigit():
        what = names[int(number)] if int(number) < len(names) else f"input number {int(number) + 1}"
    return f"{who} changes `{what}`, which it should only read: write `a = a + b` instead of `a += b`, or copy first."


def _stopped(error: Raised, answer: str, signature: str) -> str:
    who = code(answer)
    if error.unfit:
        is_call = error.message.startswith(WRONG_CALL) and not error.of
        write = f": write `def {signature}:`" if is_call and signature else ""
        text = f"{f'{error.of} of {who}' if error.of else who} {error.message}{write}"
        return text if text.endswith("?") else f"{text}."
    where = ""
    if error.line is not None:
        where = f" at line {error.line}" + (f", `{error.text}`" if error.text else "")
    if error.kind == "OutOfTime":
        return f"{who} was stopped after {limits.SECONDS:g} seconds: is there a loop without an end?"
    if error.kind == "RecursionError":
        return f"{who} calls itself without an end{where}: where should it stop?"
    if error.kind == "MemoryError":
        told = f" ({error.message})" if error.message else ""
        return f"{who} asked for more memory than the {limits.MEMORY // 1024**3} GiB it may use{where}{told}."
    if error.kind in {"SystemExit", "GeneratorExit"}:
        return f"{who} ended the program with {error.kind}{where}: return a value instead."
    first_line = _in_plain_words(error.message.strip().partition("\n")[0])
    return f"{who} stopped with {error.kind}{where}" + (f": {first_line.rstrip('.')}." if first_line else ".")


def _in_plain_words(message: str) -> str:
    """Return NumPy's messages on shapes that do not fit as a beginner can read them, any other as it is."""
    if found := re.match(r"matmul: Input operand 1 has a mismatch .*\(size (\d+) is different from (\d+)\)", message):
        return _product("A @ B", found[2], found[1])
    if found := re.match(r"shapes \(.*\) and \(.*\) not aligned: (\d+) \(dim \d+\) != (\d+) \(dim \d+\)", message):
        return _product("np.dot(A, B)", found[1], found[2])
    if message.startswith("operands could not be broadcast together with shapes"):
        return _broadcast(message)
    return message


def _product(formula: str, left: str, right: str) -> str:
    return (
        f"in `{formula}` a row of A has the length {left} and a column of B the length {right}, and the two must be "
        "equal. Print both shapes"
    )


def _broadcast(message: str) -> str:
    """Return the rule of broadcasting, with the shapes and the two lengths that clash."""
    shapes = [tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"\([\d,]+\)", message)]
    for axis in range(1, max(map(len, shapes), default=0) + 1):
        lengths = {shape[-axis]: None for shape in shapes if len(shape) >= axis and shape[-axis] != 1}
        if len(lengths) > 1:
            fit = join(list(map(str, dict.fromkeys(shapes))))
            return (
                f"the shapes {fit} do not fit. Aligned at the right, two lengths must be equal, or one of them 1 or "
                f"missing; here {join(list(map(str, lengths)))} meet"
            )
    return message


def _shape(array: np.ndarray) -> str:
    return f"an array of shape {array.shape}" if array.ndim else "a single number"


def _dtype_advice(expected: np.ndarray, array: np.ndarray) -> str:
    if array.dtype.kind == "c":
        return ": complex numbers come from the root of a negative number, or from an FFT."
    if array.dtype.kind == "b":
        return ": True and False are a mask; multiply it by what it should let through."
    if array.dtype.kind in "iu":
        return ": integers lose everything behind the point; start from floats, such as `np.zeros(n)`."
    if array.dtype.itemsize < expected.dtype.itemsize:
        return ": it has fewer digits; is there a conversion too much?"
    return ": a float of more digits came in; make new arrays with `np.zeros_like(x)` or `dtype=x.dtype`."


def _not_finite(expected: np.ndarray, array: np.ndarray) -> str:
    bad = np.argwhere(np.isfinite(expected) & ~np.isfinite(array))
    at = tuple(int(i) for i in bad[0])
    what = "NaN (not a number)" if np.isnan(array[at]) else "infinite"
    where = f" at entry {list(at)}" + (f" and {len(bad) - 1} more" if len(bad) > 1 else "") if at else ""
    return f"is {what}{where}"


# The case in numbers --------------------------------------------------------------------------------------


def show(x: Any, precision: int = 4) -> str:
    """Return a value as text: numbers with four digits, a large array by its shape."""
    array = numbers(x)
    if array is None or isinstance(x, bool):
        return _plain(x)
    if array.ndim == 0:
        return _number(array[()], precision)
    if any(n > MOST_SHOWN for n in array.shape[-2:]) or array.size > MOST_SHOWN**2:
        return f"an array of shape {array.shape}"
    array = array + 0.0 if array.dtype.kind == "f" else array  # no -0
    return np.array2string(array, precision=precision, separator=", ", max_line_width=90)


def _plain(x: Any) -> str:
    if isinstance(x, (FunctionType, BuiltinFunctionType, type, np.ufunc)):
        return x.__name__
    if isinstance(x, (str, bool, type(None))):
        return repr(x) if len(repr(x)) <= 60 else f"{repr(x)[:60]}..."
    if isinstance(x, (tuple, list)) and len(x) <= MOST_SHOWN and not any(isinstance(part, (tuple, list)) for part in x):
        return f"({', '.join(map(show, x))})"
    return kind(x)


def _number(x: Any, precision: int = 4) -> str:
    return f"{x + 0.0:.{precision}g}" if isinstance(x, (float, np.floating)) else str(x)  # + 0.0 makes -0 a 0


def told_apart(truth: Any, got: Any) -> tuple[str, str]:
    """Return two values as text, with as many digits as it takes to see that they differ."""
    texts = show(truth), show(got)
    for precision in (4, 8, 12, 17):
        texts = show(truth, precision), show(got, precision)
        if texts[0] != texts[1]:
            break
    return texts


def case_in_numbers(
    failure: Failure, case: Case, names: Sequence[str], dys: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return labelled blocks of text: the inputs (and the dy of a gradient), what was expected and what came."""
    # Where the inputs have no names they are the observer's, and a function among them is said in the note.
    args = case.args if names else [x for x in case.args if not callable(x)]
    names = names or [f"input {i + 1}" for i in range(len(args))]
    lines = [_assigned(name, show(x)) for name, x in zip(names, args, strict=False)]
    lines += [_assigned(name, show(x)) for name, x in [*case.settings.items(), *dys.items()]]
    label = f"The smallest case that fails ({case.note})" if case.note else "The smallest case that fails"
    blocks = [(label, "\n".join(lines))]
    if failure.step in {"value", "gradient", "finite", "shape"}:
        expected, got = told_apart(failure.truth, failure.got)
        blocks += [(f"Expected: {failure.part}", expected), (f"Yours: {failure.part}", got)]
    return [(label, text) for label, text in blocks if text]


def _assigned(name: str, text: str) -> str:
    return f"{name} = " + text.replace("\n", "\n" + " " * (len(name) + 3))
