#!/bin/sh
# Fetches npm's rasa-webchat, a widget written for Rasa, for the test that talks through it; without npm that is skipped.
set -eu
cd "$(dirname "$0")/.."
name=rasa-webchat version=1.0.1
sha512=2ddd73549bd301a4ebb3a039a7cb7bd1a80d36b2984725e5bea5d94600680ef28a5176c0d238492840a2e5b74f1a5691ea3b26a96b55ca51d2f98a88aa8d31f3
folder=var/npm/$name-$version

[ -f "$folder/lib/index.js" ] && exit 0
if ! command -v npm >/dev/null 2>&1; then
    echo "Manca npm: la prova con $name verrà saltata." >&2
    exit 0
fi

mkdir -p var/npm
new=$(mktemp -d var/npm/new.XXXXXX)
trap 'rm -rf "$new"' EXIT
if ! npm pack "$name@$version" --silent --fetch-timeout=30000 --fetch-retries=1 --pack-destination "$new" >/dev/null 2>&1; then
    echo "npm non riesce a scaricare $name: la prova che lo usa verrà saltata." >&2
    exit 0
fi
if ! echo "$sha512  $new/$name-$version.tgz" | sha512sum --check --status; then
    echo "$name $version non è quello atteso (sha512 diverso): non lo uso." >&2
    exit 1
fi
tar -xzf "$new/$name-$version.tgz" -C "$new" package/lib/index.js package/LICENSE
rm -rf "$folder"
mv "$new/package" "$folder"
