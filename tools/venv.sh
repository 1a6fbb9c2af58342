#!/bin/sh
# Makes .venv with a Python that is new enough, or says in one line what is missing.
# PYTHON=/path/to/python3.12 chooses one by hand.
set -eu
venv=$1

die() { echo "hybridmote: $*" >&2; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -n "${PYTHON:-}" ]; then
    new_enough "$PYTHON" || die "PYTHON=$PYTHON is not Python 3.11 or newer"
else
    for PYTHON in python3 python3.14 python3.13 python3.12 python3.11 ''; do
        [ -n "$PYTHON" ] || die "Python 3.11 or newer is needed; found $(python3 --version 2>/dev/null || echo none)"
        if new_enough "$PYTHON"; then break; fi
    done
fi
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
    die "$PYTHON has no venv module (Debian and Ubuntu: apt install python3-venv)"

echo "Making $venv with $("$PYTHON" --version)"
"$PYTHON" -m venv --clear "$venv"
