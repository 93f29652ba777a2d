"""The records a conversation is about: which one was talked about last, and a choice between several.

With a number and its e-mail a customer may choose among what was proved in this conversation (level 1); a login or a
code (level 2) adds whatever belongs to that e-mail.
"""

from typing import Optional, Sequence

from rasa_sdk.events import SlotSet

from actions.details import SLOT_OF_KIND
from actions.proof import RecordRef, proved_in
from actions.proving import owners
from actions.turn import Events, Turn
from switchboard.body import ButtonMeaning

SLOT = "talked_about"
MOST, MOST_KNOWN = 5, 10
STATUS_FORM_OF_KIND = {"order": "order_status_form", "return": "return_status_form", "quote": "quote_status_form"}
INTENT_OF_KIND = {"order": "track_order", "return": "track_return", "quote": "track_quote"}


async def known_records(turn: Turn, kinds: Sequence[str]) -> list[RecordRef]:
    """The records of these kinds that the customer may choose from: those proved last, then the owner's newest."""
    owned = [
        RecordRef(head.kind, head.number)
        for owner in await owners(turn)
        for head in await turn.context.shop.records_of(owner.email)
    ]
    known = dict.fromkeys([*reversed(await proved_in(turn)), *owned])
    return [ref for ref in known if ref.kind in kinds][:MOST_KNOWN]


def talked_about(turn: Turn) -> Optional[RecordRef]:
    """The record that was told about last."""
    stored = turn.slot(SLOT)
    return RecordRef(*stored) if stored else None


def now_talked_about(ref: RecordRef) -> Events:
    """The event that remembers what was told about."""
    return [SlotSet(SLOT, [ref.kind, ref.number])]


def record_choices(turn: Turn, refs: Sequence[RecordRef], intent: Optional[str] = None) -> list[ButtonMeaning]:
    """A button for each record; using one asks `intent` of it, or how it stands."""
    return [
        ButtonMeaning(
            record_title(turn, ref),
            intent or INTENT_OF_KIND[ref.kind],
            {SLOT_OF_KIND[ref.kind]: ref.number},
        )
        for ref in refs[:MOST]
    ]


def say_now_about(turn: Turn, ref: RecordRef) -> None:
    """Say back a number that takes the place of the one before."""
    turn.say("utter_now_about", record=record_title(turn, ref))


async def named_by_article(turn: Turn, refs: Sequence[RecordRef]) -> list[RecordRef]:
    """Those orders among `refs` that hold an article named in the message: "quello delle scarpe"."""
    wanted = [value.casefold() for value in turn.entity_values("product")]
    if not wanted:
        return []
    found = []
    for ref in refs:
        order = await turn.context.shop.order(ref.number) if ref.kind == "order" else None
        names = [line.description.casefold() for line in order.lines] if order else []
        if any(word in name or name in word for word in wanted for name in names):
            found.append(ref)
    return found


def record_title(turn: Turn, ref: RecordRef) -> str:
    """`Ordine 104233`."""
    return turn.wording.label(f"{ref.kind}_title", number=ref.number)
