"""Data that needs no download: real sets that come with the scientific stack, and made ones that make a point."""

from dlcourse.data.sets import digits, moons, xor

__all__ = ["digits", "moons", "xor"]
