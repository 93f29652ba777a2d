"""`sportello parse`: what the trained model understands, for people or as JSON lines."""

import asyncio
import json
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Optional, TextIO

from base.clock import clock_for
from base.database import Database, is_made
from base.layers import data_layers
from base.settings import database_address, is_dev, var_folder
from cli.database import database_problems
from cli.model import models_folder
from cli.say import Problem, counted, say, texts
from engine.models import usable_model
from shop.gateway import ShopGateway
from shop.sql_catalogue import has_products
from shop.sql_shop import SqlShop

SHOWN_INTENTS = 5
DIGITS = re.compile(r"__digits(\d+)__")  # how the tokenizer writes any number of so many digits
SHOWN_OF_ENTITY = ("entity", "value", "normalized", "start", "end")
OUT_OF_SCOPE = WHY = "out_of_scope"  # the intent, and the key under which a parse says why

if TYPE_CHECKING:
    from engine.explanation import Explanation


class BadLine(Exception):
    """A line of input that is not `{"text": …}`."""


def parse_command(text: Optional[str], jsonl: bool) -> None:
    """Show what is understood of `text`, or of every JSON line on standard input."""
    if (text is None) != jsonl:
        raise Problem("parse_text_or_jsonl", exit_code=2)
    model = usable_model(models_folder())
    from engine.parsing import Parser

    with _shop_at(database_address()) as shop:
        _parse(Parser.load(model.path, clock_for(is_dev(), var_folder()), shop), text)


def _parse(parser: Any, text: Optional[str]) -> None:
    if text is not None:
        from engine.explanation import explain

        for line in readable_lines(asyncio.run(explain(parser, text, data_layers()))):
            print(line)
    elif asyncio.run(_parse_lines(parser, sys.stdin.buffer, sys.stdout)):
        raise Problem("parse_bad_lines")


@contextmanager
def _shop_at(url: str) -> Iterator[Optional[ShopGateway]]:
    """The shop whose products are known here; None where none has been loaded yet, or it cannot be read now."""
    database = None
    try:
        with database_problems():
            database = Database(url) if is_made(url) else None
            loaded = database is not None and _has_products(database)
    except Problem as problem:  # understanding needs no shop
        print(say("parse_without_shop", reason=say(problem.key, **problem.values)), file=sys.stderr, flush=True)
        loaded = False
    try:
        yield SqlShop(database) if database and loaded else None
    finally:
        if database:
            database.close()


def _has_products(database: Database) -> bool:
    with database.reading() as session:
        return has_products(session)


async def _parse_lines(parser: Any, lines: Iterable[bytes], output: TextIO) -> int:
    """One JSON line out for every line in, in order; how many were bad. A bad line says so in its own place."""
    bad = 0
    for number, line in enumerate(lines, start=1):
        try:
            answer = await parser.parse(text_of(line))
        except BadLine:
            bad += 1
            problem = say("parse_bad_line", number=number)
            answer = {"line": number, "error": problem}
            print(problem, file=sys.stderr, flush=True)
        print(json.dumps({name: answer[name] for name in answer if name != WHY}), file=output, flush=True)
    return bad


def text_of(line: bytes) -> str:
    """The text of one line of input.

    Raises:
        BadLine: it is no JSON object with a `text` that is a string.
    """
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine from None
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise BadLine
    return given["text"]


def readable_lines(told: "Explanation") -> Iterator[str]:
    """The same for people, and why: what was read, what it may mean, whether it concerns the shop, how it is cut."""
    parsed = told.parsed
    if told.normalised != parsed["text"]:
        yield say("parse_normalised", text=told.normalised)
    yield say("parse_tokens", listed=" · ".join(_token(*token) for token in told.tokens))
    yield say("parse_intent", name=parsed["intent"]["name"], percent=_percent(parsed["intent"]["confidence"]))
    for place, likely in enumerate(parsed["intent_ranking"][:SHOWN_INTENTS], start=1):
        yield say("parse_likely", place=place, name=likely["name"], percent=_percent(likely["confidence"]))
    yield from _scope(parsed)
    if told.close:
        yield say("parse_close", listed=", ".join(told.close))
    if told.questions:
        listed = ", ".join(f"«{title}»" for title in told.questions)
        yield say("parse_question" if len(told.questions) == 1 else "parse_questions", listed=listed)
    for entity in parsed["entities"]:
        shown = {name: entity[name] for name in SHOWN_OF_ENTITY}
        yield say("parse_entity", **{**shown, "normalized": _readable(entity["normalized"])})
    for place in told.looked_at:
        left, right = place.intents
        yield say("parse_place", left=left, text=place.after, right=right, percent=_percent(place.probability))
    if len(told.clauses) > 1:
        for clause in told.clauses:
            percent = _percent(clause["intent"]["confidence"])
            yield say("parse_clause", text=clause["text"], name=clause["intent"]["name"], percent=percent)
        yield say("parse_requests", count=len(told.requests), listed=", ".join(told.requests))


def _token(written: str, compared: str) -> str:
    shown = DIGITS.sub(lambda found: counted("parse_digits", int(found[1])), compared)
    return written if written == compared else f"{written} → {shown}"


def _scope(parsed: Mapping[str, Any]) -> Iterator[str]:
    """Why it is taken to concern the shop or not, the strongest reasons first."""
    refused, scope = parsed["intent"]["name"] == OUT_OF_SCOPE, parsed.get("out_of_scope")
    if scope is None:
        yield say("parse_refused_unsure" if refused else "parse_accepted")
        return
    yield say("parse_scope_outside" if refused else "parse_scope_inside", percent=_percent(scope["probability"]))
    for reason in scope["reasons"]:
        direction = say("parse_push_out" if reason["push"] > 0 else "parse_push_in")
        kind = reason["name"].rstrip("_0123456789")
        named = texts().get(f"parse_reason_{kind}", reason["name"])
        yield say(
            "parse_reason", reason=named, direction=direction, push=f"{abs(reason['push']):.1f}".replace(".", ",")
        )


def _readable(normalized: Any) -> str:
    """What an entity means, in one line."""
    if normalized is None:
        return say("parse_no_meaning")
    if not isinstance(normalized, dict):
        return str(normalized)
    told = [str(value) for value in normalized.values() if value and not isinstance(value, list)]
    candidates = [candidate["name"] for candidate in normalized.get("candidates", [])]
    return ", ".join(told) + (say("parse_candidates", listed=", ".join(candidates)) if candidates else "")


def _percent(confidence: float) -> str:
    return f"{round(confidence * 100)} %"
