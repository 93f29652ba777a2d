"""The trained model, and what it understands of the held-out sentences."""

import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional

import pytest
import pytest_asyncio

from base.clock import FixedClock
from base.settings import ROOT
from engine.models import ModelError, usable_model
from evaluation.figures import Outcome
from evaluation.outcomes import outcome
from tests.nlu.sentences import Sentence, held_out

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone.utc)  # a Wednesday
MODELS = Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models")


@pytest.fixture(scope="session")
def parser() -> Any:
    try:
        model = usable_model(MODELS)
    except ModelError as error:
        pytest.fail(f"{error}: run `sportello train`, or leave the model out with -m 'not model'")
    from engine.parsing import Parser

    return Parser.load(model.path, FixedClock(NOW))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def answers(parser: Any) -> list[tuple[Sentence, dict[str, Any]]]:
    """Every held-out sentence with what was understood of it."""
    return [(sentence, await parser.parse(sentence.text)) for sentence in held_out()]


@pytest.fixture(scope="session")
def parsed(answers: list[tuple[Sentence, dict[str, Any]]]) -> list[tuple[Sentence, dict[str, Any]]]:
    """Those of the house alone."""
    return [(sentence, answer) for sentence, answer in answers if sentence.style is None]


@pytest.fixture(scope="session")
def outcomes(answers: list[tuple[Sentence, dict[str, Any]]]) -> dict[Optional[str], list[Outcome]]:
    """All of them by who wrote them, None being the house; nobody took the time."""
    by_style: dict[Optional[str], list[Outcome]] = {}
    for sentence, answer in answers:
        by_style.setdefault(sentence.style, []).append(outcome(sentence.labelled, answer, ms=0))
    return by_style
