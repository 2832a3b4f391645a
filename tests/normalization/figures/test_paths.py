"""Batch norm's way back: what each path brings to dx."""

import numpy as np
import pytest

from dlcourse.drawing.canvas import Canvas
from dlcourse.normalization import batch_norm, figures
from dlcourse.normalization.figures import paths
from tests.normalization.figures.frames import frame_of

ROUTES = tuple(paths.ROUTES)


def test_all_paths_together_are_the_way_back_of_batch_norm():
    _, backward = batch_norm.vjp(paths.X[:, None], np.array([paths.GAMMA]), np.zeros(1))
    dx = backward(paths.DY[:, None])[0].ravel()
    np.testing.assert_allclose(frame_of(figures.BatchNormPaths(), path="all")["term"], dx, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_each_path_is_the_slope_with_the_other_statistics_held_still(seed):
    rng = np.random.default_rng(seed)
    x, dy, gamma, eps = 2 + rng.standard_normal(7), rng.standard_normal(7), 1.5, 1e-3
    terms = paths.path_terms(x, dy, gamma, eps=eps)

    def slopes(moves_mean, moves_variance):
        """The slope of dy · y along each x by the complex step, with statistics that move or stay."""
        dx = np.empty(7)
        for i in range(7):
            moved = x + 1e-30j * (np.arange(7) == i)
            mean = (moved if moves_mean else x).mean()
            of = moved if moves_variance else x
            variance = ((of - of.mean()) ** 2).mean()
            dx[i] = (dy * gamma * (moved - mean) / np.sqrt(variance + eps)).sum().imag / 1e-30
        return dx

    still = slopes(False, False)
    np.testing.assert_allclose(terms["direct"], still, atol=1e-12)
    np.testing.assert_allclose(terms["through the mean"], slopes(True, False) - still, atol=1e-12)
    np.testing.assert_allclose(terms["through the variance"], slopes(False, True) - still, atol=1e-12)
    np.testing.assert_allclose(sum(terms.values()), slopes(True, True), atol=1e-12)


def test_the_terms_are_those_of_formula_3():
    std = np.sqrt(paths.X.var() + paths.EPS)
    x_hat, scale = (paths.X - paths.X.mean()) / std, paths.GAMMA / std
    terms = paths.path_terms(paths.X, paths.DY, paths.GAMMA)
    np.testing.assert_allclose(terms["direct"], scale * paths.DY)
    np.testing.assert_allclose(terms["through the mean"], -scale * paths.DY.mean())
    np.testing.assert_allclose(terms["through the variance"], -scale * x_hat * (paths.DY * x_hat).mean(), atol=1e-12)


def test_the_direct_terms_and_those_through_the_mean_cancel_in_the_sum_and_all_sum_to_0():
    sums = {path: frame_of(figures.BatchNormPaths(), path=path)["sum"] for path in (*ROUTES, "all")}
    assert sums["direct"] > 4 and sums["direct"] + sums["through the mean"] == pytest.approx(0, abs=1e-12)
    assert sums["through the variance"] == pytest.approx(0, abs=1e-12)
    assert sums["all"] == pytest.approx(0, abs=1e-12)


def test_with_the_numbers_written_into_the_graph_the_bars_can_be_computed():
    canvas = Canvas(figures.BatchNormPaths())
    written = {text.get_text() for text in canvas.figure.axes[0].texts}
    assert {"μ = 3", "v = 3.5", "σ = 1.87", "γ = 2"} <= written
    assert (paths.X.mean(), paths.X.var(), paths.GAMMA) == (3, 3.5, 2)
    np.testing.assert_allclose(frame_of(figures.BatchNormPaths())["term"], 2 / 1.87 * paths.DY, atol=0.005)


def test_what_the_path_through_the_variance_sends_on_through_the_mean_sums_to_0_and_is_told_there_alone():
    view = figures.BatchNormPaths()
    assert view.state() == {"path": "direct"}
    told = {path: "it sums to 0" in view.describe(frame_of(view, path=path)) for path in (*ROUTES, "all")}
    assert [path for path in told if told[path]] == ["through the variance"]
    rng = np.random.default_rng(0)
    arrives = paths.path_terms(rng.standard_normal(9) + 2, rng.standard_normal(9), 1.5)["through the variance"]
    assert np.abs(arrives).max() > 0.01 and arrives.sum() == pytest.approx(0, abs=1e-12)


def test_each_path_leads_from_y_to_x_and_all_light_every_wire():
    view = figures.BatchNormPaths()
    wires = {path: frame_of(view, path=path)["wires"] for path in (*ROUTES, "all")}
    for path in ROUTES:
        assert wires[path][0][0] == "y" and wires[path][-1][1] == "x"
        assert all(a[1] == b[0] for a, b in zip(wires[path][:-1], wires[path][1:], strict=True))
    assert set(wires["all"]) == set().union(*(wires[path] for path in ROUTES))
    assert {gate for wire in wires["all"] for gate in wire} == set(paths.PLACES)
