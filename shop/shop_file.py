"""Reads a shop file and checks the whole of it: every fault is found in one pass, with its path.

The format is `shop_file.schema.json`; what a schema cannot say is in `file_rules.py`. docs/shop-file.md tells it all to
the person who writes such a file.
"""

import copy
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from base.clock import ROME
from shop.file_errors import Fault, ShopFileInvalid, ShopFileUnreadable, shown
from shop.file_errors import Path as FaultPath
from shop.file_kinds import KINDS, Records, typed
from shop.file_known import Known
from shop.file_rules import broken_rules
from shop.file_schema import schema_faults

MAX_BYTES = 100_000_000
MAX_DEPTH = 12


def read_shop_file(path: Path) -> Any:
    """The JSON in the file, not checked yet.

    Raises:
        ShopFileUnreadable: there is no such file, it cannot be read, or it holds no JSON in UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ShopFileUnreadable("missing") from error
    except OSError as error:
        raise ShopFileUnreadable("unreadable", reason=error.strerror) from error
    if len(raw) > MAX_BYTES:
        raise ShopFileUnreadable("too_big", megabytes=MAX_BYTES // 1_000_000)
    return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """The JSON in `raw`. A number that is no plain integer stays text: no field of a shop file takes one.

    Raises:
        ShopFileUnreadable: it is not UTF-8 or not JSON.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ShopFileUnreadable("not_utf8", line=raw.count(b"\n", 0, error.start) + 1) from error
    try:
        return json.loads(
            text, parse_int=_integer, parse_float=str, parse_constant=str, object_pairs_hook=_object_from_pairs
        )
    except json.JSONDecodeError as error:
        raise ShopFileUnreadable("not_json", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise ShopFileUnreadable("nested_json") from error


@dataclass(frozen=True)
class ReadShop:
    """A shop file after its form was checked: the typed records and the faults found so far.

    A value that is at fault is `None` in the records.
    """

    records: Records
    faults: tuple[Fault, ...]


def read_records(data: Any, now: datetime) -> ReadShop:
    """Check the form of everything and turn it into typed records; needs no database, and takes most of the time.

    Args:
        data: what `read_shop_file` gave.
        now: the moment of import; relative dates count from its Italian local date.

    Raises:
        ShopFileInvalid: `data` is nested so deep that nothing more can be said.
    """
    faults = list(_text_faults(data))
    if any(fault.code == "too_deep" for fault in faults):  # a schema check would not come back from there
        raise ShopFileInvalid(faults)
    data = _without_nulls(data)
    faults += schema_faults(data)
    today = now.astimezone(ROME).date()
    readable = _readable(data, [fault.at for fault in faults])
    return ReadShop(_typed_records(readable, today), tuple(faults))


def checked_records(read: ReadShop, known: Known) -> Records:
    """The typed records by kind, in the order of the file, when all is right with them.

    Args:
        read: the file, its form checked.
        known: what the shop's database has of all that the records refer to.

    Raises:
        ShopFileInvalid: with every fault, of form and of rules.
    """
    faulty = {fault.at for fault in read.faults}
    unreadable = {str(at[0]) for at in faulty if len(at) == 1}
    broken = broken_rules(read.records, known, unreadable)
    faults = [*read.faults, *(fault for fault in broken if not _within(fault.at, faulty))]
    if faults:
        raise ShopFileInvalid(_in_order(faults))
    return read.records


class _RepeatedKeys(dict):
    """A JSON object in which some keys were written more than once."""

    repeated: tuple[str, ...] = ()


def _object_from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    times = Counter(key for key, _ in pairs)
    marked = _RepeatedKeys(plain)
    marked.repeated = tuple(key for key in plain if times[key] > 1)
    return marked


def _integer(digits: str) -> Any:
    return int(digits) if len(digits) < 19 else digits


def _text_faults(data: Any) -> Iterator[Fault]:
    """What is wrong with keys and texts wherever they are: repeated keys, characters no database keeps, no end."""
    waiting: list[tuple[FaultPath, Any]] = [((), data)]
    while waiting:
        at, value = waiting.pop()
        if len(at) > MAX_DEPTH:
            yield Fault(at[:MAX_DEPTH], "too_deep")
            return
        if isinstance(value, _RepeatedKeys):
            yield from (Fault((*at, key), "repeated_key") for key in value.repeated)
        if isinstance(value, dict):
            waiting += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*at, index), item) for index, item in enumerate(value)]
        elif isinstance(value, str) and any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            yield Fault(at, "unusable_text", {"found": shown(value)})


def _without_nulls(value: Any) -> Any:
    """A field that is null is the same as a field left out."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _readable(data: Any, faulty: list[FaultPath]) -> Any:
    """A copy in which every faulty value is `None`, so that the rest can be checked further."""
    data = copy.deepcopy(data)
    for at in faulty:
        if not at:
            return {}
        holder: Any = data
        for step in at[:-1]:
            holder = _item(holder, step)
        if _item(holder, at[-1]) is not None:
            holder[at[-1]] = None
    return data


def _item(holder: Any, step: Any) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    return holder[step] if isinstance(holder, list) else None


def _typed_records(data: Any, today: date) -> Records:
    return {kind.name: [typed(record or {}, kind, today) for record in data.get(kind.name) or []] for kind in KINDS}


def _within(at: FaultPath, faulty: set[FaultPath]) -> bool:
    return any(at[:length] in faulty for length in range(len(at) + 1))


def _in_order(faults: list[Fault]) -> list[Fault]:
    once = {(fault.at, fault.code): fault for fault in faults}
    return sorted(once.values(), key=lambda fault: [(isinstance(step, str), step) for step in fault.at])
