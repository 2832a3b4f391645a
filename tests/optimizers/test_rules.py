"""Optimizers: the step, the memory, the schedule, and a learner's rule in their place."""

import copy
import pickle

import numpy as np
import pytest

from dlcourse.activations import tanh
from dlcourse.autodiff import Tensor
from dlcourse.layers import Linear, Parameter, Sequential
from dlcourse.optimizers import SGD, Optimizer, rules
from tests.conftest import require
from tests.record_fixtures import STEPS, load, schedule, sgd_of_torch, sgd_problem


class Momentum(Optimizer):
    """Heavy ball, for tests of the memory: v = mu v - rate g."""

    def __init__(self, parameters, learning_rate=0.1, *, momentum=0.9):
        super().__init__(parameters, learning_rate)
        self.momentum = momentum

    def update(self, g, memory, *, w, t, learning_rate):
        memory["v"] = self.momentum * memory.get("v", 0 * g) - learning_rate * g
        return memory["v"]


class Counting(Optimizer):
    """Notes every call; remembers an array and a plain number."""

    def __init__(self, parameters, learning_rate=1.0):
        super().__init__(parameters, learning_rate)
        self.calls = []

    def update(self, g, memory, *, w, t, learning_rate):
        memory["sum"] = memory.get("sum", 0 * g) + g
        memory["product"] = memory.get("product", 1.0) * 0.5
        self.calls.append({"g": g.copy(), "w": w.copy(), "t": t, "rate": learning_rate, "memory": dict(memory)})
        return -learning_rate * memory["sum"]


def parameters(*shapes, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [Parameter(rng.standard_normal(shape).astype(dtype)) for shape in shapes]


def give_gradients(ps, value=1.0):
    for p in ps:
        p.grad = np.full(p.shape, value, p.dtype)


# SGD ------------------------------------------------------------------------------------------------------


def sgd_of_ours():
    X, target, *weights = sgd_problem()
    W, b = ps = [Parameter(w) for w in weights]
    optimizer = SGD(ps, learning_rate=schedule)
    path = []
    for _ in range(STEPS):
        ((tanh(X @ W + b) - target) ** 2).mean().backward()
        optimizer.step()
        path.append([W.data.copy(), b.data.copy()])
    return path


def assert_same_path(theirs):
    ours = sgd_of_ours()
    assert len(ours) == len(theirs) == STEPS
    for mine, other in zip(ours, theirs, strict=True):
        for w, recorded in zip(mine, other, strict=True):
            np.testing.assert_allclose(w, recorded, rtol=0, atol=1e-12)


def test_sixty_steps_of_sgd_are_those_of_pytorch_as_recorded():
    assert_same_path(load("sgd")["path"])


def test_sixty_steps_of_sgd_are_those_of_the_installed_pytorch():
    assert_same_path(sgd_of_torch(require("torch")))


def test_the_step_is_minus_the_rate_times_the_gradient():
    (w,) = parameters((2, 3))
    before = w.data.copy()
    w.grad = np.arange(6.0).reshape(2, 3)
    SGD([w], learning_rate=0.5).step()
    np.testing.assert_array_equal(w.data, before - 0.5 * np.arange(6.0).reshape(2, 3))


def test_all_gradients_are_computed_before_any_weight_moves():
    rng = np.random.default_rng(0)
    model = Sequential(Linear(3, 4, rng=rng, dtype=np.float64), tanh, Linear(4, 1, rng=rng, dtype=np.float64))
    x = rng.standard_normal((5, 3))
    twin = copy.deepcopy(model)
    (model(x) ** 2).mean().backward()
    expected = [p.data - 0.1 * p.grad for p in model.parameters()]
    optimizer = SGD(twin.parameters(), learning_rate=0.1)
    (twin(x) ** 2).mean().backward()
    optimizer.step()
    for p, w in zip(twin.parameters(), expected, strict=True):
        np.testing.assert_allclose(p.data, w, rtol=0, atol=1e-16)


# What every optimizer does --------------------------------------------------------------------------------


def test_gradients_are_cleared_after_a_step():
    ps = parameters((2,), (3, 1), ())
    give_gradients(ps)
    SGD(ps).step()
    assert [p.grad for p in ps] == [None, None, None]


def test_a_parameter_without_a_gradient_is_not_moved():
    moved, left = parameters((2,), (2,))
    before = left.data.copy()
    give_gradients([moved])
    SGD([moved, left]).step()
    np.testing.assert_array_equal(left.data, before)
    assert left.grad is None


def test_a_step_without_any_gradient_does_nothing():
    (w,) = parameters((2,))
    optimizer = Counting([w])
    optimizer.step()
    assert optimizer.calls == []


def test_the_arrays_of_the_parameters_stay_the_same_arrays():
    ps = parameters((2, 3), (), (4,))
    arrays, views = [p.data for p in ps], [p.data[...] for p in ps]
    optimizer = SGD(ps)
    give_gradients(ps)
    optimizer.step()
    for p, array, view in zip(ps, arrays, views, strict=True):
        assert p.data is array
        np.testing.assert_array_equal(view, array)


def test_a_state_loaded_after_the_optimizer_was_built_is_what_it_goes_on_from():
    model, other = Linear(2, 1, rng=np.random.default_rng(0)), Linear(2, 1, rng=np.random.default_rng(1))
    optimizer = SGD(model.parameters(), learning_rate=0.5)
    give_gradients(model.parameters())
    optimizer.step()
    model.load_state(other.state())
    give_gradients(model.parameters())
    optimizer.step()
    np.testing.assert_allclose(model.W.data, other.W.data - 0.5, rtol=1e-6)


def test_a_rule_sees_all_parameters_end_to_end_in_one_call():
    ps = parameters((2, 3), (), (4,))
    optimizer = Counting(ps)
    for k, p in enumerate(ps):
        p.grad = np.full(p.shape, float(k))
    laid = np.concatenate([p.data.ravel() for p in ps])
    optimizer.step()
    (call,) = optimizer.calls
    np.testing.assert_array_equal(call["g"], [0.0] * 6 + [1.0] + [2.0] * 4)
    np.testing.assert_array_equal(call["w"], laid)


def test_a_large_parameter_is_given_to_the_rule_alone_and_moves_as_beside_others(monkeypatch):
    gradients = [np.full((2, 3), 1.0), np.full((), 2.0), np.full((4,), 3.0), np.full((1, 6), 4.0)]
    paths = []
    for large in (100, 6):
        monkeypatch.setattr(rules, "LARGE", large)
        ps = parameters(*(g.shape for g in gradients))
        optimizer = Counting(ps)
        for _ in range(3):
            for p, g in zip(ps, gradients, strict=True):
                p.grad = g.copy()
            optimizer.step()
        paths.append([p.data for p in ps])
        assert [call["g"].size for call in optimizer.calls] == [17] * 3 if large == 100 else [6, 5, 6] * 3
    for together, apart in zip(*paths, strict=True):
        np.testing.assert_array_equal(together, apart)


@pytest.mark.parametrize("large", [1, 100], ids=["alone", "end to end"])
def test_a_rule_only_reads_the_weights(monkeypatch, large):
    def in_place(g, memory, *, w, t, learning_rate):
        w -= learning_rate * g
        return 0 * g

    monkeypatch.setattr(rules, "LARGE", large)
    ps = parameters((2,), (3,))
    before = [p.data.copy() for p in ps]
    give_gradients(ps)
    with SGD.replaced_by(in_place), pytest.raises(ValueError, match="read-only"):
        SGD(ps).step()
    for p, w in zip(ps, before, strict=True):
        np.testing.assert_array_equal(p.data, w)


@pytest.mark.parametrize("large", [1, 100], ids=["alone", "end to end"])
def test_weights_that_a_rule_remembers_stay_as_they_were(monkeypatch, large):
    def back_to_the_last(g, memory, *, w, t, learning_rate):
        step = memory["last"] - w if t > 1 else -g
        memory["last"] = w
        memory["every other"] = w[::2]
        return step

    monkeypatch.setattr(rules, "LARGE", large)
    ps = parameters((2,), (2, 3))
    before = [p.data.copy() for p in ps]
    optimizer = SGD(ps)
    with SGD.replaced_by(back_to_the_last):
        for _ in range(2):
            give_gradients(ps)
            optimizer.step()
    for p, w in zip(ps, before, strict=True):
        np.testing.assert_allclose(p.data, w, rtol=0, atol=1e-15)


def test_float32_and_float64_parameters_keep_their_type():
    (a,), (b,) = parameters((2,), dtype=np.float32), parameters((3,))
    optimizer = Counting([a, b])
    give_gradients([a, b])
    optimizer.step()
    assert (a.dtype, b.dtype) == (np.float32, np.float64)
    assert [call["g"].dtype for call in optimizer.calls] == [np.float32, np.float64]


def test_a_parameter_given_twice_moves_once():
    (w,) = parameters((2,))
    before = w.data.copy()
    give_gradients([w])
    SGD([w, w], learning_rate=1.0).step()
    np.testing.assert_array_equal(w.data, before - 1)


def test_parameters_may_come_from_a_generator():
    ps = parameters((2,), (2,))
    assert SGD(p for p in ps).parameters == ps


def test_a_parameter_that_is_not_contiguous_is_moved_as_well():
    base = np.zeros((4, 6))
    w = Tensor(base[::2, ::3].T)
    w.grad = np.ones(w.shape)
    SGD([w], learning_rate=1.0).step()
    np.testing.assert_array_equal(w.data, -np.ones((2, 2)))
    assert base.sum() == -4


# Schedules ------------------------------------------------------------------------------------------------


def test_a_schedule_is_called_with_the_number_of_steps_already_taken():
    (w,) = parameters((2,))
    asked = []

    def rate(t):
        asked.append(t)
        return 0.1 * (t + 1)

    optimizer = Counting([w], learning_rate=rate)
    for _ in range(4):
        give_gradients([w])
        optimizer.step()
    assert asked == [0, 1, 2, 3]
    assert [call["t"] for call in optimizer.calls] == [1, 2, 3, 4]
    np.testing.assert_allclose([call["rate"] for call in optimizer.calls], [0.1, 0.2, 0.3, 0.4])


def test_a_schedule_that_returns_a_numpy_number_keeps_float32():
    (w,) = parameters((2,), dtype=np.float32)
    optimizer = Momentum([w], learning_rate=lambda t: np.float64(0.1))
    for _ in range(2):
        give_gradients([w])
        optimizer.step()
    assert w.dtype == np.float32


def test_the_rate_can_be_changed_between_steps():
    (w,) = parameters((2,))
    optimizer = SGD([w], learning_rate=1.0)
    optimizer.learning_rate = 0.25
    before = w.data.copy()
    give_gradients([w])
    optimizer.step()
    np.testing.assert_array_equal(w.data, before - 0.25)


# Memory ---------------------------------------------------------------------------------------------------


def alone(rule, p, gradients):
    """Move a copy of `p` by an optimizer of its own; None skips the step."""
    p = Parameter(p.data)
    optimizer = rule([p])
    for g in gradients:
        if g is not None:
            p.grad = np.full(p.shape, g)
            optimizer.step()
    return p.data


@pytest.mark.parametrize("rule", [Momentum, Counting])
@pytest.mark.parametrize("seed", range(5))
def test_memory_survives_when_parameters_skip_steps(rule, seed):
    rng = np.random.default_rng(seed)
    ps = parameters((2, 2), (3,), (), (1, 4))
    gradients = [[None if rng.random() < 0.4 else float(rng.standard_normal()) for _ in range(12)] for _ in ps]
    expected = [alone(rule, p, gs) for p, gs in zip(ps, gradients, strict=True)]
    optimizer = rule(ps)
    for step in zip(*gradients, strict=True):
        for p, g in zip(ps, step, strict=True):
            p.grad = None if g is None else np.full(p.shape, g)
        optimizer.step()
    for p, w in zip(ps, expected, strict=True):
        np.testing.assert_allclose(p.data, w, rtol=1e-13, atol=1e-15)


def test_memory_of_parameters_that_part_and_meet_again_is_their_own():
    a, b = parameters((2,), (3,))
    optimizer = Counting([a, b])
    give_gradients([a, b], 1.0)
    optimizer.step()
    give_gradients([a], 10.0)
    optimizer.step()
    give_gradients([b], 100.0)
    optimizer.step()
    give_gradients([a, b], 0.0)
    optimizer.step()
    last = optimizer.calls[-1]
    assert last["t"] == 3
    np.testing.assert_array_equal(last["memory"]["sum"], [11.0, 11.0, 101.0, 101.0, 101.0])
    assert last["memory"]["product"] == 0.5**3


def test_the_step_number_is_that_of_the_parameter_not_of_the_optimizer():
    a, b = parameters((1,), (1,))
    optimizer = Counting([a, b])
    give_gradients([a])
    optimizer.step()
    give_gradients([a, b])
    optimizer.step()
    assert sorted(call["t"] for call in optimizer.calls) == [1, 1, 2]


def test_two_optimizers_of_one_parameter_do_not_share_their_memory():
    (w,) = parameters((2,))
    one, other = Counting([w]), Counting([w])
    for optimizer in (one, one, other):
        give_gradients([w])
        optimizer.step()
    assert [call["t"] for call in one.calls + other.calls] == [1, 2, 1]
    assert other.calls[0]["memory"]["product"] == 0.5


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_an_optimizer_copied_with_its_model_goes_on_alone(copied):
    model = Linear(2, 1, rng=np.random.default_rng(0), dtype=np.float64)
    optimizer = Momentum(model.parameters())
    give_gradients(model.parameters())
    optimizer.step()
    twin_model, twin = copied((model, optimizer))
    kept = model.W.data.copy()
    give_gradients(twin_model.parameters())
    twin.step()
    np.testing.assert_array_equal(model.W.data, kept)
    give_gradients(model.parameters())
    optimizer.step()
    np.testing.assert_array_equal(twin_model.W.data, model.W.data)


# A learner's rule -----------------------------------------------------------------------------------------


def uphill(g, memory, *, w, t, learning_rate):
    return learning_rate * g


def test_an_existing_optimizer_obeys_a_replacement_inside_the_block():
    (w,) = parameters((2,))
    optimizer = SGD([w], learning_rate=1.0)
    before = w.data.copy()
    with SGD.replaced_by(uphill):
        give_gradients([w])
        optimizer.step()
        np.testing.assert_array_equal(w.data, before + 1)
    give_gradients([w])
    optimizer.step()
    np.testing.assert_allclose(w.data, before, rtol=1e-15)


def test_a_replacement_gets_those_of_the_settings_that_it_names():
    (w,) = parameters((2,))
    optimizer = Momentum([w], momentum=0.75)
    got = {}

    def mine(g, memory, *, w, t, learning_rate, momentum):
        got.update(t=t, learning_rate=learning_rate, momentum=momentum, memory=dict(memory), shape=w.shape)
        return 0 * g

    with Momentum.replaced_by(mine):
        give_gradients([w])
        optimizer.step()
    assert got == {"t": 1, "learning_rate": 0.1, "momentum": 0.75, "memory": {}, "shape": (2,)}


def test_a_replacement_has_the_memory_of_the_optimizer():
    (w,) = parameters((2,))
    optimizer = Momentum([w])

    def mine(g, memory, *, w, t, learning_rate, momentum):
        memory["v"] = momentum * memory.get("v", 0 * g) - learning_rate * g
        return memory["v"]

    expected = alone(Momentum, w, [1.0, 2.0, 3.0])
    for k, g in enumerate([1.0, 2.0, 3.0]):
        give_gradients([w], g)
        if k == 1:
            with Momentum.replaced_by(mine):
                optimizer.step()
        else:
            optimizer.step()
    np.testing.assert_array_equal(w.data, expected)


def test_a_replacement_of_one_class_leaves_the_others_alone():
    a, b = parameters((1,), (1,))
    before = b.data.copy()
    with SGD.replaced_by(uphill):
        give_gradients([a, b])
        Momentum([b], learning_rate=1.0).step()
    np.testing.assert_array_equal(b.data, before - 1)


def test_replacements_nest_and_the_original_comes_back_after_an_error():
    (w,) = parameters((1,))
    optimizer, start = SGD([w], learning_rate=1.0), w.data.copy()

    def step():
        w.data[...] = start
        give_gradients([w])
        optimizer.step()
        return float(w.data[0] - start[0])

    stay = lambda g, memory, *, w, t, learning_rate: 0 * g
    with SGD.replaced_by(uphill):
        with SGD.replaced_by(stay):
            assert step() == 0
        assert step() == pytest.approx(1)
    assert step() == pytest.approx(-1)
    with pytest.raises(ZeroDivisionError), SGD.replaced_by(uphill):
        raise ZeroDivisionError
    assert step() == pytest.approx(-1)


def test_a_replacement_of_the_base_class_reaches_all_also_after_one_was_replaced_on_its_own():
    (w,) = parameters((1,))
    start = w.data.copy()
    with SGD.replaced_by(uphill):
        pass
    with Optimizer.replaced_by(uphill):
        give_gradients([w])
        SGD([w], learning_rate=1.0).step()
    np.testing.assert_array_equal(w.data, start + 1)


# Errors ---------------------------------------------------------------------------------------------------


def test_an_optimizer_without_parameters_is_an_error():
    with pytest.raises(ValueError, match=r"SGD: expected parameters, got none; pass model\.parameters\(\)"):
        SGD([])


@pytest.mark.parametrize(
    "wrong",
    [
        Linear(2, 1, rng=np.random.default_rng(0)),
        Parameter([1.0, 2.0]),
        Linear(2, 1, rng=np.random.default_rng(0)).named_parameters(),
        [np.ones(2)],
    ],
    ids=["a model", "one parameter", "names", "arrays"],
)
def test_what_is_no_list_of_parameters_is_an_error_that_says_what_to_pass(wrong):
    with pytest.raises(TypeError, match=r"SGD: expected Parameters; pass model\.parameters\(\)"):
        SGD(wrong)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            lambda g, memory, *, w, t, learning_rate: None,
            r"SGD: update returned NoneType of shape \(\), expected the step to add to w, of the shape \(5,\)",
        ),
        (lambda g, memory, *, w, t, learning_rate: g[:2], r"SGD: update returned ndarray of shape \(2,\), expected"),
        (lambda g, memory, *, w, t, learning_rate: 0.1, r"SGD: update returned float of shape \(\), expected"),
    ],
    ids=["nothing", "too short", "one number"],
)
def test_a_rule_that_returns_no_step_is_an_error_and_nothing_moves(rule, message):
    ps = parameters((2,), (3,))
    before = [p.data.copy() for p in ps]
    give_gradients(ps)
    with SGD.replaced_by(rule), pytest.raises(ValueError, match=message):
        SGD(ps).step()
    for p, w in zip(ps, before, strict=True):
        np.testing.assert_array_equal(p.data, w)


def test_a_replacement_that_is_no_function_is_an_error():
    with pytest.raises(TypeError, match=r"SGD\.replaced_by: expected a function, got float"), SGD.replaced_by(0.1):
        pass


def test_an_optimizer_without_a_rule_says_so():
    class Lazy(Optimizer):
        pass

    (w,) = parameters((2,))
    give_gradients([w])
    with pytest.raises(NotImplementedError, match="Lazy defines no update"):
        Lazy([w], 0.1).step()
