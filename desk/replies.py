"""Ready replies of `data/replies.yml`, with the values of this conversation in them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

import yaml

from desk.records import RecordLine

PLACEHOLDER = re.compile(r"\{(\w+)\}")
KNOWN = frozenset(
    "agent order_number order_status order_total order_promised return_number return_status "
    "quote_number quote_status quote_amount quote_valid".split()
)


class RepliesUnreadable(Exception):
    """The file cannot be used; the message says where."""


@dataclass(frozen=True)
class Reply:
    """A reply as it is written: `text` with placeholders."""

    title: str
    text: str


@dataclass(frozen=True)
class Ready:
    """A reply of this conversation; `text` is None while one of its values is `missing`."""

    title: str
    text: "str | None"
    missing: tuple[str, ...]


def load_replies(file: Path) -> tuple[Reply, ...]:
    """The replies of the file, in their order.

    Raises:
        RepliesUnreadable: one has no title or text, or names a value that does not exist.
    """
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        replies = tuple(Reply(str(one["title"]), str(one["text"])) for one in content["replies"])
    except (KeyError, TypeError) as error:
        raise RepliesUnreadable(f"{file.name}: {error!r}") from error
    for reply in replies:
        unknown = set(PLACEHOLDER.findall(reply.text)) - KNOWN
        if unknown:
            raise RepliesUnreadable(f"{file.name}: {reply.title}: {sorted(unknown)} are no values")
    return replies


def ready(replies: Sequence[Reply], agent_name: str, records: Sequence[RecordLine]) -> list[Ready]:
    """Every reply with the values of the first record of each kind."""
    values: dict[str, str] = {"agent": agent_name}
    for record in records:
        values = {**record.values, **values}
    return [_filled(reply, values) for reply in replies]


def _filled(reply: Reply, values: Mapping[str, str]) -> Ready:
    missing = tuple(name for name in PLACEHOLDER.findall(reply.text) if not values.get(name))
    if missing:
        return Ready(reply.title, None, missing)
    return Ready(reply.title, PLACEHOLDER.sub(lambda found: values[found[1]], reply.text), ())
