"""A nerve cell beside an artificial neuron, and deck 5's forward pass with its numbers."""

import numpy as np
import pytest

from dlcourse.drawing import lint
from dlcourse.orientation.figures.nerve_cell import two_neurons
from dlcourse.orientation.figures.network import STAGES, W1, W2, ForwardPass, forward_431
from tests.drawing.views import check_view


def test_the_forward_pass_is_fit_to_be_shown():
    assert len(check_view(ForwardPass())) == 6


@pytest.mark.parametrize("x4", [-2.0, 2.0])
@pytest.mark.parametrize("step", range(len(STAGES)))
def test_every_stage_is_legible(x4, step):
    assert lint(forward_431(x4=x4, step=step).figure) == []


def test_the_inputs_as_printed_don_t_give_the_printed_output():
    frame = ForwardPass().frame(step=4, x4=-2.0)
    np.testing.assert_array_equal(frame["values"][1], [4, 4.5, -1])
    np.testing.assert_allclose(frame["values"][4], 0.434886343791, atol=1e-12)
    assert [int(wrong.sum()) for wrong in frame["differs"]] == [0, 2, 2, 1, 1]


def test_with_plus_two_everything_but_that_input_is_as_printed():
    frame = ForwardPass().frame(step=4, x4=2.0)
    np.testing.assert_array_equal(frame["values"][1], [4, 0.5, 1])
    np.testing.assert_allclose(frame["values"][4], 0.251502857019, atol=1e-12)
    assert [int(wrong.sum()) for wrong in frame["differs"]] == [1, 0, 0, 0, 0]


def test_the_values_are_those_of_loops_over_the_units():
    values = ForwardPass().frame(step=4, x4=-2.0)["values"]
    for weights, before, sums, outputs in ((W1, 0, 1, 2), (W2, 2, 3, 4)):
        for j, row in enumerate(weights):
            z = sum(w * x for w, x in zip(row, values[before], strict=True))
            assert values[sums][j] == pytest.approx(z, abs=1e-14)
            assert values[outputs][j] == pytest.approx(1 / (1 + np.exp(-z)), abs=1e-14)


@pytest.mark.parametrize("step", range(len(STAGES)))
def test_a_stage_shows_no_number_of_a_later_one(step):
    shown = [text.get_text() for text in forward_431(x4=2.0, step=step).figure.axes[0].texts]
    numbers = ["4", "0.982", "−1.091", "0.252"]  # of the first hidden unit, its output, and the output unit
    assert [number in shown for number in numbers] == [step >= stage for stage in (1, 2, 3, 4)]


def test_the_view_opens_at_the_end_with_the_input_as_printed():
    assert ForwardPass().state() == {"step": 4, "x4": -2.0}
    texts = [text.get_text() for text in forward_431(x4=-2.0).figure.axes[0].texts]
    assert "differs from the deck" in texts  # what a ring means


def test_the_picture_shows_all_stages_unless_told():
    assert forward_431().alt == forward_431(x4=2.0, step=4).alt
    assert "output 0.252" in forward_431().alt
    assert "output 0.435" in forward_431(x4=-2.0).alt


def test_an_input_that_is_neither_printed_nor_mended_is_refused():
    with pytest.raises(ValueError, match="x4"):
        forward_431(x4=1.0)


def test_the_two_neurons_name_the_output_as_the_lesson_does_and_say_what_the_sum_and_a_synapse_are():
    texts = [text.get_text() for text in two_neurons().figure.axes[0].texts]
    assert "ŷ" in texts and "h" not in texts
    assert "adds up" in texts
    assert any(text.startswith("synapse, a contact where one cell passes a signal to the next") for text in texts)


def test_the_two_neurons_are_legible_and_share_their_letters():
    picture = two_neurons()
    assert lint(picture.figure) == []
    texts = picture.figure.axes[0].texts
    for letter in "ABCD":
        places = [text.get_position() for text in texts if text.get_text() == letter]
        assert any(x < 4.3 and y < 3.2 for x, y in places), f"{letter} is missing at the cell"
        assert any(x > 4.3 and y < 3.2 for x, y in places), f"{letter} is missing at the model"
        assert any(y > 3.2 for _, y in places), f"{letter} is not explained"
