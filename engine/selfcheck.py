"""Makes sure after loading that what runs is what was meant.

Rasa replaces a class it cannot import by one of its own and goes on: conversations would be kept in memory only, or
texts taken from the model, and nobody would notice.
"""

import asyncio
import logging
from typing import Iterator

import aiohttp
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from sqlalchemy.exc import SQLAlchemyError

from base.apology import APOLOGY
from base.settings import Actions
from engine.action_endpoint import ActionEndpoint
from engine.channel import EngineChannel
from engine.local_actions import LocalActions
from engine.nlg import ResponseTexts
from engine.tracker_store import SnapshotTrackerStore

HEALTH_S = 1.0
ENDPOINTS = {Actions.ENGINE: LocalActions, Actions.PROCESS: ActionEndpoint}

log = logging.getLogger(__name__)


class EngineMisbuilt(Exception):
    """The engine is not what it was meant to be; the message names each thing that is not."""


async def check(agent: Agent, channels: list[InputChannel], actions: Actions) -> None:
    """Look at everything Rasa might have replaced; `actions` says where they are meant to run.

    Raises:
        EngineMisbuilt: something is not ours, or cannot work.
    """
    problems = [*_wrong_classes(agent, channels, actions), *_wrong_model(agent), *_wrong_texts(agent)]
    problems += await _wrong_database(agent)
    if problems:
        raise EngineMisbuilt("; ".join(problems))
    if actions is Actions.PROCESS and not await _answers(agent.action_endpoint.url):
        log.warning("the actions process does not answer yet at %s", agent.action_endpoint.url)


def check_model(agent: Agent) -> None:
    """Look at a model that is loaded beside the one that answers; its texts and actions are that one's.

    Raises:
        EngineMisbuilt: it cannot work here.
    """
    problems = [*_wrong_model(agent), *_wrong_texts(agent)]
    if problems:
        raise EngineMisbuilt("; ".join(problems))


def _wrong_classes(agent: Agent, channels: list[InputChannel], actions: Actions) -> Iterator[str]:
    used = {
        "tracker store": (agent.tracker_store, SnapshotTrackerStore),
        "tracker store of the processor": (agent.processor.tracker_store, SnapshotTrackerStore),
        "nlg": (agent.processor.nlg, ResponseTexts),
        "action endpoint": (agent.processor.action_endpoint, ENDPOINTS[actions]),
    }
    used.update({f"channel {place}": (channel, EngineChannel) for place, channel in enumerate(channels, 1)})
    for what, (found, meant) in used.items():
        if type(found) is not meant:
            yield f"{what}: {type(found).__name__} is in use instead of {meant.__name__}"
    if not channels:
        yield "no channel: credentials.yml names none"


def _wrong_model(agent: Agent) -> Iterator[str]:
    nodes = agent.processor.model_metadata.predict_schema.nodes.values()
    policies = {node.uses for node in nodes if issubclass(node.uses, Policy)}
    if policies != {RulePolicy}:
        yield f"policies: {sorted(policy.__name__ for policy in policies)} instead of RulePolicy alone"
    if agent.domain.session_config.are_sessions_enabled():
        yield "domain: session_expiration_time must be 0, or Rasa forgets the conversation by itself"


def _wrong_texts(agent: Agent) -> Iterator[str]:
    if isinstance(agent.nlg, ResponseTexts) and APOLOGY not in agent.nlg.texts.responses:
        yield f"data/responses: {APOLOGY} is missing, and every failed turn needs it"


async def _wrong_database(agent: Agent) -> list[str]:
    if not isinstance(agent.tracker_store, SnapshotTrackerStore):
        return []
    try:
        await agent.tracker_store.retrieve("")
    except SQLAlchemyError as error:
        return [f"database: the table of conversations cannot be read ({type(error).__name__})"]
    return []


async def _answers(url: str) -> bool:
    health = url.rpartition("/")[0] + "/health"
    try:
        patience = aiohttp.ClientTimeout(HEALTH_S)
        async with aiohttp.ClientSession(timeout=patience) as session, session.get(health) as response:
            return response.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError):
        return False
