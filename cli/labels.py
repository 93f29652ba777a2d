"""`sportello labels …`: labelled sentences into the trainers' YAML: diff, effect on the figures, undo."""

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterable, Iterator, Optional, Sequence, TextIO

from base.clock import ROME, SystemClock
from base.layers import Layers, data_layers
from base.settings import register_of, var_folder
from check.checker import check
from cli import progress
from cli.model import models_folder
from cli.say import Problem, counted, say
from labels.applied import Applied, ApplyRefused, apply, history, undo
from labels.changes import Change, Plan, PlanRefused, plan
from labels.effect import BEFORE, TRAINING, Effect, MeasuringAlready, OfIntent, Read, measure
from labels.label import Label
from labels.label_file import LabelFileInvalid, read_labels

SHOWN_EVERY = 20  # sentences


def add_command(intent: str, text: str, held_out: bool, into_product: bool) -> None:
    """Write one sentence, after showing what that changes.

    Raises:
        Problem: it cannot be written, or stands there already.
    """
    _apply([Label(text, intent, held_out)], into_product)


def apply_command(file: Path, into_product: bool) -> None:
    """Write the sentences of a file, after showing what that changes; those that cannot be written are named.

    Raises:
        Problem: one of them cannot, or the file cannot be read.
    """
    _apply(_labels(file), into_product)


def patch_command(file: Path) -> None:
    """Print what the sentences of a file change, for `patch -p1` or `git apply`, and write nothing.

    Raises:
        Problem: as `apply_command`.
    """
    planned = _planned(data_layers(), _labels(file))
    sys.stdout.buffer.write(planned.diff.encode("utf-8"))
    sys.stdout.buffer.flush()
    _tell(planned, sys.stderr)
    if planned.refused:
        raise Problem("labels_some_refused", count=len(planned.refused))


def undo_command(number: Optional[int]) -> None:
    """Take back what was written last, or what has this number.

    Raises:
        Problem: there is no such thing, or a file has been changed so that it cannot be done cleanly.
    """
    with _refusals():
        undone = undo(number, var_folder())
    print(say("labels_undone", number=undone.number, files=_names(undone.changes)))


def history_command() -> None:
    """Print what was written, the latest first."""
    found = history(var_folder())
    if not found:
        print(say("labels_history_none"))
    for one in found:
        when = one.at.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
        by = one.by or say("labels_history_here")
        line = say("labels_history_line", number=one.number, when=when, by=by, count=len(one.labels))
        print(f"{line} {_names(one.changes)}" + (f" {say('labels_history_undone')}" if one.undone else ""))


def measure_command(file: Path, as_json: bool) -> None:
    """Print what the sentences of a file would do to the figures; nothing is written.

    Args:
        as_json: one JSON object a line: `{"stage", "done", "count"}` while it goes on, at the end `{"effect": …}`.

    Raises:
        Problem: as `apply_command`; nothing would change; or the training failed.
        engine.models.ModelError: there is no model to compare with.
    """
    from engine.training import TrainingFailed
    from evaluation.labelled import LabelledFileInvalid

    layers = data_layers()
    planned = _planned(layers, _labels(file))
    _tell(planned, sys.stderr)
    if not planned.changes:
        raise Problem("labels_nothing")
    show = _json_lines(sys.stdout) if as_json else _show_line
    try:
        effect = measure(layers, planned, models_folder(), var_folder(), SystemClock(), show)
    except MeasuringAlready as error:
        raise Problem("labels_measuring_already") from error
    except TrainingFailed as error:
        raise Problem("train_failed", reason=str(error)) from error
    except LabelledFileInvalid as error:
        raise Problem("labels_no_held_out", path=error.file) from error
    finally:
        progress.end()
    if as_json:
        print(f'{{"effect": {effect.as_json()}}}', flush=True)
    else:
        for line in _effect_lines(effect):
            print(line)


def _apply(labels: Sequence[Label], into_product: bool) -> None:
    layers = data_layers()
    planned = _planned(layers, labels)
    print(planned.diff, end="")
    _tell(planned, sys.stdout)
    if planned.changes:
        with _refusals():
            applied = apply(planned, var_folder(), SystemClock().now(), into_product=into_product)
        print(say("labels_applied", count=len(applied.labels), files=_names(applied.changes), number=applied.number))
        _tell_faults(layers, applied)
    if planned.refused:
        raise Problem("labels_some_refused", count=len(planned.refused))


def _planned(layers: Layers, labels: Iterable[Label]) -> Plan:
    try:
        return plan(layers, labels)
    except PlanRefused as error:
        raise Problem("labels_unreadable", fault=str(error.fault)) from error


def _labels(file: Path) -> tuple[Label, ...]:
    try:
        return read_labels(file)
    except LabelFileInvalid as error:
        raise Problem(f"labels_file_{error.code}", path=error.file, place=error.place) from error


def _tell(planned: Plan, output: TextIO) -> None:
    """What of the labels is not written, and why."""
    for label in planned.there:
        print(say("labels_there", text=label.text, intent=label.intent), file=output)
    for refusal in planned.refused:
        print(say("labels_refused", text=refusal.label.text, reason=refusal.message), file=output)


def _tell_faults(layers: Layers, applied: Applied) -> None:
    """What `sportello check` says of the files that were written."""
    files = {applied.root / change.name for change in applied.changes}
    for fault in check(layers, register_of().value):
        if fault.path in files:
            print(fault)


def _names(changes: Iterable[Change]) -> str:
    return ", ".join(change.name for change in changes)


def _json_lines(output: TextIO) -> Callable[[str, int, int], None]:
    """What is shown to programs; on the output as it is now, for a training lends Rasa another one."""

    def show(stage: str, done: int, count: int) -> None:
        if stage == TRAINING or done % SHOWN_EVERY == 0 or done == count:
            print(json.dumps({"stage": stage, "done": done, "count": count}), file=output, flush=True)

    return show


def _show_line(stage: str, done: int, count: int) -> None:
    if stage == TRAINING:
        progress.show(say("labels_training", seconds=done), due=done % 10 == 0)
    elif done % SHOWN_EVERY == 0 or done == count:
        line = say("labels_reading_before" if stage == BEFORE else "labels_reading_after", done=done, count=count)
        progress.show(line, due=done == count)


def _effect_lines(effect: Effect) -> Iterator[str]:
    yield effect.summary
    if effect.stale:
        yield say("labels_stale")
    for key in ("intent_accuracy", "entity_f1", "oos_recall", "false_rejections"):
        before, after = effect.figures_before[key], effect.figures_after[key]
        if before is not None and after is not None:
            yield say(f"labels_figure_{key}", before=_percent(before), after=_percent(after))
    for one in effect.intents:
        yield _intent_line(one)
    for name in ("better", "worse", "otherwise"):
        reads: tuple[Read, ...] = getattr(effect, name)
        if reads:
            yield say(f"labels_read_{name}", count=len(reads))
            yield from (_read_line(one) for one in reads)


def _intent_line(one: OfIntent) -> str:
    return counted("labels_of_intent", one.sentences, intent=one.intent, before=one.before, after=one.after)


def _read_line(one: Read) -> str:
    line = say("labels_sentence", text=one.text, wanted=one.wanted, before=one.before, after=one.after)
    if one.entities_before == one.entities_after:
        return line
    found = {"before": _entities(one.entities_before), "after": _entities(one.entities_after)}
    return line + say("labels_sentence_entities", wanted=_entities(one.entities), **found)


def _entities(entities: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"[{words}]({kind})" for words, kind in entities) or "–"


def _percent(share: float) -> str:
    return f"{share * 100:.1f}".replace(".", ",") + " %"


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be written or taken back, in one line."""
    try:
        yield
    except ApplyRefused as error:
        raise Problem("labels_problem", message=error.message) from error
