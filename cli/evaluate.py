"""`sportello evaluate`: how well labelled sentences are understood, as one JSON object and, if wanted, a report."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Optional, Sequence

from base.layers import data_layers
from base.settings import ROOT, Register
from cli import progress
from cli.model import models_folder
from cli.say import Problem, say
from cli.train import Shown
from engine.closeness import Closeness
from engine.models import usable_model
from evaluation.curve import curve
from evaluation.figures import Outcome, headline
from evaluation.labelled import Labelled, LabelledFileInvalid, read_labelled
from evaluation.report import report_of
from switchboard.texts import Texts

OWN_SENTENCES = ROOT / "data" / "nlu"
SHOWN_EVERY, DUE_EVERY = 20, 1000  # sentences


def evaluate_command(
    file: Optional[Path],
    train_file: Optional[Path],
    test_file: Optional[Path],
    report: Optional[Path],
    with_curve: bool = False,
    with_stock: bool = False,
) -> None:
    """Print the figures of the sentences in `file`, or of those in `test_file` after training on `train_file`.

    Args:
        file: labelled lines, or a folder of YAML as in `data/nlu`.
        report: folder for report.json and the pictures; made when missing.
        with_curve: whether the report tells how accuracy grows with data, which takes several trainings.
        with_stock: whether a stock Rasa, trained on this project's data, reads the same sentences.

    Raises:
        Problem: the command was called wrongly, a file cannot be used, or the training failed.
        engine.models.ModelError: there is no usable model for `file`.
    """
    if (file is None) == (train_file is None) or (train_file is None) != (test_file is None):
        raise Problem("evaluate_file_or_train_and_test", exit_code=2)
    if with_curve and not report:
        raise Problem("evaluate_curve_needs_report", exit_code=2)
    if with_stock and not file:
        raise Problem("evaluate_stock_needs_file", exit_code=2)
    test = _sentences(file or test_file)
    model = usable_model(models_folder()).path if file else None
    training = _sentences(train_file or OWN_SENTENCES) if train_file or with_curve else ()
    if report:
        report.mkdir(parents=True, exist_ok=True)
    outcomes, training_s = (_understood(model, test), None) if model else of_data_set(train_file, test)
    stock = _of_stock(test) if with_stock else None
    points = curve(training, test, lambda lines, asked: of_data_set(lines, asked)[0]) if with_curve else []
    compared = {"stock": stock} if stock else {}
    if report:
        layers = data_layers()
        responses = Texts.load(layers.responses, Register.TU).responses
        closeness = Closeness.load(layers.files("dialogue.yml"), responses)
        _write({**report_of(outcomes, training_s, closeness, points), **compared}, report)
    print(json.dumps({**headline(outcomes), **compared}))


def _of_stock(test: Sequence[Labelled]) -> dict[str, Any]:
    """The figures of a stock Rasa, and the seconds its training took when it was made.

    Raises:
        Problem: Rasa refused the files.
    """
    from bench.processes import ProcessFailed
    from bench.stock_model import is_kept, stock_model

    kept = Path(os.environ.get("SPORTELLO_VAR") or ROOT / "var") / "bench"
    kept.mkdir(0o700, parents=True, exist_ok=True)
    if not is_kept(kept):
        print(say("evaluate_stock_training"), file=sys.stderr, flush=True)
    try:
        stock = stock_model(kept)
    except ProcessFailed as failure:
        for line in failure.last_lines:
            print(f"  {line}", file=sys.stderr)
        raise Problem("evaluate_stock_failed") from failure
    return {**headline(_understood(stock.path, test)), "training_s": stock.seconds}


def _sentences(file: Path) -> tuple[Labelled, ...]:
    try:
        return _examples(file) if file.is_dir() else read_labelled(file)
    except LabelledFileInvalid as error:
        raise Problem(f"evaluate_file_{error.code}", path=error.file, line=error.line) from error


def _examples(folder: Path) -> tuple[Labelled, ...]:
    from engine.training import quiet_rasa

    with quiet_rasa():
        from evaluation.examples import read_examples

        return read_examples(folder)


def of_data_set(train_file: Path, test: Sequence[Labelled]) -> tuple[list[Outcome], float]:
    """What a model of `train_file` makes of `test`, and the seconds it took to train.

    Raises:
        Problem: there is too little to learn, or Rasa refused the sentences.
    """
    print(say("evaluate_training"), file=sys.stderr, flush=True)
    from engine.training import TrainingFailed, quiet_rasa

    with quiet_rasa():
        from evaluation.data_set import TooLittleToLearn, train_on

    with tempfile.TemporaryDirectory(prefix="sportello-evaluate-") as folder:
        began = time.perf_counter()
        try:
            model = train_on(train_file, test, Path(folder), Shown())
        except TooLittleToLearn as error:
            raise Problem("evaluate_too_little", path=train_file) from error
        except TrainingFailed as error:
            raise Problem("train_failed", reason=str(error)) from error
        finally:
            progress.end()
        training_s = time.perf_counter() - began
        return _understood(model, test), round(training_s, 1)


def _understood(model: Path, test: Sequence[Labelled]) -> list[Outcome]:
    from evaluation.read_by import read_by

    def show(done: int) -> None:
        if done % SHOWN_EVERY == 0 or done == len(test):
            progress.show(say("evaluate_read", done=done, count=len(test)), due=done % DUE_EVERY == 0)

    try:
        return read_by(model, test, show)
    finally:
        progress.end()


def _write(report: dict[str, Any], folder: Path) -> None:
    """The report and its pictures, each whole or not at all."""
    from engine.training import quiet_rasa

    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as draft, quiet_rasa():
        from cli.evaluate_plot import draw_calibration, draw_confusions, draw_curve

        drafts = Path(draft)
        (drafts / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        draw_confusions(report, drafts / "confusions.svg")
        draw_calibration(report, drafts / "calibration.svg")
        if report["curve"]:
            draw_curve(report["curve"], drafts / "curve.svg")
        for file in sorted(drafts.iterdir()):
            file.replace(folder / file.name)
