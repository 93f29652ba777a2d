"""Why a text is understood as it is, step by step, for whoever writes data: the steps of a turn, with what each saw."""

from dataclasses import dataclass
from typing import Any, Mapping

from base.layers import Layers
from base.settings import Register
from engine.clauses import Clause, Clauses, Cut, Parse
from engine.closeness import Closeness
from engine.cut_evidence import ParseData
from engine.cuts import probability_of
from engine.parsing import Parser, understood
from engine.shop_questions import ENTITY as QUESTION
from engine.shop_questions import shop_questions
from engine.turn_request import TurnRequest, disarmed
from engine.understanding import Understanding
from switchboard.texts import Texts


@dataclass(frozen=True)
class Place:
    """A place where a text may be cut.

    Attributes:
        after: what comes after it.
        intents: of the two sides alone.
        probability: that both are requests of their own.
    """

    after: str
    intents: tuple[str, str]
    probability: float


@dataclass(frozen=True)
class Explanation:
    """What was made of one text.

    Attributes:
        parsed: what `Parser.parse` gives.
        normalised: the text with signs and accents as they are compared.
        tokens: each word as it was written, and as it is compared.
        clauses: the pieces it is cut into, each with what it is alone; one when it is not cut.
        looked_at: the places where it might have been cut.
        requests: intents in the order in which they would be answered.
        close: the requests it would be asked about, none when it is clear.
        questions: titles of the shop's own questions: the one that would be answered, or those between which it would
            be asked.
    """

    parsed: Mapping[str, Any]
    normalised: str
    tokens: tuple[tuple[str, str], ...]
    clauses: tuple[Mapping[str, Any], ...]
    looked_at: tuple[Place, ...]
    requests: tuple[str, ...]
    close: tuple[str, ...]
    questions: tuple[str, ...] = ()


async def explain(parser: Parser, text: str, layers: Layers) -> Explanation:
    """Everything about `text`, as in a turn outside any task."""
    from rasa.shared.nlu.training_data.message import Message

    from components.normalise import fold
    from components.tokenizer import ItalianTokenizer

    asked, parse = disarmed(text), parser.agent.parse_message
    dialogue = layers.files("dialogue.yml")
    clauses = Clauses.load(dialogue)
    closeness = Closeness.load(dialogue, Texts.load(layers.responses, Register.TU).responses)
    intents, own = parser.agent.domain.intents, shop_questions(layers)
    understanding = Understanding(parse, intents, clauses, closeness, shop_questions=own)
    request = TurnRequest("", "", asked, None, "web", parser.now().isoformat())
    requests = await understanding.requests(request, inside_a_task=False)
    cutting = await clauses.cut(asked, {**await parse(asked), "text": asked}, _with_text(parse))
    tokens = ItalianTokenizer(ItalianTokenizer.get_default_config()).tokenize(Message({"text": asked}), "text")
    return Explanation(
        await parser.parse(text),
        fold(text).text,
        tuple((token.text, token.lemma) for token in tokens),
        tuple(understood(clause.parsed["text"], clause.parsed) for clause in cutting.clauses),
        tuple(_place(asked, cut) for cut in cutting.looked_at),
        tuple(request["intent"]["name"] for request in requests),
        tuple(requests[0].get("close", ())),
        tuple(requests[0].get("questions", ())) or _question_asked(requests[0]),
    )


def _question_asked(request: ParseData) -> tuple[str, ...]:
    return tuple(entity["value"] for entity in request["entities"] if entity["entity"] == QUESTION)


def _place(text: str, cut: Cut) -> Place:
    right = cut.right
    return Place(text[right.start : right.end], (_name(cut.left), _name(right)), probability_of(cut.log_odds))


def _name(clause: Clause) -> str:
    return clause.intent or str(clause.parsed["intent"]["name"])


def _with_text(parse: Parse) -> Parse:
    async def parsed(text: str) -> ParseData:
        return {**await parse(text), "text": text}

    return parsed
