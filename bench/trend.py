"""How long the figures for managers take, with a past of many conversations in a database of its own."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

from base.database import Database
from base.migrations import migrate
from base.percentile import percentile
from base.settings import ROOT
from bench.past import make_past
from desk import trend
from shop.desk_rules import DeskRules

PERIODS = (28, 91)  # days


@dataclass(frozen=True)
class TrendPlan:
    """How many conversations, in half a year, and how often the figures of each period are made."""

    conversations: int = 50_000
    times: int = 10


QUICK_TREND = TrendPlan(conversations=200, times=2)


def run_trend(plan: TrendPlan, folder: Path, step: Callable[[str], None]) -> dict[str, Any]:
    """Measure; `{"plan": …, "figures": …}`, in milliseconds, for the first time of a day and for later ones."""
    url, now = f"sqlite:///{folder / 'sportello.db'}", datetime.now(timezone.utc)
    migrate(url)
    database, rules = Database(url), DeskRules.load(ROOT / "data" / "desk.yml")
    figures: dict[str, float] = {}
    try:
        step("past")
        with database.writing() as session:
            make_past(session, plan.conversations, now)
        step("load")
        for days in PERIODS:
            first = [_made(database, rules, days, now, again=False) for _ in range(plan.times)]
            later = [_made(database, rules, days, now, again=True) for _ in range(plan.times)]
            for name, some in ((f"first_{days}", first), (f"later_{days}", later)):
                figures |= {f"{name}_p{share}": round(percentile(some, share), 1) for share in (50, 95)}
    finally:
        database.close()
    return {"plan": asdict(plan), "figures": figures}


def _made(database: Database, rules: DeskRules, days: int, now: datetime, again: bool) -> float:
    with database.reading() as session:
        known = trend.look(session, rules, frozenset(), days, now)[1] if again else None
        began = time.perf_counter()
        present, before = trend.look(session, rules, frozenset(), days, now, known)
    trend.tables(present, before, trend.DAY)
    return (time.perf_counter() - began) * 1000
