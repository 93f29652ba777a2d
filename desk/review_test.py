"""«Fanne una prova»: a conversation as a test, to be looked at, changed, checked and written into the shop's folder."""

import asyncio
import re
from datetime import datetime
from typing import Optional, Sequence

from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import ROME, Clock
from base.database import Database
from desk import as_test, reviewed
from desk.adding_tests import TOPIC, AddingTests, Outcome
from desk.as_test import Mask
from desk.pages import Pages
from desk.render import Rendering
from desk.review import REVIEW
from desk.seen import NotThere
from desk.sessions import SignedIn
from switchboard.cases import NO_WISH

MOST_TEXT = 20_000


class ReviewTest:
    """The page on which a test is made. What was typed is written as it is; the draft is made anew each time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rendering: Rendering,
        pages: Pages,
        tests: AddingTests,
        mask: Mask,
    ) -> None:
        self._database, self._clock, self._pages, self._mask = database, clock, pages, mask
        self._rendering, self._words, self._tests = rendering, rendering.words, tests

    async def draft(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """The conversation as a test, to be changed."""
        try:
            turns = await self._database.read(reviewed.turns_of, conversation_id)
        except NotThere:
            return self._rendering.problem(request, "error_not_found", 404)
        shop = await asyncio.to_thread(as_test.sample_shop, self._tests.layers)
        wishes = [turn.intent for turn in turns if turn.intent and turn.intent not in NO_WISH]
        title = self._title(wishes, self._clock.now())
        text = await asyncio.to_thread(as_test.written, title, turns, shop, self._mask) if turns else ""
        return await self._page(signed_in, conversation_id, "", text)

    async def save(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """Fields: `topic`, `text`; `write` where it is to be written and not only checked."""
        form = request.form or {}
        topic, text = str(form.get("topic") or "").strip(), str(form.get("text") or "").replace("\r\n", "\n")
        error = self._refused(topic, text)
        if error:
            return await self._page(signed_in, conversation_id, topic, text, Outcome(False, [self._words.say(error)]))
        writes = bool(form.get("write")) and self._tests.writes
        try:
            outcome = await (self._tests.add if writes else self._tests.check)(topic, text)
        except asyncio.TimeoutError:
            outcome, writes = Outcome(False, [self._words.say("error_later")]), False
        return await self._page(signed_in, conversation_id, topic, text, outcome, writes and outcome.right)

    def _refused(self, topic: str, text: str) -> str:
        if not re.fullmatch(TOPIC, topic):
            return "review_bad_topic"
        return "" if 0 < len(text.strip()) <= MOST_TEXT else "review_bad_test"

    async def _page(
        self,
        signed_in: SignedIn,
        conversation_id: str,
        topic: str,
        text: str,
        outcome: Optional[Outcome] = None,
        written: bool = False,
    ) -> HTTPResponse:
        shop = await asyncio.to_thread(as_test.sample_shop, self._tests.layers)
        return await self._pages.page(
            "review_test.html",
            signed_in,
            REVIEW,
            status=200 if outcome is None or outcome.right else 409,
            conversation_id=conversation_id,
            topic=topic,
            topics=as_test.topics(self._tests.layers),
            text=text,
            lines=text.count("\n") + 2,
            outcome=outcome,
            written=written,
            writes=self._tests.writes,
            records=shop,
        )

    def _title(self, wishes: Sequence[str], now: datetime) -> str:
        """What it is called at first: what was wanted, and when the test was made, so that no two are the same."""
        word = f"wants_{wishes[0]}" if wishes else ""
        told = self._words.say(word) if word and self._words.has(word) else self._words.say("trend_no_wish")
        return f"{told[:1].lower()}{told[1:]} ({now.astimezone(ROME):%d/%m/%Y %H:%M})"
