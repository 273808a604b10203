#!/usr/bin/env bash
# See that DCMTK's tools are there: the interop tests speak with them. Nothing to do when they are.
# Without them the tests that need them are skipped, and in CI (CI=true) this fails.
set -euo pipefail

missing=()
for tool in echoscu storescu findscu getscu movescu storescp dcmqrscp; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
[ ${#missing[@]} -eq 0 ] && exit 0

say_how() {
    echo "DCMTK is missing (${missing[*]}): $1" >&2
    echo "Debian and Ubuntu: sudo apt-get install dcmtk   macOS: brew install dcmtk" >&2
    if [ "${CI:-}" = true ]; then exit 1; fi
    echo "Going on without: the tests that need it are skipped." >&2
    exit 0
}

command -v apt-get >/dev/null || say_how "this system has no apt-get to install it with."
sudo=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || say_how "installing it needs root, and there is no sudo."
    # Ask for a password only where a person can answer.
    if [ -t 0 ]; then sudo=(sudo); else sudo=(sudo -n); fi
fi
echo "Installing DCMTK, the peer of the interop tests"
{ "${sudo[@]}" apt-get update -qq &&
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dcmtk >/dev/null
} || say_how "apt-get could not install it."
