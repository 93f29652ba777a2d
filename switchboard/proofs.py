"""What a customer has proved, and how often somebody tried in vain. Actions read it here; it is never a Rasa slot.

What is proved belongs to one side of a conversation (docs/joining.md): the one on which it was written.

Five failures within fifteen minutes, counted by web session and by address, mean a pause. A try is reserved before the
record is looked up, under a lock, so that many tries at once are counted one by one; a try that succeeds is given back.
What is proved this way counts for a while (`since`), then it has to be proved again. Failures on a number from several
sessions are noted for staff, but never lock out its owner: nothing is counted by number.
"""

from datetime import datetime, timedelta, timezone
from typing import Any, Optional, Sequence

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from base.statements import Prepared
from switchboard import codes, email_proofs, staff_requests
from switchboard.models import DROPPED, Conversation, Proof, ProofFailure, Turn
from switchboard.people import lock_conversation

PROOFS, FAILURES, TURNS = Proof.__table__, ProofFailure.__table__, Turn.__table__
CONVERSATIONS = Conversation.__table__
MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)
PROBE_WINDOW = timedelta(hours=24)
PROBE_SESSIONS = 3
EVER = datetime(2000, 1, 1, tzinfo=timezone.utc)

_TURN = Prepared(
    select(TURNS.c.session_key, TURNS.c.address_key, TURNS.c.identity_id, TURNS.c.state).where(
        TURNS.c.id == bindparam("turn")
    )
)
_SINCE = FAILURES.c.failed_at > bindparam("since")
_COUNT = select(func.count()).select_from(FAILURES)
_USED = Prepared(
    select(
        _COUNT.where(FAILURES.c.session_key == bindparam("session_key"), _SINCE).scalar_subquery().label("by_session"),
        _COUNT.where(FAILURES.c.address_key == bindparam("address_key"), _SINCE).scalar_subquery().label("by_address"),
    )
)
_THIS_RECORD = FAILURES.c.kind == bindparam("kind"), FAILURES.c.number == bindparam("number")
_TRIES = Prepared(select(FAILURES.c.id).where(FAILURES.c.turn_id == bindparam("turn"), *_THIS_RECORD))
_RESERVE = Prepared(FAILURES.insert())
_FORGET_OF_TURN = Prepared(delete(FAILURES).where(FAILURES.c.turn_id == bindparam("turn"), *_THIS_RECORD))
_FORGET_OF_SESSION = Prepared(delete(FAILURES).where(FAILURES.c.session_key == bindparam("session_key"), *_THIS_RECORD))
_IS_PROVED = Prepared(
    select(PROOFS.c.id).where(
        PROOFS.c.conversation_id == bindparam("conversation_id"),
        PROOFS.c.kind == bindparam("kind"),
        PROOFS.c.number == bindparam("number"),
        PROOFS.c.proved_at > bindparam("since"),
    )
)
_FORGET_PROOF = Prepared(
    delete(PROOFS).where(
        PROOFS.c.conversation_id == bindparam("conversation_id"),
        PROOFS.c.identity_id == bindparam("identity_id"),
        PROOFS.c.kind == bindparam("kind"),
        PROOFS.c.number == bindparam("number"),
    )
)
_GRANT = Prepared(PROOFS.insert())
_PROVED = Prepared(
    select(PROOFS.c.kind, PROOFS.c.number)
    .where(PROOFS.c.conversation_id == bindparam("conversation_id"), PROOFS.c.proved_at > bindparam("since"))
    .order_by(PROOFS.c.proved_at, PROOFS.c.id)
)
_PROVED_IN_TURN = Prepared(
    select(PROOFS.c.kind, PROOFS.c.number)
    .join(TURNS, TURNS.c.conversation_id == PROOFS.c.conversation_id)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == PROOFS.c.conversation_id)
    .where(
        TURNS.c.id == bindparam("turn"),
        PROOFS.c.identity_id == func.coalesce(TURNS.c.identity_id, CONVERSATIONS.c.identity_id),
        PROOFS.c.proved_at > bindparam("since"),
    )
    .order_by(PROOFS.c.proved_at, PROOFS.c.id)
)


def is_proved(session: Session, conversation_id: str, kind: str, number: str, since: datetime = EVER) -> bool:
    """Whether this conversation has proved this very record (`kind`: order, return, quote) after `since`."""
    wanted = {"conversation_id": conversation_id, "kind": kind, "number": number, "since": since}
    return _IS_PROVED.first(session, wanted) is not None


def proved_records(session: Session, conversation_id: str, since: datetime = EVER) -> Sequence[tuple[str, str]]:
    """`(kind, number)` of everything proved in this conversation after `since`, whatever its side, oldest first."""
    return [tuple(row) for row in _PROVED.all(session, {"conversation_id": conversation_id, "since": since})]


def proved_in_turn(session: Session, turn_id: str, since: datetime = EVER) -> Sequence[tuple[str, str]]:
    """`(kind, number)` of all that was proved after `since` on the side on which this turn's message was written."""
    return [tuple(row) for row in _PROVED_IN_TURN.all(session, {"turn": turn_id, "since": since})]


def attempts_left(session: Session, turn_id: str, now: datetime) -> int:
    """How many tries the turn's session and address still have; 0 means a pause.

    Raises:
        LookupError: there is no such turn.
    """
    turn = _turn(session, turn_id)
    keys = {"session_key": turn.session_key, "address_key": turn.address_key}
    used = _USED.one(session, {**keys, "since": now - WINDOW})
    return max(0, MAX_FAILURES - max(used))


def may_try(session: Session, turn_id: str, kind: str, number: str, now: datetime) -> bool:
    """Whether this turn may try this record: a try is left, or the turn was repeated and has its try already.

    Raises:
        LookupError: there is no such turn.
    """
    return _has_tried(session, turn_id, kind, number) or attempts_left(session, turn_id, now) > 0


def reserve_try(session: Session, turn_id: str, kind: str, number: str, now: datetime) -> bool:
    """Count a try before it is made: whether it may be made. A repeated turn has its try already.

    Raises:
        LookupError: there is no such turn.
    """
    turn = _turn(session, turn_id)
    lock_names(session, turn.session_key, turn.address_key)
    if _has_tried(session, turn_id, kind, number):
        return True
    if attempts_left(session, turn_id, now) == 0:
        return False
    reserved = {
        "id": new_id("ff"),
        "turn_id": turn_id,
        "session_key": turn.session_key,
        "address_key": turn.address_key,
        "kind": kind,
        "number": number,
        "failed_at": now,
    }
    _RESERVE.run(session, reserved)
    return True


def give_back(session: Session, turn_id: str, kind: str, number: str) -> None:
    """Forget a reserved try that could not be made: the shop did not answer."""
    _FORGET_OF_TURN.run(session, {"turn": turn_id, "kind": kind, "number": number})


def fail(session: Session, turn_id: str, kind: str, number: str, now: datetime) -> int:
    """A reserved try was wrong: tries left. A number that several sessions try in vain is noted for the staff."""
    _note_probing(session, kind, number, now)
    return attempts_left(session, turn_id, now)


def grant(session: Session, conversation_id: str, turn_id: str, kind: str, number: str, now: datetime) -> None:
    """Remember that the record was proved; what the session tried on it before is forgiven.

    A turn whose answer nobody will see, because the conversation was closed or taken over, proves nothing.

    Raises:
        LookupError: there is no such turn.
    """
    conversation = lock_conversation(session, conversation_id)
    turn = _turn(session, turn_id)
    _FORGET_OF_SESSION.run(session, {"session_key": turn.session_key, "kind": kind, "number": number})
    if turn.state == DROPPED:
        return
    identity_id = conversation.identity_of(turn.identity_id)
    record = {"conversation_id": conversation_id, "identity_id": identity_id, "kind": kind, "number": number}
    _FORGET_PROOF.run(session, record)
    _GRANT.run(session, {"id": new_id("pf"), **record, "level": 1, "turn_id": turn_id, "proved_at": now})


def end(session: Session, conversation_id: str, identity_id: Optional[str] = None) -> None:
    """Forget what this conversation, or one side of it, has proved, whichever way: whoever proved it has left."""
    statement = delete(Proof).where(Proof.conversation_id == conversation_id)
    if identity_id:
        statement = statement.where(Proof.identity_id == identity_id)
    session.execute(statement.execution_options(synchronize_session=False))
    email_proofs.end(session, conversation_id, identity_id)
    codes.end(session, conversation_id)


def end_of_turn(session: Session, turn_id: str) -> None:
    """Forget what the side on which this turn's message was written has proved. The conversation is locked."""
    query = select(Turn.conversation_id, func.coalesce(Turn.identity_id, Conversation.identity_id))
    of_turn = query.join(Conversation, Conversation.id == Turn.conversation_id).where(Turn.id == turn_id)
    end(session, *session.execute(of_turn).one())


def _has_tried(session: Session, turn_id: str, kind: str, number: str) -> bool:
    return _TRIES.first(session, {"turn": turn_id, "kind": kind, "number": number}) is not None


def _turn(session: Session, turn_id: str) -> Any:
    turn = _TURN.first(session, {"turn": turn_id})
    if turn is None:
        raise LookupError(f"no turn {turn_id}")
    return turn


def _note_probing(session: Session, kind: str, number: str, now: datetime) -> None:
    query = select(func.count(ProofFailure.session_key.distinct())).where(
        ProofFailure.kind == kind, ProofFailure.number == number, ProofFailure.failed_at > now - PROBE_WINDOW
    )
    sessions = session.execute(query).scalar_one()
    if sessions >= PROBE_SESSIONS:
        key = f"probe:{kind}:{number}:{now:%Y-%m-%d}"
        staff_requests.note_once(
            session, key, "probed_number", {"kind": kind, "number": number, "sessions": sessions}, now
        )
