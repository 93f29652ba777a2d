"""Trains the model from config.yml, domain.yml and data/, and makes it the current one."""

import contextlib
import gc
import io
import logging
import os
import shutil
import tempfile
import threading
import time
import warnings
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Iterator, Optional

from ruamel.yaml.error import YAMLError

from base.layers import Layers, data_layers
from base.settings import engine_secret
from components.at_once import PieceFailed, get_ready
from components.telling import listening
from engine.fingerprints import code_fingerprint, file_sha256, fingerprint
from engine.laid_out import lay_out
from engine.light_rasa import import_rasa_for_training
from engine.models import ModelInfo, sealed, write_current
from engine.quick_training import without_detours
from engine.service import kept_for_service
from engine.training_steps import Moment, Steps

MODEL_NAME = "sportello"
PROGRESS_EVERY_S = 1.0
QUIET_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "RASA_MAX_CACHE_SIZE": "0",  # its training cache does not see that a component's code has changed
    "LOG_LEVEL": "ERROR",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
NOISY_LOGGERS = ("rasa", "tensorflow", "absl", "matplotlib", "asyncio", "urllib3")

Progress = Callable[[Moment], None]


class TrainingFailed(Exception):
    """The files cannot be trained: the reason is Rasa's, or that of a process that learns, on one line."""


def train(models: Path, progress: Progress, layers: Optional[Layers] = None, secret: Optional[str] = None) -> ModelInfo:
    """Train from everything in `layers` and put the model into the folder `models`.

    Args:
        models: folder of the models; made when missing. The model before stays current until the new one is whole.
        progress: called every second, from another thread, with how it stands; and once more at the end.
        layers: config.yml, domain.yml and data/, with a shop's folder or without; this installation's when not given.
        secret: with which the model is sealed; this installation's when not given.

    Raises:
        TrainingFailed: Rasa refused the files, for instance two rules contradict each other; or a process that learns
            ended before it had.
    """
    models.mkdir(parents=True, exist_ok=True)
    secret = secret or engine_secret()  # that there is none is found out before a minute of work
    get_ready()
    # Taken first: a file changed during the training leaves a stale model, never a wrong one that looks fresh.
    layers = layers or data_layers()
    trained_from, code = fingerprint(layers), code_fingerprint(layers)
    folder = tempfile.TemporaryDirectory(dir=models, prefix=".training-")
    with folder as draft, showing_progress(progress), _collecting_nothing():
        archive = _train(_project(layers, Path(draft)), Path(draft))
        sha256 = file_sha256(archive)  # in the name: no training writes over a model that is in service
        kept = models / f"{MODEL_NAME}-{sha256[:12]}.tar.gz"
        archive.replace(kept)
    info = sealed(ModelInfo(trained_from, kept, sha256, datetime.now(timezone.utc), code), secret)
    write_current(models, info)
    forget_others(models, kept)
    return info


@contextlib.contextmanager
def quiet_rasa() -> Iterator[None]:
    """No telemetry, no progress bars, no warnings of Rasa's libraries while this lasts; its errors still come out."""
    os.environ.update(QUIET_ENVIRONMENT)
    before = {name: logging.getLogger(name).level for name in NOISY_LOGGERS}
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.showwarning = lambda *_args, **_named: None  # libraries set their own filters when imported
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def rasa_archive(config: Path, data: Path, folder: Path, domain: Optional[Path] = None) -> Path:
    """The archive that Rasa wrote into `folder`; without a domain it only understands.

    Raises:
        TrainingFailed: Rasa refused the files, or a process that learns ended before it had.
    """
    with quiet_rasa():
        from rasa.engine.exceptions import GraphComponentException
        from rasa.model_training import train as train_rasa
        from rasa.shared.exceptions import RasaException

        try:
            with without_detours():
                result = train_rasa(
                    domain=str(domain) if domain else None,
                    config=str(config),
                    training_files=[str(data)],
                    output=str(folder),
                    force_training=True,
                    fixed_model_name=MODEL_NAME,
                )
        except RasaException as error:
            raise _failed(error) from error
        except GraphComponentException as error:
            if isinstance(error.__cause__, PieceFailed):
                raise _failed(error.__cause__) from error
            raise
    if result.code != 0 or result.model is None:
        raise TrainingFailed(f"code {result.code}")
    return Path(result.model)


@contextlib.contextmanager
def showing_progress(progress: Progress) -> Iterator[None]:
    """Call `progress` every second, from another thread, while this lasts; and at its end."""
    started, done, steps = time.monotonic(), threading.Event(), Steps()

    def tick() -> None:
        while not done.wait(PROGRESS_EVERY_S):
            progress(steps.moment(time.monotonic() - started))

    thread = threading.Thread(target=tick, name="training-progress", daemon=True)
    thread.start()
    try:
        with listening(steps):
            yield
    finally:
        done.set()
        thread.join()
        progress(steps.moment(time.monotonic() - started))


@contextlib.contextmanager
def _collecting_nothing() -> Iterator[None]:
    """While this lasts, the garbage collector does not look again and again through millions of things that stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _project(layers: Layers, draft: Path) -> Path:
    """The folder to train from: the product's own, or one in which the shop's folder is laid over it.

    Raises:
        TrainingFailed: a file is not what it should be.
    """
    if layers.home is None:
        return layers.product
    folder = draft / "project"
    folder.mkdir()
    try:
        lay_out(layers, folder)
    except (YAMLError, TypeError, KeyError, AttributeError) as error:
        raise _failed(error) from error
    return folder


def _train(root: Path, folder: Path) -> Path:
    with quiet_rasa():
        import_rasa_for_training()
        from rasa.shared.core.domain import Domain
        from rasa.shared.exceptions import RasaException

        try:
            Domain.load(root / "domain.yml")  # the importer would go on with an empty domain
        except RasaException as error:
            raise _failed(error) from error
    return rasa_archive(root / "config.yml", root / "data", folder, domain=root / "domain.yml")


def _failed(error: Exception) -> TrainingFailed:
    return TrainingFailed(" ".join(str(error).split()))


def forget_others(models: Path, kept: Path) -> None:
    """Archives that are neither `kept` nor in service, nor were before, and drafts that a killed training left."""
    wanted = {kept, *kept_for_service(models)}
    for old in models.glob(f"{MODEL_NAME}-*.tar.gz"):
        if old not in wanted:
            old.unlink()
    for draft in models.glob(".training-*"):
        shutil.rmtree(draft, ignore_errors=True)
