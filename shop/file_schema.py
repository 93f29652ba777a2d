"""Checks a shop file against `shop_file.schema.json` and names each fault of form."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable

from jsonschema import Draft7Validator, FormatChecker, ValidationError

from base.emails import email_address
from shop.file_dates import read_day, read_moment
from shop.file_errors import Fault, shown
from shop.file_errors import Path as FaultPath
from shop.numbers import order_number, quote_number, return_number

SCHEMA = Path(__file__).with_name("shop_file.schema.json")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,6})\.[0-9]{2}")
_OPENING = re.compile(r"(?P<opens>[0-2][0-9]:[0-5][0-9])-(?P<closes>[0-2][0-9]:[0-5][0-9])")
_SOME_DAY = date(2000, 1, 1)


def schema_faults(data: Any) -> Iterator[Fault]:
    """Every fault of form in `data`, which must not be nested without end."""
    for error in _validator().iter_errors(data):
        yield from _faults(error)


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    checker = FormatChecker(formats=())
    for name, accepts in _FORMATS.items():
        checker.checks(name, raises=ValueError)(_for_texts(accepts))
    return Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=checker)


def _for_texts(accepts: Callable[[str], bool]) -> Callable[[Any], bool]:
    """A format says nothing about values that are no text: their type is the fault."""
    return lambda value: not isinstance(value, str) or accepts(value)


def _opening_hours(text: str) -> bool:
    match = _OPENING.fullmatch(text)
    return match is not None and match["opens"] < match["closes"] <= "24:00"


_FORMATS: dict[str, Callable[[str], bool]] = {
    "text": lambda text: text != "" and text == text.strip(),
    "day": lambda text: read_day(text, _SOME_DAY) is not None,
    "moment": lambda text: read_moment(text, _SOME_DAY) is not None,
    "amount": lambda text: _AMOUNT.fullmatch(text) is not None,
    "email-address": lambda text: email_address(text) == text,
    "order-number": lambda text: order_number(text) == text,
    "return-number": lambda text: return_number(text) == text,
    "quote-number": lambda text: quote_number(text) == text,
    "opening-hours": _opening_hours,
}


def _faults(error: ValidationError) -> Iterator[Fault]:
    at: FaultPath = tuple(error.absolute_path)
    found = shown(error.instance)
    rule, limit = error.validator, error.validator_value
    if rule == "required":
        yield from (Fault((*at, name), "required") for name in limit if name not in error.instance)
    elif rule == "additionalProperties":
        known = error.schema.get("properties", {})
        yield from (Fault((*at, name), "unknown_field") for name in error.instance if name not in known)
    elif rule in ("enum", "const"):
        allowed = limit if rule == "enum" else [limit]
        yield Fault(at, "not_allowed", {"found": found, "allowed": ", ".join(str(value) for value in allowed)})
    elif rule == "type":
        yield Fault(at, f"not_{limit}", {"found": found})
    elif rule == "format":
        yield Fault(at, f"not_{limit.replace('-', '_')}", {"found": found})
    else:  # pattern and the limits of size: minimum, maxLength, minItems, …
        yield Fault(at, _snake(rule), {"found": found, "limit": limit})


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)
