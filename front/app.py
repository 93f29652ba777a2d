"""Builds the front: the one process that customers and agents talk to.

It stays light: a test keeps Rasa's libraries out.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from base.clock import Clock, clock_for
from base.database import Database
from base.layers import Layers
from base.settings import ROOT, Settings
from connectors.web import OWN_TEXTS as WEB_TEXTS
from connectors.web import WebChannel
from connectors.web_events import WebLimits
from connectors.web_session import WebSessions
from front.dispatcher import OWN_TEXTS as DISPATCHER_TEXTS
from front.dispatcher import Dispatcher
from front.engine_client import EngineClient
from front.handlers import FOR_EVER, job_handlers, schedule_housekeeping
from front.handlers import OWN_TEXTS as HANDLER_TEXTS
from front.job_runner import JobRunner
from front.look import read_look
from front.pages import add_pages
from switchboard.live_texts import LiveTexts
from switchboard.notices import Notices
from switchboard.texts import Texts

if TYPE_CHECKING:
    from connectors.telegram.channel import TelegramChannel

log = logging.getLogger(__name__)

PROBE_S = 1.0
MAX_REQUEST_BYTES = 1_000_000
OWN_TEXTS = (*DISPATCHER_TEXTS, *HANDLER_TEXTS, *WEB_TEXTS)
NAME = "sportello-front"


@dataclass(frozen=True)
class Front:
    """The parts of a running front."""

    database: Database
    engine: EngineClient
    dispatcher: Dispatcher
    jobs: JobRunner
    web: WebChannel
    telegram: "Optional[TelegramChannel]"

    async def start(self, clock: Clock) -> None:
        """Recover what a dead front left behind and begin to work."""
        await self.database.write(schedule_housekeeping, clock.now())
        await self.dispatcher.start()
        await self.jobs.start()
        await self.web.start()
        if self.telegram:
            await self.telegram.start()

    async def stop(self) -> None:
        """Stop working; whatever was under way is taken up again at the next start."""
        if self.telegram:
            await self.telegram.stop()
        await self.web.stop()
        await self.jobs.stop()
        await self.dispatcher.stop()
        await self.engine.close()
        self.database.close()


def create_app(settings: Settings) -> Sanic:
    """The Sanic application with everything registered and nothing started yet."""
    app = Sanic(NAME, configure_logging=False)
    app.config.update(
        {
            "REQUEST_MAX_SIZE": MAX_REQUEST_BYTES,
            "WEBSOCKET_MAX_SIZE": MAX_REQUEST_BYTES,
            "PROXIES_COUNT": settings.proxies or None,
            "GRACEFUL_SHUTDOWN_TIMEOUT": 3.0,
        }
    )
    clock = clock_for(settings.dev, settings.var)
    front = build_front(settings, clock)
    front.web.server.attach(app)
    if front.telegram:
        front.telegram.attach(app)
    look = read_look(Layers(home=settings.home).files("look.yml"))
    add_pages(app, ROOT, settings.register, settings.allowed_origins, look)
    _add_health(app, front)

    @app.listener("after_server_start")
    async def _start(_app: Sanic, _loop: object) -> None:
        await front.start(clock)

    @app.listener("before_server_stop")
    async def _stop(_app: Sanic, _loop: object) -> None:
        await front.stop()

    return app


def build_front(settings: Settings, clock: Clock) -> Front:
    """Put the parts together. Opens no connection yet.

    Raises:
        TextsUnreadable, TextMissing: something the front itself says is not there; better now than in a turn.
    """
    layers = Layers(home=settings.home)
    texts: Texts = LiveTexts(layers.responses, settings.register)
    for key in OWN_TEXTS:
        texts.variant(key, turn_id="")
    database = Database(settings.database_url)
    notices = Notices()
    engine = EngineClient(settings.engine_url, settings.engine_secret)
    dispatcher = Dispatcher(database, engine, notices, texts, clock, settings.front_id)
    sessions = WebSessions(settings.secret)
    web = WebChannel(
        database,
        sessions,
        texts,
        clock,
        dispatcher.wake,
        settings.front_id,
        WebLimits(settings.messages_per_minute, settings.sessions_per_minute),
        settings.allowed_origins,
    )
    notices.add(web.delivery)
    handlers = job_handlers(database, clock, texts, notices)
    jobs = JobRunner(database, clock, settings.front_id, handlers, FOR_EVER)
    telegram = _telegram(settings, database, texts, clock, dispatcher, notices, sessions)
    return Front(database, engine, dispatcher, jobs, web, telegram)


def _telegram(
    settings: Settings,
    database: Database,
    texts: Texts,
    clock: Clock,
    dispatcher: Dispatcher,
    notices: Notices,
    sessions: WebSessions,
) -> "Optional[TelegramChannel]":
    """The Telegram channel where there is a token. Its library takes a second to load, which others do not wait for."""
    if not settings.telegram_token:
        return None
    from connectors.telegram import channel as telegram
    from connectors.telegram.inbox import Front as Around
    from connectors.telegram.source import Webhook

    for key in telegram.OWN_TEXTS:
        texts.variant(key, turn_id="")
    url = settings.telegram_webhook_url
    channel = telegram.TelegramChannel(
        database,
        texts,
        clock,
        Around(settings.front_id, dispatcher.wake, notices),
        sessions.key,
        telegram.TelegramSettings(
            settings.telegram_token,
            settings.telegram_api_url,
            Webhook(url, telegram.webhook_secret(settings.secret)) if url else None,
        ),
    )
    notices.add(channel)
    return channel


def _add_health(app: Sanic, front: Front) -> None:
    @app.get("/health")
    async def health(_request: Request) -> HTTPResponse:
        """Answers within a second whatever the database does: a slow database is no reason to restart the front."""
        try:
            asked = front.database.read(lambda session: session.execute(text("SELECT 1")).scalar())
            await asyncio.wait_for(asked, timeout=PROBE_S)
        except (SQLAlchemyError, asyncio.TimeoutError):
            log.exception("the database does not answer")
            return json_response({"ready": False, "database": False}, status=503)
        return json_response({"ready": True, "database": True, "open_chats": len(front.web.sockets)})
