"""Ready replies of `data/replies.yml`, with the values of this conversation in them."""

import re
from dataclasses import dataclass
from typing import Any, Awaitable, Callable, Mapping, Sequence

from ruamel.yaml.error import YAMLError

from base.layers import Files, layered, read_layered
from desk.records import RecordLine

MOST_SUGGESTED = 3
Intents = Callable[[str], Awaitable[Sequence[str]]]
KEYS = frozenset({"replies", "removed"})
PLACEHOLDER = re.compile(r"\{(\w+)\}")
KNOWN = frozenset(
    "agent order_number order_status order_total order_promised return_number return_status "
    "quote_number quote_status quote_amount quote_valid".split()
)


class RepliesUnreadable(Exception):
    """The file cannot be used; the message says where."""


@dataclass(frozen=True)
class Reply:
    """A reply as it is written: `text` with placeholders; `intents` are what it may answer."""

    title: str
    text: str
    intents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ready:
    """A reply of this conversation; `text` is None while one of its values is `missing`."""

    title: str
    text: "str | None"
    missing: tuple[str, ...]
    intents: tuple[str, ...] = ()


def load_replies(files: Files) -> tuple[Reply, ...]:
    """The replies of the file, in their order.

    Args:
        files: or several: replies of later ones follow, or take the place of those with the same title; titles that
            they list as `removed` are left out.

    Raises:
        RepliesUnreadable: one has no title or text, or names a value that does not exist.
    """
    replies: dict[str, Reply] = {}
    for file in layered(files):
        try:
            content = read_layered(file)
            if not KEYS.issuperset(content):
                raise KeyError("replies")
            own = [_reply(one, file.name) for one in content.get("replies") or []]
            removed = set(content.get("removed") or [])
        except (YAMLError, KeyError, TypeError) as error:
            raise RepliesUnreadable(f"{file.name}: {error!r}") from error
        replies = {title: reply for title, reply in replies.items() if title not in removed}
        replies.update({reply.title: reply for reply in own})
    return tuple(replies.values())


def ready(replies: Sequence[Reply], agent_name: str, records: Sequence[RecordLine]) -> list[Ready]:
    """Every reply with the values of the first record of each kind."""
    values: dict[str, str] = {"agent": agent_name}
    for record in records:
        values = {**record.values, **values}
    return [_filled(reply, values) for reply in replies]


def _reply(written: Mapping[str, Any], name: str) -> Reply:
    intents = tuple(map(str, written.get("intents") or ()))
    reply = Reply(str(written["title"]), str(written["text"]), intents)
    unknown = set(PLACEHOLDER.findall(reply.text)) - KNOWN
    if unknown:
        raise RepliesUnreadable(f"{name}: {reply.title}: {sorted(unknown)} are no values")
    return reply


def suggested(replies: Sequence[Ready], intents: Sequence[str]) -> list[Ready]:
    """The replies that may answer the likeliest intents, at most `MOST_SUGGESTED`; only those that can be chosen."""
    found = [reply for intent in intents for reply in replies if intent in reply.intents and reply.text is not None]
    return list(dict.fromkeys(found))[:MOST_SUGGESTED]


async def no_intents(_text: str) -> Sequence[str]:
    """Where nobody can tell what a text may mean."""
    return ()


def _filled(reply: Reply, values: Mapping[str, str]) -> Ready:
    missing = tuple(name for name in PLACEHOLDER.findall(reply.text) if not values.get(name))
    if missing:
        return Ready(reply.title, None, missing, reply.intents)
    text = PLACEHOLDER.sub(lambda found: values[found[1]], reply.text)
    return Ready(reply.title, text, (), reply.intents)
