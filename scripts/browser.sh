#!/bin/sh
# Makes sure there is a Chromium for the tests with a real browser; installs Debian's where that is allowed.
set -eu

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        as_root=''
    elif sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        as_root=impossible
    fi
    if [ "$as_root" != impossible ]; then
        echo "Installo Chromium per le prove nel browser…"
        $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium >/dev/null &&
            exit 0
    fi
fi
echo "Manca Chromium e non posso installarlo: «apt install chromium» come amministratore, poi riprova." >&2
exit 1
