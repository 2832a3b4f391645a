"""The graphs of lesson 01: the walks end at the lesson's gradients, and what is an exercise is not given away."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.autodiff import figures, grad, log
from dlcourse.drawing.picture import checked_alt
from tests.drawing.views import check_view


def product_of_a_sum(x, y, z):
    return (x + y) * z


def shared(x, y):
    s = x + y
    return x * x + x * y + s * s


def neuron_loss(w0, w1, x1, w2, x2):
    return -log(sigmoid(w0 + w1 * x1 + w2 * x2))


def two_layers_loss(x, W1, W2):
    return -log(sigmoid(sigmoid(x @ W1) @ W2))


VIEWS = {
    "1.2": figures.Walk(product_of_a_sum, x=3.0, y=1.0, z=-2.0),
    "1.4": figures.Walk(product_of_a_sum, x=-2.0, y=5.0, z=-4.0),
    "1.4, the board": figures.Walk(product_of_a_sum, x=-2.0, y=5.0, z=-4.0, numbers=False),
    "1.5": figures.Walk(shared, x=2.0, y=1.0),
    "1.6": figures.NeuronWalk(),
    "1.6, the board": figures.NeuronWalk(numbers=False),
    "2.1": figures.TwoLayersWalk(),
    "2.1, the board": figures.TwoLayersWalk(numbers=False),
}


def last(view):
    return view.frame(step=view.controls[0].values[-1])


@pytest.mark.parametrize("name", VIEWS)
def test_a_walk_is_fit_to_be_shown(name):
    check_view(VIEWS[name])


@pytest.mark.parametrize("name", VIEWS)
def test_every_step_has_a_sentence_and_all_steps_fit_into_the_book(name):
    (control,) = VIEWS[name].controls
    assert len(control.values) <= 80
    assert all(checked_alt(VIEWS[name].frame(step=step)["text"]) for step in control.values)


def test_the_walk_of_x_plus_y_times_z_ends_at_the_gradients_of_the_lesson():
    end = last(VIEWS["1.2"])
    assert end["text"].endswith("All gradients: x -2, y -2 and z 4.")
    assert {key: end["gradients"][key] for key in "xyz"} == {"x": -2.0, "y": -2.0, "z": 4.0}
    assert end["values"]["gate 1"] == -8.0


def test_the_walk_of_the_pencil_exercise_ends_at_its_answer():
    assert last(VIEWS["1.4"])["text"].endswith("All gradients: x -4, y -4 and z 3.")


def test_three_paths_arrive_at_x_and_add_up_to_11():
    frames = [VIEWS["1.5"].frame(step=step) for step in VIEWS["1.5"].controls[0].values]
    at_x = [frame["gradients"]["x"] for frame in frames if "x" in frame["new"] and not frame["forward"]]
    assert at_x == [1.0, 5.0, 11.0]
    assert last(VIEWS["1.5"])["gradients"]["y"] == 8.0


def test_the_walk_of_the_neuron_ends_at_the_gradients_of_its_loss():
    numbers = {"w0": -3.0, "w1": 2.0, "x1": -1.0, "w2": -3.0, "x2": -2.0}
    end = last(VIEWS["1.6"])
    expected = np.ravel(grad(neuron_loss)(*numbers.values()))
    np.testing.assert_allclose([end["gradients"][name] for name in numbers], expected, rtol=1e-13)
    np.testing.assert_allclose(end["gradients"]["z"], end["values"]["ŷ"] - 1, rtol=1e-13)


def test_the_walk_of_the_two_layers_ends_at_the_gradients_of_their_loss():
    x, W1, W2 = np.array([1.0, 2.0]), np.array([[1.5, 1.0], [1.5, 0.5]]), np.array([3.0, -3.5])
    end = last(VIEWS["2.1"])["gradients"]
    dx, dW1, dW2 = grad(two_layers_loss)(x, W1, W2)
    np.testing.assert_allclose([end["x1"], end["x2"]], dx, rtol=1e-13)
    np.testing.assert_allclose([[end["W1₁₁"], end["W1₁₂"]], [end["W1₂₁"], end["W1₂₂"]]], dW1, rtol=1e-13)
    np.testing.assert_allclose([end["W2₁"], end["W2₂"]], dW2, rtol=1e-13)


@pytest.mark.parametrize(("name", "gradient"), [("1.4, the board", "-4"), ("1.6, the board", "0.538")])
def test_the_board_gives_no_gradient_away(name, gradient):
    texts = [VIEWS[name].frame(step=step)["text"] for step in VIEWS[name].controls[0].values]
    assert not [text for text in texts if gradient in text]


def test_the_neuron_before_its_exercise_shows_its_values_only():
    texts = " ".join(text.get_text() for text in figures.draw_logistic_neuron().figure.axes[0].texts)
    assert "0.731" in texts
    assert "0.538" not in texts + figures.draw_logistic_neuron().alt


def test_the_network_before_its_exercise_shows_its_values_only():
    picture = figures.draw_two_layers(gradients=False)
    texts = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
    assert "0.471" in texts
    assert "0.523" not in texts
    assert "gradient" not in texts + picture.alt
