#!/bin/sh
# Make the virtual environment $1 with a Python that is new enough, unless it is there and works.
# $PYTHON, when set, is the only Python tried.
set -eu
venv=$1
newest_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

found=
for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python}; do
    if "$candidate" -c "$newest_enough" >/dev/null 2>&1; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    echo "make: dlcourse needs Python 3.11 or newer, and none of '${PYTHON:-python3, python3.11, python3.12, python3.13}'" \
         "is one. Install it, or name it: make lab PYTHON=/path/to/python3.11" >&2
    exit 1
fi

if ! "$found" -m venv --clear "$venv"; then
    rm -rf "$venv"
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "make: '$found -m venv' failed. On Debian and Ubuntu the module is a package of its own:" \
         "apt install python3-venv (or python$version-venv). Then run make again." >&2
    exit 1
fi
