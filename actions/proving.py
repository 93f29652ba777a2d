"""Level 2 of proof inside a task: offer a code, hear an e-mail, wait for the code, and say what became of it.

The slot keeps how far the question is, never what was proved: that is read in the switchboard. The code itself was
checked before the message reached us (`switchboard/codes.py`); here is only its outcome.
"""

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Optional

from rasa_sdk.events import SlotSet

from actions.answering import NO_ANSWER
from actions.details import email_given
from actions.proof import RecordRef
from actions.turn import AFFIRM, DENY, GIVE_DETAILS, PROOF_SLOT, REQUESTED_SLOT, Events, Turn
from base.emails import masked_email, same_email
from switchboard import codes, email_proofs
from switchboard.codes import Outcome
from switchboard.email_proofs import Owner
from switchboard.masking import DOT

OFFER, EMAIL, CODE = "offer", "email", "code"
AGAIN, LACKING = "repeat_last", "lack_details"
IDENTITY = "identity"
MAX_MISSES = 2
SAID_OF = {
    codes.MALFORMED: "utter_code_malformed",
    codes.REPLACED: "utter_code_replaced",
    codes.SPENT: "utter_code_spent",
    codes.EXPIRED: "utter_code_expired",
    codes.AGAIN: "utter_code_expired",  # right once, but what it proved is over
}


@dataclass(frozen=True)
class Step:
    """How far the question is. `known`: the e-mail is one that the shop is known to have."""

    asked: str
    email: Optional[str] = None
    known: bool = False
    missed: int = 0


class End(str, Enum):
    """How a step ended: proved, refused or impossible, or left for another request."""

    PROVED = "proved"
    WITHOUT = "without"
    ASIDE = "aside"


@dataclass(frozen=True)
class Progress:
    """What a message made of the step: how it ended, or the events with which it goes on."""

    end: Optional[End] = None
    events: Optional[Events] = None


async def owners(turn: Turn) -> list[Owner]:
    """Whose e-mails are proved where the customer writes now, the latest first; empty at levels 0 and 1."""
    return list(await turn.context.database.read(email_proofs.proved_in_turn, turn.id, turn.now))


async def code_outcome(turn: Turn) -> Optional[Outcome]:
    """What became of the code in the latest message; None when it holds none."""
    if DOT not in turn.text:
        return None
    return await turn.context.database.read(codes.outcome_of, turn.id)


async def identity_for_staff(turn: Turn, ref: Optional[RecordRef] = None) -> dict[str, str]:
    """How the customer proved who he is, for those who deal with his request; nothing where he did not.

    Args:
        ref: the record that is meant: a proof for another e-mail is none for it.
    """
    owned = await owners(turn)
    if ref and owned:
        email = await turn.context.shop.email_of(ref.kind, ref.number)
        owned = [owner for owner in owned if email and same_email(email, owner.email)]
    return {IDENTITY: owned[0].method} if owned else {}


def step_of(turn: Turn) -> Optional[Step]:
    """The step that the running form is at, or None."""
    stored = turn.slot(PROOF_SLOT)
    return Step(**stored) if stored else None


def offer(turn: Turn, email: str, known: bool) -> Events:
    """Offer to send a code to this e-mail; `known`: the customer has named it together with a record that has it."""
    turn.say("utter_code_offer", email=masked_email(email))
    return _waiting(Step(OFFER, email, known))


def ask_email(turn: Turn, response: str = "utter_code_ask_email") -> Events:
    """Offer to send a code, and ask where to."""
    turn.say(response)
    return _waiting(Step(EMAIL))


def remind(turn: Turn, step: Step) -> Events:
    """Something else was answered, and the question is still open."""
    if step.asked == CODE:
        turn.say("utter_code_waiting", email=_masked(step))
    elif step.asked == OFFER:
        turn.say("utter_code_offer", email=_masked(step))
    else:
        turn.say("utter_code_ask_email")
    return _waiting(step)


async def go_on(turn: Turn, step: Step, intent: str) -> Progress:
    """What the latest message makes of the step; `intent` is that of the task."""
    outcome = await code_outcome(turn)
    if outcome:
        return await _after_code(turn, step, outcome)
    email = email_given(turn, step.email)
    if email and (step.asked == EMAIL or email != step.email):
        return await _send(turn, email, known=False)
    if step.email and step.asked == OFFER and turn.intent == AFFIRM:
        return await _send(turn, step.email, step.known)
    if step.email and step.asked == CODE:
        if turn.intent in (AGAIN, AFFIRM) or turn.context.dialogue.asks_again(turn.text):
            return await _send(turn, step.email, step.known)
        if turn.context.dialogue.says_not_arrived(turn.text):
            turn.say("utter_code_not_arrived", email=_masked(step))
            return Progress(events=_waiting(step))
    if turn.is_button and turn.intent == GIVE_DETAILS:
        return Progress(events=ask_email(turn, "utter_code_ask_other_email"))
    if turn.intent in (DENY, LACKING):
        return Progress(End.WITHOUT)
    if _is_another_request(turn, intent):
        return Progress(End.ASIDE)
    return _explained(turn, step)


async def say_outcome(turn: Turn, outcome: Outcome) -> bool:
    """Say what became of a code that no task was waiting for; whether it proved anything."""
    if outcome.kind == codes.RIGHT or (outcome.kind == codes.AGAIN and await owners(turn)):
        turn.say("utter_proved")
        return True
    if outcome.kind == codes.WRONG:
        _say_wrong(turn, outcome)
    elif outcome.kind == codes.PAUSED:
        turn.say("utter_code_too_many")
    else:
        response = "utter_code_malformed" if outcome.kind == codes.MALFORMED else "utter_code_not_awaited"
        turn.say(response)
    return False


async def _after_code(turn: Turn, step: Step, outcome: Outcome) -> Progress:
    if outcome.kind == codes.RIGHT or (outcome.kind == codes.AGAIN and await owners(turn)):
        turn.say("utter_proved")
        return Progress(End.PROVED)
    if outcome.kind == codes.PAUSED:
        turn.say("utter_code_too_many")
        return Progress(End.WITHOUT)
    if outcome.kind == codes.WRONG:
        _say_wrong(turn, outcome)
    else:
        turn.say(SAID_OF[outcome.kind])
    return Progress(events=_waiting(step))


async def _send(turn: Turn, email: str, known: bool) -> Progress:
    step = Step(CODE, email, known)
    refusal = await turn.context.database.read(codes.refusal, turn.conversation_id, turn.id, email, turn.now)
    if refusal == codes.TOO_MANY:
        turn.say("utter_code_too_many")
        return Progress(End.WITHOUT)
    if refusal == codes.TOO_SOON:
        turn.say("utter_code_just_sent", email=_masked(step))
        return Progress(events=_waiting(step))
    turn.effect("code", email=email)
    turn.say("utter_code_sent" if known else "utter_code_sent_if_known", email=_masked(step))
    return Progress(events=_waiting(step))


def _explained(turn: Turn, step: Step) -> Progress:
    if step.missed + 1 >= MAX_MISSES:
        return Progress(End.WITHOUT)
    if step.asked == CODE:
        turn.say("utter_code_explain", email=_masked(step))
    elif step.asked == OFFER:
        turn.say("utter_code_offer", email=_masked(step))
    else:
        turn.say("utter_code_explain_email")
    return Progress(events=_waiting(Step(step.asked, step.email, step.known, step.missed + 1)))


def _is_another_request(turn: Turn, intent: str) -> bool:
    if turn.intent in NO_ANSWER or turn.intent == intent:
        return False
    return "?" in turn.text or turn.confidence >= turn.context.dialogue.leaves_a_case_at


def _say_wrong(turn: Turn, outcome: Outcome) -> None:
    if outcome.tries_left == 1:
        turn.say("utter_code_wrong_one_left")
    else:
        turn.say("utter_code_wrong", left=outcome.tries_left)


def _masked(step: Step) -> str:
    return masked_email(step.email or "")


def _waiting(step: Step) -> Events:
    return [SlotSet(PROOF_SLOT, asdict(step)), SlotSet(REQUESTED_SLOT, PROOF_SLOT)]
