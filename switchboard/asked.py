"""What customers have written to the assistant lately, each text once: for trying a model on it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from switchboard.models import DONE, Message, Turn

MOST_ROWS = 20_000  # that are looked through


@dataclass(frozen=True)
class Asked:
    """A text as it was written, nothing masked, and how often among those that were looked through."""

    text: str
    times: int


def asked_lately(session: Session, since: datetime, most: int) -> Sequence[Asked]:
    """The last `most` different texts that the assistant has answered since then, the most frequent first.

    Buttons and files without words are no texts. The same words with other capitals or blanks are one text.
    """
    query = (
        select(Message.body, Turn.button)
        .join(Turn, Turn.id == Message.id)
        .where(Turn.state == DONE, Message.created_at >= since)
        .order_by(Message.created_at.desc(), Message.id)
        .limit(MOST_ROWS)
    )
    times: Counter[str] = Counter()
    written: dict[str, str] = {}
    for body, button in session.execute(query):
        if button or body.get("wordless") or not body["text"].strip():
            continue
        key = " ".join(body["text"].casefold().split())
        if key not in written and len(written) == most:
            continue
        written.setdefault(key, body["text"])
        times[key] += 1
    return [Asked(written[key], count) for key, count in times.most_common()]
