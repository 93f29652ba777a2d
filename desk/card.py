"""The context card: what somebody has to know who did not see the chat, built from what the assistant understood.

The same conversation gives the same card. Nothing here guesses: what is not known is not said.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Mapping, Optional, Sequence

from desk.records import RecordLine, Ref
from desk.seen import NO_WISH, Understood, Whole, wanted_in
from desk.words import Words, clock_time
from switchboard.body import body_of
from switchboard.models import FAILED, Handoff
from switchboard.staff_requests import WISH
from switchboard.wording import Wording, italian_day

NUMBERS: Mapping[str, str] = {"order_number": "order", "return_number": "return", "quote_number": "quote"}
KNOWN_BY = "case"  # the key under which a handoff keeps the request that was being prepared
MOST_WORDS = 280
MOST_DONE = 5
NOT_UNDERSTOOD = ("nlu_fallback", "out_of_scope")


@dataclass(frozen=True)
class Card:
    """What stands before the transcript; all texts are ready to read."""

    name: str
    proofs: Sequence[str]
    facts: Sequence[str]  # since when, from where
    wants: str  # one sentence, with why there is a person now
    last_words: Optional[str]
    asked: Sequence[tuple[str, str]]  # what is known and not to be asked again
    done: Sequence[str]
    promised: Sequence[str]
    records: Sequence[RecordLine]


def refs_of(whole: Whole) -> list[Ref]:
    """The records this conversation is about: those the handoff names, then those proved, then those mentioned."""
    handoff = whole.handoff
    told = [*([handoff.about] if handoff else []), *(request.about for request in whole.requests)]
    named = [(NUMBERS[key], str(value)) for about in told for key, value in about.items() if key in NUMBERS]
    mentioned = [
        (NUMBERS[name], value)
        for turn in reversed(whole.turns)
        for name, value in turn.entities.items()
        if name in NUMBERS
    ]
    return list(dict.fromkeys([*named, *reversed(whole.proved_records), *mentioned]))


def card_of(whole: Whole, records: Sequence[RecordLine], words: Words, wording: Wording, now: datetime) -> Card:
    """The card of a conversation; `records` are those of `refs_of`, as the shop told them."""
    about = _about(whole)
    return Card(
        name=_name(whole, records, words),
        proofs=_proofs(whole, words),
        facts=_facts(whole, words, wording, now),
        wants=_wants(whole, words),
        last_words=_last_words(whole, about),
        asked=_asked(about, words),
        done=_done(_turns_before(whole), words, now),
        promised=[words.say("promised_by", when=wording.moment(promise.due)) for promise in whole.promises],
        records=records,
    )


def wish(intent: Optional[str], words: Words) -> str:
    """What the customer wants, a sentence without its full stop."""
    key = f"wants_{intent}"
    return words.say(key if intent and words.has(key) else "wants_nothing")


def reason(of: str, words: Words) -> str:
    """Why there is a person, or a request, now."""
    kind = WISH.rstrip(":") if of.startswith(WISH) else of
    key = f"reason_{kind}"
    return words.say(key) if words.has(key) else ""


def wanted_by(whole: Whole) -> Optional[str]:
    """The intent of what the customer wants: what was being prepared, what was passed on, what was said last."""
    handoff = whole.handoff
    if handoff and handoff.about.get(KNOWN_BY):
        return str(handoff.about[KNOWN_BY])
    if handoff and handoff.reason.startswith(WISH):
        return handoff.reason[len(WISH) :]
    said = wanted_in(_turns_before(whole))
    passed_on = (request.reason for request in whole.requests if request.reason.startswith(WISH))
    return said or next((one[len(WISH) :] for one in passed_on), None)


def _about(whole: Whole) -> dict[str, str]:
    handoff = whole.handoff
    told = [*(request.about for request in whole.requests), *([handoff.about] if handoff else [])]
    return {key: str(value) for about in told for key, value in about.items()}


def _turns_before(whole: Whole) -> list[Understood]:
    """Turns up to the last handoff; the assistant may have gone on after an earlier one."""
    handoff = whole.handoff
    return [turn for turn in whole.turns if handoff is None or turn.seq <= handoff.asked_seq or handoff.ended_at]


def _name(whole: Whole, records: Sequence[RecordLine], words: Words) -> str:
    """The name in a record that the customer has proved to be his; numbers alone make nobody somebody."""
    emails = {owner.email for owner in whole.owners}
    proved = set(whole.proved_records)
    own = (r for r in records if r.first_name and ((r.kind, r.number) in proved or r.email in emails))
    return next((str(record.first_name) for record in own), words.say("who_unknown"))


def _proofs(whole: Whole, words: Words) -> list[str]:
    by_email = [words.say(f"who_proved_{owner.method}", email=owner.email) for owner in whole.owners]
    by_record = [
        words.say("who_record", record=words.say(f"record_{kind}", number=number))
        for kind, number in whole.proved_records
    ]
    return [*by_email, *by_record] or [words.say("who_nothing")]


def _facts(whole: Whole, words: Words, wording: Wording, now: datetime) -> list[str]:
    channels = ", ".join(words.say(f"channel_{channel}") for channel in whole.channels)
    new = italian_day(whole.customer_since) == italian_day(now)
    since = words.say("who_since_today") if new else words.say("who_since", day=wording.day(whole.customer_since))
    return [*([words.say("who_channel", channels=channels)] if channels else []), since]


def _wants(whole: Whole, words: Words) -> str:
    sentence = wish(wanted_by(whole), words)
    handoff = whole.handoff
    named = _named(handoff, words) if handoff else ""
    why = reason(handoff.reason, words) if handoff else ""
    return f"{sentence}{f' ({named})' if named else ''}. {why}".strip()


def _named(handoff: Handoff, words: Words) -> str:
    refs = [(NUMBERS[key], value) for key, value in handoff.about.items() if key in NUMBERS]
    return ", ".join(words.say(f"record_{kind}", number=number).lower() for kind, number in refs)


def _last_words(whole: Whole, about: Mapping[str, str]) -> Optional[str]:
    """The customer's own account: what he told, or the last message in which he wanted something."""
    told = about.get("description")
    if not told:
        wishes = {turn.id for turn in _turns_before(whole) if turn.intent and turn.intent not in NO_WISH}
        said = [row.body for row in whole.rows if row.author_kind == "customer" and row.id in wishes]
        told = (said[-1] if said else body_of(""))["text"]
    return f"{told[:MOST_WORDS]}…" if len(told) > MOST_WORDS else told or None


def _asked(about: Mapping[str, str], words: Words) -> list[tuple[str, str]]:
    return [(words.say(f"about_{key}"), value) for key, value in about.items() if words.has(f"about_{key}")]


def _done(turns: Sequence[Understood], words: Words, now: datetime) -> list[str]:
    answered = [
        words.say("done_answered", wish=wish(turn.intent, words))
        for turn in turns
        if turn.intent and turn.intent not in NO_WISH and turn.responses
    ]
    lines = list(dict.fromkeys(answered))[-MOST_DONE:]
    missed = sum(1 for turn in turns if turn.intent in NOT_UNDERSTOOD)
    if missed:
        lines.append(words.count("done_not_understood", missed))
    failed = [turn for turn in turns if turn.state == FAILED]
    lines += [words.say("done_failed", time=clock_time(turn.at, now)) for turn in failed]
    return lines or [words.say("done_nothing")]
