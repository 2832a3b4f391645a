"""Initialization: how large the first random weights are."""

from dlcourse.initialization.schemes import (
    constant,
    fan_in_and_out,
    he_normal,
    he_uniform,
    lecun_normal,
    lecun_uniform,
    legacy_uniform,
    normal,
    orthogonal,
    orthogonal_with,
    xavier_normal,
    xavier_uniform,
    zeros,
)

__all__ = [
    "constant",
    "fan_in_and_out",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "legacy_uniform",
    "normal",
    "orthogonal",
    "orthogonal_with",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
