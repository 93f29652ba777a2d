"""What a model is trained from, as one number: another number means that it must be trained again."""

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from typing import Iterable, Iterator

from base.layers import Layers

TRAINED_FROM = ("config.yml", "domain.yml", "components/**/*.py", "components/**/*.yml")
DATA_TRAINED_FROM = ("nlu/*.yml", "rules/*.yml", "stories/*.yml")  # of data/, or of the shop's folder
RESPONSE = re.compile(r"^ *(utter_\w+) *:", re.MULTILINE)


def code_fingerprint(layers: Layers) -> str:
    """SHA-256 over what a running process cannot take in: Rasa's version, the product's configuration and components.

    A model of other code needs a process that starts anew; one of the same code can be swapped for the other.
    """
    found = (one for pattern in TRAINED_FROM for one in _found(layers.product, pattern, "product"))
    return _digest(found).hexdigest()


def fingerprint(layers: Layers) -> str:
    """SHA-256 over the names and contents of everything a model is trained from, and Rasa's version.

    Of responses only the names count, which rules use: other words need no training.
    """
    whole = _digest(_sources(layers))
    for response in sorted(_response_names(layers)):
        whole.update(f"\n{response}".encode())
    return whole.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def _digest(files: Iterable[tuple[str, Path]]) -> "hashlib._Hash":
    """Of Rasa's version, and of names and contents."""
    digest = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for name, path in files:
        digest.update(f"\n{name} {file_sha256(path)}".encode())
    return digest


def _sources(layers: Layers) -> Iterator[tuple[str, Path]]:
    """Each file with a name that does not depend on where the folders are."""
    for folder in layers.beside:
        for pattern in TRAINED_FROM if folder == layers.product else ("domain.yml",):
            yield from _found(folder, pattern, "product" if folder == layers.product else "shop")
    for folder in layers.data:
        for pattern in DATA_TRAINED_FROM:
            yield from _found(folder, pattern, "shop" if folder == layers.home else "data")


def _found(folder: Path, pattern: str, layer: str) -> Iterator[tuple[str, Path]]:
    files = sorted(path for path in folder.glob(pattern) if path.is_file() and _says_something(path))
    return ((f"{layer}/{path.relative_to(folder).as_posix()}", path) for path in files)


def _says_something(path: Path) -> bool:
    """Whether there is more in a file than comments, as in those of a shop's new folder."""
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in path.read_bytes().splitlines())


def _response_names(layers: Layers) -> set[str]:
    files = (file for folder in layers.responses for file in folder.glob("*.yml"))
    return {name for file in files for name in RESPONSE.findall(file.read_text(encoding="utf-8", errors="replace"))}
