"""What the course costs against its peers: ``make bench``, or ``python -m benchmarks``."""

import os

from dlcourse.cli.lab import BLAS_THREADS

# One thread for all, before NumPy or torch is imported for the first time.
os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
