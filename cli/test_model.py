"""`sportello test`: tries the model that was trained last beside the one in service, and says whether it may follow."""

import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Optional, Sequence

from ruamel.yaml.error import YAMLError

from base.database import Database, is_made
from base.layers import Layers, data_layers
from base.settings import database_address, var_folder
from base.words import WordsOf
from cli import progress
from cli.database import database_problems
from cli.import_shop import shop_file_problems
from cli.model import models_folder
from cli.say import Problem, counted, say
from engine.models import ModelBroken, ModelError, ModelForeign, ModelInfo, ModelMissing, model_in_service, usable_model
from evaluation.limits import FILE, Limits, LimitsUnreadable
from evaluation.verdict import REPORT, Verdict, verdict_folder, write_in, write_verdict
from shop.shop_file import read_records, read_shop_file
from switchboard.asked import Asked, asked_lately
from switchboard.personal import Personal

if TYPE_CHECKING:
    from evaluation.curve import Point
    from evaluation.exam import Exam
    from evaluation.model_test import Findings, Heard

SHOWN_EVERY, DUE_EVERY = 10, 200  # of what is counted in a step
PASSED, NOT_PASSED, NOT_TESTED = 0, 1, 2


def test_command(with_curve: bool) -> int:
    """Try the model, write its verdict and report, print the verdict.

    Args:
        with_curve: whether the curve of accuracy against data is drawn where it is not known, by several trainings.

    Returns:
        The exit code.

    Raises:
        Problem: there is nothing to try, or a file cannot be read.
    """
    layers, began = data_layers(), time.monotonic()
    model = candidate(layers)
    limits = _limits(layers)
    in_service, not_compared = beside(model)
    real = _real_sentences(limits)
    print(say("test_starts", name=model.path.name), file=sys.stderr, flush=True)
    exam = _exam(layers, [] if not_compared else [one.text for one in real or ()])
    findings = try_model(model, in_service, not_compared, exam, real, limits, with_curve)
    verdict = keep(findings)
    for line in readable_lines(verdict, findings.not_compared, int(time.monotonic() - began)):
        print(line)
    return PASSED if verdict.passed else NOT_PASSED


def candidate(layers: Layers) -> ModelInfo:
    """The model that was trained last.

    Raises:
        Problem: there is none, or it is damaged, or stale.
    """
    try:
        return usable_model(models_folder(), layers)
    except ModelError as error:
        raise Problem(error.problem, exit_code=NOT_TESTED, path=error.path) from error


def beside(model: ModelInfo) -> tuple[Optional[ModelInfo], str]:
    """The model in service to be compared with, or why there is none: `none`, `same` or `broken`."""
    try:
        in_service = model_in_service(models_folder())
    except ModelMissing:
        return None, "none"
    except (ModelBroken, ModelForeign):
        return None, "broken"
    return (in_service, "") if in_service.sha256 != model.sha256 else (in_service, "same")


def try_model(
    model: ModelInfo,
    in_service: Optional[ModelInfo],
    not_compared: str,
    exam: "Exam",
    real: Optional[Sequence[Asked]],
    limits: Limits,
    with_curve: bool,
) -> "Findings":
    """Everything that is found out; the model is asked first, then the one in service.

    Args:
        not_compared: why nothing is compared; empty where it is.
        real: real sentences with how often each was written; None where there is no log.

    Raises:
        Problem: the model cannot be loaded, or a training for the curve failed.
    """
    from evaluation.exam import ModelUnloadable
    from evaluation.model_test import Findings, differing

    try:
        after = _heard(model.path, exam, "new")
    except ModelUnloadable as error:
        raise Problem("test_unloadable", exit_code=NOT_TESTED, path=model.path, reason=error) from error
    before: Optional[Heard] = None
    if in_service and not not_compared:
        try:
            before = _heard(in_service.path, exam, "in_service")
        except ModelUnloadable:
            not_compared = "unloadable"
    asked = masked(real or (), exam.layers)
    near, points = _explained(after, exam, with_curve)
    return Findings(
        model,
        datetime.now(timezone.utc),
        [one.group for one in exam.sentences],
        exam.messages,
        exam.written,
        after,
        before,
        in_service,
        not_compared,
        limits,
        differing(asked, before.real, after.real) if before else (),
        None if real is None else len(real),
        near,
        points,
    )


def keep(findings: "Findings") -> Verdict:
    """The verdict; it is written with the report, the report first."""
    from evaluation.model_test import WORDS, verdict_on
    from evaluation.page.page import page

    words = WordsOf.read(WORDS)
    verdict = verdict_on(findings, words)
    folder = verdict_folder(var_folder(), verdict.model_sha256)
    write_in(folder, REPORT, page(findings, verdict, words))
    write_verdict(folder, verdict)
    return verdict


def readable_lines(verdict: Verdict, not_compared: str, seconds: int) -> Sequence[str]:
    """The verdict for people."""
    lines = [say("test_passed" if verdict.passed else "test_not_passed")]
    lines += [say("test_reason", reason=reason) for reason in verdict.reasons]
    held = verdict.conversations - len(verdict.conversations_failed)
    lines.append(say("test_conversations", held=held, count=verdict.conversations))
    if not_compared:
        lines.append(say(f"test_not_compared_{not_compared}"))
    else:
        better, real = counted("test_better", verdict.better), counted("test_real", len(verdict.differing))
        lines.append(say("test_compared", better=better, worse=verdict.worse, real=real))
    report = verdict_folder(var_folder(), verdict.model_sha256) / REPORT
    return [*lines, say("test_report", path=report, seconds=seconds)]


def _limits(layers: Layers) -> Limits:
    try:
        return Limits.load(layers.files(FILE))
    except (LimitsUnreadable, YAMLError, TypeError) as error:
        raise Problem("test_limits", exit_code=NOT_TESTED, reason=" ".join(str(error).split())) from error


def _exam(layers: Layers, real: Sequence[str]) -> "Exam":
    from engine.training import quiet_rasa

    with quiet_rasa():
        from rasa.shared.exceptions import RasaException

        from evaluation.exam import Exam
        from evaluation.labelled import LabelledFileInvalid
        from rehearsal.written import ConversationsUnreadable

        try:
            exam = Exam.read(layers, real)
        except (RasaException, YAMLError, LabelledFileInvalid, ConversationsUnreadable, KeyError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise Problem("test_files", exit_code=NOT_TESTED, reason=reason) from error
    for file in {one.shop for one in exam.written}:
        with shop_file_problems(file, NOT_TESTED):
            read_records(read_shop_file(file), datetime.now(timezone.utc))
    return exam


def _real_sentences(limits: Limits) -> Optional[Sequence[Asked]]:
    """What customers have written lately; None where there is no log, or none that can be read, which is said."""
    url = database_address()
    if not is_made(url):
        return None
    try:
        with database_problems():
            database = Database(url)
            try:
                with database.reading() as session:
                    since = datetime.now(timezone.utc) - limits.real_since
                    return asked_lately(session, since, limits.real_most)
            finally:
                database.close()
    except Problem as problem:
        print(say("test_without_log", reason=say(problem.key, **problem.values)), file=sys.stderr, flush=True)
        return None


def masked(real: Sequence[Asked], layers: Layers) -> Sequence[tuple[str, int]]:
    """As trainers read them, with how often each was written."""
    mask = Personal.load(layers).masked
    return [(mask(one.text), one.times) for one in real]


def _heard(model: Path, exam: "Exam", who: str) -> "Heard":
    from engine.training import quiet_rasa
    from evaluation.exam import heard, steps_of

    steps = list(steps_of(exam))

    def show(step: str, done: int, count: int) -> None:
        if done % SHOWN_EVERY and done != count and step != "conversations":
            return
        place = steps.index(step) + 1
        what = say(f"test_step_{step}", done=done, count=count)
        line = say("test_step", place=place, steps=len(steps), who=say(f"test_who_{who}"), what=what)
        progress.show(line, due=done == count or done % DUE_EVERY == 0)

    try:
        with quiet_rasa():
            return heard(model, exam, show)
    finally:
        progress.end()


def _explained(after: "Heard", exam: "Exam", with_curve: bool) -> tuple[Optional[Sequence[Any]], Sequence["Point"]]:
    """Training sentences near the mistakes, and the curve."""
    from engine.training import quiet_rasa
    from evaluation.held_out import training_sentences
    from evaluation.kept_curve import curve_of
    from evaluation.model_test import mistakes_of
    from evaluation.nearest import available_encoder, nearby

    print(say("test_explaining"), file=sys.stderr, flush=True)
    with quiet_rasa():
        training = training_sentences(exam.layers)
    encoder = available_encoder()
    near = nearby(mistakes_of(after.outcomes), training, encoder) if encoder else None
    test = [one.sentence for one in exam.sentences]
    return near, curve_of(training, test, _trained() if with_curve else None)


def _trained() -> Callable[..., Any]:
    from cli.evaluate import of_data_set

    return lambda lines, asked: of_data_set(lines, asked)[0]
