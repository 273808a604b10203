#!/usr/bin/env bash
# Make or refresh .venv: tools/make_venv.sh base|dev
# Run by the Makefile, which decides from time stamps whether anything needs doing.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?base or dev}
venv=.venv

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python3.14; do
        # A pyenv shim exists for versions that do not run: so run it.
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

if [ ! -x "$venv/bin/python" ]; then
    python=$(find_python) || {
        echo "Filmroom needs Python 3.11 or later, and none of python3, python3.11 … python3.14 is one." >&2
        echo "Debian 12 and Ubuntu 24.04: sudo apt-get install python3 python3-venv" >&2
        echo "Elsewhere: install it, then call make PYTHON=/path/to/python3.11 …" >&2
        exit 1
    }
    "$python" -c 'import venv, ensurepip' 2>/dev/null || {
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "$python has no venv module, which make needs to keep Filmroom's packages apart." >&2
        echo "Debian and Ubuntu: sudo apt-get install python3-venv   (or python$version-venv)" >&2
        exit 1
    }
    echo "Making $venv with $python"
    "$python" -m venv "$venv"
fi

case $kind in
    base) what=. ;;
    dev) what='.[dev]' ;;
    *) echo "base or dev, not $kind" >&2; exit 2 ;;
esac
echo "Installing $what into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$what"
touch "$venv/.$kind"
if [ "$kind" = dev ]; then touch "$venv/.base"; fi
