"""Lesson 00: one neuron, one layer, one forward pass; its figures and exercises."""
