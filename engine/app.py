"""Builds the engine: Rasa's agent with our parts in it, and the server that holds our channel and nothing else.

Not used of Rasa's own start-up: `load_agent`, which carries on without a model, and `configure_app`, which adds routes
and CORS headers.
"""

import asyncio
import logging
from pathlib import Path
from typing import Any, Optional, Union

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, register
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from base.settings import SECRET_HEADER, Actions, Settings
from engine.action_endpoint import ActionEndpoint, TurnBroken, check_answers_quickly
from engine.graph_runner import PlannedRunner
from engine.loaded import LoadedModel, checked_archive
from engine.local_actions import LocalActions
from engine.models import ModelInfo
from engine.selfcheck import check_model
from engine.shortcuts import take_shortcuts
from engine.swapping import Swapping
from engine.turns import Turns

ROUTE = "/webhooks/"
MAX_BODY = 64 * 1024
KEEP_ALIVE_S = 120  # longer than the front keeps an idle connection, so that the front is the one to close it

log = logging.getLogger(__name__)


def load_agent(model: Path, endpoints: AvailableEndpoints, settings: Settings) -> Agent:
    """The agent that runs `model`, with the parts that `endpoints` names and the actions where `settings` put them."""
    store = TrackerStore.create(endpoints.tracker_store)
    return prepared_agent(model, store, endpoints.nlg, _actions(endpoints.action, settings))


def load_beside(serving: Agent, info: ModelInfo, secret: str) -> LoadedModel:
    """Another model beside the one of `serving`, with the same texts, actions and database, ready to answer.

    Raises:
        engine.models.ModelError: it is not whole, or not ours.
        Exception: whatever is wrong with it.
    """
    with checked_archive(info, secret) as archive:
        store = serving.tracker_store.beside()
        loaded = LoadedModel(prepared_agent(archive, store, serving.nlg, serving.action_endpoint))
    check_model(loaded.agent)
    loaded.rehearse()
    loaded.warm_up()
    return loaded


def _actions(endpoint: EndpointConfig, settings: Settings) -> ActionEndpoint:
    if settings.actions is Actions.ENGINE:
        return LocalActions()
    return ActionEndpoint(endpoint.url, headers={SECRET_HEADER: settings.engine_secret}, **endpoint.kwargs)


def prepared_agent(
    model: Path,
    store: TrackerStore,
    texts: Union[EndpointConfig, NaturalLanguageGenerator, None],
    action_endpoint: Optional[EndpointConfig],
) -> Agent:
    """Rasa's agent without its ways of going on after an error."""
    check_answers_quickly()
    take_shortcuts()
    agent = Agent(generator=texts, tracker_store=store, action_endpoint=action_endpoint)
    agent.tracker_store = store  # out of Rasa's wrapper, which turns a database error into an empty conversation
    agent.load_model(model)
    agent.processor.graph_runner = PlannedRunner(agent.processor.graph_runner)
    agent.processor.on_circuit_break = _give_up
    return agent


def build_app(agent: Agent, swapping: Swapping, turns: Turns, channels: list[InputChannel]) -> Sanic:
    """The server that lets the engine be asked through `channels`; `agent` is the model that was loaded first."""
    app = Sanic("sportello_engine", configure_logging=False)
    app.config.update(
        REQUEST_MAX_SIZE=MAX_BODY, KEEP_ALIVE_TIMEOUT=KEEP_ALIVE_S, FALLBACK_ERROR_FORMAT="json", ACCESS_LOG=False
    )
    app.ctx.turns, app.ctx.swapping = turns, swapping
    register(channels, app, route=ROUTE)

    @app.after_server_start
    async def tell(app: Sanic, _loop: object) -> None:
        log.info("ready with model %s", swapping.serving.sha256[:12])
        app.add_task(asyncio.to_thread(turns.model.warm_up))
        app.add_task(swapping.follow())

    @app.before_server_stop
    async def finish(app: Sanic, _loop: object) -> None:
        await turns.drain()
        await agent.action_endpoint.close()
        agent.tracker_store.close()

    return app


def _give_up(tracker: DialogueStateTracker, *_said: Any) -> None:
    """Rules that go round in circles: Rasa would save ten answers and never listen again."""
    raise TurnBroken(f"no end of actions in conversation {tracker.sender_id}")
