"""A customer comes by a link: the joining and his first message on the new channel, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Optional, Union

from sqlalchemy.orm import Session

from switchboard import joining, turns
from switchboard.body import ButtonMeaning, Reply
from switchboard.codes import Codes
from switchboard.join_links import OTHER_ACCOUNT, OVER, PAUSED, LinkRefused
from switchboard.joining import Joined, Words
from switchboard.log import InboundMessage
from switchboard.models import BOT
from switchboard.parting import PARTED_TEXT, answering
from switchboard.people import Sender
from switchboard.texts import Texts
from switchboard.turns import Taken

ARRIVES = ButtonMeaning("", "arrive_by_link")
REFUSALS = {OVER: "link_over", PAUSED: "link_paused", OTHER_ACCOUNT: "link_other_account"}
CHANNELS = ("telegram", "web")
CLOSED_TEXT = "utter_goes_on_in_another"
WITH_PERSON_TEXT, UNANSWERED_TEXT = "utter_arrived_with_person", "utter_arrived_unanswered"
OWN_TEXTS = (
    *(f"utter_moved_to_{channel}" for channel in CHANNELS),
    *(f"utter_arrived_said_{channel}" for channel in CHANNELS),
    CLOSED_TEXT,
    WITH_PERSON_TEXT,
    UNANSWERED_TEXT,
    PARTED_TEXT,
    *(f"utter_error_{code}" for code in REFUSALS.values()),
)


@dataclass(frozen=True)
class Arrival:
    """Somebody who shows a token, with the words for whatever comes of it."""

    inbound: InboundMessage
    token: str
    words: Words
    with_person: Reply
    unanswered: Reply

    @classmethod
    def of(cls, texts: Texts, sender: Sender, external_id: str, token: str) -> "Arrival":
        """What arrives on the sender's channel; the message is in words, the token nowhere."""
        key, channel = sender.identity, sender.channel
        said = texts.say(f"utter_arrived_said_{channel}")
        words = Words(answering(texts, texts.render(f"utter_moved_to_{channel}", key)), texts.render(CLOSED_TEXT, key))
        inbound = InboundMessage(sender, external_id, said, meaning=ARRIVES)
        return cls(inbound, token, words, texts.render(WITH_PERSON_TEXT, key), texts.render(UNANSWERED_TEXT, key))


def arrive(
    session: Session, arrival: Arrival, welcome: Reply, front_id: str, codes: Optional[Codes], now: datetime
) -> Union[LinkRefused, tuple[Joined, Optional[Taken]]]:
    """Join, and take the customer's first message there; None for one who was there already.

    A refusal is returned, not raised: what was counted has to stay.

    Raises:
        IdentityEnded: the sender has left.
        sqlalchemy.exc.IntegrityError: another process opened a conversation in this moment; try once more.
    """
    try:
        words = replace(arrival.words, welcome=welcome)
        joined = joining.open_link(session, arrival.inbound.sender, arrival.token, words, now)
    except LinkRefused as refused:
        return refused
    if joined.again:
        return joined, None
    notice = arrival.with_person if joined.owner != BOT else arrival.unanswered if joined.unanswered else None
    inbound = replace(arrival.inbound, notice=notice)
    return joined, turns.take(session, inbound, welcome, front_id, now, codes)
