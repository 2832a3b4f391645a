"""Matrix balancing: whether factors fit, what vanishes and whose shape comes out, against NumPy itself."""

import itertools

import numpy as np
import pytest

from dlcourse.autodiff import figures
from dlcourse.autodiff.figures.shapes import LAYERS, PRODUCTS
from dlcourse.drawing.canvas import Canvas
from dlcourse.drawing.picture import checked_alt
from tests.drawing.views import check_view

VIEW = figures.BalanceShapes()
STATES = [
    dict(zip(("product", "n", "layer"), s, strict=True)) for s in itertools.product(PRODUCTS, range(2, 6), LAYERS)
]


def factors_of(product, n, layer):
    rng = np.random.default_rng(0)
    n_in, n_out = LAYERS[layer]
    arrays = {"x": rng.normal(size=(n, n_in)), "W": rng.normal(size=(n_in, n_out)), "dy": rng.normal(size=(n, n_out))}
    left, right = (arrays[name.removesuffix(".T")] for name in product.split(" @ "))
    left = left.T if ".T @" in product else left
    return left, right.T if product.endswith(".T") else right, arrays


def test_the_rectangles_are_fit_to_be_shown():
    check_view(VIEW)


def test_all_states_fit_into_the_book_and_have_a_sentence():
    assert len(STATES) <= 80
    assert len({checked_alt(VIEW.describe(VIEW.frame(**state))) for state in STATES}) == len(STATES)


@pytest.mark.parametrize("state", STATES, ids=lambda state: "{product}, {n}, {layer}".format(**state))
def test_a_product_exists_where_numpy_makes_it_and_has_the_shape_that_numpy_gives(state):
    left, right, _ = factors_of(**state)
    frame = VIEW.frame(**state)
    try:
        shape = (left @ right).shape
    except ValueError:
        shape = ()
    assert frame["result"] == shape
    assert frame["meet"] == bool(shape)
    assert ("does not multiply" in VIEW.describe(frame)) == (shape == ())


@pytest.mark.parametrize("state", STATES, ids=lambda state: "{product}, {n}, {layer}".format(**state))
def test_what_it_is_called_is_what_it_is(state):
    frame = VIEW.frame(**state)
    left, right, arrays = factors_of(**state)
    gradients = {"dW": arrays["x"].T @ arrays["dy"], "dx": arrays["dy"] @ arrays["W"].T}
    gradients["dW.T"] = gradients["dW"].T
    called = {"x.T @ dy": "dW", "dy.T @ x": "dW.T", "dy @ W.T": "dx"}.get(state["product"], "")
    assert frame["gradient"] == called
    if called:
        np.testing.assert_array_equal(left @ right, gradients[called])
    elif frame["result"]:
        assert "by accident" in VIEW.describe(frame)


def test_where_all_axes_have_one_length_everything_multiplies_and_has_the_shape_of_W():
    frames = [VIEW.frame(product=product, n=3, layer="3 to 3") for product in PRODUCTS]
    assert {frame["result"] for frame in frames} == {(3, 3)}
    assert sum(frame["gradient"] == "dW" for frame in frames) == 1


def test_the_default_says_what_the_lesson_says():
    expected = "x.T @ dy, (3, 5) times (5, 2): n = 5 is summed away. (3, 2) is the shape of W: this is dW."
    assert VIEW.describe(VIEW.frame(**VIEW.defaults())) == expected


def test_each_rectangle_has_the_rows_and_columns_of_its_matrix():
    canvas = Canvas(VIEW)
    for product in PRODUCTS:
        canvas.draw(VIEW.state(product=product, n=4))
        left, right, _ = factors_of(product, 4, "3 to 2")
        boxes = [block.box for block in canvas.view._blocks]
        sizes = [(box.get_height(), box.get_width()) for box in boxes]
        assert sizes == [left.shape, right.shape, (left.shape[0], right.shape[1])]
        cells = [len(block.cells.get_segments()) for block in canvas.view._blocks]
        assert cells[:2] == [sum(left.shape) - 2, sum(right.shape) - 2]
        assert (cells[2] > 0) == (left.shape[1] == right.shape[0])
