"""Sentences written in a hurry: what changes, what never does, and that entities stay on their words."""

import re
from random import Random
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.labelled import Labelled, Span
from evaluation.perturb import KINDS, neighbours, perturbed, perturbed_once

LONG_TEXT = "perché l'ordine 104233 della sedia Alba non è arrivato? mail anna.rossi@example.it"
WORDS = st.sampled_from(
    "perché non l'ordine 104233 R-20871 anna@example.it è già PERCHÉ 59,90€ divano così dell’acqua 😀 ? grazie".split()
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60)


def labelled(text: str, *entities: tuple[str, str]) -> Labelled:
    """The text with `(entity, words)` where the words stand."""
    spans = (Span(name, text.index(words), text.index(words) + len(words)) for name, words in entities)
    return Labelled(text, "track_order", frozenset(spans))


def written(kind: str, text: str, seed: int = 0) -> Optional[str]:
    changed = perturbed(labelled(text), kind, Random(seed))
    return changed and changed.text


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("without_accents", "perché è già così", "perche e gia cosi"),
        ("apostrophes_for_accents", "perché è più comodo", "perche' e' piu' comodo"),
        ("curly_apostrophes", "dov'è l'ordine", "dov’è l’ordine"),
        ("capitals", "dov'è la R-20871", "DOV'È LA R-20871"),
        ("no_capitals", "Buongiorno, ANNA@example.it", "buongiorno, ANNA@example.it"),
        ("chat", "perché non", "perché nn"),
        ("glued_words", "sedia Alba", "sediaAlba"),
    ],
)
def test_a_habit_is_written_as_people_write_it(kind: str, text: str, expected: str) -> None:
    possible = {written(kind, text, seed) for seed in range(40)}

    assert expected in possible


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_cannot_change_is_left_alone(kind: str) -> None:
    assert written(kind, "104233?") is None
    assert written(kind, "") is None


def test_apostrophes_leave_a_space_or_nothing() -> None:
    assert {written("without_apostrophes", "l'ordine", seed) for seed in range(20)} == {"l ordine", "lordine"}


@pytest.mark.parametrize("kind", ["neighbour", "doubled", "dropped", "swapped"])
def test_a_slip_is_one_in_a_short_message_and_at_most_two_in_a_long_one(kind: str) -> None:
    short, long = "vorrei la fattura", "vorrei avere la fattura della sedia grande comprata"

    changed = [
        [a != b for a, b in zip(text.split(), str(written(kind, text, seed)).split())]
        for text in (short, long)
        for seed in range(40)
    ]

    assert {sum(words) for words in changed[:40]} == {1}
    assert {sum(words) for words in changed[40:]} == {1, 2}


@pytest.mark.parametrize("kind", ["neighbour", "doubled", "dropped", "swapped"])
def test_a_slip_spares_short_words_and_first_letters(kind: str) -> None:
    slips = {written(kind, "no la sedia", seed) for seed in range(60)}

    assert all(re.fullmatch(r"no la s\w{3,5}", str(slip)) for slip in slips)
    assert len(slips) > 2


def test_a_missed_key_is_a_letter_beside_the_right_one_on_an_italian_keyboard() -> None:
    assert sorted(neighbours("s")) == sorted("adwezx")
    assert sorted(neighbours("è")) == sorted("pìòà"), "no sign is written for a letter"
    assert sorted(neighbours("l")) == sorted("koòp")
    assert neighbours("é") == ""


def test_an_entity_stays_on_its_words() -> None:
    wanted = {"order_number": "104233", "product": "sedia Alba", "email": "anna.rossi@example.it"}
    sentence = labelled(LONG_TEXT, *wanted.items())

    changed = perturbed(sentence, "apostrophes_for_accents", Random(0))

    assert changed is not None
    assert changed.text == "perche' l'ordine 104233 della sedia Alba non e' arrivato? mail anna.rossi@example.it"
    assert {s.entity: changed.text[s.start : s.end] for s in changed.entities} == wanted


def test_an_entity_shrinks_and_grows_with_its_words() -> None:
    glued = perturbed(labelled("sedia Alba", ("product", "sedia Alba")), "glued_words", Random(0))
    stretched = perturbed(labelled("sì, il divano?", ("product", "divano")), "stretched", Random(3))

    assert glued == Labelled("sediaAlba", "track_order", frozenset({Span("product", 0, 9)}))
    assert stretched is not None
    (span,) = stretched.entities
    assert re.fullmatch("divano+", stretched.text[span.start : span.end])


@given(TEXTS, st.sampled_from(sorted(KINDS)), st.integers(0, 2**32))
def test_numbers_and_addresses_are_never_touched(text: str, kind: str, seed: int) -> None:
    changed = written(kind, text, seed)

    if changed is not None:
        assert changed != text
        assert re.findall(r"\S*[\d@]\S*", changed) == re.findall(r"\S*[\d@]\S*", text)


@given(TEXTS, st.sampled_from(sorted(KINDS)), st.integers(0, 2**32))
def test_spans_of_all_words_follow_them_in_order(text: str, kind: str, seed: int) -> None:
    spans = frozenset(Span("product", *match.span()) for match in re.finditer(r"\S+", text))

    changed = perturbed(Labelled(text, "track_order", spans), kind, Random(seed))

    if changed is not None:
        kept = [changed.text[s.start : s.end] for s in sorted(changed.entities, key=lambda span: span.start)]
        assert len(kept) == len(spans)
        assert "".join(kept).split() == "".join(changed.text.split()).split()


@given(TEXTS, st.integers(0, 2**32))
def test_the_same_seed_writes_the_same(text: str, seed: int) -> None:
    assert perturbed_once(labelled(text), Random(seed)) == perturbed_once(labelled(text), Random(seed))


def test_one_change_is_drawn_from_those_that_change_something() -> None:
    drawn = {perturbed_once(labelled(LONG_TEXT), Random(seed))[0] for seed in range(400)}

    assert drawn == set(KINDS)
    assert perturbed_once(labelled("104233"), Random(0)) == (None, labelled("104233"))
