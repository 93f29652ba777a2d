"""Which model customers talk to, which one did before, and how that came about: `models/service.json`.

The file is written whole or not at all, and says everything: who publishes writes it first, and the history in the
database (`switchboard/model_changes.py`) is completed from it, so that a publication that was cut off has happened or
has not. Where nothing was published yet, the model that was trained last is served.
"""

from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

from engine.models import (
    SERVICE_FILE,
    ModelBroken,
    ModelInfo,
    ModelMissing,
    described,
    description,
    model_in_service,
    read_file,
    whole_model,
    write_file,
)

LOCK_FILE = ".publishing.lock"
FIRST, PUBLISH, ROLLBACK, UPGRADE = ACTIONS = ("first", "publish", "rollback", "upgrade")


class PublishingElsewhere(Exception):
    """Another command is putting a model into service in this folder."""


class ServiceBroken(ModelBroken):
    """What says which model is in service cannot be read."""

    problem = "model_service_broken"


@dataclass(frozen=True)
class Change:
    """How a model came into service.

    Attributes:
        id: opaque; the same in the history.
        at: UTC.
        action: one of `ACTIONS`.
        by: who did it: a name that was given, or that of the computer's user.
        why: what was said about it; may be empty.
        override: whether it went into service without having passed its test.
        figures: what its test measured, by name; empty where nothing was.
        previous_sha256: of the model before it; None for the first.
    """

    id: str
    at: datetime
    action: str
    by: str
    why: str = ""
    override: bool = False
    figures: Mapping[str, Any] = field(default_factory=dict)
    previous_sha256: Optional[str] = None


@dataclass(frozen=True)
class Service:
    """The model in service, the one before it, which a rollback brings back, and how it came into service."""

    model: ModelInfo
    before: Optional[ModelInfo] = None
    change: Optional[Change] = None


def read_service(models: Path) -> Optional[Service]:
    """What service.json says, its models unchecked; None where nothing was published yet.

    Raises:
        ServiceBroken: it cannot be read.
    """
    try:
        return read_file(models, SERVICE_FILE, _service)
    except ModelMissing:
        return None
    except ModelBroken as error:
        raise ServiceBroken(error.path) from error


def write_service(models: Path, service: Service) -> None:
    """Put a model into service: every engine that starts from now on takes it, and a running one follows."""
    said: dict[str, Any] = dict(description(service.model))
    said["before"] = description(service.before) if service.before else None
    said["change"] = {**asdict(service.change), "at": service.change.at.isoformat()} if service.change else None
    write_file(models / SERVICE_FILE, said)


def model_to_serve(models: Path, secret: Optional[str] = None) -> ModelInfo:
    """The model in service; where nothing was published yet, the one that was trained last.

    Raises:
        ModelError: it cannot be used.
    """
    return model_in_service(models, secret) if read_service(models) else whole_model(models, secret=secret)


def kept_for_service(models: Path) -> tuple[Path, ...]:
    """The archives that must not be removed: of the model in service, and of the one before it.

    Raises:
        ServiceBroken: nobody can tell.
    """
    service = read_service(models)
    return tuple(info.path for info in (service.model, service.before) if info) if service else ()


@contextmanager
def only_publication(models: Path) -> Iterator[None]:
    """Let no other command put a model into service meanwhile.

    Raises:
        PublishingElsewhere: one does already.
    """
    with (models / LOCK_FILE).open("a") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise PublishingElsewhere from None
        yield


def _service(models: Path, said: Mapping[str, Any]) -> Service:
    before, change = said.get("before"), said.get("change")
    return Service(described(models, said), described(models, before) if before else None, _change(change))


def _change(said: Optional[Mapping[str, Any]]) -> Optional[Change]:
    return Change(**{**said, "at": datetime.fromisoformat(said["at"])}) if said else None
