"""The stock model: trained once with Rasa's own command, then kept until data, domain or configuration change."""

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from base.process import die_with_parent
from base.settings import ROOT
from bench.processes import ProcessFailed
from bench.stock import CONFIGURATION
from engine.fingerprints import file_sha256

TRAINED_FROM = ("domain.yml", "data/**/*.yml")
MODEL, NOTES, LOG = "stock.tar.gz", "trained.json", "train.log"
# It takes most of an hour: one thread, and whoever else works on this computer goes first.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
}
NICELY = ("nice", "-n", "10")


class StockTrainingFailed(ProcessFailed):
    """Rasa refused."""


@dataclass(frozen=True)
class StockModel:
    """A trained stock model: its archive, and the seconds and processor seconds its training took."""

    path: Path
    seconds: float
    cpu_s: float


def kept_model(cache: Path, root: Path = ROOT) -> Path:
    """The folder in `cache` for the model of these very files; it may not be there yet."""
    return cache / f"stock-{stock_fingerprint(root)[:12]}"


def is_kept(cache: Path, root: Path = ROOT) -> bool:
    """Whether the model of these very files was trained before."""
    return (kept_model(cache, root) / NOTES).is_file()


def stock_model(cache: Path, root: Path = ROOT) -> StockModel:
    """The stock model of domain and data in `root`, trained now if it is not in `cache`; that takes most of an hour.

    Raises:
        StockTrainingFailed: Rasa refused the files.
    """
    folder = kept_model(cache, root)
    if not is_kept(cache, root):
        _train(folder, root)
    notes = json.loads((folder / NOTES).read_text(encoding="utf-8"))
    return StockModel(folder / MODEL, notes["seconds"], notes["cpu_s"])


def stock_fingerprint(root: Path = ROOT) -> str:
    """SHA-256 over the stock configuration, the domain, the data and Rasa's version."""
    whole = hashlib.sha256(f"rasa {version('rasa')} {file_sha256(CONFIGURATION / 'config.yml')}".encode())
    for pattern in TRAINED_FROM:
        for file in sorted(root.glob(pattern)):
            whole.update(f"\n{file.relative_to(root).as_posix()} {file_sha256(file)}".encode())
    return whole.hexdigest()


def _train(folder: Path, root: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [*NICELY, str(Path(sys.executable).with_name("rasa")), "train"]
    command += ["--config", str(CONFIGURATION / "config.yml"), "--domain", "domain.yml", "--data", "data"]
    command += ["--out", str(folder), "--fixed-model-name", MODEL.partition(".")[0], "--force"]
    began, cpu_began = time.perf_counter(), os.times()
    with (folder / LOG).open("wb") as output:
        training = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **ONE_THREAD, "RASA_TELEMETRY_ENABLED": "false"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(),
            check=False,
        )
    if training.returncode != 0 or not (folder / MODEL).is_file():
        raise StockTrainingFailed(folder / LOG)
    cpu = os.times()
    cpu_s = cpu.children_user + cpu.children_system - cpu_began.children_user - cpu_began.children_system
    notes = {"seconds": round(time.perf_counter() - began, 1), "cpu_s": round(cpu_s, 1)}
    (folder / NOTES).write_text(json.dumps(notes) + "\n", encoding="utf-8")
