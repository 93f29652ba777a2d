"""Which trained model there is and whether it can be used: known without importing Rasa.

`models/current.json` names the model file, its checksum and the fingerprint of everything it was trained from. A model
that does not match is never loaded: a changed file of data/ asks for training, a damaged file is refused.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Iterator

from base.settings import ROOT

CURRENT_FILE = "current.json"
TRAINED_FROM = ("config.yml", "domain.yml", "data/**/*.yml", "components/**/*.py", "components/**/*.yml")
FOR_PEOPLE = ("data/desk.yml", "data/replies.yml")  # what only people of the shop use: no model depends on it
FIELDS = ("fingerprint", "file", "sha256", "trained_at")


@dataclass(frozen=True)
class ModelInfo:
    """A trained model.

    Attributes:
        fingerprint: SHA-256 of what it was trained from.
        path: the model archive.
        sha256: of the archive.
        trained_at: UTC.
    """

    fingerprint: str
    path: Path
    sha256: str
    trained_at: datetime


class ModelError(Exception):
    """There is no model that can be used. `problem` is the key of the operator's text."""

    problem = ""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{self.problem}: {path}")
        self.path = path


class ModelMissing(ModelError):
    """Nothing was trained yet."""

    problem = "model_missing"


class ModelBroken(ModelError):
    """The archive or its description was changed, cut off or cannot be read."""

    problem = "model_broken"


class ModelStale(ModelError):
    """The files that it was trained from have changed since."""

    problem = "model_stale"


def usable_model(models: Path, root: Path = ROOT) -> ModelInfo:
    """The model of this folder, when it is whole and was trained from the files as they are now.

    Raises:
        ModelMissing, ModelBroken, ModelStale: as their names say, checked in this order.
    """
    info = whole_model(models)
    if info.fingerprint != fingerprint(root):
        raise ModelStale(info.path)
    return info


def whole_model(models: Path) -> ModelInfo:
    """The model of this folder, when it is whole; the files may have changed since.

    Raises:
        ModelMissing, ModelBroken: as their names say.
    """
    info = read_current(models)
    if file_sha256(info.path) != info.sha256:
        raise ModelBroken(info.path)
    return info


def read_current(models: Path) -> ModelInfo:
    """What current.json says, unchecked except that its model file exists."""
    current = models / CURRENT_FILE
    try:
        said = json.loads(current.read_bytes())
        info = ModelInfo(
            said["fingerprint"], models / said["file"], said["sha256"], datetime.fromisoformat(said["trained_at"])
        )
    except FileNotFoundError:
        raise ModelMissing(current) from None
    except (ValueError, KeyError, TypeError):
        raise ModelBroken(current) from None
    if not info.path.is_file():
        raise ModelMissing(info.path)
    return info


def write_current(models: Path, info: ModelInfo) -> None:
    """Make `info` the current model. Written whole or not at all."""
    said = (info.fingerprint, info.path.name, info.sha256, info.trained_at.isoformat())
    draft = models / f"{CURRENT_FILE}.tmp"
    draft.write_text(json.dumps(dict(zip(FIELDS, said)), indent=2) + "\n", encoding="utf-8")
    draft.replace(models / CURRENT_FILE)


def fingerprint(root: Path = ROOT) -> str:
    """SHA-256 over the names and contents of everything a model is trained from, and Rasa's version."""
    whole = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for path in _sources(root):
        whole.update(f"\n{path.relative_to(root).as_posix()} {file_sha256(path)}".encode())
    return whole.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    left_out = {root / name for name in FOR_PEOPLE}
    for pattern in TRAINED_FROM:
        yield from sorted(path for path in root.glob(pattern) if path.is_file() and path not in left_out)
