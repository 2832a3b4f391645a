"""Optimizers: from gradients to steps."""

from dlcourse.optimizers.rules import SGD, Optimizer

__all__ = ["SGD", "Optimizer"]
