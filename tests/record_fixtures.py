"""Record what PyTorch answers, for the machines that do not have it: python -m tests.record_fixtures."""

import json
from pathlib import Path

import numpy as np

from tests import worked_examples
from tests.cases import CASES

FIXTURES = Path(__file__).parent / "fixtures"


def load(name):
    """Return a fixture as recorded."""
    return json.loads((FIXTURES / f"{name}.json").read_text())


def torch_setting(torch, setting):
    """Hand PyTorch an array, or a tuple of them, as tensors; leave anything else."""
    if isinstance(setting, tuple):
        return tuple(torch_setting(torch, part) for part in setting)
    return torch.tensor(setting) if isinstance(setting, np.ndarray) else setting


def answer_of_torch(torch, case):
    """Return the inputs of a case, a dy, and PyTorch's value and gradients for them, as lists."""
    leaves = [torch.tensor(x, requires_grad=True) for x in case.inputs]
    y = case.torch(torch, *leaves, **{key: torch_setting(torch, s) for key, s in case.settings.items()})
    dy = case.dy(y.detach().numpy())
    y.backward(torch.tensor(dy))
    return {
        "inputs": [x.tolist() for x in case.inputs],
        "dy": dy.tolist(),
        "y": y.tolist(),
        "gradients": [leaf.grad.tolist() for leaf in leaves],
    }


# A network for SGD: 5 examples, 3 inputs, 2 outputs, 60 steps with a rate that falls.
STEPS = 60


def schedule(t):
    return 0.5 / (1 + 0.1 * t)


def sgd_problem():
    """Return X, target, W and b to start from."""
    rng = np.random.default_rng(60)
    return tuple(rng.standard_normal(shape) for shape in [(5, 3), (5, 2), (3, 2), (2,)])


def sgd_of_torch(torch):
    """Return W and b after each step of torch.optim.SGD."""
    X, target, W, b = (torch.tensor(array) for array in sgd_problem())
    parameters = [W.requires_grad_(), b.requires_grad_()]
    optimizer = torch.optim.SGD(parameters, lr=1.0)
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)
    path = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        ((torch.tanh(X @ W + b) - target) ** 2).mean().backward()
        optimizer.step()
        rates.step()
        path.append([W.tolist(), b.tolist()])
    return path


# A layer of batch normalization: 5 steps of SGD on images with 3 channels, then one call in use.


def batch_norm_problem():
    """Return the batches, the last of which is for the call in use."""
    return np.random.default_rng(61).normal(2, 3, (6, 4, 3, 2, 2))


def batch_norm_of_torch(torch):
    """Return the gradients of the batches, the state after the steps, and the output in use."""
    layer = torch.nn.BatchNorm2d(3, dtype=torch.float64)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    *batches, last = (torch.tensor(batch, requires_grad=True) for batch in batch_norm_problem())
    for batch in batches:
        optimizer.zero_grad()
        (torch.sigmoid(layer(batch)) ** 2).sum().backward()
        optimizer.step()
    state = [layer.weight, layer.bias, layer.running_mean, layer.running_var]
    return {
        "gradients": [batch.grad.tolist() for batch in batches],
        "state": [part.tolist() for part in state],
        "in use": layer.eval()(last).tolist(),
    }


def main():
    import torch

    answers = {
        "functions": {case.name: answer_of_torch(torch, case) for case in CASES},
        "worked_examples": {name: worked_examples.answer_of_torch(torch, name) for name in worked_examples.EXAMPLES},
        "sgd": {"path": sgd_of_torch(torch)},
        "batch_norm": batch_norm_of_torch(torch),
    }
    FIXTURES.mkdir(exist_ok=True)
    for name, entries in answers.items():
        lines = [f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in entries.items()]
        version = f'"torch": {json.dumps(torch.__version__)}'
        (FIXTURES / f"{name}.json").write_text("{\n" + ",\n".join([version, *lines]) + "\n}\n")


if __name__ == "__main__":
    main()
