"""Losses: one number that says how wrong the outputs are."""

from dlcourse.losses.functions import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_penalty,
    l2_penalty,
    mean_squared_error,
    root_mean_squared_error,
)

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "l1_penalty",
    "l2_penalty",
    "mean_squared_error",
    "root_mean_squared_error",
]
