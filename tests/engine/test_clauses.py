import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.settings import ROOT
from engine.clauses import Clauses, ClausesUnreadable
from engine.cuts import BIAS, CutScores, CutsUnreadable
from engine.turn_request import Button, TurnRequest
from engine.understanding import Understanding

DIALOGUE = ROOT / "data" / "dialogue.yml"
SURE, UNSURE = 0.9, 0.25
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
    return Clauses.load(DIALOGUE)


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
        "mandatemi la fattura e ditemi dov'è il pacco",
        "vorrei avere la fattura e sapere dov'è il pacco",
        "dov'è il mio pacco, e la spedizione quanto costa?",
        "buongiorno, due domande: dov'è il pacco? la spedizione costa molto?",
        "ditemi dov'è il pacco e, se possibile, mandatemi la fattura",
        "dov'è il pacco? Ah, già che ci sono: mandatemi la fattura",
        "1) dov'è il pacco 2) quanto costa la spedizione",
    ],
)
async def test_two_requests_are_found_however_they_are_joined(text: str, understanding: Understanding) -> None:
    assert len(await _asked(understanding, text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "mi dite per favore dov'è il mio pacco",
        "vorrei sapere quanto costa la spedizione",
        "quanto costa la spedizione e a Milano la spedizione?",  # only names another place
    ],
)
async def test_what_hangs_on_other_words_is_not_cut_off(text: str, understanding: Understanding) -> None:
    assert len(await _asked(understanding, text)) == 1


async def test_three_requests_are_found(understanding: Understanding) -> None:
    text = "dov'è il mio pacco? quanto costa la spedizione? e mi mandate la fattura?"

    assert [intent for intent, _ in await _asked(understanding, text)] == [
        "track_order",
        "ask_shipping_terms",
        "request_invoice",
    ]


async def test_words_that_join_belong_to_no_clause(clauses: Clauses) -> None:
    text = "E poi dov'è il mio pacco? E già che ci sono, un'altra cosa: quanto costa la spedizione?"

    cutting = await clauses.cut(text, await _parse(text), _parse)

    assert [text[clause.start : clause.end] for clause in cutting.clauses] == [
        "dov'è il mio pacco?",
        "quanto costa la spedizione?",
    ]


async def test_a_side_that_is_hardly_anything_is_taken_for_its_likeliest_request(clauses: Clauses) -> None:
    async def parse(text: str) -> dict[str, Any]:
        parsed = await _parse(text)
        if "spedizione" in text and "dov'è" not in text:
            ranking = [{"name": "nlu_fallback", "confidence": UNSURE}, {"name": "find_store", "confidence": UNSURE}]
            return {**parsed, "intent": ranking[0], "intent_ranking": ranking}
        return parsed

    text = "dov'è il mio pacco? Inoltre quanto costa la spedizione?"

    cutting = await clauses.cut(text, await parse(text), parse)

    assert cutting.looked_at[0].right.intent == "find_store"
    assert cutting.looked_at[0].evidence["right_is_less_likely"] == 1


async def test_a_greeting_is_no_request(understanding: Understanding) -> None:
    assert len(await _asked(understanding, "ciao a tutti! dov'è il mio ordine?")) == 1


async def test_a_person_is_all_that_counts(understanding: Understanding) -> None:
    text = "dov'è il mio ordine? e quanto costa la spedizione? e poi vorrei una persona"

    assert len(await _asked(understanding, text)) == 1


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


async def test_what_is_surely_one_request_is_parsed_once(clauses: Clauses) -> None:
    parsed = []

    async def parse(text: str) -> dict[str, Any]:
        parsed.append(text)
        return await _parse(text)

    await Understanding(parse, (), clauses).requests(_request("dov'è il mio pacco?"), inside_a_task=False)

    assert parsed == ["dov'è il mio pacco?"]


@given(st.text(max_size=300))
async def test_clauses_are_in_order_and_inside_the_text(clauses: Clauses, text: str) -> None:
    cutting = await clauses.cut(text, await _parse(text), _parse)

    spans = [(clause.start, clause.end) for clause in cutting.clauses]
    assert spans and all(0 <= start <= end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:]))


@given(st.lists(st.sampled_from(["dov'è il 104206?", "la spedizione?", "ciao", "e poi i soldi", ""]), max_size=12))
async def test_any_message_has_at_least_one_request(clauses: Clauses, parts: list[str]) -> None:
    asked = await _asked(Understanding(_parse, (), clauses), " ".join(parts) or "?")

    assert 1 <= len(asked) <= 3


async def test_what_was_learnt_weighs_what_is_looked_at(clauses: Clauses) -> None:
    text = "dov'è il mio pacco? e quanto costa la spedizione?"

    (cut, *_) = (await clauses.cut(text, await _parse(text), _parse)).looked_at

    assert {BIAS, *cut.evidence} == set(clauses.scores.sides)


def test_a_file_that_lacks_something_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dialogue.yml"
    file.write_text("several: {joints: {and: [e]}}\n", encoding="utf-8")

    with pytest.raises(ClausesUnreadable, match="dialogue.yml: several"):
        Clauses.load(file)


@pytest.mark.parametrize("content", ["", "[]", json.dumps({"words": {BIAS: 0}})])
def test_weights_that_lack_something_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cuts.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CutsUnreadable, match="cuts.json"):
        CutScores.load(file)


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
