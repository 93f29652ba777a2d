"""The front's application: the one process that customers and agents talk to.

It stays light: a test keeps Rasa's libraries out.
"""

import asyncio
import logging

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from base.clock import clock_for
from base.layers import Layers
from base.settings import ROOT, Settings
from front.look import read_look
from front.outbox_page import add_outbox
from front.pages import add_pages
from front.parts import Front, build_front

log = logging.getLogger(__name__)

PROBE_S = 1.0
MAX_REQUEST_BYTES = 1_000_000
NAME = "sportello-front"


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
    front.files.attach(app)
    front.desk.attach(app)
    if front.telegram:
        front.telegram.attach(app)
    look = read_look(Layers(home=settings.home).files("look.yml"))
    add_pages(app, ROOT, settings.register, settings.allowed_origins, look)
    if settings.dev:
        add_outbox(app, settings.outbox)
    _add_health(app, front)

    @app.listener("after_server_start")
    async def _start(_app: Sanic, _loop: object) -> None:
        await front.start(clock)

    @app.listener("before_server_stop")
    async def _stop(_app: Sanic, _loop: object) -> None:
        await front.stop()

    return app


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
