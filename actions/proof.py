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
from shop.errors import RecordNotFound, ShopUnavailable, TooManyAttempts
from shop.gateway import ShopGateway
from switchboard import proofs

NOBODY = "nobody@example.invalid"  # compared with when there is no record, so that it takes the same time


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
    database = turn.context.database
    if not await database.write(proofs.reserve_try, turn.id, ref.kind, ref.number, turn.now):
        raise TooManyAttempts()
    try:
        known = await turn.context.shop.email_of(ref.kind, ref.number)
    except ShopUnavailable:
        await database.write(proofs.give_back, turn.id, ref.kind, ref.number)
        raise
    matches = [same_email(known or NOBODY, candidate) for candidate in candidates]
    if known is not None and any(matches):
        await database.write(proofs.grant, turn.conversation_id, turn.id, ref.kind, ref.number, turn.now)
        return True
    if await database.write(proofs.fail, turn.id, ref.kind, ref.number, turn.now) == 0:
        raise TooManyAttempts()
    if email:
        raise RecordNotFound()
    return False


async def standing_of(turn: Turn) -> Standing:
    """What this conversation has proved, oldest first, and its tries left."""
    return await turn.context.database.read(_standing, turn.conversation_id, turn.id, turn.now)


async def _emails_of(shop: ShopGateway, refs: tuple[RecordRef, ...]) -> list[str]:
    emails = [await shop.email_of(ref.kind, ref.number) for ref in refs]
    return list(dict.fromkeys(email for email in emails if email))


def _standing(session: Session, conversation_id: str, turn_id: str, now: datetime) -> Standing:
    proved = tuple(RecordRef(kind, number) for kind, number in proofs.proved_records(session, conversation_id))
    return Standing(proved, proofs.attempts_left(session, turn_id, now))
