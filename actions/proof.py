"""Level 1 of proof: whoever knows a record's number and its e-mail may hear about that record.

A number that does not exist, a wrong e-mail and somebody else's record take the same way through this file, and end in
the same error.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy.orm import Session

from actions.turn import Turn
from shop.emails import same_email
from shop.errors import RecordNotFound, TooManyAttempts
from shop.gateway import ShopGateway
from switchboard import proofs


@dataclass(frozen=True)
class RecordRef:
    """Which record is meant: `kind` is order, return or quote; `number` is in canonical form."""

    kind: str
    number: str


@dataclass(frozen=True)
class Standing:
    """What the conversation has proved so far, and how many wrong tries it has left."""

    proved: tuple[RecordRef, ...]
    attempts_left: int


async def prove(turn: Turn, ref: RecordRef, email: Optional[str]) -> bool:
    """Whether the customer may hear about `ref`; False while an e-mail is still needed to tell.

    Without an e-mail the record is compared with what this conversation has proved already: two records of one e-mail
    need it only once. A comparison that fails counts as a wrong try like any other.

    Raises:
        RecordNotFound: no record has that number and that e-mail.
        TooManyAttempts: there are no tries left.
        ShopUnavailable: the shop cannot say now; nothing is counted.
    """
    standing = await standing_of(turn)
    if ref in standing.proved:
        return True
    if standing.attempts_left == 0:
        raise TooManyAttempts()
    candidates = [email] if email else await _emails_of(turn.context.shop, standing.proved)
    if not candidates:
        return False
    known = await _email_of(turn.context.shop, ref)
    matches = [same_email(known or "", candidate) for candidate in candidates]
    if any(matches):
        await turn.context.database.write(_grant, turn.conversation_id, turn.id, ref, turn.now)
        return True
    if await turn.context.database.write(_fail, turn.id, ref, turn.now) == 0:
        raise TooManyAttempts()
    if email:
        raise RecordNotFound()
    return False


async def standing_of(turn: Turn) -> Standing:
    """What this conversation has proved, oldest first, and its tries left."""
    return await turn.context.database.read(_standing, turn.conversation_id, turn.id, turn.now)


async def _emails_of(shop: ShopGateway, refs: tuple[RecordRef, ...]) -> list[str]:
    emails = [await _email_of(shop, ref) for ref in refs]
    return list(dict.fromkeys(email for email in emails if email))


async def _email_of(shop: ShopGateway, ref: RecordRef) -> Optional[str]:
    find = {"order": shop.order, "return": shop.return_case, "quote": shop.quote}[ref.kind]
    record = await find(ref.number)
    return record.email if record else None


def _standing(session: Session, conversation_id: str, turn_id: str, now: datetime) -> Standing:
    proved = tuple(RecordRef(kind, number) for kind, number in proofs.proved_records(session, conversation_id))
    return Standing(proved, proofs.attempts_left(session, turn_id, now))


def _grant(session: Session, conversation_id: str, turn_id: str, ref: RecordRef, now: datetime) -> None:
    proofs.grant(session, conversation_id, turn_id, ref.kind, ref.number, now)


def _fail(session: Session, turn_id: str, ref: RecordRef, now: datetime) -> int:
    proofs.record_failure(session, turn_id, ref.kind, ref.number, now)
    return proofs.attempts_left(session, turn_id, now)
