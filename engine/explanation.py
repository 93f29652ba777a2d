"""Why a text is understood as it is, step by step, for whoever writes data: the steps of a turn, with what each saw."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from base.settings import ROOT, Register
from engine.clauses import Clauses
from engine.closeness import Closeness
from engine.parsing import Parser, understood
from engine.turn_request import TurnRequest, disarmed
from engine.understanding import Understanding
from switchboard.texts import Texts

DIALOGUE, RESPONSES = ROOT / "data" / "dialogue.yml", ROOT / "data" / "responses"


@dataclass(frozen=True)
class Explanation:
    """What was made of one text.

    Attributes:
        parsed: what `Parser.parse` gives.
        normalised: the text with signs and accents as they are compared.
        tokens: each word as it was written, and as it is compared.
        clauses: the pieces it may be cut into, each with what it would be alone; one when it is not cut.
        requests: intents in the order in which they would be answered.
        close: the requests it would be asked about, none when it is clear.
    """

    parsed: Mapping[str, Any]
    normalised: str
    tokens: tuple[tuple[str, str], ...]
    clauses: tuple[Mapping[str, Any], ...]
    requests: tuple[str, ...]
    close: tuple[str, ...]


async def explain(parser: Parser, text: str, dialogue: Path = DIALOGUE) -> Explanation:
    """Everything about `text`, as in a turn outside any task."""
    from rasa.shared.nlu.training_data.message import Message

    from components.normalise import fold
    from components.tokenizer import ItalianTokenizer

    asked, parse = disarmed(text), parser.agent.parse_message
    clauses = Clauses.load(dialogue)
    closeness = Closeness.load(dialogue, Texts.load(RESPONSES, Register.TU).responses)
    understanding = Understanding(parse, parser.agent.domain.intents, clauses, closeness)
    requests = await understanding.requests(TurnRequest("", "", asked, None, "web", ""), inside_a_task=False)
    pieces = [asked[start:end] for start, end in clauses.spans(asked)]
    tokens = ItalianTokenizer(ItalianTokenizer.get_default_config()).tokenize(Message({"text": asked}), "text")
    return Explanation(
        await parser.parse(text),
        fold(text).text,
        tuple((token.text, token.lemma) for token in tokens),
        tuple([understood(piece, await parse(piece)) for piece in pieces]),
        tuple(request["intent"]["name"] for request in requests),
        tuple(requests[0].get("close", ())),
    )
