"""`sportello parse`: what the trained model understands, for people or as JSON lines."""

import asyncio
import json
import sys
from typing import Any, Iterable, Iterator, Optional, TextIO

from cli.model import models_folder
from cli.say import Problem, say
from engine.models import usable_model

SHOWN_INTENTS = 5


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
        for line in readable_lines(asyncio.run(parser.parse(text))):
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
        print(json.dumps(answer), file=output, flush=True)
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


def readable_lines(parsed: dict[str, Any]) -> Iterator[str]:
    """The same answer for people."""
    yield say("parse_intent", name=parsed["intent"]["name"], percent=_percent(parsed["intent"]["confidence"]))
    for entity in parsed["entities"]:
        yield say("parse_entity", **entity)
    others = [i for i in parsed["intent_ranking"] if i["name"] != parsed["intent"]["name"]]
    listed = ", ".join(f"{i['name']} {_percent(i['confidence'])}" for i in others[: SHOWN_INTENTS - 1])
    yield say("parse_others", listed=listed)


def _percent(confidence: float) -> str:
    return f"{round(confidence * 100)} %"
