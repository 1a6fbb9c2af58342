#!/bin/sh
# What the tests need beside Python: PostgreSQL, Redis, Chromium with a font, Node with npm.
# Installs what is missing with apt, as root or by sudo without a password. Says in one line what it could not.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
has_venv() { [ -x .venv/bin/pip ] || python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_postgresql() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || has_by_pg_config; }
has_by_pg_config() { has pg_config && [ -x "$(pg_config --bindir)/initdb" ]; }
has_chromium() { has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome; }
has_font() { [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name '*.[ot]tf' 2>/dev/null | head -n 1)" ]; }
has_emoji() { [ -n "$(find /usr/share/fonts /usr/local/share/fonts -iname '*emoji*' 2>/dev/null | head -n 1)" ]; }

missing() {
    has_venv || printf 'python3-venv '
    has_postgresql || printf 'postgresql '
    has redis-server || printf 'redis-server '
    has_chromium || printf 'chromium-headless-shell '
    has_font || printf 'fonts-liberation '
    has_emoji || printf 'fonts-noto-color-emoji '
    has node || printf 'nodejs '
    has npm || printf 'npm '
}

wanted=$(missing)
[ -n "$wanted" ] || exit 0

if ! has apt-get; then
    root=no
elif [ "$(id -u)" = 0 ]; then
    root=
elif sudo -n true 2>/dev/null; then
    root='sudo -n'
else
    root=no
fi

if [ "$root" != no ]; then
    echo "Installing with apt: $wanted"
    log=$(mktemp)
    # RUNLEVEL=1: the packages need not start servers of their own; the tests start theirs.
    apt() { $root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y "$@" >>"$log" 2>&1; }
    apt update || true
    # shellcheck disable=SC2086  # a list of names, split on purpose
    if ! apt install --no-install-recommends $wanted; then
        for package in $wanted; do # one that cannot be had must not keep the others away
            apt install --no-install-recommends "$package" || true
        done
        has_chromium || apt install --no-install-recommends chromium || true # not everywhere in two packages
    fi
    still=$(missing)
    [ -z "$still" ] || tail -n 15 "$log" >&2
    rm -f "$log"
else
    still=$wanted
fi

if [ -n "$still" ]; then
    echo "hybridmote: the tests need what could not be installed here: $still(Debian's names; install them and run again)" >&2
    exit 1
fi
