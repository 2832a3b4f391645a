"""What a canvas hands to the page."""

import io

import numpy as np
import pytest
from PIL import Image

from dlcourse.drawing.canvas import Canvas, fast_png
from tests.drawing.example_views import Blur, Descent


@pytest.mark.parametrize("view", [Descent(), Blur()])
def test_the_picture_decodes_to_the_same_pixels_and_is_small(view):
    canvas = Canvas(view)
    canvas.draw(view.state())
    with Image.open(io.BytesIO(canvas.png())) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        assert np.array_equal(np.array(image), canvas.pixels())
    other = io.BytesIO()
    Image.fromarray(canvas.pixels()).save(other, "png", compress_level=1)
    assert len(canvas.png()) < 1.6 * len(other.getvalue())


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (3, 4)])
def test_pixels_of_any_size_and_value_survive(shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    with Image.open(io.BytesIO(fast_png(pixels))) as image:
        image.load()
        assert np.array_equal(np.array(image), pixels)
