from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.settings import ROOT
from engine.clauses import MOST_CLAUSES, Clause, Clauses, ClausesUnreadable
from engine.turn_request import Button, TurnRequest
from engine.understanding import Understanding

SURE = 0.9
INTENTS = {
    "dov'è": "track_order",
    "fattura": "request_invoice",
    "spedizione": "ask_shipping_terms",
    "rotto": "report_item_problem",
    "soldi": "track_refund",
    "persona": "ask_human",
    "ciao": "greet",
    "mail": "give_details",
}


@pytest.fixture(scope="module")
def clauses() -> Clauses:
    return Clauses.load(ROOT / "data" / "dialogue.yml")


@pytest.fixture
def understanding(clauses: Clauses) -> Understanding:
    return Understanding(_parse, INTENTS.values(), clauses)


async def test_two_questions_are_two_requests(understanding: Understanding) -> None:
    assert await _asked(understanding, "dov'è il mio pacco? e quanto costa la spedizione?") == [
        ("track_order", []),
        ("ask_shipping_terms", []),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "dov'è il mio pacco quanto costa la spedizione",  # as it is dictated
        "mandatemi la fattura e ditemi dov'è il pacco",
        "vorrei avere la fattura e sapere dov'è il pacco",
        "dov'è il mio pacco, e la spedizione quanto costa?",
        "info su dov'è il pacco + costo spedizione",
        "buongiorno, due domande: dov'è il pacco, la spedizione costa molto",
        "ditemi dov'è il pacco e, se possibile, mandatemi la fattura",
        "il vaso è rotto e quanto costa la spedizione?",  # an account that is a request
    ],
)
async def test_two_requests_are_found_however_they_are_joined(text: str, understanding: Understanding) -> None:
    assert len(await _asked(understanding, text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "mi dite per favore dov'è il mio pacco",
        "vorrei sapere quanto costa la spedizione",
        "ho visto la fattura e dov'è il pacco non si sa",
        "quanto costa la spedizione e a Milano la spedizione?",  # only names another place
    ],
)
async def test_what_hangs_on_other_words_is_not_cut_off(text: str, understanding: Understanding) -> None:
    assert len(await _asked(understanding, text)) == 1


def test_a_number_stays_with_what_was_said_before_it(clauses: Clauses) -> None:
    text = "dove sono il 104206 e il 104207? e quanto costa la spedizione?"

    assert [text[start:end] for start, end in clauses.spans(text)] == [
        "dove sono il 104206 e il 104207?",
        "e quanto costa la spedizione?",
    ]


async def test_an_account_is_one_request(understanding: Understanding) -> None:
    assert len(await _asked(understanding, "il vaso è rotto e voglio i soldi")) == 1


async def test_a_greeting_is_no_request(understanding: Understanding) -> None:
    assert len(await _asked(understanding, "ciao a tutti! dov'è il mio ordine?")) == 1


async def test_a_person_is_all_that_counts(understanding: Understanding) -> None:
    assert len(await _asked(understanding, "dov'è il mio ordine? e poi vorrei una persona")) == 1


async def test_a_request_takes_the_number_and_the_email_of_the_others(understanding: Understanding) -> None:
    text = "vorrei la fattura dell'ordine 104206 e sapere dov'è. La mail è a@b.it"

    assert await _asked(understanding, text) == [
        ("request_invoice", ["104206", "a@b.it"]),
        ("track_order", ["a@b.it", "104206"]),
    ]


async def test_each_of_several_numbers_is_asked_about(understanding: Understanding) -> None:
    assert await _asked(understanding, "dov'è il 104206 o il 104207?") == [
        ("track_order", ["104206"]),
        ("track_order", ["104207"]),
    ]


async def test_a_corrected_number_is_one_request(understanding: Understanding) -> None:
    assert len(await _asked(understanding, "dov'è il 104206, anzi il 104207?")) == 1


async def test_more_than_three_are_not_taken_apart(understanding: Understanding) -> None:
    assert len(await _asked(understanding, "dov'è il 104206 o 104207 o 104208 o 104209?")) == 1


async def test_an_answer_is_never_cut(understanding: Understanding) -> None:
    request = _request("dov'è il mio pacco? e quanto costa la spedizione?")

    assert len(await understanding.requests(request, inside_a_task=True)) == 1


async def test_a_button_is_one_request(understanding: Understanding) -> None:
    request = _request("dov'è? e quanto costa la spedizione?", Button("greet", {}))

    assert [r["intent"]["name"] for r in await understanding.requests(request, inside_a_task=False)] == ["greet"]


@given(st.text(max_size=300))
def test_spans_are_in_order_and_inside_the_text(clauses: Clauses, text: str) -> None:
    spans = clauses.spans(text)

    assert 1 <= len(spans) <= MOST_CLAUSES
    assert spans[0][0] == 0 and spans[-1][1] == len(text)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:]))


@given(st.lists(st.sampled_from(["dov'è il 104206?", "la spedizione?", "ciao", "e poi i soldi", ""]), max_size=12))
async def test_any_message_has_at_least_one_request(clauses: Clauses, parts: list[str]) -> None:
    asked = await _asked(Understanding(_parse, (), clauses), " ".join(parts) or "?")

    assert 1 <= len(asked) <= 3


def test_a_file_that_lacks_something_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dialogue.yml"
    file.write_text("several: {joints: [poi]}\n", encoding="utf-8")

    with pytest.raises(ClausesUnreadable, match="dialogue.yml: several"):
        Clauses.load(file)


def test_a_group_keeps_its_head(clauses: Clauses) -> None:
    told = [_clause(0, "ciao"), _clause(5, "dov'è il mio pacco"), _clause(24, "grazie")]

    (request,) = clauses.grouped(told)

    assert request.head.intent == "track_order"
    assert request.span == (0, 30)


def _request(text: str, button: Any = None) -> TurnRequest:
    return TurnRequest("ms_1", "cv_1", text, button, "web", "")


async def _asked(understanding: Understanding, text: str) -> list[tuple[str, list[str]]]:
    requests = await understanding.requests(_request(text), inside_a_task=False)
    return [(r["intent"]["name"], [entity["value"] for entity in r["entities"]]) for r in requests]


async def _parse(text: str) -> dict[str, Any]:
    name = next((intent for word, intent in INTENTS.items() if word in text), "nlu_fallback")
    intent = {"name": name, "confidence": SURE}
    words = [word.strip(".,?") for word in text.split()]
    entities = [{"entity": "order_number", "value": word, "start": 0, "end": 6} for word in words if word.isdigit()]
    entities += [{"entity": "email", "value": word, "start": 0, "end": 6} for word in words if "@" in word]
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}


def _clause(start: int, text: str) -> Clause:
    name = next((intent for word, intent in INTENTS.items() if word in text), "nlu_fallback")
    parsed = {"text": text, "intent": {"name": name, "confidence": SURE}, "entities": []}
    return Clause(start, start + len(text), text, parsed)
