"""Exercises of lesson 04: what the learner writes, what is right, and what is typically wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from dlcourse.activations import relu
from dlcourse.checking import Case, Exercise, Mistake, Unfit, pair, value
from dlcourse.checking.observing import Observer
from dlcourse.layers import Linear, Sequential
from dlcourse.normalization.layers import BatchNorm

# 04.1 -----------------------------------------------------------------------------------------------------


def my_batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta


def _mean(x: np.ndarray) -> np.ndarray:
    return x.mean(axis=0)


def _var(x: np.ndarray) -> np.ndarray:
    return x.var(axis=0)


def _std(var: Any, eps: float) -> Any:
    return np.sqrt(var + eps)


def _scaled_and_shifted(x_hat: Any, gamma: Any, beta: Any) -> Any:
    return gamma * x_hat + beta


def _forward_with(
    *,
    mean: Callable = _mean,
    var: Callable = _var,
    std: Callable = _std,
    y: Callable = _scaled_and_shifted,
    eps_used: float | None = None,
) -> Callable:
    """The way forward with one part exchanged."""

    def wrong(x, gamma, beta, eps=1e-5):
        x_hat = (x - mean(x)) / std(var(x), eps_used or eps)
        return y(x_hat, gamma, beta)

    return wrong


def _without_brackets(x, gamma, beta, eps=1e-5):
    return gamma * (x - _mean(x) / _std(_var(x), eps)) + beta


def _eps_after_the_division(x, gamma, beta, eps=1e-5):
    return gamma * ((x - _mean(x)) / np.sqrt(_var(x)) + eps) + beta


def _centered_in_place(x, gamma, beta, eps=1e-5):
    x -= _mean(x)
    return gamma * x / _std(_var(x), eps) + beta


def _batch(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """A batch whose columns have different means and spreads."""
    return rng.standard_normal((n, d)) * rng.uniform(0.5, 2, d) + rng.uniform(1, 3, d)


def _scale_and_shift(rng: np.random.Generator, d: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(0.5, 2.5, d), rng.standard_normal(d)


_tidy = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 20.0], [6.0, 30.0]])


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    def case(x: np.ndarray, note: str = "", **settings: float) -> Case:
        return Case(x, *_scale_and_shift(rng, x.shape[1]), note=note, **settings)

    constant = _batch(rng, 4, 3)
    constant[:, 1] = 0.75
    return [
        Case(_tidy, np.array([1.0, 2.0]), np.array([0.0, 1.0])),
        case(_batch(rng, 5, 3)),
        case(_batch(rng, 3, 4), eps=0.5),
        case(_batch(rng, 3, 3), "edge: as many examples as units, where every axis fits"),
        case(_batch(rng, 2, 3), "edge: two examples", eps=0.1),
        case(constant, "edge: a unit that is the same in all examples"),
        case(_batch(rng, 1, 3), "edge: one example, where only beta is left"),
    ]


forward = Exercise(
    id="04.1",
    title="Batch norm, forward",
    kind="function",
    points=2,
    prompt=(
        "Write equation (1) for a batch x of shape (n, d): a row for each example, a column for each unit (feature). "
        "gamma and beta are (d,), one number for each unit. Return y, of the shape of x."
    ),
    stub='''\
def my_batch_norm(x, gamma, beta, eps=1e-5):
    """x (n, d), gamma (d,), beta (d,)."""
    mean = ...  # one number for each unit
    var = ...
    x_hat = ...
    return ...
''',
    answer="my_batch_norm",
    reference=my_batch_norm,
    cases=_forward_cases,
    observe=value("y"),
    look="With gamma = 1 and beta = 0, every column of y must have mean 0 and, with a small eps, variance nearly 1.",
    hints=[
        "Each unit by itself, over the examples. Which axis of x are the examples?",
        "`x.mean(axis=0)` has one number for each unit. The variance is the mean of the squared distances from it, "
        "or `x.var(axis=0)`.",
        "x_hat = (x - mean) / np.sqrt(var + eps), then y = gamma * x_hat + beta. NumPy lays (d,) along the rows.",
    ],
    mistakes=[
        Mistake(
            "variance_over_n_minus_1",
            _forward_with(var=lambda x: x.var(axis=0, ddof=1)),
            "You divided the squares by n - 1, the unbiased variance. To normalize a batch, (1) divides by n.",
            look="With gamma = 1 and beta = 0, the mean of the squares of a column of y must be 1.",
            mend="((x - mean) ** 2).mean(axis=0), or x.var(axis=0) without ddof.",
        ),
        Mistake(
            "divided_by_the_variance",
            _forward_with(std=lambda var, eps: var + eps),
            "You divided by the variance. It grows with the square of x; its root, the standard deviation, grows as x "
            "does.",
            look="Multiply x by 10: y must stay the same.",
            mend="Divide by np.sqrt(var + eps).",
        ),
        Mistake(
            "eps_outside_the_root",
            _forward_with(std=lambda var, eps: np.sqrt(var) + eps),
            "You added eps to the root. In (1) it is added to the variance, before the root is taken.",
            look="Call it with a large eps, such as 0.5, and compute one entry by hand.",
            mend="np.sqrt(var + eps).",
        ),
        Mistake(
            "eps_added_after_the_division",
            _eps_after_the_division,
            "You added eps to the quotient: Python divides by np.sqrt(var) first. In (1) it is added to the variance, "
            "under the root.",
            look="What do you get for a column of equal numbers?",
            mend="(x - mean) / np.sqrt(var + eps).",
        ),
        Mistake(
            "eps_missing",
            _forward_with(std=lambda var, eps: np.sqrt(var)),
            "eps is not in your formula. A unit that is the same in all examples has the variance 0.",
            look="What do you get for a column of equal numbers?",
            mend="np.sqrt(var + eps).",
        ),
        Mistake(
            "eps_ignored",
            _forward_with(eps_used=1e-5),
            "You use 1e-5, whatever eps is passed in.",
            look="Call it with eps=0.5 and again with eps=1e-5: y must differ.",
            mend="np.sqrt(var + eps).",
        ),
        Mistake(
            "each_example_by_itself",
            _forward_with(mean=lambda x: x.mean(axis=1, keepdims=True), var=lambda x: x.var(axis=1, keepdims=True)),
            "You took mean and variance along each row, over the units of one example. That is layer norm. Batch "
            "norm takes them down each column.",
            look="With gamma = 1 and beta = 0, every column of y must have mean 0.",
            mend="axis=0.",
        ),
        Mistake(
            "axis_1",
            _forward_with(mean=lambda x: x.mean(axis=1), var=lambda x: x.var(axis=1)),
            "axis=1 gives one number for each example. The statistics are taken for each unit, over the examples.",
            look="Print the shape of your mean: it must be (d,), as gamma.",
            mend="axis=0.",
        ),
        Mistake(
            "no_axis",
            _forward_with(mean=np.mean, var=np.var),
            "Without `axis=` there is one mean for the whole array. Each unit has its own.",
            look="Multiply one unit by 10: y must stay the same.",
            mend="x.mean(axis=0), and the same for the variance.",
        ),
        Mistake(
            "one_variance_for_all",
            _forward_with(var=lambda x: ((x - _mean(x)) ** 2).mean()),
            "The mean is right, and the variance runs over the whole array. Each unit has its own.",
            look="Multiply one unit by 10: y must stay the same.",
            mend="((x - mean) ** 2).mean(axis=0).",
        ),
        Mistake(
            "not_centered",
            _forward_with(mean=lambda x: 0.0),
            "The mean is not subtracted.",
            look="Add 100 to x: y must stay the same.",
            mend="x_hat = (x - mean) / np.sqrt(var + eps).",
        ),
        Mistake(
            "not_scaled",
            _forward_with(std=lambda var, eps: 1.0),
            "You subtracted the mean and did not divide by the standard deviation.",
            look="Multiply x by 10: y must stay the same.",
            mend="x_hat = (x - mean) / np.sqrt(var + eps).",
        ),
        Mistake(
            "squares_not_centered",
            _forward_with(var=lambda x: (x**2).mean(axis=0)),
            "You averaged the squares of x. The variance averages the squares of the distances from the mean.",
            look="Add 100 to x: y must stay the same.",
            mend="var = ((x - mean) ** 2).mean(axis=0).",
        ),
        Mistake(
            "squares_summed",
            _forward_with(var=lambda x: ((x - _mean(x)) ** 2).sum(axis=0)),
            "The squared distances are added up and not divided by n.",
            look="Give every example twice: y must stay the same.",
            mend="var = ((x - mean) ** 2).mean(axis=0).",
        ),
        Mistake(
            "squares_not_averaged",
            _forward_with(var=lambda x: (x - _mean(x)) ** 2),
            "You squared the distances and did not average them: each number is divided by its own distance, and "
            "nearly all that is left of x_hat is its sign.",
            look="Print the shape of your var: it must be (d,), as gamma.",
            mend="var = ((x - mean) ** 2).mean(axis=0).",
        ),
        Mistake(
            "standard_deviation_for_the_variance",
            _forward_with(var=lambda x: x.std(axis=0)),
            "You took the standard deviation for the variance, so the root is taken twice.",
            look="Multiply x by 10: y must stay the same.",
            mend="var = x.var(axis=0).",
        ),
        Mistake(
            "gamma_and_beta_forgotten",
            _forward_with(y=lambda x_hat, gamma, beta: x_hat),
            "This is x_hat. It still is multiplied by gamma and shifted by beta, so that the layer can also do "
            "nothing.",
            look="Set gamma to 0: y must be beta everywhere.",
            mend="return gamma * x_hat + beta.",
        ),
        Mistake(
            "beta_forgotten",
            _forward_with(y=lambda x_hat, gamma, beta: gamma * x_hat),
            "beta is not in your output.",
            look="Set gamma to 0: y must be beta everywhere.",
            mend="return gamma * x_hat + beta.",
        ),
        Mistake(
            "gamma_forgotten",
            _forward_with(y=lambda x_hat, gamma, beta: x_hat + beta),
            "gamma is not in your output.",
            look="Set gamma to 0: y must be beta everywhere.",
            mend="return gamma * x_hat + beta.",
        ),
        Mistake(
            "gamma_and_beta_exchanged",
            _forward_with(y=lambda x_hat, gamma, beta: beta * x_hat + gamma),
            "gamma and beta have changed places. gamma multiplies, beta is added.",
            look="Set gamma to 0: y must be beta everywhere.",
            mend="return gamma * x_hat + beta.",
        ),
        Mistake(
            "shifted_before_it_is_scaled",
            _forward_with(y=lambda x_hat, gamma, beta: gamma * (x_hat + beta)),
            "You added beta first and multiplied the sum by gamma. beta is added last.",
            look="Set gamma to 0: y must be beta everywhere.",
            mend="return gamma * x_hat + beta.",
        ),
        Mistake(
            "brackets_missing",
            _without_brackets,
            "Python reads x - mean / std as x - (mean / std). The difference needs brackets.",
            look="Multiply x by 10: y must stay the same.",
            mend="(x - mean) / np.sqrt(var + eps).",
        ),
        Mistake(
            "x_changed_in_place",
            _centered_in_place,
            "y is right, and x is no longer what it was: `x -= ...` and `x[...] = ...` write into the array of the "
            "caller.",
            look="Print x before and after the call.",
            mend="x_hat = (x - mean) / np.sqrt(var + eps), which makes a new array.",
        ),
    ],
    learn="The package's `batch_norm` computes this, and takes images, too: its channels are on axis 1.",
)


# 04.2 -----------------------------------------------------------------------------------------------------


class MyBatchNorm:
    def __init__(self, n, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.running_mean, self.running_var = np.zeros(n), np.ones(n)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, x):
        if self.training:
            mean = x.mean(axis=0)
            var = x.var(axis=0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(axis=0, ddof=1)
        else:
            mean = self.running_mean
            var = self.running_var
        return self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta


class _InParts(MyBatchNorm):
    """The layer in small steps, so that a mistake can exchange one."""

    def batch(self, x: Any) -> Any:
        return x.mean(axis=0), x.var(axis=0)

    def news(self, x: Any) -> Any:
        return x.mean(axis=0), x.var(axis=0, ddof=1)

    def moved(self, old: Any, new: Any) -> Any:
        return (1 - self.momentum) * old + self.momentum * new

    def track(self, x: Any) -> None:
        mean, var = self.news(x)
        self.running_mean = self.moved(self.running_mean, mean)
        self.running_var = self.moved(self.running_var, var)

    def in_training(self, x: Any) -> Any:
        self.track(x)
        return self.batch(x)

    def in_use(self, x: Any) -> Any:
        return self.running_mean, self.running_var

    def std(self, var: Any) -> Any:
        return np.sqrt(var + self.eps)

    def output(self, x: Any, mean: Any, var: Any) -> Any:
        return self.gamma * (x - mean) / self.std(var) + self.beta

    def __call__(self, x: Any) -> Any:
        return self.output(x, *(self.in_training(x) if self.training else self.in_use(x)))


def _layer_with(**methods: Callable) -> type:
    """The layer with some steps exchanged."""
    return type("WrongBatchNorm", (_InParts,), methods)


def _track_the_mean_alone(self: Any, x: Any) -> None:
    self.running_mean = self.moved(self.running_mean, self.news(x)[0])


def _track_the_variance_alone(self: Any, x: Any) -> None:
    self.running_var = self.moved(self.running_var, self.news(x)[1])


def _running_ones_and(move: Callable, *, before: bool = False) -> Callable:
    """Normalize by the running statistics, and let ``move(layer, x)`` move some, before or after they are read."""

    def statistics(self: Any, x: Any) -> Any:
        old = self.running_mean, self.running_var
        move(self, x)
        return (self.running_mean, self.running_var) if before else old

    return statistics


def _track_with(*, mean: Callable = _InParts.moved, var: Callable = _InParts.moved) -> Callable:
    """Tracking by one rule for the mean and another for the variance."""

    def track(self: Any, x: Any) -> None:
        new_mean, new_var = self.news(x)
        self.running_mean = mean(self, self.running_mean, new_mean)
        self.running_var = var(self, self.running_var, new_var)

    return track


def _does_not_fade(self: Any, old: Any, new: Any) -> Any:
    return old + self.momentum * new


def _gamma_and_beta_in_training_alone(self: Any, x: Any, mean: Any, var: Any) -> Any:
    x_hat = (x - mean) / self.std(var)
    return self.gamma * x_hat + self.beta if self.training else x_hat


class _TrainingAndUse(Observer):
    """Look at a layer in training on two batches, and then in use."""

    passes_inputs = False

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        given = case.settings
        own = {name: given[name] for name in ("momentum", "eps") if name in given}
        layer = candidate(given["in_use"].shape[1], **own)
        for name in ("gamma", "beta"):
            if name in given:
                setattr(layer, name, given[name])
        for name in ("first_batch", "second_batch"):
            yield f"the output for the {name.replace('_', ' ')}", layer(given[name])
            yield from self.statistics(layer, name)
        layer.training = False
        yield "the output in use", layer(given["in_use"])
        if "alone" in given:
            yield "the output in use for one example alone", layer(given["alone"])
        yield from self.statistics(layer, "use")

    def statistics(self, layer: Any, what: str) -> Iterable[tuple[str, Any]]:
        after = f"after the {what.replace('_', ' ')}" if what != "use" else "after use"
        for name in ("running_mean", "running_var"):
            if not hasattr(layer, name):
                raise Unfit(f"has no `{name}`: keep the attributes that the stub sets")
            tracked = getattr(layer, name)
            words = {"running_mean": "the running mean", "running_var": "the running variance"}[name]
            yield f"{words} {after}", tracked.copy() if isinstance(tracked, np.ndarray) else tracked


def _layer_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, d: int, note: str = "", **settings: Any) -> Case:
        gamma, beta = _scale_and_shift(rng, d)
        batches = {name: _batch(rng, n, d) for name in ("first_batch", "second_batch", "in_use")}
        return Case(**batches, alone=batches["in_use"][:1], gamma=gamma, beta=beta, note=note, **settings)

    constant = case(4, 2, "edge: momentum 1, and a unit that is always the same", momentum=1.0)
    for name in ("first_batch", "second_batch"):
        constant.settings[name][:, 1] = 0.75
    return [
        Case(first_batch=_tidy, second_batch=_tidy[::-1] * 2 + 1, in_use=np.array([[3.0, 20.0], [4.0, 0.0]])),
        case(5, 3, momentum=0.3, eps=0.5),
        case(4, 2),
        case(3, 3, "edge: as many examples as units, where every axis fits", momentum=0.5),
        constant,
    ]


_UNBIASED_IN_TORCH = "torch keeps the unbiased one, because it estimates the variance of all data from a sample."

layer = Exercise(
    id="04.2",
    title="Batch norm as a layer",
    kind="class",
    points=3,
    prompt=(
        "Complete the layer, by PyTorch's conventions. In training (`self.training`) it normalizes by mean and "
        "variance of the batch, as in 04.1, and moves the running mean and the running variance by (2). The "
        "variance that goes into the running one is the unbiased one, over n - 1. In use it normalizes by the two "
        "running ones and leaves them alone."
    ),
    stub="""\
class MyBatchNorm:
    def __init__(self, n, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.running_mean, self.running_var = np.zeros(n), np.ones(n)
        self.momentum, self.eps = momentum, eps
        self.training = True

    def __call__(self, x):
        if self.training:
            mean = ...  # of the batch
            var = ...
            self.running_mean = ...
            self.running_var = ...
        else:
            mean = ...
            var = ...
        return ...
""",
    answer="MyBatchNorm",
    reference=MyBatchNorm,
    cases=_layer_cases,
    observe=_TrainingAndUse(),
    look=(
        "With gamma = 1 and beta = 0, a column has mean 0 and variance near 1 in training. After one batch with "
        "momentum 0.1 the running mean is a tenth of its mean, the running variance 0.9 and a tenth of its unbiased "
        "one. In use, an example gives the same alone as in company, and nothing moves."
    ),
    hints=[
        "Three things are asked for: what normalizes in training, what normalizes in use, and how the running ones "
        "move. The last line is the same for training and use.",
        "In training mean and var are those of the batch, `x.var(axis=0)` for the output. In use they are "
        "self.running_mean and self.running_var, and nothing is assigned to self.",
        "running = (1 - momentum) * running + momentum * new. For the variance, new is `x.var(axis=0, ddof=1)`, which "
        "divides by n - 1.",
        "The last line: self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta.",
    ],
    mistakes=[
        Mistake(
            "batch_statistics_in_use",
            _layer_with(in_use=lambda self, x: self.batch(x)),
            "In use you still normalize by the batch that happens to come. One example alone then gives beta, "
            "whatever it shows.",
            look="In use, the output for one example must be the same alone and in company.",
            mend="In the else: mean, var = self.running_mean, self.running_var.",
        ),
        Mistake(
            "the_switch_is_ignored",
            _layer_with(in_use=lambda self, x: self.in_training(x)),
            "self.training makes no difference in your layer: in use it normalizes by the batch, and goes on tracking.",
            look="In use, the output for one example must be the same alone and in company.",
            mend="In the else: mean, var = self.running_mean, self.running_var, and assign nothing to self.",
        ),
        Mistake(
            "moved_in_use_before_normalizing",
            _layer_with(in_use=_running_ones_and(_InParts.track, before=True)),
            "In use the running statistics still move. What comes in use must not change the layer: the next answer "
            "would depend on it.",
            look="Call the layer in use, and print running_mean before and after.",
            mend="Move them in the branch for training only: in use, nothing is assigned to self.",
        ),
        Mistake(
            "moved_in_use",
            _layer_with(in_use=_running_ones_and(_InParts.track)),
            "In use the running statistics still move, after the output. What comes in use must not change the layer: "
            "the next answer would depend on it.",
            look="Call the layer in use, and print running_mean before and after.",
            mend="Move them in the branch for training only: in use, nothing is assigned to self.",
        ),
        Mistake(
            "mean_moved_in_use_before_normalizing",
            _layer_with(in_use=_running_ones_and(_track_the_mean_alone, before=True)),
            "The running mean moves in use, too. What comes in use must not change the layer.",
            look="Call the layer in use, and print running_mean before and after.",
            mend="Move it in the branch for training only: in use, nothing is assigned to self.",
        ),
        Mistake(
            "mean_moved_in_use",
            _layer_with(in_use=_running_ones_and(_track_the_mean_alone)),
            "The running mean moves in use, too, after the output. What comes in use must not change the layer.",
            look="Call the layer in use, and print running_mean before and after.",
            mend="Move it in the branch for training only: in use, nothing is assigned to self.",
        ),
        Mistake(
            "variance_moved_in_use_before_normalizing",
            _layer_with(in_use=_running_ones_and(_track_the_variance_alone, before=True)),
            "The running variance moves in use, too. What comes in use must not change the layer.",
            look="Call the layer in use, and print running_var before and after.",
            mend="Move it in the branch for training only: in use, nothing is assigned to self.",
        ),
        Mistake(
            "variance_moved_in_use",
            _layer_with(in_use=_running_ones_and(_track_the_variance_alone)),
            "The running variance moves in use, too, after the output. What comes in use must not change the layer.",
            look="Call the layer in use, and print running_var before and after.",
            mend="Move it in the branch for training only: in use, nothing is assigned to self.",
        ),
        Mistake(
            "momentum_turned_round",
            _layer_with(moved=lambda self, old, new: self.momentum * old + (1 - self.momentum) * new),
            "You gave the momentum to the old value. That is Keras's convention, whose momentum is 0.99; in torch's, "
            "0.1 is the weight of the new one.",
            look="After one batch with momentum 0.1, the running mean must be a tenth of the mean of the batch.",
            mend="(1 - momentum) * running + momentum * new.",
        ),
        Mistake(
            "biased_variance_tracked",
            _layer_with(news=lambda self, x: self.batch(x)),
            f"You tracked the variance that divides by n. {_UNBIASED_IN_TORCH}",
            look="With n examples the tracked variance is n / (n - 1) times the one that normalizes.",
            mend="x.var(axis=0, ddof=1) goes into running_var, and x.var(axis=0) into the output.",
        ),
        Mistake(
            "unbiased_variance_in_the_output",
            _layer_with(batch=lambda self, x: self.news(x)),
            "What is tracked is right. In training the output is normalized by the variance that divides by n.",
            look="With gamma = 1 and beta = 0, the mean of the squares of a column must be 1 in training.",
            mend="x.var(axis=0) for the output, x.var(axis=0, ddof=1) for running_var.",
        ),
        Mistake(
            "the_two_variances_exchanged",
            _layer_with(
                batch=lambda self, x: (x.mean(axis=0), x.var(axis=0, ddof=1)),
                news=lambda self, x: (x.mean(axis=0), x.var(axis=0)),
            ),
            "The two variances have changed places: the one over n - 1 is tracked, the one over n normalizes.",
            look="With gamma = 1 and beta = 0, the mean of the squares of a column must be 1 in training.",
            mend="x.var(axis=0) for the output, x.var(axis=0, ddof=1) for running_var.",
        ),
        Mistake(
            "n_minus_1_over_n",
            _layer_with(news=lambda self, x: (x.mean(axis=0), x.var(axis=0) * (len(x) - 1) / len(x))),
            "You multiplied by (n - 1) / n. From n to n - 1 in the denominator the variance grows, by n / (n - 1).",
            look="The unbiased variance is larger than the one that normalizes.",
            mend="x.var(axis=0, ddof=1).",
        ),
        Mistake(
            "running_statistics_in_training",
            _layer_with(in_training=_running_ones_and(_InParts.track, before=True)),
            "In training you normalize by the running statistics, after they have moved. There it is the batch's own "
            "turn; the running ones wait for use.",
            look="With gamma = 1 and beta = 0, every column must have mean 0 in training.",
            mend="In training: mean, var = x.mean(axis=0), x.var(axis=0).",
        ),
        Mistake(
            "old_running_statistics_in_training",
            _layer_with(in_training=_running_ones_and(_InParts.track)),
            "In training you normalize by the running statistics. There it is the batch's own turn; the running ones "
            "wait for use.",
            look="With gamma = 1 and beta = 0, every column must have mean 0 in training.",
            mend="In training: mean, var = x.mean(axis=0), x.var(axis=0).",
        ),
        Mistake(
            "nothing_tracked",
            _layer_with(track=lambda self, x: None),
            "The running statistics stay 0 and 1. Are they assigned to self, or to variables that are forgotten when "
            "the call ends?",
            look="Print running_mean after one batch.",
            mend="self.running_mean = ..., and the same for self.running_var.",
        ),
        Mistake(
            "variance_not_tracked",
            _layer_with(track=_track_the_mean_alone),
            "The running mean moves, the running variance stays 1.",
            look="Print running_var after one batch.",
            mend="Move running_var by the same rule, with x.var(axis=0, ddof=1).",
        ),
        Mistake(
            "mean_not_tracked",
            _layer_with(track=_track_the_variance_alone),
            "The running variance moves, the running mean stays 0.",
            look="Print running_mean after one batch.",
            mend="Move running_mean by the same rule, with the mean of the batch.",
        ),
        Mistake(
            "last_batch_kept",
            _layer_with(moved=lambda self, old, new: new),
            "You keep the statistics of the last batch alone. The running ones average over many batches.",
            look="After one batch with momentum 0.1, the running mean must be a tenth of the mean of the batch.",
            mend="(1 - momentum) * running + momentum * new.",
        ),
        Mistake(
            "old_value_does_not_fade",
            _layer_with(moved=lambda self, old, new: old + self.momentum * new),
            "The old value keeps its full weight: its factor 1 - momentum is missing, so the sum grows with every "
            "batch.",
            look="Give the same batch a hundred times: the running mean must come near its mean.",
            mend="(1 - momentum) * running + momentum * new.",
        ),
        Mistake(
            "old_mean_does_not_fade",
            _layer_with(track=_track_with(mean=_does_not_fade)),
            "In the rule of the running mean the old value keeps its full weight: its factor 1 - momentum is missing, "
            "so the sum grows with every batch.",
            look="Give the same batch a hundred times: the running mean must come near its mean.",
            mend="(1 - momentum) * running_mean + momentum * mean.",
        ),
        Mistake(
            "old_variance_does_not_fade",
            _layer_with(track=_track_with(var=_does_not_fade)),
            "In the rule of the running variance the old value keeps its full weight: its factor 1 - momentum is "
            "missing, so the sum grows with every batch.",
            look="Give the same batch a hundred times: the running variance must come near its unbiased variance.",
            mend="(1 - momentum) * running_var + momentum * x.var(axis=0, ddof=1).",
        ),
        Mistake(
            "new_value_at_full_weight",
            _layer_with(moved=lambda self, old, new: (1 - self.momentum) * old + new),
            "The old value fades and the new one is added in full: the two weights must add up to 1.",
            look="Give the same batch a hundred times: the running mean must come near its mean.",
            mend="(1 - momentum) * running + momentum * new.",
        ),
        Mistake(
            "plain_average",
            _layer_with(moved=lambda self, old, new: (old + new) / 2),
            "Old and new have the same weight in your average, whatever the momentum is.",
            look="After one batch with momentum 0.1, the running mean must be a tenth of the mean of the batch.",
            mend="(1 - momentum) * running + momentum * new.",
        ),
        Mistake(
            "momentum_ignored",
            _layer_with(moved=lambda self, old, new: 0.9 * old + 0.1 * new),
            "You use 0.1, whatever momentum the layer was made with.",
            look="Make the layer with momentum=1: the running mean must be that of the last batch.",
            mend="(1 - self.momentum) * running + self.momentum * new.",
        ),
        Mistake(
            "standard_deviation_tracked",
            _layer_with(news=lambda self, x: (x.mean(axis=0), x.std(axis=0, ddof=1))),
            "You tracked the standard deviation under the name of the variance.",
            look="Multiply the batch by 10: what is added to running_var must be 100 times as large.",
            mend="x.var(axis=0, ddof=1).",
        ),
        Mistake(
            "eps_outside_the_root",
            _layer_with(std=lambda self, var: np.sqrt(var) + self.eps),
            "You added eps to the root. It is added to the variance, before the root is taken.",
            look="Make the layer with eps=0.5 and compute one entry by hand.",
            mend="np.sqrt(var + self.eps).",
        ),
        Mistake(
            "eps_missing",
            _layer_with(std=lambda self, var: np.sqrt(var)),
            "eps is not in your formula. A unit that is the same in all examples has the variance 0.",
            look="What do you get for a column of equal numbers?",
            mend="np.sqrt(var + self.eps).",
        ),
        Mistake(
            "eps_ignored",
            _layer_with(std=lambda self, var: np.sqrt(var + 1e-5)),
            "You use 1e-5, whatever eps the layer was made with.",
            look="Make the layer with eps=0.5: the output must change.",
            mend="np.sqrt(var + self.eps).",
        ),
        Mistake(
            "eps_missing_in_use",
            _layer_with(std=lambda self, var: np.sqrt(var + self.eps if self.training else var)),
            "In training eps is there, in use it is missing. The running variance can be 0, too.",
            look="Make the layer with momentum=1, train on a column of equal numbers, and call it in use.",
            mend="np.sqrt(var + self.eps), once, at the end for both.",
        ),
        Mistake(
            "divided_by_the_variance",
            _layer_with(std=lambda self, var: var + self.eps),
            "You divided by the variance. It is its root that brings a column to variance 1.",
            look="Multiply the batch by 10: the output in training must stay the same.",
            mend="np.sqrt(var + self.eps).",
        ),
        Mistake(
            "root_missing_in_use",
            _layer_with(std=lambda self, var: self.eps + var if not self.training else np.sqrt(var + self.eps)),
            "In use you divide by the variance itself. running_var is a variance, and its root is missing.",
            look="In use, an example that lies one standard deviation above the mean has x_hat = 1.",
            mend="np.sqrt(var + self.eps), once, at the end for both.",
        ),
        Mistake(
            "gamma_and_beta_forgotten",
            _layer_with(output=lambda self, x, mean, var: (x - mean) / self.std(var)),
            "This is x_hat. It still is multiplied by self.gamma and shifted by self.beta.",
            look="Set gamma to 0: the output must be beta everywhere.",
            mend="self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta.",
        ),
        Mistake(
            "gamma_and_beta_forgotten_in_use",
            _layer_with(output=_gamma_and_beta_in_training_alone),
            "In training gamma and beta are there, in use they are missing. What was learned belongs into use.",
            look="Set gamma to 0: the output must be beta everywhere, also in use.",
            mend="One last line for both: self.gamma * (x - mean) / np.sqrt(var + self.eps) + self.beta.",
        ),
        Mistake(
            "no_axis",
            _layer_with(batch=lambda self, x: (x.mean(), x.var()), news=lambda self, x: (x.mean(), x.var(ddof=1))),
            "Without `axis=` there is one mean for the whole array. Each unit has its own.",
            look="Multiply one unit of the batch by 10: the output in training must stay the same.",
            mend="x.mean(axis=0), and the same for the variance: x.var(axis=0), and x.var(axis=0, ddof=1) to track.",
        ),
        Mistake(
            "no_axis_and_biased",
            _layer_with(batch=lambda self, x: (x.mean(), x.var()), news=lambda self, x: (x.mean(), x.var())),
            "Without `axis=` there is one mean for the whole array. Each unit has its own. And the variance "
            "that is tracked divides by n - 1, not by n.",
            look="Multiply one unit of the batch by 10: the output in training must stay the same.",
            mend="x.mean(axis=0), and the same for the variance: x.var(axis=0), and x.var(axis=0, ddof=1) to track.",
        ),
        Mistake(
            "no_axis_in_what_normalizes",
            _layer_with(batch=lambda self, x: (x.mean(), x.var())),
            "What is tracked is right. In training you normalize by one mean for the whole array, without `axis=`. "
            "Each unit has its own.",
            look="Multiply one unit of the batch by 10: the output in training must stay the same.",
            mend="x.mean(axis=0), and the same for the variance: x.var(axis=0), and x.var(axis=0, ddof=1) to track.",
        ),
        Mistake(
            "no_axis_in_what_is_tracked",
            _layer_with(news=lambda self, x: (x.mean(), x.var(ddof=1))),
            "What normalizes in training is right. You track one mean for the whole array, without `axis=`. Each unit "
            "has its own.",
            look="The running mean must have one number for each unit, and they differ.",
            mend="x.mean(axis=0), and the same for the variance: x.var(axis=0), and x.var(axis=0, ddof=1) to track.",
        ),
        Mistake(
            "no_axis_for_the_mean",
            _layer_with(
                batch=lambda self, x: (x.mean(), x.var(axis=0)), news=lambda self, x: (x.mean(), x.var(axis=0, ddof=1))
            ),
            "Your mean has no `axis=`: there is one for the whole array. Each unit has its own.",
            look="Multiply one unit of the batch by 10: the output in training must stay the same.",
            mend="x.mean(axis=0), and the same for the variance: x.var(axis=0), and x.var(axis=0, ddof=1) to track.",
        ),
        Mistake(
            "no_axis_for_the_variance_that_normalizes",
            _layer_with(batch=lambda self, x: (x.mean(axis=0), x.var())),
            "In training the variance that normalizes runs over the whole array. Each unit has its own.",
            look="Multiply one unit of the batch by 10: the output in training must stay the same.",
            mend="x.var(axis=0).",
        ),
        Mistake(
            "no_axis_for_the_variance_that_is_tracked",
            _layer_with(news=lambda self, x: (x.mean(axis=0), x.var(ddof=1))),
            "The variance that is tracked runs over the whole array. Each unit has its own.",
            look="The running variance must have one number for each unit, and they differ.",
            mend="x.var(axis=0, ddof=1).",
        ),
        Mistake(
            "no_axis_for_the_variance",
            _layer_with(
                batch=lambda self, x: (x.mean(axis=0), x.var()), news=lambda self, x: (x.mean(axis=0), x.var(ddof=1))
            ),
            "The mean is right, and the variance runs over the whole array. Each unit has its own.",
            look="Multiply one unit of the batch by 10: the output in training must stay the same.",
            mend="x.mean(axis=0), and the same for the variance: x.var(axis=0), and x.var(axis=0, ddof=1) to track.",
        ),
        Mistake(
            "axis_1",
            _layer_with(
                batch=lambda self, x: (x.mean(axis=1), x.var(axis=1)),
                news=lambda self, x: (x.mean(axis=1), x.var(axis=1, ddof=1)),
            ),
            "axis=1 gives one number for each example. The statistics are taken for each unit, over the examples.",
            look="Print the shapes of the mean and of running_mean.",
            mend="axis=0.",
        ),
    ],
    learn="The package's layer `BatchNorm` does the same, for images too, and is trained.",
)


# 04.3 -----------------------------------------------------------------------------------------------------


def batch_norm_gate(x, gamma, beta, eps=1e-5):
    centered = x - x.mean(axis=0)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=0) + eps)
    x_hat = centered * inv_std

    def backward(dy):
        dbeta = dy.sum(axis=0)
        dgamma = (dy * x_hat).sum(axis=0)
        dx = gamma * inv_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
        return dx, dgamma, dbeta

    return gamma * x_hat + beta, backward


def _gate_with(
    *,
    dx: Callable | None = None,
    direct: Callable = lambda dy: dy,
    through_mean: Callable = lambda dy, n: dy.sum(axis=0) / n,
    through_var: Callable = lambda dy, x_hat, n: x_hat * (dy * x_hat).sum(axis=0) / n,
    factor: Callable = lambda gamma, inv_std: gamma * inv_std,
    dgamma: Callable = lambda dy, x_hat: (dy * x_hat).sum(axis=0),
    dbeta: Callable = lambda dy: dy.sum(axis=0),
    exchanged: bool = False,
) -> Callable:
    """The gate with one part of its way back exchanged; `dx` gets everything at once."""

    def wrong(x, gamma, beta, eps=1e-5):
        inv_std = 1 / np.sqrt(x.var(axis=0) + eps)
        x_hat = (x - x.mean(axis=0)) * inv_std

        def backward(dy):
            n = len(x)
            terms = direct(dy) - through_mean(dy, n) - through_var(dy, x_hat, n)
            found = dx(dy, x_hat, gamma, inv_std) if dx else factor(gamma, inv_std) * terms
            learned = dgamma(dy, x_hat), dbeta(dy)
            return (found, *(learned[::-1] if exchanged else learned))

        return gamma * x_hat + beta, backward

    return wrong


def _dgamma_with(of: Callable) -> Callable:
    """The gate whose dgamma is ``of(x, gamma, dy, x_hat)``, which needs more than dy and x_hat."""

    def wrong(x, gamma, beta, eps=1e-5):
        y, backward = batch_norm_gate(x, gamma, beta, eps)
        x_hat = (y - beta) / gamma

        def changed(dy):
            dx, _, dbeta = backward(dy)
            return dx, of(x, gamma, dy, x_hat), dbeta

        return y, changed

    return wrong


def _gate_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, d: int, note: str = "", **settings: float) -> Case:
        return Case(_batch(rng, n, d), *_scale_and_shift(rng, d), note=note, **settings)

    return [
        Case(np.array([[1.0, 4.0], [2.0, 0.0], [3.0, 1.0], [6.0, -5.0]]), np.array([1.0, 2.0]), np.array([0.0, 1.0])),
        case(5, 3),
        case(4, 2, eps=0.5),
        case(3, 3, "edge: as many examples as units, where every axis fits"),
        case(1, 3, "edge: one example, which its own mean takes away"),
    ]


_DX_IS_ACROSS_X_HAT = (
    "Multiply x by 1.01: y hardly moves. So with a small eps the sum of dx * x_hat must be nearly 0 in every column."
)
_DX_SUMS_TO_0 = "Add h to a whole column of x: y does not move. So every column of dx must sum to 0."

gate = Exercise(
    id="04.3",
    title="Batch norm, there and back",
    kind="function",
    points=4,
    prompt=(
        "The way forward of batch norm is given. Write the way back: dx by equation (3), with all three paths, and "
        "dgamma and dbeta. Return them in the order of the inputs."
    ),
    stub='''\
def batch_norm_gate(x, gamma, beta, eps=1e-5):
    """x (n, d), gamma (d,), beta (d,)."""
    centered = x - x.mean(axis=0)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=0) + eps)
    x_hat = centered * inv_std

    def backward(dy):
        dbeta = ...
        dgamma = ...
        dx = ...
        return dx, dgamma, dbeta

    return gamma * x_hat + beta, backward
''',
    answer="batch_norm_gate",
    reference=batch_norm_gate,
    cases=_gate_cases,
    observe=pair("y", "dx", "dgamma", "dbeta"),
    look=(
        "dgamma and dbeta have one number for each unit, and give every example twice: both double. Of dx there are "
        "two tests: every column must sum to 0, and with a small eps the sum of dx * x_hat must be nearly 0, too."
    ),
    hints=[
        "Begin with the two that are learned. One number beta serves all examples of its unit, so their gradients "
        "add up. The same for gamma, which multiplies x_hat.",
        "dbeta is the sum of dy, dgamma the sum of dy * x_hat, both with axis=0. The means in (3) are these two sums "
        "divided by n.",
        "dx has three terms: dy, minus its mean over the batch, minus x_hat times the mean of dy * x_hat. All of it is "
        "multiplied by gamma * inv_std.",
        "dx = gamma * inv_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)).",
    ],
    mistakes=[
        Mistake(
            "direct_path_alone",
            _gate_with(dx=lambda dy, x_hat, gamma, inv_std: gamma * inv_std * dy),
            "You went back along the direct path alone, as if mean and variance were constants. Both depend on every "
            "x of the batch.",
            look=_DX_SUMS_TO_0,
            mend="Take two terms away from dy: dy.mean(axis=0), and x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "path_through_the_variance_left_out",
            _gate_with(through_var=lambda dy, x_hat, n: 0.0),
            "The path through the variance is left out. x_hat is divided by a standard deviation that x_hat's own "
            "inputs make.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="Take x_hat * (dy * x_hat).mean(axis=0) away, too.",
        ),
        Mistake(
            "path_through_the_mean_left_out",
            _gate_with(through_mean=lambda dy, n: 0.0),
            "The path through the mean is left out. Every x moves the mean, and the mean moves every y.",
            look=_DX_SUMS_TO_0,
            mend="Take dy.mean(axis=0) away, too.",
        ),
        Mistake(
            "sums_in_dx",
            _gate_with(
                through_mean=lambda dy, n: dy.sum(axis=0),
                through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).sum(axis=0),
            ),
            "You took sums away from dy where (3) has means: each x makes up only 1/n of the mean and of the variance.",
            look=_DX_SUMS_TO_0,
            mend="Divide both by n: dy.mean(axis=0) and (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "sum_on_the_path_through_the_mean",
            _gate_with(through_mean=lambda dy, n: dy.sum(axis=0)),
            "On the path through the mean there is a sum where (3) has a mean: each x makes up only 1/n of the mean.",
            look=_DX_SUMS_TO_0,
            mend="dy.mean(axis=0).",
        ),
        Mistake(
            "sum_on_the_path_through_the_variance",
            _gate_with(through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).sum(axis=0)),
            "On the path through the variance there is a sum where (3) has a mean: the variance averages over n.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "n_minus_1",
            _gate_with(
                through_mean=lambda dy, n: dy.sum(axis=0) / np.float64(n - 1),
                through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).sum(axis=0) / np.float64(n - 1),
            ),
            "You divided both sums by n - 1. The way forward divides by n, and the way back follows it.",
            look=_DX_SUMS_TO_0,
            mend="Divide by n: use .mean(axis=0).",
        ),
        Mistake(
            "n_minus_1_on_the_path_through_the_variance",
            _gate_with(through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).sum(axis=0) / np.float64(n - 1)),
            "On the path through the variance you divided by n - 1. The way forward divides the squares by n.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "half_of_the_path_through_the_variance",
            _gate_with(through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).mean(axis=0) / 2),
            "The path through the variance counts half. The square has the slope 2 (x - mean), and its 2 cancels the "
            "1/2 of the root.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0), without a factor.",
        ),
        Mistake(
            "twice_the_path_through_the_variance",
            _gate_with(through_var=lambda dy, x_hat, n: 2 * x_hat * (dy * x_hat).mean(axis=0)),
            "The path through the variance counts twice. The root has the slope 1/(2 root), and its 1/2 cancels the 2 "
            "of the square.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0), without a factor.",
        ),
        Mistake(
            "path_through_the_variance_added",
            _gate_with(through_var=lambda dy, x_hat, n: -x_hat * (dy * x_hat).mean(axis=0)),
            "The sign of the path through the variance is turned: a larger variance makes x_hat smaller.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="- x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "path_through_the_mean_added",
            _gate_with(through_mean=lambda dy, n: -dy.mean(axis=0)),
            "The sign of the path through the mean is turned: a larger mean makes x_hat smaller.",
            look=_DX_SUMS_TO_0,
            mend="- dy.mean(axis=0).",
        ),
        Mistake(
            "both_paths_added",
            _gate_with(
                through_mean=lambda dy, n: -dy.mean(axis=0),
                through_var=lambda dy, x_hat, n: -x_hat * (dy * x_hat).mean(axis=0),
            ),
            "You added the two paths through mean and variance. Both are taken away: a larger mean and a larger "
            "variance make x_hat smaller.",
            look=_DX_SUMS_TO_0,
            mend="dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "x_hat_missing_before_the_mean",
            _gate_with(through_var=lambda dy, x_hat, n: (dy * x_hat).mean(axis=0)),
            "On the path through the variance the factor x_hat before the mean is missing: what is far from the mean "
            "moves the variance most.",
            look=_DX_SUMS_TO_0,
            mend="x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "x_hat_missing_in_the_mean",
            _gate_with(through_var=lambda dy, x_hat, n: x_hat * dy.mean(axis=0)),
            "On the path through the variance you averaged dy. What is averaged there is dy * x_hat.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "centered_in_place_of_x_hat",
            _gate_with(
                dx=lambda dy, x_hat, gamma, inv_std: (
                    gamma * inv_std * (dy - dy.mean(axis=0) - x_hat / inv_std * (dy * x_hat).mean(axis=0))
                )
            ),
            "On the path through the variance you took `centered` for one of the two x_hat. That leaves out one factor "
            "inv_std. Your dx does sum to 0; the other property fails.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "centered_in_place_of_x_hat_twice",
            _gate_with(
                dx=lambda dy, x_hat, gamma, inv_std: (
                    gamma * inv_std * (dy - dy.mean(axis=0) - x_hat / inv_std * (dy * x_hat / inv_std).mean(axis=0))
                )
            ),
            "On the path through the variance you took `centered` for x_hat, before the mean and in it. That leaves "
            "out two factors inv_std. Your dx does sum to 0; the other property fails.",
            look=_DX_IS_ACROSS_X_HAT,
            mend="x_hat * (dy * x_hat).mean(axis=0).",
        ),
        Mistake(
            "gamma_forgotten_in_dx",
            _gate_with(factor=lambda gamma, inv_std: inv_std),
            "gamma is not in your dx. It stands between x_hat and y.",
            look="With gamma = 0, y does not depend on x. Is your dx 0?",
            mend="gamma * inv_std * (...).",
        ),
        Mistake(
            "gamma_twice_in_dx",
            _gate_with(factor=lambda gamma, inv_std: gamma**2 * inv_std),
            "gamma is in your dx twice. Was it in dx_hat = dy * gamma already?",
            look="If gamma doubles, dx must double.",
            mend="gamma * inv_std * (...), with dy itself in the brackets.",
        ),
        Mistake(
            "inv_std_forgotten_in_dx",
            _gate_with(factor=lambda gamma, inv_std: gamma),
            "The factor inv_std is missing in your dx: the way forward multiplies by it.",
            look="Multiply x by 10: y stays the same, so a nudge of x counts a tenth.",
            mend="gamma * inv_std * (...).",
        ),
        Mistake(
            "inv_std_squared_in_dx",
            _gate_with(factor=lambda gamma, inv_std: gamma * inv_std**2),
            "You divided by the variance, or multiplied by inv_std twice. On the way back it comes in once.",
            look="Multiply x by 10: y stays the same, so a nudge of x counts a tenth.",
            mend="gamma * inv_std * (...).",
        ),
        Mistake(
            "std_in_place_of_inv_std",
            _gate_with(factor=lambda gamma, inv_std: gamma / inv_std),
            "inv_std is 1 over the standard deviation already. You divided by it.",
            look="Multiply x by 10: y stays the same, so a nudge of x counts a tenth.",
            mend="gamma * inv_std * (...).",
        ),
        Mistake(
            "direct_path_without_factors",
            _gate_with(
                dx=lambda dy, x_hat, gamma, inv_std: (
                    dy - gamma * inv_std * (dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            "gamma * inv_std multiplies all three terms. In yours the direct one goes without.",
            look=_DX_SUMS_TO_0,
            mend="gamma * inv_std * (dy - ... - ...), with brackets.",
        ),
        Mistake(
            "factors_on_the_direct_path_alone",
            _gate_with(
                dx=lambda dy, x_hat, gamma, inv_std: (
                    gamma * inv_std * dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)
                )
            ),
            "gamma * inv_std multiplies all three terms. In yours only the direct one has it.",
            look=_DX_SUMS_TO_0,
            mend="gamma * inv_std * (dy - ... - ...), with brackets.",
        ),
        Mistake(
            "averaged_over_everything",
            _gate_with(
                through_mean=lambda dy, n: dy.mean(), through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).mean()
            ),
            "The means in dx run over the whole array. Each unit has its own.",
            look=_DX_SUMS_TO_0,
            mend=".mean(axis=0).",
        ),
        Mistake(
            "averaged_along_the_rows",
            _gate_with(
                through_mean=lambda dy, n: dy.mean(axis=1, keepdims=True),
                through_var=lambda dy, x_hat, n: x_hat * (dy * x_hat).mean(axis=1, keepdims=True),
            ),
            "The means in dx run along each row. Batch norm takes them over the batch, down each column.",
            look=_DX_SUMS_TO_0,
            mend=".mean(axis=0).",
        ),
        Mistake(
            "upstream_forgotten",
            _gate_with(dx=lambda dy, x_hat, gamma, inv_std: gamma * inv_std + 0 * dy),
            "dy is not in your dx. This is a local slope, which is still to be multiplied by what arrives.",
            look="If dy doubles, dx must double.",
            mend="gamma * inv_std * (dy - ... - ...).",
        ),
        Mistake(
            "x_hat_missing_in_dgamma",
            _gate_with(dgamma=lambda dy, x_hat: dy.sum(axis=0)),
            "Your dgamma is the sum of dy, which is dbeta. gamma multiplies x_hat, so its slope is x_hat.",
            look="An example with x_hat = 0 does not feel gamma.",
            mend="dgamma = (dy * x_hat).sum(axis=0).",
        ),
        Mistake(
            "x_in_place_of_x_hat_in_dgamma",
            _dgamma_with(lambda x, gamma, dy, x_hat: (dy * x).sum(axis=0)),
            "In dgamma you multiplied by x. What gamma multiplies is x_hat.",
            look="Add 100 to x: y stays the same, and dgamma must stay, too.",
            mend="dgamma = (dy * x_hat).sum(axis=0).",
        ),
        Mistake(
            "gamma_in_dgamma",
            _dgamma_with(lambda x, gamma, dy, x_hat: gamma * (dy * x_hat).sum(axis=0)),
            "gamma is in your dgamma. In gamma * x_hat each factor gets the other one.",
            look="With gamma = 0, y still moves when gamma does. Is your dgamma 0?",
            mend="dgamma = (dy * x_hat).sum(axis=0).",
        ),
        Mistake(
            "dgamma_averaged",
            _gate_with(dgamma=lambda dy, x_hat: (dy * x_hat).mean(axis=0)),
            "In dgamma you took the mean over the batch. gamma moves all n outputs at once, so the sum belongs here; "
            "the 1/n of a loss is in dy already.",
            look="Give every example twice: dgamma must double.",
            mend="`.sum(axis=0)`.",
        ),
        Mistake(
            "dbeta_averaged",
            _gate_with(dbeta=lambda dy: dy.mean(axis=0)),
            "In dbeta you took the mean over the batch. beta moves all n outputs at once, so the sum belongs here; "
            "the 1/n of a loss is in dy already.",
            look="Give every example twice: dbeta must double.",
            mend="`.sum(axis=0)`.",
        ),
        Mistake(
            "dgamma_and_dbeta_averaged",
            _gate_with(dgamma=lambda dy, x_hat: (dy * x_hat).mean(axis=0), dbeta=lambda dy: dy.mean(axis=0)),
            "You took means over the batch for dgamma and dbeta. Each moves all n outputs at once, so sums belong "
            "here; the 1/n of a loss is in dy already.",
            look="Give every example twice: dgamma and dbeta must double.",
            mend="`.sum(axis=0)` for both.",
        ),
        Mistake(
            "dgamma_and_dbeta_not_summed",
            _gate_with(dgamma=lambda dy, x_hat: dy * x_hat, dbeta=lambda dy: dy),
            "dgamma and dbeta have a row for each example. One gamma and one beta serve all of them, so the rows are "
            "added up.",
            look="A gradient has the shape of its input: dgamma and dbeta are (d,).",
            mend="`.sum(axis=0)` for both.",
        ),
        Mistake(
            "dgamma_and_dbeta_summed_over_everything",
            _gate_with(dgamma=lambda dy, x_hat: (dy * x_hat).sum(), dbeta=lambda dy: dy.sum()),
            "Without `axis=` the sums run over everything. Each unit has a gamma and a beta of its own.",
            look="A gradient has the shape of its input: dgamma and dbeta are (d,).",
            mend="`.sum(axis=0)` for both.",
        ),
        Mistake(
            "dgamma_and_dbeta_exchanged",
            _gate_with(exchanged=True),
            "dgamma and dbeta have changed places. They are returned in the order of the inputs: x, gamma, beta.",
            look="dbeta is the plain sum of dy. Where is it in what you return?",
            mend="return dx, dgamma, dbeta.",
        ),
    ],
    learn="`with batch_norm.replaced_by(...)` below trains a network of eight layers on it.",
)


# 04.4 -----------------------------------------------------------------------------------------------------


def _answer(*entries: Any) -> Callable:
    return lambda: entries


counts = Exercise(
    id="04.4",
    title="Learned, and tracked",
    kind="value",
    points=1,
    prompt=(
        "A layer `BatchNorm(512)` has 512 units. How many numbers does it learn, by gradients? And how many does it "
        "only track, as averages, to normalize by in use?"
    ),
    stub="""\
# BatchNorm(512): how many numbers are learned, by gradients, and how many are only tracked?
learned = ...  # how many numbers get a gradient
tracked = ...  # how many numbers are only tracked
""",
    answer="(learned, tracked)",
    parts=("learned", "tracked"),
    reference=(1024, 1024),
    near=0,
    explanation=(
        "Each unit has a gamma and a beta, which get gradients: 2 times 512. Each has a running mean and a running "
        "variance, which are averaged along in training and get none: 2 times 512."
    ),
    look="Take one unit alone. Which of its four numbers would opt.step() change?",
    hints=[
        "Each unit has four numbers to its name. Which would opt.step() change?",
        "gamma and beta get gradients. The running mean and the running variance are computed, never trained.",
    ],
    mistakes=[
        Mistake(
            "all_learned",
            _answer(2048, 0),
            "Deck 2 says so: four learned parameters for each unit. Mean and variance are computed from the batch, "
            "and no gradient ever changes the running ones.",
            look="In 04.2, which of the four did you assign to in training?",
            mend="Of the four, two are learned and two are tracked.",
        ),
        Mistake(
            "all_learned_and_two_of_them_tracked",
            _answer(2048, 1024),
            "The tracked ones are right, and you counted them as learned, too, as deck 2 does. No gradient ever "
            "changes them.",
            look="In 04.2, which of the four did you assign to in training?",
            mend="Learned are gamma and beta alone.",
        ),
        Mistake(
            "of_one_unit",
            _answer(2, 2),
            "2 is what one unit has. The layer has 512.",
            look="What is the shape of gamma?",
            mend="Multiply both by 512.",
        ),
        Mistake(
            "four_of_one_unit",
            _answer(4, 0),
            "That is deck 2's count, and for one unit. The layer has 512; and of the four numbers of a unit "
            "only two get gradients.",
            look="What is the shape of gamma? And which of the four would opt.step() change?",
            mend="512 times those that are learned, and 512 times those that are tracked.",
        ),
        Mistake(
            "four_learned_two_tracked_of_one_unit",
            _answer(4, 2),
            "The four of deck 2 hold the two that are tracked, which no gradient changes. And the layer has 512 units.",
            look="What is the shape of gamma? And which of the four would opt.step() change?",
            mend="512 times those that are learned, and 512 times those that are tracked.",
        ),
        Mistake(
            "nothing_tracked",
            _answer(1024, 0),
            "The learned ones are right. What does the layer normalize by in use, when one example comes alone?",
            look="Which arrays does the layer of 04.2 keep from call to call?",
            mend="The running mean and the running variance are kept, for each unit.",
        ),
        Mistake(
            "one_of_each_pair",
            _answer(512, 512),
            "That is one learned and one tracked number for each unit. There are two of either.",
            look="Name them: what multiplies, what is added, what is subtracted, what is divided by?",
            mend="gamma and beta are learned, running mean and running variance are tracked.",
        ),
        Mistake(
            "gamma_alone_learned",
            _answer(512, 1024),
            "The tracked ones are right. Beside the one that multiplies, there is one that is added.",
            look="What shifts the distribution after it is centered?",
            mend="gamma and beta, for each unit.",
        ),
        Mistake(
            "one_of_the_two_tracked",
            _answer(1024, 512),
            "The learned ones are right. Of the tracked ones you counted one for each unit.",
            look="What do you subtract in use, and what do you divide by?",
            mend="Running mean and running variance, for each unit.",
        ),
        Mistake(
            "tracked_ones_for_the_whole_layer",
            _answer(1024, 2),
            "The learned ones are right. Mean and variance are taken for each unit by itself.",
            look="What is the shape of running_mean in 04.2?",
            mend="Running mean and running variance, for each unit.",
        ),
        Mistake(
            "counter_of_batches",
            _answer(1024, 1025),
            "So it is in a state of PyTorch, which also counts the batches. Nothing is normalized by that number.",
            look="Which tracked numbers enter the output in use?",
            mend="Leave the counter out.",
        ),
        Mistake(
            "learned_counted_as_tracked",
            _answer(1024, 2048),
            "The learned ones are right. The second number is all that is stored; the learned ones are among it.",
            look="Asked for are those that are only tracked.",
            mend="Take away those that are learned.",
        ),
        Mistake(
            "four_of_either",
            _answer(2048, 2048),
            "You counted all four for either question. Each of the four is learned or tracked, and none is both.",
            look="Which of the four would opt.step() change?",
            mend="Two of the four are learned, the two others tracked.",
        ),
    ],
    learn="Tracked arrays are called *buffers*: saved with the network, never trained.",
)


# 04.5 -----------------------------------------------------------------------------------------------------

bias = Exercise(
    id="04.5",
    title="A bias before batch norm",
    kind="choice",
    points=1,
    prompt=(
        "A linear layer with a bias b stands right before a batch norm. Backpropagation goes through everything, the "
        "mean of the batch included. What is dL/db, and what follows for b? Write the letter, in quotes."
    ),
    stub="bias_answer = ...\n",
    answer="bias_answer",
    options={
        "a": "dL/db keeps its sign and size, step after step: b grows without bound.",
        "b": "dL/db is small, because it is averaged over the batch: b learns slowly.",
        "c": "dL/db is as for any bias: b is needed, to shift what the activation gets.",
        "d": "dL/db is exactly 0: b stays what it is, and can be left out.",
        "e": "dL/db is exactly 0, and so is the gradient of β: both can be left out.",
        "f": "dL/db is exactly 0 in training, but b is needed in use, where no batch takes it away.",
    },
    reference="d",
    replies={
        "a": "So it goes in deck 3's story, where the step ignores that the mean depends on b. Here the mean is in the "
        "graph. What does it send back?",
        "b": "Add 1 to b. By how much does the mean of the batch grow, and by how much does x - mean?",
        "c": "Add 1 to b. What does the activation get, after the mean is subtracted? Which number of the batch norm "
        "shifts it?",
        "e": "Right for b. But β is added after the mean is subtracted. Nothing takes it away: dβ is the sum of dy.",
        "f": "Right for training. In use the running mean is subtracted, and it was tracked with b in it.",
    },
    explanation=(
        "Adding h to b adds h to every row, and so to their mean, and the difference x - mean stays what it was. So "
        "the loss does not depend on b, and dL/db is the column sum of dx, exactly 0. β does what b would: write "
        "`Linear(..., bias=False)` before a batch norm."
    ),
    hints=[
        "Add a number to b and follow it: to the sums, to their mean, to the difference of the two.",
        "b is added to every row, so dL/db is the sum of the rows of dx. What do the columns of dx sum to?",
    ],
    learn="Before a batch norm: `bias=False`.",
)


# 04.6 -----------------------------------------------------------------------------------------------------

scale = Exercise(
    id="04.6",
    title="What is blind to the scale",
    kind="choice",
    points=1,
    prompt=(
        "A network holds BN(W u), with ε = 0, and W is replaced by aW, for a number a. Nothing else changes. Write the "
        'letter, in quotes, as in `"output": "a"`.\n\n'
        "- **output**: what happens to the output for a > 0?\n"
        "- **gradient**: and to dL/dW?\n"
        "- **direction**: how does dL/dw of one unit lie to its weights w?\n"
        "- **turn**: W is 10 times as large, the learning rate the same. How far does one small step turn w, "
        "compared with before?\n"
        "- **negative a**: what becomes of `x_hat` for a = -1?\n"
        "- **weight decay**: λ|W|² is added to the loss. What is blind to the scale then?"
    ),
    stub="""\
invariance = {
    "output": ...,
    "gradient": ...,
    "direction": ...,
    "turn": ...,
    "negative a": ...,
    "weight decay": ...,
}
""",
    answer="invariance",
    options={
        "output": {
            "a": "it is a times as large",
            "b": "it is 1/a times as large",
            "c": "it stays the same",
            "d": "it stays the same once γ has been trained anew",
        },
        "gradient": {
            "a": "it is 1/a times as large",
            "b": "it stays the same",
            "c": "it is a times as large",
            "d": "it is 1/a² times as large",
        },
        "direction": {
            "a": "along them",
            "b": "at a right angle to them",
            "c": "against them",
        },
        "turn": {
            "a": "as far as before",
            "b": "about a tenth as far",
            "c": "about ten times as far",
            "d": "about a hundredth as far",
        },
        "negative a": {
            "a": "its sign is turned",
            "b": "it stays the same",
            "c": "it is not defined, as a standard deviation can't be negative",
        },
        "weight decay": {
            "a": "the whole loss",
            "b": "nothing, not even the output",
            "c": "the loss without the penalty",
        },
    },
    reference={
        "output": "c",
        "gradient": "a",
        "direction": "b",
        "turn": "d",
        "negative a": "a",
        "weight decay": "c",
    },
    replies={
        ("output", "a"): "W u is. What happens to its mean and its standard deviation, and what is divided by what?",
        ("output", "b"): "The standard deviation is a times as large, but so is what it divides.",
        ("output", "d"): "γ multiplies x_hat, and x_hat did not change. Nothing must be trained anew.",
        ("gradient", "b"): "The loss is the same at W and at aW. But there, a step of the same length changes W by "
        "a smaller share.",
        ("gradient", "c"): "Turn it round: at a large W, a nudge of the same size is a smaller share of it.",
        ("gradient", "d"): "That is one factor too many. L(aW) = L(W): differentiate both sides with respect to W.",
        ("direction", "a"): "Along w only the length changes. Does the loss feel the length?",
        ("direction", "c"): "Against w only the length changes. Does the loss feel the length?",
        ("turn", "a"): "That would need a step 10 times as long. How large is the gradient there?",
        ("turn", "b"): "The gradient is a tenth. And this tenth of a step is taken at the end of a w that is 10 times "
        "as long.",
        ("turn", "c"): "The gradient at 10 W is smaller, not larger, and w is longer.",
        ("negative a", "b"): "The standard deviation is never negative: it divides by |a|. What is left of a?",
        ("negative a", "c"): "The standard deviation of -x is that of x. And the mean? It turns its sign.",
        ("weight decay", "a"): "λ|W|² is a² times as large at aW. Is a sum with it blind to a?",
        ("weight decay", "b"): "The penalty does not enter the network. Its output for aW is what it was.",
    },
    explanation=(
        "The standard deviation divides by |a|, so a turns at most the sign of x_hat. From L(aW) = L(W) for a > 0 "
        "follows a ∇L(aW) = ∇L(W): the gradient is 1/a times as large. Along w the loss is constant, so the gradient "
        "is at a right angle to w. With w 10 times as long and the gradient a tenth, a step turns w by a hundredth of "
        "the angle. Weight decay sees |W|, so only the loss without it is blind; it keeps w short, and steps large."
    ),
    hints=[
        "Take one unit, and put a times its sums into (1). What happens to the mean, to the standard deviation, to "
        "their difference and quotient?",
        "L(aW) = L(W) holds for every W. Differentiate both sides with respect to W, and then with respect to a.",
        "The angle of a small step is its length, across w, divided by the length of w.",
    ],
    learn="A learning rate means something only beside the length of the weights.",
)


# 04.7 -----------------------------------------------------------------------------------------------------


def evaluate(net, images):
    was_training = net.training
    net.eval()
    outputs = []
    for i in range(0, len(images), 2):
        outputs.append(net(images[i : i + 2]).data)
    if was_training:
        net.train()
    return np.concatenate(outputs)


def _in_pairs(net: Any, images: np.ndarray) -> np.ndarray:
    return np.concatenate([net(images[i : i + 2]).data for i in range(0, len(images), 2)])


def _evaluation_with(
    outputs: Callable = _in_pairs,
    *,
    before: Callable = lambda net: net.eval(),
    after: Callable = lambda net, was_training: net.train() if was_training else net.eval(),
) -> Callable:
    """The evaluation with one part exchanged."""

    def wrong(net, images):
        was_training = net.training
        before(net)
        found = outputs(net, images)
        after(net, was_training)
        return found

    return wrong


def _leave(net: Any, *_: Any) -> None:
    pass


def _restored_as_in_torch(net: Any, was_training: bool) -> None:
    net.train(was_training)


def _flag_of_the_net_alone(net: Any) -> None:
    net.training = False


def _tracked_on_these_images(net: Any, images: np.ndarray) -> np.ndarray:
    net.train()
    net(images)
    net.eval()
    return _in_pairs(net, images)


def _trained_net(rng: np.random.Generator) -> Any:
    """A small net whose running statistics have seen data."""
    net = Sequential(
        Linear(3, 4, rng=rng, dtype=np.float64),
        BatchNorm(4, momentum=0.5, dtype=np.float64),
        relu,
        Linear(4, 2, rng=rng, dtype=np.float64),
    )
    for _ in range(4):
        net(_batch(rng, 16, 3))
    return net


def _look_at_evaluation(candidate: Any, case: Case) -> dict[str, Any]:
    net, images = case.settings["net"], case.settings["images"]
    outputs = candidate(net, images)
    norm = net.layers[1]
    return {
        "the output for all images": outputs,
        "the value of `net.training` afterwards": net.training,
        "the value of `training` in the batch norm inside, afterwards": norm.training,
        "the running mean afterwards": norm.running_mean,
        "the running variance afterwards": norm.running_var,
    }


def _evaluation_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(net=_trained_net(rng), images=_batch(rng, 4, 3), note="a net in training mode, four images"),
        Case(net=_trained_net(rng), images=_batch(rng, 6, 3), note="a net in training mode, six images"),
        Case(net=_trained_net(rng).eval(), images=_batch(rng, 4, 3), note="a net that is in use already, four images"),
        Case(net=_trained_net(rng), images=_batch(rng, 5, 3), note="edge: five images, where the last one comes alone"),
    ]


_COMPANY = "Give the same image with another one beside it: its row must stay the same."


broken_run = Exercise(
    id="04.7",
    title="The broken run",
    kind="function",
    points=3,
    prompt=(
        "The network above trains well, and answers badly: the bug is in this function. The images come two at a time. "
        "Return the net's outputs, one row for each image, such that no row depends on the other image of its pair. "
        "The function is also called between two epochs, so leave the net in the mode in which you found it, training "
        "or use."
    ),
    stub='''\
def evaluate(net, images):
    """Returns the outputs (n, 10); leaves the net in the mode in which it found it."""
    outputs = []
    for i in range(0, len(images), 2):
        outputs.append(net(images[i : i + 2]).data)
    return np.concatenate(outputs)
''',
    answer="evaluate",
    reference=evaluate,
    cases=_evaluation_cases,
    observe=_look_at_evaluation,
    look=_COMPANY,
    hints=[
        "A batch of two: what does batch norm make of it in training, whatever the two images show? Look at the figure "
        "in 1.2 once more, or print x_hat.",
        "Which mode is the net in when the function is called? `net.training` says it.",
        "`net.eval()` before the loop. And afterwards? Remember `net.training` first; whoever called you may want to "
        "go on training, or not.",
        "was_training = net.training, then net.eval(), the loop, and at the end `if was_training: net.train()`.",
    ],
    mistakes=[
        Mistake(
            "still_in_training",
            _evaluation_with(before=_leave),
            "The batch norms inside still normalize by the pair that comes: x_hat is -1 and +1, whatever it shows. "
            "`no_grad()` does not change the mode, `net.training = False` does not reach the layers inside, and "
            "`net.eval` without brackets is no call.",
            look=_COMPANY,
            mend="net.eval() before the loop.",
        ),
        Mistake(
            "switched_to_training",
            _evaluation_with(before=lambda net: net.train(), after=_leave),
            "train() is the mode in which batch norm takes the statistics of the batch, here of two images.",
            look=_COMPANY,
            mend="net.eval() before the loop.",
        ),
        Mistake(
            "switched_too_late",
            _evaluation_with(before=_leave, after=lambda net, _: net.eval()),
            "You call net.eval() when the outputs are computed already.",
            look=_COMPANY,
            mend="net.eval() before the loop, and the old mode again after it.",
        ),
        Mistake(
            "all_at_once_in_training",
            _evaluation_with(lambda net, images: net(images).data, before=_leave),
            "With all images in one batch the outputs look right, and they still depend on the company: the net is in "
            "training mode, and normalizes by whatever images happen to be there.",
            look="Leave one image out: the rows of the others must stay the same.",
            mend="net.eval() before the loop. How many come at a time does not matter then.",
        ),
        Mistake(
            "one_at_a_time_in_training",
            _evaluation_with(
                lambda net, images: np.concatenate([net(images[i : i + 1]).data for i in range(len(images))]),
                before=_leave,
            ),
            "One image alone has no company. But the net is in training mode, where batch norm needs a batch: alone, "
            "x is its own mean and x_hat is 0, so the layer refuses.",
            look="What does the error say of eval()?",
            mend="net.eval() before the loop. How many come at a time does not matter then.",
        ),
        Mistake(
            "batch_axis_lost",
            _evaluation_with(lambda net, images: np.stack([net(image).data for image in images])),
            "net(image) hands over one image without a batch axis, of shape (d,). A layer wants a batch, also of one.",
            look="Print image.shape, and images[i : i + 1].shape.",
            mend="Slices keep the axis: images[i : i + 2], as it was.",
        ),
        Mistake(
            "tracked_on_these_images",
            _evaluation_with(_tracked_on_these_images),
            "You ran the images through the net in training mode first, which moved its running statistics towards "
            "them. Evaluating must not change the net.",
            look="Print running_mean of a batch norm before and after.",
            mend="net.eval() before the first call of the net.",
        ),
        Mistake(
            "left_in_use",
            _evaluation_with(after=_leave),
            "The outputs are right, and the net stays in eval mode. Whoever goes on training it does so on running "
            "statistics that no longer move.",
            look="Print net.training before and after the call.",
            mend="was_training = net.training at the beginning, `if was_training: net.train()` at the end.",
        ),
        Mistake(
            "always_back_to_training",
            _evaluation_with(after=lambda net, was_training: net.train()),
            "The outputs are right. At the end you always switch to training, also when the net was in use before.",
            look="Call net.eval(), then your function, and print net.training.",
            mend="was_training = net.training at the beginning, `if was_training: net.train()` at the end.",
        ),
        Mistake(
            "flag_of_the_net_alone",
            _evaluation_with(before=_flag_of_the_net_alone, after=_leave),
            "net.training = False is a flag of the outermost layer alone. The batch norms inside have their own, and "
            "still train.",
            look="Print net.layers[1].training.",
            mend="net.eval() reaches all of them.",
        ),
        Mistake(
            "train_with_an_argument",
            _evaluation_with(after=_restored_as_in_torch),
            "train(mode) is torch's. The course's train() takes no argument.",
            look="Read the error: which call does not fit?",
            mend="`if was_training: net.train()`.",
        ),
        Mistake(
            "first_pair_only",
            _evaluation_with(lambda net, images: net(images[:2]).data, after=_leave),
            "You returned after the first pair. Is the `return` inside the loop?",
            look="There must be as many rows as images.",
            mend="Collect all pairs and return after the loop.",
        ),
        Mistake(
            "last_pair_only",
            _evaluation_with(lambda net, images: net(images[(len(images) - 1) // 2 * 2 :]).data),
            "These are the outputs of the last pair: each turn of the loop overwrites the one before.",
            look="There must be as many rows as images.",
            mend="outputs.append(...), and np.concatenate(outputs) at the end.",
        ),
        Mistake(
            "labels_returned",
            _evaluation_with(lambda net, images: _in_pairs(net, images).argmax(axis=1)),
            "You returned which output is largest. Asked for are the outputs themselves, one row for each image.",
            look="What shape has one row of the net's output?",
            mend="Leave out the argmax.",
        ),
    ],
    learn=(
        "Nothing had warned; and the broken run has moved the running statistics of its net, too, which evaluating "
        "must not."
    ),
)


# 04.8 -----------------------------------------------------------------------------------------------------


def rms_norm(x, gamma, eps=1e-5):
    inv_rms = 1 / np.sqrt((x * x).mean(axis=1, keepdims=True) + eps)
    x_hat = x * inv_rms

    def backward(dy):
        dx_hat = dy * gamma
        dx = inv_rms * (dx_hat - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True))
        return dx, (dy * x_hat).sum(axis=0)

    return gamma * x_hat, backward


def _rows(x: np.ndarray) -> np.ndarray:
    return x.mean(axis=1, keepdims=True)


def _rms_dx(dy: Any, x_hat: Any, gamma: Any, inv_rms: Any) -> Any:
    return inv_rms * (dy * gamma - x_hat * _rows(dy * gamma * x_hat))


def _layer_norm_dx(dy: Any, x_hat: Any, gamma: Any, inv_std: Any) -> Any:
    return inv_std * (dy * gamma - _rows(dy * gamma) - x_hat * _rows(dy * gamma * x_hat))


def _batch_norm_dx(dy: Any, x_hat: Any, gamma: Any, inv_std: Any) -> Any:
    return gamma * inv_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))


def _rms_with(
    *,
    x_hat: Callable = lambda x, inv_rms: x * inv_rms,
    square: Callable = lambda x: _rows(x * x),
    inverse: Callable = lambda square, eps: 1 / np.sqrt(square + eps),
    y: Callable = lambda x_hat, gamma: gamma * x_hat,
    dx: Callable = _rms_dx,
    dgamma: Callable = lambda dy, x_hat, gamma, x: (dy * x_hat).sum(axis=0),
    eps_used: float | None = None,
) -> Callable:
    """RMS norm with one part exchanged."""

    def wrong(x, gamma, eps=1e-5):
        inv_rms = inverse(square(x), eps_used or eps)
        normed = x_hat(x, inv_rms)
        return y(normed, gamma), lambda dy: (dx(dy, normed, gamma, inv_rms), dgamma(dy, normed, gamma, x))

    return wrong


def _centered_by_rows(x: np.ndarray, inv: np.ndarray) -> np.ndarray:
    return (x - _rows(x)) * inv


def _centered_by_columns(x: np.ndarray, inv: np.ndarray) -> np.ndarray:
    return (x - x.mean(axis=0)) * inv


def _variance_of_rows(x: np.ndarray) -> np.ndarray:
    return x.var(axis=1, keepdims=True)


def _rms_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, d: int, note: str = "", **settings: float) -> Case:
        return Case(rng.standard_normal((n, d)) + 0.5, rng.uniform(0.5, 2.5, d), note=note, **settings)

    zeros = case(3, 4, "edge: a row of zeros")
    zeros.args[0][1] = 0
    return [
        Case(np.array([[1.0, 7.0], [-1.0, 1.0], [14.0, -2.0]]), np.array([1.0, 2.0])),
        case(2, 4),
        case(4, 3, eps=0.5),
        case(3, 3, "edge: as many rows as columns, where every axis fits"),
        case(1, 3, "edge: one row"),
        zeros,
    ]


_A_SHIFT_MOVES_Y = "Add 1 to a whole row of x: y must move. Does yours?"
_LENGTH = "Multiply x by 1.01: y hardly moves. So the sum of dx * x must be nearly 0 in every row."

unseen = Exercise(
    id="04.8",
    title="An operation you have not seen",
    kind="function",
    points=4,
    prompt=(
        "RMSNorm, as above, for the rows of x: x is (n, d) and gamma is (d,). Write the value y and the way back to x "
        "and gamma. Derive it on paper first; batch norm is near, and not the same."
    ),
    stub='''\
def rms_norm(x, gamma, eps=1e-5):
    """x (n, d), gamma (d,)."""
    y = ...

    def backward(dy):
        dx = ...
        dgamma = ...
        return dx, dgamma

    return y, backward
''',
    answer="rms_norm",
    reference=rms_norm,
    cases=_rms_cases,
    observe=pair("y", "dx", "dgamma"),
    look=(
        "With gamma = 1, the row (1, 7) becomes (0.2, 1.4). Multiply x by 1.01: y hardly moves, so with a small eps "
        "the sum of dx * x must be nearly 0 in every row. Give every row twice: dgamma must double."
    ),
    hints=[
        "Name the pieces and draw the graph: the root r, x_hat = x / r, y = gamma * x_hat. Then ask of each input on "
        "which paths it reaches y, and check your answer by a property: what does y do when x is multiplied by a "
        "number?",
        "Two paths lead from x to x_hat: directly, and through r. Nothing is subtracted, so there is no path through "
        "a mean.",
        "gamma differs from column to column, and the mean runs along the row: gamma can't stand in front of it. Begin "
        "with dx_hat = dy * gamma. And r needs keepdims=True, to stay a column.",
        "dx = (dx_hat - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)) / r, and dgamma as in 04.3.",
    ],
    mistakes=[
        Mistake(
            "layer_norm",
            _rms_with(
                x_hat=_centered_by_rows,
                square=_variance_of_rows,
                dx=_layer_norm_dx,
            ),
            "This is layer norm, there and back: it subtracts the mean of each row. RMSNorm subtracts nothing.",
            look=_A_SHIFT_MOVES_Y,
            mend="x_hat = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps).",
        ),
        Mistake(
            "mean_subtracted",
            _rms_with(x_hat=_centered_by_rows, square=_variance_of_rows),
            "The mean of each row is subtracted on the way forward, as in layer norm. RMSNorm subtracts nothing.",
            look=_A_SHIFT_MOVES_Y,
            mend="x_hat = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps).",
        ),
        Mistake(
            "mean_subtracted_above_the_root",
            _rms_with(x_hat=_centered_by_rows),
            "The root is right, and the mean of each row is subtracted from what it divides. RMSNorm subtracts "
            "nothing.",
            look="For the row (1, 7) the root of the mean square is 5, and x_hat is (0.2, 1.4).",
            mend="x_hat = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps).",
        ),
        Mistake(
            "mean_of_the_columns_subtracted",
            _rms_with(x_hat=_centered_by_columns),
            "The root is right, and the mean of each column is subtracted, as in batch norm. RMSNorm subtracts "
            "nothing, and rows do not see each other.",
            look="For the row (1, 7) the root of the mean square is 5, and x_hat is (0.2, 1.4).",
            mend="x_hat = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps).",
        ),
        Mistake(
            "mean_of_the_columns_subtracted_first",
            _rms_with(x_hat=_centered_by_columns, square=lambda x: _rows((x - x.mean(axis=0)) ** 2)),
            "The mean of each column is subtracted first, as in batch norm. RMSNorm subtracts nothing, and rows do not "
            "see each other.",
            look="Add 1 to all of x: y must move. Does yours?",
            mend="x_hat = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps).",
        ),
        Mistake(
            "batch_norm",
            _rms_with(x_hat=_centered_by_columns, square=lambda x: x.var(axis=0), dx=_batch_norm_dx),
            "This is batch norm, without beta: mean and variance of each column. RMSNorm treats each row by itself, "
            "and subtracts nothing.",
            look="Add 1 to all of x: y must move. Does yours?",
            mend="x_hat = x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps).",
        ),
        Mistake(
            "divided_by_the_standard_deviation",
            _rms_with(square=_variance_of_rows),
            "You divided by the standard deviation, whose squares are taken from the mean. The mean square takes those "
            "of x itself.",
            look="For the row (1, 7) the root of the mean square is 5.",
            mend="(x**2).mean(axis=1, keepdims=True).",
        ),
        Mistake(
            "squares_summed",
            _rms_with(
                square=lambda x: (x * x).sum(axis=1, keepdims=True),
                dx=lambda dy, x_hat, gamma, inv_rms: (
                    inv_rms * (dy * gamma - x_hat * (dy * gamma * x_hat).sum(axis=1, keepdims=True))
                ),
            ),
            "You divided by the length of the row, the root of the sum of squares. RMSNorm takes their mean.",
            look="For the row (1, 7) the root of the mean square is 5.",
            mend="`.mean(axis=1, keepdims=True)`.",
        ),
        Mistake(
            "root_forgotten",
            _rms_with(inverse=lambda square, eps: 1 / (square + eps)),
            "You divided by the mean square. Its root is missing.",
            look="Multiply x by 10: y must stay the same.",
            mend="np.sqrt(... + eps).",
        ),
        Mistake(
            "eps_outside_the_root",
            _rms_with(inverse=lambda square, eps: 1 / (np.sqrt(square) + eps)),
            "You added eps to the root. It is added to the mean square, before the root is taken.",
            look="Call it with eps=0.5 and compute one entry by hand.",
            mend="np.sqrt(mean_square + eps).",
        ),
        Mistake(
            "eps_missing",
            _rms_with(inverse=lambda square, eps: 1 / np.sqrt(square)),
            "eps is not in your formula. A row of zeros has the mean square 0.",
            look="What do you get for a row of zeros?",
            mend="np.sqrt(mean_square + eps).",
        ),
        Mistake(
            "eps_ignored",
            _rms_with(eps_used=1e-5),
            "You use 1e-5, whatever eps is passed in.",
            look="Call it with eps=0.5 and again with eps=1e-5: y must differ.",
            mend="np.sqrt(mean_square + eps).",
        ),
        Mistake(
            "over_the_batch",
            _rms_with(
                square=lambda x: (x * x).mean(axis=0),
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma - x_hat * (dy * gamma * x_hat).mean(axis=0)),
            ),
            "You averaged down the columns, over the batch. RMSNorm treats each row by itself.",
            look="Change row 0 of x: the other rows of y must stay the same.",
            mend="axis=1, with keepdims=True.",
        ),
        Mistake(
            "over_everything",
            _rms_with(
                square=lambda x: (x * x).mean(),
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma - x_hat * (dy * gamma * x_hat).mean()),
            ),
            "Without `axis=` the mean runs over the whole batch. RMSNorm treats each row by itself.",
            look="Change row 0 of x: the other rows of y must stay the same.",
            mend="axis=1, with keepdims=True.",
        ),
        Mistake(
            "no_column",
            _rms_with(
                square=lambda x: (x * x).mean(axis=1),
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma - x_hat * (dy * gamma * x_hat).mean(axis=1)),
            ),
            "The root has one number for each row, and NumPy lays n numbers along the columns. They must stand as a "
            "column.",
            look="Print the shapes of x and of the root.",
            mend="keepdims=True, or [:, None].",
        ),
        Mistake(
            "gamma_forgotten",
            _rms_with(
                y=lambda x_hat, gamma: x_hat,
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy - x_hat * _rows(dy * x_hat)),
            ),
            "This is x_hat. It still is multiplied by gamma.",
            look="Double gamma: y must double.",
            mend="y = gamma * x_hat.",
        ),
        Mistake(
            "gamma_in_front",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: gamma * inv_rms * (dy - x_hat * _rows(dy * x_hat)),
            ),
            "gamma stands in front of everything, as in batch norm. There the mean runs down a column, with one gamma. "
            "Here it runs along a row, where each entry has its own.",
            look=_LENGTH,
            mend="Begin with dx_hat = dy * gamma, and use dx_hat for dy in the brackets.",
        ),
        Mistake(
            "gamma_forgotten_in_dx",
            _rms_with(dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy - x_hat * _rows(dy * x_hat))),
            "gamma is not in your dx. It stands between x_hat and y.",
            look="With gamma = 0, y does not depend on x. Is your dx 0?",
            mend="Begin with dx_hat = dy * gamma.",
        ),
        Mistake(
            "direct_path_alone",
            _rms_with(dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * dy * gamma),
            "You went back along the direct path alone, as if the root were a constant. Every x of the row is in it.",
            look=_LENGTH,
            mend="Take x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True) away, with dx_hat = dy * gamma.",
        ),
        Mistake(
            "path_through_a_mean",
            _rms_with(dx=_layer_norm_dx),
            "Your dx takes the mean of dx_hat away, the path through the mean. The way forward subtracts no mean.",
            look="Add 1 to a whole row: here y does move, so dx need not sum to 0.",
            mend="inv_rms * (dx_hat - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)).",
        ),
        Mistake(
            "sum_on_the_path_through_the_root",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: (
                    inv_rms * (dy * gamma - x_hat * (dy * gamma * x_hat).sum(axis=1, keepdims=True))
                )
            ),
            "On the path through the root there is a sum where a mean belongs: the mean square averages over d.",
            look=_LENGTH,
            mend="(dx_hat * x_hat).mean(axis=1, keepdims=True).",
        ),
        Mistake(
            "path_through_the_root_added",
            _rms_with(dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma + x_hat * _rows(dy * gamma * x_hat))),
            "The sign of the path through the root is turned: a larger root makes x_hat smaller.",
            look=_LENGTH,
            mend="dx_hat - x_hat * (...).",
        ),
        Mistake(
            "half_of_the_path_through_the_root",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma - x_hat * _rows(dy * gamma * x_hat) / 2)
            ),
            "The path through the root counts half. The square has the slope 2 x, and its 2 cancels the 1/2 of "
            "the root.",
            look=_LENGTH,
            mend="x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True), without a factor.",
        ),
        Mistake(
            "twice_the_path_through_the_root",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma - 2 * x_hat * _rows(dy * gamma * x_hat))
            ),
            "The path through the root counts twice. The root has the slope 1/(2 root), and its 1/2 cancels the 2 of "
            "the square.",
            look=_LENGTH,
            mend="x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True), without a factor.",
        ),
        Mistake(
            "y_in_place_of_x_hat",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: (
                    inv_rms * (dy * gamma - gamma * x_hat * _rows(dy * gamma * gamma * x_hat))
                )
            ),
            "On the path through the root you multiplied by y, in which gamma is already. It is x_hat that belongs "
            "there, twice.",
            look=_LENGTH,
            mend="x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True).",
        ),
        Mistake(
            "x_in_place_of_x_hat",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: (
                    inv_rms * (dy * gamma - x_hat / inv_rms * _rows(dy * gamma * x_hat / inv_rms))
                )
            ),
            "On the path through the root you multiplied by x. With inv_rms in front, it is x_hat that belongs there, "
            "twice.",
            look="Multiply x by 10: y stays the same, so dx must become a tenth.",
            mend="x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True).",
        ),
        Mistake(
            "mean_over_the_batch_in_dx",
            _rms_with(
                dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * (dy * gamma - x_hat * (dy * gamma * x_hat).mean(axis=0))
            ),
            "The mean in dx runs over the batch, as in batch norm. Rows do not see each other here.",
            look="Change row 0 of dy: only row 0 of dx may change.",
            mend=".mean(axis=1, keepdims=True).",
        ),
        Mistake(
            "inv_rms_forgotten_in_dx",
            _rms_with(dx=lambda dy, x_hat, gamma, inv_rms: dy * gamma - x_hat * _rows(dy * gamma * x_hat)),
            "The factor 1/r is missing in your dx: the way forward divides by r.",
            look="Multiply x by 10: y stays the same, so dx must become a tenth.",
            mend="Divide all of it by r.",
        ),
        Mistake(
            "divided_by_the_mean_square_in_dx",
            _rms_with(dx=lambda dy, x_hat, gamma, inv_rms: inv_rms * _rms_dx(dy, x_hat, gamma, inv_rms)),
            "You divided by the mean square, or by r twice. On the way back r comes in once.",
            look="Multiply x by 10: y stays the same, so dx must become a tenth.",
            mend="Divide by r once.",
        ),
        Mistake(
            "x_hat_missing_in_dgamma",
            _rms_with(dgamma=lambda dy, x_hat, gamma, x: dy.sum(axis=0)),
            "Your dgamma is the sum of dy. gamma multiplies x_hat, so its slope is x_hat.",
            look="An entry with x_hat = 0 does not feel gamma.",
            mend="dgamma = (dy * x_hat).sum(axis=0).",
        ),
        Mistake(
            "x_in_dgamma",
            _rms_with(dgamma=lambda dy, x_hat, gamma, x: (dy * x).sum(axis=0)),
            "In dgamma you multiplied by x. What gamma multiplies is x_hat.",
            look="Multiply x by 10: y stays the same, and dgamma must stay, too.",
            mend="dgamma = (dy * x_hat).sum(axis=0).",
        ),
        Mistake(
            "gamma_in_dgamma",
            _rms_with(dgamma=lambda dy, x_hat, gamma, x: (dy * gamma * x_hat).sum(axis=0)),
            "gamma is in your dgamma. In gamma * x_hat each factor gets the other one.",
            look="With gamma = 0, y still moves when gamma does. Is your dgamma 0?",
            mend="dgamma = (dy * x_hat).sum(axis=0).",
        ),
        Mistake(
            "dgamma_averaged",
            _rms_with(dgamma=lambda dy, x_hat, gamma, x: (dy * x_hat).mean(axis=0)),
            "You averaged dgamma over the rows. gamma moves all n outputs of its column, so the sum belongs here.",
            look="Give every row twice: dgamma must double.",
            mend="`.sum(axis=0)`.",
        ),
        Mistake(
            "dgamma_not_summed",
            _rms_with(dgamma=lambda dy, x_hat, gamma, x: dy * x_hat),
            "dgamma has a row for each example. One gamma serves all of them, so the rows are added up.",
            look="A gradient has the shape of its input: dgamma is (d,).",
            mend="`.sum(axis=0)`.",
        ),
        Mistake(
            "dgamma_summed_along_the_rows",
            _rms_with(dgamma=lambda dy, x_hat, gamma, x: (dy * x_hat).sum(axis=1)),
            "You summed dgamma along the rows. gamma has one number for each column.",
            look="A gradient has the shape of its input: dgamma is (d,).",
            mend="`.sum(axis=0)`.",
        ),
    ],
    learn="One path less than layer norm: cheaper, and about as good in the paper's experiments.",
)


EXERCISES = [forward, layer, gate, counts, bias, scale, broken_run, unseen]
