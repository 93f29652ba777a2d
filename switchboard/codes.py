"""One-time codes by e-mail: asked for in a turn, typed in the chat, checked before the message is stored.

A code is six digits, counts for ten minutes and five tries, and is stored nowhere, not even as a hash: it is worked out
from the challenge's id with the shop's key (HMAC, as RFC 4226 does). The mail's job works it out again, so that a job
that is repeated sends the same code. A customer's message is searched for a code before it reaches the log; what is
found is checked in that very transaction, under the lock of the conversation, and only the outcome stays.

An address that is no customer's is treated like any other up to the job that would send the mail.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Optional

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from switchboard import email_proofs, jobs
from switchboard.code_words import CODE_DIGITS, CodeWords
from switchboard.masking import DOT
from switchboard.models import CodeChallenge, CodeTry, Turn

MAIL_JOB = f"{jobs.SENDS}mail"
GUESSED_JOB = "codes_guessed"  # tells the staff that somebody tries codes
VALID_FOR = timedelta(minutes=10)
TRIES = 5
REMEMBERED = timedelta(minutes=30)  # how long digits alone are still taken for a code that is over
LOOKED_AT = timedelta(hours=24)
MOST_LOOKED_AT = 5

# Limits. Those by e-mail count what is asked for an unknown address too: they tell nothing apart.
PAUSE_BETWEEN = timedelta(seconds=30)
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
SENT_IN_CONVERSATION, SENT_TO_EMAIL, SENT_FOR_ADDRESS, SENT_IN_ALL = 3, 5, 10, 300
WRONG_OF_EMAIL, WRONG_OF_ADDRESS, WRONG_IN_ALL = 10, 10, 100

RIGHT, WRONG, SPENT, EXPIRED, REPLACED, OVER = "right", "wrong", "spent", "expired", "replaced", "over"
AGAIN, MALFORMED, PAUSED = "again", "malformed", "paused"
COUNTED = (WRONG, SPENT)
TOO_SOON, TOO_MANY = "too_soon", "too_many"


@dataclass(frozen=True)
class Codes:
    """What a front needs to make and to read codes.

    Attributes:
        key: the shop's, for codes alone.
        words: how a code is told apart from other numbers.
        proof_for: how long a code proves who somebody is.
    """

    key: bytes
    words: CodeWords
    proof_for: timedelta

    @classmethod
    def of(cls, secret: str, words: CodeWords, proof_for: timedelta) -> "Codes":
        """With a key of its own made from the shop's secret."""
        return cls(hmac.new(secret.encode(), b"sportello one-time codes", sha256).digest(), words, proof_for)

    def code_of(self, challenge_id: str) -> str:
        """The code of this challenge."""
        made = hmac.new(self.key, challenge_id.encode(), sha256).digest()
        return f"{int.from_bytes(made, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def is_code_of(self, challenge_id: str, digits: str) -> bool:
        """Whether `digits` are that code; takes the same time wherever they differ."""
        return hmac.compare_digest(self.code_of(challenge_id), digits)


@dataclass(frozen=True)
class Attempt:
    """A code found in a message: the message without it, and what it will be checked against.

    `over` is the outcome where no code is awaited any more.
    """

    masked: str
    digits: str
    challenges: tuple[CodeChallenge, ...]  # of the conversation, the latest first
    over: Optional[str]


@dataclass(frozen=True)
class Outcome:
    """What became of a code that was typed, and how many tries are left."""

    kind: str
    tries_left: int


def request(session: Session, conversation_id: str, turn_id: str, email: str, now: datetime) -> Optional[str]:
    """Have a code sent to `email`; the challenge's id, None when a limit forbids it. The one before counts no more.

    The caller holds the lock of the conversation.
    """
    turn = session.get(Turn, turn_id)
    lock_names(session, f"code:{email}", turn.address_key)
    if refusal(session, conversation_id, turn_id, email, now):
        return None
    _end_open(session, conversation_id, REPLACED)
    challenge = CodeChallenge(
        id=new_id("ch"),
        conversation_id=conversation_id,
        turn_id=turn_id,
        email=email,
        session_key=turn.session_key,
        address_key=turn.address_key,
        created_at=now,
        expires_at=now + VALID_FOR,
        wrong=0,
    )
    session.add(challenge)
    session.flush()
    jobs.schedule(session, MAIL_JOB, challenge.id, now, {"challenge_id": challenge.id}, now)
    return challenge.id


def refusal(session: Session, conversation_id: str, turn_id: str, email: str, now: datetime) -> Optional[str]:
    """Why no code can be sent to `email` in this turn: `too_soon`, `too_many`, or None when one can."""
    address_key = session.execute(select(Turn.address_key).where(Turn.id == turn_id)).scalar_one()
    here = CodeChallenge.conversation_id == conversation_id
    if _sent(session, now - PAUSE_BETWEEN, here, CodeChallenge.email == email):
        return TOO_SOON
    too_many = (
        _sent(session, now - QUARTER, here) >= SENT_IN_CONVERSATION
        or _sent(session, now - HOUR, CodeChallenge.email == email) >= SENT_TO_EMAIL
        or _sent(session, now - HOUR, CodeChallenge.address_key == address_key) >= SENT_FOR_ADDRESS
        or _sent(session, now - HOUR) >= SENT_IN_ALL
        or _paused(session, email, address_key, now)
    )
    return TOO_MANY if too_many else None


def find(session: Session, codes: Codes, conversation_id: str, text: str, now: datetime) -> Optional[Attempt]:
    """The code in a message of this conversation, or None: no digits that can be one, or none was ever asked for."""
    written = codes.words.code_in(text)
    challenges = _lately(session, conversation_id, now) if written else ()
    if written is None or not challenges:
        return None
    latest, matches = challenges[0], [codes.is_code_of(one.id, written.digits) for one in challenges]
    masked = text[: written.start] + DOT * (written.end - written.start) + text[written.end :]
    if latest.ended is None and latest.expires_at > now:
        return Attempt(masked, written.digits, challenges, None)
    over = AGAIN if latest.ended == RIGHT else SPENT if latest.ended == SPENT else EXPIRED
    expected = written.named or now - latest.created_at <= VALID_FOR + REMEMBERED
    if any(matches) or (expected and latest.ended in (None, SPENT)):
        return Attempt(masked, written.digits, challenges, over)
    return None


def check(
    session: Session,
    codes: Codes,
    attempt: Attempt,
    identity_id: str,
    message_id: str,
    address_key: str,
    now: datetime,
) -> Outcome:
    """Check a code that was found in the message with this id, once. The caller holds the lock of the conversation.

    Args:
        identity_id: who wrote it. A code that is right proves something on that side alone, whichever asked for it.
    """
    challenge = attempt.challenges[0]
    lock_names(session, f"code:{challenge.email}", address_key)
    kind = attempt.over or _compared(session, codes, attempt, identity_id, address_key, now)
    outcome = Outcome(kind, max(0, TRIES - challenge.wrong))
    session.add(
        CodeTry(
            message_id=message_id,
            challenge_id=challenge.id,
            email=challenge.email,
            address_key=address_key,
            outcome=outcome.kind,
            tries_left=outcome.tries_left,
            at=now,
        )
    )
    session.flush()
    if kind in COUNTED and _wrong(session, now - HOUR) >= WRONG_IN_ALL:
        jobs.schedule(session, GUESSED_JOB, f"{now:%Y-%m-%dT%H}", now, {"wrong": WRONG_IN_ALL}, now)
    return outcome


def outcome_of(session: Session, message_id: str) -> Optional[Outcome]:
    """What became of the code in this message; None when it held none."""
    found = session.get(CodeTry, message_id)
    return Outcome(found.outcome, found.tries_left) if found else None


def awaited(session: Session, conversation_id: str, now: datetime) -> Optional[CodeChallenge]:
    """The challenge whose code can be typed now."""
    latest = next(iter(_lately(session, conversation_id, now)), None)
    return latest if latest and latest.ended is None and latest.expires_at > now else None


def to_send(session: Session, challenge_id: str, now: datetime) -> Optional[str]:
    """The address that a challenge's mail is for; None when its code counts no more."""
    challenge = session.get(CodeChallenge, challenge_id)
    awaited_still = challenge is not None and challenge.ended is None and challenge.expires_at > now
    return challenge.email if awaited_still else None


def ran_out_unsent(session: Session, challenge_id: str) -> bool:
    """Whether no mail server took the mail as long as its code could be used."""
    challenge = session.get(CodeChallenge, challenge_id)
    return challenge is not None and challenge.ended is None and challenge.sent_at is None


def sent(session: Session, challenge_id: str, now: datetime) -> None:
    """The mail server has taken the mail, or the address is nobody's."""
    session.get(CodeChallenge, challenge_id).sent_at = now


def end(session: Session, conversation_id: str) -> None:
    """No code counts in this conversation any more."""
    _end_open(session, conversation_id, OVER)


def forget(session: Session, before: datetime) -> None:
    """Delete what is older."""
    for statement in (
        delete(CodeTry).where(CodeTry.at < before),
        delete(CodeChallenge).where(
            CodeChallenge.created_at < before, ~select(CodeTry).where(CodeTry.challenge_id == CodeChallenge.id).exists()
        ),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def _compared(
    session: Session, codes: Codes, attempt: Attempt, identity_id: str, address_key: str, now: datetime
) -> str:
    challenge, *before = attempt.challenges
    if _paused(session, challenge.email, address_key, now):
        return PAUSED
    if len(attempt.digits) != CODE_DIGITS:
        return MALFORMED
    is_old = [codes.is_code_of(one.id, attempt.digits) and one.ended == REPLACED for one in before]
    if codes.is_code_of(challenge.id, attempt.digits):
        challenge.ended = RIGHT
        proved = (challenge.conversation_id, identity_id, challenge.email, email_proofs.CODE)
        email_proofs.prove(session, *proved, now, now + codes.proof_for)
        return RIGHT
    if any(is_old):
        return REPLACED
    challenge.wrong += 1
    if challenge.wrong >= TRIES:
        challenge.ended = SPENT
    return SPENT if challenge.ended else WRONG


def _lately(session: Session, conversation_id: str, now: datetime) -> tuple[CodeChallenge, ...]:
    query = (
        select(CodeChallenge)
        .where(CodeChallenge.conversation_id == conversation_id, CodeChallenge.created_at > now - LOOKED_AT)
        .order_by(CodeChallenge.created_at.desc(), CodeChallenge.id)
        .limit(MOST_LOOKED_AT)
    )
    return tuple(session.execute(query).scalars())


def _end_open(session: Session, conversation_id: str, ended: str) -> None:
    still = update(CodeChallenge).where(CodeChallenge.conversation_id == conversation_id, CodeChallenge.ended.is_(None))
    session.execute(still.values(ended=ended).execution_options(synchronize_session="fetch"))


def _paused(session: Session, email: str, address_key: str, now: datetime) -> bool:
    return (
        _wrong(session, now - HOUR, CodeTry.email == email) >= WRONG_OF_EMAIL
        or _wrong(session, now - QUARTER, CodeTry.address_key == address_key) >= WRONG_OF_ADDRESS
        or _wrong(session, now - HOUR) >= WRONG_IN_ALL
    )


def _sent(session: Session, since: datetime, *where: Any) -> int:
    query = select(func.count()).select_from(CodeChallenge).where(CodeChallenge.created_at > since, *where)
    return session.execute(query).scalar_one()


def _wrong(session: Session, since: datetime, *where: Any) -> int:
    counted = (CodeTry.at > since, CodeTry.outcome.in_(COUNTED))
    return session.execute(select(func.count()).select_from(CodeTry).where(*counted, *where)).scalar_one()
