"""«Fanne una prova»: a conversation as a test, to be looked at, changed, checked and written into the shop's folder."""

import asyncio
import re
from collections import Counter
from itertools import count
from typing import Optional, Sequence

from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import Clock
from base.database import Database
from desk import as_test, reviewed
from desk.adding_tests import TOPIC, AddingTests, Outcome
from desk.as_test import Turn
from desk.pages import Pages
from desk.render import Rendering
from desk.review import REVIEW
from desk.seen import NotThere
from desk.sessions import SignedIn
from desk.training import TRAINS, MaskIn
from switchboard.asking import questions_in
from switchboard.cases import NO_WISH
from switchboard.endings import NOTHING, Ended
from switchboard.episodes import NOT_UNDERSTOOD
from switchboard.personal import Mask
from switchboard.texts import Texts

MOST_TEXT = 20_000
MOST_NAMED = 3  # wishes in a title


class ReviewTest:
    """The page on which a test is made. What was typed is written as it is; the draft is made anew each time."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        clock: Clock,
        rendering: Rendering,
        pages: Pages,
        tests: AddingTests,
        mask_in: MaskIn,
    ) -> None:
        self._database, self._texts, self._clock = database, texts, clock
        self._pages, self._mask_in = pages, mask_in
        self._rendering, self._words, self._tests = rendering, rendering.words, tests

    async def draft(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """The conversation as a test, to be changed."""
        try:
            questions, now = questions_in(self._texts), self._clock.now()
            wanted = (conversation_id, self._mask_in, questions, now)
            turns, mask, how = await self._database.read_aside(reviewed.to_try, *wanted)
        except NotThere:
            return self._rendering.problem(request, "error_not_found", 404)
        topic, text = await asyncio.to_thread(self._drafted, turns, mask, how) if turns else ("", "")
        return await self._page(signed_in, conversation_id, topic, text)

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

    def _drafted(self, turns: Sequence[Turn], mask: Mask, how: Sequence[Ended]) -> tuple[str, str]:
        """The topic and the text that the page begins with."""
        layers = self._tests.layers
        about = _about(turns)
        topic = as_test.topic_of(_mainly(about, turns), layers) if about else ""
        title = free_title(self._title(about, how[-1].ending if how else NOTHING), as_test.titles(layers))
        return topic, as_test.written(title, turns, as_test.sample_shop(layers), mask)

    def _title(self, about: Sequence[str], ending: str) -> str:
        """What it is called at first: what the customer wanted, in its order, and how it ended."""
        named = [self._words.say(word) for word in map(self._word, about) if word] or [self._words.say("trend_no_wish")]
        first, *others = (f"{one[:1].lower()}{one[1:]}" for one in named)
        told = "".join([first, *(self._words.say("review_title_then", wish=one) for one in others[: MOST_NAMED - 1])])
        more = self._words.say("review_title_more") if len(others) >= MOST_NAMED else ""
        return f"{told}{more}{self._words.say(f'review_title_{ending}')}"

    def _word(self, intent: str) -> str:
        return next((key for key in (f"wants_{intent}", f"{TRAINS}{intent}") if self._words.has(key)), "")


def _about(turns: Sequence[Turn]) -> list[str]:
    """What the customer wanted, each once, in its order; where he wanted nothing, what else was understood."""
    understood = [turn.intent for turn in turns if turn.intent and turn.intent not in NOT_UNDERSTOOD]
    wishes = [intent for intent in understood if intent not in NO_WISH]
    return list(dict.fromkeys(wishes or understood))


def _mainly(about: Sequence[str], turns: Sequence[Turn]) -> str:
    """The one that came up most often, of such the first."""
    counts = Counter(turn.intent for turn in turns)
    return max(about, key=lambda intent: counts[intent])


def free_title(title: str, taken: frozenset[str]) -> str:
    """The title, with a number where another conversation is called so."""
    numbered = (f"{title} ({number})" for number in count(2))
    return title if title not in taken else next(one for one in numbered if one not in taken)
