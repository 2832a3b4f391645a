"""A walk through a graph: each step's numbers are right, each sentence says them, and blanks give nothing away."""

import itertools
import re

import numpy as np
import pytest

from dlcourse.autodiff import Tensor, differentiable, exp, grad, maximum
from dlcourse.drawing.canvas import Canvas
from dlcourse.drawing.graph_walk import GraphWalk
from dlcourse.drawing.picture import checked_alt
from tests.drawing.views import check_view


@differentiable
def sum_and_product(a, b):
    """A function with two outputs."""
    return (a + b, a * b), lambda dsum, dproduct: (dsum + dproduct * b, dsum + dproduct * a)


def both_outputs(x, y):
    total, product = sum_and_product(x, y)
    return total * product


def one_output(x, y):
    return sum_and_product(x, y)[1] * y


def shared(x, y):
    s = x + y
    return x * x + x * y + s * s


PROGRAMS = {
    "a product of a sum": (lambda x, y, z: (x + y) * z, (3.0, 1.0, -2.0)),
    "a shared value": (shared, (2.0, 1.0)),
    "a value used twice by one gate": (lambda x: x * x, (3.0,)),
    "constants": (lambda x: 1.0 / (1.0 + exp(-x * 2.0)), (0.5,)),
    "a maximum": (lambda x, y: maximum(x, y) - x**3, (2.0, -3.0)),
    "two outputs": (both_outputs, (2.0, -3.0)),
    "one of two outputs": (one_output, (2.0, -3.0)),
    "a sum of twenty": (lambda *xs: sum(xs), tuple(float(i) for i in range(20))),
}


def walk(name, **look):
    program, inputs = PROGRAMS[name]
    leaves = {f"x{i}": Tensor(value) for i, value in enumerate(inputs)}
    return GraphWalk(program(*leaves.values()), names=leaves, **look)


def steps_of(view):
    return [view.frame(step=step) for step in view.controls[0].values]


@pytest.mark.parametrize("numbers", [True, False], ids=["numbers", "blanks"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_walk_is_fit_to_be_shown(name, numbers):
    check_view(walk(name, numbers=numbers))


@pytest.mark.parametrize("numbers", [True, False], ids=["numbers", "blanks"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_step_has_a_sentence_of_its_own(name, numbers):
    texts = [checked_alt(frame["text"]) for frame in steps_of(walk(name, numbers=numbers))]
    assert all(re.fullmatch(r"[A-Z].*[.]", text) and "  " not in text for text in texts), texts


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_gradients_at_the_end_are_those_of_grad(name):
    program, inputs = PROGRAMS[name]
    last = steps_of(walk(name))[-1]
    shown = [last["gradients"][f"x{i}"] for i in range(len(inputs))]
    np.testing.assert_allclose(shown, np.ravel(grad(program)(*inputs)), rtol=1e-14)
    assert last["open"] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_numbers_are_only_ever_added_and_a_complete_gradient_stays(name):
    frames = steps_of(walk(name))
    for before, after in itertools.pairwise(frames):
        assert before["values"].items() <= after["values"].items()
        complete = {key: dx for key, dx in before["gradients"].items() if key not in before["open"]}
        assert complete.items() <= after["gradients"].items()
        grown = {*after["values"].items(), *after["gradients"].items()} - {*before["values"].items()}
        assert {key for key, _ in grown - {*before["gradients"].items()}} <= {*after["new"], *before["gradients"]}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_gate_fires_back_only_when_the_gradient_at_its_output_is_complete(name):
    view = walk(name)
    frames = steps_of(view)
    gates = view.controls[0].values[-1] // 2
    assert [frame["gate"] for frame in frames] == [-1, *range(gates), -1, *reversed(range(gates))]
    for before, now in itertools.pairwise(frames[gates + 1 :]):
        written = [key for key in before["gradients"] if key.startswith(f"gate {now['gate']}")]
        assert written
        assert not set(written) & set(before["open"])


def test_the_steps_of_a_product_of_a_sum_are_those_by_hand():
    frames = steps_of(walk("a product of a sum"))
    assert [frame["values"] for frame in frames[:3]] == [
        {"x0": 3.0, "x1": 1.0, "x2": -2.0},
        {"x0": 3.0, "x1": 1.0, "x2": -2.0, "gate 0": 4.0},
        {"x0": 3.0, "x1": 1.0, "x2": -2.0, "gate 0": 4.0, "gate 1": -8.0},
    ]
    assert [frame["gradients"] for frame in frames[2:]] == [
        {},
        {"gate 1": 1.0},
        {"gate 1": 1.0, "gate 0": -2.0, "x2": 4.0},
        {"gate 1": 1.0, "gate 0": -2.0, "x2": 4.0, "x0": -2.0, "x1": -2.0},
    ]
    assert [frame["text"] for frame in frames] == [
        "Before the first gate: x0 = 3, x1 = 1 and x2 = -2.",
        "Forward: from x0 = 3 and x1 = 1 the gate + makes 4.",
        "Forward: from 4 and x2 = -2 the gate × makes -8.",
        "Forward is done, the output is -8. The way back begins at the output, with the gradient 1.",
        "Back: the gate × fires. Upstream 1 times the other input leaves -2 at the wire from + and 4 at x2.",
        "Back: the gate + fires. Upstream -2 times its slope 1 leaves -2 at x0 and -2 at x1. "
        "All gradients: x0 -2, x1 -2 and x2 4.",
    ]


def test_at_a_branch_the_sentence_tells_the_sum():
    texts = " ".join(frame["text"] for frame in steps_of(walk("a shared value")))
    assert "leaves 3 + 3 = 6 at the wire from +" in texts
    assert "leaves 1 at x0 so far and 2 at x1 so far." in texts
    assert "leaves 1 + 2 + 2 = 5 at x0 so far." in texts
    assert "leaves 5 + 6 = 11 at x0 and 2 + 6 = 8 at x1." in texts


def test_a_gate_with_slopes_of_its_own_tells_them():
    texts = " ".join(frame["text"] for frame in steps_of(walk("a maximum")))
    assert "the gate max fires. Upstream 1 times its slopes 1 and 0 leaves" in texts
    assert "-12 + 1 = -11 at x0 and 0 at x1." in texts
    assert "Upstream -1 times its slope 12 leaves -12 at x0 so far." in texts


def test_a_constant_takes_part_forward_and_gets_no_gradient():
    texts = " ".join(frame["text"] for frame in steps_of(walk("constants")))
    assert "Forward: from 1 and 1.37 the gate ÷ makes 0.731." in texts
    assert "Upstream 1 times its slope -0.534 leaves -0.534 at the wire from +." in texts


def test_a_gradient_to_which_others_still_add_has_a_plus_sign_and_what_is_new_is_bold():
    view = walk("a shared value")
    canvas = Canvas(view)
    canvas.draw(view.state(step=11))
    shown = {key: canvas.view._numbers["gradients"][key] for key in ("x0", "x1", "gate 4")}
    assert [text.get_text() for text in shown.values()] == ["1.00+", "2.00+", "1.00"]
    assert [text.get_weight() for text in shown.values()] == ["bold", "bold", "normal"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_without_numbers_the_sentences_give_no_value_and_no_gradient_away(name):
    view = walk(name, numbers=False)
    names = "|".join([r"x\d+", r"the gradient 1\b", r"slopes? 1\b( and -1)?", r"slope -1", r"−1×", r"\d+ inputs?"])
    texts = [re.sub(names, "", frame["text"].replace("x³", "")) for frame in steps_of(view)]
    assert [text for text in texts if re.search(r"\d", text)] == []


def test_without_numbers_nothing_is_written_on_the_wires():
    with_numbers, without = (Canvas(walk("a product of a sum", numbers=numbers)) for numbers in (True, False))
    written = []
    for canvas in (with_numbers, without):
        canvas.draw({"step": 5})
        texts = [text for text in canvas.figure.axes[0].texts if text.get_visible()]
        written.append({text.get_text() for text in texts if re.search(r"\d\.\d", text.get_text())})
    assert written == [{"3.00", "1.00", "−2.00", "4.00", "−8.00"}, set()]


def test_it_begins_where_the_first_gate_fires_back():
    view = walk("a product of a sum")
    assert view.frame(**view.defaults())["text"].startswith("Back: the gate × fires.")


def test_names_of_wires_in_the_middle_are_told():
    x, y = Tensor(2.0), Tensor(-3.0)
    q = x * y
    view = GraphWalk(q + y, names={"x": x, "y": y, "q": q})
    assert view.frame(step=1)["text"] == "Forward: from x = 2 and y = -3 the gate × of q makes q = -6."
    assert view.frame(step=5)["values"]["q"] == -6.0


def test_what_can_not_be_walked_is_refused():
    with pytest.raises(ValueError, match="got a leaf: there is no gate"):
        GraphWalk(Tensor(1.0))
    with pytest.raises(ValueError, match=r"single numbers, but an input holds an array of shape \(2,\)"):
        GraphWalk(Tensor([1.0, 2.0]).sum())
    with pytest.raises(ValueError, match=r"the wire from reshape holds an array of shape \(1,\)"):
        GraphWalk(Tensor(1.0).reshape(1).sum())
    with pytest.raises(TypeError, match="expected the output to be a Tensor, got float"):
        GraphWalk(1.0)
