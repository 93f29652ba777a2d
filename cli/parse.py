"""`sportello parse`: what the trained model understands, for people or as JSON lines."""

import asyncio
import json
import re
import sys
from typing import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Optional, TextIO

from cli.model import models_folder
from cli.say import Problem, say, texts
from engine.models import usable_model

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

    parser = Parser.load(model.path)
    if text is not None:
        from engine.explanation import explain

        for line in readable_lines(asyncio.run(explain(parser, text))):
            print(line)
    elif asyncio.run(_parse_lines(parser, sys.stdin.buffer, sys.stdout)):
        raise Problem("parse_bad_lines")


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
    for entity in parsed["entities"]:
        yield say("parse_entity", **{name: entity[name] for name in SHOWN_OF_ENTITY})
    if len(told.clauses) > 1:
        for clause in told.clauses:
            percent = _percent(clause["intent"]["confidence"])
            yield say("parse_clause", text=clause["text"], name=clause["intent"]["name"], percent=percent)
        yield say("parse_requests", count=len(told.requests), listed=", ".join(told.requests))


def _token(written: str, compared: str) -> str:
    shown = DIGITS.sub(lambda found: say("parse_digits", count=found[1]), compared)
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


def _percent(confidence: float) -> str:
    return f"{round(confidence * 100)} %"
