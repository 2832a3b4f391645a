"""The views of lesson 04: their numbers are those of batch norm, and each shows what it is there to show."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.normalization import batch_norm, figures
from dlcourse.normalization.figures import histograms, paths, running
from dlcourse.normalization.figures.bars import heights, two
from tests.drawing.views import check_view

VIEWS = [getattr(figures, name) for name in figures.__all__]
ROUTES = tuple(paths.ROUTES)


def frame_of(view, **state):
    return view.frame(**view.state(**state))


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_a_view_keeps_the_rules_of_every_view(kind):
    view = kind()
    assert len(check_view(view)) >= 3
    assert len(view.controls) <= 3 and view.title and view.size[0] <= 8.2


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_what_a_frozen_view_keeps_is_on_its_grid_holds_the_start_and_fits_into_eighty_frames(kind):
    view, count = kind(), 1
    grid = getattr(view, "grid", {})
    for control in view.controls:
        kept = {control.index(value) for value in grid.get(control.name, control.values)}
        assert control.index(control.default) in kept
        count *= len(kept)
    assert count <= 80


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_changing_a_frame_does_not_change_the_next_one(kind):
    view = kind()
    first, again = frame_of(view), frame_of(view)
    for value in first.values():
        if isinstance(value, np.ndarray):
            value[...] = -99
    np.testing.assert_equal(frame_of(view), again)


def test_the_fullest_bin_is_one_and_an_empty_histogram_is_empty():
    edges = np.array([0.0, 1.0, 2.0, 3.0])
    assert heights(np.array([0.5, 0.6, 2.5]), edges).tolist() == [1, 0, 0.5]
    assert heights(np.array([]), edges).tolist() == [0, 0, 0]
    assert (two(-0.001), two(-1.234)) == ("0.00", "−1.23")


@pytest.mark.parametrize("size", [8, 64, 1000])
@pytest.mark.parametrize(("shift", "scale"), [(-4, 0.25), (3, 2), (4, 3)])
def test_what_leaves_batch_norm_is_the_same_wherever_the_batch_came_from(size, shift, scale):
    view = figures.BatchNormDistributions()
    frame = frame_of(view, shift=shift, scale=scale, size=size)
    plain = frame_of(view, shift=0, scale=1, size=size)
    np.testing.assert_allclose(frame["before"], shift + scale * plain["before"], atol=1e-12)
    np.testing.assert_allclose(frame["after"], plain["after"], atol=1e-3)  # eps is not quite nothing at scale 1/4
    assert frame["mean"][1] == pytest.approx(0, abs=1e-9) and frame["var"][1] == pytest.approx(1, abs=1e-3)
    assert frame["mean"][0] == pytest.approx(sum(frame["before"]) / size)
    assert f"variance {two(frame['var'][0])} and leaves with mean 0.00" in view.describe(frame)


@pytest.mark.parametrize(("shift", "scale"), [(-4, 0.25), (3, 2), (4, 3)])
def test_two_examples_become_minus_one_and_one(shift, scale):
    view = figures.BatchNormDistributions()
    frame = frame_of(view, shift=shift, scale=scale, size=2)
    np.testing.assert_allclose(np.sort(frame["after"]), [-1, 1], atol=1e-3)
    assert "−1 and +1" in view.describe(frame)
    assert "−1 and +1" not in view.describe(frame_of(view, size=8))


def test_the_thousand_numbers_that_arrive_have_about_the_mean_and_variance_of_the_knobs_and_fit_the_picture():
    view = figures.BatchNormDistributions()
    frame = frame_of(view, shift=3, scale=2, size=1000)
    assert frame["mean"][0] == pytest.approx(3, abs=0.2) and frame["var"][0] == pytest.approx(4, abs=0.4)
    for shift in (-4, 4):
        before = frame_of(view, shift=shift, scale=3, size=1000)["before"]
        assert before.min() > -10 and before.max() < 15
    assert np.abs(frame["after"]).max() < 4


def test_gamma_is_the_standard_deviation_and_beta_the_mean():
    y = frame_of(figures.GammaBeta(), gamma=3, beta=-2)["y"]
    assert y.mean() == pytest.approx(-2) and y.std() == pytest.approx(3)


def test_over_a_standard_normal_the_sigmoid_is_nearly_straight_and_never_saturated():
    view = figures.GammaBeta()
    frame = frame_of(view)
    assert (frame["gamma"], frame["beta"]) == (1, 0)
    assert 0.98 < frame["fit"] < 0.99 and frame["saturated"] == 0
    z = np.random.default_rng(0).standard_normal(200_000)
    assert frame["fit"] == pytest.approx(np.corrcoef(z, sigmoid(z))[0, 1] ** 2, abs=0.002)


def test_a_larger_gamma_bends_and_saturates_and_a_smaller_one_straightens():
    view = figures.GammaBeta()
    frames = [frame_of(view, gamma=gamma) for gamma in view.controls[0].values]
    assert np.all(np.diff([frame["fit"] for frame in frames]) < 0)
    assert np.all(np.diff([frame["saturated"] for frame in frames]) >= 0)
    assert frames[-1]["saturated"] > 0.2


def test_the_share_of_saturated_sums_is_the_share_whose_numerical_slope_is_below_a_hundredth():
    frame = frame_of(figures.GammaBeta(), gamma=2, beta=4)
    slope = (sigmoid(frame["y"] + 1e-6) - sigmoid(frame["y"] - 1e-6)) / 2e-6
    assert frame["saturated"] == np.mean(slope < 0.01) > 0.3


def test_the_straight_line_is_the_one_of_least_squares():
    frame = frame_of(figures.GammaBeta(), gamma=2, beta=1)
    (left, right), (low, high) = frame["line"]
    slope = (high - low) / (right - left)
    error = frame["output"] - (low + slope * (frame["y"] - left))
    assert error.mean() == pytest.approx(0, abs=1e-9) and (error * frame["y"]).mean() == pytest.approx(0, abs=1e-9)
    assert frame["fit"] == pytest.approx(1 - error.var() / frame["output"].var())


def test_the_running_mean_and_variance_follow_the_rule_of_the_lesson():
    history = running.track(8)
    mean = 0.0
    for measured, tracked in zip(history["measured"], history["mean"][1:], strict=True):
        mean = 0.9 * mean + 0.1 * measured
        assert tracked == pytest.approx(mean)
    assert history["mean"][0] == 0 and history["var"][0] == 1


@pytest.mark.parametrize("size", [2, 8, 64])
def test_in_use_the_example_is_normalized_by_what_was_tracked(size):
    frame = frame_of(figures.RunningStatistics(), size=size, step=33)
    expected = (4 - frame["mean"]) / np.sqrt(frame["var"] + 1e-5)
    np.testing.assert_allclose(frame["use"], expected, rtol=1e-9)
    assert len(frame["use"]) == len(frame["training"]) + 1 == 34


def test_in_training_a_batch_of_two_answers_minus_one_or_one_and_a_large_batch_nearly_the_truth():
    view = figures.RunningStatistics()
    two_at_a_time, many = frame_of(view, size=2, step=60), frame_of(view, size=64, step=60)
    np.testing.assert_allclose(np.abs(two_at_a_time["training"]), 1, atol=1e-2)
    assert {-1, 1} == set(np.sign(two_at_a_time["training"]))
    assert np.abs(many["training"] - running.RIGHT).max() < 0.5
    assert np.std(two_at_a_time["measured"]) > 3 * np.std(many["measured"])


@pytest.mark.parametrize("size", [2, 8, 64])
def test_after_sixty_steps_the_answer_in_use_is_near_that_by_all_data_and_at_first_it_is_the_input(size):
    view = figures.RunningStatistics()
    frame = frame_of(view, size=size, step=60)
    assert frame["use"][0] == pytest.approx(4, abs=1e-4)
    assert frame["use"][-1] == pytest.approx(running.RIGHT, abs=0.3)
    assert "Before the first step" in view.describe(frame_of(view, size=size, step=0))
    assert f"In use x = 4 becomes {two(frame['use'][-1])}" in view.describe(frame)


def test_everything_measured_and_answered_lies_in_the_picture():
    for size in (2, 8, 64):
        frame = frame_of(figures.RunningStatistics(), size=size, step=60)
        assert min(frame["measured"].min(), frame["mean"].min()) > -2 and frame["measured"].max() < 8
        assert min(frame["training"].min(), frame["use"].min()) > -2.2
        assert max(frame["training"].max(), frame["use"].max()) < 4.2


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


def test_the_numbers_written_into_the_graph_are_those_of_the_column():
    assert (paths.X.mean(), paths.X.var()) == (3, 3.5)


def test_each_path_leads_from_y_to_x_and_all_light_every_wire():
    view = figures.BatchNormPaths()
    wires = {path: frame_of(view, path=path)["wires"] for path in (*ROUTES, "all")}
    for path in ROUTES:
        assert wires[path][0][0] == "y" and wires[path][-1][1] == "x"
        assert all(a[1] == b[0] for a, b in zip(wires[path][:-1], wires[path][1:], strict=True))
    assert set(wires["all"]) == set().union(*(wires[path] for path in ROUTES))
    assert {gate for wire in wires["all"] for gate in wire} == set(paths.PLACES)


def test_without_batch_norm_all_images_look_alike_to_the_last_layer_and_the_network_guesses():
    frame = frame_of(figures.LayerHistograms(), network="plain")
    assert frame["spread"][0] > 0.3 and frame["spread"][-1] < 0.001
    assert np.all(np.diff(frame["spread"]) < 0)
    assert frame["now"][-1].std() < 0.001
    assert frame["accuracy"][-1] < 0.2


def test_weights_made_for_sigmoids_let_it_learn_while_its_layers_get_other_sums_in_each_epoch():
    view = figures.LayerHistograms()
    assert view.state() == {"network": "tuned start", "epoch": 5}
    tuned, normed = frame_of(view), frame_of(view, network="batch norm")
    assert tuned["accuracy"][-1] > 0.7
    assert np.all(tuned["moved"][1:] > 0.3)  # layer 1 sees pixels, which stay
    assert np.all(tuned["moved"] > 5 * normed["moved"])


def test_with_batch_norm_every_layer_gets_sums_of_spread_one_and_the_network_learns_sooner():
    view = figures.LayerHistograms()
    for epoch in (0, 1, 5):
        frame = frame_of(view, network="batch norm", epoch=epoch)
        np.testing.assert_allclose(frame["spread"], 1, atol=0.15)
        assert np.all(frame["moved"] < 0.05)
    assert frame["accuracy"][-1] > 0.9
    assert frame_of(view, network="batch norm", epoch=1)["accuracy"][-1] > frame_of(view)["accuracy"][-1]


def test_nothing_has_moved_before_the_first_epoch():
    for network in histograms.NETWORKS:
        frame = frame_of(figures.LayerHistograms(), network=network, epoch=0)
        np.testing.assert_array_equal(frame["now"], frame["start"])
        assert not frame["moved"].any() and len(frame["accuracy"]) == 1


def test_the_sums_of_a_network_are_what_its_sigmoids_get_in_training():
    rng = np.random.default_rng(0)
    for name in histograms.NETWORKS:
        net, x = histograms.build_network(name, rng), rng.standard_normal((20, 64)).astype(np.float32)
        sums, output = histograms.sums_of(net, x)
        assert sums.shape == (8, 20, 64)
        np.testing.assert_allclose(output, net(x).data, atol=1e-5)
        np.testing.assert_allclose(output, sigmoid(sums[-1]) @ net.layers[-1].W.data, atol=1e-5)


def test_the_summary_of_sums_measures_spread_and_drift_for_each_unit_by_itself():
    sums = np.zeros((2, 1, 4, 64))
    sums[:, 0] = 10 * np.arange(64)  # units that differ, but not from image to image
    sums[0] += np.array([-1.0, 1.0, -1.0, 1.0])[:, None]
    sums[1] += np.arange(64) / 32  # they move, each by another amount, and lose their spread
    history = histograms.summary(sums, np.array([0.1, 0.2]))
    np.testing.assert_allclose(history.spread[:, 0], [1, 0])
    np.testing.assert_allclose(history.moved[:, 0], [0, np.arange(64).mean() / 32])
    np.testing.assert_allclose(history.typical[1, 0], 320 + 1)
    assert history.saturated[1] == np.mean(sums[1, 0, 0] > 4.6)
