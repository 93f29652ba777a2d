"""Where a customer who wants a person is sent: what the message, the log and the shop tell, put together."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Optional

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import context
from actions.context import Context
from actions.people import ANGER, LEGAL_THREAT, REASON_OF_RESPONSE, ActionRequestPerson
from actions.routing import case_of
from base.clock import ROME
from shop.desk_rules import DeskRules
from shop.errors import ShopUnavailable
from shop.routing import REASONS, Routing
from shop.sql_shop import SqlShop
from switchboard import attending, turns
from switchboard.body import Reply
from switchboard.staff_requests import WISH
from switchboard.turns import FAILED_TURN
from tests.actions.helpers import Said, message_in_log, tracker, user
from tests.departments import departments
from tests.switchboard import helpers
from tests.switchboard.desk import JOINED, agent, hand_over

RULES = departments()


def with_desk(shop_context: Context, rules: DeskRules = RULES) -> Context:
    """Somebody works at the desk, by these rules."""
    with shop_context.database.writing() as session:
        agent(session, "Giulia", shop_context.clock.now())
    chosen = replace(shop_context, desk=rules)
    context.use(chosen)
    return chosen


async def asked_for_a_person(chosen: Context, text: str, slots: Optional[dict] = None, **entities: str) -> Said:
    conversation_id, turn_id = message_in_log(chosen.database, chosen.clock, text)
    dispatcher = CollectingDispatcher()
    told = tracker(user(text, "ask_human", turn_id, **entities), slots=slots, conversation_id=conversation_id)
    await ActionRequestPerson().run(dispatcher, told, {})
    return Said(dispatcher)


def way(said: Said) -> Any:
    [effect] = said.effects
    return effect["way"]


async def test_a_quote_goes_to_its_department_with_its_seller_and_the_skill_it_wants(shop_context: Context) -> None:
    chosen = with_desk(shop_context)

    said = await asked_for_a_person(chosen, "una persona per il preventivo P-3003", quote_number="P-3003")

    assert way(said) == {
        "department": "vendite",
        "ahead_minutes": 15,  # 1,800 euros
        "why": {
            "rule": "Preventivi di cucine",
            "skill": "cucine",
            "priority": "Importo alto",
            "seller": "carla.verdi@example.it",
        },
    }
    assert said.responses[0] == "utter_person_waiting"


async def test_a_place_that_is_named_now_counts_and_the_hours_are_those_of_the_department(
    shop_context: Context,
) -> None:
    chosen = with_desk(shop_context)

    said = await asked_for_a_person(chosen, "un operatore, sono di Novara", place="Novara")

    assert way(said)["department"] == "magazzino"
    assert said.responses[0] == "utter_person_when_open"
    assert datetime.fromisoformat(said.effects[0]["opens"]) == datetime(2026, 11, 28, 9, 0, tzinfo=ROME)


async def test_who_threatens_goes_first_and_the_words_are_kept_nowhere(shop_context: Context) -> None:
    chosen = with_desk(shop_context)

    said = await asked_for_a_person(chosen, "passo tutto al mio avvocato, voglio una persona")

    assert way(said) == {"department": None, "ahead_minutes": 60, "why": {"priority": "Parla di avvocati"}}


async def test_a_case_that_was_being_prepared_counts_as_what_is_wanted(shop_context: Context) -> None:
    chosen = with_desk(shop_context)
    case = {"case": {"intent": "request_quote", "known": {"description": "40 sedie"}, "facts": {}}}

    said = await asked_for_a_person(chosen, "una persona", slots=case)

    assert way(said)["department"] == "vendite" and way(said)["why"]["rule"] == "Preventivi"


async def test_without_departments_the_shop_is_not_asked_and_nothing_is_decided(shop_context: Context) -> None:
    class NobodyMayAsk(SqlShop):
        async def quote(self, number: str) -> None:
            raise AssertionError(number)

    plain = replace(RULES, departments=(), routing=Routing())
    chosen = replace(with_desk(shop_context, plain), shop=NobodyMayAsk(shop_context.database))
    context.use(chosen)

    said = await asked_for_a_person(chosen, "una persona per il preventivo P-3003", quote_number="P-3003")

    assert way(said) == {"department": None, "ahead_minutes": 0, "why": {}}
    assert said.responses[0] == "utter_person_waiting"


async def test_a_shop_that_does_not_answer_costs_what_only_it_knows(shop_context: Context) -> None:
    class Away(SqlShop):
        async def quote(self, number: str) -> None:
            raise ShopUnavailable("away")

    chosen = replace(with_desk(shop_context), shop=Away(shop_context.database))
    context.use(chosen)

    said = await asked_for_a_person(chosen, "una persona per il preventivo P-3003", quote_number="P-3003")

    assert way(said) == {"department": "vendite", "ahead_minutes": 0, "why": {"rule": "Preventivi"}}


@pytest.mark.parametrize("told_before", [True, False])
async def test_what_earlier_messages_were_about_is_read_from_the_log(shop_context: Context, told_before: bool) -> None:
    chosen, now = with_desk(shop_context), shop_context.clock.now()
    understood = {"intent": "track_order", "entities": {"order_number": "104202", "postal_code": "20121"}}
    with chosen.database.writing() as session:
        giulia = agent(session, "Marco", now)
        conversation_id = hand_over(session, now, text="una persona")
        attending.accept(session, conversation_id, giulia, JOINED, now)
        attending.give_back(session, conversation_id, giulia, "solved", "", Reply("Ecco."), now)
        if told_before:
            helpers.say(session, "dov'è il 104202? CAP 20121", now)
            turn = helpers.claim(session, conversation_id, now)
            assert turn
            turns.complete(session, turn, [Reply("In viaggio")], [], now, understood)

    case = await case_of(chosen.database, chosen.shop, RULES, conversation_id, "asked", {}, now)

    assert case.handoffs == 2
    assert (case.intents, case.kinds) == ((("track_order",), {"order"}) if told_before else ((), frozenset()))
    assert case.postal_codes == ({"20121"} if told_before else frozenset())
    assert [str(case.amount), case.sectors] == (["59.90", ("Sedie",)] if told_before else ["None", ()])


def test_rules_know_every_reason_for_which_a_customer_is_handed_over() -> None:
    given = {*REASON_OF_RESPONSE.values(), "asked", ANGER, LEGAL_THREAT, FAILED_TURN, WISH.rstrip(":")}

    assert given == set(REASONS)
