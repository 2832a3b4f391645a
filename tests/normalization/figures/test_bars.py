"""The histograms that views share, and how numbers are written."""

import numpy as np

from dlcourse.normalization.figures.bars import heights, two


def test_the_fullest_bin_is_one_and_an_empty_histogram_is_empty():
    edges = np.array([0.0, 1.0, 2.0, 3.0])
    assert heights(np.array([0.5, 0.6, 2.5]), edges).tolist() == [1, 0, 0.5]
    assert heights(np.array([]), edges).tolist() == [0, 0, 0]
    assert (two(-0.001), two(-1.234)) == ("0.00", "−1.23")
