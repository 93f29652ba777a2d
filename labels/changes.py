"""Decides what a set of labelled sentences changes in which file, without writing anything: `plan`.

New sentences go into the shop's own folder, into the product's files only where there is no such folder. A sentence
that stands under another intent moves; one of the product's is named under `removed:` instead. What would make
`sportello check` complain is refused sentence by sentence, with its words.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Iterator, Mapping, Optional, Sequence

from base.layers import Layers
from check import annotations, held_out, intents, repeats, yaml_faults
from check.faults import Fault
from check.project import Project
from check.repeats import bare
from check.sentences import Sentence, form_faults
from labels.diff import unified
from labels.label import Label
from labels.lines import REMOVED, Line, NotEditable, edited
from labels.words import words

MOST_CHARACTERS = 2000  # of a message that a turn stores
KINDS = ("nlu", "held_out", "strangers", "domain")
TOPICS = (annotations, repeats, intents, held_out)
OWN_FILE = "frasi"  # the topic of an intent that has no sentence yet
MOVING = ("line", "count")  # values of a fault that change when a line is added somewhere


class PlanRefused(Exception):
    """Nothing can be planned. `fault` is what `sportello check` says of it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.key}: {fault.file}:{fault.line}")
        self.fault = fault


@dataclass(frozen=True)
class Refusal:
    """A label that is not written.

    Attributes:
        key: ending of a text `refused_…`.
        values: what fills its placeholders.
    """

    label: Label
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Why, in Italian."""
        return words().say(f"refused_{self.key}", **self.values)


@dataclass(frozen=True)
class Change:
    """What becomes of one file.

    Attributes:
        name: of the file, from the plan's root.
        before: its content when the plan was made, line ends as they are; None when there was none.
        after: its content as it is to be; None where it is to be taken away.
        added, dropped: the sentences that make the difference.
    """

    name: str
    before: Optional[str]
    after: Optional[str]
    added: tuple[Line, ...]
    dropped: tuple[Line, ...]


@dataclass(frozen=True)
class Plan:
    """What a set of labels changes.

    Attributes:
        root: the shop's folder, or the product's where there is none.
        of_product: whether it is the product's, where the next upgrade would meet the changes.
        changes: by file, in the order of their names.
        accepted: the labels that are written.
        there: labels that stand there already as they should.
        refused: labels that cannot be written, with the reason.
        faults: what `sportello check` will say besides, that no single sentence is to blame for: an intent has too few
            sentences now, for instance.
    """

    root: Path
    of_product: bool
    changes: tuple[Change, ...]
    accepted: tuple[Label, ...]
    there: tuple[Label, ...]
    refused: tuple[Refusal, ...]
    faults: tuple[Fault, ...]

    @property
    def diff(self) -> str:
        """The changes for `patch -p1` or `git apply` in the root; empty when nothing changes."""
        return "".join(unified(one.name, one.before, one.after) for one in self.changes)


def plan(layers: Layers, labels: Iterable[Label]) -> Plan:
    """What the labels change; nothing is written.

    Args:
        layers: of this installation: `base.layers.data_layers()`.

    Raises:
        PlanRefused: a file of sentences or domain.yml cannot be read, so that nobody knows what is there already.
    """
    planning = _Planning(layers)
    wanted: list[Label] = []
    there: list[Label] = []
    refused: list[Refusal] = []
    seen: dict[str, Label] = {}
    for label in labels:
        outcome = planning.decide(label, seen.get(bare(label.plain)))
        if isinstance(outcome, Refusal):
            refused.append(outcome)
            continue
        (wanted if outcome else there).append(label)
        seen.setdefault(bare(label.plain), label)
    changes, faulty = planning.changes(wanted)
    while faulty:
        refused += faulty
        out = {id(one.label) for one in faulty}
        wanted = [label for label in wanted if id(label) not in out]
        changes, faulty = planning.changes(wanted)
    root = layers.beside[-1]
    faults = tuple(planning.faults)
    return Plan(root, layers.home is None, changes, tuple(wanted), tuple(there), tuple(refused), faults)


@dataclass
class _FileEdits:
    """The lines that come into a file and go out of it, each with the label that wants it."""

    add: list[tuple[Line, Label]] = field(default_factory=list)
    drop: list[tuple[Line, Label]] = field(default_factory=list)


class _Planning:
    """The files as they are, and what labels would make of them."""

    def __init__(self, layers: Layers) -> None:
        self._layers, self._project = layers, Project.read(layers)
        _refuse_unreadable(self._project)
        self.faults: list[Fault] = []
        self._faults = Counter(_mark(self._project, fault) for fault in _faults(self._project))
        self._trained, self._held_out = _by_words(self._project.trained), _by_words(self._project.held_out)
        self._removed = _by_words(self._project.removed)
        self._texts = {source.path: source.text for source in self._project.sources if source.kind in KINDS}

    def decide(self, label: Label, earlier: Optional[Label]) -> "Refusal | bool":
        """Why a label cannot be written, or whether there is something to write.

        Args:
            earlier: a label of the same set with the same words.
        """
        refusal = self._wrong_by_itself(label)
        if refusal:
            return refusal
        if earlier is not None:
            same = (earlier.intent, earlier.held_out) == (label.intent, label.held_out)
            return False if same else Refusal(label, "given_twice", {"intent": earlier.intent})
        words_of = bare(label.plain)
        other_side = (self._trained if label.held_out else self._held_out).get(words_of)
        if other_side:
            return Refusal(label, "trained" if label.held_out else "kept_aside", _place(other_side[0]))
        here = (self._held_out if label.held_out else self._trained).get(words_of, [])
        fixed = next((one for one in here if one.intent != label.intent and not self._movable(one)), None)
        if fixed:
            return Refusal(label, "held_out_of_product", {**_place(fixed), "intent": fixed.intent})
        return not here or any(one.intent != label.intent for one in here)

    def changes(self, wanted: Sequence[Label]) -> tuple[tuple[Change, ...], list[Refusal]]:
        """What becomes of the files; or, if something is wrong with that, the labels to leave out."""
        edits: dict[Path, _FileEdits] = defaultdict(_FileEdits)
        for label in wanted:
            self._take(label, edits)
        texts, refused = {}, []
        for file, edit in sorted(edits.items()):
            before = self._texts.get(file, "")
            add, drop = [line for line, _ in edit.add], [line for line, _ in edit.drop]
            try:
                texts[file] = edited(before, add, drop, words().say("new_file"))
            except NotEditable as error:
                of_file = {id(label): label for _, label in (*edit.add, *edit.drop)}.values()
                values = {"file": self._name(file)}
                refused += [Refusal(label, f"not_editable_{error.reason}", values) for label in of_file]
        refused = refused or self._faulty(wanted, texts)
        changes = tuple(
            Change(
                self._name(file),
                self._texts.get(file),
                text,
                tuple(line for line, _ in edits[file].add),
                tuple(line for line, _ in edits[file].drop),
            )
            for file, text in texts.items()
        )
        return changes, list({id(one.label): one for one in refused}.values())

    def _wrong_by_itself(self, label: Label) -> Optional[Refusal]:
        if not label.plain.strip():
            return Refusal(label, "empty")
        if len(label.plain) > MOST_CHARACTERS:
            return Refusal(label, "long", {"most": MOST_CHARACTERS})
        if label.intent not in {one.name for one in self._project.intents}:
            return Refusal(label, "intent_unknown", {"intent": label.intent})
        if label.intent in self._project.limits["without_sentences"]:
            return Refusal(label, "intent_without_sentences", {"intent": label.intent})
        return None

    def _movable(self, sentence: Sentence) -> bool:
        """Whether a sentence can be taken from where it is: by hand, or with `removed:` where it is learnt."""
        return self._is_ours(sentence) or sentence.source.kind == "nlu"

    def _take(self, label: Label, edits: dict[Path, _FileEdits]) -> None:
        """Add to `edits` what a label needs."""
        words_of = bare(label.plain)
        here = (self._held_out if label.held_out else self._trained).get(words_of, [])
        for one in (one for one in here if one.intent != label.intent):
            if self._is_ours(one):
                edits[one.source.path].drop.append((Line(one.intent, one.written), label))
            else:
                file = self._own("nlu", one.source.path.stem)
                edits[file].add.append((Line(one.intent, one.written, REMOVED), label))
        taken_out = [] if label.held_out else self._removed.get(words_of, [])
        back = [one for one in taken_out if one.intent == label.intent]
        for one in back:
            edits[one.source.path].drop.append((Line(one.intent, one.written, REMOVED), label))
        if not back and not any(one.intent == label.intent for one in here):
            file = self._file_for(label)
            edits[file].add.append((Line(label.intent, label.text), label))

    def _file_for(self, label: Label) -> Path:
        """Where sentences of this intent stand already, else a file of its topic."""
        topic = self._topic(label.intent)
        if not label.held_out:
            return self._own("nlu", topic)
        blocks = self._project.held_out_blocks
        files = [s.path for s, block in blocks if block.intent == label.intent and s.path.parent == self._own_held_out]
        by_topic = self._own("held_out", topic)
        return by_topic if by_topic in files or not files else files[0]

    def _topic(self, intent: str) -> str:
        """The stem of the file in which the shop, else the product, has the intent."""
        found = [source for source, block in self._project.blocks if block.intent == intent]
        ours = [source for source in found if source.of_shop]
        return (ours or found)[0].path.stem if found else OWN_FILE

    def _own(self, kind: str, stem: str) -> Path:
        folder = self._layers.data[-1] / "nlu" if kind == "nlu" else self._own_held_out
        return folder / f"{stem}.yml"

    @property
    def _own_held_out(self) -> Path:
        return self._layers.beside[-1] / "tests" / "nlu"

    def _is_ours(self, sentence: Sentence) -> bool:
        return sentence.source.of_shop or self._layers.home is None

    def _name(self, file: Path) -> str:
        return file.relative_to(self._layers.beside[-1]).as_posix()

    def _faulty(self, wanted: Sequence[Label], texts: Mapping[Path, str]) -> list[Refusal]:
        """The labels that make `sportello check` complain; what belongs to none of them is in `faults` then."""
        after = Project.read(self._layers, {file: text.encode() for file, text in texts.items()})
        new = Counter(self._faults)
        refused, self.faults = [], []
        for fault in _faults(after):
            mark = _mark(after, fault)
            if new[mark] > 0:
                new[mark] -= 1
                continue
            label = _culprit(after, fault, wanted)
            if label is None:
                self.faults.append(fault)
            else:
                refused.append(Refusal(label, "fault", {"fault": fault.message}))
        return refused


def _refuse_unreadable(project: Project) -> None:
    for source in project.sources:
        if source.problem is not None and source.kind in KINDS:
            raise PlanRefused(next(iter(yaml_faults.faults(source))))


def _faults(project: Project) -> Iterator[Fault]:
    """What is wrong with sentences: of `sportello check` what a new sentence can cause."""
    for source in project.of_kind("nlu", "held_out", "strangers"):
        yield from yaml_faults.faults(source)
    for source in project.of_kind("nlu"):
        yield from form_faults(source)
    for topic in TOPICS:
        yield from topic.faults(project)


def _mark(project: Project, fault: Fault) -> tuple[object, ...]:
    """What a fault is known by when lines have moved."""
    source = next((one for one in project.sources if one.name == fault.file), None)
    line = source.text[slice(*source.line_span(fault.line))].strip() if source and source.text else ""
    values = tuple((key, str(value)) for key, value in sorted(fault.values.items()) if key not in MOVING)
    return fault.file, fault.key, line, values


def _culprit(project: Project, fault: Fault, wanted: Sequence[Label]) -> Optional[Label]:
    """The label whose line a fault is in, or names."""
    places = {(fault.file, fault.line), (fault.values.get("file"), fault.values.get("line"))}
    every = (*project.trained, *project.held_out)
    written = {one.written for one in every if (one.source.name, one.line) in places}
    return next((label for label in wanted if label.text in written), None)


def _by_words(sentences: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    found: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        found[bare(sentence.text)].append(sentence)
    return found


def _place(sentence: Sentence) -> dict[str, object]:
    return {"file": sentence.source.name, "line": sentence.line}
