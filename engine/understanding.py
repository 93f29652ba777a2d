"""What a customer's message asks for: one request nearly always, sometimes two or three, in the order they are written.

A button is its intent and entities; a text is parsed whole, and clause by clause where it may hold several requests
(`engine/clauses.py`). A request that lacks a number or an e-mail takes those of the others: "vorrei la fattura del
104206 e sapere quando arriva".
"""

from typing import Any, Awaitable, Callable, Iterable

from engine.clauses import RECORDS, Clause, Clauses, ParseData, Request
from engine.turn_request import Button, TurnRequest

KEPT_RANKS = 5  # of the intents an NLU hesitated between; actions look at the first few
MOST_REQUESTS = 3
ADDRESSES = ("email", "phone")
ELSEWHERE = "another_request"  # the "extractor" of an entity that only another request of the message names

Parse = Callable[[str], Awaitable[ParseData]]


class Understanding:
    """Reads messages with `parse`, the trained model.

    Args:
        known_intents: those of the model; a button that an earlier model offered and this one does not know is read as
            what is written on it.
        clauses: where messages may be cut.
    """

    def __init__(self, parse: Parse, known_intents: Iterable[str], clauses: Clauses) -> None:
        self._parse, self._known, self._clauses = parse, frozenset(known_intents), clauses

    async def requests(self, request: TurnRequest, inside_a_task: bool) -> list[ParseData]:
        """What the message asks for, in order; never empty.

        Args:
            inside_a_task: whether an answer is awaited. What is written then is one answer, whatever it looks like.
        """
        if request.button and request.button.intent in self._known:
            return [_meaning(request.button, request.text)]
        whole = await self._understood(request.text)
        if inside_a_task:
            return [whole]
        requests = [one for part in await self._parts(request.text, whole) for one in self._of_each_record(part)]
        return requests if len(requests) <= MOST_REQUESTS else [whole]

    async def _parts(self, text: str, whole: ParseData) -> list[ParseData]:
        spans = self._clauses.spans(text)
        if len(spans) == 1:
            return [whole]
        clauses = [Clause(start, end, text[start:end], await self._understood(text[start:end])) for start, end in spans]
        requests = self._clauses.grouped(clauses)
        if len(requests) == 1:
            return [whole]
        parts = [await self._part(text, request) for request in requests]
        return [_completed(part, parts) for part in parts]

    async def _part(self, text: str, request: Request) -> ParseData:
        if len(request.clauses) == 1:
            return request.head.parsed
        start, end = request.span
        meant = {key: request.head.parsed[key] for key in ("intent", "intent_ranking")}
        return {**await self._understood(text[start:end]), **meant}

    def _of_each_record(self, part: ParseData) -> list[ParseData]:
        numbers = self._clauses.each_record(part)
        return [_about(part, number) for number in numbers] or [part]

    async def _understood(self, text: str) -> ParseData:
        parsed = await self._parse(text)
        return {
            "text": text,
            "intent": parsed["intent"],
            "intent_ranking": (parsed.get("intent_ranking") or [])[:KEPT_RANKS],
            "entities": parsed["entities"],
        }


def _meaning(button: Button, title: str) -> ParseData:
    """What NLU would say had it understood perfectly."""
    intent = {"name": button.intent, "confidence": 1.0}
    entities = [{"entity": name, "value": value, "extractor": "button"} for name, value in button.entities.items()]
    return {"text": title, "intent": intent, "intent_ranking": [intent], "entities": entities}


def _about(part: ParseData, number: str) -> ParseData:
    """The request with one of its records only."""
    entities = [e for e in part["entities"] if e["entity"] not in RECORDS or str(e["value"]) == number]
    return {**part, "entities": entities}


def _completed(part: ParseData, parts: list[ParseData]) -> ParseData:
    """The request with the record and the addresses that only the others name; those written before it come first."""
    place = parts.index(part)
    others = [entity for other in (*reversed(parts[:place]), *parts[place + 1 :]) for entity in other["entities"]]
    entities = list(part["entities"])
    for kinds in (RECORDS, *((kind,) for kind in ADDRESSES)):
        if not any(entity["entity"] in kinds for entity in entities):
            entities += [_elsewhere(entity) for entity in others if entity["entity"] in kinds][:1]
    return {**part, "entities": entities}


def _elsewhere(entity: dict[str, Any]) -> dict[str, Any]:
    """An entity of another part of the message: where it stood there means nothing here."""
    return {"entity": entity["entity"], "value": entity["value"], "extractor": ELSEWHERE}
