"""The worked numbers of the decks, three ways: by hand in NumPy, by the engine, by PyTorch.

An example is a program in small steps. ``m`` gives it the functions (ours or PyTorch's), and
``m.watch(name, value)`` notes a step, so that the gradient that arrives there can be looked at, too.
The last step watched is the loss.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, exp, log


@dataclass(frozen=True)
class Example:
    """A worked example.

    Attributes
    ----------
    inputs : dict
        Name and numbers of each leaf.
    program : callable
        ``program(m, **leaves)``
    by_hand : callable
        ``by_hand(**inputs) -> steps, gradients``: two dicts, with formulas that were derived on paper.
    printed : dict
        What the table of worked numbers says, rounded to 12 decimals at most; ``d`` and a name for a gradient.
    """

    inputs: dict
    program: Callable
    by_hand: Callable
    printed: dict


class Ours:
    """The functions of the package. A step is watched through a leaf of zeros that is added to it."""

    exp, log, sigmoid = staticmethod(exp), staticmethod(log), staticmethod(sigmoid)

    def __init__(self):
        self.steps, self.probes = {}, {}

    def leaf(self, numbers):
        return Tensor(np.array(numbers, dtype=np.float64))

    def watch(self, name, value):
        self.probes[name] = Tensor(np.zeros(value.shape))
        self.steps[name] = value + self.probes[name]
        return self.steps[name]

    def answers(self):
        steps = {name: value.data for name, value in self.steps.items()}
        return steps, {name: probe.grad for name, probe in self.probes.items()}


class Torch:
    """The same in PyTorch."""

    def __init__(self, torch):
        self.torch, self.steps = torch, {}
        self.exp, self.log, self.sigmoid = torch.exp, torch.log, torch.sigmoid

    def leaf(self, numbers):
        return self.torch.tensor(numbers, dtype=self.torch.float64, requires_grad=True)

    def watch(self, name, value):
        value.retain_grad()
        self.steps[name] = value
        return value

    def answers(self):
        steps = {name: value.detach().numpy() for name, value in self.steps.items()}
        return steps, {name: value.grad.numpy() for name, value in self.steps.items()}


def run(m, name):
    """Run an example with the functions `m`: steps and gradients by name, gradients of the inputs included."""
    example = EXAMPLES[name]
    leaves = {key: m.leaf(numbers) for key, numbers in example.inputs.items()}
    example.program(m, **leaves)
    *_, loss = m.steps.values()
    loss.backward()
    steps, gradients = m.answers()
    return steps, gradients | {key: np.asarray(leaf.grad) for key, leaf in leaves.items()}


def answer_of_torch(torch, name):
    """Return what PyTorch says, as lists."""
    steps, gradients = run(Torch(torch), name)
    return [{key: array.tolist() for key, array in answers.items()} for answers in (steps, gradients)]


def logistic_neuron(m, w, x):
    z = m.watch("z", (w * x).sum())
    minus_z = m.watch("minus_z", -z)
    e = m.watch("e", m.exp(minus_z))
    d = m.watch("d", 1.0 + e)
    p = m.watch("p", 1.0 / d)
    m.watch("L", -m.log(p))


def logistic_neuron_by_hand(w, x):
    w, x = np.array(w), np.array(x)
    z = w @ x
    e = np.exp(-z)
    p = 1 / (1 + e)
    dd = -(-1 / p) * p**2
    dz = p - 1
    steps = {"z": z, "minus_z": -z, "e": e, "d": 1 + e, "p": p, "L": -np.log(p)}
    gradients = {"z": dz, "minus_z": -dz, "e": dd, "d": dd, "p": -1 / p, "L": 1.0, "w": dz * x, "x": dz * w}
    return steps, gradients


def sum_times_z(m, x, y, z):
    q = m.watch("q", x + y)
    m.watch("f", q * z)


def sum_times_z_by_hand(x, y, z):
    return {"q": x + y, "f": (x + y) * z}, {"q": z, "f": 1.0, "x": z, "y": z, "z": x + y}


def three_terms(m, x, y):
    a = m.watch("a", x * x)
    b = m.watch("b", x * y)
    s = m.watch("s", x + y)
    c = m.watch("c", s * s)
    m.watch("f", a + b + c)


def three_terms_by_hand(x, y):
    steps = {"a": x * x, "b": x * y, "s": x + y, "c": (x + y) ** 2, "f": 2 * x * x + 3 * x * y + y * y}
    gradients = {"a": 1.0, "b": 1.0, "s": 2 * (x + y), "c": 1.0, "f": 1.0, "x": 4 * x + 3 * y, "y": 3 * x + 2 * y}
    return steps, gradients


def two_layers(m, x, W1, W2):
    I1 = m.watch("I1", W1 @ x)
    h = m.watch("h", m.sigmoid(I1))
    I2 = m.watch("I2", W2 @ h)
    p = m.watch("p", m.sigmoid(I2))
    m.watch("L", -m.log(p))


def two_layers_by_hand(x, W1, W2):
    x, W1, W2 = np.array(x), np.array(W1), np.array(W2)
    I1 = W1 @ x
    h = 1 / (1 + np.exp(-I1))
    I2 = W2 @ h
    p = 1 / (1 + np.exp(-I2))
    dI2 = p - 1
    dh = dI2 * W2
    dI1 = dh * h * (1 - h)
    steps = {"I1": I1, "h": h, "I2": I2, "p": p, "L": -np.log(p)}
    gradients = {"I1": dI1, "h": dh, "I2": dI2, "p": -1 / p, "L": 1.0}
    return steps, gradients | {"x": W1.T @ dI1, "W1": np.outer(dI1, x), "W2": dI2 * h}


def primitive_steps(m, w, x, b, t):
    t1 = m.watch("t1", w * x)
    z = m.watch("z", t1 + b)
    t3 = m.watch("t3", -z)
    t4 = m.watch("t4", m.exp(t3))
    t5 = m.watch("t5", 1.0 + t4)
    y = m.watch("y", 1.0 / t5)
    t6 = m.watch("t6", y - t)
    t7 = m.watch("t7", t6 * t6)
    m.watch("L", t7 / 2.0)


def primitive_steps_by_hand(w, x, b, t):
    z = w * x + b
    y = 1 / (1 + math.exp(-z))
    dz = (y - t) * y * (1 - y)
    steps = {"t1": w * x, "z": z, "t3": -z, "t4": math.exp(-z), "t5": 1 / y, "y": y}
    steps |= {"t6": y - t, "t7": (y - t) ** 2, "L": (y - t) ** 2 / 2}
    gradients = {"t1": dz, "z": dz, "t3": -dz, "t4": -(y - t) * y**2, "t5": -(y - t) * y**2, "y": y - t}
    gradients |= {"t6": y - t, "t7": 0.5, "L": 1.0, "w": dz * x, "x": dz * w, "b": dz, "t": t - y}
    return steps, gradients


W1_431 = [[1.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.5, -1.0], [-1.0, -1.0, 0.0, 0.5]]
W2_431 = [-1.0, 1.0, -1.0]

EXAMPLES = {
    "S5-21 logistic neuron": Example(
        {"w": [-3.0, 2.0, -3.0], "x": [1.0, -1.0, -2.0]},
        logistic_neuron,
        logistic_neuron_by_hand,
        {"z": 1, "e": 0.367879441171, "d": 1.367879441171, "p": 0.731058578630, "L": 0.313261687518}
        | {"dp": -1.367879441171, "dd": 0.731058578630, "dminus_z": 0.268941421370, "dz": -0.268941421370}
        | {"dw": [-0.268941421370, 0.268941421370, 0.537882842740]}
        | {"dx": [0.806824264110, -0.537882842740, 0.806824264110]},
    ),
    "S5-19 (x + y) z": Example(
        {"x": -2.0, "y": 5.0, "z": -4.0},
        sum_times_z,
        sum_times_z_by_hand,
        {"q": 3, "f": -12, "dx": -4, "dy": -4, "dz": 3, "dq": -4},
    ),
    "S3-09 at (2, 1)": Example(
        {"x": 2.0, "y": 1.0},
        three_terms,
        three_terms_by_hand,
        {"a": 4, "b": 2, "s": 3, "c": 9, "f": 15, "dx": 11, "dy": 8},
    ),
    "S3-09 at (1, 2)": Example({"x": 1.0, "y": 2.0}, three_terms, three_terms_by_hand, {"f": 12, "dx": 10, "dy": 7}),
    "S5-29 reconstruction 2-2-1": Example(
        {"x": [1.0, 2.0], "W1": [[1.5, 1.5], [1.0, 0.5]], "W2": [3.0, -3.5]},
        two_layers,
        two_layers_by_hand,
        {"I1": [4.5, 2], "h": [0.989013057369, 0.880797077978], "I2": -0.1157506008, "p": 0.4710946159388}
        | {"L": 0.7526963220, "dp": -2.1227158328, "dI2": -0.5289053841, "dW2": [-0.5230943309, -0.4658583168]}
        | {"dI1": [-0.0172416222, 0.1943608541]}
        | {"dW1": [[-0.0172416222, -0.0344832444], [0.1943608541, 0.3887217083]]},
    ),
    "S4-30 primitive steps": Example(
        {"w": 0.8, "x": 1.5, "b": -0.5, "t": 1.0}, primitive_steps, primitive_steps_by_hand, {}
    ),
    "S5-18 4-3-1, x4 = 2": Example(
        {"x": [1.0, -1.0, 3.0, 2.0], "W1": W1_431, "W2": W2_431},
        two_layers,
        two_layers_by_hand,
        {"I1": [4, 0.5, 1], "h": [0.982013790038, 0.622459331202, 0.731058578630], "I2": -1.090613037466}
        | {"p": 0.251502857019, "L": 1.380300929589, "dI2": -0.748497142981}
        | {"dW2": [-0.735034516211, -0.465909031026, -0.547195257456]}
        | {"dI1": [0.013220485138, -0.175899607173, 0.147163470307]},
    ),
    "S5-18 4-3-1, x4 = -2 as printed": Example(
        {"x": [1.0, -1.0, 3.0, -2.0], "W1": W1_431, "W2": W2_431},
        two_layers,
        two_layers_by_hand,
        {"I1": [4, 4.5, -1], "h": [0.982013790038, 0.989013057369, 0.268941421370], "I2": -0.261942154038}
        | {"p": 0.434886343791, "L": 0.832670560673, "dI2": -0.565113656209}
        | {"dW2": [-0.554949403336, -0.558904784888, -0.151982469936]}
        | {"dI1": [0.009981436487, -0.006140654808, 0.111108088448]},
    ),
}
