"""Measure everything, print the table, and keep it in results.md."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import course, mlp, normalization, overhead
from benchmarks.harness import OutputsDiffer, Row, report

RESULTS = Path(__file__).with_name("results.md")
HEADING = """# The last `make bench`

CPU time on one thread: medians over many rounds in one process, in rotated order. The ratio is our time over the
peer's; below 1 we are faster. The targets are limits for the ratio or, without a peer, for our value.
micrograd knows single numbers only and has one row; a step of the MLP would be millions of its operations.
"""


def main(
    topics: Sequence[Callable[[], list[Row]]] = (overhead.rows, mlp.rows, normalization.rows, course.rows),
    results: Path = RESULTS,
) -> int:
    """Return 0 when all was measured, also where a target is missed; 1 when outputs differ."""
    try:
        table = report([row for topic in topics for row in topic()])
    except OutputsDiffer as error:
        print(f"bench: nothing is compared, since outputs differ: {error}", file=sys.stderr)
        return 1
    print(table)
    results.write_text(f"{HEADING}\n{table}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
