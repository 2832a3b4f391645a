#!/bin/sh
# Print the versions that a fresh environment with all extras gets today: the contents of constraints.txt.
set -eu
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
sh tools/make_venv.sh "$venv/venv" >&2
"$venv/venv/bin/python" -m pip install -q -e '.[dev,browser,bench]' >&2
echo "# The versions the course is tested with; made by 'make constraints' from pyproject.toml."
echo "# pip install -c constraints.txt -e . gives the same ones again."
"$venv/venv/bin/python" -m pip freeze --exclude-editable --exclude dlcourse | LC_ALL=C sort -f
