"""Annotations: broken ones, of entities that do not exist, and ones against the conventions of where a value ends.

The conventions hold in training and in held-out sentences alike, for otherwise both the tagger and its figures suffer.
"""

import re
from typing import AbstractSet, Iterator, Optional

from check.faults import Fault
from check.project import Project
from check.sentences import ANNOTATION, LEFT_OVER, Sentence, Span
from components.normalise import readable

ARTICLE = re.compile(
    r"(?:il|lo|la|i|gli|le|al?|ad|di|da|del\w*|nel\w*|in|per|con|su|fra|tra|entro)\s|(?:l|d|dell|nell|all|dall|sull)'",
    re.IGNORECASE,
)
WITHOUT_ARTICLE = ("date", "product", "color", "size", "quantity")
BEFORE_PLACE = re.compile(r"(?:a|di|da|in|per)\s", re.IGNORECASE)
GENERIC = re.compile(r"(?:pacc|articol|ordin)\w{1,2}\b|prodott[oi]$", re.IGNORECASE)
MADE_TO_MEASURE = "su misura"
SIZE_WORD = re.compile(r"(?:taglia|numero|misura)\b", re.IGNORECASE)
STREET = re.compile(r"(?:via|viale|piazza|piazzale|corso|largo|vicolo)\s", re.IGNORECASE)
CURRENCY = re.compile(r"€|e[ur]{1,2}o?|\be\.?$|\d\s?e\b", re.IGNORECASE)  # also as it is mistyped: "eruo"
CLOCK = re.compile(r"\d{1,2}[:.]\d{2}$|(?:ore|alle)\s", re.IGNORECASE)
UNIT_AFTER = re.compile(r"\s?(?:cm|mm|mt|metri|ml|cl|litri|kg|gr|grammi|pollici|x\s?\d+)\b", re.IGNORECASE)
FIRST_SIGNS = "#+€"
LAST_SIGNS = ".,;:!?"
INDEFINITE = re.compile(r"una?'?", re.IGNORECASE)  # "uno" alone is a number


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong with the annotations of all sentences, trained and held out."""
    known = {entity.name for entity in project.entities}
    for sentence in (*project.trained, *project.held_out):
        yield from of_sentence(sentence, known if project.whole("domain") else None)


def of_sentence(sentence: Sentence, known: Optional[AbstractSet[str]]) -> Iterator[Fault]:
    """What is wrong with the annotations of one sentence; `known` are the entities, None where that is not known."""
    yield from _broken(sentence)
    for span in sentence.spans:
        if known is not None and span.entity not in known:
            yield sentence.fault("span_unknown_entity", entity=span.entity, known=", ".join(sorted(known)))
        else:
            key = against_conventions(sentence, span)
            if key:
                yield sentence.fault(key, words=sentence.text[span.start : span.end], entity=span.entity)


def against_conventions(sentence: Sentence, span: Span) -> Optional[str]:
    """The message that tells which convention an annotation does not follow, or None."""
    words, entity = readable(sentence.text[span.start : span.end]), span.entity
    before, after = sentence.text[: span.start], sentence.text[span.end :]
    if words != words.strip():
        return "span_blanks"
    if _inside_a_word(before, words, after):
        return "span_inside_a_word"
    if entity in WITHOUT_ARTICLE and ARTICLE.match(words) or entity == "place" and BEFORE_PLACE.match(words):
        return "span_article"
    if not (words[0].isalnum() or words[0] in FIRST_SIGNS) or words[-1] in LAST_SIGNS:
        return "span_signs"
    return _of_entity(entity, words, before, after)


def _of_entity(entity: str, words: str, before: str, after: str) -> Optional[str]:
    if entity == "product" and GENERIC.match(words):
        return "span_generic_product"
    if entity == "product" and MADE_TO_MEASURE in words:
        return "span_made_to_measure"
    if entity == "size" and SIZE_WORD.match(words):
        return "span_size_word"
    if entity == "size" and UNIT_AFTER.match(after):
        return "span_size_unit"
    if entity == "place" and STREET.match(words):
        return "span_street"
    if entity == "amount" and not CURRENCY.search(words):
        return "span_no_currency"
    if entity == "quantity" and INDEFINITE.fullmatch(words):
        return "span_indefinite"
    if entity == "date" and CLOCK.match(words):
        return "span_clock"
    if entity.endswith("_number") and before.endswith("#"):
        return "span_prefix_outside"
    return None


def _inside_a_word(before: str, words: str, after: str) -> bool:
    begins = bool(before) and before[-1].isalnum() and words[0].isalnum()
    ends = bool(after) and after[0].isalnum() and words[-1].isalnum()
    return begins or ends


def _broken(sentence: Sentence) -> Iterator[Fault]:
    """Brackets that are no annotation."""
    rest = ANNOTATION.sub(lambda found: "\0" * len(found[0]), sentence.written)
    found = LEFT_OVER.search(rest)
    if found and found[0] in "[]":
        yield sentence.fault("span_broken", written=sentence.written)
    elif found and "_" in found["name"]:
        yield sentence.fault("span_no_words", entity=found["name"])
