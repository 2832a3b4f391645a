"""Automatic differentiation: a function returns its value and the way back; a Tensor remembers the way."""

from dlcourse.autodiff.arithmetic import (
    add,
    concatenate,
    divide,
    exp,
    log,
    matmul,
    maximum,
    mean,
    multiply,
    negative,
    power,
    reshape,
    sqrt,
    subtract,
    sum,
    sum_to,
    take,
    transpose,
)
from dlcourse.autodiff.checks import gradient_errors, numerical_gradient, relative_error
from dlcourse.autodiff.recording import differentiable, no_grad
from dlcourse.autodiff.tensor import Tensor
from dlcourse.autodiff.transforms import grad, hvp, jvp, vjp

__all__ = [
    "Tensor",
    "add",
    "concatenate",
    "differentiable",
    "divide",
    "exp",
    "grad",
    "gradient_errors",
    "hvp",
    "jvp",
    "log",
    "matmul",
    "maximum",
    "mean",
    "multiply",
    "negative",
    "no_grad",
    "numerical_gradient",
    "power",
    "relative_error",
    "reshape",
    "sqrt",
    "subtract",
    "sum",
    "sum_to",
    "take",
    "transpose",
    "vjp",
]
