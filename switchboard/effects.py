"""What a turn does besides speaking: applied once, in the transaction that writes the turn's replies."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from switchboard import (
    attachments,
    choices,
    codes,
    contacts,
    copies,
    handoffs,
    notices_to,
    promises,
    proofs,
    staff_requests,
)
from switchboard.body import ButtonMeaning, Reply
from switchboard.handoffs import Way
from switchboard.joining import Words
from switchboard.resuming import NothingToResume, resume

Facts = dict[str, str]
HANDOFF = "handoff"


class BadEffect(Exception):
    """The engine asked for an effect that does not exist or cannot be read: the turn fails, nothing is half done."""


@dataclass(frozen=True)
class Effect:
    """One effect as docs/engine.md lists them: its kind and its own fields."""

    kind: str
    fields: Mapping[str, Any]


def apply_effects(
    session: Session, conversation_id: str, turn_id: str, effects: Sequence[Effect], now: datetime
) -> Facts:
    """Apply `effects` in order; the facts they give to the turn's words, such as `request_number`.

    Raises:
        BadEffect: a kind that is not in docs/engine.md, or fields it cannot use.
    """
    facts: Facts = {}
    for effect in effects:
        try:
            facts.update(APPLY[effect.kind](session, conversation_id, turn_id, effect.fields, now))
        except (KeyError, ValueError, TypeError) as error:
            raise BadEffect(effect.kind) from error
    return facts


def apply_last(session: Session, conversation_id: str, effects: Sequence[Effect], now: datetime) -> None:
    """What `effects` do after the turn's words are written: from here on the conversation may be somebody else's."""
    if any(effect.kind == HANDOFF for effect in effects):
        handoffs.begin(session, conversation_id, now)


def fill_facts(reply: Reply, facts: Facts) -> Reply:
    """`reply` with `{name}` of every fact filled in."""
    text = reply.text
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return replace(reply, text=text)


def _staff_request(
    session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime
) -> Facts:
    number = staff_requests.open_for_conversation(
        session, conversation_id, turn_id, str(fields["reason"]), dict(fields.get("about") or {}), now
    )
    attachments.give_to_request(session, conversation_id, number)
    return {"request_number": str(number)}


def _handoff(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    opens = fields.get("opens")
    opens_at = datetime.fromisoformat(opens) if opens else None
    about = dict(fields.get("about") or {})
    way = _way(fields.get("way") or {})
    handoff = handoffs.ask(session, conversation_id, turn_id, str(fields["reason"]), about, now, opens_at, way)
    attachments.give_to_request(session, conversation_id, handoff.number)
    if fields.get("contact"):
        contacts.keep(session, conversation_id, str(fields["contact"]))
    if fields.get("asks_contact"):
        contacts.asked(session, conversation_id)
    return {"request_number": str(handoff.number), "queue_position": str(handoffs.position(session, handoff))}


def _way(fields: Mapping[str, Any]) -> Way:
    why = {str(key): str(value) for key, value in (fields.get("why") or {}).items()}
    return Way(fields.get("department"), timedelta(minutes=int(fields.get("ahead_minutes") or 0)), why)


def _promise(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    due = datetime.fromisoformat(fields["due"])
    promises.make(session, conversation_id, turn_id, str(fields["key"]), due, dict(fields.get("about") or {}), now)
    return {}


def _choice(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    choices.record(session, conversation_id, turn_id, fields, now)
    return {}


def _code(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    codes.request(session, conversation_id, turn_id, str(fields["email"]), now)
    return {}


def _resume(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    words = Words(_said(fields["moved"]), _said(fields["closed"]))
    try:
        resume(session, turn_id, words, now)
    except NothingToResume as error:
        raise ValueError("nothing to resume") from error
    return {}


def _said(words: Mapping[str, Any]) -> Reply:
    """A response as an effect carries it: its text and its buttons."""
    return Reply(str(words["text"]), tuple(ButtonMeaning(**button) for button in words["buttons"]))


def _notices(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    notices_to.choose(session, conversation_id, str(fields["to"]))
    return {}


def _copy(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    copies.want(session, conversation_id, turn_id, now)
    return {}


def _outcome(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    handoffs.tell_outcome(session, conversation_id, str(fields["says"]))
    return {}


def _log_out(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> Facts:
    """On the side on which it was written; what the customer has proved elsewhere stays."""
    proofs.end_of_turn(session, turn_id)
    return {}


APPLY: dict[str, Callable[[Session, str, str, Mapping[str, Any], datetime], Facts]] = {
    "staff_request": _staff_request,
    HANDOFF: _handoff,
    "promise": _promise,
    "choice": _choice,
    "code": _code,
    "log_out": _log_out,
    "notices": _notices,
    "outcome": _outcome,
    "copy": _copy,
    "resume": _resume,
}
AFTER_THE_REPLIES = frozenset({"resume"})  # may close the conversation in which they are said
