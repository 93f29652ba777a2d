"""«Andamento»: the figures of the assistant as a whole, with plots, beside those of the time before; and as CSV."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Callable, Optional, Sequence
from urllib.parse import urlencode

from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import ROME, Clock
from base.database import Database
from desk import plots, trend
from desk.pages import Pages
from desk.plots import Plot
from desk.render import Rendering
from desk.sessions import SignedIn
from desk.spreadsheet import csv_file
from desk.tables import LEAST, Cell, Few, Key, Share, Table, Took
from desk.trend import DAY, SIZES, WEEK, Look, Sums
from shop.desk_rules import DeskRules
from switchboard.asking import questions_in
from switchboard.endings import DAYS_TO_COME_BACK
from switchboard.texts import Texts

TREND = "figures"
PERIODS = (7, 28, 91)  # days, the present one included
KEPT_FOR = timedelta(minutes=5)
CHANNELS = ("web", "telegram")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Asked:
    """What the page is asked for; `channel` and `intent` are "" for all."""

    days: int
    by: str
    channel: str
    intent: str

    @classmethod
    def read(cls, request: Request) -> "Asked":
        """From an address; what cannot be used is as if it were left out."""
        raw = {name: request.args.get(name) or "" for name in ("days", "by", "channel", "intent")}
        days = next((days for days in PERIODS if str(days) == raw["days"]), PERIODS[1])
        by = raw["by"] if raw["by"] in SIZES else WEEK if days == PERIODS[-1] else DAY
        return cls(days, by, raw["channel"] if raw["channel"] in CHANNELS else "", raw["intent"])

    def query(self, **more: str) -> str:
        """As part of an address."""
        told = {"days": str(self.days), "by": self.by, "channel": self.channel, "intent": self.intent, **more}
        return urlencode({name: value for name, value in told.items() if value})


@dataclass(frozen=True)
class Tile:
    """A figure that stands alone, and how it was before."""

    name: str
    now: str
    before: str


class TrendPage:
    """What managers see. What was read is kept for `KEPT_FOR`: other filters and tables cost nothing then.

    What was read of the time before is kept for the day.
    """

    def __init__(
        self, database: Database, rules: DeskRules, texts: Texts, clock: Clock, rendering: Rendering, pages: Pages
    ) -> None:
        self._database, self._rules, self._texts, self._clock = database, rules, texts, clock
        self._rendering, self._words, self._pages = rendering, rendering.words, pages
        self._kept: dict[int, tuple[datetime, Look, Look]] = {}
        self._reading = asyncio.Lock()

    async def page(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """The page."""
        asked = Asked.read(request)
        at, now, before = await self._looks(asked.days)
        intents = trend.intents_of(now.ended)
        of_channels = trend.counted(now.only("", asked.intent).ended, CHANNELS, lambda one: one.episode.channels)
        of_intents = trend.counted(now.only(asked.channel, "").ended, intents, lambda one: one.episode.wishes)
        now, before = (one.only(asked.channel, asked.intent) for one in (now, before))
        few = 0 < len(now.ended) < LEAST
        return await self._pages.page(
            "figures.html",
            signed_in,
            TREND,
            asked=asked,
            periods=PERIODS,
            sizes=SIZES,
            channels=list(zip(CHANNELS, of_channels)),
            intents=[(name, self._label("intents", name), count) for name, count in zip(intents, of_intents)],
            first=_day(now.first),
            last=_day(now.last),
            before=(_day(before.first), _day(before.last)),
            at_=at,
            few=few,
            least=LEAST,
            days_to_come_back=DAYS_TO_COME_BACK,
            tiles=[] if few else self._tiles(trend.sums(now.ended), trend.sums(before.ended), now, before),
            plots=[] if few else self._plots(now, asked.by),
            size=(plots.WIDE, plots.HIGH),
            tables=[] if few else [_newest_first(one) for one in trend.tables(now, before, asked.by)],
            label=self._label,
            shown=self._shown,
        )

    async def csv(self, request: Request, signed_in: SignedIn) -> HTTPResponse:
        """One of the tables, for a spreadsheet: shares in percent, times in seconds, empty where it is not told."""
        asked, name = Asked.read(request), request.args.get("table") or ""
        _, now, before = await self._looks(asked.days)
        now, before = (one.only(asked.channel, asked.intent) for one in (now, before))
        found = [] if 0 < len(now.ended) < LEAST else trend.tables(now, before, asked.by)
        table = next((one for one in found if one.name == name), None)
        if table is None:
            return self._rendering.problem(request, "error_not_found", 404)
        rows: list[Sequence[object]] = [[self._words.say(f"trend_col_{column}") for column in table.columns]]
        for key, cells in table.rows:
            label = key.isoformat() if isinstance(key, date) else self._label(name, key)
            rows.append([label, *map(_raw, cells)])
        return csv_file(name, now.first, now.last, rows)

    async def _looks(self, days: int) -> tuple[datetime, Look, Look]:
        async with self._reading:  # several who ask at once wait for one answer
            kept, moment = self._kept.get(days), self._clock.now()
            if kept is None or not timedelta() <= moment - kept[0] < KEPT_FOR:
                today = moment.astimezone(ROME).date()
                before = kept[2] if kept is not None and kept[1].last == today else None
                wanted = (self._rules, questions_in(self._texts), days, moment, before)
                kept = self._kept[days] = (moment, *await self._database.read_aside(trend.look, *wanted))
            return kept

    def _tiles(self, now: Sums, before: Sums, look: Look, earlier: Look) -> list[Tile]:
        def tile(name: str, of: Callable[[Sums], Cell]) -> Tile:
            return Tile(name, self._shown(of(now)), self._shown(of(before)))

        times = [trend.answer_time(one) for one in (look, earlier)]
        return [
            tile("episodes", lambda one: one.episodes),
            tile("resolved", lambda one: one.resolved),
            tile("alone", lambda one: one.alone),
            tile("recognised", lambda one: one.recognised),
            tile("open", lambda one: one.open),
            tile("missed", lambda one: one.missed),
            Tile("p50", *map(self._shown, times)),
        ]

    def _plots(self, look: Look, by: str) -> list[Plot]:
        time = trend.over_time(look, by)
        days = [self._label("time", key) for key, _ in time.rows]
        found = []
        for name in ("episodes", "resolved", "missed"):
            cells = [cells[time.columns.index(name) - 1] for _, cells in time.rows]
            values = [_height(cell) for cell in cells]
            most = max((value for value in values if value is not None), default=0.0)
            most = most if name == "episodes" else 100.0
            label = self._words.say(f"trend_col_{name}")
            titles = [f"{day}: {label} {self._shown(cell)}" for day, cell in zip(days, cells)]
            around = {"first": days[0], "last": days[-1], "label": label}
            top = f"{most:.0f}" if name == "episodes" else "100 %"
            size = self._words.say(f"trend_by_{by}")
            description = self._words.say("trend_plot_described", size=size, most=top, **around)
            found.append(Plot(name, label, description, top, plots.bars(values, titles, most)))
        return found

    def _label(self, table: str, key: Key) -> str:
        """What a row is called."""
        if isinstance(key, date):
            return key.strftime("%d/%m")
        if isinstance(key, tuple):
            return " → ".join(self._label("intents", one) for one in key)
        for word in (f"trend_{table}_{key}", f"trend_{key}", *LABELS.get(table, ())):
            word = word.format(key=key)
            if self._words.has(word):
                return self._words.say(word)
        return key

    def _shown(self, cell: Cell) -> str:
        if isinstance(cell, Few):
            return self._words.say("trend_few", least=LEAST)
        if isinstance(cell, Share):
            return self._percent(cell.percent)
        if isinstance(cell, Took):
            return self._words.say("board_unknown") if cell.told is None else self._took(cell.told)
        return f"{cell:,}".replace(",", ".")

    def _percent(self, percent: Optional[float]) -> str:
        return self._words.say("board_unknown") if percent is None else f"{percent:.1f}".replace(".", ",") + " %"

    def _took(self, time: timedelta) -> str:
        if time < MINUTE:
            return self._words.say("trend_seconds", seconds=f"{time.total_seconds():.1f}".replace(".", ","))
        return self._words.ago(time)


# Where names of rows are words already; looked for in this order.
LABELS: dict[str, Sequence[str]] = {
    "intents": ("wants_{key}",),
    "channels": ("channel_{key}",),
    "reasons": ("reason_{key}", "source_{key}"),
}


def _newest_first(table: Table) -> Table:
    """As the page shows it, and the board too; in a CSV days are in their order, as plots need them."""
    return replace(table, rows=table.rows[::-1]) if table.name == "time" else table


def _height(cell: Cell) -> Optional[float]:
    if isinstance(cell, Share):
        return cell.percent
    return float(cell) if isinstance(cell, int) else None


def _raw(cell: Cell) -> object:
    if isinstance(cell, Share):
        return "" if cell.percent is None else f"{cell.percent:.1f}".replace(".", ",")
    if isinstance(cell, Took):
        return "" if cell.told is None else f"{cell.told.total_seconds():.2f}".replace(".", ",")
    return "" if isinstance(cell, Few) else cell


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
