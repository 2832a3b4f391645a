"""A guess counts when it came before its outcome, and the lesson's end points at what was surely wrong."""

import numpy as np
import pytest

from dlcourse.checking import outcome, predict, progress, review_predictions

pytestmark = pytest.mark.usefixtures("progress_file")


def test_guess_and_outcome_stand_side_by_side(capsys):
    predict("04.a", 0.5, confidence=0.9)
    outcome("04.a", 0.25)
    predict("04.b", "relu")
    outcome("04.b", "ReLU ")
    assert capsys.readouterr().out.splitlines() == [
        "· 04.a: your guess is 0.5, 90% sure.",
        "· 04.a: guess 0.5, outcome 0.25: not what you expected.",
        "· 04.b: your guess is relu.",
        "· 04.b: guess relu, outcome ReLU : right.",
    ]


def test_a_shape_of_one_axis_reads_as_python_writes_it(capsys):
    predict("04.a", (2,))
    outcome("04.a", np.ones(2).shape)
    assert capsys.readouterr().out.splitlines()[-1] == "· 04.a: guess (2,), outcome (2,): right."


def test_an_unanswered_prediction_lets_the_run_go_on(capsys):
    predict("04.a", ...)
    outcome("04.a", 3)
    review_predictions()
    assert capsys.readouterr().out.splitlines() == [
        "· 04.a: no guess yet.",
        "· 04.a: no guess, outcome 3.",
        "· No predictions yet: write a guess in place of `...` before you run the cell below it.",
    ]


def test_the_first_guess_counts_once_the_outcome_is_known(capsys):
    predict("04.a", 1)
    predict("04.a", 2)  # still before the outcome
    outcome("04.a", 3)
    predict("04.a", 3)
    outcome("04.a", 3)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "· 04.a: your guess is 2.",
        "· 04.a: guess 2, outcome 3: not what you expected.",
        "· 04.a: you guessed 2 before you saw the outcome, and that guess counts.",
        "· 04.a: guess 2, outcome 3: not what you expected.",
    ]
    assert progress.load()["predictions"]["04.a"]["guess"] == 2


def test_running_the_lesson_again_shows_the_same(capsys):
    def lesson():
        predict("04.a", 2, confidence=0.5)
        outcome("04.a", 3)
        review_predictions()
        return capsys.readouterr().out

    assert lesson() == lesson()


def test_a_guess_after_an_outcome_without_guess_waits_for_the_next(capsys):
    predict("04.a", ...)
    outcome("04.a", 3)
    predict("04.a", 3)
    assert "outcome" not in progress.load()["predictions"]["04.a"]
    outcome("04.a", 3)
    assert capsys.readouterr().out.endswith("· 04.a: guess 3, outcome 3: right.\n")


@pytest.mark.parametrize(
    ("guess", "happened", "within", "right"),
    [
        (100, 109, 1.1, True),
        (100, 111, 1.1, False),
        (109, 100, 1.1, True),
        (111, 100, 1.1, False),
        (2, 1, 2, True),
        (-2, -1, 2, True),
        (-2, 2, 2, False),
        (0, 0.0, 1.1, True),
        (0, 1e-9, 1.1, False),
        (5, 5, 1, True),
        (True, True, 1.1, True),
        (1, True, 1.1, False),
        (False, 0, 1.1, False),
        ("a", " A ", 1.1, True),
        ("a", 1, 1.1, False),
        (3, "a", 1.1, False),
        ((1, "b"), (1.05, "B"), 1.1, True),
        ((1, "b"), (1.05, "c"), 1.1, False),
        ((1, 2), (1, 2, 3), 1.1, False),
        (1, (1,), 1.1, False),
        (np.float32(2), np.array(2.0), 1.1, True),
        (np.array([1, 2]), [1, 2], 1.1, True),
        (float("nan"), 1.0, 1.1, False),
    ],
)
def test_a_number_is_right_within_a_factor_and_all_else_when_equal(guess, happened, within, right):
    predict("04.a", guess)
    outcome("04.a", happened, within=within)
    assert progress.load()["predictions"]["04.a"]["right"] is right


def test_the_review_points_at_what_was_surely_wrong(capsys):
    predict("04.a", 1, confidence=0.9)
    predict("04.b", 2, confidence=0.8)
    predict("04.c", "x", confidence=0.3)
    predict("04.d", 4)
    outcome("04.a", 1)
    outcome("04.b", 200)
    outcome("04.c", "y")
    capsys.readouterr()
    review_predictions()
    assert capsys.readouterr().out.splitlines() == [
        "prediction  guess  outcome  sure",
        "04.a        1      1        90%   right",
        "04.b        2      200      80%   wrong, and sure of it",
        "04.c        x      y        30%   wrong",
        "04.d        4                     open",
        "1 of 3 right.",
        "Look again at 04.b: most is learned where a sure guess was wrong.",
    ]


def test_the_review_is_of_the_lesson_at_hand(capsys):
    predict("03.a", 1)
    predict("04.a", 1)
    capsys.readouterr()
    review_predictions()
    assert [line[:4] for line in capsys.readouterr().out.splitlines()] == ["pred", "04.a"]
    review_predictions("03")
    assert [line[:4] for line in capsys.readouterr().out.splitlines()] == ["pred", "03.a"]


def test_the_review_is_escaped_in_html(capsys, monkeypatch):
    tables = []
    predict("04.a", "<b>&", confidence=1)
    monkeypatch.setattr("dlcourse.checking.display.show", tables.append)
    review_predictions()
    html = tables[0]._repr_html_()
    assert "&lt;b&gt;&amp;</td>" in html and "<b>&" not in html


@pytest.mark.parametrize("confidence", [80, -0.1, "sure", float("nan")])
def test_a_confidence_is_between_0_and_1(confidence):
    with pytest.raises(ValueError, match=r"expected a confidence between 0 and 1, got .*; write 0\.8 for 80 %"):
        predict("04.a", 1, confidence=confidence)


def test_wrong_usage_says_what_is_expected():
    with pytest.raises(ValueError, match=r"expected a factor of at least 1 for within, got 0\.5"):
        outcome("04.a", 1, within=0.5)
    with pytest.raises(TypeError, match="predict: expected a number, a string, True or False"):
        predict("04.a", object())
    with pytest.raises(ValueError, match=r"lesson and letter such as '04\.a', got 'a'"):
        predict("a", 1)
