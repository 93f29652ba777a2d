"""A model test whose outcome was made up: what two models made of a handful of sentences and conversations."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Sequence

from base.settings import Register
from engine.models import ModelInfo
from evaluation.curve import Point
from evaluation.figures import Outcome
from evaluation.groups import HOUSE, STRANGERS
from evaluation.labelled import Labelled, Span
from evaluation.limits import Limits
from evaluation.model_test import Findings, Heard, differing, mistakes_of
from evaluation.nearest import Near, Nearby
from evaluation.several import SeveralRequests
from rehearsal.held import Held, HeldTurn, Mismatch
from rehearsal.written import Written

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
LIMITS = Limits({"intent_accuracy": 0.5}, {"calibration_error": 0.9}, 0.5, 0.5, timedelta(days=28), 500)
NUMBER = Span("order_number", 9, 15)
WHERE = Labelled("dov'è il 104206?", "track_order", frozenset([NUMBER]))
DAMAGED = Labelled("è arrivata <b>rotta</b> la moka", "report_damaged", frozenset())
HUMAN = Labelled("passami qualcuno", "ask_human", frozenset())
WEATHER = Labelled("che tempo fa domani?", "out_of_scope", frozenset())
SENTENCES = (WHERE, DAMAGED, HUMAN, WEATHER)
MESSAGES = (SeveralRequests("dov'è il 104206 e quanto costa la spedizione?", ("track_order", "ask_shipping")),)


def model(letters: str) -> ModelInfo:
    """A model that is nowhere."""
    return ModelInfo(letters * 32, Path(f"sportello-{letters}.tar.gz"), letters * 32, NOW)


def outcome(wanted: Labelled, intent: str, entities: Sequence[Span] = (), confidence: float = 0.9) -> Outcome:
    """What was understood of a sentence."""
    return Outcome(wanted, intent, frozenset(entities), intent, confidence, 5.0)


def turn(said: str, responses: Sequence[str], mismatches: Sequence[Mismatch] = ()) -> HeldTurn:
    """A turn as it went."""
    words = "Ecco il tuo ordine.\nÈ in viaggio."
    return HeldTurn(1, said, False, 0, "track_order", tuple(responses), (), words, tuple(mismatches))


def parsed(intent: str, entities: Sequence[str] = ()) -> dict[str, Any]:
    """What was understood of a real sentence."""
    found = [{"entity": kind, "start": 0, "end": 3} for kind in entities]
    return {"intent": {"name": intent, "confidence": 0.7}, "entities": found}


GOOD = Held("orders: chiede dov'è l'ordine", (turn("dov'è il 104206?", ["utter_order"]),), 1)
OTHERWISE = Held(
    "orders: cambia idea",
    (
        turn("ciao", ["utter_greet"]),
        turn("no, il 104207", ["utter_which"], [Mismatch("bot", "utter_order", "utter_which")]),
    ),
    3,
)
AS_BEFORE = Held(OTHERWISE.name, (OTHERWISE.turns[0], turn("no, il 104207", ["utter_order"]), GOOD.turns[0]), 3)
WRITTEN = tuple(
    Written("orders", held.name.partition(": ")[2], Register.TU, (), Path("shop.json")) for held in (GOOD, OTHERWISE)
)

RIGHT = [outcome(one, one.intent, tuple(one.entities)) for one in SENTENCES]
AFTER = Heard(RIGHT, [("track_order", "ask_shipping")], [GOOD, AS_BEFORE], [parsed("thank"), parsed("greet")])


def alone() -> Findings:
    """A model that makes no mistake, where none is in service."""
    groups = [HOUSE, HOUSE, STRANGERS, STRANGERS]
    return Findings(model("ab"), NOW, groups, MESSAGES, WRITTEN, AFTER, None, None, "none", LIMITS, (), 0, ())


def compared() -> Findings:
    """A model with every kind of finding, beside another one."""
    now = [
        outcome(WHERE, "track_order"),  # the number is lost
        RIGHT[1],  # won
        outcome(HUMAN, "greet", confidence=0.55),  # lost
        outcome(WEATHER, "ask_stores", confidence=0.4),  # wrong as before, in another way
    ]
    before = [RIGHT[0], outcome(DAMAGED, "request_return"), RIGHT[2], outcome(WEATHER, "greet")]
    after = replace(AFTER, outcomes=now, held=[GOOD, OTHERWISE])
    was = replace(AFTER, outcomes=before, real=[parsed("greet", ["email"]), parsed("greet")])
    near = [Nearby((Near("passo a salutare", 0.91), Near("ciao", 0.8)), ()) for _ in mistakes_of(now)]
    return replace(
        alone(),
        after=after,
        before=was,
        in_service=model("cd"),
        not_compared="",
        differing=differing([("grazie <i>•••</i>", 3), ("ciao", 1)], was.real, after.real),
        real_read=2,
        near=near,
        points=(Point(10, 400, 0.81), Point(20, 800, 0.9), Point(None, 4000, 0.96)),
    )
