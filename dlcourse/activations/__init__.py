"""Activations: the nonlinear functions between layers."""

from dlcourse.activations.functions import relu, sigmoid, tanh

__all__ = ["relu", "sigmoid", "tanh"]
