"""Handing a request to the people of the shop, until they have a desk of their own."""

from typing import Mapping, Optional

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import SportelloAction
from actions.details import NUMBER_OF_KIND, SLOT_OF_KIND, Details, record_named
from actions.kept import keep
from actions.proof import RecordRef
from actions.proving import identity_for_staff
from actions.records import STATUS_FORM_OF_KIND, talked_about
from actions.turn import CASE_SLOT, Events, Turn
from switchboard import staff_requests

ASK_HUMAN = "ask_human"
PHOTO = "photo"  # the detail of a case that counts its files
REASON_OF_RESPONSE = {
    "utter_error_too_many_attempts": "attempts",
    "utter_not_understood_offer_person": "not_understood",
    "utter_offer_person_for_missing_details": "not_understood",
    "utter_without_code_number": "asked",
}
# What a person has to do anyway is passed on at once, and the customer is told so.
PASSED_ON = {
    "withdraw_from_contract": "utter_withdrawal_passed_on",
    "request_my_data": "utter_data_request_passed_on",
    "erase_my_data": "utter_erasure_passed_on",
    "change_consent": "utter_consent_passed_on",
}
TAKEN_BY_A_PERSON = {
    "utter_person_requested",
    "utter_added_to_request",
    "utter_added_again",
    "utter_case_passed_on",
    *PASSED_ON.values(),
}


class ActionRequestPerson(SportelloAction):
    """The customer wants a person: leave a numbered request, with the conversation."""

    def name(self) -> str:
        return "action_request_person"

    async def act(self, turn: Turn) -> Events:
        return request_person(turn)


class ActionTellAnswerTime(SportelloAction):
    """When somebody will answer: nobody here knows the hour, but what was passed on is on its way.

    Without a request it is asked of the record that was talked about.
    """

    def name(self) -> str:
        return "action_tell_answer_time"

    async def act(self, turn: Turn) -> Events:
        number = await turn.context.database.read(staff_requests.latest_open_of, turn.conversation_id)
        if number is not None:
            turn.say("utter_answer_time", number=number)
            return []
        ref = talked_about(turn)
        if ref and turn.active_form is None:
            return [FollowupAction(STATUS_FORM_OF_KIND[ref.kind])]
        turn.say("utter_nobody_is_asked_yet")
        return []


class ActionComplain(SportelloAction):
    """Anger is met once, with a way out; whoever stays angry is not given the same words again."""

    def name(self) -> str:
        return "action_complain"

    async def act(self, turn: Turn) -> Events:
        turn.say("utter_complain_again" if turn.slot("complained") else "utter_complain")
        return [SlotSet("complained", True)]


class ActionPassToStaff(SportelloAction):
    """The customer asked for something that only a person can do: pass it on without asking again."""

    def name(self) -> str:
        return "action_pass_to_staff"

    async def act(self, turn: Turn) -> Events:
        turn.say(PASSED_ON[turn.intent])
        about = {**_numbers(_entities(turn)), **await identity_for_staff(turn)}
        turn.effect("staff_request", reason=f"intent:{turn.intent}", about=about)
        ref = record_named(turn, tuple(SLOT_OF_KIND))
        return keep(Details(ref)) if ref else []


def request_person(turn: Turn) -> Events:
    """Say that the request was passed on; what it is about is what the offer just accepted was about."""
    accepted = turn.last_offer() == ASK_HUMAN
    entities = {**(turn.previous_entities() if accepted else {}), **_entities(turn)}
    turn.say("utter_person_requested")
    about = {**_case_so_far(turn), **(_numbers(entities) or _talked_about(turn))}
    turn.effect("staff_request", reason=_reason(turn) if accepted else "asked", about=about)
    return []


def about_case(known: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """What staff read of a case: the facts it mentions and its details, numbers under the names of their slots.

    Files go with the request by themselves.
    """
    details = {SLOT_OF_KIND.get(name, name): value for name, value in known.items() if name != PHOTO}
    return {**facts, **details}


def _case_so_far(turn: Turn) -> dict[str, str]:
    case = turn.slot(CASE_SLOT)
    return {"case": case["intent"], **about_case(case["known"], case["facts"])} if case else {}


def _talked_about(turn: Turn) -> dict[str, str]:
    """The record that was told about last, when nothing else says what a person is wanted for."""
    ref = talked_about(turn)
    return {SLOT_OF_KIND[ref.kind]: ref.number} if ref else {}


def add_to_request(turn: Turn, ref: Optional[RecordRef]) -> Events:
    """Add what was just written to the request passed on before it."""
    again = "utter_added_to_request" in turn.last_responses()
    turn.say("utter_added_again" if again else "utter_added_to_request")
    about = {SLOT_OF_KIND[ref.kind]: ref.number} if ref else {}
    turn.effect("staff_request", reason="added", about=about)
    return []


def _reason(turn: Turn) -> str:
    reasons = (REASON_OF_RESPONSE.get(name) for name in turn.last_responses())
    known = next((reason for reason in reasons if reason), None)
    wanted = turn.previous_request()
    if known or not wanted or wanted == ASK_HUMAN:
        return known or "asked"
    return f"intent:{wanted}"


def _entities(turn: Turn) -> dict[str, str]:
    return {name: values[-1] for name in SLOT_OF_KIND.values() if (values := turn.entity_values(name))}


def _numbers(entities: dict[str, str]) -> dict[str, str]:
    """The numbers among `entities`, in canonical form."""
    read = ((SLOT_OF_KIND[kind], number_in) for kind, number_in in NUMBER_OF_KIND.items())
    return {name: number for name, number_in in read if (number := number_in(entities.get(name, "")))}
