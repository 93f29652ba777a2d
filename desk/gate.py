"""Who gets to a page of the desk, and the headers of every answer.

Every route is added here, so that none of them forgets to ask who comes, where from, and whether he may.
"""

import logging
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Awaitable, Callable, Optional

from sanic import Blueprint
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, redirect
from sqlalchemy.exc import SQLAlchemyError

from base.clock import Clock
from desk.render import Rendering
from desk.sessions import CSRF, CSRF_HEADER, PATH, DeskSessions, same_origin
from switchboard.agents import AtDesk

log = logging.getLogger(__name__)

Handler = Callable[..., Awaitable[HTTPResponse]]
May = Callable[[AtDesk], bool]
ATTENDS: May = attrgetter("attends")
LEADS: May = attrgetter("leads")
TRAINS: May = attrgetter("trains")
ANYBODY: May = attrgetter("id")  # everybody has one


def REVIEWS(agent: AtDesk) -> bool:
    """Who reads conversations that are masked."""
    return agent.trains or agent.leads


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "font-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Gate:
    """Adds routes to the desk, each with those who may use it."""

    def __init__(self, sessions: DeskSessions, clock: Clock, rendering: Rendering) -> None:
        self._sessions, self._clock, self._rendering = sessions, clock, rendering
        self.routes = Blueprint("desk", url_prefix=PATH)
        self._add_static()

    def add(
        self,
        path: str,
        handler: Handler,
        method: str,
        signed_in: bool = True,
        open_to: May = ATTENDS,
        name: Optional[str] = None,
        stream: bool = False,
    ) -> None:
        """A route that answers in one way to everybody who may not use it, whatever is behind it.

        Args:
            open_to: who may use it; what customers wrote is read by those who answer them.
            stream: its body is no form but a file; the form's token comes in a header.
        """

        async def handle(request: Request, **parts: Any) -> HTTPResponse:
            try:
                response = await self._guarded(handler, request, method, signed_in, open_to, stream, parts)
            except SQLAlchemyError:
                log.exception("the database did not answer the desk")
                response = self._rendering.problem(request, "error_later", 503)
            except SanicException:
                raise
            except Exception:  # whatever it is, the answer has our headers and no traceback
                log.exception("a page of the desk broke: %s", handler.__name__)
                response = self._rendering.problem(request, "error_later", 500)
            for header, value in HEADERS.items():
                response.headers.setdefault(header, value)
            return response

        name = name or f"{handler.__name__}_{method}".lower()
        # Of a function Sanic would read the source, to guess in what form errors are told; ours are told by `_guarded`.
        self.routes.add_route(partial(handle), path, methods=[method], name=name, stream=stream)

    def _add_static(self) -> None:
        """The style and the scripts of the pages."""
        for file in sorted(STATIC.iterdir()):
            if file.suffix in TYPES:
                self.routes.add_route(
                    partial(_sender(file)), f"/static/{file.name}", methods=["GET"], name=f"static_{file.stem}"
                )

    async def _guarded(
        self,
        handler: Handler,
        request: Request,
        method: str,
        signed_in: bool,
        open_to: May,
        stream: bool,
        parts: dict[str, Any],
    ) -> HTTPResponse:
        if method == "POST" and not same_origin(request):
            return self._rendering.problem(request, "error_expired", 403)
        if not signed_in:
            return await handler(request, **parts)
        found = await self._sessions.find(request.cookies, self._clock.now())
        if found is None:
            return self._to_sign_in(request)
        form = {CSRF: request.headers.get(CSRF_HEADER, "")} if stream else fields_of(request)
        if method == "POST" and not self._sessions.is_ours(found, form):
            return self._rendering.problem(request, "error_expired", 403)
        if not open_to(found.agent):
            return self._rendering.problem(request, "error_forbidden", 403)
        await self._sessions.seen(found, self._clock.now())
        return await handler(request, found, **parts)

    def _to_sign_in(self, request: Request) -> HTTPResponse:
        if request.method == "GET" and not self._rendering.wants_json(request):
            return redirect(f"{PATH}/sign-in?to={request.path}")
        return self._rendering.problem(request, "error_expired", 401)


def _sender(file: Path) -> Handler:
    content, type_ = file.read_bytes(), TYPES[file.suffix]

    async def send(_request: Request) -> HTTPResponse:
        return HTTPResponse(body=content, content_type=type_, headers={**HEADERS, "Cache-Control": "no-cache"})

    return send


def fields_of(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name."""
    form = request.form or {}
    return {name: str(values[0]) for name, values in form.items() if values}
