"""Normalization: activations, or weights, of a size that training can't spoil."""

from dlcourse.normalization.functions import batch_norm, batch_statistics, layer_norm, weight_norm
from dlcourse.normalization.layers import BatchNorm, LayerNorm, WeightNorm

__all__ = [
    "BatchNorm",
    "LayerNorm",
    "WeightNorm",
    "batch_norm",
    "batch_statistics",
    "layer_norm",
    "weight_norm",
]
