"""The layers that normalize: training and use, what is learned and what is tracked, the same as PyTorch."""

import numpy as np
import pytest

from dlcourse.activations import relu, sigmoid
from dlcourse.autodiff import Tensor, gradient_errors, no_grad
from dlcourse.data import digits
from dlcourse.initialization import lecun_normal, xavier_normal, zeros
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import cross_entropy
from dlcourse.normalization import BatchNorm, LayerNorm, WeightNorm, batch_norm
from dlcourse.optimizers import SGD
from tests.conftest import require
from tests.record_fixtures import batch_norm_of_torch, batch_norm_problem, load


def rng(seed=0):
    return np.random.default_rng(seed)


# BatchNorm: training and use ------------------------------------------------------------------------------


def test_in_training_the_output_is_that_of_the_batchs_own_statistics():
    layer, x = BatchNorm(3, dtype=np.float64), rng().normal(3, 2, (8, 3, 2, 2))
    layer.gamma.data[...], layer.beta.data[...] = [1, 2, 3], [4, 5, 6]
    np.testing.assert_array_equal(layer(x).data, batch_norm(x, layer.gamma.data, layer.beta.data))


def test_the_buffers_move_by_momentum_towards_the_mean_and_the_unbiased_variance():
    layer, x = BatchNorm(2, momentum=0.25, dtype=np.float64), rng().normal(3, 2, (8, 2, 5))
    layer(x)
    np.testing.assert_allclose(layer.running_mean, 0.25 * x.mean(axis=(0, 2)), rtol=1e-14)
    np.testing.assert_allclose(layer.running_var, 0.75 + 0.25 * x.var(axis=(0, 2), ddof=1), rtol=1e-14)


def test_in_use_the_output_is_that_of_the_buffers_and_they_stay():
    layer, x = BatchNorm(2, dtype=np.float64), rng().normal(3, 2, (8, 2))
    layer(x)
    before = layer.state()
    y = layer.eval()(x[:1]).data
    expected = (x[:1] - layer.running_mean) / np.sqrt(layer.running_var + 1e-5)
    np.testing.assert_allclose(y, expected, rtol=1e-14)
    np.testing.assert_equal(layer.state(), before)


def test_in_use_an_example_does_not_see_the_others():
    layer, x = BatchNorm(3, dtype=np.float64), rng().standard_normal((6, 3))
    layer(x)
    together = layer.eval()(x).data
    np.testing.assert_array_equal(together, np.concatenate([layer(row[None]).data for row in x]))


def test_after_many_batches_the_buffers_are_those_of_all_data():
    layer, generator = BatchNorm(2), rng()
    for _ in range(300):
        layer(generator.normal([1, -2], [3, 0.5], (64, 2)).astype(np.float32))
    np.testing.assert_allclose(layer.running_mean, [1, -2], atol=0.3)
    np.testing.assert_allclose(layer.running_var, [9, 0.25], rtol=0.15)


def test_a_batch_of_one_is_an_error_in_training_and_fine_in_use():
    layer = BatchNorm(3)
    message = r"BatchNorm: expected at least two numbers for each channel in training, got 1 \(x \(1, 3\)\)"
    with pytest.raises(ValueError, match=message):
        layer(np.ones((1, 3)))
    with pytest.raises(ValueError, match=r"got 0 \(x \(0, 3\)\)"):
        layer(np.ones((0, 3)))
    assert layer(np.ones((1, 3, 2))).shape == (1, 3, 2)
    assert layer.eval()(np.ones((1, 3))).shape == (1, 3)
    assert layer(np.ones((0, 3))).shape == (0, 3)


def test_a_wrong_number_of_channels_is_an_error_and_leaves_the_buffers_alone():
    layer = BatchNorm(3)
    for mode in (layer.train, layer.eval):
        mode()
        with pytest.raises(ValueError, match=r"batch_norm: x has 4 channels on axis 1 but gamma has shape \(3,\)"):
            layer(np.ones((5, 4)))
    np.testing.assert_array_equal(layer.running_mean, np.zeros(3))


def test_train_and_eval_of_a_model_reach_its_batch_norm():
    model = Sequential(Linear(2, 3, rng=rng()), BatchNorm(3), relu)
    x = rng().standard_normal((5, 2)).astype(np.float32)
    trained = model(x).data
    assert not np.allclose(model.eval()(x).data, trained)
    np.testing.assert_array_equal(model.train()(x).data, trained)


def test_without_recording_the_buffers_are_tracked_all_the_same():
    layer = BatchNorm(2)
    with no_grad():
        layer(Tensor(np.ones((4, 2))))
    np.testing.assert_allclose(layer.running_mean, [0.1, 0.1], rtol=1e-6)


def test_forward_mode_through_the_layer_leaves_real_buffers():
    layer = BatchNorm(3, dtype=np.float64)
    assert gradient_errors(layer, rng().standard_normal((5, 3)))[0] < 1e-12
    assert layer.running_mean.dtype == layer.running_var.dtype == np.float64
    assert gradient_errors(layer.eval(), rng().standard_normal((5, 3)))[0] < 1e-12


def test_the_layer_is_float32_and_keeps_it():
    layer, x = BatchNorm(3), Tensor(np.ones((4, 3), np.float32))
    for mode in (layer.train, layer.eval):
        mode()
        y = layer(x)
        y.sum().backward()
        assert {y.dtype, x.grad.dtype, layer.gamma.grad.dtype} == {np.dtype(np.float32)}
    assert {array.dtype for array in layer.state().values()} == {np.dtype(np.float32)}


def test_a_learners_batch_norm_is_used_by_the_layer_in_both_modes():
    calls = []

    def mine(x, gamma, beta, *, mean=None, var=None, eps=1e-5):
        calls.append(mean is None)
        return x, lambda dy: (dy, gamma, beta)

    layer = BatchNorm(2)
    with batch_norm.replaced_by(mine):
        layer(np.ones((3, 2)))
        layer.eval()(np.ones((3, 2)))
    assert calls == [True, False]


# Learned and tracked --------------------------------------------------------------------------------------


def test_of_512_features_1024_numbers_are_learned_and_1024_tracked():
    layer = BatchNorm(512)
    assert list(layer.named_parameters()) == ["gamma", "beta"]
    assert sum(p.data.size for p in layer.parameters()) == 1024
    assert list(layer.state()) == ["gamma", "beta", "running_mean", "running_var"]
    assert sum(array.size for array in layer.state().values()) == 2048


def test_buffers_are_saved_and_loaded_in_place(tmp_path):
    one, other = (Sequential(Linear(2, 3, rng=rng(i)), BatchNorm(3)) for i in range(2))
    for _ in range(3):
        one(rng().standard_normal((5, 2)))
    buffer = other.layers[1].running_mean
    one.save(tmp_path / "model.npz")
    other.load(tmp_path / "model.npz")
    assert other.layers[1].running_mean is buffer
    x = rng().standard_normal((4, 2)).astype(np.float32)
    np.testing.assert_array_equal(other.eval()(x).data, one.eval()(x).data)


def test_a_state_without_the_buffers_is_an_error_that_names_them():
    with pytest.raises(ValueError, match="running_mean is missing; running_var is missing"):
        BatchNorm(2).load_state({"gamma": np.ones(2), "beta": np.zeros(2)})


def test_two_layers_share_no_buffer():
    one, other = BatchNorm(2), BatchNorm(2)
    one(rng().standard_normal((4, 2)))
    np.testing.assert_array_equal(other.running_mean, np.zeros(2))


def test_a_training_step_after_a_call_in_use_moves_no_output_already_made():
    layer, x = BatchNorm(2, dtype=np.float64), Tensor(rng().standard_normal((4, 2)))
    layer(x)
    y = layer.eval()(x)
    expected = layer.gamma.data / np.sqrt(layer.running_var + 1e-5)
    layer.train()(Tensor(rng(1).standard_normal((4, 2)) * 9))
    y.sum().backward()
    np.testing.assert_allclose(x.grad, np.tile(expected, (4, 1)), rtol=1e-14)


# LayerNorm and WeightNorm ---------------------------------------------------------------------------------


def test_layer_norm_is_the_same_in_training_and_in_use_and_tracks_nothing():
    layer, x = LayerNorm(4), rng().normal(3, 2, (5, 4)).astype(np.float32)
    y = layer(x).data
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(y.std(axis=1), 1, rtol=1e-4)
    np.testing.assert_array_equal(layer.eval()(x).data, y)
    assert list(layer.state()) == ["gamma", "beta"]
    assert y.dtype == np.float32


@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_with_normalized_weights_starts_as_the_linear_layer_of_the_same_seed(bias):
    layer, linear = WeightNorm(5, 3, rng=rng(), bias=bias), Linear(5, 3, rng=rng(), bias=bias)
    x = rng(1).standard_normal((4, 5)).astype(np.float32)
    np.testing.assert_allclose(layer(x).data, linear(x).data, rtol=1e-5, atol=1e-6)
    assert list(layer.named_parameters()) == (["v", "g", "b"] if bias else ["v", "g"])
    assert {p.dtype for p in layer.parameters()} == {np.dtype(np.float32)}


def test_a_step_of_v_alone_turns_the_weights_and_keeps_the_lengths_of_the_columns():
    layer = WeightNorm(5, 3, rng=rng(), init=lecun_normal, dtype=np.float64)
    (layer(rng(1).standard_normal((4, 5))) ** 2).sum().backward()
    lengths = np.linalg.norm(layer.v.data, axis=0)
    layer.v.data -= 0.1 * layer.v.grad
    assert (np.linalg.norm(layer.v.data, axis=0) >= lengths).all()


def test_normalized_weights_that_start_at_zero_are_an_error():
    with pytest.raises(ValueError, match="weight_norm: a vector of v is all zeros"):
        WeightNorm(3, 2, rng=rng(), init=zeros)(np.ones((1, 3)))


# The same as PyTorch --------------------------------------------------------------------------------------


def way_of_our_layer():
    """Return what `tests.record_fixtures.batch_norm_of_torch` returns, from ours."""
    layer = BatchNorm(3, dtype=np.float64)
    optimizer = SGD(layer.parameters(), learning_rate=0.1)
    *batches, last = (Tensor(batch) for batch in batch_norm_problem())
    for batch in batches:
        (sigmoid(layer(batch)) ** 2).sum().backward()
        optimizer.step()
    state = [array.tolist() for array in layer.state().values()]
    return {
        "gradients": [batch.grad.tolist() for batch in batches],
        "state": state,
        "in use": layer.eval()(last).data.tolist(),
    }


def assert_the_same_way(ours, theirs):
    for key in ("gradients", "state", "in use"):
        np.testing.assert_allclose(ours[key], theirs[key], rtol=0, atol=1e-12)


def test_the_layer_goes_the_way_of_pytorchs_as_recorded():
    assert_the_same_way(way_of_our_layer(), load("batch_norm"))


def test_the_layer_goes_the_way_of_the_pytorch_that_is_installed():
    assert_the_same_way(way_of_our_layer(), batch_norm_of_torch(require("torch")))


# What it is for -------------------------------------------------------------------------------------------


def accuracy_after_training(with_batch_norm, *, epochs=10):
    """Return the accuracy on digits that were not trained on, of eight sigmoid layers."""
    X, labels = digits()
    X, generator = X.reshape(len(X), -1).astype(np.float32), rng()
    layers, n_in = [], X.shape[1]
    for _ in range(8):
        layers.append(Linear(n_in, 64, rng=generator, init=xavier_normal))
        layers += [BatchNorm(64), sigmoid] if with_batch_norm else [sigmoid]
        n_in = 64
    model = Sequential(*layers, Linear(64, 10, rng=generator, init=xavier_normal))
    optimizer = SGD(model.parameters(), learning_rate=0.3)
    for _ in range(epochs):
        for rows in np.split(generator.permutation(1280), 20):
            cross_entropy(model(X[rows]), labels=labels[rows]).backward()
            optimizer.step()
    with no_grad():
        return (model.eval()(X[1280:]).data.argmax(axis=1) == labels[1280:]).mean()


def test_eight_sigmoid_layers_learn_the_digits_with_batch_norm_and_nothing_without():
    assert accuracy_after_training(with_batch_norm=True) > 0.85
    assert accuracy_after_training(with_batch_norm=False) < 0.2
