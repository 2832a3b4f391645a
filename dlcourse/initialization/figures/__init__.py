"""Figures of lesson 03."""

from dlcourse.initialization.figures.compromise import Compromise
from dlcourse.initialization.figures.gains import GainsLaw
from dlcourse.initialization.figures.signals import SignalThroughDepth
from dlcourse.initialization.figures.symmetry import SymmetryRuns

__all__ = ["Compromise", "GainsLaw", "SignalThroughDepth", "SymmetryRuns"]
