"""`sportello new-intent`, `new-response`, `new-conversation`: write the pieces to fill in, and overwrite nothing.

They go into the shop's own folder where there is one, else into the product's files. What has to be filled in bears a
mark that `sportello check` looks for.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from base.layers import Layers, data_layers
from check import unfilled
from check.checker import faults_of
from check.fix import write
from check.nodes import line_of
from check.project import Named, Project
from check.style import last_of
from cli.pieces import NoPlaceForIt, piece, with_piece
from cli.say import Problem, say

NAME = re.compile(r"(?!test_)[a-z][a-z0-9]*(?:_[a-z0-9]+)*")  # Rasa takes what begins with test_ for tests
RESPONSE, LABEL = "utter_", "utter_label_intent_"
NLU, RESPONSES, RULES = "nlu", "responses", "rules"
HELD_OUT, CONVERSATIONS = Path("tests") / "nlu", Path("tests") / "conversations"
DOMAIN, LABELS = "domain.yml", "intents.yml"


@dataclass(frozen=True)
class Addition:
    """A piece of text for a section of a file; the file may not be there yet. `section` as in `with_piece`."""

    file: Path
    section: Optional[str]
    text: str


def new_intent_command(topic: str, name: str) -> None:
    """Write what a new intent needs: its name, sentences, held-out ones, a rule, a response, a label, a conversation.

    Raises:
        Problem: a name cannot be one, something of it is there already, or a file cannot be read. Nothing is written.
    """
    project, places = whole_project(), Places(data_layers())
    check_names(topic, name)
    response, label = f"{RESPONSE}{name}", f"{LABEL}{name}"
    title = piece("conversation_title", name=name)
    if _place(name, project.intents):
        raise Problem("new_intent_there", **_place(name, project.intents))
    _no_response(response, project)
    _no_response(label, project)
    no_conversation(title, project)
    of = "shop" if places.layers.home else "product"
    least, held_out = project.limits["sentences"][of], project.limits["held_out"][of]
    values = {"name": name, "response": response, "label": label, "marker": project.limits["to_fill"], "title": title}
    file = f"{topic}.yml"
    _add(
        project,
        Addition(places.beside / DOMAIN, "intents", piece("intent", **values)),
        Addition(places.data / NLU / file, NLU, piece("sentences", **values, least=least)),
        Addition(places.beside / HELD_OUT / file, NLU, piece("held_out", **values, least_held_out=held_out)),
        Addition(places.data / RULES / file, RULES, piece("rule", **values)),
        Addition(places.data / RESPONSES / file, RESPONSES, piece("response", **values)),
        Addition(places.data / RESPONSES / LABELS, RESPONSES, piece("label", **values)),
        Addition(places.beside / CONVERSATIONS / file, None, piece("conversation_of_intent", **values)),
    )
    print(say("new_train"))


def new_response_command(topic: str, name: str) -> None:
    """Write a response to fill in; in the shop's folder one of the product's as it is, to be rewritten.

    Raises:
        Problem: as `new_intent_command`.
    """
    project, places = whole_project(), Places(data_layers())
    check_names(topic, name)
    if not name.startswith(RESPONSE):
        raise Problem("new_response_name", 2, name=name)
    there = [one for one in project.written_responses if one.name == name]
    if places.layers.home is None or any(one.source.of_shop for one in there):
        _no_response(name, project)
    text = _as_written(there[-1]) if there else piece("response", response=name, marker=project.limits["to_fill"])
    _add(project, Addition(places.data / RESPONSES / f"{topic}.yml", RESPONSES, text))
    print(say("new_response_copied", name=name) if there else say("new_response_unsaid", name=name))


def new_conversation_command(topic: str, title: str) -> None:
    """Write a test conversation to fill in.

    Raises:
        Problem: as `new_intent_command`.
    """
    project, places = whole_project(), Places(data_layers())
    check_names(topic)
    title = " ".join(title.split())
    if not title:
        raise Problem("new_conversation_title", 2)
    no_conversation(title, project)
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    text = piece("conversation", title=quoted, marker=project.limits["to_fill"])
    _add(project, Addition(places.beside / CONVERSATIONS / f"{topic}.yml", None, text))


@dataclass(frozen=True)
class Places:
    """Where new things are written."""

    layers: Layers

    @property
    def data(self) -> Path:
        return self.layers.data[-1]

    @property
    def beside(self) -> Path:
        return self.layers.beside[-1]


def whole_project() -> Project:
    """Everything there is.

    Raises:
        Problem: a file cannot be read: what is in it could be overwritten.
    """
    project = Project.read(data_layers())
    broken = next((source for source in project.sources if source.problem is not None), None)
    if broken is not None:
        fault = next(fault for fault in faults_of(project) if fault.path == broken.path)
        raise Problem("new_unreadable", fault=str(fault))
    return project


def check_names(*names: str) -> None:
    for name in names:
        if not NAME.fullmatch(name):
            raise Problem("new_name", 2, name=name)


def _no_response(name: str, project: Project) -> None:
    if _place(name, project.written_responses):
        raise Problem("new_response_there", **_place(name, project.written_responses))


def no_conversation(title: str, project: Project) -> None:
    if _place(title, project.conversations):
        raise Problem("new_conversation_there", **_place(title, project.conversations))


def _place(name: str, written: Sequence[Named]) -> dict[str, object]:
    """What a message says of the last one with this name; nothing where there is none."""
    there = next((one for one in reversed(written) if one.name == name), None)
    return {"name": name, "file": there.source.name, "line": line_of(there.node)} if there else {}


def _as_written(response: Named) -> str:
    """A response as it stands in its file, from the first column on."""
    text, first, column = response.source.text, response.node.start_mark.line, response.node.start_mark.column
    last = text[: last_of(response.value or response.node)].rstrip().count("\n")
    return "".join(f"{line[column:]}\n" for line in text.splitlines()[first : last + 1])


def _add(project: Project, *additions: Addition) -> None:
    """Write all pieces, or none, and say what there is to fill in.

    Raises:
        Problem: a file is written in a way that nothing can be added to.
    """
    read = {source.path: source.text for source in project.sources}
    texts: dict[Path, str] = {}
    for one in additions:
        before = texts.get(one.file, read.get(one.file, ""))
        try:
            texts[one.file] = with_piece(before, one.section, one.text)
        except NoPlaceForIt:
            raise Problem("new_no_place", file=one.file, section=one.section or "-") from None
    for file in texts:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    write(texts)
    written = Project.read(project.layers)
    for source in (source for source in written.sources if source.path in texts):
        places = [fault.line for fault in unfilled.of_source(written, source)]
        lines = ", ".join(map(str, places))
        print(say("new_written", file=source.name, lines=lines) if lines else say("new_whole", file=source.name))
