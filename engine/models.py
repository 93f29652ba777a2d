"""Which trained model there is and whether it can be used: known without importing Rasa.

`models/current.json` names the model that was trained last, its checksum and the fingerprint of everything it was
trained from; `models/service.json` in the same way the one that customers talk to. A model that does not match is never
loaded: a changed file of data/ asks for training, a damaged file is refused.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Iterator, Optional

from base.layers import Layers, data_layers

CURRENT_FILE, SERVICE_FILE = "current.json", "service.json"
TRAINED_FROM = ("config.yml", "domain.yml", "components/**/*.py", "components/**/*.yml")
DATA_TRAINED_FROM = ("nlu/*.yml", "rules/*.yml", "stories/*.yml")  # of data/, or of the shop's folder
RESPONSE = re.compile(r"^ *(utter_\w+) *:", re.MULTILINE)
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


def usable_model(models: Path, layers: Optional[Layers] = None) -> ModelInfo:
    """The model of this folder, when it is whole and was trained from the files as they are now.

    Args:
        layers: whose files; this installation's when not given.

    Raises:
        ModelMissing, ModelBroken, ModelStale: as their names say, checked in this order.
    """
    info = whole_model(models)
    if info.fingerprint != fingerprint(layers or data_layers()):
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


def model_in_service(models: Path) -> ModelInfo:
    """The model that customers talk to, when it is whole.

    Raises:
        ModelMissing, ModelBroken: nothing was published here yet; as its name says.
    """
    info = read_current(models, SERVICE_FILE)
    if file_sha256(info.path) != info.sha256:
        raise ModelBroken(info.path)
    return info


def read_current(models: Path, name: str = CURRENT_FILE) -> ModelInfo:
    """What current.json, or the file called `name`, says, unchecked except that its model file exists."""
    current = models / name
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


def write_current(models: Path, info: ModelInfo, name: str = CURRENT_FILE) -> None:
    """Make `info` the current model, or with `SERVICE_FILE` the one in service. Written whole or not at all."""
    said = (info.fingerprint, info.path.name, info.sha256, info.trained_at.isoformat())
    draft = models / f"{name}.tmp"
    draft.write_text(json.dumps(dict(zip(FIELDS, said)), indent=2) + "\n", encoding="utf-8")
    draft.replace(models / name)


def fingerprint(layers: Layers) -> str:
    """SHA-256 over the names and contents of everything a model is trained from, and Rasa's version.

    Of responses only the names count, which rules use: other words need no training.
    """
    whole = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for name, path in _sources(layers):
        whole.update(f"\n{name} {file_sha256(path)}".encode())
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
