"""Conversations for those who teach the assistant: a list, one with everything personal masked, tags and comments."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any, Callable, Mapping, Optional, Sequence
from urllib.parse import urlencode

from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.orm import Session

from base.clock import ROME, Clock
from base.database import Database
from desk import reviewed, trend
from desk.card import wish
from desk.pages import Pages
from desk.render import Rendering
from desk.reviewed import OUTCOMES, PAGE, Wanted
from desk.seen import NotThere
from desk.sessions import PATH, SignedIn
from desk.training import MaskIn
from desk.trend_page import CHANNELS
from switchboard import review
from switchboard.asking import questions_in
from switchboard.endings import Ended
from switchboard.personal import Mask
from switchboard.review import NoSuchConversation, Refusal
from switchboard.texts import Texts

REVIEW = "review"
USUALLY, MOST_DAYS = timedelta(days=28), timedelta(days=91)
KEPT_FOR = timedelta(minutes=1)
SUGGESTED = "review_suggested_tags"  # words, with commas between them


class Review:
    """Everything of it but the making of tests."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        clock: Clock,
        rendering: Rendering,
        pages: Pages,
        mask: Mask,
        mask_in: MaskIn,
    ) -> None:
        self._database, self._texts, self._clock = database, texts, clock
        self._rendering, self._words, self._pages, self._mask = rendering, rendering.words, pages, mask
        self._mask_in = mask_in
        self._kept: Optional[tuple[tuple[date, date], datetime, list[Ended]]] = None
        self._reading = asyncio.Lock()

    async def page(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The conversations that fit, the latest first."""
        wanted, page = self._wanted(request), _number(request.args.get("page"))
        every = await self._ended(wanted.first, wanted.last)
        tagged = await self._database.read(review.with_tag, wanted.tag) if wanted.tag else None
        fitting = [one for one in every if reviewed.fits(one, wanted, tagged)]
        shown = fitting[page * PAGE : (page + 1) * PAGE]
        tags = await self._database.read(review.tags_of, [one.episode.conversation_id for one in shown])
        more = _query(wanted, page + 1) if len(fitting) > (page + 1) * PAGE else ""
        return await self._pages.page(
            "review.html",
            signed_in,
            REVIEW,
            wanted=wanted,
            count=len(fitting),
            found=shown,
            tags=tags,
            more=more,
            outcomes=OUTCOMES,
            channels=CHANNELS,
            intents=self._named({intent for one in every for intent in one.episode.wishes}, self._wish),
            reasons=self._named({reviewed.reason_of(one) for one in every} - {""}, self._reason),
            every_tag=await self._database.read(review.every_tag),
            wishes=self._wishes,
        )

    async def one(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """One conversation."""
        return await self._one(request, signed_in, conversation_id)

    async def tag(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """Fields: `tag`; with `undo` it is taken away."""
        form = request.form or {}
        step = review.remove_tag if form.get("undo") else review.add_tag
        return await self._do(request, signed_in, conversation_id, step, str(form.get("tag") or ""))

    async def comment(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """Fields: `text`; or `undo` with the id of a comment, which is taken away."""
        form = request.form or {}
        undo = str(form.get("undo") or "")
        step = review.remove_comment if undo else self._add_comment
        return await self._do(request, signed_in, conversation_id, step, undo or str(form.get("text") or ""))

    def _add_comment(self, session: Session, conversation_id: str, typed: str, now: datetime) -> None:
        review.add_comment(session, conversation_id, typed, self._mask, now)

    async def _do(
        self, request: Request, signed_in: SignedIn, conversation_id: str, step: Callable[..., None], told: str
    ) -> HTTPResponse:
        adds = step in (review.add_tag, self._add_comment)
        try:
            await self._database.write(step, conversation_id, told, *([self._clock.now()] if adds else []))
        except NoSuchConversation:
            return self._rendering.problem(request, "error_not_found", 404)
        except Refusal as refused:
            return await self._one(request, signed_in, conversation_id, self._words.say(refused.key))
        return self._rendering.done(request, f"{PATH}/review/{conversation_id}")

    async def _one(self, request: Request, signed_in: SignedIn, conversation_id: str, error: str = "") -> HTTPResponse:
        questions, now = questions_in(self._texts), self._clock.now()
        try:
            whole = await self._database.read_aside(
                reviewed.conversation, conversation_id, self._mask_in, questions, now
            )
        except NotThere:
            return self._rendering.problem(request, "error_not_found", 404)
        suggested = [*self._words.say(SUGGESTED).split(", "), *whole.every_tag]
        return await self._pages.page(
            "reviewed.html",
            signed_in,
            REVIEW,
            status=409 if error else 200,
            error=error,
            whole=whole,
            suggested=[tag for tag in dict.fromkeys(suggested) if tag not in whole.tags],
            begins={one.episode.begun: one for one in whole.how},
            wishes=self._wishes,
            reason=self._reason,
            reason_of=reviewed.reason_of,
            entities=self._entities,
        )

    async def _ended(self, first: date, last: date) -> list[Ended]:
        """What was read is kept for a minute: other filters and pages cost nothing then."""
        async with self._reading:
            moment = self._clock.now()
            if self._kept is None or self._kept[0] != (first, last) or moment - self._kept[1] >= KEPT_FOR:
                questions = questions_in(self._texts)
                found = await self._database.read_aside(reviewed.ended_between, first, last, questions, moment)
                self._kept = ((first, last), moment, found)
            return self._kept[2]

    def _wanted(self, request: Request) -> Wanted:
        """What the address asks for; what cannot be used is as if it were left out."""
        told = {name: request.args.get(name) or "" for name in ("outcome", "intent", "reason", "channel", "tag")}
        today = self._clock.now().astimezone(ROME).date()
        last = min(_day(request.args.get("last")) or today, today)
        first = _day(request.args.get("first")) or last - USUALLY + timedelta(days=1)
        return Wanted(
            min(max(first, last - MOST_DAYS + timedelta(days=1)), last),
            last,
            told["outcome"] if told["outcome"] in OUTCOMES else "",
            told["intent"],
            told["reason"],
            told["channel"] if told["channel"] in CHANNELS else "",
            " ".join(told["tag"].lower().split()),
            bool(request.args.get("missed")),
        )

    def _wish(self, intent: str) -> str:
        return wish(intent, self._words) if self._words.has(f"wants_{intent}") else intent

    def _wishes(self, one: Ended) -> str:
        """What an episode was about, in a line."""
        return " · ".join(map(self._wish, one.episode.wishes)) or self._words.say("trend_no_wish")

    def _reason(self, of: str) -> str:
        word = f"reason_{of}"
        return self._words.say(word) if self._words.has(word) else of

    def _entities(self, kinds: Sequence[str]) -> str:
        names = ((f"review_kind_{kind}", f"about_{kind}") for kind in kinds)
        told = (next((self._words.say(word) for word in words if self._words.has(word)), None) for words in names)
        return ", ".join(name or kind for name, kind in zip(told, kinds))

    def _named(self, keys: "set[str]", name: Callable[[str], str]) -> Sequence[tuple[str, str]]:
        return sorted(((key, name(key)) for key in keys), key=lambda one: one[1])


def _query(wanted: Wanted, page: int) -> str:
    told: Mapping[str, Any] = {
        "first": wanted.first.isoformat(),
        "last": wanted.last.isoformat(),
        "outcome": wanted.outcome,
        "intent": wanted.intent,
        "reason": wanted.reason,
        "channel": wanted.channel,
        "tag": wanted.tag,
        "missed": "1" if wanted.missed else "",
        "page": str(page),
    }
    return urlencode({name: value for name, value in told.items() if value})


def _day(raw: Optional[str]) -> Optional[date]:
    try:
        day = date.fromisoformat(raw) if raw else None
    except ValueError:
        return None
    return day if day and day >= trend.EARLIEST else None


def _number(raw: Optional[str]) -> int:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 5 else 0
