"""The trained model, as `up` and `make test` need it: there, or trained now."""

import os
import subprocess
import sys
from pathlib import Path

from base.process import die_with_parent
from base.settings import ROOT
from cli.say import Problem, say
from cli.screen import Screen
from engine.models import ModelMissing, ModelStale, ModelUnsealed, usable_model

SHOWN_LINES = 15


def model_is_usable(models: Path) -> bool:
    """Whether `models` holds a model of the data as they are.

    Raises:
        ModelBroken, ModelForeign: there is one, but damaged, or somebody else's: somebody should know before it is
            replaced. One of an older version, that nobody had sealed, is replaced.
    """
    try:
        usable_model(models)
    except (ModelMissing, ModelStale, ModelUnsealed):
        return False
    return True


def models_folder() -> Path:
    """Where models are, without asking for anything else a running system needs."""
    return Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models")


def train_in_own_process(log: Path, screen: Screen) -> None:
    """Train, showing the time that goes by; what the training prints goes to `log`.

    Raises:
        Problem: the training failed.
    """
    with screen.busy(say("up_training")), log.open("wb") as output:
        training = subprocess.run(
            [sys.executable, "-m", "cli.main", "train"],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            preexec_fn=die_with_parent(),
            check=False,
        )
    if training.returncode != 0:
        last_lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:]
        for line in last_lines:
            screen.line(line)
        raise Problem("up_training_failed", log=log)
