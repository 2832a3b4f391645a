"""Draw a digit: strokes become the image that the data would hold, and the network reads hands it has never seen."""

import time

import numpy as np
import pytest

from dlcourse.data import digits
from dlcourse.drawing import Player, Touch, show
from dlcourse.orientation.figures import DrawADigit, digit_reader
from dlcourse.orientation.figures.digit import LEARNED_FROM, varied
from dlcourse.orientation.figures.strokes import EXAMPLES, example_digit, image_of, written
from tests.drawing.views import check_view
from tests.orientation.figures.drawn_digits import drawings, redrawn

SEEDS = range(5)


@pytest.fixture(autouse=True)
def live(monkeypatch):
    monkeypatch.delenv("DLCOURSE_DRAWING", raising=False)


def accuracy(network, drawn):
    images = np.stack([image_of(strokes).ravel() for _, strokes in drawn])
    return float((network(images).data.argmax(axis=1) == [digit for digit, _ in drawn]).mean())


# The image -----------------------------------------------------------------------------------------------


def test_an_image_has_the_form_of_the_data():
    X, _ = digits()
    images = np.stack([image_of(strokes) for _, strokes in drawings()])
    assert images.dtype == X.dtype and images.shape[1:] == (8, 8)
    assert (images * 16 == np.round(images * 16)).all()  # counts of 16 pixels, as in the data
    assert images.min() == 0 and images.max() == 1


def test_the_drawn_digits_have_the_height_the_width_the_middle_and_the_ink_of_the_data():
    X, _ = digits()
    ours = np.stack([image_of(strokes) for _, strokes in drawings()])
    data = X.reshape(-1, 8, 8)
    for images in (ours, data):
        assert (images.sum(axis=2) > 0).all(axis=1).mean() > 0.95  # some ink in each of the eight rows
        assert images[:, :, 0].mean() < 0.02 and images[:, :, 7].mean() < 0.03  # none at the sides
    ink = [images.sum(axis=(1, 2)).mean() for images in (ours, data)]
    middle = [(images.sum(axis=1) @ np.arange(8)).sum() / images.sum() for images in (ours, data)]
    assert abs(ink[0] - ink[1]) < 1 and abs(middle[0] - middle[1]) < 0.2


def test_a_drawn_digit_is_nearer_to_its_own_mean_in_the_data_than_to_the_others():
    X, y = digits()
    means = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
    images = np.stack([image_of(strokes).ravel() for _, strokes in drawings()])
    nearest = ((images[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == [digit for digit, _ in drawings()]).mean() > 0.75


@pytest.mark.parametrize("scale", [0.15, 0.5, 1.4])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.3, -0.2)])
def test_neither_place_nor_size_changes_the_image(scale, shift):
    for _, strokes in drawings():
        moved = image_of(redrawn(strokes, scale=scale, shift=shift))
        assert np.abs(moved - image_of(strokes)).mean() < 0.02  # a third of a grey step: where a rounding falls


def test_how_densely_the_places_lie_hardly_changes_the_image():
    strokes = example_digit(5)
    dense = [[(x, y) for x, y in np.repeat(np.array(stroke), 3, axis=0).tolist()] for stroke in strokes]
    assert (image_of(dense) == image_of(strokes)).mean() > 0.9


def test_without_strokes_the_image_is_white():
    assert not image_of([]).any() and not image_of([[]]).any()


@pytest.mark.parametrize(
    "strokes",
    [
        [[(0.4, 0.4)]],
        [[(0.4, 0.4), (0.4, 0.4)]],
        [[(0.1, 0.5), (0.9, 0.5)]],
        [[(0.5, 0.1), (0.5, 0.9)]],
        [[(-3.0, 0.0), (40.0, 1e-9)]],
        [[tuple(place) for place in np.random.default_rng(0).random((3000, 2))]],
    ],
    ids=["dot", "dot twice", "dash", "bar", "far outside", "scribble"],
)
def test_whatever_is_drawn_becomes_an_image(strokes):
    image = image_of(strokes)
    assert image.any() and np.isfinite(image).all() and image.max() <= 1


def test_a_dash_lies_and_a_bar_stands():
    dash, bar = image_of([[(0.1, 0.5), (0.9, 0.5)]]), image_of([[(0.5, 0.1), (0.5, 0.9)]])
    assert (dash.sum(axis=1) > 0).sum() <= 4 and (bar.sum(axis=0) > 0).sum() <= 4
    assert (bar.sum(axis=1) > 0).all()


def test_a_stroke_ends_where_it_was_told_and_a_corner_stays():
    (stroke,) = written("0,0 100,0 100,0 100,100")
    assert stroke[0] == pytest.approx((0.15, 0.15)) and stroke[-1] == pytest.approx((0.85, 0.85))
    assert any(place == pytest.approx((0.85, 0.15)) for place in stroke)
    assert all(y == pytest.approx(0.15) or x == pytest.approx(0.85) for x, y in stroke)


# The network ---------------------------------------------------------------------------------------------


def test_the_network_is_64_32_10_and_has_2410_parameters():
    network = digit_reader()
    assert [p.data.shape for p in network.parameters()] == [(64, 32), (32,), (32, 10), (10,)]
    assert sum(p.data.size for p in network.parameters()) == 2410


def test_the_same_seed_gives_the_same_network_and_a_process_trains_it_once():
    assert digit_reader() is digit_reader()
    again = digit_reader.__wrapped__(seed=0)
    for ours, theirs in zip(digit_reader().parameters(), again.parameters(), strict=True):
        np.testing.assert_array_equal(ours.data, theirs.data)


def test_training_takes_no_more_than_two_seconds():
    digits()
    used = []
    for _ in range(3):
        before = time.process_time()
        digit_reader.__wrapped__(seed=1)
        used.append(time.process_time() - before)
    assert min(used) < 2


def test_the_network_reads_hands_that_it_has_never_seen():
    # Reached: 0.90 to 0.92 with each seed. Most of the rest are 4s of a kind that the data do not hold.
    drawn = drawings()
    assert len(drawn) >= 70 and {digit for digit, _ in drawn} == set(range(10))
    reached = [accuracy(digit_reader(seed=seed), drawn) for seed in SEEDS]
    assert np.mean(reached) >= 0.9 and min(reached) >= 0.87, reached


def test_the_network_reads_slanted_and_unsteady_hands():
    rng = np.random.default_rng(1)
    drawn = [
        (digit, redrawn(strokes, slant=rng.uniform(-0.25, 0.25), scale=rng.uniform(0.4, 1.2), wobble=0.012, rng=rng))
        for digit, strokes in drawings()
        for _ in range(3)
    ]
    reached = [accuracy(digit_reader(seed=seed), drawn) for seed in SEEDS]
    assert np.mean(reached) >= 0.87 and min(reached) >= 0.84, reached


@pytest.mark.parametrize("digit", range(10))
def test_every_seed_reads_every_example(digit):
    image = image_of(example_digit(digit)).reshape(1, 64)
    assert [int(digit_reader(seed=seed)(image).data.argmax()) for seed in SEEDS] == [digit] * 5


def test_the_network_has_learned_what_it_was_taught_and_reads_what_it_was_not():
    X, y = digits()
    right = np.mean([digit_reader(seed=seed)(X).data.argmax(axis=1) == y for seed in SEEDS], axis=0)
    assert right[:LEARNED_FROM].mean() > 0.96
    assert right[LEARNED_FROM:].mean() > 0.88


def test_varied_images_are_moved_but_hold_as_much_ink():
    X, _ = digits()
    images = X.reshape(-1, 8, 8)
    other = varied(images, rng=np.random.default_rng(0))
    assert other.dtype == np.float32 and other.shape == images.shape
    assert other.min() >= 0 and other.max() <= 1
    assert abs(other.mean() / images.mean() - 1) < 0.1
    assert np.abs(other - images).mean() > 0.05


# The figure ----------------------------------------------------------------------------------------------


def test_the_figure_passes_and_its_session_fits_the_book():
    states = check_view(DrawADigit())
    assert len(states) == 27


def test_it_starts_with_a_digit_that_is_read():
    view = DrawADigit()
    assert view.describe(view.frame(**view.state())) == (
        "From 8 by 8 pixels through 32 hidden units to 10 outputs, the network reads a 3, with over 90 % of the "
        "output on it."
    )


def test_every_layer_of_a_frame_is_what_the_network_computes():
    frame = DrawADigit().frame(**DrawADigit().state())
    W1, b1, W2, b2 = (p.data for p in digit_reader().parameters())
    hidden = np.maximum(frame["image"].reshape(64) @ W1 + b1, 0)
    shares = np.exp(hidden @ W2 + b2)
    np.testing.assert_allclose(frame["hidden"], hidden, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(frame["outputs"], shares / shares.sum(), rtol=1e-3, atol=1e-6)


def test_painting_takes_the_place_of_the_example_and_goes_on_from_there():
    view = DrawADigit()
    state = view.state()
    for touch in [Touch(0.2, 0.8, 0, True), Touch(0.2, 0.5, 0, False), Touch(0.7, 0.7, 0, True)]:
        state = {**state, **view.touched(touch, state)}
    assert state["strokes"] == (((0.2, 0.8), (0.2, 0.5)), ((0.7, 0.7),)) and state["example"] is None
    assert view.touched(Touch(3.0, 3.0, 1, True), state) == {}


def test_the_buttons_clear_the_pad_and_go_through_all_digits():
    bench = show(DrawADigit())
    read = []
    for _ in range(10):
        bench.buttons["Another example"].click()
        read.append(int(bench.canvas.frame["outputs"].argmax()))
    assert read == [4, 5, 6, 7, 8, 9, 0, 1, 2, 3]
    bench.buttons["Clear"].click()
    assert repr(bench) == "Draw a digit, 0 to 9, on the empty pad: the network then reads it."
    assert bench.state["strokes"] == () and not bench.canvas.frame["hidden"].any()
    bench.buttons["Another example"].click()
    assert int(bench.canvas.frame["outputs"].argmax()) == 3


def test_a_digit_painted_with_the_pointer_is_read():
    bench = show(DrawADigit())
    axes = bench.canvas.figure.axes[0].get_position()
    bench.surface.send = lambda content, buffers=None: None
    for stroke in example_digit(4):
        points = [[axes.x0 + axes.width * x, axes.y0 + axes.height * y, i == 0] for i, (x, y) in enumerate(stroke)]
        bench.surface._received(bench.surface, {"points": points}, [])
    assert bench.surface.error == "" and "reads a 4" in repr(bench)


def test_where_it_is_not_sure_it_says_so():
    view = DrawADigit()
    shares = np.full(10, 0.02)
    shares[[9, 4]] = 0.5, 0.34
    said = view.describe({**view.frame(**view.state()), "outputs": shares})
    assert said.endswith("the network is not sure what it reads: 9 gets 50 %, 4 gets 34 % of the output.")


def test_an_answer_takes_far_less_than_a_tenth_of_a_second():
    bench = show(DrawADigit())
    scribble = [tuple(place) for place in np.random.default_rng(0).random((500, 2))]
    used = []
    for i, (x, y) in enumerate([*example_digit(8)[0], *scribble[:20]]):
        before = time.process_time()
        bench.surface.touch(Touch(x, y, 0, i == 0))
        used.append(time.process_time() - before)
    assert np.median(used) < 0.05


def test_the_recorded_session_draws_several_digits_stroke_by_stroke():
    player = Player(DrawADigit())
    assert len(player.frames) == 26 and sum(len(frame) for frame in player.frames) < 500_000
    for digit in (2, 4, 5, 7, 8):
        assert f"a {digit}, 5 of 5" in player.controls[0].values
    whole = [
        caption for label, caption in zip(player.controls[0].values, player.captions, strict=True) if "5 of" in label
    ]
    assert [caption.split("reads ")[1].split(",")[0] for caption in whole] == ["a 2", "a 4", "a 5", "a 7", "an 8"]


def test_there_is_an_example_of_every_digit():
    assert len(EXAMPLES) == 10
