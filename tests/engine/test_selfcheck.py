from pathlib import Path
from typing import Callable

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.rest import RestInput
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain, SessionConfig
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy import text

from base.database import Database
from base.settings import Actions
from engine.action_endpoint import ActionEndpoint
from engine.channel import EngineChannel
from engine.selfcheck import EngineMisbuilt, check
from engine.tracker_store import SnapshotTrackerStore
from tests.engine.conversations import agent_with

pytestmark = pytest.mark.model
CHANNELS = [EngineChannel("secret")]


@pytest.fixture
def agent(store: SnapshotTrackerStore, bot_model: Path) -> Agent:
    return agent_with(store, bot_model, ActionEndpoint("http://127.0.0.1:9/webhook"))


async def test_what_is_ours_passes(agent: Agent) -> None:
    await check(agent, CHANNELS, Actions.PROCESS)


def _memory(agent: Agent) -> None:
    agent.tracker_store = agent.processor.tracker_store = InMemoryTrackerStore(Domain.empty())


def _wrapped(agent: Agent) -> None:
    agent.processor.tracker_store = FailSafeTrackerStore(agent.tracker_store)


def _templates(agent: Agent) -> None:
    agent.processor.nlg = TemplatedNaturalLanguageGenerator({})


def _patient(agent: Agent) -> None:
    agent.processor.action_endpoint = EndpointConfig("http://127.0.0.1:9/webhook")


def _sessions(agent: Agent) -> None:
    agent.domain.session_config = SessionConfig(60, True)


def _silence(agent: Agent) -> None:
    agent.nlg.texts.responses.pop("utter_error_generic")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_memory, "InMemoryTrackerStore"),
        (_wrapped, "FailSafeTrackerStore"),
        (_templates, "TemplatedNaturalLanguageGenerator"),
        (_patient, "EndpointConfig"),
        (_sessions, "session_expiration_time"),
        (_silence, "utter_error_generic"),
    ],
)
async def test_what_is_not_ours_is_named(agent: Agent, spoil: Callable[[Agent], None], named: str) -> None:
    spoil(agent)

    with pytest.raises(EngineMisbuilt, match=named):
        await check(agent, CHANNELS, Actions.PROCESS)


async def test_actions_elsewhere_than_meant_are_named(agent: Agent) -> None:
    with pytest.raises(EngineMisbuilt, match="ActionEndpoint is in use instead of LocalActions"):
        await check(agent, CHANNELS, Actions.ENGINE)


async def test_another_channel_is_named(agent: Agent) -> None:
    with pytest.raises(EngineMisbuilt, match="RestInput"):
        await check(agent, [*CHANNELS, RestInput()], Actions.PROCESS)


async def test_a_database_without_the_table_is_named(agent: Agent, trackers: Database) -> None:
    with trackers.writing() as session:
        session.execute(text("DROP TABLE trackers"))

    with pytest.raises(EngineMisbuilt, match="database"):
        await check(agent, CHANNELS, Actions.PROCESS)
