"""The trained model, loaded once; every conversation gets a database of its own."""

import os
from pathlib import Path
from typing import Any, Iterator

import pytest

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT
from engine.models import ModelError, usable_model

MODELS = Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models")


@pytest.fixture(scope="session")
def agent() -> Any:
    try:
        model = usable_model(MODELS)
    except ModelError as error:
        pytest.fail(f"{error}: run `sportello train`, or leave conversations out with -m 'not model'")
    from tests.conversations.talk import load_agent

    return load_agent(model.path)


@pytest.fixture
def talk(agent: Any, database: Database, clock: FixedClock) -> Iterator[Any]:
    from actions import context
    from tests.conversations.talk import Talk

    yield Talk(agent, database, clock)
    context.use(None)
