"""The exercises of lesson 04 hold their contract: right answers pass, and every mistake is named as itself."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.autodiff import differentiable, gradient_errors
from dlcourse.layers import Linear, Sequential
from dlcourse.normalization import BatchNorm, batch_norm
from dlcourse.normalization.exercises import EXERCISES
from tests.checking.contract import assert_exercise_contract

BY_ID = {exercise.id: exercise for exercise in EXERCISES}


# Other right answers --------------------------------------------------------------------------------------


def forward_in_loops(x, gamma, beta, eps=1e-5):
    n, d = x.shape
    y = np.zeros((n, d))
    for j in range(d):
        mean = sum(x[e, j] for e in range(n)) / n
        var = sum((x[e, j] - mean) ** 2 for e in range(n)) / n
        for e in range(n):
            y[e, j] = gamma[j] * (x[e, j] - mean) / (var + eps) ** 0.5 + beta[j]
    return y


def forward_by_the_mean_of_squares(x, gamma, beta, eps=1e-5):
    mean = np.mean(x, axis=0, keepdims=True)
    var = np.mean(x**2, axis=0, keepdims=True) - mean**2
    return beta + (x - mean) * (gamma / np.sqrt(var + eps))


class LayerInPlace:
    """Moves its buffers in place and keeps the statistics of use in one place."""

    def __init__(self, n, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.running_mean, self.running_var = np.zeros(n), np.ones(n)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, x):
        mean, var = self.running_mean, self.running_var
        if self.training:
            n, mean, var = len(x), x.sum(axis=0) / len(x), np.var(x, axis=0)
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (var * n / (n - 1) - self.running_var)
        return forward_by_given(x, self.gamma, self.beta, mean, var, self.eps)


class LayerInLoops:
    def __init__(self, n, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.running_mean, self.running_var = np.zeros(n), np.ones(n)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, x):
        columns = []
        for j in range(x.shape[1]):
            column = x[:, j]
            mean, var = self.running_mean[j], self.running_var[j]
            if self.training:
                mean, var = np.mean(column), np.mean((column - np.mean(column)) ** 2)
                unbiased = ((column - mean) ** 2).sum() / (len(column) - 1)
                self.running_mean[j] = (1 - self.momentum) * self.running_mean[j] + self.momentum * mean
                self.running_var[j] = (1 - self.momentum) * self.running_var[j] + self.momentum * unbiased
            columns.append(self.gamma[j] * (column - mean) / np.sqrt(var + self.eps) + self.beta[j])
        return np.stack(columns, axis=1)


def forward_by_given(x, gamma, beta, mean, var, eps):
    return gamma * ((x - mean) / np.sqrt(var + eps)) + beta


def gate_path_by_path(x, gamma, beta, eps=1e-5):
    n = len(x)
    mean = x.mean(axis=0)
    centered = x - mean
    var = (centered**2).mean(axis=0)
    std = np.sqrt(var + eps)
    x_hat = centered / std

    def backward(dy):
        dx_hat = dy * gamma
        dvar = (dx_hat * centered).sum(axis=0) * -0.5 * (var + eps) ** -1.5
        dmean = -(dx_hat / std).sum(axis=0)
        dx = dx_hat / std + dvar * 2 * centered / n + dmean / n
        return dx, (dy * x_hat).sum(axis=0), dy.sum(axis=0)

    return gamma * x_hat + beta, backward


def gate_in_loops(x, gamma, beta, eps=1e-5):
    n, d = x.shape
    y, x_hat, inv_std = np.zeros((n, d)), np.zeros((n, d)), np.zeros(d)
    for j in range(d):
        mean = sum(x[:, j]) / n
        inv_std[j] = 1 / np.sqrt(sum((x[:, j] - mean) ** 2) / n + eps)
        x_hat[:, j] = (x[:, j] - mean) * inv_std[j]
        y[:, j] = gamma[j] * x_hat[:, j] + beta[j]

    def backward(dy):
        dx, dgamma, dbeta = np.zeros((n, d)), np.zeros(d), np.zeros(d)
        for j in range(d):
            for e in range(n):
                dbeta[j] += dy[e, j]
                dgamma[j] += dy[e, j] * x_hat[e, j]
            for e in range(n):
                dx[e, j] = gamma[j] * inv_std[j] * (dy[e, j] - dbeta[j] / n - x_hat[e, j] * dgamma[j] / n)
        return dx, dgamma, dbeta

    return y, backward


def evaluate_at_once(net, images):
    was_training = net.training
    outputs = net.eval()(images).data
    (net.train if was_training else net.eval)()
    return outputs


def evaluate_one_at_a_time(net, images):
    before = net.training
    try:
        net.eval()
        return np.array([net(image[None]).data[0] for image in images])
    finally:
        if before:
            net.train()


def rms_norm_path_by_path(x, gamma, eps=1e-5):
    d = x.shape[1]
    root = np.sqrt(np.mean(x**2, axis=1) + eps)[:, None]

    def backward(dy):
        dx_hat = gamma * dy
        droot = -(dx_hat * x / root**2).sum(axis=1)[:, None]
        dsquare = droot / (2 * root)
        return dx_hat / root + dsquare * 2 * x / d, np.sum(dy * x / root, axis=0)

    return gamma * x / root, backward


def rms_norm_in_loops(x, gamma, eps=1e-5):
    (n, d), y = x.shape, np.zeros_like(x)
    roots = [np.sqrt(sum(entry**2 for entry in row) / d + eps) for row in x]
    for e in range(n):
        for j in range(d):
            y[e, j] = gamma[j] * x[e, j] / roots[e]

    def backward(dy):
        dx, dgamma = np.zeros_like(x), np.zeros_like(gamma)
        for e in range(n):
            along = sum(dy[e, j] * gamma[j] * x[e, j] for j in range(d)) / (d * roots[e] ** 3)
            for j in range(d):
                dx[e, j] = dy[e, j] * gamma[j] / roots[e] - x[e, j] * along
                dgamma[j] += dy[e, j] * x[e, j] / roots[e]
        return dx, dgamma

    return y, backward


ALTERNATIVES = {
    "04.1": [forward_in_loops, forward_by_the_mean_of_squares, batch_norm],
    "04.2": [LayerInPlace, LayerInLoops],
    "04.3": [gate_path_by_path, gate_in_loops, batch_norm],
    "04.4": [[1024, 1024], np.array([1024, 1024]), (1024.0, 2 * 512)],
    "04.5": ["D", "(d)"],
    "04.6": [{question: f" {letter.upper()}) " for question, letter in BY_ID["04.6"].reference.items()}],
    "04.7": [evaluate_at_once, evaluate_one_at_a_time],
    "04.8": [rms_norm_path_by_path, rms_norm_in_loops],
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_holds_its_contract(exercise):
    assert_exercise_contract(exercise, alternatives=ALTERNATIVES[exercise.id])


def test_recall_and_arithmetic_earn_at_most_15_percent_of_the_points():
    recall = sum(exercise.points for exercise in EXERCISES if exercise.id in {"04.4", "04.5"})
    assert recall <= 0.15 * sum(exercise.points for exercise in EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_every_mistake_says_why_and_where_to_look_and_how_to_mend(exercise):
    for mistake in exercise.mistakes:
        assert mistake.hint, mistake.name
        assert exercise.kind == "choice" or (mistake.look and mistake.mend), mistake.name


# The references are what the package computes ---------------------------------------------------------------


def test_the_layer_of_the_exercise_is_that_of_the_package():
    rng = np.random.default_rng(0)
    mine, theirs = BY_ID["04.2"].reference(3, momentum=0.3), BatchNorm(3, momentum=0.3, dtype=np.float64)
    for _ in range(3):
        x = rng.standard_normal((5, 3)) * 2 + 1
        np.testing.assert_allclose(mine(x), theirs(x).data, rtol=0, atol=1e-12)
    mine.training = False
    theirs.eval()
    np.testing.assert_allclose(mine(x), theirs(x).data, rtol=0, atol=1e-12)
    np.testing.assert_allclose(mine.running_var, theirs.running_var, rtol=1e-12)


def test_the_layer_of_the_package_trains_on_the_gate_of_the_exercise():
    gate, x = BY_ID["04.3"].reference, np.random.default_rng(0).standard_normal((8, 3))

    def gradients():
        rng = np.random.default_rng(1)
        net = Sequential(Linear(3, 4, rng=rng), BatchNorm(4), sigmoid, Linear(4, 2, rng=rng))
        y = net(x.astype(np.float32))
        y.backward(rng.standard_normal(y.shape).astype(np.float32))
        return [parameter.grad for parameter in net.parameters()]

    expected = gradients()
    with batch_norm.replaced_by(lambda x, gamma, beta, **settings: gate(x, gamma, beta)):
        replaced = gradients()
    for mine, theirs in zip(replaced, expected, strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("id", ["04.3", "04.8"])
def test_the_way_back_of_a_reference_is_exact(id):
    rng = np.random.default_rng(0)
    inputs = (rng.standard_normal((5, 3)), rng.uniform(0.5, 2, 3), rng.standard_normal(3))
    reference = BY_ID[id].reference
    errors = gradient_errors(differentiable(reference), *inputs[: reference.__code__.co_argcount - 1])
    assert max(errors) < 1e-12


def test_the_references_keep_float32():
    rng = np.random.default_rng(0)
    x, gamma, beta = (rng.standard_normal(shape).astype(np.float32) for shape in [(4, 3), 3, 3])
    assert BY_ID["04.1"].reference(x, gamma, beta).dtype == np.float32
    for id, inputs in [("04.3", (x, gamma, beta)), ("04.8", (x, gamma))]:
        y, backward = BY_ID[id].reference(*inputs)
        assert [part.dtype for part in (y, *backward(x))] == [np.float32] * (1 + len(inputs))


def test_the_values_of_a_column_by_hand():
    y = BY_ID["04.1"].reference(np.array([[1.0], [2.0], [3.0], [6.0]]), np.ones(1), np.zeros(1))
    np.testing.assert_allclose(y[:, 0], [-1.069043, -0.534522, 0, 1.603565], atol=1e-6)


def test_a_batch_norm_of_512_units_learns_and_tracks_as_many_numbers_as_the_exercise_says():
    layer = BatchNorm(512)
    learned = sum(parameter.data.size for parameter in layer.parameters())
    stored = sum(array.size for array in layer.state().values())
    assert (learned, stored - learned) == BY_ID["04.4"].reference


# 04.5 and 04.6: the right options are measured --------------------------------------------------------------


def test_a_bias_before_batch_norm_gets_no_gradient_and_beta_does():
    rng = np.random.default_rng(0)
    linear, norm = Linear(3, 4, rng=rng, dtype=np.float64), BatchNorm(4, dtype=np.float64)
    y = Sequential(linear, norm, sigmoid)(rng.standard_normal((8, 3)))
    y.backward(rng.standard_normal(y.shape))
    assert np.abs(linear.b.grad).max() < 1e-14
    assert np.abs(norm.beta.grad).min() > 1e-3


def test_what_is_blind_to_the_scale():
    rng = np.random.default_rng(0)
    u, W, dy = rng.standard_normal((40, 5)), rng.standard_normal((5, 4)), rng.standard_normal((40, 4))

    def through(W):
        y, backward = batch_norm.vjp(u @ W, np.ones(4), np.zeros(4), eps=0.0)
        return y, u.T @ backward(dy)[0]

    def turn(W, step=1e-4):
        w, after = W[:, 0], W[:, 0] - step * through(W)[1][:, 0]
        sine = np.linalg.norm(after - w * (after @ w) / (w @ w)) / np.linalg.norm(after)
        return np.arcsin(sine)

    (y, dW), (y_10, dW_10) = through(W), through(10 * W)
    np.testing.assert_allclose(y_10, y, atol=1e-12)
    np.testing.assert_allclose(dW_10, dW / 10, atol=1e-12)
    assert np.abs((W * dW).sum(axis=0)).max() < 1e-12
    assert turn(10 * W) == pytest.approx(turn(W) / 100, rel=1e-4)
    np.testing.assert_allclose(through(-W)[0], -y, atol=1e-12)


# 04.7 -----------------------------------------------------------------------------------------------------


def test_the_broken_run_answers_by_the_company_and_the_mended_one_does_not():
    space = {"np": np}
    exec(BY_ID["04.7"].stub, space)
    rng = np.random.default_rng(0)
    net = Sequential(Linear(3, 4, rng=rng), BatchNorm(4), sigmoid, Linear(4, 2, rng=rng))
    for _ in range(50):
        net(rng.standard_normal((32, 3)).astype(np.float32))
    images = rng.standard_normal((4, 3)).astype(np.float32)
    other_company = images[[0, 2, 1, 3]]
    for evaluate, depends in [(space["evaluate"], True), (BY_ID["04.7"].reference, False)]:
        assert (np.abs(evaluate(net, images)[0] - evaluate(net, other_company)[0]).max() > 1e-3) == depends
        assert net.training
