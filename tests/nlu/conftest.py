"""The trained model, and what it understands of the held-out sentences."""

import os
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from base.settings import ROOT
from engine.models import ModelError, usable_model
from tests.nlu.sentences import Sentence, held_out

MODELS = Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models")


@pytest.fixture(scope="session")
def parser() -> Any:
    try:
        model = usable_model(MODELS)
    except ModelError as error:
        pytest.fail(f"{error}: run `sportello train`, or leave the model out with -m 'not model'")
    from engine.parsing import Parser

    return Parser.load(model.path)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def parsed(parser: Any) -> list[tuple[Sentence, dict[str, Any]]]:
    """Every held-out sentence with what was understood of it."""
    return [(sentence, await parser.parse(sentence.text)) for sentence in held_out()]
