"""How long `sportello train` takes, from nothing and after one edited file; in a copy, so that nothing changes here."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from base.process import die_with_parent
from base.settings import ROOT
from bench.processes import ProcessFailed

TOP_FILES = "*.yml"
DATA = "data"
# One more sentence for one intent, as a trainer would add it.
EDITED_FILE = "data/nlu/orders.yml"
NEW_SENTENCE = "    - mi sapete dire a che punto siete con il mio ordine\n"
FIRST_EXAMPLES = "  examples: |\n"


class TrainingFailed(ProcessFailed):
    """`sportello train` did not succeed."""


@dataclass(frozen=True)
class TrainingTimes:
    """Seconds of `sportello train`, its start included."""

    from_nothing_s: float
    after_an_edit_s: float


def training_times(folder: Path, root: Path = ROOT) -> TrainingTimes:
    """Train a copy of the project made in `folder`, twice.

    Raises:
        TrainingFailed: see there.
    """
    copy = folder / "project"
    _copy(root, copy)
    from_nothing = _train(copy, folder / "train.log")
    edited = copy / EDITED_FILE
    text = edited.read_text(encoding="utf-8")
    edited.write_text(text.replace(FIRST_EXAMPLES, FIRST_EXAMPLES + NEW_SENTENCE, 1), encoding="utf-8")
    return TrainingTimes(from_nothing, _train(copy, folder / "train.log"))


def _copy(root: Path, copy: Path) -> None:
    """What the training reads, and the program itself: run from the copy, it takes the copy for the project."""
    copy.mkdir(parents=True)
    for file in root.glob(TOP_FILES):
        shutil.copy(file, copy)
    for name in (DATA, *(package.parent.name for package in root.glob("*/__init__.py"))):
        shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))


def _train(project: Path, log: Path) -> float:
    began = time.perf_counter()
    with log.open("wb") as output:
        training = subprocess.run(
            [sys.executable, "-m", "cli.main", "train"],
            cwd=project,
            env={**os.environ, "SPORTELLO_MODELS": str(project / "models")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(),
            check=False,
        )
    if training.returncode != 0:
        raise TrainingFailed(log)
    return time.perf_counter() - began
