"""Print the oldest dependencies that pyproject.toml promises to work with, as pip constraints.

Usage: python tools/oldest_constraints.py [EXTRA ...] > oldest.txt     (extra: dev, ...)
"""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def oldest(requirement):
    """Return ``name==floor`` for ``name>=floor``.

    >>> oldest("numpy>=2.0")
    'numpy==2.0'
    """
    match = re.fullmatch(r"([\w.-]+)>=([\w.]+)", requirement)
    if not match:
        raise ValueError(f"pyproject.toml: expected a requirement like 'numpy>=2.0', got {requirement!r}")
    return "{}=={}".format(*match.groups())


def main(extras):
    """Print the floors of the dependencies and of the named extras."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    for requirements in [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]:
        print("\n".join(map(oldest, requirements)))


if __name__ == "__main__":
    main(sys.argv[1:])
