"""Figures of lesson 04."""

from dlcourse.normalization.figures.distributions import BatchNormDistributions, GammaBeta
from dlcourse.normalization.figures.histograms import LayerHistograms
from dlcourse.normalization.figures.paths import BatchNormPaths
from dlcourse.normalization.figures.running import RunningStatistics

__all__ = ["BatchNormDistributions", "BatchNormPaths", "GammaBeta", "LayerHistograms", "RunningStatistics"]
