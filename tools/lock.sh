#!/bin/sh
# Writes the two locks anew from requirements/*.in: every package with its hashes, for every platform, and no
# address of where it came from. Uses uv when it is installed, else one in a temporary folder.
set -eu
cd "$(dirname "$0")/../requirements"

if command -v uv >/dev/null; then
    uv=uv
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    ../.venv/bin/python -m venv "$folder"
    "$folder/bin/pip" install --quiet uv
    uv=$folder/bin/uv
fi

lock() { # the .txt to write, then its sources
    target=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --output-file "$target" "$@"
    # A machine's own settings may add lines that name its indexes.
    grep -vE '^(--(extra-)?index-url|--find-links|-i|-f) ' "$target" >"$target.new"
    mv "$target.new" "$target"
}

lock runtime.txt build.in runtime.in
lock dev.txt dev.in --constraint runtime.txt
