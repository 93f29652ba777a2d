"""What a plan does to the figures of the held-out sentences, before it is accepted: trained and read aside.

The shop's folder is copied, the plan written into the copy, and a model trained from that; it and the model as it is
now read the same held-out sentences. Nothing of the installation changes but what trainings remember. Meant for a
process of its own (`sportello labels measure`): it takes a minute or two and loads Rasa.
"""

import fcntl
import json
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from math import comb
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Sequence

from base.clock import Clock
from base.layers import Layers
from engine.fingerprints import fingerprint
from engine.models import ModelInfo, whole_model
from evaluation.compare import Change, compare, is_right
from evaluation.figures import Outcome, headline
from evaluation.labelled import Labelled, LabelledFileInvalid, Span
from labels.applied import FOLDER
from labels.changes import Plan
from labels.words import words

LOCK_FILE, DRAFT = "measuring.lock", "measuring-"
NEEDED = ("config.yml", "domain.yml", "data", "nlu", "rules", "responses", "tests/nlu")
HELD_OUT = "tests/nlu"
CHANCE = 0.05  # likelier than this, a difference may be luck
TRAINING, BEFORE, AFTER = "training", "before", "after"

Progress = Callable[[str, int, int], None]  # stage, done (seconds of a training), out of how many (0: not known)


class MeasuringAlready(Exception):
    """Another process measures; one at a time is enough for a computer."""


@dataclass(frozen=True)
class Read:
    """A held-out sentence that both models understand differently.

    Attributes:
        wanted: the intent it has.
        entities, entities_before, entities_after: the words and kinds that should be found, and those that were.
        before, after: the intents that were understood.
    """

    text: str
    wanted: str
    before: str
    after: str
    entities: tuple[tuple[str, str], ...]
    entities_before: tuple[tuple[str, str], ...]
    entities_after: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OfIntent:
    """How many of an intent's held-out sentences are understood rightly, before and after."""

    intent: str
    sentences: int
    before: int
    after: int


@dataclass(frozen=True)
class Effect:
    """What changes on the held-out sentences.

    Attributes:
        sentences: how many there are, those that the plan adds included.
        figures_before, figures_after: of `evaluation.figures.headline`.
        better, worse, otherwise: of `evaluation.compare`.
        intents: those that the plan concerns.
        chance: how likely so one-sided a difference is if the models are equally good (exact sign test on `better`
            and `worse`), from 0 to 1.
        stale: whether files have changed since the present model was trained: the difference is theirs, too.
        of_model: checksum of the present model.
    """

    sentences: int
    figures_before: Mapping[str, Any]
    figures_after: Mapping[str, Any]
    better: tuple[Read, ...]
    worse: tuple[Read, ...]
    otherwise: tuple[Read, ...]
    intents: tuple[OfIntent, ...]
    chance: float
    stale: bool
    of_model: str

    @property
    def verdict(self) -> str:
        """`same`, `noise`, `better` or `worse`."""
        if not self.better and not self.worse:
            return "same"
        if self.chance >= CHANCE:
            return "noise"
        return "better" if len(self.better) > len(self.worse) else "worse"

    @property
    def summary(self) -> str:
        """What it comes to, in an Italian sentence."""
        if self.verdict == "same":
            return words().count("effect_same", self.sentences)
        more = words().count("effect_more", len(self.better))
        return words().say(f"effect_{self.verdict}", more=more, worse=len(self.worse), sentences=self.sentences)

    def as_json(self) -> str:
        """One line, with `verdict` and `summary`."""
        return json.dumps({**asdict(self), "verdict": self.verdict, "summary": self.summary}, ensure_ascii=False)


def effect_from(said: Mapping[str, Any]) -> Effect:
    """The effect that `as_json` wrote."""
    given = {one.name: said[one.name] for one in fields(Effect)}
    for key in ("better", "worse", "otherwise"):
        given[key] = tuple(_read_from(one) for one in said[key])
    return Effect(**{**given, "intents": tuple(OfIntent(**one) for one in said["intents"])})


def measure(layers: Layers, plan: Plan, models: Path, var: Path, clock: Clock, progress: Progress) -> Effect:
    """Train aside with the plan, and compare.

    Args:
        models: the folder of the present model, which stays as it is.
        var: where the copy lies meanwhile; what a killed measurement left there is taken away.

    Raises:
        MeasuringAlready: see there.
        engine.models.ModelError: there is no present model to compare with.
        engine.training.TrainingFailed: the files cannot be trained.
        LabelledFileInvalid: there is no held-out sentence.
    """
    from evaluation.read_by import read_by

    with _alone(var) as folder:
        now = whole_model(models)
        new_layers = _copied(layers, plan, folder)
        new = now if fingerprint(new_layers) == now.fingerprint else _trained(new_layers, folder / "models", progress)
        sentences = _held_out(new_layers)
        before = read_by(now.path, sentences, lambda done: progress(BEFORE, done, len(sentences)), clock)
        after = read_by(new.path, sentences, lambda done: progress(AFTER, done, len(sentences)), clock)
        return effect_of(before, after, plan, fingerprint(layers) != now.fingerprint, now.sha256)


def effect_of(before: Sequence[Outcome], after: Sequence[Outcome], plan: Plan, stale: bool, of_model: str) -> Effect:
    """The effect of a plan, from what both models made of the same sentences in the same order."""
    compared = compare(before, after)
    better, worse, otherwise = (
        tuple(map(_read, changes)) for changes in (compared.better, compared.worse, compared.otherwise)
    )
    return Effect(
        len(before),
        headline(before),
        headline(after),
        better,
        worse,
        otherwise,
        _of_intents(before, after, plan),
        chance_of(len(better), len(worse)),
        stale,
        of_model,
    )


def chance_of(better: int, worse: int) -> float:
    """How likely it is that of so many differences at least so many go one way, when both ways are equally likely.

    The exact two-sided sign test, which for two models on the same sentences is McNemar's; 1.0 without a difference.
    """
    count, fewer = better + worse, min(better, worse)
    return min(1.0, 2 * sum(comb(count, k) for k in range(fewer + 1)) / 2**count)


def _trained(layers: Layers, models: Path, progress: Progress) -> ModelInfo:
    from engine.training import train

    progress(TRAINING, 0, 0)
    return train(models, lambda moment: progress(TRAINING, int(moment.seconds), 0), layers)


def _copied(layers: Layers, plan: Plan, folder: Path) -> Layers:
    """The layers with the plan in them: a copy of those folders that it changes."""
    copy = folder / "copy"
    for name in NEEDED:
        source = plan.root / name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        elif source.is_file():
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy / name)
    for change in plan.changes:
        file = copy / change.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((change.after or "").encode("utf-8"))
    copy.mkdir(parents=True, exist_ok=True)
    return Layers(copy) if layers.home is None else Layers(layers.product, copy)


def _held_out(layers: Layers) -> list[Labelled]:
    """Every held-out sentence of both layers.

    Raises:
        LabelledFileInvalid: there is none.
    """
    from engine.training import quiet_rasa

    with quiet_rasa():
        from evaluation.held_out import held_out

        found = [one.sentence for one in held_out(layers)]
    if not found:
        raise LabelledFileInvalid("empty", layers.beside[-1] / HELD_OUT)
    return found


def _of_intents(before: Sequence[Outcome], after: Sequence[Outcome], plan: Plan) -> tuple[OfIntent, ...]:
    concerned = {line.intent for change in plan.changes for line in (*change.added, *change.dropped)}
    count = Counter(one.wanted.intent for one in before)
    right_before, right_after = (Counter(o.wanted.intent for o in side if is_right(o)) for side in (before, after))
    return tuple(OfIntent(one, count[one], right_before[one], right_after[one]) for one in sorted(concerned))


def _read(change: Change) -> Read:
    before, after = change.before, change.after
    spans = (before.wanted.entities, before.entities, after.entities)
    entities, entities_before, entities_after = (_words_of(change.text, one) for one in spans)
    return Read(change.text, change.wanted, before.intent, after.intent, entities, entities_before, entities_after)


def _words_of(text: str, spans: "frozenset[Span]") -> tuple[tuple[str, str], ...]:
    """Each entity's words and kind, in the order of the text."""
    return tuple((text[one.start : one.end], one.entity) for one in sorted(spans, key=lambda span: span.start))


def _read_from(said: Mapping[str, Any]) -> Read:
    given: dict[str, Any] = dict(said)
    for key in ("entities", "entities_before", "entities_after"):
        given[key] = tuple(map(tuple, said[key]))
    return Read(**given)


@contextmanager
def _alone(var: Path) -> Iterator[Path]:
    """A folder that is gone afterwards; what was left by one who was killed goes first."""
    parent = var / FOLDER
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (parent / LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MeasuringAlready from None
        for left in parent.glob(f"{DRAFT}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=parent, prefix=DRAFT) as folder:
            yield Path(folder)
