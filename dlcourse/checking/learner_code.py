"""What can be told from a learner's code without running it."""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import linecache
import textwrap
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np


def functions_of(answer: Any) -> Iterator[FunctionType]:
    """Yield the Python functions an answer consists of: itself, those of a tuple, the methods of a class."""
    if isinstance(answer, (tuple, list)):
        for part in answer:
            if not isinstance(part, (tuple, list)):
                yield from functions_of(part)
    elif isinstance(answer, type):
        for member in vars(answer).values():
            if not isinstance(member, type):
                yield from functions_of(member)
    elif isinstance(answer, property):
        yield from functions_of([accessor for accessor in (answer.fget, answer.fset) if accessor])
    elif isinstance(answer, functools.partial):
        yield from functions_of(answer.func)
    elif isinstance(answer, (staticmethod, classmethod, MethodType)):
        yield from functions_of(answer.__func__)
    elif isinstance(answer, FunctionType):
        function = inspect.unwrap(answer)
        if isinstance(function, FunctionType):
            yield function


def line_of_error(error: BaseException, answer: Any) -> tuple[int | None, str]:
    """Return number and text of the last line of the learner's own code that the error went through."""
    files = {function.__code__.co_filename for function in functions_of(answer)}
    found, frame = None, error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if file in files or _is_cell(file):
            found = (file, frame.tb_lineno)
        frame = frame.tb_next
    return (None, "") if found is None else (found[1], line_text(*found))


def line_text(file: str, line: int) -> str:
    """Return the text of a line of code, or "" where its source is not kept."""
    return linecache.getline(file, line).strip()


def _is_cell(file: str) -> bool:
    return "ipykernel_" in file or file.startswith(("<ipython-input", "<stdin"))


# Unfinished code ------------------------------------------------------------------------------------------


def holds_ellipsis(x: Any, depth: int = 5) -> bool:
    """Return whether `x` is ``...`` or a tuple, list, dict or array that holds one."""
    if isinstance(x, np.ndarray):
        x = x.tolist() if x.dtype == object else None
    if isinstance(x, (tuple, list, dict)):
        parts = x.values() if isinstance(x, dict) else x
        return depth > 0 and any(holds_ellipsis(part, depth - 1) for part in parts)
    return x is ...


def is_untouched(stub: str, answer: Any) -> bool:
    """Return whether every function of the answer has the code that the stub gives it."""
    functions = list(functions_of(answer))
    stubbed = _stubbed(stub)
    return bool(functions) and all(_form(f.__code__) in stubbed.get(f.__code__.co_name, []) for f in functions)


@functools.cache
def _stubbed(stub: str) -> dict[str, list]:
    found: dict[str, list] = {}

    def collect(code: CodeType, depth: int) -> None:
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                found.setdefault(inner.co_name, []).append(_form(inner))
                if depth < 1:  # functions, and the methods of classes
                    collect(inner, depth + 1)

    collect(compile(stub, "<stub>", "exec", dont_inherit=True), 0)
    return found


def has_gaps(answer: Any) -> bool:
    """Return whether the source of the answer, where it is kept, still has a ``...`` standing alone."""
    for part in functions_of(answer):  # of a class its methods: the class itself has no source in a notebook
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(part)))
        except (OSError, TypeError, SyntaxError, ValueError):
            continue
        if any(_gaps(tree)):
            return True
    return False


def _gaps(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every ``...`` that is not part of an index, an annotation or a default."""
    for name, child in ast.iter_fields(tree):
        if name in {"slice", "annotation", "returns", "defaults", "kw_defaults"}:
            continue
        for node in child if isinstance(child, list) else [child]:
            if isinstance(node, ast.Constant) and node.value is ...:
                yield node
            elif isinstance(node, ast.AST):
                yield from _gaps(node)


def definition(stub: str, name: str) -> ast.FunctionDef | None:
    """Return the definition of a function in a stub, or None if it has none of that name."""
    for node in ast.walk(ast.parse(stub)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    return None


# Has it changed? ------------------------------------------------------------------------------------------


def fingerprint(answer: Any) -> str:
    """Return a short text that is equal for equal answers, also in another kernel.

    A function counts with its code, defaults, closure and the functions that it names.
    """
    return hashlib.sha256(repr(_content(answer, set())).encode()).hexdigest()[:16]


def _content(x: Any, seen: set[int]) -> Any:
    if isinstance(x, (list, dict)):
        if id(x) in seen:
            return "again"
        seen.add(id(x))
    if isinstance(x, (tuple, list)):
        return type(x).__name__, [_content(part, seen) for part in x]
    if isinstance(x, dict):
        return [(repr(key), _content(part, seen)) for key, part in x.items()]
    if isinstance(x, np.ndarray) and x.dtype != object:
        return x.shape, x.dtype.str, x.tobytes()
    if type(x) is int:
        return "int", hex(x)  # of any size
    if isinstance(x, (str, bytes, int, float, complex, np.generic, type(None), type(...))):
        return type(x).__name__, repr(x)
    functions = [_function_content(function, seen) for function in functions_of(x)]
    if isinstance(x, type):
        plain = {name: y for name, y in vars(x).items() if isinstance(y, (str, int, float)) and name[:2] != "__"}
        return functions, _content(plain, seen)
    return functions or type(x).__qualname__


def _function_content(function: FunctionType, seen: set[int]) -> Any:
    if id(function) in seen:
        return "again"
    seen.add(id(function))
    code = function.__code__
    held = [function.__defaults__, function.__kwdefaults__, _cells(function)]
    named = [function.__globals__[name] for name in code.co_names if name in function.__globals__]
    used = [_content(x, seen) for x in named if isinstance(x, FunctionType)]
    return _form(code), [_content(x, seen) for x in held], used


def _cells(function: FunctionType) -> list:
    contents = []
    for cell in function.__closure__ or ():
        try:
            contents.append(cell.cell_contents)
        except ValueError:  # still empty
            contents.append(None)
    return contents


def _form(code: CodeType) -> tuple:
    """Return what a piece of code does, without where it stands."""
    constants = tuple(_form(x) if isinstance(x, CodeType) else _constant(x) for x in code.co_consts)
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return code.co_code, constants, counts, names


def _constant(x: Any) -> tuple[str, str]:
    return type(x).__name__, repr(sorted(map(repr, x))) if isinstance(x, frozenset) else repr(x)
