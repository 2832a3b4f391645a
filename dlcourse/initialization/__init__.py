"""Initialization: how large the first random weights are."""

from dlcourse.initialization.schemes import fan_in_and_out, he_normal, zeros

__all__ = ["fan_in_and_out", "he_normal", "zeros"]
