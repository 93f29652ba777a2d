#!/bin/sh
# Makes sure there is a Chromium for the tests with a real browser; installs Debian's where that is allowed.
# The best is the one without windows, which takes a fifth of the processor time; where it is not, any other is used.
set -eu

there() {
    command -v "$1" >/dev/null 2>&1
}

there chromium-headless-shell && exit 0

install() {
    there apt-get || return 1
    if [ "$(id -u)" = 0 ]; then
        as_root=''
    elif sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        return 1
    fi
    echo "Installo Chromium per le prove nel browser…"
    for name in "$@"; do
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove "$name" >/dev/null 2>&1 && return
    done
    $as_root apt-get update -qq || return 1
    for name in "$@"; do
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove "$name" >/dev/null && return
    done
    return 1
}

for name in chromium chromium-browser google-chrome; do
    if there "$name"; then
        [ -e .venv/browser-tried ] || install chromium-headless-shell || : >.venv/browser-tried
        exit 0
    fi
done
install chromium-headless-shell chromium && exit 0
echo "Manca Chromium e non posso installarlo: «apt install chromium» come amministratore, poi riprova." >&2
exit 1
