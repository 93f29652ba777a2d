"""The desk as part of the front: its routes, who may use which, and the headers of every answer.

Pages are in `pages.py`, what agents do in `steps.py`, what is told to open pages in `push.py`.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, Awaitable, Callable, Optional, Sequence

from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, redirect
from sqlalchemy.exc import SQLAlchemyError

from attachments.intake import Intake
from base.clock import Clock
from base.database import Database
from base.settings import ROOT
from desk.acts import Acts
from desk.adding_tests import AddingTests
from desk.board import Board
from desk.calls import Calls
from desk.changes import Changes
from desk.files import StaffFiles
from desk.inbox import Inbox
from desk.pages import Pages
from desk.push import DeskPush
from desk.render import Rendering
from desk.replies import Intents, Reply, no_intents
from desk.review import Review
from desk.review_test import ReviewTest
from desk.searching import Searching
from desk.sessions import CSRF, CSRF_HEADER, PATH, DeskSessions, SignedIn, same_origin
from desk.sign_in import SignIn
from desk.sources import Sources
from desk.steps import OWN_TEXTS as STEP_TEXTS
from desk.steps import Refused, Steps
from desk.taken_back import TakenBack
from desk.training import Training
from desk.trend_page import TrendPage
from desk.words import Words
from desk.wrong import WrongAnswers
from shop.acting import ShopActs
from shop.desk_rules import DeskRules
from shop.gateway import ShopGateway
from switchboard.agents import AtDesk
from switchboard.notices import Notices
from switchboard.texts import Texts

log = logging.getLogger(__name__)

OWN_TEXTS = STEP_TEXTS
Handler = Callable[..., Awaitable[HTTPResponse]]
Gate = Callable[[AtDesk], bool]
ATTENDS: Gate = attrgetter("attends")
LEADS: Gate = attrgetter("leads")
LABEL_THREADS = 2  # of their own: in the pool that all share, threads wait for servers that do not answer
TRAINS: Gate = attrgetter("trains")
ANYBODY: Gate = attrgetter("id")  # everybody has one


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


@dataclass(frozen=True)
class DeskParts:
    """What the desk is made from."""

    database: Database
    shop: ShopGateway
    texts: Texts
    clock: Clock
    notices: Notices
    rules: DeskRules
    intake: Intake
    replies: Sequence[Reply]
    secret: str
    secure: bool  # whether agents reach it by https
    intents: Intents = no_intents  # what a text may mean, the likeliest first
    home: Optional[Path] = None  # the shop's own folder
    training: Training = field(default_factory=Training)


class Desk:
    """The agents' web app of one front."""

    def __init__(self, parts: DeskParts) -> None:
        self._clock = parts.clock
        words = Words.load()
        self._rendering = Rendering(words, parts.clock)
        self.sessions = DeskSessions(parts.database, parts.secret, parts.secure)
        self.push = DeskPush(parts.database, self.sessions, parts.clock, parts.notices)
        self._pages = Pages(
            parts.database,
            parts.shop,
            parts.texts,
            parts.clock,
            parts.rules,
            parts.intake,
            self._rendering,
            parts.replies,
            Sources.read(ROOT / "data"),
            parts.intents,
        )
        self._steps = Steps(parts.database, parts.texts, parts.clock, parts.notices, parts.rules)
        self._searching = Searching(parts.database, parts.rules, self._pages)
        self._board = Board(parts.database, parts.rules, parts.clock, words, self._pages)
        self._trend = TrendPage(parts.database, parts.rules, parts.texts, parts.clock, self._rendering, self._pages)
        mask, mask_in = parts.training.masked, parts.training.masked_in
        self._review = Review(parts.database, parts.texts, parts.clock, self._rendering, self._pages, mask, mask_in)
        tests = AddingTests(parts.home)
        self._review_test = ReviewTest(
            parts.database, parts.texts, parts.clock, self._rendering, self._pages, tests, mask_in
        )
        self._wrong = WrongAnswers(parts.database, parts.clock, self._rendering)
        self._label_threads = ThreadPoolExecutor(LABEL_THREADS, thread_name_prefix="labels")
        taken_back = TakenBack(parts.database, parts.training.var, self._label_threads)
        trains = (parts.database, parts.training, parts.clock, self._rendering, self._pages, taken_back)
        self._inbox = Inbox(*trains)
        self._changes = Changes(*trains, self._label_threads)
        self._calls = Calls(parts.database, parts.shop, parts.clock, self._rendering, self._pages)
        self._acts = Acts(
            parts.database,
            parts.shop,
            parts.shop if isinstance(parts.shop, ShopActs) else None,
            parts.clock,
            self._rendering,
            parts.notices,
            self._pages,
        )
        self._files = StaffFiles(parts.database, parts.intake, words, parts.clock)
        self._sign_in = SignIn(self.sessions, parts.database, parts.texts, parts.notices, parts.clock, self._rendering)
        parts.notices.add_watcher(self.push)

    async def start(self) -> None:
        """Begin to tell open pages of changes."""
        await self.push.start()

    async def stop(self) -> None:
        """Close every page's socket; they come back to whoever is there. What is being measured ends."""
        await self._changes.stop()
        self._label_threads.shutdown(wait=False)
        await self.push.stop()

    def attach(self, app: Sanic) -> None:
        """Add every route of the desk."""
        routes = Blueprint("desk", url_prefix=PATH)
        pages, steps, sign_in = self._pages, self._steps, self._sign_in
        self._static(routes)
        self._add(routes, "/sign-in", sign_in.page, "GET", signed_in=False)
        self._add(routes, "/sign-in", sign_in.enter, "POST", signed_in=False)
        self._add(routes, "/sign-out", sign_in.leave, "POST", open_to=ANYBODY)
        self._add(routes, "/", self._first, "GET", open_to=ANYBODY)
        self._add(routes, "/lists", pages.lists, "GET")
        self._add(routes, "/mine", pages.mine, "GET")
        self._add(routes, "/requests", pages.requests, "GET")
        self._add(routes, "/calls", self._calls.page, "GET", name="calls_page")
        self._add(routes, "/calls", self._calls.write, "POST", name="calls_write")
        self._add(routes, "/search", self._searching.search, "GET")
        self._add(routes, "/board", self._board.board, "GET", open_to=LEADS)
        self._add(routes, "/board.csv", self._board.csv, "GET", open_to=LEADS)
        self._add(routes, "/figures", self._trend.page, "GET", open_to=LEADS, name="figures")
        self._add(routes, "/figures.csv", self._trend.csv, "GET", open_to=LEADS, name="figures_csv")
        review, test = self._review, self._review_test
        self._add(routes, "/review", review.page, "GET", open_to=REVIEWS, name="review")
        self._add(routes, "/review/<conversation_id>", review.one, "GET", open_to=REVIEWS, name="review_one")
        self._add(routes, "/review/<conversation_id>/tag", review.tag, "POST", open_to=REVIEWS)
        self._add(routes, "/review/<conversation_id>/comment", review.comment, "POST", open_to=REVIEWS)
        self._add(routes, "/review/<conversation_id>/test", test.draft, "GET", open_to=TRAINS)
        self._add(routes, "/review/<conversation_id>/test", test.save, "POST", open_to=TRAINS)
        self._add(routes, "/inbox", self._inbox.page, "GET", open_to=TRAINS, name="inbox")
        for name in ("label", "put", "merge", "split", "undo", "check"):
            self._add(
                routes, f"/inbox/{name}", getattr(self._inbox, name), "POST", open_to=TRAINS, name=f"inbox_{name}"
            )
        self._add(routes, "/changes", self._changes.page, "GET", open_to=TRAINS, name="changes")
        self._add(routes, "/changes.patch", self._changes.patch, "GET", open_to=TRAINS)
        self._add(routes, "/changes/progress", self._changes.progress, "GET", open_to=TRAINS)
        for name in ("measure", "accept", "undo", "drop"):
            step = getattr(self._changes, name)
            self._add(routes, f"/changes/{name}", step, "POST", open_to=TRAINS, name=f"changes_{name}")
        self._add(routes, "/all", pages.everything, "GET", open_to=LEADS)
        self._add(routes, "/c/<conversation_id>", pages.conversation, "GET")
        self._add(routes, "/c/<conversation_id>/rows", pages.rows, "GET")
        self._add(routes, "/files/<attachment_id>", pages.file, "GET")
        self._add(routes, "/files/<attachment_id>/thumb", pages.thumb, "GET")
        self._add(routes, "/c/<conversation_id>/act", self._acts.act, "POST")
        self._add(routes, "/c/<conversation_id>/wrong", self._wrong.wrong, "POST")
        self._add(routes, "/c/<conversation_id>/files", self._files.upload, "POST", stream=True)
        for name, step in steps.by_name.items():
            self._add(routes, f"/c/<conversation_id>/{name}", self._step(step), "POST", name=name)
        self._add(routes, "/requests/<number:int>/done", self._request_done, "POST")
        self._add(routes, "/requests/<number:int>/take", self._request_take, "POST")
        self._add(routes, "/requests/<number:int>/leave", self._request_leave, "POST")
        app.blueprint(routes)
        self.push.attach(app)

    def _add(
        self,
        routes: Blueprint,
        path: str,
        handler: Handler,
        method: str,
        signed_in: bool = True,
        open_to: Gate = ATTENDS,
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
        routes.add_route(handle, path, methods=[method], name=name, stream=stream)

    async def _guarded(
        self,
        handler: Handler,
        request: Request,
        method: str,
        signed_in: bool,
        open_to: Gate,
        stream: bool,
        parts: dict[str, Any],
    ) -> HTTPResponse:
        if method == "POST" and not same_origin(request):
            return self._rendering.problem(request, "error_expired", 403)
        if not signed_in:
            return await handler(request, **parts)
        found = await self.sessions.find(request.cookies, self._clock.now())
        if found is None:
            return self._to_sign_in(request)
        form = {CSRF: request.headers.get(CSRF_HEADER, "")} if stream else _fields(request)
        if method == "POST" and not self.sessions.is_ours(found, form):
            return self._rendering.problem(request, "error_expired", 403)
        if not open_to(found.agent):
            return self._rendering.problem(request, "error_forbidden", 403)
        await self.sessions.seen(found, self._clock.now())
        return await handler(request, found, **parts)

    async def _first(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Where somebody begins: with who waits, or with the sentences for those who train."""
        return await self._pages.queue(request, signed_in) if signed_in.agent.attends else redirect(f"{PATH}/inbox")

    def _to_sign_in(self, request: Request) -> HTTPResponse:
        if request.method == "GET" and not self._rendering.wants_json(request):
            return redirect(f"{PATH}/sign-in?to={request.path}")
        return self._rendering.problem(request, "error_expired", 401)

    def _step(self, step: Callable[..., Awaitable[str]]) -> Handler:
        async def handle(request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
            try:
                to = await step(signed_in.agent, conversation_id, _fields(request))
            except Refused as refused:
                return await self._pages.refused(request, signed_in, conversation_id, refused)
            return self._rendering.done(request, to)

        return handle

    async def _request_done(self, request: Request, signed_in: SignedIn, number: int) -> HTTPResponse:
        await self._steps.request_done(number)
        return self._rendering.done(request, f"{PATH}/requests")

    async def _request_take(self, request: Request, signed_in: SignedIn, number: int) -> HTTPResponse:
        try:
            await self._steps.request_take(signed_in.agent, number)
        except Refused as refused:
            return await self._pages.request_refused(request, signed_in, refused)
        return self._rendering.done(request, f"{PATH}/requests")

    async def _request_leave(self, request: Request, signed_in: SignedIn, number: int) -> HTTPResponse:
        await self._steps.request_leave(signed_in.agent, number)
        return self._rendering.done(request, f"{PATH}/requests")

    def _static(self, routes: Blueprint) -> None:
        for file in sorted(STATIC.iterdir()):
            if file.suffix in TYPES:
                routes.add_route(_sender(file), f"/static/{file.name}", methods=["GET"], name=f"static_{file.stem}")


def _sender(file: Path) -> Handler:
    content, type_ = file.read_bytes(), TYPES[file.suffix]

    async def send(_request: Request) -> HTTPResponse:
        return HTTPResponse(body=content, content_type=type_, headers={**HEADERS, "Cache-Control": "no-cache"})

    return send


def _fields(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name."""
    form = request.form or {}
    return {name: str(values[0]) for name, values in form.items() if values}
