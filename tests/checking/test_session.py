"""The ladder of `check`, the hints, the solution, and how all of it is shown."""

import json
import re
import subprocess
import sys
import types

import numpy as np
import pytest

import dlcourse
from dlcourse.checking import check, display, hint, question, session, solution
from tests.checking.bank import GATES, LINEAR, linear, linear_with


def mean_for_db(text="a"):
    """The same mistake, in another answer for every text."""
    return linear_with(db=lambda x, W, dy: (dy.mean(axis=0), text)[0])


def entry(progress_file, id="91.1"):
    return json.loads(progress_file.read_text())["exercises"][id]


@pytest.fixture
def shown(course, capsys):
    """Return what was shown since the last call."""
    return lambda: capsys.readouterr().out


# The ladder -----------------------------------------------------------------------------------------------


def test_each_failure_of_the_same_kind_shows_more(shown):
    mistake = LINEAR.mistakes[0]
    assert check("91.1", mean_for_db("a")).mistake == "mean_for_db"
    first = shown()
    assert first.startswith("✗ 91.1 not yet: `db[0]` should be ")
    assert f"To test: {mistake.look}" in first
    assert "The smallest case that fails:\n    x = [[" in first
    assert "Expected: db:" in first and "Yours: db:" in first
    assert "mean for db" not in first and mistake.mend not in first

    check("91.1", mean_for_db("b"))
    second = shown()
    assert f"Why: mean for db: {mistake.hint}" in second
    assert mistake.mend not in second

    check("91.1", mean_for_db("c"))
    third = shown()
    assert f"Why: mean for db: {mistake.hint}" in third
    assert f"To mend it: {mistake.mend}" in third

    check("91.1", mean_for_db("d"))
    assert shown() == third


def test_an_unchanged_answer_does_not_climb(shown, progress_file):
    check("91.1", mean_for_db())
    first = shown()
    check("91.1", mean_for_db())
    assert shown() == first.replace(
        "\nThe smallest",
        '\n`hint("91.1")` gives a hint.\nThe answer is unchanged since the last check.\nThe smallest',
        1,
    )
    assert (entry(progress_file)["failures"], entry(progress_file)["attempts"]) == (1, 1)


def test_another_kind_of_failure_starts_again(shown):
    check("91.1", mean_for_db("a"))
    check("91.1", mean_for_db("b"))
    assert "Why: mean for db" in shown()
    check("91.1", LINEAR.mistakes[1].function)
    assert "Why:" not in shown()
    check("91.1", mean_for_db("c"))
    assert "Why:" not in shown()


def test_a_failure_without_a_name_climbs_to_its_pattern_and_to_the_hints(shown):
    def wrong(factor):
        return linear_with(dW=lambda x, W, dy: factor * x.T @ dy)

    check("91.1", wrong(2))
    first = shown()
    assert f"To test: {LINEAR.look}" in first and "twice" not in first
    check("91.1", wrong(3))
    assert "Why: Every entry is 3 times what it should be." in shown()
    check("91.1", linear_with(dW=lambda x, W, dy: x.T @ dy**2))
    third = shown()
    assert "Why:" not in third
    assert '`hint("91.1")` gives a hint.' in third


def test_a_passed_exercise_stays_passed(shown, progress_file):
    assert check("91.1", linear)
    assert shown() == "✓ 91.1 passed. This is the linear layer of the package.\n"
    assert not check("91.1", mean_for_db())
    assert entry(progress_file)["status"] == "passed"
    assert entry(progress_file)["attempts"] == 2
    assert entry(progress_file)["score"] == 1
    check("91.1", linear)
    check("91.1", mean_for_db("b"))
    assert entry(progress_file)["failures"] == 1  # a pass in between starts again


def test_a_passed_answer_checked_again_passes_again(shown):
    check("91.1", linear)
    check("91.1", linear)
    assert shown() == "✓ 91.1 passed. This is the linear layer of the package.\n" * 2


def test_an_untouched_stub_is_one_line_and_no_attempt(shown, progress_file):
    assert check("91.1", ...).status == "not started"
    assert shown() == "○ 91.1 not started: fill in the `...` and run this cell again.\n"
    assert not progress_file.exists()


def test_the_best_score_is_kept(shown, progress_file):
    check("91.1", mean_for_db())
    check("91.1", lambda x, W, b: None)
    assert entry(progress_file)["score"] == 13 / 16


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("91.11", "expected the id of an exercise, got '91.11'; lesson 91 has 91.1, 91.2, .*; did you mean 91.1"),
        ("9.1", "there is no lesson '9' with exercises; did you mean 91.1"),
        (91.1, "got 91.1; lesson 91 has 91.1, 91.2"),
        ("x", "there is no lesson 'x' with exercises$"),
    ],
)
def test_an_unknown_id_is_a_value_error_that_lists_what_there_is(course, id, words):
    for function in (lambda id: check(id, linear), hint, solution, question):
        with pytest.raises(ValueError, match=words):
            function(id)


# Has the answer changed? ----------------------------------------------------------------------------------


def test_the_place_of_the_code_is_no_change_and_its_content_is():
    def fingerprint_of(source, name="f", **names):
        space = dict(names)
        exec(source, space)
        return session.learner_code.fingerprint(space[name])

    source = "def f(x, k=1):\n    def g():\n        return 2 * x\n    return g() + k\n"
    same = fingerprint_of(source)
    assert fingerprint_of("# moved\n\n" + source.replace("return g()", "return  g()")) == same
    assert fingerprint_of(source.replace("2 * x", "3 * x")) != same
    assert fingerprint_of(source.replace("k=1", "k=2")) != same
    assert fingerprint_of(source.replace("g() + k", "g() - k")) != same
    helper = "def f(x):\n    return helper(x)\ndef helper(x):\n    return x + {}\n"
    assert fingerprint_of(helper.format(1)) == fingerprint_of(helper.format(1))
    assert fingerprint_of(helper.format(1)) != fingerprint_of(helper.format(2))
    method = "class C:\n    rate = {}\n    def step(self):\n        return {}\n"
    assert fingerprint_of(method.format(1, 2), "C") == fingerprint_of(method.format(1, 2), "C")
    assert len({fingerprint_of(method.format(a, b), "C") for a in (1, 2) for b in (3, 4)}) == 4


def test_what_a_function_closes_over_is_part_of_it():
    def made_with(k, array):
        return lambda x: x + k + array

    fingerprint = session.learner_code.fingerprint
    assert fingerprint(made_with(1, np.ones(2))) == fingerprint(made_with(1, np.ones(2)))
    assert fingerprint(made_with(1, np.ones(2))) != fingerprint(made_with(2, np.ones(2)))
    assert fingerprint(made_with(1, np.ones(2))) != fingerprint(made_with(1, np.zeros(2)))
    assert fingerprint(made_with(1, abs_of(1))) != fingerprint(made_with(1, abs_of(2)))


def abs_of(k):
    return lambda x: abs(x) + k


def test_a_fingerprint_is_the_same_in_another_kernel():
    code = (
        "from dlcourse.checking.learner_code import fingerprint\n"
        "def f(x):\n    return x in {'a', 'b', 'c', 'd'}\n"
        "print(fingerprint((f, 1.5, 'x')))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            cwd=dlcourse.__path__[0] + "/..",
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


# Hints, solutions, questions ------------------------------------------------------------------------------


def test_hints_come_one_by_one(shown):
    for _ in range(4):
        hint("91.1")
    assert shown().splitlines() == [
        "· Hint 1 of 2 for 91.1: Look at the shapes.",
        "· Hint 2 of 2 for 91.1: dW is made of x and dy.",
        '· Those were all 2 hints for 91.1. `solution("91.1")` shows the answer.',
        '· Those were all 2 hints for 91.1. `solution("91.1")` shows the answer.',
    ]
    hint("91.2")
    assert shown() == "· 91.2 has no hints.\n"


def test_a_solution_asks_for_a_try_first(shown):
    solution("91.1")
    assert shown().startswith("· Try 91.1 first")
    check("91.1", ...)
    shown()
    solution("91.1")
    assert shown().startswith("· Try 91.1 first")
    check("91.1", mean_for_db())
    shown()
    solution("91.1")
    assert shown().startswith("**Solution of 91.1**\n\n```python\ndef linear(x, W, b):\n    y = x @ W + b\n")


@pytest.mark.parametrize(
    ("id", "answer", "words"),
    [
        (
            "91.2",
            GATES.mistakes[0].function,
            "```python\ndef add(a, b):\n    return a + b, lambda dy: (dy, dy)\n\ndef square",
        ),
        ("91.5", int, "class Momentum:\n    def __init__(self, rate):"),
        ("91.6", (1, 2), "- slope: 0.73106\n- offset: -2\n\nThe slope is the sigmoid at 1."),
        ("91.8", "a", "(b) nothing\n\nA sum hands on what it gets."),
        ("91.9", {"relu": "b", "tanh": "a"}, "- relu: 'a'\n- tanh: 'b'"),
        ("91.10", {}, "- The accuracy must reach 0.9.\n- Train at most 10 epochs."),
    ],
)
def test_the_solution_of_every_kind_is_shown(shown, id, answer, words):
    check(id, answer)
    shown()
    solution(id)
    assert words in shown()


def test_a_question_shows_its_options(shown):
    question("91.8")
    assert shown() == (
        "**91.8 Which one?**\n\nWhat does the gradient of a sum need?\n\n- (a) a mean\n- (b) nothing\n- (c) a product\n"
    )
    question("91.9")
    assert shown().endswith("**relu**\n\n- (a) flat\n- (b) steep\n\n**tanh**\n\n- (a) flat\n- (b) steep\n")
    question("91.1")
    assert shown() == "**91.1 The linear layer**\n\nWrite it.\n"


# The course's exercises -----------------------------------------------------------------------------------


def test_the_exercises_are_found_in_the_packages_of_the_course(tmp_path, monkeypatch):
    for name, source in {
        "here": "EXERCISES = [type('E', (), {'id': '90.10'})(), type('E', (), {'id': '90.2'})()]",
        "without": None,
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        if source:
            (tmp_path / name / "exercises.py").write_text(source)
    monkeypatch.setattr(dlcourse, "__path__", [str(tmp_path)])
    try:
        assert list(session.all_exercises()) == ["90.2", "90.10"]
    finally:
        for name in ("here", "here.exercises", "without"):
            sys.modules.pop(f"dlcourse.{name}", None)
            vars(dlcourse).pop(name, None)


def test_an_id_used_twice_is_an_error():
    twice = [types.SimpleNamespace(id="90.1", title=title) for title in ("first", "second")]
    with pytest.raises(ValueError, match=r"expected each id once, got 90\.1 for 'first' and 'second'"):
        session.by_id(twice)


# How it is shown ------------------------------------------------------------------------------------------


def tags_are_balanced(html):
    opened = []
    for close, tag in re.findall(r"<(/?)(\w+)", html):
        if not close:
            opened.append(tag)
        elif opened.pop() != tag:
            return False
    return not opened


def test_a_card_says_the_same_in_html_and_in_text():
    card = display.Card(
        "failed", "91.1 not yet: `a` is <b>.", ["To test: x < 2."], [("yours", "<script>alert(1)</script>")]
    )
    html = card._repr_html_()
    assert "<b>91.1 not yet</b>: <code>a</code> is &lt;b&gt;." in html
    assert "<details" in html and "<summary>details</summary>" in html
    assert "&lt;script&gt;" in html and "<script" not in html
    assert "✗" in html and "var(--jp-error-color1, #" in html
    assert tags_are_balanced(html)
    assert repr(card) == ("✗ 91.1 not yet: `a` is <b>.\nTo test: x < 2.\nyours:\n    <script>alert(1)</script>")


@pytest.mark.parametrize(
    ("status", "sentence", "bold"),
    [
        ("passed", "91.1 passed. You have it.", "<b>91.1 passed</b>. You"),
        ("passed", "91.1 passed.", "<b>91.1 passed</b>.<"),
        (
            "not started",
            "91.1 not started: fill in the `...`.",
            "<b>91.1 not started</b>: fill in the <code>...</code>.",
        ),
        ("note", "04.a: your guess is 2.", "04.a: your guess is 2."),
    ],
)
def test_the_verdict_is_in_bold_and_has_a_symbol(status, sentence, bold):
    html = display.Card(status, sentence)._repr_html_()
    assert bold in html
    assert display.LOOKS[status][0] in html
    assert "<details" not in html
    assert ("<b>91" in html) == (status != "note")


def test_the_symbols_differ_so_that_colour_is_not_needed():
    assert len({symbol for symbol, _ in display.LOOKS.values()}) == len(display.LOOKS)


def test_what_a_learner_wrote_is_escaped_everywhere(shown):
    def my_linear(x, W, b):
        print("<img src=x onerror=alert(1)>")
        raise ValueError("<b>bold</b> & $x$")

    result = LINEAR.grade(my_linear)
    html = session._card(LINEAR, result, 3, False)._repr_html_()
    assert "<img" not in html and "<b>bold" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &#36;x&#36;" in html
    assert tags_are_balanced(html)


def test_in_ipython_the_verdict_shows_once_as_html_and_text(progress_file):
    code = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
with capture_output() as captured:
    shell.run_cell("import numpy as np\\nfrom dlcourse.checking import check, session")
    shell.run_cell("from tests.checking.bank import EXERCISES")
    shell.run_cell("found = session.by_id(EXERCISES)\\nsession.all_exercises = lambda: found")
    shell.run_cell("def f(x, W, b):\\n    y = x @ W\\n    return y + nothing, 1")
    shell.run_cell("passed = check('91.1', f)")
    shell.run_cell("passed = check('91.1', f)")
    shell.run_cell("print(bool(passed), get_ipython().display_formatter.format(passed))")
print(json.dumps([captured.stdout, captured.stderr, [o.data for o in captured.outputs]]))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=dlcourse.__path__[0] + "/.."
    )
    stdout, stderr, outputs = json.loads(run.stdout.splitlines()[-1])
    assert (stdout, stderr) == ("False ({}, {})\n", "")
    assert len(outputs) == 2
    for data in outputs:
        assert set(data) == {"text/plain", "text/html"}
        assert "stopped with NameError at line 3, `return y + nothing, 1`: name 'nothing'" in data["text/plain"]
    assert "unchanged since the last check" in outputs[1]["text/plain"]


def test_the_brackets_around_an_answer_of_several_parts_may_be_left_out(shown):
    assert check("91.6", 0.73106, -2.0)
    assert "passed" in shown()
