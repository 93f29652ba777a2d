"""Which trained model there is and whether it can be used: known without importing Rasa.

`models/current.json` names the model that was trained last, its checksum and the fingerprint of everything it was
trained from; `models/service.json` in the same way the one that customers talk to (`engine/service.py`). A model that
does not match is never loaded: a changed file of data/ asks for training, a damaged file is refused, and so is one that
was not trained by this installation, for loading a model runs what is in it (`engine/seals.py`).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, TypeVar

from base.layers import Layers, data_layers
from base.whole import write_whole
from engine.fingerprints import file_sha256, fingerprint
from engine.seals import is_sealed, seal

CURRENT_FILE, SERVICE_FILE = "current.json", "service.json"
Read = TypeVar("Read")


@dataclass(frozen=True)
class ModelInfo:
    """A trained model.

    Attributes:
        fingerprint: SHA-256 of what it was trained from.
        path: the model archive.
        sha256: of the archive.
        trained_at: UTC.
        code: SHA-256 of that part of what it was trained from which only a process that starts anew can take in.
        seal: shows that it was trained by this installation; empty: nothing shows it.
    """

    fingerprint: str
    path: Path
    sha256: str
    trained_at: datetime
    code: str = ""
    seal: str = ""


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


class ModelForeign(ModelError):
    """It was not trained by this installation, or before its secret was changed."""

    problem = "model_foreign"


class ModelUnsealed(ModelForeign):
    """Nothing says who trained it: an older version of Sportello, or somebody else."""


def usable_model(models: Path, layers: Optional[Layers] = None, secret: Optional[str] = None) -> ModelInfo:
    """The model of this folder, when it is whole, ours, and was trained from the files as they are now.

    Args:
        layers: whose files; this installation's when not given.
        secret: with which models are sealed; this installation's when not given.

    Raises:
        ModelMissing, ModelBroken, ModelForeign, ModelStale: as their names say, checked in this order.
    """
    info = whole_model(models, secret=secret)
    if info.fingerprint != fingerprint(layers or data_layers()):
        raise ModelStale(info.path)
    return info


def whole_model(models: Path, name: str = CURRENT_FILE, secret: Optional[str] = None) -> ModelInfo:
    """The model that the file called `name` describes, when it is whole and ours; the files may have changed since.

    Raises:
        ModelMissing, ModelBroken, ModelForeign: as their names say.
    """
    return whole(read_current(models, name), secret)


def model_in_service(models: Path, secret: Optional[str] = None) -> ModelInfo:
    """The model that customers talk to, when it is whole and ours.

    Raises:
        ModelMissing, ModelBroken, ModelForeign: nothing was published here yet; as their names say.
    """
    return whole_model(models, SERVICE_FILE, secret)


def whole(info: ModelInfo, secret: Optional[str] = None) -> ModelInfo:
    """The same, when its archive is as it was when this installation trained it.

    Raises:
        ModelMissing, ModelBroken, ModelForeign: as their names say.
    """
    if not info.path.is_file():
        raise ModelMissing(info.path)
    if file_sha256(info.path) != info.sha256:
        raise ModelBroken(info.path)
    return ours(info, secret)


def ours(info: ModelInfo, secret: Optional[str] = None) -> ModelInfo:
    """The same, when it is sealed; whether the archive still is what was sealed is not looked at.

    Raises:
        ModelForeign: it is not.
    """
    if not info.seal:
        raise ModelUnsealed(info.path)
    if not is_sealed(info.seal, _parts_sealed(info), secret):
        raise ModelForeign(info.path)
    return info


def sealed(info: ModelInfo, secret: Optional[str] = None) -> ModelInfo:
    """The same, as one that was trained by the installation whose secret it is."""
    return replace(info, seal=seal(_parts_sealed(info), secret))


def _parts_sealed(info: ModelInfo) -> tuple[str, ...]:
    return info.sha256, info.fingerprint, info.code


def read_current(models: Path, name: str = CURRENT_FILE) -> ModelInfo:
    """What current.json, or the file called `name`, says, unchecked except that its model file exists.

    Raises:
        ModelMissing, ModelBroken: as their names say.
    """
    info = read_file(models, name, described)
    if not info.path.is_file():
        raise ModelMissing(info.path)
    return info


def read_file(models: Path, name: str, reading: Callable[[Path, Mapping[str, Any]], Read]) -> Read:
    """What `reading` makes of the file called `name`.

    Raises:
        ModelMissing: it is not there.
        ModelBroken: it cannot be read.
    """
    file = models / name
    try:
        return reading(models, dict(json.loads(file.read_bytes())))
    except FileNotFoundError:
        raise ModelMissing(file) from None
    except (ValueError, KeyError, TypeError):
        raise ModelBroken(file) from None


def described(models: Path, said: Mapping[str, Any]) -> ModelInfo:
    """The model in the folder `models` that such a file describes.

    Raises:
        ValueError, KeyError, TypeError: something is missing or of the wrong kind.
    """
    trained_at, code, seal = datetime.fromisoformat(said["trained_at"]), said.get("code", ""), said.get("seal", "")
    return ModelInfo(said["fingerprint"], models / said["file"], said["sha256"], trained_at, str(code), str(seal))


def description(info: ModelInfo) -> dict[str, str]:
    """What such a file says of a model."""
    return {
        "fingerprint": info.fingerprint,
        "file": info.path.name,
        "sha256": info.sha256,
        "trained_at": info.trained_at.isoformat(),
        "code": info.code,
        "seal": info.seal,
    }


def write_current(models: Path, info: ModelInfo, name: str = CURRENT_FILE) -> None:
    """Make `info` the current model, or what the file called `name` describes. Written whole or not at all."""
    write_file(models / name, description(info))


def write_file(file: Path, said: Mapping[str, Any]) -> None:
    """Write a file of this folder, whole or not at all."""
    write_whole(file, json.dumps(said, indent=2, ensure_ascii=False) + "\n")
