"""The shop's own questions as actions see them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from actions.context import Context
from actions.questions import ActionAnswerQuestion, ask_which_question
from base.settings import Register
from shop.questions import LiveQuestions, Question
from tests.actions.helpers import Said, tracker, turn_of, user

PARKING = Question("Parcheggio", ("c'è un parcheggio?",), "Puoi stare due ore.", "Può stare due ore.")
GIFTS = Question("Regali", ("fate pacchetti?",), "Sì.", valid_until=date(2026, 11, 22))  # the day before


@pytest.fixture
def chosen(bare_context: Context) -> Context:
    questions = LiveQuestions(tuple)
    questions.all = lambda: (PARKING, GIFTS)  # type: ignore[method-assign]
    return replace(bare_context, questions=questions)


async def answer(chosen: Context, **entities: str) -> Said:
    turn, said = turn_of(tracker(user("…", "ask_shop_question", **entities)), chosen)
    await ActionAnswerQuestion().act(turn)
    return said


async def test_the_entry_is_answered_with_its_title(chosen: Context) -> None:
    assert (await answer(chosen, question="Parcheggio")).words == "Parcheggio\nPuoi stare due ore."


async def test_the_answer_is_formal_where_the_shop_is(chosen: Context) -> None:
    formal = replace(chosen, register=Register.LEI)

    assert (await answer(formal, question="Parcheggio")).words == "Parcheggio\nPuò stare due ore."


@pytest.mark.parametrize("entities", [{"question": "Regali"}, {"question": "Wifi"}, {}])
async def test_what_is_over_or_gone_is_not_answered(chosen: Context, entities: dict[str, Any]) -> None:
    assert (await answer(chosen, **entities)).responses == ["utter_shop_question_gone"]


def test_it_is_asked_which_with_a_button_for_each_and_the_likeliest_request(chosen: Context) -> None:
    message = user("posso lasciarla?", "nlu_fallback")
    message["parse_data"]["intent_ranking"] = [{"name": "find_store", "confidence": 0.4}]
    turn, said = turn_of(tracker(message), chosen)

    ask_which_question(turn, ["Parcheggio", "Regali"])

    (spoken, *_) = said.dispatcher.messages
    assert [button["title"] for button in spoken["buttons"]] == ["Parcheggio", "Regali", "Negozi e orari", "Altro"]
    assert [effect["offered"] for effect in said.effects] == [[{"intent": "find_store", "confidence": 0.4}]]


def test_without_a_likely_request_nothing_is_recorded(chosen: Context) -> None:
    turn, said = turn_of(tracker(user("posso lasciarla?", "nlu_fallback")), chosen)

    ask_which_question(turn, ["Parcheggio"])

    assert [button["title"] for button in said.dispatcher.messages[0]["buttons"]] == ["Parcheggio", "Altro"]
    assert said.effects == []
