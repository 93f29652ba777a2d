"""The supervisors' board: how it stands now, the figures of a period with a small plot, and the same as CSV."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Optional, Sequence

from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import ROME, Clock
from base.database import Database
from desk import figures, plots
from desk.figures import GROUPINGS, Case, Figures
from desk.pages import Pages
from desk.plots import Bar
from desk.sessions import SignedIn
from desk.spreadsheet import csv_file
from desk.words import Words
from shop.desk_rules import DeskRules

BOARD = "board"
PERIODS = (7, 28, 91)  # days, the present one included


class Board:
    """What supervisors see of the whole."""

    def __init__(self, database: Database, rules: DeskRules, clock: Clock, words: Words, pages: Pages) -> None:
        self._database, self._rules, self._clock = database, rules, clock
        self._words, self._pages = words, pages
        pages.add_list(BOARD, self._now)

    async def board(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The page."""
        days, by = _days(request), _by(request)
        first, last, found = await self._cases(days)
        by_day = figures.days_of(first, last, figures.grouped(found, "day"))
        groups: Sequence[tuple[Any, Figures]] = by_day[::-1] if by == "day" else figures.grouped(found, by)
        most = max((told.cases for _, told in by_day), default=0)
        return await self._pages.page(
            "board.html",
            signed_in,
            BOARD,
            now_html=await self._now(signed_in),
            days=days,
            periods=PERIODS,
            by=by,
            groupings=tuple(name for name in GROUPINGS if name != "department" or self._rules.departments),
            total=figures.figures(found),
            groups=[(self._name(by, key), told) for key, told in groups],
            bars=self._bars(by_day, most),
            most=most,
            first=self._name("day", first),
            last=self._name("day", last),
            size=(plots.WIDE, plots.HIGH),
            took=self._took,
        )

    async def csv(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The figures of a period as a table for a spreadsheet; times in minutes."""
        days, by = _days(request), _by(request)
        first, last, found = await self._cases(days)
        told = figures.grouped(found, by)
        groups: Sequence[tuple[Any, Figures]] = figures.days_of(first, last, told) if by == "day" else told
        outcomes = self._rules.outcomes
        heads = [self._words.say(f"board_{name}") for name in COLUMNS]
        endings = [self._words.say(f"outcome_{outcome}") for outcome in outcomes]
        rows: list[Sequence[object]] = [[self._words.say(f"board_by_{by}"), *heads, *endings]]
        for key, one in groups:
            name = key.isoformat() if isinstance(key, date) else self._name(by, key)
            counts = [one.outcomes.get(outcome, 0) for outcome in outcomes]
            rows.append([name, *(_cell(getattr(one, column)) for column in COLUMNS), *counts])
        return csv_file(by, first, last, rows)

    async def _now(self, signed_in: SignedIn) -> Optional[str]:
        """How it stands, for a page that is open; None for those who may not know."""
        if not signed_in.agent.leads:
            return None
        stands = await self._database.read(figures.now, self._clock.now())
        return self._pages.fragment("board_now.html", now=stands)

    async def _cases(self, days: int) -> tuple[date, date, list[Case]]:
        last = self._clock.now().astimezone(ROME).date()
        first = last - timedelta(days=days - 1)
        until = last + timedelta(days=1)
        found = await self._database.read_aside(figures.cases, self._rules, _begins(first), _begins(until))
        return first, last, found

    def _name(self, by: str, key: object) -> str:
        if isinstance(key, date):
            return key.strftime("%d/%m")
        if by == "department":
            department = self._rules.department(str(key))
            return department.name if department else self._words.say("board_no_department")
        word = f"{by}_{key}"
        return self._words.say(word) if self._words.has(word) else str(key)

    def _bars(self, by_day: Sequence[tuple[date, Figures]], most: int) -> list[Bar]:
        titles = [self._words.count("board_bar", told.cases, day=self._name("day", day)) for day, told in by_day]
        return plots.bars([told.cases for _, told in by_day], titles, most)

    def _took(self, time_: Optional[timedelta]) -> str:
        return self._words.ago(time_) if time_ is not None else self._words.say("board_unknown")


COLUMNS = (
    "cases",
    "waited",
    "answered",
    "gave_up",
    "first_reply",
    "longest_first_reply",
    "until_end",
    "solved",
    "unsolved",
)


def _cell(value: Any) -> object:
    if isinstance(value, timedelta):
        return round(value.total_seconds() / 60)
    return "" if value is None else value


def _days(request: Request) -> int:
    raw = request.args.get("days") or ""
    return next((days for days in PERIODS if str(days) == raw), PERIODS[0])


def _by(request: Request) -> str:
    raw = request.args.get("by")
    return raw if raw in GROUPINGS else "day"


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, ROME).astimezone(timezone.utc)
