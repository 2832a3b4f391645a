"""What the layers of a deep network get while it learns."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.normalization import BatchNorm, figures
from dlcourse.normalization.figures import histograms
from tests.normalization.figures.frames import frame_of


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
    tuned = frame_of(view)["accuracy"]
    assert frame["accuracy"][-1] > 0.9
    assert np.all(frame["accuracy"][1:] > tuned[1:]) and frame["accuracy"][2] > tuned[-1]


def test_nothing_has_moved_before_the_first_epoch():
    for network in histograms.NETWORKS:
        frame = frame_of(figures.LayerHistograms(), network=network, epoch=0)
        np.testing.assert_array_equal(frame["now"], frame["start"])
        assert not frame["moved"].any() and len(frame["accuracy"]) == 1


@pytest.mark.parametrize("name", histograms.NETWORKS)
def test_the_sums_of_a_network_are_what_its_sigmoids_get_in_training_and_nothing_is_tracked(name):
    rng = np.random.default_rng(0)
    net, x = histograms.build_network(name, rng), rng.standard_normal((20, 64)).astype(np.float32)
    before = net.state()
    sums = histograms.sums_of(net, x)
    for key, array in net.state().items():
        np.testing.assert_array_equal(array, before[key])
    assert sums.shape == (8, 20, 64)
    np.testing.assert_allclose(sigmoid(sums[-1]) @ net.layers[-1].W.data, net(x).data, atol=1e-5)


def test_by_the_statistics_of_the_images_shown_only_beta_moves_a_mean():
    rng = np.random.default_rng(0)
    net, x = histograms.build_network("batch norm", rng), rng.standard_normal((20, 64)).astype(np.float32)
    norms = [layer for layer in net.layers if isinstance(layer, BatchNorm)]
    for norm in norms:
        norm.beta.data[...] = rng.standard_normal(64)
    np.testing.assert_allclose(histograms.sums_of(net, x).mean(axis=1), [n.beta.data for n in norms], atol=1e-5)


def test_the_accuracy_is_that_in_use_and_the_network_goes_on_training():
    rng = np.random.default_rng(0)
    net, x = histograms.build_network("batch norm", rng), rng.standard_normal((200, 64)).astype(np.float32)
    for _ in range(20):
        net(2 * x + 1)
    net.eval()
    in_use = net(x).data.argmax(axis=1)
    net.train()
    in_training = net(x).data.argmax(axis=1)
    net_again = histograms.build_network("batch norm", np.random.default_rng(0))
    for _ in range(20):
        net_again(2 * x + 1)
    assert histograms.accuracy_in_use(net_again, x, in_use) == 1
    assert net_again.training and all(getattr(layer, "training", True) for layer in net_again.layers)
    assert np.mean(in_use == in_training) < 0.9


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
