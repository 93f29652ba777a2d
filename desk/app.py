"""The desk as part of the front: its routes, who may use which, and the headers of every answer.

Pages are in `pages.py`, what agents do in `steps.py`, what is told to open pages in `push.py`.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Awaitable, Callable, Optional, Sequence

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

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
from desk.gate import ANYBODY, LEADS, REVIEWS, TRAINS, Gate, Handler, fields_of
from desk.inbox import Inbox
from desk.pages import Pages
from desk.push import DeskPush
from desk.render import Rendering
from desk.replies import Intents, Reply, no_intents
from desk.review import Review
from desk.review_test import ReviewTest
from desk.searching import Searching
from desk.sessions import PATH, DeskSessions, SignedIn
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
from switchboard.notices import Notices
from switchboard.texts import Texts

OWN_TEXTS = STEP_TEXTS
LABEL_THREADS = 2  # of their own: in the pool that all share, threads wait for servers that do not answer


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
        words = Words.load()
        self._rendering = Rendering(words, parts.clock)
        self.sessions = DeskSessions(parts.database, parts.secret, parts.secure)
        self._gate = Gate(self.sessions, parts.clock, self._rendering)
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
        pages, steps, sign_in, add = self._pages, self._steps, self._sign_in, self._gate.add
        add("/sign-in", sign_in.page, "GET", signed_in=False)
        add("/sign-in", sign_in.enter, "POST", signed_in=False)
        add("/sign-out", sign_in.leave, "POST", open_to=ANYBODY)
        add("/", self._first, "GET", open_to=ANYBODY)
        add("/lists", pages.lists, "GET")
        add("/mine", pages.mine, "GET")
        add("/requests", pages.requests, "GET")
        add("/calls", self._calls.page, "GET", name="calls_page")
        add("/calls", self._calls.write, "POST", name="calls_write")
        add("/search", self._searching.search, "GET")
        add("/board", self._board.board, "GET", open_to=LEADS)
        add("/board.csv", self._board.csv, "GET", open_to=LEADS)
        add("/figures", self._trend.page, "GET", open_to=LEADS, name="figures")
        add("/figures.csv", self._trend.csv, "GET", open_to=LEADS, name="figures_csv")
        review, test = self._review, self._review_test
        add("/review", review.page, "GET", open_to=REVIEWS, name="review")
        add("/review/<conversation_id>", review.one, "GET", open_to=REVIEWS, name="review_one")
        add("/review/<conversation_id>/tag", review.tag, "POST", open_to=REVIEWS)
        add("/review/<conversation_id>/comment", review.comment, "POST", open_to=REVIEWS)
        add("/review/<conversation_id>/test", test.draft, "GET", open_to=TRAINS)
        add("/review/<conversation_id>/test", test.save, "POST", open_to=TRAINS)
        add("/inbox", self._inbox.page, "GET", open_to=TRAINS, name="inbox")
        for name in ("label", "put", "merge", "split", "undo", "check"):
            add(f"/inbox/{name}", getattr(self._inbox, name), "POST", open_to=TRAINS, name=f"inbox_{name}")
        add("/changes", self._changes.page, "GET", open_to=TRAINS, name="changes")
        add("/changes.patch", self._changes.patch, "GET", open_to=TRAINS)
        add("/changes/progress", self._changes.progress, "GET", open_to=TRAINS)
        for name in ("measure", "accept", "undo", "drop"):
            step = getattr(self._changes, name)
            add(f"/changes/{name}", step, "POST", open_to=TRAINS, name=f"changes_{name}")
        add("/all", pages.everything, "GET", open_to=LEADS)
        add("/c/<conversation_id>", pages.conversation, "GET")
        add("/c/<conversation_id>/rows", pages.rows, "GET")
        add("/files/<attachment_id>", pages.file, "GET")
        add("/files/<attachment_id>/thumb", pages.thumb, "GET")
        add("/c/<conversation_id>/act", self._acts.act, "POST")
        add("/c/<conversation_id>/wrong", self._wrong.wrong, "POST")
        add("/c/<conversation_id>/files", self._files.upload, "POST", stream=True)
        for name, step in steps.by_name.items():
            add(f"/c/<conversation_id>/{name}", self._step(step), "POST", name=name)
        add("/requests/<number:int>/done", self._request_done, "POST")
        add("/requests/<number:int>/take", self._request_take, "POST")
        add("/requests/<number:int>/leave", self._request_leave, "POST")
        app.blueprint(self._gate.routes)
        self.push.attach(app)

    async def _first(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """Where somebody begins: with who waits, or with the sentences for those who train."""
        return await self._pages.queue(request, signed_in) if signed_in.agent.attends else redirect(f"{PATH}/inbox")

    def _step(self, step: Callable[..., Awaitable[str]]) -> Handler:
        async def handle(request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
            try:
                to = await step(signed_in.agent, conversation_id, fields_of(request))
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
