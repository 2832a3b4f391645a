"""Computation graphs as pictures: the right numbers at the right places, and nothing on top of anything."""

import itertools

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch

from dlcourse.autodiff import Tensor, concatenate, differentiable
from dlcourse.drawing import draw_graph, lint, style
from dlcourse.drawing.lint import drawn_text
from tests.drawing.examples import (
    EXAMPLES,
    leaves,
    linear_layer,
    logistic_neuron,
    long_chain,
    numbers_at,
    points_on_wires,
    product_of_a_sum,
    random_graph,
    sharing,
    small_arrays,
    texts,
    two_layers,
    unrolled,
    without_sharing,
)


@differentiable
def sum_and_product(a, b):
    """A function with two outputs."""

    def backward(dsum, dproduct):
        return dsum + dproduct * b, dsum + dproduct * a

    return (a + b, a * b), backward


def gates(picture):
    """Middles and sizes, in points, of all gates."""
    found = []
    for patch in picture.figure.axes[0].patches:
        if isinstance(patch, Circle) and patch.radius > 5:
            found.append((*patch.center, 2 * patch.radius, 2 * patch.radius))
        elif isinstance(patch, FancyBboxPatch):
            width, height = patch.get_width(), patch.get_height()
            found.append((patch.get_x() + width / 2, patch.get_y() + height / 2, width, height))
    return found


# Numbers -------------------------------------------------------------------------------------------------


def test_the_numbers_of_a_product_of_a_sum_are_those_by_hand():
    picture = product_of_a_sum()
    assert numbers_at(picture, "x") == ("−2.00", "−4.00")
    assert numbers_at(picture, "y") == ("5.00", "−4.00")
    assert numbers_at(picture, "z") == ("−4.00", "3.00")
    assert texts(picture, style.VALUE) - texts(picture, style.GRADIENT) == {
        **dict.fromkeys(["−2.00", "5.00", "−12.0", "value above the wire"], 1)
    }
    assert texts(picture, style.GRADIENT) == {"−4.00": 3, "3.00": 1, "1.00": 1, "∇ gradient below": 1}


def test_gradients_are_told_from_values_by_slant_as_well_as_by_colour_and_place():
    for text in product_of_a_sum().figure.axes[0].texts:
        assert (text.get_style() == "italic") == (text.get_color() == style.GRADIENT)


def test_a_shared_tensor_is_drawn_once_and_its_gradient_is_the_sum_over_its_uses():
    shared, unshared = sharing(), without_sharing()
    assert texts(shared, style.INK)["+"] == 3
    assert texts(unshared, style.INK)["+"] == 4
    # f = x² + xy + (x + y)², df/dx = 4x + 3y = 0 and df/dy = 3x + 2y = 1 at (3, -4)
    for picture in (shared, unshared):
        assert numbers_at(picture, "x") == ("3.00", "0.00")
        assert numbers_at(picture, "y") == ("−4.00", "1.00")
        assert texts(picture, style.VALUE)["−2.00"] == 1
    assert texts(shared, style.GRADIENT)["−2.00"] == 1  # 2s, on the shared wire
    assert texts(unshared, style.GRADIENT)["−1.00"] == 2  # s each, on two wires


def test_the_logistic_neuron_shows_the_tape_of_deck_5():
    picture = logistic_neuron()
    numbers = {"w0": "−0.269", "w1": "0.269", "x1": "−0.538", "w2": "0.538", "x2": "0.807"}
    assert {name: numbers_at(picture, name)[1] for name in numbers} == numbers
    assert {"1.00", "0.368", "1.37", "0.731", "−0.313", "0.313"} <= set(texts(picture, style.VALUE))
    assert {"−1.37", "0.731", "−0.269"} <= set(texts(picture, style.GRADIENT))
    assert texts(picture, style.MUTED) == {"−1": 1, "1": 2}
    symbols = {"×": 3, "+": 3, "÷": 1, "exp": 1, "log": 1, "−1×": 1}
    assert symbols.items() <= texts(picture, style.INK).items()


def test_the_two_layers_show_the_gradients_of_the_reconstruction():
    picture = two_layers()
    numbers = {"w11": "−0.0172", "w21": "−0.0345", "w12": "0.194", "w22": "0.389", "v1": "−0.523", "v2": "−0.466"}
    assert {name: numbers_at(picture, name)[1] for name in numbers} == numbers
    assert texts(picture, style.INK)["σ"] == 3
    assert {"h1", "h2", "ŷ"} <= set(texts(picture))


def test_small_arrays_show_their_entries_and_large_ones_their_shape():
    assert numbers_at(small_arrays(), "W") == ("[1 2; 3 −4]", "[−5 11.5; 5 −11.5]")
    assert numbers_at(small_arrays(), "b") == ("[0.5 −0.25]", "[−5 11.5]")
    assert numbers_at(linear_layer(), "W") == ("(64, 10)", "(64, 10)")


def test_an_output_that_is_no_scalar_has_values_only():
    picture = draw_graph(Tensor([1.0, 2.0]) * Tensor([3.0, 4.0]))
    assert {"[3 8]"} <= set(texts(picture, style.VALUE))
    assert texts(picture, style.GRADIENT) == {}
    assert "gradient" not in picture.alt


def test_values_and_gradients_can_be_left_out():
    assert set(texts(product_of_a_sum(values=False), style.VALUE)) == set()
    assert set(texts(product_of_a_sum(gradients=False), style.GRADIENT)) == set()
    bare = product_of_a_sum(values=False, gradients=False)
    assert set(texts(bare)) == {"x", "y", "z", "q", "f", "+", "×"}
    assert lint(bare.figure) == []


def test_no_grad_is_read_or_written():
    names = leaves(x=-2.0, y=5.0)
    names["x"].grad = np.array(7.0)
    draw_graph(names["x"] * names["y"], names=names)
    assert names["x"].grad == 7.0
    assert names["y"].grad is None


def test_the_upper_side_of_a_gate_is_its_first_input():
    x = Tensor(2.0)
    for result, above in [(1.0 - x, True), (x - 1.0, False), (x * 1.0, True), (1.0 * x, True)]:
        picture = draw_graph(result)
        (number,) = [t for t in picture.figure.axes[0].texts if t.get_color() == style.MUTED]
        assert (number.get_position()[1] < gates(picture)[0][1]) == above


@pytest.mark.parametrize("first", ["a", "b"])
def test_the_first_of_two_wires_is_the_upper_one_where_the_order_matters(first):
    names = leaves(a=1.0, b=2.0)
    second = "b" if first == "a" else "a"
    picture = draw_graph(names[first] - names[second], names=names)
    heights = {t.get_text(): t.get_position()[1] for t in picture.figure.axes[0].texts}
    assert heights[first] < heights[second]


def test_powers_carry_their_exponent():
    x = Tensor(2.0)
    picture = draw_graph(x**2 + x**3 + x**-1 + x**0.5)
    assert {"x²", "x³", "x⁻¹", "x^0.5"} <= set(texts(picture))


def test_a_gate_of_another_name_shows_it_in_lines():
    assert "cross\nentropy" in texts(linear_layer())
    assert "concatenate" in texts(draw_graph(concatenate(Tensor([1.0]), Tensor([2.0])).sum()))


def test_a_gate_with_two_outputs_has_a_wire_for_each_that_is_used():
    names = leaves(a=2.0, b=3.0)
    total, product = sum_and_product(*names.values())
    both = draw_graph(product / total, names=names | {"total": total, "product": product})
    assert {"total", "product", "5.00", "6.00", "1.20"} <= set(texts(both))
    second = draw_graph(product * product, names=names)
    assert numbers_at(second, "a") == ("2.00", "36.0")
    assert draw_graph(product, names=names | {"product": product}).alt.count("product = 6") == 1
    assert lint(both.figure) == lint(second.figure) == []


def test_a_leaf_alone_is_a_graph():
    x = Tensor(3.0)
    assert numbers_at(draw_graph(x, names={"x": x}), "x") == ("3.00", "1.00")


# Layout --------------------------------------------------------------------------------------------------


def assert_nothing_overlaps(picture):
    assert lint(picture.figure) == []
    assert picture.width <= 840
    for (x, y, w, h), (u, v, p, q) in itertools.combinations(gates(picture), 2):
        assert abs(x - u) > (w + p) / 2 or abs(y - v) > (h + q) / 2
    points = np.array(list(points_on_wires(picture)))
    for line in drawn_text(picture.figure):
        inside = (points > [line.left + 1, line.top + 1]) & (points < [line.right - 1, line.bottom - 1])
        assert not inside.all(axis=1).any(), f"a wire runs through {line.text!r}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_overlaps_in_the_graphs_of_the_lessons(example):
    assert_nothing_overlaps(example())


@pytest.mark.parametrize("seed", range(8))
def test_nothing_overlaps_in_graphs_without_any_order(seed):
    assert_nothing_overlaps(random_graph(seed, n_gates=4 + 4 * seed))


@pytest.mark.parametrize("example", [logistic_neuron, two_layers])
def test_the_largest_graphs_of_lesson_01_stand_in_one_row(example):
    assert "①" not in texts(example())


@pytest.mark.parametrize("example", [long_chain, unrolled])
def test_a_graph_too_long_for_a_row_is_wrapped_with_marks_at_both_ends_of_a_cut_wire(example):
    picture = example()
    marks = {text: n for text, n in texts(picture, style.MUTED).items() if "①" <= text <= "⑩"}
    assert set(marks.values()) == {2}
    assert list(marks) == sorted(marks)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_wire_runs_from_left_to_right(example):
    patches = [p for p in example().figure.axes[0].patches if isinstance(p, PathPatch)]
    assert all((np.diff(p.get_path().vertices[:, 0]) >= -1e-9).all() for p in patches)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_picture_of_a_graph_takes_a_kilobyte_or_two_for_a_gate(example):
    picture = example()
    assert len(picture.png) < 4_000 + 1_600 * len(gates(picture))


# Words ---------------------------------------------------------------------------------------------------


def test_the_alternative_text_holds_formula_size_and_numbers():
    assert product_of_a_sum().alt == (
        "Graph of f = (x + y) × z: 3 inputs, 2 gates; f = -12; gradients x -4, y -4, z 3."
    )
    assert draw_graph(Tensor(3.0) * Tensor(2.0)).alt == (
        "Graph of output: 2 inputs, 1 gate; output = 6; gradients of the inputs 2, 3."
    )


def test_brackets_in_the_formula_follow_the_graph():
    names = leaves(a=1.0, b=2.0, c=3.0)
    a, b, c = names.values()
    formulas = {
        "a - (b - c)": a - (b - c),
        "a - b - c": a - b - c,
        "a ÷ (b × c)": a / (b * c),
        "-(a + b)": -(a + b),
        "-a × b": -(a * b),
        "(-a) × b": -a * b,
        "(a + b)^2": (a + b) ** 2,
        "(a^2)^3": (a**2) ** 3,
    }
    for formula, result in formulas.items():
        assert draw_graph(result, names=names).alt.startswith(f"Graph of {formula}: ")


def test_the_alternative_text_of_a_large_graph_is_cut():
    names = {f"weight_{i}": Tensor(float(i)) for i in range(20)}
    picture = draw_graph(sum(names.values(), Tensor(1.0)), names=names)
    assert len(picture.alt) <= 260
    assert picture.alt.endswith(" more.")


def test_a_number_that_went_wrong_is_drawn_and_said_in_words():
    picture = draw_graph(Tensor(float("nan")) * 2.0)
    assert "nan" in texts(picture)
    assert "output = not a number" in picture.alt


def test_a_title_and_an_alternative_text_can_be_given():
    picture = product_of_a_sum(title="Two gates", alt="A sum feeds a product, and z swaps with q.")
    assert "Two gates" in texts(picture)
    assert picture.alt == "A sum feeds a product, and z swaps with q."
    assert lint(picture.figure) == []


def test_what_is_no_tensor_is_refused_by_name():
    x = Tensor(1.0)
    with pytest.raises(TypeError, match="expected the output to be a Tensor, got ndarray"):
        draw_graph(np.array(1.0))
    with pytest.raises(TypeError, match=r"expected names\['x'\] to be a Tensor, got float"):
        draw_graph(x * 2.0, names={"x": 1.0})


def test_a_graph_too_large_to_read_is_refused_at_once():
    x = Tensor(1.0)
    for _ in range(20_000):
        x = x * 1.0
    with pytest.raises(ValueError, match="more than 60 gates"):
        draw_graph(x)
