"""Who may hear about a record: whoever knows its number and its e-mail (level 1), or is the e-mail's owner (level 2).

A number that does not exist, a wrong e-mail and somebody else's record take the same way through this file, and end in
the same error.
"""

from dataclasses import dataclass
from typing import Optional

from actions.turn import Turn
from base.emails import same_email
from shop.errors import RecordNotFound, ShopUnavailable, TooManyAttempts
from shop.gateway import ShopGateway
from switchboard import email_proofs, proofs

NOBODY = "nobody@example.invalid"  # compared with when there is no record, so that it takes the same time


@dataclass(frozen=True)
class RecordRef:
    """Which record is meant: `kind` is order, return or quote; `number` is in canonical form."""

    kind: str
    number: str


async def prove(turn: Turn, ref: RecordRef, email: Optional[str]) -> bool:
    """Whether the customer may hear about `ref`; False while an e-mail is still needed to tell.

    Without an e-mail the record is compared with what this conversation has proved already: two records of one e-mail
    need it only once. A comparison that fails counts as a wrong try like any other.

    Raises:
        RecordNotFound: no record has that number and that e-mail.
        TooManyAttempts: there are no tries left.
        ShopUnavailable: the shop cannot say now; nothing is counted.
    """
    proved = await proved_in(turn)
    if ref in proved or await _is_owners(turn, ref):
        return True
    database = turn.context.database
    if not await database.read(proofs.may_try, turn.id, ref.kind, ref.number, turn.now):
        raise TooManyAttempts()
    candidates = [email] if email else await _emails_of(turn.context.shop, proved)
    if not candidates:
        return False
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


async def proved_in(turn: Turn) -> tuple[RecordRef, ...]:
    """What the customer has proved in this conversation, on the side on which he writes now, oldest first."""
    since = turn.now - turn.context.record_proof
    records = await turn.context.database.read(proofs.proved_in_turn, turn.id, since)
    return tuple(RecordRef(kind, number) for kind, number in records)


async def _is_owners(turn: Turn, ref: RecordRef) -> bool:
    """Whether the record belongs to an e-mail that the customer has proved to own (level 2): no try is needed then."""
    owned = await turn.context.database.read(email_proofs.proved_in_turn, turn.id, turn.now)
    known = await turn.context.shop.email_of(ref.kind, ref.number) if owned else None
    return known is not None and any(same_email(known, owner.email) for owner in owned)


async def _emails_of(shop: ShopGateway, refs: tuple[RecordRef, ...]) -> list[str]:
    emails = [await shop.email_of(ref.kind, ref.number) for ref in refs]
    return list(dict.fromkeys(email for email in emails if email))
