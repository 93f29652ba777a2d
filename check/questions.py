"""`domande.yml`, the shop's own questions."""

from collections import defaultdict
from datetime import date
from typing import Iterator, Optional

from check.faults import Fault
from check.nodes import Node, get, is_list, is_mapping, items, line_of, pairs, plain, text
from check.project import Project
from check.repeats import bare
from check.sources import Source
from check.style import spellings_of, words_faults
from check.variants import LONGEST_TITLE, formal_faults
from shop.questions import ANSWER, FORMAL, TITLE, TOP, TOPIC, UNTIL, WAYS

KEYS = (WAYS, TITLE, ANSWER, FORMAL, UNTIL, TOPIC)
LEAST_WAYS = 2
LONGEST_ANSWER = 1500
ELSEWHERE = "out_of_scope"  # what the product does not answer a shop may
SHOWN = (TITLE, ANSWER, FORMAL)  # what customers read


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in the shop's questions."""
    asked: dict[str, list[tuple[Source, Node, int]]] = defaultdict(list)
    titles: dict[str, tuple[Source, Node]] = {}
    for source in project.of_kind("questions"):
        yield from _form(source)
        for number, entry in enumerate(items(get(source.root, TOP))):
            yield from _of_entry(project, source, entry)
            for way in _texts(get(entry, WAYS)):
                asked[bare(str(way.value))].append((source, way, number))
            title = get(entry, TITLE) or next(iter(items(get(entry, WAYS))), None)
            if title is not None and text(title):
                yield from _title(source, title, titles)
    yield from _repeated(project, asked)


def _form(source: Source) -> Iterator[Fault]:
    for key, value in pairs(source.root):
        if key.value != TOP:
            yield source.fault(key, "questions_unknown_key", name=key.value)
        elif plain(value) is not None and not is_list(value):
            yield source.fault(key, "questions_no_list")


def _of_entry(project: Project, source: Source, entry: Node) -> Iterator[Fault]:
    if not is_mapping(entry):
        yield source.fault(entry, "question_form")
        return
    for key, _ in pairs(entry):
        if key.value not in KEYS:
            yield source.fault(key, "question_unknown_key", name=key.value, known=", ".join(KEYS))
    ways = get(entry, WAYS)
    if not is_list(ways) or len(_texts(ways)) < len(items(ways)):
        yield source.fault(ways if ways is not None else entry, "question_no_ways")
    elif len(_texts(ways)) < LEAST_WAYS:
        yield source.fault(ways, "question_few_ways", least=LEAST_WAYS)
    answer, until = get(entry, ANSWER), get(entry, UNTIL)
    if not text(answer):
        yield source.fault(answer if answer is not None else entry, "question_no_answer")
    else:
        if len(text(answer) or "") > LONGEST_ANSWER:
            yield source.fault(answer, "question_long_answer", most=LONGEST_ANSWER)
        yield from formal_faults(project, source, answer, get(entry, FORMAL))
    yield from _until(project, source, until)
    spellings = spellings_of(project.limits)
    for node in (get(entry, key) for key in SHOWN):
        if text(node):
            yield from words_faults(source, node, spellings)


def _until(project: Project, source: Source, until: Optional[Node]) -> Iterator[Fault]:
    if until is None or plain(until) is None:
        return
    try:
        last = date.fromisoformat(str(until.value))
    except ValueError:
        yield source.fault(until, "question_no_day", written=until.value)
        return
    if last < project.today:
        yield source.fault(until, "question_over", day=f"{last:%d/%m/%Y}")


def _title(source: Source, title: Node, titles: dict[str, tuple[Source, Node]]) -> Iterator[Fault]:
    first = titles.setdefault(str(title.value), (source, title))
    if first[1] is not title:
        yield source.fault(title, "question_title_twice", line=line_of(first[1]))
    if len(str(title.value)) > LONGEST_TITLE:
        yield source.fault(title, "question_long_title", most=LONGEST_TITLE)


def _repeated(project: Project, asked: dict[str, list[tuple[Source, Node, int]]]) -> Iterator[Fault]:
    """The same question in two entries, twice in one, or among the sentences of an intent."""
    intents = {bare(sentence.text): sentence for sentence in project.trained} if asked else {}
    for words, places in asked.items():
        (first_source, first, _), *others = places
        for source, way, _ in others:
            yield source.fault(way, "question_twice", file=first_source.name, line=line_of(first))
        other = intents.get(words)
        if other and other.intent != ELSEWHERE:
            values = {"intent": other.intent, "file": other.source.name, "line": other.line}
            yield first_source.fault(first, "question_is_request", **values)


def _texts(node: Optional[Node]) -> list[Node]:
    return [item for item in items(node) if (text(item) or "").strip()]
