"""Every differentiable function once more, slowly: loops over single numbers, as the formula is read aloud."""

import math

import numpy as np


def elementwise(formula):
    """Return the function that applies `formula` to one number of each (broadcast) input at a time."""

    def loop(*xs, **settings):
        xs = np.broadcast_arrays(*xs)
        y = np.empty(xs[0].shape)
        for i in np.ndindex(y.shape):
            y[i] = formula(*(float(x[i]) for x in xs), **settings)
        return y

    return loop


def matmul(a, b):
    rows = a[None, :] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    stack = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    rows = np.broadcast_to(rows, stack + rows.shape[-2:])
    columns = np.broadcast_to(columns, stack + columns.shape[-2:])
    y = np.zeros((*stack, rows.shape[-2], columns.shape[-1]))
    for (*at, i, j), _ in np.ndenumerate(y):
        for k in range(rows.shape[-1]):
            y[(*at, i, j)] += rows[(*at, i, k)] * columns[(*at, k, j)]
    y = y[..., 0] if b.ndim == 1 else y
    return y.squeeze(-1 if b.ndim == 1 else -2) if a.ndim == 1 else y


def linear(x, W, b=None):
    y = np.zeros((*x.shape[:-1], W.shape[1]))
    for *row, j in np.ndindex(y.shape):
        for i in range(W.shape[0]):
            y[(*row, j)] += x[(*row, i)] * W[i, j]
        y[(*row, j)] += 0.0 if b is None else b[j]
    return y


def sum(x, *, axis=None, keepdims=False):
    axes = range(x.ndim) if axis is None else [a % x.ndim for a in np.atleast_1d(axis)]
    y = np.zeros([1 if a in axes else n for a, n in enumerate(x.shape)])
    for i, number in np.ndenumerate(x):
        y[tuple(0 if a in axes else k for a, k in enumerate(i))] += number
    return y if keepdims else y.reshape([n for a, n in enumerate(x.shape) if a not in axes])


def mean(x, *, axis=None, keepdims=False):
    return sum(x, axis=axis, keepdims=keepdims) / sum(np.ones(x.shape), axis=axis, keepdims=keepdims)


def reshape(x, *, shape):
    y = np.empty(x.size)
    for place, (_, number) in enumerate(np.ndenumerate(x)):
        y[place] = number
    y.shape = shape
    return y


def transpose(x, *, axes=None):
    order = tuple(reversed(range(x.ndim))) if axes is None else [a % x.ndim for a in axes]
    y = np.empty([x.shape[a] for a in order])
    for i, number in np.ndenumerate(x):
        y[tuple(i[a] for a in order)] = number
    return y


def take(x, *, index, axis=0):
    axis %= x.ndim
    index = np.asarray(index)
    y = np.empty((*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]))
    for i in np.ndindex(y.shape):
        before, chosen, after = i[:axis], i[axis : axis + index.ndim], i[axis + index.ndim :]
        y[i] = x[(*before, index[chosen], *after)]
    return y


def get_item(x, *, index):
    places = np.arange(x.size).reshape(x.shape)[index]
    numbers = [number for _, number in np.ndenumerate(x)]
    return np.array([numbers[place] for place in places.ravel()]).reshape(places.shape)


def concatenate(*xs, axis=0):
    axis %= xs[0].ndim
    shape = list(xs[0].shape)
    shape[axis] = np.sum([x.shape[axis] for x in xs])
    y, start = np.empty(shape), 0
    for x in xs:
        for i, number in np.ndenumerate(x):
            y[(*i[:axis], i[axis] + start, *i[axis + 1 :])] = number
        start += x.shape[axis]
    return y


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def softplus(x):
    return math.log(1 + math.exp(x))


def maxout(x, *, pieces):
    y = np.empty((*x.shape[:-1], x.shape[-1] // pieces))
    for *row, i in np.ndindex(y.shape):
        y[(*row, i)] = max(float(x[(*row, j)]) for j in range(i * pieces, (i + 1) * pieces))
    return y


def softmax(x, *, axis=-1):
    y = np.empty(x.shape)
    for i in np.ndindex(y.shape):
        line = list(i)
        line[axis] = slice(None)
        y[i] = math.exp(x[i]) / math.fsum(math.exp(other) for other in x[tuple(line)])
    return y


def log_softmax(x, *, axis=-1):
    return elementwise(math.log)(softmax(x, axis=axis))


def sum_over_elements(penalty):
    """Return the sum of ``penalty(w)`` over all numbers."""
    return lambda w: np.array(math.fsum(penalty(float(number)) for number in w.ravel()))


def root_mean_squared_error(y, *, target):
    return np.sqrt(mean_over_elements(lambda y, t: (y - t) ** 2)(y, target=target))


def mean_and_variance(numbers):
    numbers = [float(number) for number in numbers]
    mean = math.fsum(numbers) / len(numbers)
    return mean, math.fsum((number - mean) ** 2 for number in numbers) / len(numbers)


def batch_norm(x, gamma, beta, *, mean=None, var=None, eps=1e-5):
    y = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        c = i[1]
        m, s2 = mean_and_variance(x[:, c].ravel()) if mean is None else (mean[c], var[c])
        y[i] = gamma[c] * (x[i] - m) / math.sqrt(s2 + eps) + beta[c]
    return y


def layer_norm(x, gamma, beta, *, eps=1e-5):
    y = np.empty(x.shape)
    for *row, j in np.ndindex(x.shape):
        mean, var = mean_and_variance(x[tuple(row)])
        y[(*row, j)] = gamma[j] * (x[(*row, j)] - mean) / math.sqrt(var + eps) + beta[j]
    return y


def weight_norm(v, g, *, axis=0):
    axes = {a % v.ndim for a in np.atleast_1d(axis).tolist()}
    y = np.empty(v.shape)
    for i in np.ndindex(v.shape):
        vector = tuple(slice(None) if a in axes else i[a] for a in range(v.ndim))
        length = math.sqrt(math.fsum(float(number) ** 2 for number in v[vector].ravel()))
        y[i] = g[tuple(i[a] for a in range(v.ndim) if a not in axes)] * v[i] / length
    return y


def mean_over_elements(loss):
    """Return the mean of ``loss(y, t)`` over all pairs of numbers."""

    def loop(y, *, target):
        losses = [loss(float(a), float(t)) for a, t in zip(y.ravel(), np.ravel(target), strict=True)]
        return np.array(math.fsum(losses) / len(losses))

    return loop


def binary_cross_entropy(p, t):
    return (-t * math.log(p) if t > 0 else 0.0) - ((1 - t) * math.log(1 - p) if t < 1 else 0.0)


def cross_entropy(logits, *, labels):
    total = 0.0
    for row, label in zip(logits, np.asarray(labels), strict=True):
        normalizer = math.fsum(math.exp(z) for z in row)
        for k, z in enumerate(row):
            weight = label[k] if label.ndim else float(k == label)
            total -= weight * math.log(math.exp(z) / normalizer)
    return np.array(total / len(logits))
