"""What a customer has proved, and how often somebody tried in vain. Actions read it here; it is never a Rasa slot.

Five failures within fifteen minutes, counted by web session and by address, mean a pause. Failures on one number from
several sessions are noted for staff, but never lock out its owner: nothing here is counted by number.
"""

from datetime import datetime, timedelta
from typing import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard import staff_requests
from switchboard.models import Proof, ProofFailure, Turn

MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)
PROBE_WINDOW = timedelta(hours=24)
PROBE_SESSIONS = 3


def is_proved(session: Session, conversation_id: str, kind: str, number: str) -> bool:
    """Whether this conversation has proved this very record (`kind`: order, return, quote)."""
    query = select(Proof.id).where(Proof.conversation_id == conversation_id, Proof.kind == kind, Proof.number == number)
    return session.execute(query).first() is not None


def proved_records(session: Session, conversation_id: str) -> Sequence[tuple[str, str]]:
    """`(kind, number)` of everything proved in this conversation, oldest first."""
    query = (
        select(Proof.kind, Proof.number)
        .where(Proof.conversation_id == conversation_id)
        .order_by(Proof.proved_at, Proof.id)
    )
    return [tuple(row) for row in session.execute(query)]


def grant(session: Session, conversation_id: str, turn_id: str, kind: str, number: str, now: datetime) -> None:
    """Remember that the record was proved; once is enough."""
    if not is_proved(session, conversation_id, kind, number):
        session.add(
            Proof(
                id=new_id("pf"),
                conversation_id=conversation_id,
                kind=kind,
                number=number,
                level=1,
                turn_id=turn_id,
                proved_at=now,
            )
        )


def attempts_left(session: Session, turn_id: str, now: datetime) -> int:
    """How many wrong tries the turn's session and address still have; 0 means a pause.

    Raises:
        LookupError: there is no such turn.
    """
    turn = _turn(session, turn_id)
    used = max(
        _failures(session, ProofFailure.session_key == turn.session_key, now),
        _failures(session, ProofFailure.address_key == turn.address_key, now),
    )
    return max(0, MAX_FAILURES - used)


def record_failure(session: Session, turn_id: str, kind: str, number: str, now: datetime) -> None:
    """Count a wrong pair once per turn and number; note a number that several sessions try in vain.

    Raises:
        LookupError: there is no such turn.
    """
    turn = _turn(session, turn_id)
    known = select(ProofFailure.id).where(
        ProofFailure.turn_id == turn_id, ProofFailure.kind == kind, ProofFailure.number == number
    )
    if session.execute(known).first():
        return
    session.add(
        ProofFailure(
            id=new_id("ff"),
            turn_id=turn_id,
            session_key=turn.session_key,
            address_key=turn.address_key,
            kind=kind,
            number=number,
            failed_at=now,
        )
    )
    session.flush()
    _note_probing(session, kind, number, now)


def _turn(session: Session, turn_id: str) -> Turn:
    turn = session.get(Turn, turn_id)
    if turn is None:
        raise LookupError(f"no turn {turn_id}")
    return turn


def _failures(session: Session, whose: object, now: datetime) -> int:
    return session.execute(
        select(func.count()).select_from(ProofFailure).where(whose, ProofFailure.failed_at > now - WINDOW)
    ).scalar_one()


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
