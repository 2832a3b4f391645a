"""Training: feeding the data to the network, and keeping the test set for the end."""

from dlcourse.training.batches import Split, batches, split

__all__ = ["Split", "batches", "split"]
