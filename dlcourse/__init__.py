"""Deep learning in NumPy, from one neuron to a trained graph network.

Each concept has a folder of its own: ``dlcourse.autodiff`` is the engine, ``dlcourse.layers`` holds what
has parameters, and so on. Importing ``dlcourse`` loads none of them.
"""

__version__ = "0.1.0"
