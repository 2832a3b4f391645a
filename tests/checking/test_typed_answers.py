"""Numbers, choices and reports: what is right and what is not, without giving the answer away."""

import numpy as np
import pytest

from dlcourse.checking import Exercise, Mistake
from tests.checking.bank import CHOICE, CHOICES, NUMBERS, REPORT, VECTOR


@pytest.mark.parametrize("answer", [(0.73106, -2), [0.73106, -2.0], np.array([0.73106, -2.0])])
def test_a_tuple_a_list_and_an_array_of_numbers_are_equally_right(answer):
    assert NUMBERS.grade(answer).passed


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((0.5, -2), "`offset` is right, `slope` not yet."),
        ((0.73106, 7), "`slope` is right, `offset` not yet."),
        ((0.5, 7), "`slope` and `offset` are not right yet."),
        ((0.73, -2), "`slope` is close: did you round? Give more digits."),
        ((0.7, -2), "`slope` is close: did you round? Give more digits."),
        ((0.735, -2), "`slope` is close: did you round? Give more digits."),
        ((0.74, -2), "`offset` is right, `slope` not yet."),
        ((0.73106, -2.01), "`slope` is right, `offset` not yet."),  # a whole number is not rounded
        ((0.73, 2), "`slope` is close: did you round? Give more digits. `offset` is not right yet."),
        ((0.73106,), "expected 2 entries: `slope`, `offset`."),
        (0.73106, "expected 2 entries: `slope`, `offset`."),
        (None, "expected 2 entries: `slope`, `offset`."),
        ((0.73106, "-2"), "`offset` is a string, which is text and no number: remove the quotes."),
        ((0.73106, None), "`offset` is None: no value was given to it."),
        ((0.73106, np.exp), "`offset` is a function, not its result: is a call `(...)` missing?"),
        ((0.73106, [1, 2]), "`offset` should be a single number, yours has the shape (2,)."),
        ((np.array([[0.5]]), -2), "`offset` is right, `slope` not yet."),
        ((0.73106, float("nan")), "`slope` is right, `offset` not yet."),
    ],
)
def test_a_wrong_entry_is_named_and_the_right_answer_is_not_told(answer, words):
    result = NUMBERS.grade(answer)
    assert result.status == "failed"
    assert result.sentence == f"91.6 not yet: {words}"
    assert result.mistake is None
    assert "0.73106" not in result.message


@pytest.mark.parametrize("one", [np.array([0.73106]), np.array([[0.73106]]), [0.73106]])
def test_an_array_of_one_number_is_that_number_where_one_is_asked_for(one):
    assert NUMBERS.grade((one, -2)).passed
    assert Exercise(**{**vars(NUMBERS), "reference": 0.73106, "parts": (), "mistakes": ()}).grade(one).passed


def test_an_array_of_one_number_stays_an_array_where_an_array_is_asked_for():
    exercise = Exercise(**{**vars(VECTOR), "reference": np.array([2.0]), "mistakes": ()})
    assert exercise.grade([2.0]).passed
    assert "should have the shape (1,), yours has ()" in exercise.grade(2.0).sentence


@pytest.mark.parametrize("typed", [[1, 0, 3], (1.0, 0.0, 3.0), np.array([1, 0, 3]), np.float32([1, 0, 3])])
def test_a_known_wrong_array_is_named_however_it_is_typed(typed):
    mistake = Mistake("all_thirds", lambda: np.array([1.0, 0.0, 3.0]), "Those are thirds.")
    exercise = Exercise(**{**vars(VECTOR), "mistakes": [mistake]})
    assert exercise.grade(typed).mistake == "all_thirds"


def test_a_known_wrong_value_is_named_and_is_no_rounding():
    result = NUMBERS.grade((0.73106, 2.0))
    assert (result.mistake, result.score) == ("sign_turned", 0.5)
    assert (result.look, result.why) == ("Put x = 0.", "sign turned: The offset is negative.")
    assert "close" not in result.message


@pytest.mark.parametrize(
    ("answer", "is_rounded"),
    [(8e-25, False), (1e-6, False), (-1e-9, False), (1.7e-5, True), (1.69e-5, True), (1.6e-5, False)],
)
def test_a_tiny_number_is_no_rounding_of_a_small_one(answer, is_rounded):
    exercise = Exercise(**{**vars(NUMBERS), "reference": 1.693509e-5, "parts": (), "mistakes": ()})
    result = exercise.grade(answer)
    assert result.status == "failed"
    assert ("did you round" in result.sentence) == is_rounded


def test_questions_are_set_apart_in_a_reply():
    questions = {"Is it flat?": {"a": "yes", "b": "no"}, "Is it steep?": {"a": "yes", "b": "no"}}
    replies = {("Is it flat?", "b"): "Look at 0.", ("Is it steep?", "a"): "Look at 1."}
    reference = {"Is it flat?": "a", "Is it steep?": "b"}
    changed = {"options": questions, "reference": reference, "replies": replies, "mistakes": ()}
    result = Exercise(**{**vars(CHOICES), **changed}).grade({"Is it flat?": "b", "Is it steep?": "a"})
    assert result.sentence == '91.9 not yet: 0 of 2 right. Is it flat? (b) Look at 0. Then look at "Is it steep?".'


def test_the_right_entries_of_an_array_are_listed():
    assert (
        VECTOR.grade([-0.25, 0.5, 3]).sentence
        == "91.7 not yet: `dw` is not right yet. Right so far: entries [0] and [2]."
    )
    assert VECTOR.grade([1, 1, 1]).sentence == "91.7 not yet: `dw` is not right yet."
    assert VECTOR.grade([1, 1]).sentence == "91.7 not yet: `dw` should have the shape (3,), yours has (2,)."
    assert VECTOR.grade([[1], [1, 2]]).sentence.startswith("91.7 not yet: `dw` is a list whose rows differ in length")
    assert VECTOR.grade([-0.25, 0.125, 3]).passed


def test_the_tolerance_of_typed_numbers_is_the_exercises():
    rough = Exercise(**{**vars(NUMBERS), "tolerance": 1e-3})
    assert rough.grade((0.731, -2)).passed
    assert not NUMBERS.grade((0.731, -2)).passed


def test_a_value_that_is_a_dict_is_compared_by_name():
    exercise = Exercise(**{**vars(NUMBERS), "reference": {"slope": 1.5, "name": "relu"}, "mistakes": ()})
    assert exercise.grade({"name": "relu", "slope": 1.5}).passed
    assert "`slope` is right, `name` not yet." in exercise.grade({"name": "tanh", "slope": 1.5}).sentence
    assert "expected 2 entries: `slope`, `name`." in exercise.grade({"slope": 1.5}).sentence


def test_open_entries_are_not_started():
    assert NUMBERS.grade((..., ...)).message == "91.6 not started: fill in the `...` and run this cell again."
    assert NUMBERS.grade((0.73106, ...)).message == "91.6 not finished: `offset` is still `...`."
    assert NUMBERS.grade([0.73106, ..., 3]).status == "not started"
    assert VECTOR.grade([1, ..., 3]).status == "not started"
    assert CHOICE.grade(...).message == "91.8 not started: fill in the `...` and run this cell again."
    assert CHOICES.grade({"relu": "a", "tanh": ...}).message == "91.9 not finished: `tanh` is still `...`."


@pytest.mark.parametrize("answer", ["b", "B", " b ", "(b)", "b)", "b."])
def test_a_letter_may_be_written_in_any_way(answer):
    assert CHOICE.grade(answer).passed


def test_every_wrong_option_has_its_own_reply():
    result = CHOICE.grade("C")
    assert (result.mistake, result.score) == ("option_c", 0)
    assert result.sentence == "91.8 not yet: (c) A product gate needs that."
    assert result.why == ""  # the reply says it
    assert [mistake.name for mistake in CHOICE.mistakes] == ["option_a", "option_c"]
    assert [mistake.function() for mistake in CHOICE.mistakes] == ["a", "c"]
    assert CHOICE.mistakes[0].hint == "A mean would shrink it."


@pytest.mark.parametrize(
    ("answer", "got"), [("d", "'d'"), ("a mean (b)", "'a mean (b)'"), (2, "2"), (None, "None"), (["b"], "('b')")]
)
def test_an_unknown_letter_gets_a_sentence(answer, got):
    assert CHOICE.grade(answer).sentence == f"91.8 not yet: expected one of a, b, c, got {got}."


def test_several_questions_are_answered_one_by_one():
    assert CHOICES.grade({"relu": "A", "tanh": "b"}).passed
    result = CHOICES.grade({"relu": "a", "tanh": "a"})
    assert (result.mistake, result.score) == ("tanh_a", 0.5)
    assert result.sentence == "91.9 not yet: 1 of 2 right. tanh: (a) At 0 its slope is 1."
    assert "tanh: expected one of a, b, got 'z'." in CHOICES.grade({"relu": "a", "tanh": "z"}).sentence
    assert "expected a dict of 2 entries: `relu`, `tanh`." in CHOICES.grade("a").sentence
    assert "expected 2 entries: `relu`, `tanh`." in CHOICES.grade({"relu": "a"}).sentence
    misspelt = CHOICES.grade({"rleu": "a", "tanh": "b"})
    assert misspelt.sentence == "91.9 not yet: 'rleu' is none of the 2 entries `relu`, `tanh`."
    assert "'a' and 3 are none of the 2 entries" in CHOICES.grade({"a": 1, "relu": "a", "tanh": "b", 3: 0}).sentence
    assert CHOICES.mistakes[0].function() == {"relu": "b", "tanh": "b"}


def test_of_several_wrong_answers_the_first_gets_its_reply_and_the_others_are_listed():
    both = CHOICES.grade({"relu": "b", "tanh": "a"})
    assert both.sentence == "91.9 not yet: 0 of 2 right. relu: (b) It is flat below 0. Then look at tanh."
    assert both.mistake == "relu_b"
    unknown = CHOICES.grade({"relu": 1, "tanh": "b"})
    assert unknown.sentence == "91.9 not yet: 1 of 2 right. relu: expected one of a, b, got 1."


def test_the_names_of_entries_are_all_code_or_all_words():
    words = {"dense layer": 1.5, "epoch": 2.5, "label": 3.5}
    exercise = Exercise(**{**vars(NUMBERS), "reference": words, "parts": (), "mistakes": ()})
    assert "expected a dict of 3 entries: dense layer, epoch, label." in exercise.grade(1).sentence
    assert "not finished: epoch is still `...`." in exercise.grade({**words, "epoch": ...}).sentence
    assert "dense layer and label are right, epoch not yet." in exercise.grade({**words, "epoch": 0}).sentence
    assert "epoch and label are right, dense layer not yet." in exercise.grade({**words, "dense layer": 0}).sentence


def test_a_report_is_told_which_requirements_it_misses():
    assert REPORT.grade({"accuracy": 0.9, "epochs": 10}).passed
    half = REPORT.grade({"accuracy": 0.5, "epochs": 10})
    assert (half.sentence, half.score) == ("91.10 not yet: The accuracy must reach 0.9.", 0.5)
    assert REPORT.grade(None).sentence == ("91.10 not yet: The accuracy must reach 0.9. Train at most 10 epochs.")
