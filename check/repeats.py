"""Sentences written twice, and nearly the same under two intents: the model cannot tell what it is told twice."""

import re
from collections import defaultdict
from functools import lru_cache
from typing import Iterator, Sequence

from check.faults import Fault
from check.project import Project
from check.sentences import Sentence
from components.normalise import fold

WORD = re.compile(r"\w+")


@lru_cache(maxsize=1 << 15)
def bare(text: str) -> str:
    """The words without accents, capitals and punctuation; signs count only where there are no words."""
    return " ".join(WORD.findall(fold(text).text)) or text


def faults(project: Project) -> Iterator[Fault]:
    """Repetitions among what is trained, between that and what is held out, and near ones across intents."""
    every = [*project.trained, *project.held_out]
    held_out = {id(sentence) for sentence in project.held_out}
    first: dict[str, Sentence] = {}
    for sentence in every:
        words = bare(sentence.text)
        other = first.setdefault(words, sentence)
        if other is not sentence:
            yield sentence.fault(_key(sentence, other, held_out), **_shown(other))
    for sentence, other in near_across_intents(project.trained, **project.limits["near"]):
        yield sentence.fault("twin_near", text=other.text, **_shown(other))


def near_across_intents(sentences: Sequence[Sentence], words: int, same_words: int) -> list[tuple[Sentence, Sentence]]:
    """Pairs of sentences of two intents that are not the same but nearly.

    Args:
        words: sentences of at least so many words are nearly the same when one word is another, more or less.
        same_words: sentences of at least so many when the words are the same in another order.

    Entities count as their kind. Both have the words that are left when one is taken out, so that nothing is compared
    pair by pair.
    """
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, sentence in enumerate(sentences):
        for left in _left(sentence.masked, words, same_words):
            alike[left].append(place)
    found = {
        (later, earlier)
        for places in alike.values()
        if len(places) > 1
        for later in places
        for earlier in places
        if earlier < later and sentences[earlier].intent != sentences[later].intent
    }
    pairs = [(sentences[later], sentences[earlier]) for later, earlier in sorted(found)]
    return [(later, earlier) for later, earlier in pairs if bare(later.text) != bare(earlier.text)]


@lru_cache(maxsize=1 << 15)
def _left(masked: str, words: int, same_words: int) -> tuple[tuple[str, ...], ...]:
    """All that two sentences may have in common which are nearly the same: see `near_across_intents`."""
    here = tuple(WORD.findall(fold(masked).text))
    ordered = (("", *sorted(here)),) if len(here) >= same_words else ()
    if len(here) < words:
        return ordered
    return (*ordered, *{here, *(here[:at] + here[at + 1 :] for at in range(len(here)))})


def _key(sentence: Sentence, other: Sentence, held_out: set[int]) -> str:
    if (id(sentence) in held_out) != (id(other) in held_out):
        return "twin_held_out"
    return "twin_same_intent" if sentence.intent == other.intent else "twin_other_intent"


def _shown(other: Sentence) -> dict[str, object]:
    return {"intent": other.intent, "file": other.source.name, "line": other.line}
