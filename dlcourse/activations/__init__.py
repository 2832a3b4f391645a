"""Activations: the nonlinear functions between layers."""

from dlcourse.activations.functions import (
    elu,
    leaky_relu,
    log_softmax,
    maxout,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
)

__all__ = ["elu", "leaky_relu", "log_softmax", "maxout", "relu", "sigmoid", "softmax", "softplus", "tanh"]
