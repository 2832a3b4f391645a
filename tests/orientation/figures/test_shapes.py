"""Shapes that fit or don't, and the notations of five decks: the views of lesson 00 about arrays."""

import re

import numpy as np
import pytest

from dlcourse.drawing.canvas import Canvas
from dlcourse.orientation.figures.notation import DECKS, Notation, W, X
from dlcourse.orientation.figures.shapes import PAIRS, BroadcastShapes, axis_by_axis
from tests.drawing.views import check_view


@pytest.mark.parametrize("view", [BroadcastShapes(), Notation()], ids=lambda view: type(view).__name__)
def test_a_view_is_fit_to_be_shown(view):
    check_view(view)
    assert len(view.controls[0].values) == 5  # all of them are buttons


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_has_the_shapes_of_its_name(pair):
    a, sign, b = re.fullmatch(r"(\(.*?\)) ([+-]) (\(.*?\))", pair).groups()
    assert f"{PAIRS[pair].a.shape} {PAIRS[pair].sign} {PAIRS[pair].b.shape}" == f"{a} {sign} {b}"


@pytest.mark.parametrize("pair", PAIRS)
def test_the_verdict_on_each_axis_agrees_with_numpy(pair):
    frame = BroadcastShapes().frame(pair=pair)
    a, b = PAIRS[pair].a, PAIRS[pair].b
    if "clash" in frame["axes"]:
        assert "could not be broadcast" in frame["refusal"]
        with pytest.raises(ValueError):
            np.broadcast_shapes(a.shape, b.shape)
    else:
        assert frame["refusal"] == ""
        assert frame["shape"] == frame["result"].shape == np.broadcast_shapes(a.shape, b.shape)


def test_only_the_row_of_four_is_refused():
    refused = [pair for pair in PAIRS if BroadcastShapes().frame(pair=pair)["refusal"]]
    assert refused == ["(4, 3) + (4,)"]


@pytest.mark.parametrize(
    ("a", "b"), [((4, 3), (3,)), ((4, 3), (4,)), ((1,), (4,)), ((2, 1), (1, 2)), ((), (3,)), ((2, 3), (3, 2))]
)
def test_axes_clash_exactly_where_numpy_refuses(a, b):
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        assert "clash" in axis_by_axis(a, b)
    else:
        assert "clash" not in axis_by_axis(a, b)


def test_right_outputs_minus_a_column_of_labels_are_sixteen_differences():
    frame = BroadcastShapes().frame(pair="(4,) - (4, 1)")
    a, b = PAIRS["(4,) - (4, 1)"].a, PAIRS["(4,) - (4, 1)"].b
    assert (a == b.ravel()).all()
    assert frame["shape"] == (4, 4)
    assert (frame["result"] ** 2).mean() == 2.5  # a mean squared error that should be 0


def test_a_grid_shows_each_number_once_and_its_copies_as_ghosts():
    canvas = Canvas(BroadcastShapes())
    for pair, (real, ghosts) in {"(4, 3) + (3,)": (12 + 3 + 12, 9), "(4,) - (4, 1)": (4 + 4 + 16, 24)}.items():
        canvas.draw({"pair": pair})
        squares, copies = canvas.view.moving()[:2]
        assert (len(squares.get_paths()), len(copies.get_paths())) == (real, ghosts)


def test_every_deck_gives_the_numbers_of_the_course():
    for deck in DECKS:
        frame = Notation().frame(deck=deck)
        np.testing.assert_array_equal(frame["here_sum"], X @ W)
        np.testing.assert_array_equal(frame["there_sum"], frame["here_sum"])
        np.testing.assert_array_equal(frame["there_output"], frame["h"])


def test_a_transposed_matrix_would_be_seen():
    assert (X[:2] @ W.T[:, :2]).shape == (X @ W).shape
    assert not np.allclose(X[:2] @ W.T[:, :2], X @ W)
    assert X @ W @ [1, -1] != 0  # the two sums differ, so that a swap shows


@pytest.mark.parametrize(("deck", "shape"), [("deck 1", (3, 2)), ("deck 4", (2, 3)), ("deck 5", (2, 3))])
def test_the_matrix_of_a_deck_has_its_shape(deck, shape):
    assert Notation().frame(deck=deck)["W"].shape == shape


def test_decks_1_and_5_name_the_sum_and_the_output_as_they_do():
    first, last = (Notation().frame(deck=deck) for deck in ("deck 1", "deck 5"))
    assert (first["sum"], first["output"]) == ("h₁", "z₁")
    assert (last["sum"], last["output"]) == ("I", "O")
