"""What a customer's message asks for: one request nearly always, sometimes two or three, in the order they are written.

A button is its intent and entities; a text is parsed whole, and clause by clause where it may hold several requests
(`engine/clauses.py`). A request that lacks a number or an e-mail takes those of the others: "vorrei la fattura del
104206 e sapere quando arriva". What may mean one of two requests is not understood, and `close` says which
(`engine/closeness.py`); the answer to that question is the message it was about (`engine/choices.py`).
"""

from types import MappingProxyType
from typing import Any, Awaitable, Callable, Iterable, Mapping, Optional, Sequence

from engine.beside_files import BesideFiles, sending
from engine.choices import BY_BUTTON, IN_WORDS, SENTENCE, History, meant_in_words, question_in_words
from engine.clauses import Clause, Clauses
from engine.closeness import Closeness
from engine.cut_evidence import RECORDS, ParseData
from engine.shop_questions import ShopQuestions, asking_for
from engine.threats import Threats, threatening
from engine.turn_request import Button, TurnRequest, day_of

KEPT_RANKS = 5  # of the intents an NLU hesitated between; actions look at the first few
MOST_REQUESTS = 3
ADDRESSES = ("email", "phone")
ELSEWHERE = "another_request"  # the "extractor" of an entity that only another request of the message names
UNCLEAR = "nlu_fallback"
NOTHING_OFFERED = History()
NO_WORDS = BesideFiles(frozenset())

Parse = Callable[[str], Awaitable[ParseData]]


class Understanding:
    """Reads messages with `parse`, the trained model.

    Args:
        known_intents: those of the model; a button that an earlier model offered and this one does not know is read as
            what is written on it.
        clauses: where messages may be cut.
        closeness: when two requests are too close to guess; None: never.
        titles: what is written on the button of each intent.
        files: which words beside files mean the files.
        shop_questions: the shop's own questions; None: there are none.
        threats: which words hand the customer to a person whatever else is asked; None: none do.
    """

    def __init__(
        self,
        parse: Parse,
        known_intents: Iterable[str],
        clauses: Clauses,
        closeness: Optional[Closeness] = None,
        titles: Mapping[str, str] = MappingProxyType({}),
        files: BesideFiles = NO_WORDS,
        shop_questions: Optional[ShopQuestions] = None,
        threats: Optional[Threats] = None,
    ) -> None:
        self._parse, self._known, self._clauses = parse, frozenset(known_intents), clauses
        self._closeness, self._titles, self._files = closeness, titles, files
        self._shop_questions, self._threats = shop_questions, threats

    async def requests(
        self, request: TurnRequest, inside_a_task: bool, history: History = NOTHING_OFFERED
    ) -> list[ParseData]:
        """What the message asks for, in order; never empty. The choice among what was offered has `chosen`: how.

        Args:
            inside_a_task: whether an answer is awaited. What is written then is one answer, whatever it looks like.
            history: what was offered before; nothing is asked twice in a row.
        """
        if request.button and request.button.intent in self._known:
            return [_pressed(request.button, request.text, history)]
        parsed = await self._parsed(request.text)
        whole = _kept(parsed)
        if request.attachments and self._files.mean_the_files(whole):
            return [sending(request.text)]
        if self._threats is not None and self._threats.are_in(whole):
            return [threatening(whole)]
        chosen = self._chosen_in_words(whole, history)
        if chosen:
            return [chosen]
        asked_before = history.just_asked or history.just_refused
        if inside_a_task:
            matters = "?" in request.text and not whole["entities"]  # else it is read as the answer
            return [await self._clear(whole, request, may_ask=not asked_before)] if matters else [whole]
        requests = [one for part in await self._parts(parsed) for one in self._of_each_record(part)]
        if len(requests) == 1:
            return [await self._clear(requests[0], request, may_ask=not asked_before)]
        if len(requests) > MOST_REQUESTS:
            return [whole]
        return [await self._as_shop_question(one, request, may_ask=False) for one in requests]

    async def _clear(self, parsed: ParseData, request: TurnRequest, may_ask: bool) -> ParseData:
        """One of the shop's questions, if it is one; else what was parsed, or that it is not clear which request."""
        seen = await self._as_shop_question(parsed, request, may_ask)
        return seen if seen is not parsed or not may_ask else self._unless_close(parsed)

    async def _as_shop_question(self, parsed: ParseData, request: TurnRequest, may_ask: bool) -> ParseData:
        if self._shop_questions is None:
            return parsed
        return await self._shop_questions.recognise(parsed, day_of(request.sent_at), may_ask)

    def _chosen_in_words(self, whole: ParseData, history: History) -> Optional[ParseData]:
        if history.offer is None or not history.just_asked or self._closeness is None:
            return None
        title = question_in_words(history.offer, whole, self._closeness.ordinals)
        if title:
            return {**asking_for(title, 1.0, whole), "chosen": IN_WORDS}
        intent = meant_in_words(history.offer, whole, self._titles, self._closeness.ordinals)
        return {**history.offer.with_intent(intent, whole), "chosen": IN_WORDS} if intent else None

    def _unless_close(self, parsed: ParseData) -> ParseData:
        """What was parsed, or, where two requests are close, that it is not clear which."""
        if self._closeness is None or not _is_best(parsed["intent"], parsed["intent_ranking"]):
            return parsed  # refused already, for a reason of its own
        close = self._closeness.among(parsed["text"], parsed["intent_ranking"])
        if not close:
            return parsed
        unclear = {"name": UNCLEAR, "confidence": parsed["intent"]["confidence"]}
        return {**parsed, "intent": unclear, "close": list(close)}

    async def _parts(self, whole: ParseData) -> list[ParseData]:
        cutting = await self._clauses.cut(whole["text"], whole, self._parsed)
        parts = [_kept(_taken_for(clause)) for clause in cutting.clauses]
        several = len(parts) > 1 and _differ(parts)
        return [_completed(part, parts) for part in parts] if several else [_kept(whole)]

    def _of_each_record(self, part: ParseData) -> list[ParseData]:
        numbers = self._clauses.each_record(part)
        return [_about(part, number) for number in numbers] or [part]

    async def _parsed(self, text: str) -> ParseData:
        return {**await self._parse(text), "text": text}


def _taken_for(clause: Clause) -> ParseData:
    """Its parse, with the request it is."""
    named = [one for one in clause.parsed["intent_ranking"] if one["name"] == clause.intent]
    return {**clause.parsed, "intent": dict(named[0])} if named else clause.parsed


def _kept(parsed: ParseData) -> ParseData:
    """What the conversation remembers of a parse."""
    return {
        "text": parsed["text"],
        "intent": parsed["intent"],
        "intent_ranking": (parsed.get("intent_ranking") or [])[:KEPT_RANKS],
        "entities": parsed["entities"],
    }


def _is_best(intent: Mapping[str, Any], ranking: Sequence[Mapping[str, Any]]) -> bool:
    return bool(ranking) and ranking[0]["name"] == intent["name"]


def _pressed(button: Button, title: str, history: History) -> ParseData:
    """What a button means: the sentence it is about, when it is one of the choices offered for it."""
    if history.offer and history.offer.named_by(button):
        return {**history.offer.with_intent(button.intent), "chosen": BY_BUTTON}
    return _meaning(button, title)


def _meaning(button: Button, title: str) -> ParseData:
    """What NLU would say had it understood perfectly."""
    intent = {"name": button.intent, "confidence": 1.0}
    entities = [
        {"entity": name, "value": value, "extractor": "button"}
        for name, value in button.entities.items()
        if name != SENTENCE
    ]
    return {"text": title, "intent": intent, "intent_ranking": [intent], "entities": entities}


def _about(part: ParseData, number: str) -> ParseData:
    """The request with one of its records only."""
    entities = [e for e in part["entities"] if e["entity"] not in RECORDS or str(e["value"]) == number]
    return {**part, "entities": entities}


def _differ(parts: Sequence[ParseData]) -> bool:
    """Whether no two neighbours ask for the same of the same record, or of none."""
    meant = [
        (part["intent"]["name"], {e["value"] for e in part["entities"] if e["entity"] in RECORDS}) for part in parts
    ]
    return all(one != other and not (one[0] == other[0] and not other[1]) for one, other in zip(meant, meant[1:]))


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
